"""The properties ``inputs`` and ``outputs`` as snippets that say what the models take and return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.outputs.model_outputs import Evidence, ModelOutputs, Returned
from neuron_config_server.features.completions.models import Model, outputs_of_model, usual_inputs

_PROPERTY = "@property\ndef {name}(self) -> {type}:\n    {body}"

Names = tuple[str, ...]


def inputs_property(models: tuple[Model, ...], catalog: Catalog, quote: str) -> str:
    """What the models take; what most tasks have in common stands at the end."""
    found = {task: usual_inputs(each, catalog) for task, each in _by_task(models).items()}
    if not any(found.values()):
        return property_snippet("inputs", "list[str]", f"return [{quote}$1{quote}]")
    ((usual, _),) = Counter(found.values()).most_common(1)
    others = {task: names for task, names in found.items() if names != usual}
    return _with_branches("inputs", others, f"[{_listed(usual, quote)}$0]", quote)


def outputs_property(
    models: tuple[Model, ...], common: Mapping[str, Names], catalog: Catalog, quote: str
) -> str:
    """What the models return, where that isn't what configs share."""
    found = differing_outputs(models, common, catalog)
    if len(set(found.values())) == 1 and found.keys() == _by_task(models).keys():
        return _with_branches("outputs", {}, f"[{_listed(next(iter(found.values())), quote)}]", quote)
    return _with_branches("outputs", found, "super().outputs", quote)


def differing_outputs(
    models: tuple[Model, ...], common: Mapping[str, Names], catalog: Catalog
) -> Mapping[str, Names]:
    """Task -> the outputs of its models, where these are known and aren't those that configs share."""
    found: dict[str, Names] = {}
    for task, of_task in _by_task(models).items():
        returned = {_returned(outputs_of_model(each, catalog)) for each in of_task}
        names = returned.pop() if len(returned) == 1 else None
        if names is not None and names != common.get(task):
            found[task] = names
    return found


def property_snippet(name: str, type_: str, body: str) -> str:
    return _PROPERTY.format(name=name, type=type_, body=body)


def _returned(outputs: ModelOutputs | None) -> Names | None:
    """The tensors of a plain call; None if they can't be told."""
    if outputs is None or outputs.evidence is not Evidence.CONSTRUCTED:
        return None
    given = [field for field in outputs.fields if field.returned is not Returned.NO]
    is_told = bool(given) and all(field.returned is Returned.YES for field in given)
    return tuple(field.name for field in given) if is_told else None


def _by_task(models: tuple[Model, ...]) -> Mapping[str, tuple[Model, ...]]:
    tasks = dict.fromkeys(each.task for each in models)
    return {task: tuple(each for each in models if each.task == task) for task in tasks}


def _with_branches(name: str, lists: Mapping[str, Names], otherwise: str, quote: str) -> str:
    """A property that returns a list for some tasks, and something else for the others."""
    lines: list[str] = []
    for names in dict.fromkeys(lists.values()):
        tasks = tuple(task for task, each in lists.items() if each == names)
        listed = _listed(tasks, quote)
        lines.append(f"if self.task {f'== {listed}' if len(tasks) == 1 else f'in [{listed}]'}:")
        lines.append(f"    return [{_listed(names, quote)}]")
    return property_snippet(name, "list[str]", "\n    ".join([*lines, f"return {otherwise}"]))


def _listed(names: Names, quote: str) -> str:
    return ", ".join(f"{quote}{each}{quote}" for each in names)
