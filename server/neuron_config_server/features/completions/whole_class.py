"""Offers: a whole config class for a model type, registered for the tasks that it can be exported for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol.types import CompletionItemKind

from neuron_config_server.features.completions.classes import (
    MANAGER,
    alias_lookup,
    normalized_class_of_base,
    normalized_import,
)
from neuron_config_server.features.completions.members import differing_outputs, inputs_property
from neuron_config_server.features.completions.models import base_for, models_for
from neuron_config_server.features.completions.offer import Import, Offer
from neuron_config_server.features.completions.request import Request

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
    """A class for each model type whose name starts with what is typed."""
    for name, model_type in _matching_types(request)[:_MOST]:
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


@dataclass(frozen=True)
class _Written:
    """A class as a snippet."""

    text: str
    tasks: tuple[str, ...]
    """That it is registered for."""
    imports: tuple[Import, ...]


def _written(request: Request, name: str, model_type: str) -> _Written | None:
    """The class's text, and its tasks; None where too little is known."""
    catalog, quote = request.catalog, request.quote
    models = models_for(model_type, catalog.tasks_of(model_type), catalog)
    base = base_for(models, catalog)
    facts = request.bases.classes.get(base) if request.bases is not None and base is not None else None
    common = (facts.common_outputs if facts is not None else None) or {}
    models = tuple(each for each in models if each.task in common)
    tasks = tuple(dict.fromkeys(each.task for each in models))
    if facts is None or not tasks:
        return None
    has_alias = model_type in (catalog.normalized_aliases or {})
    normalized = (
        alias_lookup(model_type, quote) if has_alias else normalized_class_of_base(request, facts.name)
    )
    listed = ", ".join(f"{quote}{task}{quote}" for task in tasks)
    lines = [
        f"@{request.register_function}({quote}{model_type}{quote}, {listed})",
        f"class {name}({base}):",
        f"    NORMALIZED_CONFIG_CLASS = ${{1:{normalized}}}",
        "    ATOL_FOR_VALIDATION = ${2:1e-3}",
        "",
        *_indented(inputs_property(models, catalog, quote)),
    ]
    differing = differing_outputs(models, common, catalog)
    if differing:
        lines += ["", "    @property", "    def outputs(self) -> list[str]:"]
        for task, names in differing.items():
            returned = ", ".join(f"{quote}{each}{quote}" for each in names)
            lines += [f"        if self.task == {quote}{task}{quote}:", f"            return [{returned}]"]
        lines += ["        return super().outputs"]
    imports = (
        Import(facts.name, frozenset(request.bases.classes if request.bases is not None else ())),
        normalized_import(request, MANAGER if has_alias else normalized),
    )
    return _Written("\n".join(lines), tasks, imports)


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]
