"""The tasks of a registration: all that are available, and a constant for a list that stands there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from neuron_config_server.catalog.catalog import TRANSFORMERS
from neuron_config_server.features.actions.kinds import EXTRACT, REWRITE
from neuron_config_server.features.actions.offers import Offer, RefusedError
from neuron_config_server.features.actions.python_style import LINE_LENGTH, quote_of, quoted_names
from neuron_config_server.features.actions.refactorings import ClassAtCursor, Rewrite, offered, placed_classes
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Aspect, Change, Edit
from neuron_config_server.rules.nc308_task_available import available_tasks
from neuron_config_server.rules.support.additions import new_line, string_beside
from neuron_config_server.rules.support.registration_calls import place_in
from neuron_config_server.rules.support.wording import first_few, listed

_CONSTANT = "COMMON_TASKS"
_HOW_MANY = {1: "the one task is", 2: "both tasks are"}


def registering(here: ClassAtCursor) -> Iterator[Offer]:
    """For each registration with transformers: name all tasks that work as the class stands."""
    for registration in here.config.registrations:
        if registration.model_type_name is not None and registration.library == TRANSFORMERS:
            title = f"Register all available tasks of {registration.model_type_name}"
            yield offered(here, title, REWRITE, partial(_register_all, here, registration))


def _register_all(here: ClassAtCursor, registration: Registration) -> Rewrite:
    available = available_tasks(here.file, here.config, registration, here.catalog)
    if available is None:
        raise RefusedError(f"which other tasks {here.name} would work for can't be told")
    if not available:
        raise RefusedError(f"nothing to add: {_nothing_left(here, registration)}")
    edit = _tasks_added(here, registration, available)
    if edit is None:
        raise RefusedError("the call has no list of tasks that something could be added to")
    return Rewrite((edit,), (Change(Aspect.TASKS, frozenset({here.name})),))


def _nothing_left(here: ClassAtCursor, registration: Registration) -> str:
    model_type = registration.model_type_name or ""
    known = here.file.tasks_registered.get((TRANSFORMERS, model_type)) or frozenset()
    loaded = {_classes(here, model_type, task) for task in known}
    left = [
        task
        for task in here.catalog.tasks_of(model_type)
        if task not in known and _classes(here, model_type, task) not in loaded
    ]
    if not left:
        return f"{_HOW_MANY.get(len(known), f'all {len(known)} tasks are')} registered"
    names = listed(first_few([f'"{task}"' for task in left], 4))
    return f"{names} can't be told to work with these inputs and outputs"


def _classes(here: ClassAtCursor, model_type: str, task: str) -> tuple[str, ...] | None:
    """What the task loads; several tasks may load the same."""
    return here.catalog.model_class_names(model_type, task)


def _tasks_added(here: ClassAtCursor, registration: Registration, tasks: tuple[str, ...]) -> Edit | None:
    """Write tasks behind the last one of the call, as that one is written."""
    positional = [each for each in _arguments(registration) if each.keyword is None]
    if not positional:
        return None
    last = positional[-1]
    end = place_in(registration, last.span).end
    if last.star and isinstance(last.value, syntax.Display) and last.value.elements:
        end = place_in(registration, last.value.elements[-1].span).end
    literals = [each for each in registration.tasks.literals if here.file.holds(each)]
    neighbour = next((each for each in literals if each.range.end == end), None)
    if neighbour is not None:
        added = [string_beside(here.file, neighbour, task, after=True).new_text for task in tasks]
        return Edit(Range(end, end), "".join(added))
    return Edit(Range(end, end), f", {quoted_names(tasks, quote_of(here))}")


def _arguments(registration: Registration) -> tuple[syntax.Argument, ...]:
    return registration.node.arguments if registration.node is not None else ()


def extracting(here: ClassAtCursor) -> Iterator[Offer]:
    """Where another registration of the file names the same tasks: one constant for both."""
    for registration in here.config.registrations:
        written = _written_tasks(here, registration)
        if written is None or len(registration.tasks.values) < 2:
            continue
        constant = _constant_with(here.file, registration)
        if constant is not None:
            title = f"Use `{constant}` for the tasks"
            edit = Edit(written, f"*{constant}")
            yield offered(here, title, EXTRACT, partial(Rewrite, (edit,), ()))
            continue
        sharing = [each for each in _registrations(here.file) if _shares(here, each, registration)]
        if len(sharing) > 1:
            name = _free_name(here.file)
            title = f"Extract the tasks that {len(sharing)} registrations share to `{name}`"
            yield offered(here, title, EXTRACT, partial(_extract, here, sharing, name))


def _registrations(file: ConfigFile) -> Iterator[Registration]:
    return (registration for config in placed_classes(file) for registration in config.registrations)


def _shares(here: ClassAtCursor, one: Registration, other: Registration) -> bool:
    return one.tasks.values == other.tasks.values and _written_tasks(here, one) is not None


def _written_tasks(here: ClassAtCursor, registration: Registration) -> Range | None:
    """Where the call names its tasks, if it names all of them itself, in plain strings."""
    arguments = [each for each in _arguments(registration) if each.keyword is None][1:]
    if not arguments:
        return None
    elements = [
        element
        for each in arguments
        for element in (
            each.value.elements if isinstance(each.value, syntax.Display) and each.star else (each.value,)
        )
    ]
    if not all(isinstance(element, syntax.Text) for element in elements):
        return None
    start = place_in(registration, arguments[0].span).start
    range_ = Range(start, place_in(registration, arguments[-1].span).end)
    is_plain = all(map(here.file.holds, registration.tasks.literals)) and "#" not in here.source.slice(range_)
    return range_ if is_plain else None


def _constant_with(file: ConfigFile, registration: Registration) -> str | None:
    """A top-level constant above the call that holds its very tasks."""
    for statement in file.statements:
        if statement.line >= registration.range.start.line:
            return None
        for node in statement.facts.body:
            if isinstance(node, syntax.Assign) and isinstance(node.value, syntax.Display):
                (target, *others) = node.targets
                texts = [each.value for each in node.value.elements if isinstance(each, syntax.Text)]
                is_same = tuple(texts) == registration.tasks.values and len(texts) == len(node.value.elements)
                if is_same and isinstance(target, syntax.Name) and not others:
                    return target.name
    return None


def _free_name(file: ConfigFile) -> str:
    name, number = _CONSTANT, 2
    while name in file.text and re.search(rf"\b{name}\b", file.text):
        name, number = f"{_CONSTANT}_{number}", number + 1
    return name


def _extract(here: ClassAtCursor, sharing: list[Registration], name: str) -> Rewrite:
    places = [place for each in sharing if (place := _written_tasks(here, each)) is not None]
    statement = here.file.statement_at(min(places).start.line)
    line = statement.line if statement is not None else 0
    while line > 0 and here.source.line(line - 1).startswith("#"):  # what is said of the class stays with it
        line -= 1
    end_of_line = new_line(here.source)
    start = Position(line, 0)
    value = _list_of(name, sharing[0].tasks.values, quote_of(here), end_of_line)
    definition = Edit(Range(start, start), f"{value}{end_of_line * 3}")
    return Rewrite((definition, *(Edit(place, f"*{name}") for place in places)), ())


def _list_of(name: str, tasks: tuple[str, ...], quote: str, end_of_line: str) -> str:
    line = f"{name} = [{quoted_names(tasks, quote)}]"
    if len(line) <= LINE_LENGTH:
        return line
    elements = "".join(f"    {quote}{each}{quote},{end_of_line}" for each in tasks)
    return f"{name} = [{end_of_line}{elements}]"
