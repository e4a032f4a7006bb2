"""Who reads a string of the file: a fix of it changes what it says to all of them."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import PropertyValue
from neuron_config_server.reading.literals import StringLiteral, range_of


def input_readers(file: ConfigFile, literal: StringLiteral) -> tuple[ConfigClass, ...] | None:
    """The registered config classes that have the string among their ``inputs``; None if something else may
    read it.
    """
    bodies = (body for config in file.classes for body in _inputs_bodies(config))
    if file.has_inputs_for_others or not file.only_read_by(literal, bodies):
        return None
    return file.configs_with_input(literal)


def output_readers(file: ConfigFile, literal: StringLiteral) -> tuple[EffectiveConfig, ...]:
    """Every class and task that has the string among its ``outputs`` on some way, or may have it."""
    return tuple(each for each in file.effective if _may_have_output(each, literal))


def _may_have_output(effective: EffectiveConfig, literal: StringLiteral) -> bool:
    possible = effective.outputs
    if any(variant.value is not None and literal in variant.value.literals for variant in possible.variants):
        return True
    is_inherited = any(
        range_of(each.node.span, each.line).contains(literal.range) for each in effective.config.lineage
    )
    return is_inherited and possible.unknown is not None


def task_readers(file: ConfigFile, literal: StringLiteral) -> tuple[Registration, ...] | None:
    """The registrations that the string names a task for; None if something else may read it."""
    readers = tuple(
        registration
        for config in file.classes
        for registration in config.registrations
        if literal in registration.tasks.literals
    )
    nodes = [registration.node for registration in readers]
    return readers if file.only_read_by(literal, nodes) else None


def _inputs_bodies(config: ConfigClass) -> Iterator[syntax.Block]:
    """The bodies of the ``inputs`` that the class and those above it define."""
    for class_ in config.lineage:
        found = class_.names.get("inputs")
        if isinstance(found, PropertyValue):
            yield found.getter.node.body
