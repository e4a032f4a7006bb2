"""Attributes in a config's constructor: properties, ``attribute_map``, class attributes, assignments."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from neuron_config_server.catalog.configs.expressions import Expressions
from neuron_config_server.catalog.configs.fields import default_of
from neuron_config_server.catalog.configs.frames import Frame
from neuron_config_server.catalog.configs.names import Names
from neuron_config_server.catalog.configs.objects import (
    Assignment,
    ClassValue,
    FunctionValue,
    Instance,
    forget,
)
from neuron_config_server.catalog.configs.operators import operate, usable
from neuron_config_server.catalog.configs.values import CannotTellError, Method, Opaque, Unknown

MISSING = Opaque("missing")
"""There is no such attribute."""

SUB_CONFIGS = "sub_configs_defaults"
"""The class attribute of transformers 5 that says which attributes are configs themselves."""


class Attributes(Expressions):
    """Reads and sets attributes."""

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.statement: ast.stmt = ast.Pass()
        """What is being executed."""
        self._attribute_maps: dict[ClassValue, Mapping[str, str]] = {}

    def attribute(self, value: Any, name: str) -> Any:
        found = self.look_up(value, name)
        return Unknown(name) if found is MISSING else found

    def look_up(self, value: Any, name: str) -> Any:
        """An attribute's value, Unknown, or MISSING where there is none."""
        if isinstance(value, Instance):
            return self._of_instance(value, self.attribute_map(value.class_).get(name, name))
        if isinstance(value, ClassValue):
            return self.class_attribute(value, value, name, 0)
        return Method(value, name) if not isinstance(value, Unknown) else Unknown(name)

    def plain_attribute(self, value: Any, name: str) -> Any:
        """An attribute's value, whatever ``attribute_map`` says; Unknown if there is none."""
        found = self._of_instance(value, name) if isinstance(value, Instance) else MISSING
        return Unknown(name) if found is MISSING else found

    def attribute_map(self, class_: ClassValue) -> Mapping[str, str]:
        """Other name -> attribute, for the instances of a class."""
        if class_ not in self._attribute_maps:
            self._attribute_maps[class_] = {}
            found = self.class_attribute(class_, class_, "attribute_map", 0)
            entries = found.items() if isinstance(found, dict) else ()
            self._attribute_maps[class_] = {
                name: meant for name, meant in entries if isinstance(name, str) and isinstance(meant, str)
            }
        return self._attribute_maps[class_]

    def class_attribute(self, class_: ClassValue, bound: Any, name: str, start: int) -> Any:
        """What the classes of an MRO have by a name, from a place on, as an object or class sees it."""
        member = class_.member(name, start)
        if member is None:
            is_pythons = name.startswith("__") and name.endswith("__")
            return MISSING if class_.complete and not is_pythons else Unknown(name)
        getter = member.getter_of(bound)
        if getter is not None:
            return self.follow(getter, [], {}) if bound is not class_ else Unknown(name)
        if member.value is None:
            method = member.bound_to(bound, class_)
            return method if method is not None else Unknown(name)
        value = self.in_frame(Frame(member.owner.module, class_body=member.owner), default_of(member.value))
        return self._sub_config_specs(class_, value) if name == SUB_CONFIGS else value

    def set_attribute(self, value: Any, name: str, new: Any) -> None:
        if not isinstance(value, Instance):
            return
        name = self.attribute_map(value.class_).get(name, name)
        member = value.class_.member(name)
        if member is not None and member.setter is not None:
            owner = member.owner
            self.follow(FunctionValue(owner.module, member.setter, owner, value), [new], {})
        elif member is None or member.getter is None:
            value.attributes[name] = new
            value.sometimes.discard(name)
            frame = self.frames[-1]
            assignment = Assignment(frame.module, frame.owner, self.statement)
            value.assignments.setdefault(name, []).append(assignment)

    def assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.frames[-1].names[target.id] = value
        elif isinstance(target, ast.Attribute):
            self.set_attribute(self.value(target.value), target.attr, value)
        elif isinstance(target, ast.Subscript):
            container, index = self.value(target.value), self.value(target.slice)
            self._set_item(container, index, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for each, item in zip(target.elts, self._unpacked(target.elts, value)):
                self.assign(each.value if isinstance(each, ast.Starred) else each, item)

    # Overridden where functions are followed.

    def follow(self, function: FunctionValue, args: list[Any], keywords: dict[str, Any]) -> Any:
        raise CannotTellError

    def construct(self, class_: ClassValue, args: list[Any], keywords: dict[str, Any]) -> Any:
        raise CannotTellError

    def _of_instance(self, instance: Instance, name: str) -> Any:
        if name == "__dict__":
            instance.forget()  # whoever has it may change anything
            return Unknown(name)
        member = instance.class_.member(name)
        getter = member.getter_of(instance) if member is not None else None
        if getter is not None:
            return self.follow(getter, [], {})
        if name in instance.sometimes:
            return Unknown(name)
        if name in instance.attributes:
            return instance.attributes[name]
        return self.class_attribute(instance.class_, instance, name, 0)

    def _sub_config_specs(self, class_: ClassValue, specs: Any) -> Any:
        """The table with ``SubConfigSpec(config)`` for a bare config, as ``__init_subclass__`` makes it."""
        base = next(each for each in reversed(class_.mro) if SUB_CONFIGS in each.members)
        spec = self.names.in_module(base.module, "SubConfigSpec")
        if not isinstance(specs, dict) or not isinstance(spec, ClassValue):
            return Unknown(SUB_CONFIGS)
        return {
            name: value if isinstance(value, Instance) else self.construct(spec, [value], {})
            for name, value in specs.items()
        }

    def _set_item(self, container: Any, index: Any, value: Any) -> None:
        try:
            operate(usable(container).__setitem__, index, value)
        except (CannotTellError, AttributeError):
            forget(container)

    def _unpacked(self, targets: Sequence[ast.expr], value: Any) -> list[Any]:
        nothing: list[Any] = [Unknown() for _ in targets]
        try:
            items = self.items(value)
        except CannotTellError:
            return nothing
        is_plain = len(items) == len(targets) and not any(isinstance(each, ast.Starred) for each in targets)
        return items if is_plain else nothing
