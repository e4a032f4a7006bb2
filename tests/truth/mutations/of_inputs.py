"""NC1: what can be wrong with inputs."""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Iterator

from .declared import gives_inputs_to_forward, with_own_inputs
from .evidence import Evidence
from .lists import lists_in, quoted, with_string_behind, with_string_in_place, without_string, written
from .operators import Draft, operator
from .slips import slips
from .source import INDENT, Site

NONSENSE = ("flux_capacitor", "phlogiston", "lorem_ipsum", "residue_names", "weather_of_yesterday")
"""No parameter of any model, and no generator makes what starts like that."""
OF_OTHERS = ("pixel_values", "input_values", "input_features", "bbox", "decoder_input_ids", "token_type_ids")
ORDER = ("input_ids", "attention_mask", "token_type_ids")
FED_BY_POSITION = frozenset(
    {
        "feature-extraction",
        "fill-mask",
        "multiple-choice",
        "question-answering",
        "text-classification",
        "token-classification",
    }
)
"""Tasks of the runtime classes of optimum-neuron's ``modeling.py`` that pass texts in ``ORDER``."""
NO_GENERATOR = {"NC103": "no generator makes it either"}
TOO_GENERAL = ("DummyTimestepInputGenerator", "DummyTransformerTimestepInputGenerator")
OTHER_GENERATORS = {
    "NC103": "it makes none of the other inputs either",
    "NC402": "the generator reads what the model's config lacks",
    "NC507": "the generator can't be made without an axis",
}


def _is_refused(name: str, site: Site, evidence: Evidence) -> bool:
    return all(each.refuses(name) for each in evidence.registrations[site.name])


@operator("NC101", "a name that no model takes", most=3, companions=NO_GENERATOR)
def nonsense(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence) if gives_inputs_to_forward(site, evidence) else None
    for _, element in before.strings_in_lists("inputs") if before else ():
        name = chance.choice(NONSENSE)
        if before is not None and _is_refused(name, site, evidence):
            yield with_string_behind(before, element, name, name)


@operator("NC101", "the input of another kind of model", most=2, companions=NO_GENERATOR)
def of_another_model(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence) if gives_inputs_to_forward(site, evidence) else None
    for _, element in before.strings_in_lists("inputs")[-1:] if before else ():
        for name in OF_OTHERS:
            if before is not None and _is_refused(name, site, evidence):
                yield with_string_behind(before, element, name, name)


@operator(
    "NC101",
    "an input misspelt",
    most=5,
    companions={
        "NC102": "the input that is misspelt is one that forward needs",
        "NC103": "no generator makes the misspelt name",
    },
)
def misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence) if gives_inputs_to_forward(site, evidence) else None
    for _, element in before.strings_in_lists("inputs") if before else ():
        for name in slips(element.value, chance):
            if before is not None and _is_refused(name, site, evidence):
                yield with_string_in_place(before, element, name, name)


@operator("NC102", "an input that forward needs left out")
def required_left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence) if gives_inputs_to_forward(site, evidence) else None
    if before is None:
        return
    registrations = evidence.registrations[site.name]
    required = {name for each in registrations for model in each.models for name in model["required"]}
    for group, elements in lists_in(before, "inputs"):
        for element in elements:
            if element.value in required:
                text = without_string(before, group, element)
                yield Draft(before, text, before.function_name_span("inputs"), element.value)


@operator("NC103", "an input that no generator makes, of a wrapped model")
def without_generator(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence) if not gives_inputs_to_forward(site, evidence) else None
    generators = evidence.registrations[site.name][0].facts["generators"]
    for _, element in before.strings_in_lists("inputs")[:1] if before else ():
        for name in NONSENSE:
            if before is not None and not evidence.makers(name, generators):
                yield with_string_behind(before, element, name, name)


@operator("NC103", "a generator that doesn't make the inputs", most=2, companions=OTHER_GENERATORS)
def other_generator(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence)
    registration = evidence.registrations[site.name][0]
    own = registration.facts["generators"]
    assigned = site.assigned("DUMMY_INPUT_GENERATOR_CLASSES")
    if before is None or assigned is not None or not gives_inputs_to_forward(site, evidence):
        return
    if "_create_dummy_input_generator_classes" in evidence.overridden(site.name):
        return  # then the attribute isn't read
    for name in ("DummyTimestepInputGenerator", "DummyMaskedPosGenerator", "DummyBeamValuesGenerator"):
        made = [each for each in evidence["generators"] if each["name"] == name]
        unmade = [
            each for _, each in before.strings_in_lists("inputs") if not evidence.makers(each.value, made)
        ]
        if unmade and own and len(made) == 1:
            start, end = before.span(unmade[0])
            added = f"DUMMY_INPUT_GENERATOR_CLASSES = ({name},)"
            text = before.with_attribute(added).text
            moved = len(text) - len(before.text)
            yield Draft(before, text, (start + moved, end + moved), name)


