"""Offers: classes that a config stands on or names: bases, generators, wrappers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lsprotocol.types import CompletionItemKind

from neuron_config_server.catalog.neuron_bases import NeuronBase
from neuron_config_server.features.completions import normalized
from neuron_config_server.features.completions.models import base_for, models_of
from neuron_config_server.features.completions.offer import Import, Offer
from neuron_config_server.features.completions.request import Request
from neuron_config_server.reading.evaluation.values import ClassValue, Dotted

_OF_A_MODALITY = frozenset(
    f"{each}NeuronConfig" for each in ("TextEncoder", "Vision", "TextAndVision", "Audio", "TextSeq2Seq")
)


def bases(request: Request, present: frozenset[str]) -> Iterator[Offer]:
    """The Neuron base classes, that of the models' modality first, then the config classes of the file."""
    name = request.around.class_name
    if name is not None and name.endswith("NormalizedConfig"):
        yield from normalized.plain_classes(request)
        return
    known = request.bases.classes if request.bases is not None else {}
    is_theirs = request.bases is not None and request.bases.dialect is request.dialect
    fitting = base_for(models_of(request.effective, request.catalog), request.catalog)
    for base in sorted(known.values(), key=lambda each: (each.name != fitting, _level(each))):
        if base.name not in present:
            yield Offer(
                base.name,
                CompletionItemKind.Class,
                detail=base.module if is_theirs else None,
                topic="base",
                imports=(base_import(base, known),),
            )
    for config in request.file.classes:
        if config.name not in {*present, name} and int(config.value.line) < request.statement.line:
            yield Offer(config.name, CompletionItemKind.Class, detail="of this file")


def base_import(base: NeuronBase, known: Mapping[str, NeuronBase]) -> Import:
    """What a Neuron base class needs."""
    return Import(base.name, frozenset(each.name for each in known.values() if each.module == base.module))


def _level(base: NeuronBase) -> tuple[bool, int, int]:
    """Those of a modality first, then what they stand on."""
    return base.name not in _OF_A_MODALITY, -len(base.ancestors), base.line


def generators(request: Request, present: frozenset[str]) -> Iterator[Offer]:
    """The dummy input generators: those that make most of the class's inputs first."""
    inputs = {
        name
        for each in request.effective
        for strings in [each.inputs.default]
        for name in (strings.values if strings is not None else ())
    }
    modules: dict[str, set[str]] = {}
    for each in request.catalog.dummy_generators.values():
        modules.setdefault(each.module, set()).add(each.name)
    offers: list[tuple[int, str, Offer]] = []
    for dotted, generator in request.catalog.dummy_generators.items():
        made = sorted(each for each in inputs if generator.supports(each))
        detail = f"makes {', '.join(made)}" if made else generator.module
        offer = Offer(
            generator.name,
            CompletionItemKind.Class,
            detail=detail,
            topic="generator",
            described=dotted,
            imports=(Import(generator.name, frozenset(modules[generator.module])),),
        )
        if generator.name not in present and generator.supported_names != ():
            offers.append((-len(made), generator.name, offer))
    yield from (offer for _, _, offer in sorted(offers, key=lambda each: each[:2]))


def wrappers(request: Request) -> Iterator[Offer]:
    """The names of the file that are called a wrapper."""
    for name, value in request.names_of_the_file():
        if name.endswith("Wrapper") and isinstance(value, (ClassValue, Dotted)):
            detail = "of this file" if isinstance(value, ClassValue) else value.name
            yield Offer(name, CompletionItemKind.Class, detail=detail)
