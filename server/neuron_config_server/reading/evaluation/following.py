"""A file's statements, run in order as Python does when it imports the file."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.bindings import bound_names
from neuron_config_server.reading.evaluation.effects import Effects, effects_of
from neuron_config_server.reading.evaluation.expressions import shortened, source_of
from neuron_config_server.reading.evaluation.interpreter import Interpreter
from neuron_config_server.reading.evaluation.losing import lose
from neuron_config_server.reading.evaluation.operations import CannotFollowError, RaisedError
from neuron_config_server.reading.evaluation.paths import Path as CodePath
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    Class,
    ClassValue,
    Dotted,
    FunctionValue,
    HfConfig,
    Instance,
    ModuleValue,
    NormalizedClass,
    Scope,
    SourceString,
    Symbol,
    Unknown,
)
from neuron_config_server.reading.evaluation.world import World
from neuron_config_server.reading.literals import StartLine
from neuron_config_server.reading.memory import parts_read_by


@dataclass(frozen=True)
class AliasLookup:
    """A call ``NormalizedConfigManager.get_normalized_config_class("bert")`` at import."""

    alias: SourceString
    class_: ClassValue | None
    """The class whose body it stands in."""


@dataclass(eq=False)
class FollowedStatement:
    """What came of one statement."""

    classes: list[ClassValue] = field(default_factory=list)
    """Those of the file's top level."""
    aliases: list[AliasLookup] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    """The names of the file that it binds."""
    has_effects: bool = False
    """Whether it changed a value in place, which others may hold too."""
    line: StartLine = field(default_factory=lambda: StartLine(0))
    parts_read: frozenset[Hashable] = frozenset()
    """Functions and classes whose code was read for it (:mod:`.memory`)."""


@dataclass(eq=False)
class FollowedFile:
    """A file as it is once it is imported."""

    module: ModuleValue
    statements: list[FollowedStatement] = field(default_factory=list)
    read_classes: set[ClassValue] = field(default_factory=set)
    """Classes that code beside their own looked into while the file was imported."""

    @cached_property
    def parts_read(self) -> frozenset[Hashable]:
        """Functions and classes whose code was read while the file was imported."""
        return frozenset().union(*(each.parts_read for each in self.statements))

    def run_again(self, place: slice, statements: Sequence[FollowedStatement]) -> None:
        """Other statements stand there now."""
        self.statements[place] = statements
        vars(self).pop("parts_read", None)

    @property
    def classes(self) -> Iterator[ClassValue]:
        """Those of the file's top level, in order."""
        return (class_ for statement in self.statements for class_ in statement.classes)

    @property
    def aliases(self) -> Iterator[AliasLookup]:
        return (alias for statement in self.statements for alias in statement.aliases)


class _ImportPath(CodePath):
    """Importing goes one way only: what the source doesn't decide isn't followed."""

    def decide(self, symbol: Symbol) -> bool:
        raise CannotFollowError(f"it depends on `{symbol.text}`")


def follow_file(
    statements: Iterable[tuple[syntax.Block, int]], world: World, path: Path | None = None
) -> FollowedFile:
    """Runs a file's statements, each with the line on which it starts."""
    file = FollowedFile(ModuleValue(path))
    importer = _Importer(world, file)
    for body, line in statements:
        file.statements.append(importer.run_statement(body, line))
    return file


def follow_changed_class(file: FollowedFile, place: int, body: syntax.Block, line: int, world: World) -> bool:
    """Runs the statement at one place again, whose text changed; False if the whole file has to be run again.

    It need not where the statement is a class before and after, of the same name, and nothing else in the
    file looked into it while it was imported: its subclasses ask it when they are asked. The class stays the
    same object. After False, the file is no longer of use.
    """
    before = file.statements[place]
    (class_,) = before.classes if len(before.classes) == 1 else (None,)
    is_class = len(body) == 1 and isinstance(body[0], syntax.Class)
    if class_ is None or not is_class or not _stands_alone(file, place, class_, body[0]):
        return False
    earlier = {name for statement in file.statements[:place] for name in statement.bound}
    names = file.module.names
    later = {name: names.pop(name) for name in [*names] if name not in earlier}
    done = _Importer(world, file, again=class_).run_statement(body, line)
    names.update({name: value for name, value in later.items() if name not in done.bound})
    file.run_again(slice(place, place + 1), [done])
    for each in file.classes:
        each.order = None  # it may stand on the one that changed
    return done.classes == [class_] and done.bound == {class_.name} and not done.has_effects


