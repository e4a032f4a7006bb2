"""Calls in a model's source: of its modules, methods and functions, of classes, and of libraries."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from neuron_config_server.catalog.outputs.arguments import with_keyword
from neuron_config_server.catalog.outputs.classes import Method, class_named, find_method
from neuron_config_server.catalog.outputs.expressions import ROUNDS
from neuron_config_server.catalog.outputs.frames import Frame, Names, learn_from_use
from neuron_config_server.catalog.outputs.library_calls import LibraryCalls
from neuron_config_server.catalog.outputs.output_classes import field_items, is_output
from neuron_config_server.catalog.outputs.syntax import dotted, is_starred, is_super
from neuron_config_server.catalog.outputs.torch_names import TENSOR_LAYERS
from neuron_config_server.catalog.outputs.values import (
    IDENTITY,
    NONE,
    TENSOR,
    TENSOR_MODULE,
    UNKNOWN,
    Arguments,
    BoundMethod,
    Chain,
    Choice,
    ClassValue,
    Instance,
    Keywords,
    ListValue,
    OutputValue,
    Value,
    join,
    joined,
)
from neuron_config_server.catalog.source import ClassSource


class Calls(LibraryCalls):
    """Follows calls."""

    def call(self, node: ast.Call, names: Names, frame: Frame) -> Value:
        self.count_step()
        called = dotted(node.func)
        if called.endswith("super.__init__"):
            self._inherit_attributes(node, names, frame)
            return NONE
        builtin = self.built_in(called, node, names, frame)
        if builtin is not None:
            return builtin
        made = self._class_made(node.func, names, frame)
        if made is not None:
            return self._made(made, self._arguments(node, names, frame))
        if isinstance(node.func, ast.Attribute) and not is_super(node.func.value):
            found = self.method_of_value(node, node.func, names, frame)
            if found is not None:
                learn_from_use(node.func, names)
                return found
        arguments = self._arguments(node, names, frame)
        if called == "apply_chunking_to_forward" and arguments.positional is not None:
            return self._call_value(arguments.positional[0], Arguments(arguments.positional[3:]))
        if isinstance(node.func, ast.Name) and node.func.id not in names:
            return self._call_global(node.func.id, arguments, frame)
        return self._call_value(self.value(node.func, names, frame), arguments)

    def _arguments(self, node: ast.Call, names: Names, frame: Frame) -> Arguments:
        positional: list[Value] | None = []
        for each in node.args:
            if positional is None or is_starred(each):
                positional = None
            else:
                positional.append(self.value(each, names, frame))
        keywords: Keywords | None = Keywords()
        for keyword in node.keywords:
            value = self.value(keyword.value, names, frame)
            if keyword.arg is None and not isinstance(value, Keywords):
                keywords = None
            if keywords is not None:
                keywords = with_keyword(keywords, keyword.arg, value)
        return Arguments(tuple(positional) if positional is not None else None, keywords)

    def _class_made(self, function: ast.expr, names: Names, frame: Frame) -> ClassSource | None:
        """The class of ``Encoder._from_config``, which makes an ``Encoder``; None for other functions."""
        if not isinstance(function, ast.Attribute) or function.attr != "_from_config":
            return None
        name = dotted(function.value)
        class_ = class_named(frame.module, name, self.sources) if name not in names else None
        is_own = class_ is not None and find_method(class_, "_from_config", self.sources) is not None
        return None if is_own else class_

    def _inherit_attributes(self, node: ast.Call, names: Names, frame: Frame) -> None:
        if frame.self is None or frame.owner is None:
            return
        method = find_method(frame.self.class_, "__init__", self.sources, frame.owner)
        if method is None:
            return
        arguments = self._arguments(node, names, frame)
        own = next(iter(names))
        for name, value in self.initialised(method, frame.self, arguments).items():
            names[f"{own}.{name}"] = value

    def _call_global(self, name: str, arguments: Arguments, frame: Frame) -> Value:
        function = frame.module.first_function(name)
        if function is not None and frame.owner is not None:
            return joined(self.run(Method(frame.owner, function), None, arguments))
        class_ = class_named(frame.module, name, self.sources)
        if class_ is None:
            imported, original = frame.module.imports.get(name, (None, name))
            is_layer = (
                imported is not None and imported.module == "torch.nn" and TENSOR_LAYERS.fullmatch(original)
            )
            return TENSOR_MODULE if is_layer or name == "get_activation" else UNKNOWN
        return self._made(class_, arguments)

    def _call_value(self, called: Value, arguments: Arguments) -> Value:
        if called is TENSOR_MODULE:
            return TENSOR
        if isinstance(called, Chain):
            return self._call_chain(called.links, arguments)
        if isinstance(called, Choice):
            callable_ = [each for each in called.options if each != NONE]
            return joined([self._call_value(each, arguments) for each in callable_])
        if called is IDENTITY:
            return arguments.positional[0] if arguments.positional else UNKNOWN
        if isinstance(called, ClassValue):
            return self._made(called.class_, arguments)
        if isinstance(called, Instance):
            called = self.bound_method(called, "forward", None)
        if isinstance(called, BoundMethod):
            return joined(self.run(called.method, called.self, arguments))
        return UNKNOWN

    def _call_chain(self, links: Sequence[Value], arguments: Arguments) -> Value:
        value = arguments.positional[0] if arguments.positional else UNKNOWN
        for link in links:
            if isinstance(link, ListValue):
                for _ in range(ROUNDS if link.element is not None else 0):
                    value = join(value, self._call_value(link.element or UNKNOWN, Arguments((value,))))
            else:
                value = self._call_value(link, Arguments((value,)))
        return value

    def _made(self, class_: ClassSource, arguments: Arguments) -> Value:
        if is_output(class_, self.sources):
            return self._constructed(class_, arguments)
        return Instance(class_, arguments)

    def _constructed(self, class_: ClassSource, arguments: Arguments) -> Value:
        if arguments.positional is None or arguments.keywords is None or arguments.keywords.is_open:
            items = field_items(class_, self.sources)
            return OutputValue(class_, tuple((name, UNKNOWN) for name in items))
        passed = dict(arguments.keywords.items)
        values: list[tuple[str, Value]] = []
        for place, (name, (_, item)) in enumerate(field_items(class_, self.sources).items()):
            if place < len(arguments.positional):
                values.append((name, arguments.positional[place]))
            else:
                values.append((name, passed.get(name, _default_of(item))))
        return OutputValue(class_, tuple(values))


def _default_of(item: ast.AnnAssign) -> Value:
    value = item.value
    if isinstance(value, ast.Call):
        value = next((each.value for each in value.keywords if each.arg == "default"), value)
    return NONE if isinstance(value, ast.Constant) and value.value is None else UNKNOWN
