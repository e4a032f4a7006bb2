"""The dummy input generators that make a config's inputs, and the HF config that they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.configs.classes import ConfigAttribute
from neuron_config_server.catalog.configs.classes import ConfigClass as HfConfigClass
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.catalog.neuron_bases import are_plain_bases
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, Possible
from neuron_config_server.reading.memory import remembered

MAKES_INPUTS = (
    "__init__",
    "generate_dummy_inputs",
    "_create_dummy_input_generator_classes",
    "_validate_mandatory_axes",
)
"""Methods through which a config may make its inputs in a way of its own."""


@dataclass(frozen=True)
class Read:
    """An attribute of the HF config that stands for one of the normalized config."""

    path: str
    owner: HfConfigClass
    attribute: ConfigAttribute | None
    """None if there is none of that name."""


@remembered
def makes_inputs_as_usual(config: ConfigClass) -> bool:
    """Whether the base classes alone decide how generators are made and asked."""
    return are_plain_bases(config.foreign_bases) and not any(map(config.overrides, MAKES_INPUTS))


def only_default(possible: Possible) -> object | None:
    """The one value that the defaults leave; None if there may be others, or it isn't known."""
    defaults = [each for each in possible.variants if each.is_default]
    if possible.unknown is not None or len(defaults) != 1 or not defaults[0].is_understood:
        return None
    return defaults[0].value if defaults[0].raises is None else None


@remembered
def generators_of(effective: EffectiveConfig, catalog: Catalog) -> tuple[DummyGenerator, ...] | None:
    """The generators of a config, in order; None if one of them isn't known in full."""
    names = only_default(effective.generators)
    if not isinstance(names, tuple):
        return None
    found = [catalog.dummy_generators.get(name) for name in names]
    known = tuple(each for each in found if each is not None and each.complete)
    return known if len(known) == len(found) else None


@remembered
def hf_config_of(effective: EffectiveConfig, catalog: Catalog) -> HfConfigClass | None:
    """The class of the HF config, if all its attributes are known."""
    if effective.library != TRANSFORMERS or effective.hf_model_type != effective.model_type:
        return None
    found = catalog.config_class(effective.model_type)
    return found if found is not None and found.is_complete else None


def read_of(file: ConfigFile, hf_config: HfConfigClass, names: Mapping[str, str], name: str) -> Read | None:
    """Where the HF config has what the normalized config calls by a name; None if that can't be told.

    Args:
        names: of the normalized config, with their paths.
    """
    *parts, last = names.get(name, name).split(".")
    owner = hf_config
    for part in parts:
        inner = file.world.sub_config(owner, part)
        if inner is None or not inner.is_complete:
            return None
        owner = inner
    return Read(".".join([*parts, last]), owner, owner.attribute(last))
