"""Model classes: where they are found, what they inherit, which methods they have."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from neuron_config_server.catalog.source import ClassSource, Function, ModuleSource, Sources, unparsed

_ROOTS = {
    "ModelOutput",
    "PreTrainedModel",
    "GenerationMixin",
    "nn.Module",
    "torch.nn.Module",
    "object",
    "ABC",
}
"""Bases that define neither fields nor a ``forward`` of their own; their files are large."""
_MODELING = re.compile(r"(^|\.)(modeling_\w+|backbone_utils)$")
_NOT_MODELS = re.compile(r"(^|\.)modeling_(auto|\w*utils)$")


@dataclass(frozen=True)
class Method:
    """A function, and the class whose body defines it."""

    owner: ClassSource
    function: Function


def class_named(module: ModuleSource, name: str, sources: Sources) -> ClassSource | None:
    """A class of the file, or of another modeling file: others are not worth parsing."""
    if name in module.classes:
        return ClassSource(module, module.classes[name])
    alias = module.value(name) if name not in module.imports and name.isidentifier() else None
    if isinstance(alias, ast.Name) and alias.id in (*module.classes, *module.imports):
        return class_named(module, alias.id, sources)
    statement, _ = module.imports.get(name, (None, ""))
    origin = (statement.module or "") if statement is not None else ""
    is_modeling = _MODELING.search(origin) and not _NOT_MODELS.search(origin)
    is_output = name.endswith("Output") and statement is not None and statement.level > 0
    return sources.class_named(module, name) if is_modeling or is_output else None


def ancestry_of(class_: ClassSource, sources: Sources, below: tuple[str, ...] = ()) -> list[ClassSource]:
    """The class and its bases in the order of the MRO: a base stands behind all that inherit it."""
    if not below:
        return sources.once(("ancestry", class_), lambda: _ancestry(class_, sources, below))
    return _ancestry(class_, sources, below)


def _ancestry(class_: ClassSource, sources: Sources, below: tuple[str, ...]) -> list[ClassSource]:
    found = [class_]
    for base in _bases(class_, sources) if class_.node.name not in below else ():
        inherited = ancestry_of(base, sources, (*below, class_.node.name))
        found = [each for each in found if each not in inherited] + inherited
    return found


def _bases(class_: ClassSource, sources: Sources) -> list[ClassSource]:
    names = [unparsed(base) for base in class_.node.bases]
    found = (class_named(class_.module, name, sources) for name in names if name not in _ROOTS)
    return [base for base in found if base is not None]


def find_method(
    class_: ClassSource, name: str, sources: Sources, behind: ClassSource | None = None
) -> Method | None:
    """The method of that name that an instance has, or that ``super()`` means in a class of its ancestry."""
    question = ("method", class_, name, behind)
    return sources.once(question, lambda: _found_method(class_, name, sources, behind))


def _found_method(
    class_: ClassSource, name: str, sources: Sources, behind: ClassSource | None
) -> Method | None:
    ancestry = ancestry_of(class_, sources)
    if behind is not None:
        ancestry = ancestry[ancestry.index(behind) + 1 :] if behind in ancestry else []
    for owner in ancestry:
        for item in reversed(owner.node.body):
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name == name:
                return Method(owner, item)
    return None
