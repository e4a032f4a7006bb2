"""A whole file: its config classes as they are once the file is imported, and what is wrong with its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass, is_config, names_mentioned
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.following import FollowedFile, follow_file
from neuron_config_server.reading.evaluation.values import (
    ClassValue,
)
from neuron_config_server.reading.evaluation.world import REGISTER_FUNCTION, World
from neuron_config_server.reading.judgements import Judgements, Question, RememberedJudgements
from neuron_config_server.reading.literals import StringLiteral, range_of
from neuron_config_server.reading.memory import Memory, note
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.reading.removal import Removal, removal
from neuron_config_server.reading.statement_reader import ReadStatement
from neuron_config_server.reading.statements import count_line_ends

TEXT = "text"
"""All of a file's text, as something that answers hang on (:mod:`.memory`)."""

_Statement = ReadStatement[syntax.StatementFacts]
_Judgement = TypeVar("_Judgement")
_Answer = TypeVar("_Answer")

_MENTION = re.compile(rf"Neuron(?:Default|Export)?Config\b|{REGISTER_FUNCTION}\b|\bcreate_register\b")


def mentions_configs(text: str) -> bool:
    """Whether a file could hold Neuron configs at all: a cheap test that never says no to one that does."""
    return _MENTION.search(text) is not None


@dataclass(frozen=True)
class UnreadStatement:
    """A statement of which nothing is known though nothing is wrong with it."""

    line: int
    """From 0."""
    reason: str


@dataclass(frozen=True)
class SyntaxFault:
    """Where and why Python can't read a statement."""

    message: str
    range: Range


@dataclass(frozen=True)
class AliasLookup:
    """A call ``NormalizedConfigManager.get_normalized_config_class("bert")``."""

    alias: StringLiteral
    class_name: str | None
    """The class whose body it stands in."""


class FileJudgements:
    """What was judged of a file, and holds for the next reading as far as that has the same parts."""

    def __init__(self) -> None:
        self.of_classes: RememberedJudgements[ConfigClass] = RememberedJudgements("classes")
        self.of_statements: Judgements[syntax.StatementFacts] = Judgements("statements")
        self.of_texts: Judgements[str] = Judgements("texts")
        self.of_file = Memory()
        """What was said of the file as a whole, as long as nothing but strings within functions change."""
        self.latest: object = None
        """Of the file that was read last, which isn't held itself: it would go only as garbage."""
        self._readers: dict[ClassValue, tuple[ConfigClass, ...]] = {}

    def forget_file(self) -> None:
        """More than a string within a function has changed."""
        self.of_file.clear()
        self._readers.clear()

    def forget_parts(self, file: ConfigFile, class_: ClassValue, changed: tuple[Hashable, ...]) -> None:
        """Parts of a class have changed; all that was judged by them is forgotten."""
        again: set[Hashable] = {TEXT, *changed}
        for config in self.readers_of(class_, file):
            config.revision += 1
            again |= self.of_classes.ask_again(file.classes, config, changed)
        self.of_file.forget(again)

    def readers_of(self, class_: ClassValue, file: ConfigFile) -> tuple[ConfigClass, ...]:
        """The configs that may hang on a class."""
        if class_ not in self._readers:
            self._readers[class_] = tuple(
                each
                for each in file.classes
                if class_ in each.lineage or class_.name in each.names_in_its_code
            )
        return self._readers[class_]


