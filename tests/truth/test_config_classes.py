"""What the catalog reads of every config class, held against an instance of the class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog.configs.classes import AttributeKind, ConfigClass
from neuron_config_server.catalog.configs.read_class import read_config_class
from neuron_config_server.catalog.model_types import ModelTypes
from neuron_config_server.catalog.source import Sources

pytestmark = pytest.mark.truth
transformers = pytest.importorskip("transformers")

from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES  # noqa: E402

_PACKAGE = Path(transformers.__file__).parent

_RAISES_ALL_THE_SAME = {
    "edgetam": "4.57.6: loads its backbone's config from the hub",
    "edgetam_vision_model": "4.57.6: loads its backbone's config from the hub",
    "gemma4_assistant": "5.23.0: its own defaults fail its validate_architecture",
    "nougat": "5.23.0: its defaults name donut_swin, which is no model type",
}
"""Config classes that can't be made without arguments for reasons that their constructors don't show."""

_INTERCEPTS_ACCESS = {
    "qwen2_5_vl": "4.57.6: __getattribute__ hands on to the text config",
    "qwen2_vl": "4.57.6: __getattribute__ hands on to the text config",
    "t5gemma": "4.57.6: __setattr__ hands on to encoder and decoder",
}
"""No default is claimed, and more attributes may be there."""

_OTHER_TEXT = {
    ("hunyuan_v1_dense", "eod_token_id"): "5.23.0: auto_docstring cuts the text where it says 'Example:'",
}

_KNOWN_DEFAULTS = 0.97
"""The share of parameters whose default is known; what is missing are mostly sub-configs, which are objects."""


@pytest.fixture(scope="module")
def types() -> ModelTypes:
    return ModelTypes(_PACKAGE / "models", Sources([_PACKAGE.parent]))


@pytest.fixture(scope="module")
def configs(types: ModelTypes) -> dict[str, ConfigClass]:
    """What is read, by model type."""
    sources = Sources([_PACKAGE.parent])
    found: dict[str, ConfigClass] = {}
    for model_type in CONFIG_MAPPING_NAMES:
        class_ = types.config_class(model_type)
        assert class_ is not None, model_type
        found[model_type] = read_config_class(class_, sources)
    return found


@pytest.fixture(scope="module")
def instances(configs: dict[str, ConfigClass]) -> dict[str, Any]:
    """A config of each model type, made without arguments where that works."""
    found: dict[str, Any] = {}
    for model_type, config in configs.items():
        if config.needs_arguments or model_type in _RAISES_ALL_THE_SAME:
            continue
        found[model_type] = CONFIG_MAPPING[model_type]()
    return found


def test_model_types_and_their_config_classes(types: ModelTypes) -> None:
    assert types.config_class_names is not None
    assert list(types.config_class_names.items()) == list(CONFIG_MAPPING_NAMES.items())


def test_where_each_class_is(configs: dict[str, ConfigClass]) -> None:
    for model_type, config in configs.items():
        real = CONFIG_MAPPING[model_type]
        assert (config.name, config.model_type) == (real.__name__, real.model_type)
        assert str(config.file) == inspect.getsourcefile(real), model_type
        assert re.match(r"class\s", _line(config.file, config.line)), model_type


def _line(file: Path, number: int) -> str:
    return file.read_text(encoding="utf-8").splitlines()[number - 1]


def test_which_can_not_be_made_without_arguments(configs: dict[str, ConfigClass]) -> None:
    raising = {model_type for model_type in configs if not _can_be_made(CONFIG_MAPPING[model_type])}
    said = {model_type for model_type, config in configs.items() if config.needs_arguments}
    assert said - _RAISES_ALL_THE_SAME.keys() == raising - _RAISES_ALL_THE_SAME.keys()


def _can_be_made(class_: Any) -> bool:
    try:
        class_()
    except Exception:  # noqa: BLE001 - whatever it is, there is no instance
        return False
    return True


def test_every_attribute_of_every_config(configs: dict[str, ConfigClass], instances: dict[str, Any]) -> None:
    missing, too_many = [], []
    for model_type, instance in instances.items():
        config = configs[model_type]
        ours = {each.name for each in config.attributes} | config.attribute_map.keys()
        real = set(_attribute_names(instance))
        missing += [(model_type, name) for name in real - ours]
        too_many += [
            (model_type, each.name)
            for each in config.attributes
            if each.is_always_there and each.name not in real and not hasattr(type(instance), each.name)
        ]
    assert (missing, too_many) == ([], [])


def _attribute_names(instance: Any) -> Iterator[str]:
    """Public attributes of an instance, properties of its class, and other names for them."""
    yield from (name for name in vars(instance) if not name.startswith("_"))
    yield from type(instance).attribute_map
    for name in dir(type(instance)):
        if not name.startswith("_") and isinstance(inspect.getattr_static(type(instance), name), property):
            yield name


def test_every_default_that_is_claimed(configs: dict[str, ConfigClass], instances: dict[str, Any]) -> None:
    wrong, known, unknown = [], 0, 0
    for model_type, instance in instances.items():
        for each in configs[model_type].attributes:
            if each.default is not None:
                real = vars(instance).get(each.name, _NOWHERE)
                real = getattr(instance, each.name) if real is _NOWHERE else real
                wrong += [(model_type, each.name, each.default, real)] if repr(real) != each.default else []
                wrong += [(model_type, each.name)] if repr(each.value) != each.default else []
            if each.kind is AttributeKind.PARAMETER:
                known, unknown = known + (each.default is not None), unknown + (each.default is None)
    assert wrong == []
    print(f"{known} of {known + unknown} defaults of parameters are known")
    assert known / (known + unknown) > _KNOWN_DEFAULTS


_NOWHERE = object()


def test_other_names_and_sub_configs(configs: dict[str, ConfigClass], instances: dict[str, Any]) -> None:
    for model_type, instance in instances.items():
        config, real = configs[model_type], instance.sub_configs
        assert config.attribute_map == type(instance).attribute_map, model_type
        if config.sub_configs is None:
            assert isinstance(inspect.getattr_static(type(instance), "sub_configs"), property), model_type
            continue
        assert config.sub_configs.keys() == real.keys(), model_type
        for name, class_name in config.sub_configs.items():
            assert class_name in (real[name].__name__, "AutoConfig"), (model_type, name)


def test_what_is_incomplete(configs: dict[str, ConfigClass]) -> None:
    incomplete = {model_type for model_type, config in configs.items() if not config.is_complete}
    assert incomplete <= _INTERCEPTS_ACCESS.keys()


def test_texts_are_those_of_the_real_docstrings(configs: dict[str, ConfigClass]) -> None:
    other = []
    for model_type, config in configs.items():
        classes = CONFIG_MAPPING[model_type].__mro__
        real = _squeezed(" ".join(each.__doc__ or "" for each in classes if each is not object))
        other += [
            (model_type, each.name)
            for each in config.attributes
            if each.kind is AttributeKind.PARAMETER
            and each.doc is not None
            and _squeezed(each.doc) not in real
        ]
    assert set(other) <= _OTHER_TEXT.keys()


def _squeezed(text: str) -> str:
    return "".join(text.split())
