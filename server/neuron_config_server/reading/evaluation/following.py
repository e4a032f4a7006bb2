"""A file's statements, run in order as Python does when it imports the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.expressions import shortened, source_of
from neuron_config_server.reading.evaluation.interpreter import Interpreter, bound_names
from neuron_config_server.reading.evaluation.operations import CannotFollowError, RaisedError
from neuron_config_server.reading.evaluation.paths import Path as CodePath
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    Class,
    ClassValue,
    Dotted,
    FunctionValue,
    HfConfig,
    ModuleValue,
    Scope,
    SourceString,
    Symbol,
    Unknown,
)
from neuron_config_server.reading.evaluation.world import World

_MUTATORS = frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "update"})


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


@dataclass(eq=False)
class FollowedFile:
    """A file as it is once it is imported."""

    module: ModuleValue
    statements: list[FollowedStatement] = field(default_factory=list)
    read_classes: set[ClassValue] = field(default_factory=set)
    """Classes that code beside their own looked into while the file was imported."""

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
    file.statements[place] = done
    return done.classes == [class_] and done.bound == {class_.name} and not done.has_effects


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
        scope = Scope(self.file.module.names, self.file.module, line)
        for node in body:
            self._guarded_statement(node, scope)
        self._statement.has_effects = self.has_effects
        return self._statement

    def find(self, order: Sequence[Class], name: str) -> tuple[Any, Class | None]:
        if isinstance(order[0], ClassValue) and order[0] is not self._class:
            self.file.read_classes.update(each for each in order if isinstance(each, ClassValue))
        return super().find(order, name)

    def is_being_defined(self, class_: ClassValue) -> bool:
        return class_ is self._class

    def new_class(self, node: syntax.Class, bases: tuple[Any, ...], scope: Scope) -> ClassValue:
        made = super().new_class(node, bases, scope)
        if self._again is None or node.name != self._again.name or scope.names is not self.file.module.names:
            return made
        vars(self._again).update(vars(made))
        return self._again

    def _guarded_statement(self, node: syntax.Statement, scope: Scope) -> None:
        try:
            self.statement(node, scope)
        except (CannotFollowError, RaisedError) as error:
            self._forget(node, scope, str(error))
        except RecursionError:
            self._forget(node, scope, "it is nested deeper than is followed")

    def _forget(self, node: syntax.Statement, scope: Scope, reason: str) -> None:
        for name in bound_names((node,)) | _mutated((node,)):
            scope.names[name] = Unknown(reason)

    def choose(self, node: syntax.If, scope: Scope) -> None:
        if scope.names is not self.file.module.names and self._class is None:
            super().choose(node, scope)
            return
        try:
            outcome = _is_taken_for_granted(node.test) or self.truth(node.test, scope)
        except (CannotFollowError, RaisedError):
            self._both_ways(node, scope)
            return
        self._guarded_block(node.body if outcome else node.orelse, scope)

    def _guarded_block(self, body: syntax.Block, scope: Scope) -> None:
        for node in body:
            self._guarded_statement(node, scope)

    def _both_ways(self, node: syntax.If, scope: Scope) -> None:
        """A name is known behind the branches if those that bind it give it the same value."""
        before = dict(scope.names)
        self._guarded_block(node.body, scope)
        one = dict(scope.names)
        scope.names.clear()
        scope.names.update(before)
        self._guarded_block(node.orelse, scope)
        reason = f"it depends on `{shortened(source_of(node.test))}`"
        for name in bound_names((node,)):
            values = [
                each
                for each in (one.get(name, MISSING), scope.names.get(name, MISSING))
                if each is not MISSING
            ]
            if values:
                scope.names[name] = _agreed(values, reason)
        for name in _mutated((*node.body, *node.orelse)):
            scope.names[name] = Unknown(reason)

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
        if not self._guards:
            self._statement.aliases.append(AliasLookup(alias, scope.owner))


def _is_taken_for_granted(test: syntax.Expression) -> bool:
    """``is_diffusers_available()`` and ``TYPE_CHECKING``: the file is read as with all that it can use."""
    if isinstance(test, syntax.Call):
        name = source_of(test.function).rpartition(".")[2]
        return name.startswith("is_") and name.endswith("_available")
    return isinstance(test, (syntax.Name, syntax.Attribute)) and source_of(test).endswith("TYPE_CHECKING")


def _agreed(values: list[Any], reason: str) -> Any:
    first = values[0]
    if len(values) == 1 or all(type(each) is type(first) and each == first for each in values):
        return first
    if any(isinstance(each, (ClassValue, FunctionValue, Dotted)) for each in values):
        return next(each for each in values if isinstance(each, (ClassValue, FunctionValue, Dotted)))
    return Unknown(reason)


def _mutated(body: syntax.Block) -> set[str]:
    """The names whose values statements change in place."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, syntax.Evaluate) and isinstance(node.value, syntax.Call):
            function = node.value.function
            if isinstance(function, syntax.Attribute) and function.name in _MUTATORS:
                found |= {function.owner.name} if isinstance(function.owner, syntax.Name) else set()
        elif isinstance(node, syntax.Augment):
            found |= {node.target.name} if isinstance(node.target, syntax.Name) else set()
        elif isinstance(node, (syntax.If, syntax.For, syntax.While, syntax.With, syntax.Try)):
            found |= _mutated(node.body) | _mutated(getattr(node, "orelse", ()))
    return found