class ConfigFile:
    """What a text says about Neuron configs."""

    def __init__(
        self,
        text: str,
        statements: Sequence[_Statement],
        world: World,
        followed: FollowedFile | None = None,
        known: Mapping[ClassValue, ConfigClass] | None = None,
        judgements: FileJudgements | None = None,
    ) -> None:
        """Of statements that were read.

        Args:
            followed: the file as it is once it is imported, where that is known.
            known: what is known of classes from an earlier reading.
            judgements: what was judged then.
        """
        self._text = text
        self.path = world.path
        self._statements = statements
        self.world = world
        self.followed = followed or follow_file(
            ((each.meant.body, each.line) for each in statements), world, world.path
        )
        self._known = known or {}
        self.judgements = judgements or FileJudgements()
        self._self = self.judgements.latest = object()

    @property
    def memory(self) -> Memory:
        """What was said of the file, as far as it holds: nothing, if another one was read since."""
        return self.judgements.of_file if self.judgements.latest is self._self else Memory()

    def with_changed_string(
        self, text: str, statements: Sequence[_Statement], place: int, parts: tuple[Hashable, ...]
    ) -> ConfigFile:
        """The file where only a string within a function of a class has changed, and nothing is being typed.

        It has the same classes, which know of the change.

        Args:
            place: of the statement, which is a class.
            parts: of the class that have changed.
        """
        file = ConfigFile(text, statements, self.world, self.followed, judgements=self.judgements)
        file.classes, file.being_typed = self.classes, ()
        old, new = self._statements[place], statements[place]
        file._texts = (*self._texts[:place], new.text, *self._texts[place + 1 :])
        file._facts = (*self._facts[:place], new.facts, *self._facts[place + 1 :])
        judgements = self.judgements
        judgements.forget_parts(
            file,
            self.followed.statements[place].classes[0],
            (
                *parts,
                ("statement", place),
                *judgements.of_statements.replace(self._facts, file._facts, old.facts, new.facts),
                *judgements.of_texts.replace(self._texts, file._texts, old.text, new.text),
            ),
        )
        return file

    @property
    def text(self) -> str:
        note(TEXT)
        return self._text

    @property
    def statements(self) -> Sequence[_Statement]:
        note(TEXT)
        return self._statements

    @property
    def faults(self) -> tuple[SyntaxFault, ...]:
        """Syntax errors, one for a run of broken statements: what follows the first is usually its
        consequence.
        """
        return self.memory.of("faults", self._faults)

    def _faults(self) -> tuple[SyntaxFault, ...]:
        found: list[SyntaxFault] = []
        end_of_fault = -1
        for statement, fault in self.judged_statements("fault", _possible_fault):
            if statement.facts.fault is None and self._may_still_import_future(statement):
                continue
            if statement.line != end_of_fault:
                found.append(SyntaxFault(fault.message, range_of(fault.span, statement.line)))
            end_of_fault = statement.line + count_line_ends(statement.text)
        return tuple(found)

    def _may_still_import_future(self, statement: _Statement) -> bool:
        above = (each for each in self.statements if each.line <= statement.line)
        return all(_may_stand_first(each.facts.body) for each in above)

    @property
    def unread(self) -> tuple[UnreadStatement, ...]:
        """What is too deep or too long to be read, or of a later Python."""
        found = self.judged_statements("unread", lambda facts: facts.unread)
        return tuple(UnreadStatement(each.line, reason) for each, reason in found)

    @cached_property
    def classes(self) -> tuple[ConfigClass, ...]:
        """Its Neuron config classes, in the order of the file."""
        found = ((each, self._known.get(each)) for each in self.followed.classes)
        return tuple(
            known or ConfigClass(value, self.world)
            for value, known in found
            if known is not None or is_config(value)
        )

    @property
    def effective(self) -> Iterator[EffectiveConfig]:
        """Every (class, library, model type, task) of the file."""
        return (each for config in self.classes for each in config.effective)

    @property
    def tasks_registered(self) -> Mapping[tuple[str, str], frozenset[str] | None]:
        """Library and model type -> the tasks that the file registers them for, None if not all can be told;
        nothing where it can't be told what something is registered for.
        """
        return self.memory.of("tasks registered", self._tasks_registered)

    def _tasks_registered(self) -> Mapping[tuple[str, str], frozenset[str] | None]:
        found: dict[tuple[str, str], frozenset[str] | None] = {}
        for _, registered in self.judged("tasks registered", _tasks_registered):
            for library, model_type, tasks in registered:
                if library is None or model_type is None:
                    return {}
                key = (library, model_type)
                before = found.get(key, frozenset())
                found[key] = tasks | before if tasks is not None and before is not None else None
        return found

    @cached_property
    def alias_lookups(self) -> tuple[AliasLookup, ...]:
        """Every lookup of a normalized config by alias that importing the file makes, and that may fail."""
        return tuple(
            AliasLookup(each.alias.literal, each.class_.name if each.class_ is not None else None)
            for each in self.followed.aliases
        )

    def configs_with_input(self, literal: StringLiteral) -> tuple[ConfigClass, ...]:
        """The registered classes that have a string of the source among their inputs, on whatever way."""
        may = self._classes_that_may_hold(literal)
        return tuple(each for each in may if literal in each.input_literals.get(literal.value, ()))

    def _classes_that_may_hold(self, literal: StringLiteral) -> tuple[ConfigClass, ...]:
        """Those that read a class, if the string stands in one and nothing else has looked into that."""
        if self.holds(literal):
            place = bisect_right(self._statements, literal.range.start.line, key=lambda each: each.line) - 1
            found = self.followed.statements[place].classes
            if len(found) == 1 and found[0] not in self.followed.read_classes:
                return self.judgements.readers_of(found[0], self)
        return self.classes

    @property
    def has_inputs_for_others(self) -> bool:
        """Whether the inputs of a class can't be told, or nothing in the file says what a class is for."""
        return self.memory.of("inputs for others", self._has_inputs_for_others)

    def _has_inputs_for_others(self) -> bool:
        if self.judged("untold inputs", _has_untold_inputs):
            return True
        for_none = self.judged("for no task", lambda config: not config.effective)
        bases = {base for config in self.classes for base in config.value.bases} if for_none else ()
        return any(config.value not in bases for config, _ in for_none)

    def judged(
        self, key: str, judge: Callable[[ConfigClass], _Judgement | None], on: object = None
    ) -> list[tuple[ConfigClass, _Judgement]]:
        """The classes of which there is something to say, and what: only those that change are judged again.

        Args:
            key: names the question.
            judge: says nothing (something empty) of most classes. It sees the class alone, and the catalog
                that the file was read with; its answer holds no range, but literals and whatever else has its
                place from a statement, and moves with it.
            on: what else the answer hangs on.
        """
        note(Question("classes", key))
        answers = self.judgements.of_classes.of(key, self.classes, judge, on)
        return [(each, answers[id(each)]) for each in self.classes if id(each) in answers] if answers else []

    def judged_statements(
        self, key: str, judge: Callable[[syntax.StatementFacts], _Judgement | None]
    ) -> list[tuple[ReadStatement[syntax.StatementFacts], _Judgement]]:
        """The same of statements; what is said may hold places that count from a statement's first line."""
        note(Question("statements", key))
        answers = self.judgements.of_statements.of(key, self._facts, judge)
        if not answers:
            return []
        return [(each, answers[id(each.facts)]) for each in self._statements if id(each.facts) in answers]

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(each.text for each in self._statements)

    @cached_property
    def _facts(self) -> tuple[syntax.StatementFacts, ...]:
        return tuple(each.facts for each in self._statements)

    @cached_property
    def being_typed(self) -> tuple[Range, ...]:
        """Statements that are broken, and weren't before: what is known of them is of their earlier text."""
        return tuple(
            Range(Position(each.line, 0), Position(each.line + count_line_ends(each.text), 0))
            for each in self._statements
            if each.is_being_typed
        )

    @property
    def as_before(self) -> ConfigFile:
        """The file where statements that are being typed have the facts that they had before they broke.

        Places within these statements, and their texts, may be those of before: they lead nowhere.
        """
        return self._before_typing if self.being_typed else self

    @cached_property
    def _before_typing(self) -> ConfigFile:
        statements = [replace(each, facts=each.meant) for each in self._statements]
        return ConfigFile(self._text, statements, self.world, self.followed, self.known_classes())

    def known_classes(self) -> Mapping[ClassValue, ConfigClass]:
        """What is known of each class, with all that was worked out about it."""
        return {config.value: config for config in self.classes}

    def config(self, name: str | None) -> ConfigClass | None:
        """The config class of that name; the last one, if there are several."""
        return next((each for each in reversed(self.classes) if each.name == name), None)

    def statement_at(self, line: int) -> ReadStatement[syntax.StatementFacts] | None:
        """The top-level statement that a line belongs to."""
        place = bisect_right(self._statements, line, key=lambda statement: statement.line)
        note(("statement", place - 1))
        return self._statements[place - 1] if place else None

    def occurrences(self, pattern: str) -> int:
        """How often a pattern that stays within a statement is found in the text."""

        def count(text: str) -> int:
            return sum(1 for _ in re.finditer(pattern, text))

        note(Question("texts", pattern))
        counts = self.judgements.of_texts.of(pattern, self._texts, count)
        return sum(counts.get(id(each), 0) for each in self._texts) if counts else 0

    def holds(self, literal: StringLiteral) -> bool:
        """Whether the string stands in this file."""
        return literal.path is self.path or literal.path == self.path

    def removal(self, literal: StringLiteral) -> Removal | None:
        """What to cut so that a string of the file goes from its list; None if it stands in none, or in a
        statement that is broken.
        """
        statement = self.statement_at(literal.range.start.line) if self.holds(literal) else None
        if statement is None or statement.facts.fault is not None or statement.facts.unread is not None:
            return None
        return removal(statement.text, statement.line, literal)

    def only_read_by(self, literal: StringLiteral, nodes: Iterable[Any]) -> bool:
        """Whether nothing but these parts of the file can see a string of it change.

        Args:
            nodes: calls of registrations, bodies of properties.
        """
        statement = self.statement_at(literal.range.start.line)
        if statement is None or all(isinstance(node, syntax.Class) for node in statement.facts.body):
            return True
        names, definitions = self._constants_through_which(literal)
        mentions = names_mentioned((*nodes, *definitions))
        return all(
            self.occurrences(rf"\b{re.escape(name)}\b") == 1 + mentions.count(name) > 1 for name in names
        )

    def _constants_through_which(self, literal: StringLiteral) -> tuple[set[str], list[syntax.Expression]]:
        """The top-level names that hold the string, by way of others too, and their values."""
        names: set[str] = set()
        values: list[syntax.Expression] = []
        for statement in self.statements:
            for node in statement.facts.body:
                if isinstance(node, (syntax.Assign, syntax.Augment)) and (
                    _holds(node.value, literal, statement.line)
                    or not names.isdisjoint(names_mentioned((node.value,)))
                ):
                    targets = node.targets if isinstance(node, syntax.Assign) else (node.target,)
                    names.update(target.name for target in targets if isinstance(target, syntax.Name))
                    values.append(node.value)
        return names, values


