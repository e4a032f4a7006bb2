"""Who reads a string of the file: a fix of it changes what it says to all of them."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile, Registration
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import PropertyValue
from neuron_config_server.reading.literals import StringLiteral


def declared_inputs(effective: EffectiveConfig) -> tuple[StringLiteral, ...]:
    """The strings of the source among the inputs, on every way through that the defaults leave open."""
    return tuple(
        dict.fromkeys(
            literal
            for variant in effective.inputs.variants
            if variant.is_default and variant.value is not None
            for literal in variant.value.literals
        )
    )


def input_readers(file: ConfigFile, literal: StringLiteral) -> tuple[ConfigClass, ...] | None:
    """The registered config classes that have the string among their ``inputs``; None if something else may
    read it.
    """
    if not file.only_read_by(literal, [body for config in file.classes for body in _inputs_bodies(config)]):
        return None
    if any(_is_in_use_unregistered(file, config) or _is_unknown(config) for config in file.classes):
        return None
    return tuple(
        config
        for config in file.classes
        if any(literal in strings for each in config.effective for strings in _every_inputs(each))
    )


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


def _every_inputs(effective: EffectiveConfig) -> Iterator[tuple[StringLiteral, ...]]:
    return (variant.value.literals for variant in effective.inputs.variants if variant.value is not None)


def _inputs_bodies(config: ConfigClass) -> Iterator[syntax.Block]:
    """The bodies of the ``inputs`` that the class and those above it define."""
    for class_ in config.lineage:
        found = class_.names.get("inputs")
        if isinstance(found, PropertyValue):
            yield found.getter.node.body


def _is_in_use_unregistered(file: ConfigFile, config: ConfigClass) -> bool:
    """Whether code outside of the file may use the class, for tasks that can't be told."""
    is_base = any(config.value in other.value.bases for other in file.classes)
    return not config.effective and not is_base


def _is_unknown(config: ConfigClass) -> bool:
    return any(each.inputs.unknown is not None for each in config.effective)
