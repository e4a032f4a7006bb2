"""What a config class is registered for, in the few words that lists have room for."""

from __future__ import annotations

from neuron_config_server.reading.config_class import ConfigClass, Registration


def registrations_in_words(config: ConfigClass) -> str | None:
    """``esm · 4 tasks``; None if nothing registers the class."""
    return ", ".join(_in_words(each) for each in config.registrations) or None


def tasks_of(config: ConfigClass) -> tuple[str, ...]:
    """The tasks of all its registrations, as far as they are known."""
    return tuple(dict.fromkeys(task for each in config.registrations for task in each.tasks.values))


def counted(count: int, noun: str) -> str:
    """``1 task``, ``4 tasks``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _in_words(registration: Registration) -> str:
    parts = [registration.model_type_name] if registration.model_type_name else []
    if registration.tasks.unknown is None:
        parts.append(counted(len(registration.tasks.values), "task"))
    return " · ".join(parts) or "registered"
