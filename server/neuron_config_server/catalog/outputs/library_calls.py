"""Calls of what Python and torch define: built-ins, layers, methods of tensors, outputs and ``**kwargs``."""

from __future__ import annotations

import ast
from dataclasses import replace

from neuron_config_server.catalog.outputs.arguments import FLAGS, when_left_out
from neuron_config_server.catalog.outputs.classes import ancestry_of
from neuron_config_server.catalog.outputs.frames import Frame, Names, rebind
from neuron_config_server.catalog.outputs.instances import Instances
from neuron_config_server.catalog.outputs.syntax import dotted, string_in
from neuron_config_server.catalog.outputs.torch_names import (
    TENSOR_FUNCTIONS,
    TENSOR_LAYERS,
    TENSOR_METHODS,
    torch_result,
)
from neuron_config_server.catalog.outputs.values import (
    FALSE,
    IDENTITY,
    MAYBE_TENSOR,
    NONE,
    SOMETHING,
    TENSOR,
    TENSOR_MODULE,
    TRUE,
    UNKNOWN,
    Chain,
    Instance,
    Keywords,
    ListValue,
    OutputValue,
    Value,
)


class LibraryCalls(Instances):
    """Knows the results of calls whose source isn't followed."""

    def built_in(self, called: str, node: ast.Call, names: Names, frame: Frame) -> Value | None:
        """The result of what Python and torch define; None for anything else."""
        library, _, name = called.rpartition(".")
        if library in ("nn", "torch.nn"):
            return self._layer(name, node, names, frame)
        if library in ("torch", "F", "nn.functional", "torch.nn.functional", "torch.linalg"):
            is_choice = name == "where" and len(node.args) == 3  # with fewer, it returns a tuple of indices
            return TENSOR if is_choice else torch_result(name, TENSOR_FUNCTIONS)
        if called in names:
            return None
        if called == "setattr" and node.args:
            if not isinstance(self.value(node.args[0], names, frame), Instance):
                rebind(node.args[0], UNKNOWN, names)
            return NONE
        if called == "getattr":
            return self._getattr(node, names, frame)
        if called == "isinstance" and len(node.args) == 2:
            return self._is_instance(self.value(node.args[0], names, frame), node.args[1])
        if called in ("tuple", "list", "dict", "len", "range", "int", "float", "str", "zip", "reversed"):
            return SOMETHING
        return None

    def method_of_value(
        self, node: ast.Call, function: ast.Attribute, names: Names, frame: Frame
    ) -> Value | None:
        """The result of a method of a tensor, of ``**kwargs`` or of an output; None for other values."""
        value = self.value(function.value, names, frame)
        if value in (TENSOR, MAYBE_TENSOR):
            return torch_result(function.attr, TENSOR_METHODS)
        if isinstance(value, Keywords):
            return self._of_keywords(node, function, value, names, frame)
        if isinstance(value, ListValue) and function.attr in ("append", "extend", "insert"):
            added = self.value(node.args[-1], names, frame) if node.args else UNKNOWN
            rebind(function.value, value.with_element(added if function.attr == "append" else UNKNOWN), names)
            return NONE
        if isinstance(value, OutputValue):
            if function.attr in ("update", "pop", "popitem", "clear", "setdefault", "move_to_end"):
                rebind(function.value, UNKNOWN, names)
            return UNKNOWN
        return None

    def _of_keywords(
        self, node: ast.Call, function: ast.Attribute, value: Keywords, names: Names, frame: Frame
    ) -> Value:
        name = string_in(node.args[0]) if node.args else None
        if function.attr not in ("get", "pop") or name is None:
            if function.attr not in ("items", "keys", "values", "copy") and isinstance(
                function.value, ast.Name
            ):
                names[function.value.id] = UNKNOWN
            return UNKNOWN
        default = self.value(node.args[1], names, frame) if len(node.args) > 1 else NONE
        if name in dict(value.items):
            found = dict(value.items)[name]
        else:
            found = when_left_out(name, default, value.is_open)
        if function.attr == "pop" and isinstance(function.value, ast.Name):
            rest = tuple((each, item) for each, item in value.items if each != name)
            names[function.value.id] = replace(value, items=rest)
        return found

    def _getattr(self, node: ast.Call, names: Names, frame: Frame) -> Value:
        name = string_in(node.args[1]) if len(node.args) > 1 else None
        if name is None:
            return UNKNOWN
        found = self.attribute(ast.Attribute(node.args[0], name, ast.Load()), names, frame)
        return found if len(node.args) == 2 or found in FLAGS.values() else UNKNOWN

    def _is_instance(self, value: Value, classes: ast.expr) -> Value:
        asked = {dotted(each) for each in (classes.elts if isinstance(classes, ast.Tuple) else [classes])}
        if value == NONE:
            return FALSE
        if value is TENSOR and asked & {"torch.Tensor", "Tensor"}:
            return TRUE
        if isinstance(value, OutputValue):
            own = {each.node.name for each in ancestry_of(value.class_, self.sources)}
            return TRUE if asked & own else UNKNOWN
        return UNKNOWN

    def _layer(self, name: str, node: ast.Call, names: Names, frame: Frame) -> Value:
        if name in ("Parameter", "Buffer"):
            return TENSOR
        if name == "Identity":
            return IDENTITY
        if name == "ModuleList":
            listed = self.value(node.args[0], names, frame) if node.args else ListValue(None)
            return listed if isinstance(listed, ListValue) else ListValue(UNKNOWN)
        if name == "Sequential":
            plain = (each.value if isinstance(each, ast.Starred) else each for each in node.args)
            return Chain(tuple(self.value(each, names, frame) for each in plain))
        if any(keyword.arg == "return_indices" for keyword in node.keywords):
            return UNKNOWN
        return TENSOR_MODULE if TENSOR_LAYERS.fullmatch(name) else UNKNOWN
