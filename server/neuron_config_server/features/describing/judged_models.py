"""Which models a subject is about: those of the class that it stands in, or that reads it."""

from __future__ import annotations

from collections.abc import Mapping

from neuron_config_server.features.subjects.subject import Subject
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.support.class_body import subclasses


def judged_config(subject: Subject, file: ConfigFile) -> ConfigClass | None:
    """The class that says which models a subject is about.

    The one that it stands in; where that is registered for nothing, one that reads it, or a subclass.
    """
    config = subject.config
    below = subclasses(file, config) if config is not None else ()
    candidates = (*((config,) if config is not None else ()), *subject.readers, *below)
    return next((each for each in candidates if each.effective), None)


def model_types_of(config: ConfigClass | None) -> tuple[str, ...]:
    """The HF model types that a class is registered for."""
    effective = config.effective if config is not None else ()
    return tuple(dict.fromkeys(each.hf_model_type for each in effective))


def _normalized_paths(config: ConfigClass | None) -> Mapping[str, str]:
    """Name -> path of the normalized config that a class uses; empty if that can't be told."""
    for each in config.effective if config is not None else ():
        use = each.normalized_config.default
        if use is not None and use.attributes:
            return use.attributes
    return {}


def normalized_path(subject: Subject, file: ConfigFile) -> str | None:
    """Where a name of the normalized config is read from: what isn't declared, under its own name."""
    config = judged_config(subject, file)
    if config is None:
        return None
    return _normalized_paths(config).get(subject.name.lower(), subject.name)
