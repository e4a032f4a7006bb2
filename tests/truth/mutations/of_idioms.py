"""The same faults in the other ways in which authors write lists: added to, put together, in constants, in helpers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .declared import gives_inputs_to_forward, takes_outputs_from_forward
from .evidence import Evidence
from .lists import quoted, written
from .of_inputs import NONSENSE
from .operators import Draft, operator
from .slips import slips
from .source import INDENT, Site

Body = Callable[[Sequence[str]], list[str]]

MARK = '"the_name_that_matters"'
"""Stands for the string that will be wrong."""

BODIES: dict[str, Body] = {
    "append": lambda rest: [f"names = {written(rest)}", f"names.append({MARK})", "return names"],
    "plus": lambda rest: [f"return {written(rest)} + [{MARK}]"],
    "plus equals": lambda rest: [f"names = {written(rest)}", f"names += [{MARK}]", "return names"],
    "star": lambda rest: [f"return [*{written(rest)}, {MARK}]"],
    "extend": lambda rest: [f"names = {written(rest)}", f"names.extend([{MARK}])", "return names"],
    "insert": lambda rest: [f"names = {written(rest)}", f"names.insert({len(rest)}, {MARK})", "return names"],
    "list of tuple": lambda rest: [f"return list(({', '.join([*map(quoted, rest), MARK])},))"],
    "name": lambda rest: [f"last = {MARK}", f"return [{', '.join([*map(quoted, rest), 'last'])}]"],
    "loop": lambda rest: [
        "names = []",
        f"for name in ({', '.join([*map(quoted, rest), MARK])},):",
        f"{INDENT}names.append(name)",
        "return names",
    ],
    "comprehension": lambda rest: [
        f"return [name for name in ({', '.join([*map(quoted, rest), MARK])},) if name]"
    ],
    "condition": lambda rest: [
        f"names = {written(rest)}",
        "if self.task:",
        f"{INDENT}names.append({MARK})",
        "return names",
    ],
}


@dataclass(frozen=True)
class Written:
    """A class with a property in one of these ways; the mark is in the text."""

    text: str
    name: str

    def site(self, name: str) -> Site:
        return Site(self.text.replace(MARK, quoted(name)), self.name)

    def broken(self, right: str, wrong: str, detail: str) -> Draft:
        place = self.text.index(MARK)
        text = self.text.replace(MARK, quoted(wrong))
        return Draft(self.site(right), text, (place, place + len(quoted(wrong))), detail)


def without_own(site: Site, name: str) -> Site | None:
    """The class without a property of its own that is nothing but a list."""
    function = site.function(name)
    if function is None:
        return site
    if len(function.body) > 1 or not site.text.startswith("return [", site.span(function.body[0])[0]):
        return None
    return Site(site.without_statement(function), site.name)


def _ways(site: Site, name: str, rest: Sequence[str], task: str | None) -> Iterator[tuple[str, Written]]:
    """The property in every way; for one task only, if one is given."""
    for way, body in BODIES.items():
        lines = body(rest)
        if task is not None:
            lines = [
                f'if self.task == "{task}":',
                *(f"{INDENT}{line}" for line in lines),
                "return super().outputs",
            ]
        yield way, Written(site.with_property(name, *lines).text, site.name)
    if task is None:
        yield from _constants(site, name, rest)


def _constants(site: Site, name: str, rest: Sequence[str]) -> Iterator[tuple[str, Written]]:
    """The list in a constant of the file, or of the class, or in a helper."""
    everything = ", ".join([*map(quoted, rest), MARK])
    of_file = site.with_property(name, "return NAMES_OF_THE_CLASS.copy()")
    start = of_file.span(of_file.registration)[0] - len("@")
    text = f"{of_file.text[:start]}NAMES_OF_THE_CLASS = [{everything}]\n\n\n{of_file.text[start:]}"
    yield "constant of the file", Written(text, site.name)
    of_class = site.with_attribute(f"NAMES_OF_THE_CLASS = ({everything},)")
    yield (
        "constant of the class",
        Written(of_class.with_property(name, "return list(self.NAMES_OF_THE_CLASS)").text, site.name),
    )
    helped = site.with_property(name, "return self._all_names()")
    helper = helped.with_member("def _all_names(self) -> list[str]:", f"{INDENT}return [{everything}]")
    yield "helper", Written(helper.text, site.name)


@operator(
    "NC101",
    "an input misspelt, in another way to write it",
    most=4,
    companions={
        "NC102": "the input that is misspelt is one that forward needs",
        "NC103": "no generator makes the misspelt name",
    },
)
def input_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    before = without_own(site, "inputs") if gives_inputs_to_forward(site, evidence) else None
    declared = {each.inputs for each in registrations}
    if before is None or len(declared) != 1 or not next(iter(declared)):
        return
    *rest, last = declared.pop()
    for way, found in _ways(before, "inputs", rest, None):
        wrong = [each for each in slips(last, chance) if all(one.refuses(each) for one in registrations)]
        name = chance.choice(wrong)
        yield found.broken(last, name, f"{name}, {way}")


@operator("NC105", "an input twice, in another way to write it", most=3)
def input_twice(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    before = without_own(site, "inputs")
    declared = {each.inputs for each in registrations}
    if before is None or len(declared) != 1 or len(next(iter(declared))) < 2:
        return
    *rest, last = declared.pop()
    if any(last in model["required"] for each in registrations for model in each.models):
        return
    for way, found in _ways(before, "inputs", rest, None):
        yield found.broken(last, rest[0], way)


@operator("NC103", "an input that no generator makes, in another way to write it", most=2)
def input_without_generator(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    before = without_own(site, "inputs") if not gives_inputs_to_forward(site, evidence) else None
    declared = {each.inputs for each in registrations}
    if before is None or len(declared) != 1 or not next(iter(declared)):
        return
    *rest, last = declared.pop()
    for way, found in _ways(before, "inputs", rest, None):
        yield found.broken(last, chance.choice(NONSENSE), way)


@operator(
    "NC201",
    "an output misspelt, in another way to write it",
    most=2,
    companions={"NC203": "heirs, of which the name isn't their own, are told so in its words"},
)
def output_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    before = without_own(site, "outputs") if takes_outputs_from_forward(site, evidence) else None
    if before is None:
        return
    known = {name for each in registrations for model in each.models for name in model["fields"]}
    is_same = len({each.outputs for each in registrations}) == 1
    for each in registrations:
        *rest, last = each.outputs
        for way, found in _ways(before, "outputs", rest, None if is_same else each.task):
            name = chance.choice([one for one in slips(last, chance) if one not in known])
            yield found.broken(last, name, f"{name}, {each.task}, {way}")
