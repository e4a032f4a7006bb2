"""A Neuron config class of a file, with all that was worked out about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Union

from neuron_config_server.reading import syntax
from neuron_config_server.reading.effective import EffectiveConfig, effective_configs
from neuron_config_server.reading.evaluation.attributes import assigned_to_self
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    BaseClass,
    Class,
    ClassValue,
    Dotted,
    SourceString,
    strings_of,
)
from neuron_config_server.reading.evaluation.values import Registration as RegistrationValue
from neuron_config_server.reading.evaluation.world import World
from neuron_config_server.reading.literals import StartLine, StringLiteral, Strings, range_of
from neuron_config_server.reading.memory import Memory, remembered_property
from neuron_config_server.reading.positions import Range

_BASE_NAME = re.compile(r"Neuron(?:Default|Export)?Config$")


@dataclass(frozen=True)
class Registration:
    """A decorator ``@register_in_tasks_manager(model_type, *tasks, library_name=…)``."""

    model_type: Union[StringLiteral, str, None]
    """A string of the source, or one that code makes; None if it can't be told."""
    tasks: Strings
    library: str | None
    """None if it can't be told."""
    node: syntax.Call
    line: StartLine
    """Where the statement that the call is part of starts."""

    def __hash__(self) -> int:
        return hash((self.model_type_name, self.library))  # the rest would hardly tell two apart

    @property
    def range(self) -> Range:
        return range_of(self.node.span, self.line)

    @property
    def model_type_name(self) -> str | None:
        return self.model_type.value if isinstance(self.model_type, StringLiteral) else self.model_type


class ConfigClass:
    """A Neuron config class of a file."""

    def __init__(self, value: ClassValue, world: World) -> None:
        self.value = value
        self._world = world
        self.name = value.name
        self._would_be: dict[tuple[Registration, str], EffectiveConfig] = {}
        self.memory = Memory()
        """What was worked out about it, for its tasks too."""
        self.revision = 0
        """How often something in it has changed while it stayed the same object."""

    def __repr__(self) -> str:
        return f"<ConfigClass {self.name}>"

    @property
    def name_range(self) -> Range:
        return range_of(self.value.written.name_span, self.value.line)

    @property
    def range(self) -> Range:
        return range_of(self.value.node.span, self.value.line)

    @cached_property
    def registrations(self) -> tuple[Registration, ...]:
        """Decorators that register it, in the order in which Python applies them."""
        return tuple(_registration(each) for each in self.value.registrations)

    @cached_property
    def effective(self) -> tuple[EffectiveConfig, ...]:
        """What it means for every task that it is registered for."""
        return tuple(effective_configs(self, self._world))

    @remembered_property
    def input_literals(self) -> Mapping[str, frozenset[StringLiteral]]:
        """Value -> the strings of the source with it among its inputs, for whatever task on whatever way."""
        found: dict[str, set[StringLiteral]] = {}
        for each in self.effective:
            for variant in each.inputs.variants:
                for literal in variant.value.literals if variant.value is not None else ():
                    found.setdefault(literal.value, set()).add(literal)
        return {value: frozenset(literals) for value, literals in found.items()}

    @cached_property
    def order(self) -> tuple[Class, ...]:
        """The class and those above it, in the order in which Python looks attributes up."""
        return resolution_order(self.value)

    @cached_property
    def lineage(self) -> tuple[ClassValue, ...]:
        """Of these, the ones whose source was read: of this file and of files that it imports from."""
        return tuple(each for each in self.order if isinstance(each, ClassValue))

    @cached_property
    def names_in_its_code(self) -> frozenset[str]:
        """Names that its code and that of the classes above it mentions: what it means may hang on them."""
        return frozenset(names_mentioned([each.written for each in self.lineage]))

    @property
    def foreign_bases(self) -> tuple[str, ...]:
        """Names of the classes at which its lineage leaves these files."""
        return tuple(
            dict.fromkeys(
                base.name
                for class_ in self.lineage
                for base in class_.bases
                if not isinstance(base, ClassValue)
            )
        )

    def owner(self, name: str) -> ClassValue | BaseClass | Dotted | None:
        """The class that has the attribute, or may have it where its source isn't found; None if none has."""
        for class_ in self.order:
            if isinstance(class_, ClassValue):
                if name in class_.names or not class_.set_from_outside.isdisjoint((name, "*")):
                    return class_
            elif isinstance(class_, BaseClass):
                facts = class_.facts
                attribute, member = facts.attributes.get(name), facts.members.get(name)
                if class_.name in {each.owner for each in (attribute, member) if each is not None}:
                    return class_
            elif isinstance(class_, Dotted) and not self._world.is_empty_base(class_):
                return class_
        return None

    def sets(self, attribute: str) -> bool:
        """Whether a class whose source was read sets an attribute, wherever and on whatever condition."""
        return any(
            attribute in class_.names
            or not class_.set_from_outside.isdisjoint((attribute, "*"))
            or attribute in self._assigned[class_]
            for class_ in self.lineage
        )

    @cached_property
    def _assigned(self) -> Mapping[ClassValue, frozenset[str]]:
        return {class_: frozenset(assigned_to_self(class_)) for class_ in self.lineage}

    def registered_for(self, registration: Registration, task: str) -> EffectiveConfig:
        """What it would mean for a task that one of its registrations doesn't name."""
        key = (registration, task)
        if key not in self._would_be:
            self._would_be[key] = EffectiveConfig(self._world, self, registration, task)
        return self._would_be[key]

    def overrides(self, method: str) -> bool:
        """Whether a class whose source was read defines a method or a property."""
        return any(
            method in each.names or not each.set_from_outside.isdisjoint((method, "*"))
            for each in self.lineage
        )


def is_config(class_: ClassValue) -> bool:
    """Whether a class is a Neuron config: one is registered, or stands on one."""
    if class_.registrations:
        return True
    above = resolution_order(class_)[1:]
    return any(isinstance(each, BaseClass) or _BASE_NAME.search(each.name) for each in above)


def _registration(value: RegistrationValue) -> Registration:
    model_type = value.model_type
    return Registration(
        model_type.literal
        if isinstance(model_type, SourceString)
        else (model_type if isinstance(model_type, str) else None),
        strings_of(value.tasks),
        str(value.library) if isinstance(value.library, str) else None,
        value.node,
        value.line,
    )


def names_mentioned(nodes: Sequence[Any]) -> list[str]:
    """Every name in some syntax, as often as it stands there."""
    return [each.name for node in nodes for each in syntax.nodes_in(node) if isinstance(each, syntax.Name)]
