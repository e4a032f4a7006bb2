"""Markdown of what is known of one thing; None where nothing is known."""

from __future__ import annotations

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile


def of_input(name: str, config: ConfigClass | None, catalog: Catalog) -> str | None:
    """An input of a config class's models."""
    return f"`{name}`"


def of_output(name: str, config: ConfigClass | None, catalog: Catalog) -> str | None:
    """An output of a config class's models."""
    return f"`{name}`"


def of_task(task: str, model_type: str | None, catalog: Catalog) -> str | None:
    """A task, for a model type where one is meant."""
    return f"`{task}`"


def of_model_type(model_type: str, file: ConfigFile | None, catalog: Catalog) -> str | None:
    """A model type, and what a file registers of it."""
    return f"`{model_type}`"


def of_alias(alias: str, model_type: str | None, catalog: Catalog) -> str | None:
    """A name of optimum's table of normalized configs."""
    return f"`{alias}`"


def of_axis(name: str, catalog: Catalog) -> str | None:
    """An entry of INPUT_ARGS."""
    return f"`{name}`"


def of_generator(name: str, catalog: Catalog) -> str | None:
    """A dummy input generator, by its dotted or plain name."""
    return f"`{name}`"


def of_base(name: str, catalog: Catalog) -> str | None:
    """A Neuron base class."""
    return f"`{name}`"


def of_attribute(name: str, catalog: Catalog) -> str | None:
    """What the body of a config class may set."""
    return f"`{name}`"


def of_library(name: str, catalog: Catalog) -> str | None:
    """A library that optimum loads models of."""
    return f"`{name}`"


def of_flag(flag: str, catalog: Catalog) -> str | None:
    """An option of neuronx-cc."""
    return f"`{flag}`"


def of_rule(code: str) -> str | None:
    """A rule, by its code."""
    return f"`{code}`"
