"""NC0: what can be wrong with the text."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .declared import with_own_inputs
from .evidence import Evidence
from .operators import Draft, operator
from .source import INDENT, Site, line_starts

WHERE = ("NC101", "NC102", "NC105", "NC201", "NC202", "NC301", "NC302", "NC401", "NC501", "NC601")
NOT_READ = {
    "NC306": "the branch was for tasks of the class that isn't read now",
    "NC305": "what registered or used the class isn't read now",
}


def _broken(before: Site, text: str, detail: str) -> Iterator[Draft]:
    """Where Python itself finds the fault."""
    try:
        compile(text, "a file", "exec")
    except SyntaxError as error:
        starts = line_starts(text)
        start = starts[(error.lineno or 1) - 1] + (error.offset or 1) - 1
        end = start
        if error.end_lineno and error.end_offset and error.end_offset > 0:
            end = starts[error.end_lineno - 1] + error.end_offset - 1
        yield Draft(before, text, (start, end), detail)


@operator("NC001", "what Python can't read", most=3, companions=NOT_READ)
def unreadable(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence) or site
    head = before.text.index(":\n", before.name_span[0])
    yield from _broken(before, before.replaced((head, head + 1), ""), "the colon of the class")
    function = before.function("inputs")
    if function is not None:
        start, end = before.span(function)
        colon = before.text.index(":\n", start)
        yield from _broken(before, before.replaced((colon, colon + 1), ""), "the colon of inputs")
        bracket = before.text.rindex("]", start, end) if "]" in before.text[start:end] else end
        yield from _broken(before, before.replaced((bracket, bracket + 1), ""), "a bracket")
        decorator = before.span(function.decorator_list[0])[0] - 1
        text = before.replaced((decorator - len(INDENT), decorator), " ")
        yield from _broken(before, text, "the decorator a space deep")


@operator("NC002", "a comment that silences nothing", most=2)
def unused_comment(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    line_end = site.text.index("\n", site.name_span[0])
    code = chance.choice(WHERE)
    for comment in (f"# neuron: ignore[{code}]", "# neuron: ignore", "# neuron: ignore[NC999]"):
        text = f"{site.text[:line_end]}  {comment}{site.text[line_end:]}"
        yield Draft(site, text, (line_end + 2, line_end + 2 + len(comment)), comment)


@operator("NC003", "inputs from somewhere else", most=1)
def not_followed(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence)
    function = before.function("inputs") if before is not None else None
    if before is not None and function is not None:
        start, end = before.span(function.body[-1])
        text = before.replaced((start, end), "return names_from_somewhere_else(self)")
        yield Draft(before, text, before.name_span)
