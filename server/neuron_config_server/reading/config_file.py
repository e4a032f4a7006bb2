"""A whole file: its config classes, with names resolved across statements and inheritance followed within the
file.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
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
    StringLiteral,
    Strings,
    SyntaxFault,
    Unknown,
)
from neuron_config_server.reading.positions import split_lines
from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statements import Statement, restart_line, split_statements

REGISTER_FUNCTION = "register_in_tasks_manager"
"""What optimum-neuron and neuron_core call the decorator that registers a config class."""

NORMALIZED_CONFIGS = "NormalizedConfigManager"
"""What optimum calls its table of normalized configs."""

_MENTION = re.compile(rf"Neuron(?:Default|Export)?Config\b|{REGISTER_FUNCTION}\b|\bcreate_register\b")
_BASE_NAME = re.compile(r"Neuron(?:Default|Export)?Config$")


def mentions_configs(text: str) -> bool:
    """Whether a file could hold Neuron configs at all: a cheap test that never says no to one that does."""
    return _MENTION.search(text) is not None


_MAX_PARTS = 1000
"""Constants built of constants double with every line; no list of names is as long."""
_OTHER_BACKENDS = re.compile(r"optimum\.exporters\.(?!neuron\b)\w")


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
        """The class and the config classes of its file that it inherits from, depth first."""
        found: dict[str, ConfigClass] = {}
        waiting: list[ConfigClass] = [self]
        while waiting:
            config = waiting.pop()
            if config.name not in found:
                found[config.name] = config
                waiting += [base for base in reversed(config.bases) if isinstance(base, ConfigClass)]
        return tuple(found.values())

    @cached_property
    def foreign_bases(self) -> tuple[str, ...]:
        """Dotted names of the classes at which its lineage leaves the file."""
        return tuple(base for config in self.lineage for base in config.bases if isinstance(base, str))

    def property_strings(self, name: str) -> tuple[ConfigClass, Strings] | None:
        """What ``inputs`` or ``outputs`` returns, and the class of this file that says so.

        None if none of this file does, or if a base from elsewhere comes first and may.
        """
        config = self
        while name not in config.facts.properties:
            first = config.bases[0] if config.bases else None
            if config.facts.binds(name) or not isinstance(first, ConfigClass):
                return None
            config = first
        return None if name in config.facts.set_elsewhere else (config, config.facts.properties[name])

    def sets(self, attribute: str) -> bool:
        """Whether the class, or an ancestor in this file, sets an attribute, wherever and on whatever
        condition.
        """
        return any(
            attribute in owner.facts.attributes or attribute in owner.facts.set_elsewhere
            for owner in self.lineage
        )

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
        return tuple(pair for pair in found if self._is_normalized_config_manager(pair[0].manager))

    @cached_property
    def constants(self) -> Mapping[str, Strings]:
        """Lists of strings at the top level by name, each made up of those above it."""
        found: dict[str, Strings] = {}
        for facts in self._statements:
            for name, value in facts.constants.items():
                found[name] = self._followed(value, found, name)
        return found

    def only_followed_by(self, literal: StringLiteral, readers: Iterable[Strings]) -> bool:
        """Whether nothing but the readers, lists that hold the literal, can see it change.

        It can't if it stands in none of the file's constants, or if all that mentions these was followed.
        """
        followed = {reference for strings in readers for reference in strings.followed}
        names = {each.name for each in followed if literal in self.constants[each.name].literals}
        return all(
            len(re.findall(rf"\b{re.escape(name)}\b", self.text))
            <= 1 + sum(reference.name == name for reference in followed)
            for name in names
        )

    @cached_property
    def _unsteady(self) -> frozenset[str]:
        """Names that aren't bound once and for all."""
        bound = Counter(name for facts in self._statements for name in facts.constants)
        changed = {name for facts in self._statements for name in facts.changed}
        return frozenset(changed | {name for name, times in bound.items() if times > 1})

    @cached_property
    def _register_functions(self) -> frozenset[str]:
        created = {name for facts in self._statements for name in facts.register_functions}
        others = {name for facts in self._statements for name in facts.other_values}
        imported = {name for name, origin in self.imports.items() if _is_register_function(origin)}
        others |= {name for name in self.imports if name not in imported}
        return frozenset(imported | (created | {REGISTER_FUNCTION}) - others)

    def _is_registration(self, function: str) -> bool:
        if "." in function:
            return _is_register_function(self._origin(function))
        return function in self._register_functions

    def _is_normalized_config_manager(self, manager: str) -> bool:
        """Whether it is optimum's, imported under whatever name, and not a class of this file."""
        stands_for = self.constants.get(manager)
        if stands_for is not None and len(stands_for.parts) == 1:
            (part,) = stands_for.parts
            manager = part.name if isinstance(part, NameReference) else manager
        own = {each.name for facts in self._statements for each in facts.classes}
        origin = self._origin(manager)
        return manager not in own and origin.rpartition(".")[2] == NORMALIZED_CONFIGS

    def _config_class(self, facts: ClassFacts, known: Mapping[str, ConfigClass]) -> ConfigClass | None:
        """The class with its place in the file's hierarchy; None if nothing makes it a Neuron config."""
        registrations = tuple(
            self._resolved_registration(decorator)
            for decorator in facts.decorators
            if self._is_registration(decorator.function)
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
            facts,
            properties={name: self._resolved(value) for name, value in facts.properties.items()},
            set_elsewhere=self._set_elsewhere.get(facts.name, frozenset()),
        )

    @cached_property
    def _set_elsewhere(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for facts in self._statements:
            for class_name, attribute in facts.class_attributes:
                found[class_name].add(attribute)
        return {class_name: frozenset(attributes) for class_name, attributes in found.items()}

    def _resolved_registration(self, registration: Registration) -> Registration:
        return replace(registration, tasks=self._resolved(registration.tasks))

    def _resolved(self, strings: Strings) -> Strings:
        return self._followed(strings, self.constants, None)

    def _followed(self, strings: Strings, known: Mapping[str, Strings], defined: str | None) -> Strings:
        """The list with the constants that it names put in, as far as they are known."""
        parts: list[Part] = []
        followed: dict[NameReference, None] = {}
        for part in strings.parts:
            constant = known.get(part.name) if isinstance(part, NameReference) else None
            if not isinstance(part, NameReference) or constant is None or part.name in self._unsteady:
                parts.append(self._explained(part, defined))
            else:
                parts += constant.parts
                followed.update(dict.fromkeys((part, *constant.followed)))
        if len(parts) > _MAX_PARTS or len(followed) > _MAX_PARTS:
            return Strings((Unknown("more than is followed", strings.range),), strings.range)
        return Strings(tuple(parts), strings.range, tuple(followed))

    def _explained(self, part: Part, defined: str | None) -> Part:
        """A name that isn't followed with the reason, if there is more to say than that it isn't known."""
        if not isinstance(part, NameReference):
            return part
        if part.name == defined:
            return Unknown(f"`{part.name}` is defined by itself", part.range)
        if part.name in self._unsteady and part.name in self._names_of_constants:
            return Unknown(f"`{part.name}` is not defined once and for all", part.range)
        return part

    @cached_property
    def _names_of_constants(self) -> frozenset[str]:
        return frozenset(name for facts in self._statements for name in facts.constants)


def _is_register_function(origin: str) -> bool:
    """Whether a dotted name is that of a function that registers Neuron configs."""
    return origin.rpartition(".")[2] == REGISTER_FUNCTION and not _OTHER_BACKENDS.match(origin)


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
