"""Whether a text means after its fixes what it meant before, but for what the fixes are there to change.

A rule sees a string in a list and offers to take it out. What the list is for may not show in the finding: it
may be unpacked into three names, indexed, zipped with another one. So before a fix is applied or offered, the
text is read again with it, and every config class is compared, task by task.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, Possible, Variant
from neuron_config_server.reading.literals import StringLiteral, Strings, range_of
from neuron_config_server.rules.finding import OF_EFFECTIVE, Aspect, Change, Fix, Rename

_Renames = Mapping[StringLiteral, Rename]

_Word = Union[StringLiteral, str, None]
"""A string of the source, one that code makes, or something that can't be told."""


@dataclass(frozen=True)
class _Outcome:
    """A value that an aspect may have, and when."""

    when: str | None
    value: Any
    fails: bool


@dataclass(frozen=True)
class _TaskMeaning:
    task: _Word
    aspects: Mapping[Aspect, tuple[_Outcome, ...]]


@dataclass(frozen=True)
class _ClassMeaning:
    name: str
    registrations: tuple[tuple[_Word, tuple[_Word, ...]], ...]
    """Model type and tasks of each."""
    tasks: tuple[_TaskMeaning, ...]


Meaning = tuple[_ClassMeaning, ...]
"""What the config classes of a file mean; holds when the file has been read anew since."""


class Meanings:
    """What the classes of files mean; of a class that a later reading has kept, it is worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[ConfigClass, int], _ClassMeaning] = {}

    def of(self, file: ConfigFile) -> Meaning:
        classes = {(each, each.revision): each for each in file.classes}
        self._known = {key: self._known.get(key) or _class_meaning(each) for key, each in classes.items()}
        return tuple(self._known.values())


def keeps_meaning(before: Meaning, after: Meaning, fixes: Sequence[Fix]) -> bool:
    """Whether nothing has changed but what the fixes mean to change; a fix that says nothing is trusted."""
    intents = [fix.intent for fix in fixes if fix.intent is not None]
    if len(intents) < len(fixes):
        return True
    renames = [rename for intent in intents for rename in intent.renames]
    changes = [change for intent in intents for change in intent.changes]
    return len(before) == len(after) and all(
        _class_keeps(old, new, renames, changes) for old, new in zip(before, after)
    )


def takes_arguments_away(file: ConfigFile, fixes: Sequence[Fix]) -> bool:
    """Whether a fix takes the argument of a call away that is no registration: ``names.append("x")``."""
    gone = {
        rename.literal
        for fix in fixes
        for rename in (fix.intent.renames if fix.intent is not None else ())
        if rename.to is None
    }
    registered = {
        literal
        for config in file.classes
        for registration in config.registrations
        for literal in registration.tasks.literals
        if registration.range.contains(literal.range)
    }
    return any(_is_argument(file, literal) for literal in gone - registered)


def _is_argument(file: ConfigFile, literal: StringLiteral) -> bool:
    statement = file.statement_at(literal.range.start.line)
    if statement is None:
        return False
    arguments = (
        argument
        for body in statement.facts.body
        for call in syntax.nodes_in(body)
        if isinstance(call, syntax.Call)
        for argument in call.arguments
    )
    return any(
        isinstance(each.value, syntax.Text) and range_of(each.value.span, statement.line) == literal.range
        for each in arguments
    )


def _class_meaning(config: ConfigClass) -> _ClassMeaning:
    return _ClassMeaning(
        config.name,
        tuple((each.model_type, _words(each.tasks)) for each in config.registrations),
        tuple(_task_meaning(each) for each in config.effective),
    )


def _task_meaning(effective: EffectiveConfig) -> _TaskMeaning:
    return _TaskMeaning(
        effective.task_literal or effective.task,
        {aspect: tuple(_outcomes(getattr(effective, aspect.value))) for aspect in OF_EFFECTIVE},
    )


def _outcomes(possible: Possible[Any]) -> Iterator[_Outcome]:
    for variant in possible.variants:
        yield _Outcome(variant.when, _value(variant), variant.raises is not None)


def _value(variant: Variant[Any]) -> Any:
    value = variant.value
    if isinstance(value, Strings):
        return _words(value)
    return value if variant.unknown is None else (value, "unknown")


def _words(strings: Strings) -> tuple[_Word, ...]:
    """Literals as themselves, computed strings by value, None for what can't be told."""
    return tuple(
        part if isinstance(part, StringLiteral) else getattr(part, "value", None) for part in strings.parts
    )


