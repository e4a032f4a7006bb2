"""Offers: inputs, outputs and axes."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import CompletionItemKind

from neuron_config_server.features.completions.models import models_of, returned_by, taken_by
from neuron_config_server.features.completions.offer import Offer
from neuron_config_server.features.completions.request import Request
from neuron_config_server.reading.evaluation.values import BaseClass


def inputs(request: Request, present: frozenset[str]) -> Iterator[Offer]:
    """What the ``forward`` of the class's models take; where no model is known, what can be generated."""
    taken = taken_by(models_of(request.effective_here, request.catalog), request.catalog)
    for each in taken:
        if each.name not in present:
            yield _name(each.name, each.detail, "input")
    if not taken:
        yield from _generated(request, present)


def _generated(request: Request, present: frozenset[str]) -> Iterator[Offer]:
    """The inputs that the class's generators make."""
    for effective in request.effective_here:
        for dotted in effective.generators.default or ():
            generator = request.catalog.dummy_generators.get(dotted)
            for name in (generator.supported_names or ()) if generator is not None else ():
                if name not in present and generator is not None:
                    yield _name(name, f"made by {generator.name}", "input")


def outputs(request: Request, present: frozenset[str]) -> Iterator[Offer]:
    """What the class's models return."""
    models = models_of(request.effective_here, request.catalog)
    for field, outputs_ in returned_by(models, request.catalog):
        if field.name not in present:
            yield _name(field.name, outputs_.output_class, "output")


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
    for effective in request.effective:
        for dotted in effective.generators.default or ():
            generator = request.catalog.dummy_generators.get(dotted)
            for axis in generator.axes if generator is not None else ():
                yield axis.name, f"asked for by {dotted.rpartition('.')[2]}"
    tasks = {each.task for each in request.effective}
    for base in request.config.order if request.config is not None else ():
        for entry in (base.facts.input_args or ()) if isinstance(base, BaseClass) else ():
            if not entry.tasks or not tasks.isdisjoint(entry.tasks):
                yield entry.axis, f"asked for by {base.name}"


def _name(name: str, detail: str | None, topic: str) -> Offer:
    return Offer(name, CompletionItemKind.Field, detail=detail, topic=topic, is_string=True)
