"""What a config class means for each task that it is registered for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.reading.config_file import ConfigClass, ConfigFile
from neuron_config_server.reading.facts import StringLiteral, Strings


@dataclass(frozen=True)
class EffectiveConfig:
    """A config class as registered for one task of one model type."""

    config: ConfigClass
    library: str
    model_type: StringLiteral
    task: StringLiteral
    """As written; may be a synonym, or no task at all."""
    inputs: Strings | None
    """What ``inputs`` returns; None if this file doesn't say."""
    inputs_owner: ConfigClass | None
    """The class whose ``inputs`` it is."""


def effective_configs(file: ConfigFile) -> Iterator[EffectiveConfig]:
    """Every (class, library, model type, task) whose registration the file spells out."""
    for config in file.classes:
        owner, inputs = config.property_strings("inputs") or (None, None)
        for registration in config.registrations:
            if registration.model_type is None or registration.library is None:
                continue
            for task in registration.tasks.literals:
                yield EffectiveConfig(
                    config, registration.library, registration.model_type, task, inputs, owner
                )
