"""What the models that a config class is for take and return, as names to be offered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import ForwardSignature, Parameter
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, OutputField, Returned
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.rules.support.task_models import task_of

_NEVER_AN_INPUT = re.compile(
    r"labels?$|^(?:start|end)_positions$|^return_|^output_|^use_cache$|^num_logits_to_keep$|^logits_to_keep$"
)
"""What trains a model, and flags that say what it returns."""
_NO_TENSOR = re.compile(r"^encoder_outputs$|past_key_values|past_buckets_states|^cache_|_cache$|^mems$")


@dataclass(frozen=True)
class Model:
    """A model class that a task loads."""

    model_type: str
    task: str
    class_name: str


@dataclass(frozen=True)
class Taken:
    """A parameter that may be an input."""

    parameter: Parameter
    is_required: bool
    is_no_tensor: bool
    classes: tuple[str, ...]
    """The model classes that take it."""

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def detail(self) -> str | None:
        """Its type, and whether it must be given."""
        annotation = self.parameter.annotation
        if not self.is_required:
            return annotation
        return f"{annotation}, required" if annotation else "required"


def models_for(model_type: str, tasks: Iterable[str], catalog: Catalog) -> tuple[Model, ...]:
    """The model classes that tasks of a model type load."""
    return tuple(
        Model(model_type, task, name)
        for task in tasks
        for name in catalog.model_class_names(model_type, task) or ()
    )


def models_of(effective: Iterable[EffectiveConfig], catalog: Catalog) -> tuple[Model, ...]:
    """The transformers classes that a config class is exported with."""
    return tuple(
        Model(each.model_type, task, name)
        for each in effective
        if each.library == TRANSFORMERS and (task := task_of(each, catalog)) is not None
        for name in catalog.model_class_names(each.model_type, task) or ()
    )


def taken_by(models: Iterable[Model], catalog: Catalog) -> list[Taken]:
    """What their ``forward`` take: required ones, what all take, the rest, and last what is no tensor."""
    signatures = {
        (each.model_type, each.class_name): found
        for each in models
        if (found := catalog.forward_signature(each.model_type, each.class_name)) is not None
    }
    parameters: dict[str, list[tuple[ForwardSignature, Parameter]]] = {}
    for signature in signatures.values():
        for parameter in signature.parameters:
            if parameter.takes_keyword and may_be_input(parameter):
                parameters.setdefault(parameter.name, []).append((signature, parameter))
    found = [
        Taken(
            uses[0][1],
            any(parameter.required for _, parameter in uses),
            _NO_TENSOR.search(name) is not None,
            tuple(signature.model_class for signature, _ in uses),
        )
        for name, uses in parameters.items()
    ]
    return sorted(
        found, key=lambda each: (each.is_no_tensor, not each.is_required, len(each.classes) < len(signatures))
    )


def may_be_input(parameter: Parameter) -> bool:
    """Whether it is a tensor, as far as is known, and none that only training has."""
    annotation = parameter.annotation or ""
    is_flag = re.search(r"\b(?:bool|str)\b", annotation) is not None and "Tensor" not in annotation
    return _NEVER_AN_INPUT.search(parameter.name) is None and not is_flag


def returned_by(models: Iterable[Model], catalog: Catalog) -> Iterator[tuple[OutputField, ModelOutputs]]:
    """The outputs that a plain call fills, in order; those of which that isn't certain behind them."""
    found = filter(None, [outputs_of_model(each, catalog) for each in models])
    unique = tuple({each.model_class: each for each in found}.values())
    for wanted in ((Returned.YES, Returned.NOT_NONE), (Returned.UNKNOWN,)):
        for outputs in unique:
            for field in outputs.fields:
                if field.returned in wanted and field.name != "loss":
                    yield field, outputs


def outputs_of_model(model: Model, catalog: Catalog) -> ModelOutputs | None:
    return catalog.outputs(model.model_type, model.class_name)


def usual_inputs(models: tuple[Model, ...], catalog: Catalog) -> tuple[str, ...]:
    """The inputs that a config of these models would name: what they require, and the usual ones."""
    taken = [each for each in taken_by(models, catalog) if not each.is_no_tensor]
    count = len({(each.model_type, each.class_name) for each in models})
    is_for_text = any(each.name == "input_ids" for each in taken)
    usual = (*_USUAL, *_USUAL_WITH_TEXT) if is_for_text else _USUAL
    return tuple(
        each.name for each in taken if each.is_required or (each.name in usual and len(each.classes) == count)
    )


_USUAL = ("input_ids", "pixel_values", "input_values", "input_features", "decoder_input_ids")
_USUAL_WITH_TEXT = ("attention_mask", "token_type_ids")
"""Inputs that optimum-neuron's own configs name wherever the models take them; all else is optional."""

_BASES = (
    (("decoder_input_ids", "input_ids"), "TextSeq2SeqNeuronConfig"),
    (("input_ids", "pixel_values"), "TextAndVisionNeuronConfig"),
    (("input_values",), "AudioNeuronConfig"),
    (("input_features",), "AudioNeuronConfig"),
    (("pixel_values",), "VisionNeuronConfig"),
    (("input_ids",), "TextEncoderNeuronConfig"),
)
"""What a model takes -> the base class of its modality; the first that fits."""


def base_for(models: tuple[Model, ...], catalog: Catalog) -> str | None:
    """The base class of the models' modality; None if it can't be told."""
    names = {each.name for each in taken_by(models, catalog)}
    return next((base for inputs, base in _BASES if names.issuperset(inputs)), None)
