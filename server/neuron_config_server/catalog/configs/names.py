"""What a name stands for in a source file, across imports, and Python's order of a class's bases."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Union

from neuron_config_server.catalog.configs.frames import Frame
from neuron_config_server.catalog.configs.objects import (
    ClassBody,
    ClassValue,
    FunctionValue,
    assigned_names,
    source_text,
)
from neuron_config_server.catalog.configs.values import Opaque
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources

_BASES_WITHOUT_ATTRIBUTES = frozenset({"object", "PushToHubMixin", "ABC"})
"""Reading their source would cost time and yield nothing."""

_MAX_BASES = 40
_MAX_IMPORT_HOPS = 6


_Defined = Union[Opaque, tuple[ast.expr, ModuleSource], None]


class Names:
    """Looks names up as Python does, in source files."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._classes: dict[tuple[Path, int], ClassValue] = {}
        self._found: dict[tuple[Path, str], _Defined] = {}

    def class_value(self, class_: ClassSource) -> ClassValue:
        """The class with its bases; one object per class."""
        key = (class_.module.path, class_.node.lineno)
        if key not in self._classes:
            # A class that is its own base has none, rather than no end.
            body = ClassBody(class_)
            self._classes[key] = ClassValue((body,), complete=False)
            self._classes[key] = self._resolved(body)
        return self._classes[key]

    def in_class_body(self, class_: ClassBody | None, name: str) -> tuple[ast.expr, Frame] | None:
        """What a name stands for among the statements of a class."""
        member = class_.members.get(name) if class_ is not None else None
        if class_ is None or member is None or member.value is None:
            return None
        return member.value, Frame(class_.module, class_body=class_)

    def in_module(self, module: ModuleSource, name: str) -> Opaque | tuple[ast.expr, Frame] | None:
        """What a name stands for at the top level of a module: a class, a function, or an expression."""
        key = (module.path, name)
        if key not in self._found:
            self._found[key] = self._defined(module, name, _MAX_IMPORT_HOPS)
        found = self._found[key]
        return (found[0], Frame(found[1])) if isinstance(found, tuple) else found

    def _defined(self, module: ModuleSource, name: str, hops: int) -> _Defined:
        class_ = self._sources.class_named(module, name)
        if class_ is not None:
            return self.class_value(class_)
        function = module.function_node(name)
        if function is not None:
            return FunctionValue(module, function)
        value = _only_value(module, name)
        if value is not None:
            return value, module
        if name not in module.imports or hops == 0:
            return None
        statement, original = module.imports[name]
        target = self._sources.imported_module(module, statement) if statement.level else None
        return self._defined(target, original, hops - 1) if target is not None else None

    def _resolved(self, body: ClassBody) -> ClassValue:
        bases, complete = [], True
        for node in body.node.bases:
            base = self._base(body.module, node)
            if base is not None:
                bases.append(self.class_value(base))
            elif not isinstance(node, ast.Name) or node.id not in _BASES_WITHOUT_ATTRIBUTES:
                complete = False
        mro = _linearized(body, [base.mro for base in bases])
        complete = complete and mro is not None and all(base.complete for base in bases)
        return ClassValue(mro or (body,), complete)

    def _base(self, module: ModuleSource, node: ast.expr) -> ClassSource | None:
        if isinstance(node, ast.Name) and node.id in _BASES_WITHOUT_ATTRIBUTES:
            return None
        return self._sources.class_named(module, source_text(node))


def _linearized(class_: ClassBody, orders: Sequence[tuple[ClassBody, ...]]) -> tuple[ClassBody, ...] | None:
    """Python's C3 order; None where Python would refuse the class."""
    merged = [class_]
    pending = [list(order) for order in orders] + [[order[0] for order in orders]]
    while pending := [order for order in pending if order]:
        tails = {each for order in pending for each in order[1:]}
        head = next((order[0] for order in pending if order[0] not in tails), None)
        if head is None or len(merged) > _MAX_BASES:
            return None
        merged.append(head)
        pending = [[each for each in order if each is not head] for order in pending]
    return tuple(merged)


def _only_value(module: ModuleSource, name: str) -> ast.expr | None:
    """The right side of the assignment to a global; None where a condition decides which one it is."""
    is_conditional = any(name in assigned_names(node) for node in module.skeleton)
    return module.value(name) if not is_conditional else None
