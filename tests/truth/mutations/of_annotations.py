"""Attributes at fault that are annotated, and properties that are made otherwise than by ``@property``."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from . import of_classes, of_normalized_configs  # noqa: F401 - they add the operators that are repeated
from .declared import gives_inputs_to_forward, takes_outputs_from_forward
from .evidence import Evidence
from .lists import quoted
from .of_idioms import MARK, Written, without_own
from .operators import OPERATORS, Draft, Operator, operator
from .slips import slips
from .source import INDENT, Site

ANNOTATED = (
    ("NC401", "an alias misspelt"),
    ("NC403", "no normalized config"),
    ("NC404", "a key misspelt"),
    ("NC503", "an attribute misspelt"),
    ("NC504", "a tolerance that is none"),
    ("NC505", "another model type"),
    ("NC506", "an axis misspelt"),
    ("NC507", "an axis left out"),
)
"""Operators of which the faults are made once more, with annotations."""
_ASSIGNED = re.compile(rf"^{INDENT}[A-Z_]+(?= = )", re.MULTILINE)
_ANNOTATION = ": Any"


def _with_annotations(text: str, name: str, places: tuple[int, ...]) -> tuple[str, list[int]]:
    """The text with annotations in one class, and where places of it are then."""
    start = text.index(f"class {name}(")
    following = re.compile(r"^(?:@|class |[A-Za-z_]+ = )", re.MULTILINE).search(text, start + 1)
    end = following.start() if following is not None else len(text)
    ends = [each.end() for each in _ASSIGNED.finditer(text, start, end)]
    moved = [place + len(_ANNOTATION) * sum(each < place for each in ends) for place in places]
    for each in reversed(ends):
        text = text[:each] + _ANNOTATION + text[each:]
    return text, moved


def _annotated(of: Operator) -> Operator:
    def make(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
        for each in of.make(site, evidence, chance):
            before, _ = _with_annotations(each.before.text, site.name, ())
            text, (start, end) = _with_annotations(each.text, site.name, each.span)
            yield Draft(Site(before, site.name), text, (start, end), each.detail)

    return Operator(of.code, f"{of.name}, annotated", make, 1, of.companions)


OPERATORS += [_annotated(each) for each in OPERATORS if (each.code, each.name) in ANNOTATED]


def _other_properties(site: Site, name: str, names: list[str]) -> Iterator[tuple[str, Site]]:
    """The last of the names is the mark."""
    everything = ", ".join([*map(quoted, names[:-1]), MARK])
    yield "attribute", site.with_attribute(f"{name} = [{everything}]")
    yield "property of a lambda", site.with_attribute(f"{name} = property(lambda self: [{everything}])")
    getter = site.with_member(f"def _get_{name}(self):", f"{INDENT}return [{everything}]")
    yield "property of a function", getter.with_member(f"{name} = property(_get_{name})")


@operator(
    "NC101",
    "an input misspelt, in another kind of property",
    most=2,
    companions={
        "NC102": "the input that is misspelt is one that forward needs",
        "NC103": "no generator makes the misspelt name",
    },
)
def input_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    before = without_own(site, "inputs") if gives_inputs_to_forward(site, evidence) else None
    declared = {each.inputs for each in registrations}
    if before is None or len(declared) != 1:
        return
    names = list(declared.pop())
    for way, found in _other_properties(before, "inputs", names):
        wrong = [each for each in slips(names[-1], chance) if all(one.refuses(each) for one in registrations)]
        name = chance.choice(wrong)
        yield Written(found.text, site.name).broken(names[-1], name, f"{name}, {way}")


@operator("NC201", "an output misspelt, in another kind of property", most=1)
def output_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    before = without_own(site, "outputs") if takes_outputs_from_forward(site, evidence) else None
    if before is None or len({each.outputs for each in registrations}) != 1:
        return
    known = {name for each in registrations for model in each.models for name in model["fields"]}
    names = list(registrations[0].outputs)
    for way, found in _other_properties(before, "outputs", names):
        name = chance.choice([one for one in slips(names[-1], chance) if one not in known])
        yield Written(found.text, site.name).broken(names[-1], name, f"{name}, {way}")
