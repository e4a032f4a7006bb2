"""Tasks, axes and aliases at fault in the other ways in which authors write them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from .evidence import Evidence
from .lists import quoted, written
from .of_classes import NOT_ASKED_FOR
from .of_idioms import MARK, Written
from .of_normalized_configs import modality_of, with_normalized_config
from .of_registrations import NOT_THERE
from .operators import Draft, operator
from .slips import slips
from .source import Site


def _before_class(site: Site, line: str) -> Site:
    """The text with a line above the class and its decorator."""
    start = site.span(site.registration)[0] - len("@")
    return Site(f"{site.text[:start]}{line}\n\n\n{site.text[start:]}", site.name)


def _with_tasks(site: Site, arguments: str) -> Site:
    start = site.span(site.registration.args[0])[1]
    end = site.span(site.registration.args[-1])[1]
    return Site(site.replaced((start, end), f", {arguments}"), site.name)


def _task_ways(site: Site, rest: Sequence[str]) -> Iterator[tuple[str, Site]]:
    everything = ", ".join([*map(quoted, rest), MARK])
    yield "strings", _with_tasks(site, everything)
    yield "tuple", _with_tasks(site, f"*({everything},)")
    yield "sum", _with_tasks(site, f"*({written(rest)} + [{MARK}])")
    yield "two stars", _with_tasks(site, f"*{written(rest)}, *[{MARK}]")
    yield "comprehension", _with_tasks(site, f"*[task for task in [{everything}] if task]")
    constant = _before_class(site, f"TASKS_OF_THE_CLASS = [{everything}]")
    yield "constant", _with_tasks(constant, "*TASKS_OF_THE_CLASS")
    yield "sum of a constant", _with_tasks(constant, "*(TASKS_OF_THE_CLASS + [])")
    yield "set away", _with_tasks(constant, "*sorted(set(TASKS_OF_THE_CLASS))")


@operator("NC301", "a task misspelt, in another way to write it", most=2, companions=NOT_THERE)
def task_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    *rest, last = [each.task for each in evidence.registrations[site.name]]
    for way, found in _task_ways(site, rest):
        known = {*evidence["tasks"], *evidence["synonyms"]}
        name = chance.choice([each for each in slips(last, chance) if each not in known])
        yield Written(found.text, site.name).broken(last, name, f"{name}, {way}")


def _axis_ways(site: Site, rest: Sequence[str]) -> Iterator[tuple[str, Site]]:
    everything = ", ".join([*map(quoted, rest), MARK])
    some = f"({', '.join(map(quoted, rest))}{',' if len(rest) == 1 else ''})"
    yield "list", site.with_attribute(f"INPUT_ARGS = [{everything}]")
    yield "sum", site.with_attribute(f"INPUT_ARGS = {some} + ({MARK},)")
    yield "star", site.with_attribute(f"INPUT_ARGS = (*{some}, {MARK})")
    constant = _before_class(site, f"AXES_OF_THE_CLASS = ({everything},)")
    yield "constant", constant.with_attribute("INPUT_ARGS = AXES_OF_THE_CLASS")
    yield "tuple of a list", site.with_attribute(f"INPUT_ARGS = tuple([{everything}])")


@operator("NC506", "an axis misspelt, in another way to write it", most=2, companions=NOT_ASKED_FOR)
def axis_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    axes = {tuple(each.facts["axes"]) for each in evidence.registrations[site.name]}
    if len(axes) != 1 or site.assigned("INPUT_ARGS") is not None:
        return
    *rest, last = axes.pop()
    for way, found in _axis_ways(site, rest):
        name = chance.choice([each for each in slips(last, chance) if each not in evidence["axes"]])
        yield Written(found.text, site.name).broken(last, name, f"{name}, {way}")


@operator("NC401", "an alias misspelt, in another way to write it", most=2)
def alias_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    modality = modality_of(site, evidence)
    if modality is None:
        return
    call = "NormalizedConfigManager.get_normalized_config_class({})"
    ways = {
        "constant": with_normalized_config(_before_class(site, f"ALIAS = {MARK}"), call.format("ALIAS")),
        "keyword": with_normalized_config(site, call.format(f"model_type={MARK}")),
    }
    for way, found in ways.items():
        name = chance.choice([each for each in slips(modality[0], chance) if each not in evidence["aliases"]])
        yield Written(found.text, site.name).broken(modality[0], name, f"{name}, {way}")
