"""The class, the function and the branch that a line of code stands in, told by how lines are indented."""

from __future__ import annotations

import re
from dataclasses import dataclass

from neuron_config_server.features.completions.lexing import tokens
from neuron_config_server.features.completions.site import Site

_KINDS = "class|def|if|elif|else|for|while|with|try|except|finally"
_HEADER = re.compile(
    rf"^(?P<indent>[ \t]*)(?:async[ \t]+)?(?P<kind>{_KINDS})\b[ \t]*(?P<rest>[^\r\n]*)", re.MULTILINE
)
NAMELESS = "_"
"""Stands for the name of a class that has none yet."""
_NAME = re.compile(r"\w+")
_CLASS_BELOW = re.compile(r"^class[ \t]+(\w+)", re.MULTILINE)
_TASK_TEST = re.compile(r"""self\.task\s*(?:==|in)\s*(?P<tasks>["'\[(].*)""")


@dataclass(frozen=True)
class Surroundings:
    """What a logical line stands in."""

    class_name: str | None
    """The class at the top level; for a decorator the one that it decorates."""
    function: str | None
    """The innermost function."""
    is_class_body: bool
    """Whether the line is a statement of the class itself."""
    tasks: tuple[str, ...]
    """The tasks that the branches around the line are for; empty: any."""


def surroundings_of(site: Site) -> Surroundings:
    """What the logical line of a cursor stands in."""
    width = len(site.indent)
    if site.last != "" or site.word or site.quoted is not None:
        column = width
    else:  # nothing stands there yet: the cursor tells how far it will be indented
        column = site.start - site.line_start
    if column == 0:
        return _at_the_margin(site)
    class_name = function = None
    tasks: tuple[str, ...] = ()
    innermost = ""
    for header in reversed(list(_HEADER.finditer(site.text, 0, site.line_start))):
        if len(header["indent"]) >= column:
            continue
        column, kind = len(header["indent"]), header["kind"]
        innermost = innermost or kind
        name = _NAME.match(header["rest"])
        if kind == "class":
            class_name = name[0] if name is not None else None
        elif kind == "def":
            function = function or (name[0] if name is not None else None)
        elif not tasks and function is None:
            tasks = _tasks_tested(header["rest"])
        if column == 0:
            break
    return Surroundings(class_name, function, innermost == "class", tasks)


def _at_the_margin(site: Site) -> Surroundings:
    below = _CLASS_BELOW.search(site.text, site.line_start)
    if below is None and site.starts_with("class"):
        return Surroundings(NAMELESS, None, False, ())
    is_header = site.starts_with("@") or site.starts_with("class")
    return Surroundings(below[1] if below is not None and is_header else None, None, False, ())


def _tasks_tested(test: str) -> tuple[str, ...]:
    """The tasks that a test names; empty if it is about something else, or about something else too."""
    found = _TASK_TEST.match(test)
    if found is None or " and " in test or " or " in test:
        return ()
    return tuple(
        each.value for each in tokens(test, found.start("tasks"), len(test)) if each.kind == "string"
    )
