"""NC5: what can be wrong with a class and its attributes."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator

from .declared import gives_inputs_to_forward, with_own_inputs, with_own_outputs
from .evidence import Evidence
from .lists import quoted, with_string_in_place, written
from .of_normalized_configs import with_normalized_config
from .operators import Draft, operator
from .slips import slips
from .source import INDENT, Site, heirs_of

# NC501


@operator("NC501", "another name", most=2)
def renamed(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    stem = site.name.removesuffix("NeuronConfig")
    for name in (f"{stem}Config", f"{stem}OnnxConfig", f"{stem}Neuron", stem[0].lower() + site.name[1:]):
        if not re.search(rf"\b{name}\b", site.text):
            text = re.sub(rf"\b{site.name}\b", name, site.text)
            yield Draft(site, text, Site(text, name).name_span, name, (name, site.name))


# NC502

GENERATED = {
    "TextEncoderNeuronConfig": ("input_ids",),
    "VisionNeuronConfig": ("pixel_values",),
    "AudioNeuronConfig": ("input_ids", "input_values", "input_features"),
}
"""Base -> what its generators make, of what a model can't do without."""
NORMALIZED = {
    "TextEncoderNeuronConfig": "NormalizedTextConfig",
    "VisionNeuronConfig": "NormalizedVisionConfig",
    "AudioNeuronConfig": "NormalizedConfig",
}


def written_out(site: Site, evidence: Evidence) -> Site | None:
    """The class straight on its modality's base, with everything that it inherited written into it."""
    base = next((each for each in evidence["classes"][site.name]["order"] if each in GENERATED), None)
    calls_on = [site.function(each) for each in ("inputs", "outputs")]
    if (
        base is None
        or not gives_inputs_to_forward(site, evidence)
        or any(each is not None and "super()" in ast.unparse(each) for each in calls_on)
    ):
        return None
    found = with_own_inputs(site, evidence)
    if found is None:
        return None
    found = _with_outputs(found, evidence)
    if site.assigned("NORMALIZED_CONFIG_CLASS") is None:
        found = with_normalized_config(found, NORMALIZED[base])
    for name in ("DUMMY_INPUT_GENERATOR_CLASSES",):
        assigned = found.assigned(name)
        found = Site(found.without_statement(assigned), site.name) if assigned is not None else found
    if base == "VisionNeuronConfig" and found.assigned("INPUT_ARGS") is None:
        found = found.with_attribute('INPUT_ARGS = ("batch_size",)')
    return Site(found.replaced(found.span(found.node.bases[0]), base), site.name)


def _with_outputs(site: Site, evidence: Evidence) -> Site:
    if site.function("outputs") is not None:
        return site
    common = evidence["common_outputs"]
    body: list[str] = []
    for each in evidence.registrations[site.name]:
        if list(each.outputs) != common.get(each.task):
            body += [f'if self.task == "{each.task}":', f"    return {written(each.outputs)}"]
    return site.with_property("outputs", *body, "return self._TASK_TO_COMMON_OUTPUTS[self.task]")


