"""Output dataclasses: which one an annotation names, its fields in order, and what is said about them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from neuron_config_server.catalog.docs.docstrings import described, uses_auto_docstring
from neuron_config_server.catalog.docs.paragraphs import one_paragraph
from neuron_config_server.catalog.docs.shared_docs import shared_texts
from neuron_config_server.catalog.outputs.classes import Method, ancestry_of, class_named
from neuron_config_server.catalog.outputs.syntax import decorators_of
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources, unparsed

_Field = tuple[ClassSource, ast.AnnAssign]
"""The class that declares it, and how."""


def is_output(class_: ClassSource, sources: Sources) -> bool:
    """Whether the class inherits ``ModelOutput``."""
    bases = (base for each in ancestry_of(class_, sources) for base in each.node.bases)
    return any(unparsed(base) == "ModelOutput" for base in bases)


def annotated_output(method: Method, sources: Sources) -> ClassSource | None:
    """The one output dataclass that the return annotation names."""
    found = set(outputs_named(method.function.returns, method.owner.module, sources))
    return found.pop() if len(found) == 1 else None


def outputs_named(
    annotation: ast.expr | None, module: ModuleSource, sources: Sources
) -> Iterator[ClassSource]:
    """Output dataclasses that are members of a union, ``Optional[…]`` or quoted annotation."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return
    if isinstance(annotation, ast.Name):
        class_ = class_named(module, annotation.id, sources)
        if class_ is not None and is_output(class_, sources):
            yield class_
    for member in _members(annotation):
        yield from outputs_named(member, module, sources)


def _members(annotation: ast.expr | None) -> Sequence[ast.expr]:
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return (annotation.left, annotation.right)
    if isinstance(annotation, ast.Subscript):
        kind = ast.unparse(annotation.value).rsplit(".", 1)[-1]
        inner = annotation.slice
        if kind in ("Union", "Optional"):
            return inner.elts if isinstance(inner, ast.Tuple) else (inner,)
    return ()


def field_items(output_class: ClassSource, sources: Sources) -> Mapping[str, _Field]:
    """Fields in dataclass order: those of bases first, and a redefined one keeps its place."""
    return sources.once(("fields", output_class), lambda: _found_fields(output_class, sources))


def _found_fields(output_class: ClassSource, sources: Sources) -> Mapping[str, _Field]:
    found: dict[str, _Field] = {}
    for owner in reversed(ancestry_of(output_class, sources)):
        if {"dataclass", "dataclasses.dataclass"} & decorators_of(owner.node):
            found.update({name: (owner, item) for name, item in _own_fields(owner.node)})
    return found


def _own_fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.AnnAssign]]:
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            is_field = "ClassVar" not in ast.unparse(item.annotation)
            yield from [(item.target.id, item)] if is_field else []


def field_docs(output_class: ClassSource, sources: Sources) -> Mapping[str, str]:
    """Field -> what the library says about it, for the fields that it documents."""
    ancestry = ancestry_of(output_class, sources)
    texts: dict[str, str] = {}
    if any(uses_auto_docstring(owner.node) for owner in ancestry):
        texts.update(shared_texts(output_class.module, sources, "ModelOutputArgs"))
    for owner in reversed(ancestry):
        texts.update(described(owner.module, owner.node))
    return {name: one_paragraph(text) for name, text in texts.items()}
