"""One way through a generator's code: statements and calls."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from neuron_config_server.catalog.generators.asked_attributes import asked_attribute, named_attribute
from neuron_config_server.catalog.generators.methods import Method, find_method
from neuron_config_server.catalog.generators.supported_names import ROOT
from neuron_config_server.catalog.generators.tensor_expressions import (
    Expressions,
    Frame,
    LostError,
    RaisesError,
)
from neuron_config_server.catalog.generators.tensors import (
    OPAQUE,
    Circumstances,
    NormalizedConfig,
    Tensor,
    tensor,
)
from neuron_config_server.catalog.method_parameters import MethodParameter, is_decorated, parameters_of
from neuron_config_server.catalog.source import ClassSource

_MAKERS = ("random_int_tensor", "random_mask_tensor", "random_float_tensor")
"""The root's own: each makes a tensor of its ``shape`` and its ``dtype``."""
_TORCH_MAKERS = {"zeros": "float32", "ones": "float32", "rand": "float32", "randn": "float32"}
_CASTS = {"bool": "bool", "long": "int64", "int": "int32", "float": "float32"}


class _ReturnSignal(Exception):  # noqa: N818
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class TensorRun(Expressions):
    """Follows methods; ``called`` gives what one returns."""

    def __init__(
        self, order: Sequence[ClassSource], circumstances: Circumstances, script: tuple[bool, ...]
    ) -> None:
        super().__init__(order, circumstances, script)
        self._depth = 0

    def called(self, method: Method, positional: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        self._depth += 1
        if self._depth > 20 or is_decorated(method.node, "classmethod", "property"):
            raise LostError
        outer, self.frame = self.frame, Frame(method, self._bound(method, positional, keywords))
        try:
            self._block(method.node.body)
        except _ReturnSignal as signal:
            return signal.value
        finally:
            self.frame = outer
            self._depth -= 1
        return None

    def _bound(
        self, method: Method, positional: Sequence[Any], keywords: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The parameters' values.

        Raises:
            RaisesError: Python would refuse the call.
        """
        parameters = list(parameters_of(method.node, method.module))
        by_place = [each for each in parameters if each.kind.startswith("POSITIONAL")]
        names = {each.name: value for each, value in zip(by_place, positional)}
        more, others = tuple(positional[len(by_place) :]), dict(keywords)
        for parameter in parameters:
            if parameter.kind == "VAR_POSITIONAL":
                names[parameter.name], more = more, ()
            elif parameter.kind != "VAR_KEYWORD" and parameter.name not in names:
                names[parameter.name] = others.pop(parameter.name, _default(parameter))
                if names[parameter.name] is _NO_DEFAULT:
                    raise RaisesError
        rest = next((each.name for each in parameters if each.kind == "VAR_KEYWORD"), None)
        if more or (others and rest is None):
            raise RaisesError
        return {**names, rest: others} if rest is not None else names

    def _block(self, nodes: Sequence[ast.stmt]) -> None:
        for node in nodes:
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            value = self.value(node.value)
            for target in node.targets:
                self._store(target, value)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._store(node.target, self.value(node.value))
        elif isinstance(node, ast.Expr):
            self.value(node.value)
        elif isinstance(node, ast.If):
            self._block(node.body if self.is_true(node.test) else node.orelse)
        elif isinstance(node, ast.Return):
            raise _ReturnSignal(self.value(node.value) if node.value is not None else None)
        elif isinstance(node, ast.Raise):
            raise RaisesError
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                self.frame.names.setdefault(alias.asname or alias.name.partition(".")[0], OPAQUE)
        elif isinstance(node, ast.For):
            self._lose_what_changes(node)
        elif not isinstance(node, ast.Pass):
            raise LostError

    def _store(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            parts = value if isinstance(value, tuple) and len(value) == len(target.elts) else None
            for place, part in enumerate(target.elts):
                self._store(part, parts[place] if parts is not None else OPAQUE)
        elif isinstance(target, ast.Name):
            self.frame.names[target.id] = value
        elif isinstance(target, ast.Attribute) and self.frame.is_self(target.value):
            self.attributes[target.attr] = value
        elif isinstance(target, ast.Subscript):
            # What is in a tensor may change, its shape doesn't.
            owner = target.value
            while isinstance(owner, ast.Subscript):
                owner = owner.value
            if not isinstance(self.value(owner), Tensor):
                self._store(owner, OPAQUE)
        else:
            raise LostError

    def _lose_what_changes(self, loop: ast.For) -> None:
        """A loop isn't followed: whatever it may have bound isn't known any more."""
        for node in ast.walk(loop):
            if isinstance(node, (ast.Return, ast.Raise, ast.AugAssign, ast.Delete)):
                raise LostError
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._store(target, OPAQUE)
            elif isinstance(node, ast.Call) and self._hands_out_self(node):
                raise LostError
        self._store(loop.target, OPAQUE)

    def call(self, node: ast.Call) -> Any:
        asked = asked_attribute(node) or named_attribute(node)
        if asked is not None:
            return self._asked(node, *asked)
        if isinstance(node.func, ast.Attribute):
            return self._method_call(node, node.func)
        if isinstance(node.func, ast.Name) and node.func.id == "isinstance" and len(node.args) == 2:
            return self.is_instance(self.value(node.args[0]), ast.unparse(node.args[1]))
        positional, keywords = self._arguments(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("tuple", "list") and not keywords:
            return positional[0] if len(positional) == 1 and isinstance(positional[0], tuple) else OPAQUE
        if self._hands_out_self(node):
            raise LostError
        return OPAQUE

    def _asked(self, node: ast.Call, owner: ast.expr, name: str) -> Any:
        """``getattr``, ``hasattr`` and ``has_attribute``."""
        default = node.args[2] if len(node.args) == 3 else None
        is_question = asked_attribute(node) is not None and default is None
        value = self.value(owner)
        if isinstance(value, NormalizedConfig):
            found = self.circumstances.attribute(name, value.is_raw)
            is_there = self.decide() if found.is_there is None else found.is_there
            if is_question:
                return is_there
            if not is_there:
                return self.value(default) if default is not None else self.attribute(value, name)
            return self.attribute(value, name)
        if self.frame.is_self(owner) and name in self.attributes:
            return True if is_question else self.attributes[name]
        return self.decide() if is_question else OPAQUE

    def _method_call(self, node: ast.Call, function: ast.Attribute) -> Any:
        owner, name = function.value, function.attr
        positional, keywords = self._arguments(node)
        if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super":
            return self._of_own_method(name, positional, keywords, self.frame.method.place + 1)
        if self.frame.is_self(owner):
            return self._of_own_method(name, positional, keywords, 0)
        if self._hands_out_self(node):
            raise LostError
        if isinstance(owner, ast.Name) and owner.id == "torch":
            return _of_torch(name, positional, keywords)
        if isinstance(owner, ast.Name) and owner.id == "DTYPE_MAPPER" and name == "pt" and positional:
            return positional[0]
        value = self.value(owner)
        if isinstance(value, dict) and name in ("get", "pop") and positional:
            return value.get(positional[0], positional[1] if len(positional) > 1 else None)
        if isinstance(value, Tensor) and name in _CASTS and not node.args:
            return Tensor(value.shape, _CASTS[name], value.from_config)
        return OPAQUE

    def _of_own_method(
        self, name: str, positional: Sequence[Any], keywords: Mapping[str, Any], place: int
    ) -> Any:
        method = find_method(self.order, name, place)
        if method is None:
            if name == "__init__":  # of object
                return None
            raise LostError
        if name in _MAKERS and self.order[method.place].node.name == ROOT:
            names = self._bound(method, positional, keywords)
            return tensor(names.get("shape"), names.get("dtype"))
        return self.called(method, positional, keywords)

    def _arguments(self, node: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        positional = self.elements(node.args)
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            elif isinstance(value, dict):
                keywords.update(value)
            else:
                raise LostError
        return positional, keywords

    def _hands_out_self(self, node: ast.Call) -> bool:
        """Whether code that isn't followed may change the generator."""
        given = (*node.args, *(keyword.value for keyword in node.keywords))
        return any(self.frame.is_self(each) for each in given)


_NO_DEFAULT: Any = object()


def _default(parameter: MethodParameter) -> Any:
    if parameter.default is None:
        return _NO_DEFAULT
    return parameter.value if parameter.value_known else OPAQUE


def _of_torch(name: str, positional: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """What a function of torch makes, of those that make tensors."""
    if name in _TORCH_MAKERS and len(positional) == 1:
        return tensor(positional[0], keywords.get("dtype", _TORCH_MAKERS[name]))
    if name == "full" and len(positional) == 2 and "dtype" in keywords:
        return tensor(positional[0], keywords["dtype"])
    if name == "randint" and "size" in keywords:
        return tensor(keywords["size"], keywords.get("dtype", "int64"))
    if name == "arange" and len(positional) == 2 and positional[0] == 0:
        return tensor((positional[1],), keywords.get("dtype", "int64"))
    if name in ("zeros_like", "ones_like") and len(positional) == 1 and not keywords:
        return positional[0]
    return OPAQUE
