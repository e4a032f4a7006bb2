"""What stands in the body of a config class, and what its methods ask of the instance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.attributes import assigned_to_self
from neuron_config_server.reading.evaluation.values import BaseClass, ClassValue, Dotted
from neuron_config_server.reading.literals import StartLine, range_of
from neuron_config_server.reading.memory import remembered
from neuron_config_server.reading.positions import Range
from neuron_config_server.reading.text_cache import kept_by_text
from neuron_config_server.rules.finding import OF_EFFECTIVE, Change, Intent

DUCK_TYPED = frozenset(
    {
        "is_encoder_decoder",
        "get_compiler_args",
        "checkpoint_loader_fn",
        "get_parallel_callable",
        "is_sdxl",
        "with_controlnet",
        "with_ip_adapter",
        "image_encoder_output_hidden_states",
        "is_flux_kontext",
        "pretrained_model_name_or_path",
        "fused_spec_config",
        "MIN_TORCH_VERSION",
        "MIN_TRANSFORMERS_VERSION",
        "is_transformers_support_available",
        "is_torch_support_available",
    }
)
"""What optimum-neuron's exporter reads or sets on a config, and no base class of it has (0.4.5), and what
optimum's ``ExporterConfig`` above them has, which may not be installed.
"""


@dataclass(frozen=True)
class Assigned:
    """An assignment to a name in a class body."""

    name: str
    span: syntax.Span
    """Of the name."""
    value: syntax.Expression
    line: StartLine
    """Where the statement of the class starts."""

    @property
    def range(self) -> Range:
        """Of the name."""
        return range_of(self.span, self.line)

    @property
    def value_range(self) -> Range:
        return range_of(self.value.span, self.line)


def assignments(class_: ClassValue) -> Iterator[Assigned]:
    """The plain assignments of a class body, in order; those under conditions too.

    What changes in its functions changes none of them.
    """
    for statement in _flat(class_.written.body):
        if isinstance(statement, syntax.Assign):
            for target in statement.targets:
                if isinstance(target, syntax.Name):
                    yield Assigned(target.name, target.span, statement.value, class_.line)


def assignment(class_: ClassValue, name: str) -> Assigned | None:
    """The one assignment of that name; None if there is none, or several."""
    found = [each for each in assignments(class_) if each.name == name]
    return found[0] if len(found) == 1 else None


def methods(class_: ClassValue) -> Iterator[syntax.Function]:
    """The functions of a class body; those under conditions too."""
    return (each for each in _flat(class_.node.body) if isinstance(each, syntax.Function))


def method(class_: ClassValue, name: str) -> syntax.Function | None:
    """The function of that name; None if there is none, or several."""
    found = [each for each in methods(class_) if each.name == name]
    return found[0] if len(found) == 1 else None


@remembered
def is_neuron_config(config: ConfigClass) -> bool:
    """Whether it stands on a Neuron base class that is known."""
    return any(isinstance(each, BaseClass) for each in config.order)


def range_in(class_: ClassValue, span: syntax.Span) -> Range:
    """The place in its file of a part of a class."""
    return range_of(span, class_.line)


@remembered
def is_fully_known(config: ConfigClass) -> bool:
    """Whether everything that the class inherits is known, and nothing sets attributes unseen."""
    return all(
        not each.set_from_outside
        if isinstance(each, ClassValue)
        else isinstance(each, BaseClass) or (isinstance(each, Dotted) and each.last in ("object", "ABC"))
        for each in config.order
    )


def bases_that_may_define(config: ConfigClass, names: Iterable[str]) -> tuple[str, ...]:
    """Names of the bases outside of the files, without known mixins that have none of these names."""
    harmless = {
        each.name
        for each in config.order
        if isinstance(each, BaseClass)
        and {*each.facts.attributes, *each.facts.members, *each.facts.instance_attributes}.isdisjoint(names)
    }
    return tuple(each for each in config.foreign_bases if each.rpartition(".")[2] not in harmless)


@remembered
def names_of_bases(config: ConfigClass) -> frozenset[str]:
    """What an instance has from the Neuron base classes."""
    names: set[str] = set(DUCK_TYPED)
    for base in config.order:
        if isinstance(base, BaseClass):
            facts = base.facts
            names.update(facts.attributes, facts.members, facts.instance_attributes)
    return frozenset(names)


@remembered
def names_of_files(config: ConfigClass) -> frozenset[str]:
    """What an instance has from the classes whose source was read, itself included."""
    return frozenset(name for class_ in config.lineage for name in (*class_.names, *assigned_to_self(class_)))


def is_mentioned_beside(file: ConfigFile, name: str, times: int) -> bool:
    """Whether a name stands in the file more often than that, be it in a string or in a comment behind code.

    Lines that are nothing but a comment read no attribute.
    """
    return sum(_mentions_in(each.text, name) for each in file.statements) > times


@kept_by_text
def _mentions_in(text: str, name: str) -> int:
    """Kept for the statements that stay as they are."""
    lines = (each for each in text.splitlines() if not each.lstrip().startswith("#"))
    return sum(len(re.findall(rf"\b{re.escape(name)}\b", each)) for each in lines)


def subclasses(file: ConfigFile, config: ConfigClass) -> tuple[ConfigClass, ...]:
    """The config classes of the file that inherit from the class."""
    return tuple(each for each in file.classes if each is not config and config.value in each.lineage)


def any_meaning_of(file: ConfigFile, config: ConfigClass) -> Intent:
    """What a fix means to change that may change anything that the class and those below it say."""
    names = frozenset(each.name for each in (config, *subclasses(file, config)))
    return Intent(changes=tuple(Change(aspect, names) for aspect in OF_EFFECTIVE))


def _flat(body: syntax.Block) -> Iterator[syntax.Statement]:
    for statement in body:
        yield statement
        if isinstance(statement, (syntax.If, syntax.For, syntax.While)):
            yield from _flat((*statement.body, *statement.orelse))
        elif isinstance(statement, syntax.With):
            yield from _flat(statement.body)
        elif isinstance(statement, syntax.Try):
            handled = (each for handler in statement.handlers for each in handler.body)
            yield from _flat((*statement.body, *handled, *statement.orelse, *statement.finalbody))
