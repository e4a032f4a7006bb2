"""Offers: tasks, model types, libraries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lsprotocol.types import CompletionItemKind

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.features.completions.offer import Offer
from neuron_config_server.features.completions.request import Request
from neuron_config_server.features.completions.site import Bracket
from neuron_config_server.reading.evaluation.values import strings_of


def offered_in_registration(request: Request, call: Bracket) -> Iterator[Offer]:
    """What belongs where the cursor stands in the call of a registration."""
    site = request.site
    place, keyword = site.argument(call)
    if site.quoted is None and site.before[-1].kind == "string":  # a comma will follow it
        if keyword is None:
            yield from tasks_to_register(request, call)
    elif keyword == "library_name":
        yield from libraries(request)
    elif keyword == "model_type" or (place == 0 and keyword is None):
        yield from model_types(request)
    elif keyword is None:
        yield from tasks_to_register(request, call)


def tasks_to_register(request: Request, call: Bracket) -> Iterator[Offer]:
    """Every task that isn't there yet; those that the model type has a class for first."""
    model_type = next(iter(each.value for each in request.site.strings_before(call)), None)
    present = {*_written(request, call), *_registered(request, model_type)}
    for each in tasks_of(request, model_type, _library(request, call)):
        if each.label not in present:
            yield each


def _written(request: Request, call: Bracket) -> Iterator[str]:
    """The tasks in the call, and in the lists that it unpacks by name."""
    strings = request.site.strings_in(call)
    yield from (each.value for each in strings[1:] if not request.site.is_compared(each))
    for name in request.site.starred_in(call):
        yield from strings_of(request.value_of(name)).values


def _registered(request: Request, model_type: str | None) -> Iterator[str]:
    """What the call registers the class for, where it isn't broken; without the task at the cursor."""
    quoted = request.site.quoted
    for registration in request.config.registrations if request.config is not None else ():
        if registration.model_type_name == model_type:
            values = list(registration.tasks.values)
            if quoted is not None and quoted.inner in values:
                values.remove(quoted.inner)
            yield from values


def tasks_of(request: Request, model_type: str | None, library: str = TRANSFORMERS) -> Iterator[Offer]:
    """Every task; those that a model type has a class for first, of these those with a head."""
    catalog = request.catalog
    if catalog.tasks is None:
        return
    table = catalog.tasks
    own = catalog.tasks_of(model_type, library) if model_type is not None else ()
    classes = {task: catalog.model_class_names(model_type or "", task, library) or () for task in own}
    plain = classes.get("feature-extraction")
    for task in sorted(own, key=lambda each: (each != "feature-extraction" and classes[each] == plain, each)):
        yield _task(task, ", ".join(classes[task]))
    for task in sorted(table.names.difference(own)):
        yield _task(task, f"no {model_type} model" if own else None)


def registered_tasks(request: Request, present: frozenset[str] = frozenset()) -> Iterator[Offer]:
    """The tasks that the class is registered for, then all others."""
    catalog = request.catalog
    registered = dict.fromkeys(each.task for each in request.effective)
    for task in registered:
        models = (
            name
            for each in request.effective
            if each.task == task
            for name in catalog.model_class_names(each.model_type, task, each.library) or ()
        )
        if task not in present:
            yield _task(task, ", ".join(dict.fromkeys(models)))
    for task in sorted(catalog.tasks.names if catalog.tasks is not None else ()):
        if task not in registered and task not in present:
            yield _task(task, "not registered for this class" if registered else None)


def _task(name: str, detail: str | None) -> Offer:
    return Offer(name, CompletionItemKind.EnumMember, detail=detail or None, topic="task", is_string=True)


def model_types(request: Request) -> Iterator[Offer]:
    """The model types of transformers; those with a base model that the file doesn't register first."""
    registered = frozenset(
        registration.model_type_name or ""
        for config in request.file.classes
        if config is not request.config
        for registration in config.registrations
    )
    yield from _model_types(request.catalog, registered)


@lru_cache(maxsize=4)
def _model_types(catalog: Catalog, registered: frozenset[str]) -> tuple[Offer, ...]:
    """Kept, because there are hundreds."""
    types = catalog.model_types or {}
    with_model = catalog.auto_mapping("AutoModel") or {}
    return tuple(
        Offer(
            name,
            CompletionItemKind.Value,
            detail=f"{types[name]}, registered in this file" if name in registered else types[name],
            topic="model type",
            is_string=True,
        )
        for name in sorted(types, key=lambda each: (each in registered, each not in with_model, each))
    )


def own_model_types(request: Request) -> Iterator[Offer]:
    """What ``MODEL_TYPE`` may be: what the class is registered as, then all others."""
    for name in request.model_types:
        yield Offer(
            name,
            CompletionItemKind.Value,
            detail="as this class is registered",
            topic="model type",
            is_string=True,
        )
    yield from model_types(request)


def libraries(request: Request) -> Iterator[Offer]:
    """The libraries that optimum loads models of."""
    for name in request.catalog.tasks.auto_classes if request.catalog.tasks is not None else ():
        yield Offer(name, CompletionItemKind.Module, topic="library", is_string=True)


def _library(request: Request, call: Bracket) -> str:
    """The value of ``library_name`` in the call."""
    found = [*request.site.before[call.index :], *request.site.after]
    for one, two, three in zip(found, found[1:], found[2:]):
        if one.text == "library_name" and two.text == "=" and three.kind == "string":
            return three.value
    return TRANSFORMERS
