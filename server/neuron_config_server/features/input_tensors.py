"""The dummy inputs that a config class is exported with: shape and type of each, sizes by their names."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.configs.classes import ConfigClass as HfConfigClass
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.catalog.generators.tensors import Attribute, Circumstances, Tensor
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, NormalizedConfigUse
from neuron_config_server.reading.literals import Strings
from neuron_config_server.rules.support.generators_of import (
    hf_config_of,
    makes_inputs_as_usual,
    only_default,
    read_of,
)

_FLOAT = {"diffusers": "float_dtype"}
"""Libraries whose models bring the type of their float inputs along, as ``float_dtype``; elsewhere it is
float32.
"""

_tensors: WeakKeyDictionary[EffectiveConfig, dict[str, Tensor | None]] = WeakKeyDictionary()
"""What was worked out already, as long as the class is as it was."""


def tensor_of(name: str, effective: EffectiveConfig, file: ConfigFile, catalog: Catalog) -> Tensor | None:
    """The dummy input of a name that a config class is exported with; None if it can't be told."""
    known = _tensors.setdefault(effective, {})
    if name not in known:
        known[name] = _tensor(name, effective, file, catalog)
    return known[name]


def _tensor(name: str, effective: EffectiveConfig, file: ConfigFile, catalog: Catalog) -> Tensor | None:
    axes = only_default(effective.axes)
    if not makes_inputs_as_usual(effective.config) or not isinstance(axes, Strings) or axes.unknown:
        return None
    generator = _maker(name, effective, catalog)
    if generator is None:
        return None
    normalized = only_default(effective.normalized_config)
    use = normalized if isinstance(normalized, NormalizedConfigUse) else None
    circumstances = Circumstances(
        task=effective.task,
        axes=axes.values,
        attribute=_attributes(file, hf_config_of(effective, catalog), use),
        normalized_ancestors=_ancestors(use, catalog),
        float_dtype=_FLOAT.get(effective.library, "fp32"),
    )
    return catalog.generated_tensor(generator, name, circumstances)


def _maker(name: str, effective: EffectiveConfig, catalog: Catalog) -> DummyGenerator | None:
    """The generator that makes an input; those behind it needn't be known."""
    names = only_default(effective.generators)
    if any(each.endswith("TextSeq2SeqNeuronConfig") for each in effective.config.foreign_bases):
        names = names[:3] if isinstance(names, tuple) else None  # upstream's makes no others
    for each in names if isinstance(names, tuple) else ():
        generator = catalog.dummy_generators.get(each)
        supports = generator.supports(name) if generator is not None else None
        if supports is not False:
            return generator if supports else None
    return None


def _attributes(
    file: ConfigFile, hf_config: HfConfigClass | None, use: NormalizedConfigUse | None
) -> Callable[[str, bool], Attribute]:
    """What is known of the attributes of the model's config, by the names of the normalized one or by its
    own.
    """

    def attribute(name: str, is_raw: bool) -> Attribute:
        names = {} if is_raw else use.attributes if use is not None else None
        path = (names or {}).get(name, name)
        read = read_of(file, hf_config, names, name) if hf_config is not None and names is not None else None
        if read is None:
            return Attribute(path)
        found = read.attribute
        if found is None:
            return Attribute(read.path, is_there=False)
        default = found.value if found.default is not None else ...
        # None counts as missing, and a checkpoint's config may say something else than the default.
        is_there = True if found.is_always_there and default is not None and default is not ... else None
        return Attribute(read.path, is_there, default if default is not None else ...)

    return attribute


def _ancestors(use: NormalizedConfigUse | None, catalog: Catalog) -> frozenset[str] | None:
    configs = catalog.normalized_configs
    class_ = configs.classes.get(use.class_name) if configs is not None and use is not None else None
    return frozenset(class_.ancestors) if class_ is not None else None
