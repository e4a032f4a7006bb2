"""A whole file: its config classes, with names resolved across statements and inheritance followed within the
file.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Union

from neuron_config_server.reading.facts import (
    AliasLookup,
    ClassFacts,
    NameReference,
    Part,
    Registration,
    StatementFacts,
    Strings,
    SyntaxFault,
    Unknown,
)
from neuron_config_server.reading.positions import split_lines
from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statements import Statement, restart_line, split_statements

REGISTER_FUNCTION = "register_in_tasks_manager"
"""What optimum-neuron and neuron_core call the decorator that registers a config class."""

_MENTION = re.compile(rf"NeuronConfig\b|NeuronDefaultConfig\b|{REGISTER_FUNCTION}\b|\bcreate_register\(")
_BASE_NAME = re.compile(r"Neuron(?:Default|Export)?Config$")


def mentions_configs(text: str) -> bool:
    """Whether a file could hold Neuron configs at all: a cheap test that never says no to one that does."""
    return _MENTION.search(text) is not None


class StatementCache:
    """Facts by statement, so that a keystroke costs one statement; keeps those of one generation of a
    text.
    """

    def __init__(self) -> None:
        self._facts: dict[Statement, StatementFacts] = {}
        self._used: dict[Statement, StatementFacts] = {}

    def facts(self, statement: Statement) -> StatementFacts:
        facts = self._used.get(statement) or self._facts.get(statement) or read_statement(statement)
        self._used[statement] = facts
        return facts

    def start_next_generation(self) -> None:
        """Forget what the generation before the last one needed and the last one didn't."""
        self._facts, self._used = self._used, {}


@dataclass(frozen=True)
class ConfigClass:
    """A Neuron config class in its file."""

    facts: ClassFacts
    registrations: tuple[Registration, ...]
    """Decorators that register it, tasks resolved as far as the file tells."""
    bases: tuple[Union[ConfigClass, str], ...]
    """In order: config classes of the same file, or the dotted name, imports resolved, of one from
    elsewhere.
    """

    @property
    def name(self) -> str:
        return self.facts.name

    @cached_property
    def lineage(self) -> tuple[ConfigClass, ...]:
        """The class and the config classes of its file that it inherits from, nearest first."""
        found = {self.name: self}
        for base in self.bases:
            if isinstance(base, ConfigClass):
                found.update({config.name: config for config in base.lineage if config.name not in found})
        return tuple(found.values())

    @cached_property
    def foreign_bases(self) -> tuple[str, ...]:
        """Dotted names of the classes at which its lineage leaves the file."""
        return tuple(base for config in self.lineage for base in config.bases if isinstance(base, str))

    def property_strings(self, name: str) -> tuple[ConfigClass, Strings] | None:
        """What ``inputs`` or ``outputs`` returns, and the class of this file that says so.

        None if none of this file does, or if a base from elsewhere comes first and may.
        """
        if name in self.facts.properties:
            return self, self.facts.properties[name]
        if name in self.facts.methods or not self.bases or isinstance(self.bases[0], str):
            return None
        return self.bases[0].property_strings(name)

    def sets(self, attribute: str) -> bool:
        """Whether the class, or an ancestor in this file, sets a class attribute."""
        return any(attribute in owner.facts.attributes for owner in self.lineage)

    def overrides(self, method: str) -> bool:
        """Whether the class, or an ancestor in this file, defines a method."""
        return any(method in owner.facts.methods for owner in self.lineage)