@operator(
    "NC502",
    "the base of another modality",
    most=2,
    companions={
        "NC103": "the generators of the base don't make the inputs",
        "NC402": "the generators of the base read what the model's config lacks",
        "NC405": "the axes are of the other base",
        "NC506": "the axes are of the other base",
        "NC308": "the axes are of the other base: fewer tasks would do",
    },
)
def other_base(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = written_out(site, evidence)
    if before is None or heirs_of(site.text, site.name):
        return
    taken = [set(model["parameters"]) for each in evidence.registrations[site.name] for model in each.models]
    for base, made in GENERATED.items():
        if base != before.base_names[0] and all(each.isdisjoint(made) for each in taken):
            span = before.span(before.node.bases[0])
            yield Draft(before, before.replaced(span, base), (span[0], span[0] + len(base)), base)


@operator("NC502", "the mixin last", most=1)
def mixin_last(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    if site.base_names[0] == "NxDExportNeuronConfig" and len(site.base_names) == 2:
        span = (site.span(site.node.bases[0])[0], site.span(site.node.bases[1])[1])
        text = site.replaced(span, ", ".join(reversed(site.base_names)))
        yield Draft(site, text, site.name_span)


# NC503


@operator(
    "NC503",
    "an attribute misspelt",
    most=2,
    companions={
        "NC505": "MODEL_TYPE is the base's now",
        "NC403": "NORMALIZED_CONFIG_CLASS is the base's now",
        "NC103": "the generators are the base's now",
        "NC405": "INPUT_ARGS are the base's now",
        "NC101": "without the wrapper the inputs go straight to the model",
        "NC504": "the tolerance is the base's now",
        "NC402": "the generators of the base read what the model's config lacks",
    },
)
def attribute_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = site
    if site.assigned("ATOL_FOR_VALIDATION") is None:
        before = site.with_attribute("ATOL_FOR_VALIDATION = 1e-3")
    for each in before.node.body:
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            name = each.targets[0].id
            for other in slips(name, chance):
                if other.isidentifier() and not re.search(rf"\b{other}\b", site.text):
                    span = before.span(each.targets[0])
                    text = before.replaced(span, other)
                    yield Draft(before, text, (span[0], span[0] + len(other)), other)


@operator(
    "NC503",
    "a former name",
    most=1,
    companions=dict.fromkeys(("NC308", "NC405"), "INPUT_ARGS are the base's now"),
)
def former_name(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    axes = tuple(evidence.registrations[site.name][0].facts["axes"])
    if site.assigned("INPUT_ARGS") is None:
        before = site.with_attribute(f"INPUT_ARGS = {_tuple(axes)}")
        text = site.with_attribute(f"MANDATORY_AXES = {_tuple(axes)}").text
        start = text.index("MANDATORY_AXES")
        yield Draft(before, text, (start, start + len("MANDATORY_AXES")))


@operator(
    "NC503",
    "a property misspelt",
    most=2,
    companions={
        "NC203": "the outputs are the base's now",
        "NC204": "the outputs are the base's now",
        "NC207": "the outputs are the base's now",
        "NC101": "the inputs are the base's now",
        "NC103": "the inputs are the base's now",
        "NC107": "the inputs are the base's now",
        "NC003": "there are no inputs",
        "NC306": "the branch is one of a method that nobody calls",
    },
)
def property_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    for name in ("inputs", "outputs"):
        if site.function(name) is not None:
            span = site.function_name_span(name)
            for other in slips(name, chance):
                yield Draft(site, site.replaced(span, other), (span[0], span[0] + len(other)), other)


# NC504


@operator("NC504", "a tolerance that is none", most=3)
def tolerance(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = site
    if site.assigned("ATOL_FOR_VALIDATION") is None:
        before = site.with_attribute("ATOL_FOR_VALIDATION = 1e-3")
    assigned = before.assigned("ATOL_FOR_VALIDATION")
    assert assigned is not None
    tasks = [each.task for each in evidence.registrations[site.name]]
    values = ['"1e-3"', "0.1", "0.5", "-1e-3", "{}", "None", "[1e-3]"]
    if len(tasks) > 1:
        values.append(f'{{"{tasks[-1]}": 1e-3}}')
    span = before.span(assigned.value)
    for value in values:
        yield Draft(before, before.replaced(span, value), (span[0], span[0] + len(value)), value)


# NC505


def _is_compared(site: Site, evidence: Evidence) -> bool:
    libraries = {each.facts["library"] for each in evidence.registrations[site.name]}
    return libraries <= {"transformers", "diffusers"}


@operator("NC505", "another model type", most=3)
def other_model_type(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registered = evidence.registrations[site.name][0].model_type
    if not _is_compared(site, evidence):
        return
    before = site
    if site.assigned("MODEL_TYPE") is None:
        if heirs_of(site.text, site.name):
            return  # they would inherit it
        before = site.with_attribute(f'MODEL_TYPE = "{registered}"')
    assigned = before.assigned("MODEL_TYPE")
    assert assigned is not None
    others = [*slips(registered, chance), chance.choice(["bert", "gpt2", "unet"])]
    for name in others:
        if name != registered:
            yield with_string_in_place(before, assigned.value, name, name)


@operator("NC505", "the model type left out", most=1)
def model_type_left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """Of models that the exporter compiles otherwise than the base class's."""
    assigned = site.assigned("MODEL_TYPE")
    registered = evidence.registrations[site.name][0].model_type
    if assigned is not None and registered in evidence["other_flags"]:
        yield Draft(site, site.without_statement(assigned), site.name_span)


# NC506, NC507


def _tuple(axes: tuple[str, ...]) -> str:
    return f"({', '.join(map(quoted, axes))}{',' if len(axes) == 1 else ''})"


def _with_own_axes(site: Site, evidence: Evidence) -> Site | None:
    """The class with its INPUT_ARGS written out."""
    if site.assigned("INPUT_ARGS") is not None:
        return site
    axes = {tuple(each.facts["axes"]) for each in evidence.registrations[site.name]}
    return site.with_attribute(f"INPUT_ARGS = {_tuple(axes.pop())}") if len(axes) == 1 else None


def _axis_strings(site: Site) -> list[ast.Constant]:
    assigned = site.assigned("INPUT_ARGS")
    elements = assigned.value.elts if assigned and isinstance(assigned.value, ast.Tuple) else []
    return [each for each in elements if isinstance(each, ast.Constant)]


OTHER_WORDS = {"sequence_length": ("seq_len", "max_length"), "num_channels": ("in_channels",)}
NOT_ASKED_FOR = {
    "NC507": "a generator can't be made without the axis",
    "NC405": "the axes that are left are decided by the model's config",
}


@operator("NC506", "an axis misspelt", most=3, companions=NOT_ASKED_FOR)
def axis_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = _with_own_axes(site, evidence)
    for element in _axis_strings(before) if before is not None else ():
        for name in (*slips(element.value, chance), *OTHER_WORDS.get(element.value, ())):
            if before is not None and name not in evidence["axes"]:
                yield with_string_in_place(before, element, name, name)


@operator("NC506", "an axis that there isn't", most=1)
def no_axis(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = _with_own_axes(site, evidence)
    for element in _axis_strings(before) if before is not None else ():
        if before is not None:
            place = before.span(element)[0]
            text = before.replaced((place, place), '"phlogiston", ')
            yield Draft(before, text, (place, place + len('"phlogiston"')), element.value)


@operator("NC507", "an axis left out", most=2)
def axis_left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = _with_own_axes(site, evidence)
    registrations = evidence.registrations[site.name]
    if before is None or not gives_inputs_to_forward(site, evidence):
        return
    required = {name for each in registrations[0].facts["generators"] for name in each["required"]} - {
        "task",
        "normalized_config",
    }
    axes = tuple(each.value for each in _axis_strings(before))
    for axis in sorted(required & set(axes)):
        yield _with_other_axes(before, tuple(each for each in axes if each != axis), axis)


@operator(
    "NC507",
    "a generator without its axis",
    most=1,
    companions={"NC405": "the axes that are left are decided by the model's config"},
)
def generator_without_axis(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """``DummyMaskedPosGenerator`` can't be made without ``batch_size``, says its signature."""
    before = _with_own_axes(site, evidence)
    generators = [each["name"] for each in evidence.registrations[site.name][0].facts["generators"]]
    if before is None or "DummyMaskedPosGenerator" in generators:
        return
    if not gives_inputs_to_forward(site, evidence) or site.assigned("DUMMY_INPUT_GENERATOR_CLASSES"):
        return
    value = f"({', '.join((*generators, 'DummyMaskedPosGenerator'))})"
    before = before.with_attribute(f"DUMMY_INPUT_GENERATOR_CLASSES = {value}")
    if all(re.search(rf"\b{name}\b", site.text) for name in generators):
        axes = tuple(each.value for each in _axis_strings(before) if each.value != "batch_size")
        yield _with_other_axes(before, axes, "")


def _with_other_axes(before: Site, axes: tuple[str, ...], detail: str) -> Draft:
    assigned = before.assigned("INPUT_ARGS")
    assert assigned is not None
    start = before.span(assigned)[0]
    text = before.replaced(before.span(assigned.value), _tuple(axes) if axes else "()")
    return Draft(before, text, (start, start + len("INPUT_ARGS")), detail)


# NC508, NC509


@operator("NC508", "the underscore forgotten", most=3)
def no_underscore(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    helper = site.with_member("def half_of_it(self) -> int:", "    return self._config.hidden_size // 2")
    for before in (site, helper):
        for each in ast.walk(before.node):
            if isinstance(each, ast.Attribute) and each.attr in ("_config", "_normalized_config"):
                if ast.unparse(each.value) != "self":
                    continue
                start, end = before.span(each)
                text = before.replaced((start, end), f"self.{each.attr[1:]}")
                yield Draft(before, text, (start, end - 1), each.attr)


SIGNATURES = (
    (
        "generate_dummy_inputs",
        "self, return_tuple: bool = False, **kwargs",
        "self, return_tuple: bool = False",
    ),
    ("get_compiler_args", "self, instance_type", "self"),
    ("patch_model_and_prepare_aliases", "self, model_or_path, *args, **kwargs", "self"),
    ("_create_dummy_input_generator_classes", "self, **kwargs", "self"),
)
"""Method, parameters that its callers in ``exporters/neuron`` can call it with, and some that they can't."""


@operator("NC509", "parameters that it can't be called with", most=2)
def other_parameters(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    if any(evidence.overridden(site.name) & {name} for name, *_ in SIGNATURES):
        return
    for name, right, wrong in SIGNATURES:
        body = f"{INDENT}return super().{name}({'instance_type' if 'instance' in right else '**kwargs'})"
        before = site.with_member(f"def {name}({right}):", body)
        text = site.with_member(f"def {name}({wrong}):", body).text
        start = text.index(f"def {name}({wrong}):", before.name_span[0]) + len("def ")
        yield Draft(before, text, (start, start + len(name)), name)


@operator("NC509", "outputs that is no property", most=1, companions={"NC003": "a method is no list"})
def no_property(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    task = evidence.registrations[site.name][0].task
    before = with_own_outputs(site, evidence, task)
    function = before.function("outputs") if before is not None else None
    if before is not None and function is not None:
        start = before.span(function.decorator_list[0])[0] - len("@")
        text = before.replaced((start, start + len("@property\n" + INDENT)), "")
        yield Draft(before, text, Site(text, site.name).function_name_span("outputs"))
