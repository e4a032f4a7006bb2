"""What the library's own documentation says of each parameter of a model's ``forward``."""

from __future__ import annotations

import ast
import inspect
import logging
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from neuron_config_server.catalog.source import ClassSource, Function, ModuleSource, Sources

logger = logging.getLogger(__name__)

_SECTION = re.compile(r"^[ \t]*(?:Args|Arguments|Parameters|Inputs):[ \t]*\n", re.MULTILINE)
_BEHIND = re.compile(r"^[ \t]*(?:Returns?\b|Examples?\b|Raises\b|Yields\b)", re.MULTILINE)
_CODE_BLOCK = re.compile(r"^```", re.MULTILINE)
"""Beside the entries; one inside an entry is part of its text."""
_ENTRY = re.compile(
    r"^(?P<name>\w+)[ \t]*\((?P<type>(?:(?!^\w+\s*\().)*?)\)`?\s*:\s*(?P<text>(?:(?!^\w+\s*\().)*)",
    re.MULTILINE | re.DOTALL,
)
_UNTYPED_ENTRY = re.compile(
    r"^(?P<name>\w+)(?:[ \t]*\((?P<type>.*?)\))?[ \t]*:(?P<text>(?:(?!^\S).)*)", re.MULTILINE | re.DOTALL
)

_PLACEHOLDERS = {
    "processor_class": "AutoProcessor",
    "image_processor_class": "AutoImageProcessor",
    "video_processor_class": "AutoVideoProcessor",
    "feature_extractor_class": "AutoFeatureExtractor",
    "tokenizer_class": "AutoTokenizer",
    "config_class": "AutoConfig",
    "model_class": "AutoModel",
}
"""Placeholder of a shared text -> the class that loads what auto_docstring would put there."""
_PLACEHOLDER = re.compile(r"\{(\w*)\}")

_SHARED_BY_TASK = "ModelForArgs"
_SHARED_FOR_IMAGES = ("ImageProcessorArgs", "VideoProcessorArgs")
_UNDOCUMENTED = {"kwargs", "args", "deprecated_arguments"}
"""auto_docstring's ARGS_TO_IGNORE (transformers/utils/auto_docstring.py, 5.23 and 4.57)."""


def read_parameter_docs(class_: ClassSource, sources: Sources) -> Mapping[str, str]:
    """The documentation of each parameter of the class's ``forward`` that has one, as one paragraph each.

    Texts that auto_docstring shares between models are included where it decorates ``forward``. A placeholder
    for a model's own processor or tokenizer stands as the auto class that loads it.
    """
    for owner in sources.lineage(class_):
        forward = _forward_of(owner.node)
        if forward is not None:
            documented = {**_shared(owner, forward), **_own(owner.module, forward)}
            return {name: documented[name] for name in _parameter_names(forward) if name in documented}
    return {}


def documented_names(docstring: str) -> dict[str, str]:
    """Name -> text of the entries ``name (`type`): text`` of a docstring.

    They stand below ``Args:``, ``Arguments:``, ``Parameters:`` or ``Inputs:``, or make up the docstring, as
    auto_docstring allows. Below a heading, an entry may lack its type.
    """
    heading = _SECTION.search(docstring)
    text = _upto(_BEHIND, docstring[heading.end() :] if heading else docstring)
    section = _upto(_CODE_BLOCK, textwrap.dedent(text) if heading else inspect.cleandoc(text))
    entry = _UNTYPED_ENTRY if heading and not _ENTRY.search(section) else _ENTRY
    texts = {match["name"]: one_paragraph(match["text"]) for match in entry.finditer(section)}
    return {name: text for name, text in texts.items() if text}


def shared_texts(module: ModuleSource, *class_names: str) -> dict[str, str]:
    """Name -> text of auto_docstring's shared classes, later ones win; empty if they can't be read.

    Args:
        module: a file of the transformers package that is meant.
        class_names: classes of transformers/utils/auto_docstring.py; ``Outer.Inner`` for a nested one.
    """
    text = _auto_docstring_source(module.path)
    found: dict[str, str] = {}
    for class_name in class_names if text is not None else ():
        found.update(_texts_of_class(text or "", class_name))
    return found


def docstring_texts(module: ModuleSource, node: Function | ast.ClassDef) -> Iterator[str]:
    """What makes up a definition's docstring: texts that its decorators add, then its own."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            yield from _added_by_decorator(module, decorator)
    own = ast.get_docstring(node, clean=False)
    if own is not None:
        yield own


def uses_auto_docstring(node: Function | ast.ClassDef) -> bool:
    """Whether transformers' auto_docstring decorates the definition."""
    return any(_decorator_name(decorator) == "auto_docstring" for decorator in node.decorator_list)


