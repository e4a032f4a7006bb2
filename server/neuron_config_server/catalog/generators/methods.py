"""The classes of a generator in the order in which Python looks attributes up, and the methods they hold."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from neuron_config_server.catalog.normalized_configs import base_names, resolution_order
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources


@dataclass(frozen=True)
class Method:
    """A method, where it stands in the resolution order, and the file that its names are meant in."""

    node: ast.FunctionDef
    place: int
    module: ModuleSource


def generator_order(class_: ClassSource, sources: Sources) -> tuple[tuple[ClassSource, ...], bool]:
    """A class and its bases as Python looks attributes up, and whether every base is found."""
    return resolution_order(
        class_, lambda each: [sources.class_named(each.module, name) for name in base_names(each.node)]
    )


def find_method(order: Sequence[ClassSource], name: str, place: int = 0) -> Method | None:
    """The first method of that name from a place of the resolution order on."""
    for number, class_ in enumerate(order[place:], place):
        for node in reversed(class_.node.body):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return Method(node, number, class_.module)
    return None
