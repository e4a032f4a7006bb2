"""Offers: what the body of a config class may set, as snippets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lsprotocol.types import CompletionItemKind

from neuron_config_server.catalog.neuron_bases import NeuronBase
from neuron_config_server.features.completions import normalized
from neuron_config_server.features.completions.models import models_of
from neuron_config_server.features.completions.offer import Offer, escaped
from neuron_config_server.features.completions.properties import (
    inputs_property,
    outputs_property,
    property_snippet,
)
from neuron_config_server.features.completions.request import Request
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.evaluation.values import BaseClass


def members(request: Request, config: ConfigClass) -> Iterator[Offer]:
    """What the class doesn't set itself yet and its base knows."""
    known = {name for base in _bases(config) for name in (*base.attributes, *base.members)}
    present = set(config.value.names)
    for name, (text, kind) in _snippets(request, config).items():
        if name in known and name not in present:
            yield Offer(name, kind, text=text, topic="attribute", is_snippet=True)


def _snippets(request: Request, config: ConfigClass) -> Mapping[str, tuple[str, CompletionItemKind]]:
    models = models_of(request.effective, request.catalog)
    model_type = escaped(request.model_type or "")
    quote = request.quote
    class_ = normalized.class_for(request)
    axes = ", ".join(f"{quote}{each}{quote}" for each in _axes(config))
    constants = {
        "NORMALIZED_CONFIG_CLASS": f"${{1:{class_}}}",
        "ATOL_FOR_VALIDATION": "${1:1e-3}",
        "DUMMY_INPUT_GENERATOR_CLASSES": f"(${{1:{_generators(config)}}})",
        "INPUT_ARGS": f"(${{1:{axes}}})",
        "MODEL_TYPE": f"{quote}${{1:{model_type}}}{quote}",
        "LIBRARY_NAME": f"{quote}${{1:transformers}}{quote}",
        "CUSTOM_MODEL_WRAPPER": "$1",
    }
    properties = {
        "inputs": inputs_property(models, request.catalog, quote),
        "outputs": outputs_property(models, _common_outputs(config), request.catalog, quote),
        "values_override": property_snippet(
            "values_override",
            "dict[str, bool]",
            f"return {{{quote}${{1:return_dict}}{quote}: ${{2:False}}}}",
        ),
    }
    return {
        **{name: (text, CompletionItemKind.Property) for name, text in properties.items()},
        **{name: (f"{name} = {value}", CompletionItemKind.Constant) for name, value in constants.items()},
    }


def _bases(config: ConfigClass) -> Iterator[NeuronBase]:
    return (each.facts for each in config.order if isinstance(each, BaseClass))


def _axes(config: ConfigClass) -> tuple[str, ...]:
    """What the base asks for, for every task."""
    found = (each.input_args_for("") for each in _bases(config))
    return next(filter(None, found), None) or ("batch_size",)


def _generators(config: ConfigClass) -> str:
    """The base's generators, as the inside of a tuple."""
    names = next(filter(None, (each.generators for each in _bases(config))), ())
    return f"{names[0]}," if len(names) == 1 else ", ".join(names)


def _common_outputs(config: ConfigClass) -> Mapping[str, tuple[str, ...]]:
    found = (each.common_outputs for each in _bases(config))
    return next(filter(None, found), {})
