"""A generator's method while it is walked through."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from neuron_config_server.catalog.generators.methods import Method
from neuron_config_server.catalog.generators.values import Value


@dataclass
class Frame:
    """A method that is being walked through."""

    method: Method
    names: dict[str, Value]
    """Parameters and variables."""
    takes_more: bool
    """Whether its ``**kwargs`` hold what the constructor was called with."""
    more_positional: list[Value]
    """What its ``*args`` hold."""
    exits: list[frozenset[str]] = field(default_factory=list)
    """What has been read for certain, at each return."""

    @property
    def self_name(self) -> str:
        arguments = [*self.method.node.args.posonlyargs, *self.method.node.args.args]
        return arguments[0].arg if arguments else ""

    def is_kwargs(self, node: ast.AST) -> bool:
        kwargs = self.method.node.args.kwarg
        return kwargs is not None and isinstance(node, ast.Name) and node.id == kwargs.arg

    def is_args(self, node: ast.AST) -> bool:
        args = self.method.node.args.vararg
        return args is not None and isinstance(node, ast.Name) and node.id == args.arg

    def is_self(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == self.self_name
