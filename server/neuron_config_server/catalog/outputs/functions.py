"""Calls of functions whose source is found: their parameters bound, their bodies followed."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from neuron_config_server.catalog.outputs.arguments import argument, left_over
from neuron_config_server.catalog.outputs.classes import Method
from neuron_config_server.catalog.outputs.decorators import TRANSPARENT, as_decorated, as_handed_on
from neuron_config_server.catalog.outputs.expressions import Expressions
from neuron_config_server.catalog.outputs.frames import Frame, Names
from neuron_config_server.catalog.outputs.syntax import decorators_of
from neuron_config_server.catalog.outputs.values import NONE, SOMETHING, UNKNOWN, Arguments, Instance, Value
from neuron_config_server.catalog.source import Function, Sources

_DEEPEST = 24


class Functions(Expressions):
    """Follows functions and methods."""

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self._depth = 0
        self._results: dict[object, tuple[Value, ...]] = {}

    def run(self, method: Method, self_: Instance | None, arguments: Arguments | None) -> tuple[Value, ...]:
        """The values that a function may return; ``arguments`` None is the plain call of a model."""
        key = (method, self_, arguments)
        if key not in self._results:
            self._results[key] = (UNKNOWN,)  # what a recursive call gets
            self.count_step()
            self._depth += 1
            if self._depth <= _DEEPEST:
                self._results[key] = self._followed(method, self_, arguments)
            self._depth -= 1
        return self._results[key]

    def bind(self, function: Function, is_static: bool, arguments: Arguments | None, frame: Frame) -> Names:
        """The variables that the function starts with; ``self`` is the first."""
        parameters = function.args
        positional = [*parameters.posonlyargs, *parameters.args]
        defaults: dict[str, ast.expr | None] = {each.arg: None for each in positional}
        defaults.update(
            zip(list(defaults)[len(positional) - len(parameters.defaults) :], parameters.defaults)
        )
        defaults.update(zip([each.arg for each in parameters.kwonlyargs], parameters.kw_defaults))
        names: Names = {}
        if not is_static and positional and frame.self is not None:
            names[positional.pop(0).arg] = frame.self
        places = {each.arg: place for place, each in enumerate(positional)}
        for each in [*positional, *parameters.kwonlyargs]:
            source = defaults[each.arg]
            default = self.value(source, {}, frame) if source is not None else None
            names[each.arg] = argument(each, places.get(each.arg), default, arguments)
        if parameters.vararg is not None:
            names[parameters.vararg.arg] = SOMETHING
        if parameters.kwarg is not None:
            names[parameters.kwarg.arg] = left_over(arguments, set(names))
        return names

    # Overridden where statements are followed.

    def block(self, statements: Sequence[ast.stmt], names: Names, frame: Frame) -> bool:
        raise NotImplementedError

    def _followed(
        self, method: Method, self_: Instance | None, arguments: Arguments | None
    ) -> tuple[Value, ...]:
        decorators = decorators_of(method.function)
        if not decorators <= TRANSPARENT:
            return (UNKNOWN,)
        is_static = self_ is None or "staticmethod" in decorators
        frame = Frame(method.owner.module, method.owner, self_)
        bound = self.bind(method.function, is_static, arguments, frame)
        names = as_handed_on(bound, method.function, decorators)
        if self.block(method.function.body, names, frame):
            frame.returned.append(NONE)
        returned = dict.fromkeys(frame.returned)
        return tuple(as_decorated(value, decorators, method, arguments) for value in returned)
