"""Classes with ``inputs`` and ``outputs`` written out, which say what the class says without them."""

from __future__ import annotations

from .evidence import ROUTES, Evidence
from .lists import written
from .source import Site


def with_own_inputs(site: Site, evidence: Evidence) -> Site | None:
    """The class with a list of its inputs; None where it has none to write."""
    if site.function("inputs") is not None:
        return site if site.strings_in_lists("inputs") else None
    declared = {each.inputs for each in evidence.registrations[site.name]}
    if len(declared) != 1 or not next(iter(declared)):
        return None
    return site.with_property("inputs", f"return {written(declared.pop())}")


def with_own_outputs(site: Site, evidence: Evidence, task: str) -> Site | None:
    """The class with a list of its outputs for a task."""
    if site.function("outputs") is not None:
        return site if site.strings_in_lists("outputs") else None
    registrations = evidence.registrations[site.name]
    outputs = next(each.outputs for each in registrations if each.task == task)
    if not outputs:
        return None
    if len({each.outputs for each in registrations}) == 1:
        return site.with_property("outputs", f"return {written(outputs)}")
    return site.with_property(
        "outputs", f'if self.task == "{task}":', f"    return {written(outputs)}", "return super().outputs"
    )


def gives_inputs_to_forward(site: Site, evidence: Evidence) -> bool:
    """Whether nothing stands between the inputs and the ``forward`` of a model of transformers."""
    registrations = evidence.registrations[site.name]
    routes = ROUTES - {"_create_dummy_input_generator_classes", "values_override"}
    return (
        all(each.models and each.facts["wrapper"] is None for each in registrations)
        and not evidence.overridden(site.name) & routes
    )


def takes_outputs_from_forward(site: Site, evidence: Evidence) -> bool:
    """Whether nothing stands between the outputs and the ``forward`` of a model of transformers."""
    registrations = evidence.registrations[site.name]
    routes = {"patch_model_and_prepare_aliases", "values_override"}
    return (
        all(each.models and each.facts["wrapper"] is None for each in registrations)
        and not evidence.overridden(site.name) & routes
    )