def _may_stand_first(body: syntax.Block) -> bool:
    """Whether ``from __future__ import`` may follow."""
    return all(
        (isinstance(node, syntax.Import) and node.modules == ("__future__",))
        or (isinstance(node, syntax.Evaluate) and isinstance(node.value, (syntax.Text, syntax.Formatted)))
        for node in body
    )


def _possible_fault(facts: syntax.StatementFacts) -> syntax.SyntaxFault | None:
    """Why Python can't read a statement, or can't where it stands below others."""
    return facts.fault or _late_future_import(facts.body)


def _late_future_import(body: syntax.Block) -> syntax.SyntaxFault | None:
    for node in body:
        if isinstance(node, syntax.Import) and node.modules == ("__future__",):
            message = "from __future__ imports must occur at the beginning of the file"
            return syntax.SyntaxFault(message, node.span)
    return None


def _has_untold_inputs(config: ConfigClass) -> bool:
    return any(each.inputs.unknown is not None for each in config.effective)


def _tasks_registered(
    config: ConfigClass,
) -> list[tuple[str | None, str | None, frozenset[str] | None]]:
    """Library, model type and tasks of each registration, each as far as it can be told."""
    return [
        (
            each.library,
            each.model_type_name,
            frozenset(each.tasks.values) if each.tasks.unknown is None else None,
        )
        for each in config.registrations
    ]


def _holds(node: Any, literal: StringLiteral, line: int) -> bool:
    return any(
        isinstance(each, syntax.Text) and range_of(each.span, line) == literal.range
        for each in syntax.nodes_in(node)
    )