def follow_spliced(
    file: FollowedFile, start: int, removed: int, added: Sequence[tuple[syntax.Block, int]], world: World
) -> bool:
    """Runs statements that stand in place of others; False if the whole file has to be run again.

    It need not where nothing was changed in place and no name is bound twice; that nothing else in the file
    mentions the names which come or go is for the caller to see. After False, the file is no longer of use.
    """
    gone = file.statements[start : start + removed]
    rest = [*file.statements[:start], *file.statements[start + removed :]]
    bound_by_rest = {name for each in rest for name in each.bound}
    if any(each.has_effects for each in file.statements) or any(
        not file.read_classes.isdisjoint(each.classes) or not bound_by_rest.isdisjoint(each.bound)
        for each in gone
    ):
        return False
    earlier = {name for each in file.statements[:start] for name in each.bound}
    names = file.module.names
    later = {name: names.pop(name) for name in [*names] if name not in earlier}
    importer = _Importer(world, file)
    done = [importer.run_statement(body, line) for body, line in added]
    names.update({name: value for name, value in later.items() if name in bound_by_rest})
    file.run_again(slice(start, start + removed), done)
    bound = [name for each in done for name in each.bound]
    return (
        not any(each.has_effects for each in done)
        and bound_by_rest.isdisjoint(bound)
        and len(bound) == len(set(bound))
    )


def _stands_alone(file: FollowedFile, place: int, class_: ClassValue, node: Any) -> bool:
    """Whether only the class's own statement binds its name, no name is bound twice, and nothing changes."""
    bound = [name for statement in file.statements for name in statement.bound]
    return (
        node.name == class_.name
        and file.module.names.get(class_.name) is class_
        and class_ not in file.read_classes
        and len(bound) == len(set(bound))
        and not any(statement.has_effects for statement in file.statements)
        and file.statements[place].bound == {class_.name}
    )


