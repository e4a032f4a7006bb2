"""Reads texts; of a text that is nearly the one before, what it touches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.bindings import bound_names
from neuron_config_server.reading.evaluation.following import follow_changed_class, follow_spliced
from neuron_config_server.reading.evaluation.values import ClassValue
from neuron_config_server.reading.evaluation.world import OTHER_FILES, World
from neuron_config_server.reading.modules import Modules
from neuron_config_server.reading.patching import patched
from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statement_reader import ReadStatement, StatementReader

_Statement = ReadStatement[syntax.StatementFacts]
_Known = Mapping[ClassValue, ConfigClass]
_VALUES = (syntax.Text, syntax.Formatted, syntax.Constant, syntax.Name)

_MOST_LINES = 20_000
"""The longest config file has 1,400; as many statements take some seconds to read."""


class TooLongError(Exception):
    """A text is longer than is read; the message says how long."""


class ConfigReader:
    """Reads texts; what a next reading of nearly the same text can use is kept."""

    def __init__(self, catalog: Catalog, modules: Modules | None = None) -> None:
        self._catalog = catalog
        self._modules = modules or Modules(catalog)
        self._statements: StatementReader[syntax.StatementFacts] = StatementReader(read_statement, patched)
        self._latest: ConfigFile | None = None

    def read(self, text: str, path: Path | None = None, *, look_around: bool = True) -> ConfigFile:
        """What a text says; a change within classes costs those classes.

        Args:
            look_around: whether the files that it imports from may have changed.

        Raises:
            TooLongError: it is longer than is read.
        """
        lines = text.count("\n")
        if lines > _MOST_LINES:
            raise TooLongError(f"it has {lines:,} lines; files of up to {_MOST_LINES:,} are read")
        statements = self._statements.read(text)
        latest, self._latest = self._latest, None
        read = None
        if latest is not None and latest.path == path and (not look_around or self._is_current(latest)):
            if look_around:
                latest.judgements.of_file.forget({OTHER_FILES})
            read = self._with_changed_string(text, statements, latest)
            if read is None:
                latest.judgements.forget_file()
                read = _read_again(text, statements, latest)
        if read is None:
            world = World(self._catalog, self._modules, path)
            judgements = latest.judgements if latest is not None else None
            read = ConfigFile(text, statements, world, judgements=judgements)
            read.judgements.forget_file()
        self._latest = read
        return read

    def _is_current(self, latest: ConfigFile) -> bool:
        return self._modules.are_current(latest.world)

    def _with_changed_string(
        self, text: str, statements: Sequence[_Statement], latest: ConfigFile
    ) -> ConfigFile | None:
        """The file where a string within a function of a class has changed, and nobody has run that function
        while the file was imported: only what has run it, or looked into it, hangs on it.
        """
        place = self._statements.patched
        if place is None or latest.being_typed:
            return None
        (old,), (new,) = latest.statements[place].facts.body[:1], statements[place].facts.body[:1]
        classes = latest.followed.statements[place].classes
        if len(classes) != 1 or classes[0].written is not old or not isinstance(new, syntax.Class):
            return None
        (class_,) = classes
        changed = _changed_function(old, new)
        before, after = changed if changed is not None else (None, None)
        functions = [each for each in class_.functions if each.written is before]
        if after is None or not functions or not latest.followed.parts_read.isdisjoint(functions):
            return None
        class_.written = new
        for each in functions:
            each.written = after
        return latest.with_changed_string(text, statements, place, (*functions, class_))


def _changed_function(old: syntax.Class, new: syntax.Class) -> tuple[syntax.Function, syntax.Function] | None:
    """The only statement of a class that has changed, before and after, if it is a function and only its
    body has.
    """
    changed = [(one, other) for one, other in zip(old.body, new.body) if one is not other]
    if len(changed) != 1 or len(old.body) != len(new.body) or _head(old) != _head(new):
        return None
    ((before, after),) = changed
    if not isinstance(before, syntax.Function) or not isinstance(after, syntax.Function):
        return None
    return (before, after) if _head(before) == _head(after) else None


def _head(node: syntax.Class | syntax.Function) -> syntax.Class | syntax.Function:
    """A definition without its body, and where that ends."""
    return replace(node, body=(), span=(0, 0, 0, 0))


def _read_again(text: str, statements: Sequence[_Statement], latest: ConfigFile) -> ConfigFile | None:
    """The file where only some statements changed; None if that may have changed what others mean."""
    before = latest.statements
    start = _common(before, statements)
    end = _common(before[start:][::-1], statements[start:][::-1])
    old, new = before[start : len(before) - end], statements[start : len(statements) - end]
    if len(old) == len(new):
        known = _with_changed_classes(old, new, start, latest)
    else:
        known = _with_others(old, new, start, latest, statements)
    if known is None:
        return None
    for followed, statement in zip(latest.followed.statements, statements):
        followed.line.number = statement.line
    return ConfigFile(text, statements, latest.world, latest.followed, known, latest.judgements)


def _common(one: Sequence[_Statement], other: Sequence[_Statement]) -> int:
    """How many statements they start with in common, wherever these stand."""
    pairs = zip(one, other)
    return next(
        (place for place, (old, new) in enumerate(pairs) if not _mean_the_same(old, new)),
        min(len(one), len(other)),
    )


def _mean_the_same(one: _Statement, other: _Statement) -> bool:
    """Whether they differ in comments and blank lines at the most."""
    return one.meant is other.meant or one.meant == other.meant


def _with_changed_classes(
    old: Sequence[_Statement], new: Sequence[_Statement], start: int, latest: ConfigFile
) -> _Known | None:
    """What is still known where each statement that changed is a class, and still defines it."""
    followed, known = latest.followed, latest.known_classes()
    for place, (before, after) in enumerate(zip(old, new), start):
        if _mean_the_same(before, after):
            continue
        classes = followed.statements[place].classes
        if len(classes) != 1:
            return None
        (class_,) = classes
        known = {
            value: config
            for value, config in known.items()
            if class_ not in config.lineage and class_.name not in config.names_in_its_code
        }
        if not follow_changed_class(followed, place, after.meant.body, after.line, latest.world):
            return None
    return known


def _with_others(
    old: Sequence[_Statement],
    new: Sequence[_Statement],
    start: int,
    latest: ConfigFile,
    statements: Sequence[_Statement],
) -> _Known | None:
    """What is still known where some statements stand in place of others that nothing else mentions."""
    changed = [*old, *new]
    names = {name for each in changed for name in bound_names(each.meant.body)}
    rest = "".join(each.text for each in (*statements[:start], *statements[start + len(new) :]))
    if not all(_is_quiet(each) for each in changed) or any(_is_word_of(name, rest) for name in names):
        return None
    gone = {
        class_ for place in range(len(old)) for class_ in latest.followed.statements[start + place].classes
    }
    added = [(each.meant.body, each.line) for each in new]
    if not follow_spliced(latest.followed, start, len(old), added, latest.world):
        return None
    return {value: config for value, config in latest.known_classes().items() if value not in gone}


def _is_quiet(statement: _Statement) -> bool:
    """Whether nothing of it can change what stands elsewhere, but by the names that it binds."""
    return all(
        isinstance(node, (syntax.Class, syntax.Function))
        or (isinstance(node, syntax.Import) and all(name != "*" for name, _ in node.names))
        or (isinstance(node, syntax.Assign) and all(isinstance(each, syntax.Name) for each in node.targets))
        or (isinstance(node, syntax.Evaluate) and isinstance(node.value, _VALUES))
        for node in statement.meant.body
    )


def _is_word_of(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def read_config_file(text: str, catalog: Catalog, path: Path | None = None) -> ConfigFile:
    """What a text says, read for the first time."""
    return ConfigReader(catalog).read(text, path)
