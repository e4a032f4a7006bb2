"""Offers: a whole config class for a model type, registered for the tasks that it can be exported for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol.types import CompletionItemKind

from neuron_config_server.catalog.neuron_bases import NeuronBase
from neuron_config_server.features.completions import normalized
from neuron_config_server.features.completions.classes import base_import
from neuron_config_server.features.completions.models import Model, base_for, models_for, models_of
from neuron_config_server.features.completions.offer import Import, Offer
from neuron_config_server.features.completions.properties import (
    differing_outputs,
    inputs_property,
    outputs_property,
)
from neuron_config_server.features.completions.request import Request

_ROOT = "NeuronDefaultConfig"
"""What those of every modality stand on: it says which tasks have outputs."""
_LONGEST_LINE = 119
"""As in optimum-neuron's own file."""
_MOST = 5
"""So many model types are offered for what is typed: each needs the sources of its models."""
SHORTEST = 2
"""So many letters must be typed."""


def _matching_types(request: Request) -> list[tuple[str, str]]:
    """Class name and model type of those that what is typed starts the name of, the shortest first."""
    typed = request.site.word.lower()
    with_model = request.catalog.auto_mapping("AutoModel") or {}
    taken = {config.name for config in request.whole.classes}
    found = [
        (name, model_type)
        for model_type, config_class in (request.catalog.model_types or {}).items()
        if model_type in with_model
        and (name := class_name(config_class)) not in taken
        and name.lower().startswith(typed)
    ]
    return sorted(found, key=lambda each: (len(each[0]), each))


def class_name(hf_config_class: str) -> str:
    """What a config class for the models of a class of HF configs is called."""
    return re.sub(r"Config$", "", hf_config_class) + "NeuronConfig"


def whole_classes(request: Request) -> Iterator[Offer]:
    """A class for each model type whose name starts with what is typed; below a registration for that."""
    registered = request.model_types
    types = request.catalog.model_types or {}
    named = [(class_name(types[each]), each) for each in registered if each in types]
    for name, model_type in named if is_decorated(request) else _matching_types(request)[:_MOST]:
        written = _written(request, name, model_type)
        if written is not None:
            yield Offer(
                name,
                CompletionItemKind.Snippet,
                text=written.text,
                detail=f"{model_type}: {', '.join(written.tasks)}",
                topic="model type",
                described=model_type,
                is_snippet=True,
                imports=written.imports,
                start=request.site.before[0].start,
            )


def is_decorated(request: Request) -> bool:
    """Whether a decorator stands above the class."""
    return request.statement.text.startswith("@")


@dataclass(frozen=True)
class _Written:
    """A class as a snippet."""

    text: str
    tasks: tuple[str, ...]
    """That it is registered for."""
    imports: tuple[Import, ...]


def _written(request: Request, name: str, model_type: str) -> _Written | None:
    """The class, registered if it isn't yet; None where too little is known."""
    catalog = request.catalog
    models = (
        models_of(request.effective, catalog)
        if is_decorated(request)
        else models_for(model_type, catalog.tasks_of(model_type), catalog)
    )
    known = request.bases.classes if request.bases is not None else {}
    root = known.get(_ROOT)
    common = (root.common_outputs if root is not None else None) or {}
    models = tuple(each for each in models if each.task in common)
    base = known.get(base_for(models, catalog) or "")
    if base is None:
        return None
    tasks = tuple(dict.fromkeys(each.task for each in models))
    has_alias = model_type in (catalog.normalized_aliases or {})
    class_ = normalized.class_of_base(request, base.name)
    looked_up = normalized.alias_lookup(model_type, request.quote)
    lines = [
        *(() if is_decorated(request) else _registration(request, model_type, tasks)),
        f"class {name}({base.name}):",
        *_body(request, base, models, looked_up if has_alias else class_),
    ]
    imports = (
        base_import(base, known),
        normalized.import_of(request, normalized.MANAGER if has_alias else class_),
    )
    return _Written("\n".join(lines), tasks, imports)


def _registration(request: Request, model_type: str, tasks: tuple[str, ...]) -> tuple[str, ...]:
    """The decorator; on several lines where one would be too long."""
    arguments = [f"{request.quote}{each}{request.quote}" for each in (model_type, *tasks)]
    line = f"@{request.register_function}({', '.join(arguments)})"
    if len(line) <= _LONGEST_LINE:
        return (line,)
    return (f"@{request.register_function}(", *(f"    {each}," for each in arguments), ")")


def _body(request: Request, base: NeuronBase, models: tuple[Model, ...], class_: str) -> Iterator[str]:
    yield f"    NORMALIZED_CONFIG_CLASS = ${{1:{class_}}}"
    yield "    ATOL_FOR_VALIDATION = ${2:1e-3}"
    yield ""
    yield from _indented(inputs_property(models, request.catalog, request.quote))
    common = base.common_outputs or {}
    if differing_outputs(models, common, request.catalog):
        yield ""
        yield from _indented(outputs_property(models, common, request.catalog, request.quote))


def _indented(text: str) -> list[str]:
    return [f"    {line}" if line else "" for line in text.split("\n")]
