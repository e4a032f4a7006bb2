"""Offers: inputs, outputs and axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol.types import CompletionItemKind

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.features.completions.models import models_of, returned_by, taken_by
from neuron_config_server.features.completions.offer import Offer
from neuron_config_server.features.completions.request import Request
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import BaseClass


def inputs(
    effective: Sequence[EffectiveConfig], present: frozenset[str], catalog: Catalog
) -> Iterator[Offer]:
    """What the ``forward`` of the configs' models take; where no model is known, what can be generated."""
    taken = taken_by(models_of(effective, catalog), catalog)
    for each in taken:
        if each.name not in present:
            yield _name(each.name, each.detail, "input")
    if not taken:
        yield from _generated(effective, present, catalog)


def _generated(
    effective: Sequence[EffectiveConfig], present: frozenset[str], catalog: Catalog
) -> Iterator[Offer]:
    """The inputs that the configs' generators make."""
    for generator in _generators(effective, catalog):
        for name in generator.supported_names or ():
            if name not in present:
                yield _name(name, f"made by {generator.name}", "input")


def outputs(
    effective: Sequence[EffectiveConfig], present: frozenset[str], catalog: Catalog
) -> Iterator[Offer]:
    """What the configs' models return."""
    for field, of_class in returned_by(models_of(effective, catalog), catalog):
        if field.name not in present:
            yield _name(field.name, of_class.output_class, "output")


def axes(request: Request, present: frozenset[str]) -> Iterator[Offer]:
    """The axes that a config may ask for: those that the class's generators take first."""
    known = (request.bases.axes if request.bases is not None else None) or {}
    asked = dict(_axes_asked_for(request))
    usable = [name for name, axis in known.items() if axis.known_to_instance]
    for name in sorted(usable, key=lambda each: (each not in asked, known[each].flag is None)):
        if name not in present:
            detail = asked.get(name) or known[name].flag or "no option sets it"
            yield _name(name, detail, "axis")


def _axes_asked_for(request: Request) -> Iterator[tuple[str, str]]:
    """Axis and who asks for it: the class's base, or one of its generators."""
    for generator in _generators(request.effective, request.catalog):
        for axis in generator.axes:
            yield axis.name, f"asked for by {generator.name}"
    tasks = {each.task for each in request.effective}
    for base in request.config.order if request.config is not None else ():
        for entry in (base.facts.input_args or ()) if isinstance(base, BaseClass) else ():
            if not entry.tasks or not tasks.isdisjoint(entry.tasks):
                yield entry.axis, f"asked for by {base.name}"


def _generators(effective: Sequence[EffectiveConfig], catalog: Catalog) -> Iterator[DummyGenerator]:
    """The generators of configs, as far as they are known."""
    names = (name for each in effective for name in each.generators.default or ())
    return filter(None, map(catalog.dummy_generators.get, dict.fromkeys(names)))


def _name(name: str, detail: str | None, topic: str) -> Offer:
    return Offer(name, CompletionItemKind.Field, detail=detail, topic=topic, is_string=True)
