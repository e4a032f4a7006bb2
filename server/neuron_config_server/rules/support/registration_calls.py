"""Where the parts of a registration stand, and which models its tasks load."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import StringLiteral, range_of
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Applicability, Aspect, Change, Edit, Fix, Intent
from neuron_config_server.rules.support.wording import quoted


def place_in(registration: Registration, span: syntax.Span) -> Range:
    """Where a part of the call stands in its file."""
    return range_of(span, registration.line)


def keyword_argument(registration: Registration, name: str) -> syntax.Argument | None:
    """What a keyword is given in the call."""
    arguments = registration.node.arguments if registration.node is not None else ()
    return next((each for each in arguments if each.keyword == name), None)


def model_type_range(file: ConfigFile, registration: Registration) -> Range:
    """The model type of a registration; all of its call if it is no string of it."""
    model_type = registration.model_type
    if isinstance(model_type, StringLiteral) and within(file, registration, model_type):
        return model_type.range
    return registration.range


def within(file: ConfigFile, registration: Registration, literal: StringLiteral) -> bool:
    """Whether a string stands in the call itself: nothing else reads it then."""
    return file.holds(literal) and registration.range.contains(literal.range)


def with_tasks(
    config: ConfigClass,
) -> Iterator[tuple[Registration, tuple[StringLiteral | str, ...]]]:
    """Each registration of a config class with its tasks, those that can't be told left out."""
    for registration in config.registrations:
        literals = {literal.value: literal for literal in registration.tasks.literals}
        yield registration, tuple(literals.get(each, each) for each in registration.tasks.values)


def model_classes_of(model_type: str, library: str, task: str, catalog: Catalog) -> tuple[str, ...] | None:
    """The transformers classes that a task of optimum's may load; None if that can't be told."""
    if catalog.tasks is None or library != TRANSFORMERS or task not in catalog.tasks.names:
        return None
    return catalog.model_class_names(model_type, task)


def addition(registration: Registration, tasks: tuple[str, ...]) -> Fix | None:
    """Write the tasks behind the last one that stands in the call."""
    arguments = registration.node.arguments if registration.node is not None else ()
    positional = [each for each in arguments if each.keyword is None]
    last = positional[-1].value if len(positional) > 1 else None
    if isinstance(last, syntax.Display) and last.elements and positional[-1].star:
        last = last.elements[-1]
    if not isinstance(last, syntax.Text):
        return None
    end = place_in(registration, last.span).end
    added = "".join(f', "{task}"' for task in tasks)
    edit = Edit(Range(end, end), added)
    return Fix(f"Add {quoted(tasks)}", (edit,), Applicability.UNSAFE, Intent(changes=(Change(Aspect.TASKS),)))
