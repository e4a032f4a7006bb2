"""NC502 wrong-base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Union

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import BaseClass, Class, ClassValue
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import is_fully_known, is_neuron_config, range_in
from neuron_config_server.rules.support.related_places import forward_of
from neuron_config_server.rules.support.wording import first_few

_ROOT = "NeuronExportConfig"
_ROUTES_INPUTS = (
    "patch_model_and_prepare_aliases",
    "generate_dummy_inputs",
    "flatten_inputs",
    "_create_dummy_input_generator_classes",
)
_TEXT = frozenset({"input_ids"})
_VISION = frozenset({"pixel_values"})
_AUDIO = frozenset({"input_values", "input_features"})
_TAKEN = {
    "TextEncoderNeuronConfig": _TEXT,
    "VisionNeuronConfig": _VISION,
    "AudioNeuronConfig": _AUDIO | _TEXT,
}
"""What a model must take one of so that the dummy inputs of a base are of use to it."""
_BASES = {"VisionNeuronConfig": _VISION, "AudioNeuronConfig": _AUDIO, "TextEncoderNeuronConfig": _TEXT}
_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig({base}):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


class WrongBase(Rule):
    """
    ## What it does
    Compares the modality of the base class with what the models of the registered tasks take, and looks for
    mixins that stand after the base, which answers first.

    ## Why is this bad?
    The dummy inputs come from the base: one of the wrong modality makes none that the model takes. A mixin
    after the base is asked last, so that what it is there to replace stays as it is.

    ## Example
    ```python
    class FluxNeuronConfig(VisionNeuronConfig, NxDExportNeuronConfig):
    ```
    Use instead:
    ```python
    class FluxNeuronConfig(NxDExportNeuronConfig, VisionNeuronConfig):
    ```

    ## When it is silent
    About modalities, when the class brings its own generators, a wrapper, or methods that route inputs, and
    when the `forward` of a model can't be read. About mixins, when the class names the mixin itself.
    """

    code = "NC502"
    name = "wrong-base"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (
        _ESM.format(base="TextEncoderNeuronConfig"),
        _ESM.format(base="VisionNeuronConfig").replace(
            "    @property", "    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)\n\n    @property"
        ),
    )
    INVALID = (Invalid(_ESM.format(base="VisionNeuronConfig"), at="VisionNeuronConfig"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        if catalog.tasks is None:
            return
        for config, (of_modality, mixins) in file.judged(
            self.code, lambda config: self._judged(config, catalog)
        ):
            if of_modality:
                yield from self._of_modality(config, catalog)
            yield from self._of_mixins(file, config, mixins)

    def _judged(self, config: ConfigClass, catalog: Catalog) -> tuple[bool, list[_Mixin]] | None:
        """Whether its modality is wrong, and mixins that come too late."""
        if not is_neuron_config(config) or not is_fully_known(config):
            return None
        of_modality, mixins = any(self._of_modality(config, catalog)), _late_mixins(config)
        return (of_modality, mixins) if of_modality or mixins else None

    def _of_modality(self, config: ConfigClass, catalog: Catalog) -> Iterator[Finding]:
        base = next(each.name for each in config.order if isinstance(each, BaseClass))
        if base not in _TAKEN or _brings_its_own(config):
            return
        signatures = _signatures(config, catalog)
        taken = [
            {parameter.name for parameter in each.parameters if parameter.takes_keyword}
            for each in signatures
        ]
        if not taken or any(names & _TAKEN[base] for names in taken):
            return
        fitting = [
            name for name, inputs in _BASES.items() if all(names & inputs for names in taken) and name != base
        ]
        if len(fitting) != 1:
            return
        model, wanted = signatures[0], " or ".join(f"`{each}`" for each in sorted(_TAKEN[base]))
        place = _place_of_base(config, base)
        yield self.finding(
            f"`{base}` makes dummy inputs for models that take {wanted}, which `{model.model_class}.forward` "
            f"does not: `{fitting[0]}` is the base for it",
            place or config.name_range,
            class_name=config.name,
            related=forward_of(model),
        )

    def _of_mixins(self, file: ConfigFile, config: ConfigClass, mixins: list[_Mixin]) -> Iterator[Finding]:
        for mixin, hidden in mixins:
            body = "\n".join(
                file.text.split("\n")[config.name_range.start.line + 1 : config.range.end.line + 1]
            )
            if re.search(rf"\b{re.escape(mixin.name)}\b", body):
                continue
            names = ", ".join(first_few([f"`{each}`" for each in hidden], 4))
            yield self.finding(
                f"`{mixin.name}` stands after a base that has {names} too, and answers first: the "
                "mixin's is never used. Put the mixin first",
                config.name_range,
                class_name=config.name,
                severity=Severity.WARNING,
            )


_Mixin = tuple[Union[ClassValue, BaseClass], list[str]]
"""A mixin with those of its names that are never used."""


def _late_mixins(config: ConfigClass) -> list[_Mixin]:
    """Mixins that stand after a base that has names of theirs too."""
    bases = config.value.bases
    root = next((place for place, each in enumerate(bases) if _is_root(each)), len(bases))
    later = (
        each for each in bases[root:] if isinstance(each, (ClassValue, BaseClass)) and not _is_root(each)
    )
    found = ((mixin, sorted(_names_of(mixin) & _names_before(config, mixin))) for mixin in later)
    return [(mixin, hidden) for mixin, hidden in found if hidden]


def _brings_its_own(config: ConfigClass) -> bool:
    return (
        config.sets("DUMMY_INPUT_GENERATOR_CLASSES")
        or config.sets("CUSTOM_MODEL_WRAPPER")
        or any(config.overrides(each) for each in _ROUTES_INPUTS)
    )


def _signatures(config: ConfigClass, catalog: Catalog) -> tuple[ForwardSignature, ...]:
    """The ``forward`` of every model that the class is registered for; empty if one can't be read."""
    found: list[ForwardSignature] = []
    for each in config.effective:
        task = catalog.tasks.canonical(each.task) if catalog.tasks is not None else None
        if task is None or each.library != TRANSFORMERS:
            return ()
        names = catalog.model_class_names(each.model_type, task)
        signatures = [catalog.forward_signature(each.model_type, name) for name in names or ()]
        if not signatures or None in signatures:
            return ()
        found += [signature for signature in signatures if signature is not None]
    return tuple(found)


def _place_of_base(config: ConfigClass, name: str) -> Range | None:
    """Where the class names the base; None if it inherits it from another class."""
    places = [
        range_in(config.value, each.value.span)
        for each in config.value.node.bases
        if each.keyword is None and getattr(each.value, "name", None) == name
    ]
    return places[0] if len(places) == 1 else None


def _is_root(value: object) -> bool:
    """Whether a base is a Neuron config, and no mixin."""
    if isinstance(value, BaseClass):
        return _ROOT in value.facts.ancestors
    if isinstance(value, ClassValue):
        return any(_is_root(each) for each in value.bases)
    return False


def _names_of(class_: Class) -> set[str]:
    """What a class itself defines."""
    if isinstance(class_, ClassValue):
        names = set(class_.names)
    elif isinstance(class_, BaseClass):
        facts = class_.facts
        owned = (*facts.attributes.values(), *facts.members.values())
        names = {each.name for each in owned if each.owner == class_.name}
    else:
        names = set()
    return {each for each in names if not each.startswith("__")}


def _names_before(config: ConfigClass, mixin: Class) -> set[str]:
    """What the classes that answer before a mixin define, the config itself left out."""
    before = config.order[1 : config.order.index(mixin)]
    return {name for each in before for name in _names_of(each)} - _names_of(config.value)
