"""NC3: what can be wrong with a registration."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator

from .declared import gives_inputs_to_forward, with_own_inputs
from .evidence import Evidence
from .lists import lists_in, quoted, with_string_behind, with_string_in_place, without_string, written
from .operators import Draft, operator
from .registering import library_argument, model_type_of, task_group, task_strings, with_written_tasks
from .slips import slips
from .source import INDENT, Site, heirs_of

NEVER_RUNS = {"NC306": "a branch on the task that was registered never runs"}
NOT_THERE = {**NEVER_RUNS, "NC310": "the task that another is taken for isn't there now"}
UNLIKELY = ("text-generation", "image-to-image", "mask-generation", "time-series-forecasting")
"""Tasks that no config of the file is registered for."""


def _is_unknown(task: str, evidence: Evidence) -> bool:
    return task not in evidence["tasks"] and task not in evidence["synonyms"]


@operator("NC301", "a task misspelt", most=2, companions=NOT_THERE)
def task_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_written_tasks(site, evidence)
    for element in task_strings(before):
        for name in slips(element.value, chance):
            if _is_unknown(name, evidence):
                yield with_string_in_place(before, element, name, name)


@operator("NC301", "a synonym of the task", most=2, companions=NOT_THERE)
def synonym(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_written_tasks(site, evidence)
    for element in task_strings(before):
        for name, task in evidence["synonyms"].items():
            if task == element.value and name not in evidence["tasks"]:
                yield with_string_in_place(before, element, name, name)


@operator("NC301", "a variant that isn't supported", most=1, companions=NOT_THERE)
def with_past(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_written_tasks(site, evidence)
    for element in task_strings(before):
        name = f"{element.value}-with-past"
        yield with_string_in_place(before, element, name, name)


@operator("NC301", "a task and its synonym", most=1)
def synonym_too(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_written_tasks(site, evidence)
    elements = task_strings(before)
    for element in elements:
        for name, task in evidence["synonyms"].items():
            if task == element.value and name not in evidence["tasks"]:
                yield with_string_behind(before, elements[-1], name, name)


@operator("NC301", "a task that is none", most=1)
def no_task(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_written_tasks(site, evidence)
    for name in ("protein-folding", "weather-forecast"):
        yield with_string_behind(before, task_strings(before)[-1], name, name)


@operator("NC301", "a task of the shared constant misspelt", most=6, companions=NEVER_RUNS)
def task_of_constant(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    if site.name != "BertNeuronConfig":
        return  # the first class that reads it is the one that is told of
    constant = next(
        each
        for each in ast.parse(site.text).body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "COMMON_TEXT_TASKS"
    )
    assert isinstance(constant.value, ast.List)
    for element in constant.value.elts:
        assert isinstance(element, ast.Constant)
        name = chance.choice([each for each in slips(element.value, chance) if _is_unknown(each, evidence)])
        yield with_string_in_place(site, element, name, name)


@operator(
    "NC302",
    "a task that no model of the type has",
    most=3,
    companions={"NC207": "the base knows no outputs for the task either"},
)
def task_without_model(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    models = evidence.tasks_with_models(registrations[0].model_type)
    if any(each.facts["library"] != "transformers" for each in registrations) or not models:
        return
    before = with_written_tasks(site, evidence)
    for task in evidence["tasks"]:
        if task not in models:
            yield with_string_behind(before, task_strings(before)[-1], task, task)


@operator(
    "NC303",
    "a model type spelt otherwise",
    most=2,
    companions={"NC505": "MODEL_TYPE is what the class was registered for"},
)
def model_type_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    element = model_type_of(site)
    if library_argument(site) is not None:
        return
    name = element.value
    known = set(evidence["model_types"])
    others = [name.replace("-", "_"), name.replace("_", "-"), name.upper(), name.capitalize()]
    for other in (*others, *slips(name, chance)):
        if other != name and other not in known and re.sub("-(en|de)coder$", "", other) not in known:
            yield with_string_in_place(site, element, other, other)


@operator("NC303", "a model type that is none", most=1, companions={"NC505": "MODEL_TYPE is of another"})
def no_model_type(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    if library_argument(site) is None:
        yield with_string_in_place(site, model_type_of(site), "phlogiston", "")


SPEAKS_OF_OTHER_MODELS = dict.fromkeys(
    ("NC101", "NC102", "NC107", "NC201", "NC203", "NC204", "NC302", "NC308", "NC310", "NC505"),
    "the class now speaks of the other's models",
)


@operator("NC304", "the model type of the class above", most=1, companions=SPEAKS_OF_OTHER_MODELS)
def model_type_copied(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    own = evidence.registrations[site.name]
    for base in site.base_names:
        for other in evidence.registrations.get(base, ())[:1]:
            tasks = {each.task for each in evidence.registrations[base]}
            twice = [each.task for each in own if each.task in tasks]
            if own[0].facts["library"] != other.facts["library"] or len(twice) < 2:
                continue
            yield with_string_in_place(site, model_type_of(site), other.model_type, other.model_type)


@operator("NC304", "a decorator twice", most=1)
def registered_twice(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    first = evidence.registrations[site.name][0]
    library = first.facts["library"]
    rest = "" if library == "transformers" else f', library_name="{library}"'
    start = site.span(site.registration)[0] - len("@")
    head = f'@register_in_tasks_manager("{first.model_type}", '
    text = f"{site.text[:start]}{head}{quoted(first.task)}{rest})\n{site.text[start:]}"
    place = start + len(head)
    yield Draft(site, text, (place, place + len(quoted(first.task))))


@operator("NC304", "a task twice", most=1)
def task_twice(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_written_tasks(site, evidence)
    elements = task_strings(before)
    element = chance.choice(elements)
    yield with_string_behind(before, elements[-1], element.value, element.value)


@operator("NC305", "the decorator gone", most=1, companions={"NC306": "it names the classes that are left"})
def not_registered(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    if len(re.findall(rf"\b{site.name}\b", site.text)) == 1:
        start = site.span(site.registration)[0] - len("@")
        text = site.text[:start] + site.text[site.span(site.node)[0] :]
        yield Draft(site, text, Site(text, site.name).name_span)


@operator("NC306", "a branch on a task that isn't registered", most=2)
def unreachable(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_own_inputs(site, evidence)
    function = before.function("inputs") if before is not None else None
    if before is None or function is None or len(function.body) > 1:
        return
    (statement,) = function.body
    groups = [each for each, _ in lists_in(before, "inputs")]
    if not isinstance(statement, ast.Return) or len(groups) != 1 or statement.value is not groups[0]:
        return
    registered = {
        each.task
        for name in (site.name, *heirs_of(site.text, site.name))
        for each in evidence.registrations.get(name, ())
    }
    span = before.span(statement)
    pad = INDENT * 2
    for task in (each for each in UNLIKELY if each not in registered):
        head = f"names = {before.slice(groups[0])}\n{pad}"
        branch = f'if self.task == "{task}":\n{pad}{INDENT}names.append("attention_mask")'
        unbroken = Site(before.replaced(span, f"{head}return names"), site.name)
        text = before.replaced(span, f"{head}{branch}\n{pad}return names")
        place = span[0] + len(head)
        yield Draft(unbroken, text, (place, place + len(branch)), task)


@operator("NC307", "the star gone", most=1, companions=NEVER_RUNS)
def star_gone(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    for each in (site, with_written_tasks(site, evidence)):
        for argument in each.registration.args[1:]:
            if isinstance(argument, ast.Starred):
                start, end = each.span(argument)
                yield Draft(each, each.replaced((start, start + 1), ""), (start, end - 1), "")


@operator(
    "NC307",
    "what remove returns unpacked",
    most=1,
    companions={**NEVER_RUNS, "NC308": "the list lacks the task for others from then on"},
)
def none_unpacked(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    tasks = [each.task for each in evidence.registrations[site.name]]
    for argument in site.registration.args[1:]:
        if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Name):
            removed, constant = chance.choice(tasks), argument.value.id
            kept = f'*[task for task in {constant} if task != "{removed}"]'
            call = f'{constant}.remove("{removed}")'
            span = site.span(argument)
            before = Site(site.replaced(span, kept), site.name)
            yield Draft(before, site.replaced(span, f"*{call}"), (span[0] + 1, span[0] + 1 + len(call)))


@operator("NC307", "no task", most=1, companions=NEVER_RUNS)
def no_tasks(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    start = site.span(site.registration.args[0])[1]
    end = site.span(site.registration.args[-1])[1]
    text = site.text[:start] + site.text[end:]
    call = site.span(site.registration)
    yield Draft(site, text, (call[0], call[1] - (end - start)))


@operator("NC307", "a string unpacked", most=1, companions=NEVER_RUNS)
def string_unpacked(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    span = (site.span(site.registration.args[1])[0], site.span(site.registration.args[-1])[1])
    if len(registrations) == 1:
        task = quoted(registrations[0].task)
        before = Site(site.replaced(span, task), site.name)
        yield Draft(before, site.replaced(span, f"*{task}"), (span[0], span[0] + 1 + len(task)))


@operator("NC307", "all in a tuple", most=1, companions=NEVER_RUNS)
def packed(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    names = written([registrations[0].model_type, *(each.task for each in registrations)])
    group = f"({names[1:-1]})"
    span = (site.span(site.registration.args[0])[0], site.span(site.registration.args[-1])[1])
    before = Site(site.replaced(span, f"*{group}"), site.name)
    yield Draft(before, site.replaced(span, group), (span[0], span[0] + len(group)))


@operator("NC308", "a task left out", most=2, companions=NEVER_RUNS)
def task_left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = with_written_tasks(site, evidence)
    group = task_group(before)
    if group is None or len(group.elts) < 2 or not gives_inputs_to_forward(site, evidence):
        return
    for element in task_strings(before):
        text = without_string(before, group, element)
        yield Draft(before, text, before.span(model_type_of(before)), element.value)


@operator("NC309", "the library misspelt", most=2)
def library_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    before = site
    argument = library_argument(site)
    if argument is None:
        end = site.span(site.registration.args[-1])[1]
        before = Site(f'{site.text[:end]}, library_name="transformers"{site.text[end:]}', site.name)
        argument = library_argument(before)
    assert argument is not None
    assert isinstance(argument.value, ast.Constant)
    for name in (*slips(argument.value.value, chance), "jax"):
        if name not in evidence["libraries"]:
            yield with_string_in_place(before, argument.value, name, name)


@operator(
    "NC310",
    "a task that is taken for another",
    most=2,
    companions={
        "NC207": "the base knows no outputs for the task",
        "NC101": "the model of the task takes other inputs",
        "NC203": "the model of the task returns other outputs",
        "NC204": "the model of the task returns other outputs",
        "NC308": "the task that it is taken for would do",
    },
)
def not_inferable(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    registrations = evidence.registrations[site.name]
    if any(each.facts["library"] != "transformers" for each in registrations):
        return
    tasks = {each.task for each in registrations}
    before = with_written_tasks(site, evidence)
    for task, other in evidence["inferred"].get(registrations[0].model_type, {}).items():
        if other not in (task, None) and other not in tasks and task not in tasks:
            yield with_string_behind(before, task_strings(before)[-1], task, f"{task} as {other}")
    group = task_group(before)
    for element in task_strings(before) if group is not None else ():
        taken = [
            each
            for each in task_strings(before)
            if evidence["inferred"].get(registrations[0].model_type, {}).get(each.value) == element.value
            and each is not element
        ]
        for other in taken:
            assert group is not None
            text = without_string(before, group, element)
            start = text.index(quoted(other.value), before.span(group)[0])
            yield Draft(before, text, (start, start + len(quoted(other.value))), f"without {element.value}")