@operator("NC103", "a generator left out", most=2, companions=OTHER_GENERATORS)
def generator_left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """Of those that the class itself names."""
    assigned = site.assigned("DUMMY_INPUT_GENERATOR_CLASSES")
    elements = [each for _, each in site.strings_in_lists("inputs")]
    own = evidence.registrations[site.name][0].facts["generators"]
    if assigned is None or not isinstance(assigned.value, ast.Tuple) or not elements:
        return
    for place in range(len(assigned.value.elts)):
        rest = [each for other, each in enumerate(own) if other != place]
        unmade = [each for each in elements if not evidence.makers(each.value, rest)]
        names = tuple(each["name"] for each in rest)
        if unmade and names:
            text = with_generators(site, names).text
            moved = site.span(assigned)[0] < site.span(unmade[0])[0]
            start, end = site.span(unmade[0])
            by = (len(text) - len(site.text)) * moved
            yield Draft(site, text, (start + by, end + by), own[place]["name"])


@operator("NC104", "a generator that answers for a beginning put first", most=2)
def too_general_first(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """``timestep…`` is made by one that knows ``timestep``, unless one that knows ``timesteps`` is asked first."""
    before = with_own_inputs(site, evidence)
    registration = evidence.registrations[site.name][0]
    if before is None or not registration.facts["wrapper"]:
        return
    if evidence.overridden(site.name) & {"generate_dummy_inputs", "_create_dummy_input_generator_classes"}:
        return
    element = before.strings_in_lists("inputs")[-1][1]
    more = with_string_behind(before, element, "timesteps", "")
    for general in TOO_GENERAL:
        names = [each["name"] for each in registration.facts["generators"]]
        rest = [each for each in names if each not in TOO_GENERAL]
        own = [each for each in TOO_GENERAL if each != general and each in names]
        right = (*rest, "DummyDecisionTransformerInputGenerator", general, *own)
        wrong = (*rest, general, "DummyDecisionTransformerInputGenerator", *own)
        site_more = Site(_imported(more.text, "DummyDecisionTransformerInputGenerator"), site.name)
        unbroken, broken = (with_generators(site_more, names) for names in (right, wrong))
        yield Draft(unbroken, broken.text, broken.function_name_span("inputs"), general)


def _imported(text: str, name: str) -> str:
    """The text with one more name of ``optimum.utils``."""
    return text.replace("from optimum.utils import (\n", f"from optimum.utils import (\n    {name},\n", 1)


def with_generators(site: Site, names: tuple[str, ...]) -> Site:
    """The class with generators of its own."""
    value = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    assigned = site.assigned("DUMMY_INPUT_GENERATOR_CLASSES")
    if assigned is None:
        return site.with_attribute(f"DUMMY_INPUT_GENERATOR_CLASSES = {value}")
    return Site(site.replaced(site.span(assigned.value), value), site.name)


@operator("NC105", "an input twice", most=3)
def twice(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence)
    for _, elements in lists_in(before, "inputs") if before else ():
        if before is not None:
            yield with_string_behind(before, elements[-1], elements[0].value, "at the end")
            one = chance.choice(elements)
            yield with_string_behind(before, one, one.value, "side by side")
            yield with_string_behind(before, elements[-1], elements[-1].value, "the last one")


@operator("NC106", "inputs in another order", most=3)
def in_another_order(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    if not all(
        each.facts["library"] == "transformers" and each.task in FED_BY_POSITION for each in registrations
    ):
        return
    before = with_own_inputs(site, evidence)
    for group, elements in lists_in(before, "inputs") if before else ():
        names = [each.value for each in elements]
        if before is None or not set(names) <= set(ORDER):
            continue
        for order in itertools.permutations(names):
            if list(order) != sorted(names, key=ORDER.index):
                text = before.replaced(before.span(group), written(order))
                yield Draft(before, text, before.function_name_span("inputs"), " ".join(order))


@operator("NC107", "an input without its condition")
def without_condition(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    sizes = [evidence["hf_configs"].get(each.model_type, {}).get("type_vocab_size") for each in registrations]
    if any(size != 0 for size in sizes) or any("token_type_ids" in each.inputs for each in registrations):
        return
    function = site.function("inputs")
    if function is not None:
        body = (site.span(function.body[0])[0], site.span(function.body[-1])[1])
        text = site.replaced(body, f"return {written(ORDER)}")
        start = text.index(quoted("token_type_ids"), body[0])
        yield Draft(site, text, (start, start + len(quoted("token_type_ids"))))


@operator("NC108", "inputs that is no property")
def no_property(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence)
    function = before.function("inputs") if before else None
    if before is not None and function is not None:
        start = before.span(function.decorator_list[0])[0] - len("@")
        text = before.replaced((start, start + len("@property\n" + INDENT)), "")
        yield Draft(before, text, Site(text, site.name).function_name_span("inputs"))


@operator("NC108", "inputs without return")
def no_return(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence)
    function = before.function("inputs") if before else None
    if before is not None and function is not None:
        start = before.span(function.body[-1])[0]
        if before.text.startswith("return ", start):
            text = before.replaced((start, start + len("return ")), "")
            yield Draft(before, text, before.function_name_span("inputs"), "at the end")


@operator("NC108", "inputs for one task only")
def for_one_task(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence)
    function = before.function("inputs") if before else None
    tasks = [each.task for each in evidence.registrations[site.name]]
    if before is None or function is None or len(function.body) > 1 or len(tasks) < 2:
        return
    if before.text.startswith("return [", before.span(function.body[0])[0]):
        start, end = before.span(function.body[0])
        task = chance.choice(tasks)
        branch = f'if self.task == "{task}":\n{INDENT * 3}{before.text[start:end]}'
        yield Draft(before, before.replaced((start, end), branch), before.function_name_span("inputs"), task)