class _Importer(Interpreter):
    """Runs statements of a file.

    Args:
        again: the class that a statement is going to define once more.
    """

    def __init__(self, world: World, file: FollowedFile, again: ClassValue | None = None) -> None:
        super().__init__(world, _ImportPath(), HfConfig("self._config", None), is_import=True)
        self.file = file
        self._statement = FollowedStatement()
        self._class: ClassValue | None = None
        self._again = again

    def run_statement(self, body: syntax.Block, line: int) -> FollowedStatement:
        """One top-level statement; of what can't be followed, the names that it binds are unknown."""
        self.steps = 0
        self.has_effects = False
        self._statement = FollowedStatement(bound=bound_names(body))
        self._statement.line = StartLine(line)
        scope = Scope(self.file.module.names, self.file.module, self._statement.line)
        _, self._statement.parts_read = parts_read_by(lambda: self._guarded_block(body, scope))
        self._statement.has_effects = self.has_effects
        return self._statement

    def find(self, order: Sequence[Class], name: str) -> tuple[Any, Class | None]:
        self._note_read(order)
        return super().find(order, name)

    def as_normalized(self, value: Any) -> NormalizedClass | None:
        if isinstance(value, ClassValue):
            self._note_read(resolution_order(value))
        return super().as_normalized(value)

    def is_config_of(self, value: Instance, classes: tuple[Any, ...]) -> Any:
        self._note_read((*resolution_order(value.class_), *classes))
        return super().is_config_of(value, classes)

    def _note_read(self, classes: Sequence[Any]) -> None:
        self.file.read_classes.update(
            each for each in classes if isinstance(each, ClassValue) and each is not self._class
        )

    def is_being_defined(self, class_: ClassValue) -> bool:
        return class_ is self._class

    def new_class(self, node: syntax.Class, bases: tuple[Any, ...], scope: Scope) -> ClassValue:
        made = super().new_class(node, bases, scope)
        if self._again is None or node.name != self._again.name or scope.names is not self.file.module.names:
            return made
        vars(self._again).update(vars(made))
        return self._again

    def _guarded_statement(self, node: syntax.Statement, scope: Scope) -> None:
        reason = self._run(node, scope)
        if reason is not None:
            self._forget((node,), scope, reason)

    def _run(self, node: syntax.Statement, scope: Scope) -> str | None:
        """Runs a statement; why it isn't followed, if it isn't."""
        try:
            self.statement(node, scope)
        except (CannotFollowError, RaisedError) as error:
            return str(error)
        except RecursionError:
            return "it is nested deeper than is followed"
        except MemoryError:
            return "it needs more memory than is given to it"
        return None

    def _forget(self, body: syntax.Block, scope: Scope, reason: str) -> None:
        """Of what can't be followed to its end: what it may change isn't known any more."""
        effects = effects_of(body, lambda name: self._peek(name, scope))
        self._lose(effects, scope, reason)
        for name in bound_names(body):
            scope.names[name] = Unknown(reason)
        for name in effects.bound - bound_names(body):
            self.file.module.names[name] = Unknown(reason)

    def _lose(self, effects: Effects, scope: Scope, reason: str) -> None:
        for name in effects.changed:
            value = self._peek(name, scope)
            if isinstance(value, ClassValue):
                self._lose_of_class(value, effects.attributes, reason)
            elif isinstance(value, FunctionValue) and any(
                each.startswith("__") for each in effects.attributes
            ):
                scope.names[name] = Unknown(reason)
            self.has_effects |= lose(value, reason)

    def _lose_of_class(self, class_: ClassValue, attributes: set[str], reason: str) -> None:
        self.has_effects |= bool(attributes)
        self._note_read(resolution_order(class_))
        class_.set_from_outside |= attributes
        for each in resolution_order(class_):
            if isinstance(each, ClassValue):
                for name in attributes:
                    lose(each.names.get(name), reason)

    def _peek(self, name: str, scope: Scope) -> Any:
        """What a name stands for now, MISSING if it stands for nothing."""
        found = scope.names.get(name, self.file.module.names.get(name, MISSING))
        return self.world.resolve(found) if isinstance(found, Dotted) else found

    def in_class(self, statement: syntax.Statement, class_: ClassValue, scope: Scope) -> None:
        self._guarded_statement(statement, scope)

    def choose(self, node: syntax.If, scope: Scope) -> None:
        if scope.names is not self.file.module.names and self._class is None:
            super().choose(node, scope)
            return
        try:
            outcome = not _is_type_checking(node.test) and self.truth(node.test, scope)
        except (CannotFollowError, RaisedError):
            self._both_ways(node, scope)
            return
        self._guarded_block(node.body if outcome else node.orelse, scope)

    def may_have_raised(self, node: syntax.Try, scope: Scope) -> None:
        if scope.is_function:
            super().may_have_raised(node, scope)
            return
        reason = "something that is not followed may raise an exception, which is caught"
        bodies = tuple(each for handler in node.handlers for each in handler.body)
        effects = effects_of(bodies, lambda name: self._peek(name, scope))
        for name in effects.bound:
            if not isinstance(scope.names.get(name), (ClassValue, FunctionValue, Dotted)):
                scope.names[name] = Unknown(reason)
        self._lose(effects, scope, reason)

    def _guarded_block(self, body: syntax.Block, scope: Scope) -> None:
        for node in body:
            self._guarded_statement(node, scope)

    def _both_ways(self, node: syntax.If, scope: Scope) -> None:
        """A name is known behind the branches if those that bind it give it the same value."""
        before = dict(scope.names)
        reason = f"it depends on `{shortened(source_of(node.test))}`"
        self._guarded_block(node.body, scope)
        one = dict(scope.names)
        scope.names.clear()
        scope.names.update(before)
        self._guarded_block(node.orelse, scope)
        for name in bound_names((node,)):
            values = [
                each
                for each in (one.get(name, MISSING), scope.names.get(name, MISSING))
                if each is not MISSING
            ]
            if values:
                scope.names[name] = _agreed(values, reason)
        self._lose(effects_of((node,), lambda name: self._peek(name, scope)), scope, reason)

    def define_class(self, node: syntax.Class, scope: Scope) -> None:
        is_top = scope.names is self.file.module.names
        outer = self._class
        super().define_class(node, scope)
        self._class = outer
        made = scope.names.get(node.name)
        if is_top and isinstance(made, ClassValue):
            self._statement.classes.append(made)

    def entered_class(self, class_: ClassValue) -> None:
        self._class = class_

    def note_alias(self, alias: SourceString, node: syntax.Call, scope: Scope) -> None:
        if not self.guards:
            self._statement.aliases.append(AliasLookup(alias, scope.owner))


def _is_type_checking(test: syntax.Expression) -> bool:
    """``TYPE_CHECKING``, which is False when the file runs."""
    return isinstance(test, (syntax.Name, syntax.Attribute)) and source_of(test).endswith("TYPE_CHECKING")


def _agreed(values: list[Any], reason: str) -> Any:
    first = values[0]
    if len(values) == 1 or all(type(each) is type(first) and each == first for each in values):
        return first
    found = [each for each in values if isinstance(each, (ClassValue, FunctionValue, Dotted))]
    is_told = found and not all(isinstance(each, (ClassValue, FunctionValue)) for each in values)
    return found[0] if is_told else Unknown(reason)