def one_paragraph(text: str) -> str:
    """The text on one line, placeholders of shared texts replaced."""
    return " ".join(_PLACEHOLDER.sub(_without_placeholder, text).split())


def _forward_of(node: ast.ClassDef) -> Function | None:
    functions = [item for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return next((function for function in reversed(functions) if function.name == "forward"), None)


def _parameter_names(forward: Function) -> Iterator[str]:
    arguments = forward.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs][1:]:
        if argument.arg not in _UNDOCUMENTED and not argument.arg.startswith("_"):
            yield argument.arg


def _own(module: ModuleSource, forward: Function) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in docstring_texts(module, forward):
        found.update(documented_names(text))
    return found


def _shared(owner: ClassSource, forward: Function) -> dict[str, str]:
    if not uses_auto_docstring(forward):
        return {}
    by_task = f"{_SHARED_BY_TASK}.{owner.node.name}"
    return shared_texts(owner.module, "ModelArgs", by_task, *_SHARED_FOR_IMAGES)


def _upto(end: re.Pattern[str], text: str) -> str:
    found = end.search(text)
    return text[: found.start()] if found else text


def _without_placeholder(match: re.Match[str]) -> str:
    return _PLACEHOLDERS.get(match[1], match[1] if match[1].isalpha() else "")


def _decorator_name(decorator: ast.expr) -> str:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(named).rsplit(".", 1)[-1]


def _added_by_decorator(module: ModuleSource, decorator: ast.Call) -> Iterator[str]:
    """``auto_docstring(custom_args=…)``, and 4.57's ``add_start_docstrings_to_model_forward(…)``."""
    name = _decorator_name(decorator)
    added: Iterable[ast.expr] = ()
    if name == "auto_docstring":
        added = (keyword.value for keyword in decorator.keywords if keyword.arg == "custom_args")
    elif name == "add_start_docstrings_to_model_forward":
        added = decorator.args
    yield from (text for each in added if (text := _string(module, each)) is not None)


def _string(module: ModuleSource, node: ast.expr | None, depth: int = 0) -> str | None:
    """The value of a string constant, a top-level name of one, or ``.format(…)`` on either."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name) and depth < 3:
        return _string(module, module.value(node.id), depth + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _formatted(_string(module, node.func.value, depth), node)
    return None


def _formatted(template: str | None, call: ast.Call) -> str | None:
    if template is None:
        return None
    values = {str(place): value for place, value in enumerate(call.args)}
    values.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None})
    for name, value in values.items():
        if isinstance(value, ast.Constant):
            template = template.replace(f"{{{name}}}", str(value.value))
    return template


def _auto_docstring_source(inside: Path) -> str | None:
    package = next((folder for folder in inside.parents if folder.name == "transformers"), None)
    if package is None:
        return None
    try:
        return (package / "utils" / "auto_docstring.py").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        logger.warning("The texts that transformers' models share can't be read (%s)", error)
        return None


def _texts_of_class(text: str, class_name: str) -> Iterator[tuple[str, str]]:
    outer_name, _, task_class = class_name.partition(".")
    class_ = _class_in(text, outer_name)
    if class_ is not None and task_class:
        class_ = _class_of_task(class_, task_class)
    for node in class_.body if class_ is not None else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            description = _description(node.value)
            if description is not None:
                yield node.targets[0].id, description


def _class_in(text: str, name: str) -> ast.ClassDef | None:
    """The class, parsed alone: the file has 5,000 lines, of which a question needs 500."""
    segment = re.search(rf"^class {name}\b.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    try:
        tree = ast.parse(segment[0]) if segment is not None else None
    except (SyntaxError, ValueError) as error:
        logger.warning("auto_docstring's %s can't be read (%s)", name, error)
        return None
    first = tree.body[0] if tree is not None and tree.body else None
    return first if isinstance(first, ast.ClassDef) else None


def _class_of_task(outer: ast.ClassDef, model_class: str) -> ast.ClassDef | None:
    """The nested class whose name the model class's name ends with, the longest one; aliases followed."""
    classes = {node.name: node for node in outer.body if isinstance(node, ast.ClassDef)}
    for node in outer.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in classes:
            classes.update({ast.unparse(target): classes[node.value.id] for target in node.targets})
    fitting = [name for name in classes if model_class.endswith(name)]
    return classes[max(fitting, key=len)] if fitting else None


def _description(value: ast.expr) -> str | None:
    for key, text in zip(value.keys, value.values) if isinstance(value, ast.Dict) else ():
        if isinstance(key, ast.Constant) and key.value == "description" and isinstance(text, ast.Constant):
            return one_paragraph(str(text.value))
    return None
