"""Who reads a string of the file: a fix of it changes what it says to all of them."""

from __future__ import annotations

from collections.abc import Collection

from neuron_config_server.reading.config_file import ConfigClass, ConfigFile
from neuron_config_server.reading.facts import Registration, StringLiteral


def input_readers(file: ConfigFile, literal: StringLiteral) -> tuple[ConfigClass, ...] | None:
    """The config classes in use that have the string among their ``inputs``; None if something else may
    read it.

    In use is every class but those that only serve others of the file as their base.
    """
    holders = {
        config.name: found[1]
        for config in file.classes
        if (found := config.property_strings("inputs")) is not None and literal in found[1].literals
    }
    if not file.only_followed_by(literal, holders.values()) or _is_built_upon(file, holders.keys()):
        return None
    return tuple(config for config in file.classes if config.name in holders and _is_in_use(file, config))


def task_readers(file: ConfigFile, literal: StringLiteral) -> tuple[Registration, ...] | None:
    """The registrations that the string names a task for; None if something else may read it."""
    readers = tuple(
        registration
        for config in file.classes
        for registration in config.registrations
        if literal in registration.tasks.literals
    )
    return readers if file.only_followed_by(literal, (each.tasks for each in readers)) else None


def _is_in_use(file: ConfigFile, config: ConfigClass) -> bool:
    return bool(config.registrations) or not any(config in other.bases for other in file.classes)


def _is_built_upon(file: ConfigFile, holders: Collection[str]) -> bool:
    """Whether the ``inputs`` of a subclass of a holder is not understood: it may be built on the holder's."""
    return any(
        any(ancestor.name in holders for ancestor in config.lineage[1:]) and not _inputs_are_known(config)
        for config in file.classes
    )


def _inputs_are_known(config: ConfigClass) -> bool:
    found = config.property_strings("inputs")
    return found is not None and found[1].unknown is None