def _class_keeps(
    old: _ClassMeaning,
    new: _ClassMeaning,
    renames: Sequence[Rename],
    changes: Sequence[Change],
) -> bool:
    free = {each.aspect for each in changes if each.class_names is None or old.name in each.class_names}
    if old.name != new.name and Aspect.CLASS_NAME not in free:
        return False
    of_tasks, of_model_types = _read_for(Aspect.TASKS, renames), _read_for(Aspect.MODEL_TYPES, renames)
    if not _registrations_keep(old, new, of_tasks, of_model_types, free):
        return False
    if free & {Aspect.TASKS, Aspect.MODEL_TYPES}:
        return True  # there are other tasks to speak of
    left = [each for each in old.tasks if _renamed(each.task, of_tasks) is not _GONE]
    return len(left) == len(new.tasks) and all(
        _task_keeps(one, other, renames, free) for one, other in zip(left, new.tasks)
    )


def _read_for(aspect: Aspect, renames: Sequence[Rename]) -> _Renames:
    return {rename.literal: rename for rename in renames if rename.aspect is aspect}


def _registrations_keep(
    old: _ClassMeaning, new: _ClassMeaning, of_tasks: _Renames, of_model_types: _Renames, free: set[Aspect]
) -> bool:
    """Whether the class is registered as before."""
    if free & {Aspect.TASKS, Aspect.MODEL_TYPES}:
        return len(old.registrations) == len(new.registrations)
    expected = [
        (_renamed(model_type, of_model_types), _expected(tasks, of_tasks))
        for model_type, tasks in old.registrations
    ]
    return expected == [(_plain(model_type), _plain(tasks)) for model_type, tasks in new.registrations]


def _task_keeps(old: _TaskMeaning, new: _TaskMeaning, renames: Sequence[Rename], free: set[Aspect]) -> bool:
    of_tasks = _read_for(Aspect.TASKS, renames)
    if _renamed(old.task, of_tasks) != _plain(new.task):
        return False
    if old.task in of_tasks:
        return True  # of a task that there wasn't, nothing was known
    is_open = Aspect.NORMALIZED_CONFIG in free
    return all(
        aspect in free
        or _outcomes_keep(
            old.aspects[aspect], new.aspects[aspect], _read_for(aspect, renames), is_open=is_open
        )
        for aspect in OF_EFFECTIVE
    )


def _outcomes_keep(
    old: Sequence[_Outcome],
    new: Sequence[_Outcome],
    renames: _Renames,
    *,
    is_open: bool,
) -> bool:
    """Whether an aspect has the values that it had.

    Args:
        is_open: conditions may have become decided: what comes out must be among what was possible.
    """
    expected = [(each.when, _expected(each.value, renames), each.fails) for each in old]
    found = [(each.when, _plain(each.value), each.fails) for each in new]
    if not is_open:
        return expected == found
    possible = [value for _, value, fails in expected if not fails]
    return any(fails for *_, fails in expected) or all(value in possible for _, value, _ in found)


class _Gone:
    """In place of a string that a fix takes out."""


_GONE = _Gone()


def _renamed(word: _Word, renames: _Renames) -> Any:
    if not isinstance(word, StringLiteral):
        return word
    rename = renames.get(word) if renames else None  # their hash takes long
    if rename is None:
        return word.value
    return _GONE if rename.to is None else rename.to


def _expected(value: Any, renames: _Renames) -> Any:
    if isinstance(value, tuple):
        return tuple(each for each in (_renamed(word, renames) for word in value) if each is not _GONE)
    return value


def _plain(value: Any) -> Any:
    """A value with its strings in place of their literals, which have moved."""
    if isinstance(value, StringLiteral):
        return value.value
    return tuple(_plain(each) for each in value) if isinstance(value, tuple) else value
