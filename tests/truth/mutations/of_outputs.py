"""NC2: what can be wrong with outputs."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .declared import takes_outputs_from_forward, with_own_outputs
from .evidence import Evidence
from .lists import lists_in, with_string_behind, with_string_in_place, without_string, written
from .operators import Draft, operator
from .registering import task_strings, with_written_tasks
from .slips import slips
from .source import Site

NOT_ASKED_FOR = ("hidden_states", "attentions")
"""Fields that are None unless the HF config asks for them, which it doesn't by default."""


def _sites(site: Site, evidence: Evidence) -> Iterator[Site]:
    """The class with a list of its outputs, for each of its tasks."""
    if takes_outputs_from_forward(site, evidence):
        made = [with_own_outputs(site, evidence, each.task) for each in evidence.registrations[site.name]]
        yield from {each.text: each for each in made if each is not None}.values()


def _are_paired_by_position(site: Site) -> bool:
    """Whether the exporter gives each name to the tensor at its place; ours asks the model for each by its name.

    ``tests/truth/test_invalid_examples.py`` executes both.
    """
    return "from neuron_core.configs" not in site.text


def _fields(site: Site, evidence: Evidence) -> list[set[str]]:
    """Of the outputs of every model that the class is registered for."""
    return [set(model["fields"]) for each in evidence.registrations[site.name] for model in each.models]


@operator(
    "NC201",
    "an output misspelt",
    most=4,
    companions={"NC203": "heirs, of which the name isn't their own, are told so in its words"},
)
def misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    known = set().union(*_fields(site, evidence))
    for before in _sites(site, evidence):
        for _, element in before.strings_in_lists("outputs"):
            for name in slips(element.value, chance):
                if name not in known:
                    yield with_string_in_place(before, element, name, name)


@operator(
    "NC201",
    "an output that no model has",
    most=2,
    companions={"NC203": "heirs, of which the name isn't their own, are told so in its words"},
)
def nonsense(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    known = set().union(*_fields(site, evidence))
    for before in _sites(site, evidence):
        for _, elements in lists_in(before, "outputs"):
            name = chance.choice([each for each in ("phlogiston", "token_weights") if each not in known])
            yield with_string_behind(before, elements[-1], name, name)


@operator("NC202", "outputs in another order", most=3)
def in_another_order(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    for before in _sites(site, evidence) if _are_paired_by_position(site) else ():
        for group, elements in lists_in(before, "outputs"):
            names = [each.value for each in elements]
            if len(names) > 1:
                place = chance.randrange(1, len(names))
                names[place - 1], names[place] = names[place], names[place - 1]
                text = before.replaced(before.span(group), written(names))
                yield Draft(before, text, before.function_name_span("outputs"), " ".join(names))


@operator("NC203", "an output that nobody asked for", most=3)
def not_asked_for(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    fields = _fields(site, evidence)
    for before in _sites(site, evidence):
        for _, elements in lists_in(before, "outputs"):
            for name in NOT_ASKED_FOR:
                if all(name in each for each in fields):
                    yield with_string_behind(before, elements[-1], name, name)


@operator("NC203", "an output twice", most=2)
def twice(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    for before in _sites(site, evidence):
        for _, elements in lists_in(before, "outputs"):
            yield with_string_behind(before, elements[-1], chance.choice(elements).value, "")


@operator("NC204", "an output left out", most=3)
def left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    for before in _sites(site, evidence) if _are_paired_by_position(site) else ():
        for group, elements in lists_in(before, "outputs"):
            for element in elements if len(elements) > 1 else ():
                text = without_string(before, group, element)
                yield Draft(before, text, before.function_name_span("outputs"), element.value)


CHANGES = (
    'common_outputs.append("hidden_states")',
    'common_outputs += ["hidden_states"]',
    'common_outputs.extend(["hidden_states"])',
    'common_outputs.insert(1, "hidden_states")',
)


@operator("NC205", "the shared list changed", most=4)
def shared_list_changed(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    if site.function("outputs") is not None or not any(
        each.facts.get("above_shares_its_table") for each in registrations
    ):
        return
    sources = ["super().outputs"]
    if all(list(each.outputs) == evidence["common_outputs"].get(each.task) for each in registrations):
        sources.append("self._TASK_TO_COMMON_OUTPUTS[self.task]")
    for source in sources:
        for change in CHANGES:
            body = ("if self.output_hidden_states:", f"    {change}", "return common_outputs")
            before = site.with_property("outputs", f"common_outputs = list({source})", *body)
            text = site.with_property("outputs", f"common_outputs = {source}", *body).text
            start = text.index(change, before.name_span[0])
            yield Draft(before, text, (start, start + len(change)), f"{source} {change}")


@operator(
    "NC207",
    "a task without common outputs",
    most=3,
    companions={
        "NC302": "there is no model for the task either",
        "NC310": "the task is one that optimum takes for another",
        "NC101": "the model of the task takes other inputs",
        "NC102": "the model of the task takes other inputs",
        "NC507": "the generators for the task need more axes",
    },
)
def no_common_outputs(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """``outputs`` of the base looks the task up in its table: executed, it raises KeyError."""
    if "outputs" in evidence.overridden(site.name):
        return
    before = with_written_tasks(site, evidence)
    for task in sorted(set(evidence["tasks"]) - set(evidence["common_outputs"])):
        draft = with_string_behind(before, task_strings(before)[-1], task, task)
        yield Draft(before, draft.text, Site(draft.text, site.name).name_span, task)


@operator("NC206", "the output of a part of the model", most=2)
def nested(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """Fields that are annotated as dataclasses; the class declares some already, which are taken out before."""
    if not takes_outputs_from_forward(site, evidence):
        return
    registrations = evidence.registrations[site.name]
    fields = {name for each in registrations for model in each.models for name in model["nested"]}
    for group, elements in lists_in(site, "outputs"):
        rest = [each.value for each in elements if each.value not in fields]
        if len(rest) < len(elements):
            before = Site(site.replaced(site.span(group), written(rest)), site.name)
            last = list(lists_in(before, "outputs"))[-1][1][-1]
            for name in sorted(fields):
                yield with_string_behind(before, last, name, name)


@operator("NC203", "the outputs of its own left out", most=1)
def own_outputs_gone(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """Without them it says what the table says, which names what its model doesn't return."""
    function = site.function("outputs")
    if function is None or not takes_outputs_from_forward(site, evidence):
        return
    common = evidence["common_outputs"]
    registrations = evidence.registrations[site.name]
    if any(set(common.get(each.task, ())) > set(each.outputs) for each in registrations):
        text = site.without_statement(function)
        yield Draft(site, text, Site(text, site.name).name_span)