class ConfigFile:
    """What a text says about Neuron configs."""

    def __init__(self, text: str, cache: StatementCache | None = None) -> None:
        cache = cache or StatementCache()
        self.text = text
        self._statements = list(_facts_in_order(text, cache))
        cache.start_next_generation()

    @cached_property
    def faults(self) -> tuple[SyntaxFault, ...]:
        """Syntax errors, one for a run of broken statements: what follows the first is usually its
        consequence.
        """
        found: list[SyntaxFault] = []
        after_fault = False
        for facts in self._statements:
            if facts.fault is not None and not after_fault:
                found.append(facts.fault)
            after_fault = facts.fault is not None
        return tuple(found)

    @cached_property
    def imports(self) -> Mapping[str, str]:
        return {name: origin for facts in self._statements for name, origin in facts.imports.items()}

    @cached_property
    def classes(self) -> tuple[ConfigClass, ...]:
        """Its Neuron config classes, in the order of the file."""
        resolved: dict[str, ConfigClass] = {}
        in_order: list[ConfigClass] = []
        for facts in (class_ for statement in self._statements for class_ in statement.classes):
            config = self._config_class(facts, resolved)
            if config is not None:
                resolved[facts.name] = config
                in_order.append(config)
        return tuple(in_order)

    @cached_property
    def alias_lookups(self) -> tuple[tuple[AliasLookup, ConfigClass | None], ...]:
        """Every lookup of a normalized config by alias, with the config class that it stands in."""
        configs = {config.facts.name_range: config for config in self.classes}
        found: list[tuple[AliasLookup, ConfigClass | None]] = []
        for statement in self._statements:
            found += [(lookup, None) for lookup in statement.aliases]
            for facts in statement.classes:
                found += [(lookup, configs.get(facts.name_range)) for lookup in facts.aliases]
        return tuple(found)

    @cached_property
    def _constants(self) -> Mapping[str, Strings]:
        return {name: value for facts in self._statements for name, value in facts.constants.items()}

    @cached_property
    def _register_functions(self) -> frozenset[str]:
        bound = {name for facts in self._statements for name in facts.register_functions}
        imported = {
            name for name, origin in self.imports.items() if origin.rpartition(".")[2] == REGISTER_FUNCTION
        }
        return frozenset(bound | imported | {REGISTER_FUNCTION})

    def _config_class(self, facts: ClassFacts, known: Mapping[str, ConfigClass]) -> ConfigClass | None:
        """The class with its place in the file's hierarchy; None if nothing makes it a Neuron config."""
        registrations = tuple(
            self._resolved_registration(decorator)
            for decorator in facts.decorators
            if decorator.function.rpartition(".")[2] in self._register_functions
        )
        bases = tuple(known.get(base) or self._origin(base) for base in facts.bases)
        derives = any(isinstance(base, ConfigClass) or _BASE_NAME.search(base) for base in bases)
        return (
            ConfigClass(self._resolved_class(facts), registrations, bases)
            if registrations or derives
            else None
        )

    def _origin(self, dotted: str) -> str:
        first, dot, rest = dotted.partition(".")
        return self.imports.get(first, first) + dot + rest

    def _resolved_class(self, facts: ClassFacts) -> ClassFacts:
        return replace(
            facts, properties={name: self._resolved(value) for name, value in facts.properties.items()}
        )

    def _resolved_registration(self, registration: Registration) -> Registration:
        return replace(registration, tasks=self._resolved(registration.tasks))

    def _resolved(self, strings: Strings) -> Strings:
        return Strings(tuple(self._resolved_parts(strings.parts, frozenset())), strings.range)

    def _resolved_parts(self, parts: tuple[Part, ...], seen: frozenset[str]) -> Iterator[Part]:
        for part in parts:
            constant = self._constants.get(part.name) if isinstance(part, NameReference) else None
            if not isinstance(part, NameReference) or constant is None:
                yield part
            elif part.name in seen:
                yield Unknown(f"`{part.name}` is defined by itself", part.range)
            else:
                yield from self._resolved_parts(constant.parts, seen | {part.name})


def _facts_in_order(text: str, cache: StatementCache) -> Iterator[StatementFacts]:
    """Facts of every statement."""
    line = 0
    while text:
        text, line = yield from _facts_up_to_a_cut(text, line, cache)


def _facts_up_to_a_cut(
    text: str, first_line: int, cache: StatementCache
) -> Generator[StatementFacts, None, tuple[str, int]]:
    """Facts of the statements up to one that is broken and has swallowed others; returns the text behind it.

    A broken statement ends where the next plausibly starts, and the text from there on is split afresh.
    """
    read = 0
    for statement in split_statements(text, first_line):
        facts = cache.facts(statement)
        cut = restart_line(statement.text) if facts.fault is not None else None
        if cut is not None:
            head = "".join(split_lines(statement.text)[:cut])
            yield cache.facts(Statement(head, statement.line))
            return text[read + len(head) :], statement.line + cut
        yield facts
        read += len(statement.text)
    return "", 0
