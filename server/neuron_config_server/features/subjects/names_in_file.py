"""Where a name of a file's top level stands: its bindings, and what reads it, with Python's scopes."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Union

from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range, split_lines
from neuron_config_server.reading.text_cache import kept_by_text

_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda]
_Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Occurrence:
    """A place where the name stands for what the file's top level binds."""

    range: Range
    is_binding: bool
    is_import: bool = False


@dataclass(frozen=True)
class NameInFile:
    """Everything that a file says of a name."""

    occurrences: tuple[Occurrence, ...]
    """Those that mean the name of the top level, in order."""
    others: tuple[Range, ...]
    """Where it is something else: a parameter, a name of a function or a class body."""
    unsure: tuple[Range, ...]
    """Where it is read in a class body that binds it too: the class's own, or the file's until then."""
    unread_lines: tuple[int, ...]
    """First lines of statements that mention it and can't be read, or not everywhere."""


def name_in_file(file: ConfigFile, name: str) -> NameInFile:
    """Read from the statements that mention the name."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    occurrences: list[Occurrence] = []
    others: list[Range] = []
    unsure: list[Range] = []
    unread: list[int] = []
    for statement in file.statements:
        if word.search(statement.text) is None:
            continue
        found, line = _found_in(statement.text, name), statement.line
        if found is None or found.is_unsure:
            unread.append(line)
        if found is not None:
            occurrences += [replace(each, range=each.range.down(line)) for each in found.occurrences]
            others += [each.down(line) for each in found.others]
            unsure += [each.down(line) for each in found.unsure]
    occurrences.sort(key=lambda each: each.range)
    return NameInFile(tuple(occurrences), tuple(others), tuple(unsure), tuple(unread))


@kept_by_text
def _found_in(text: str, name: str) -> _Finder | None:
    """What one statement says of a name, with places in its own text; None if Python can't read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unknown escape in a string is nothing to us
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    finder = _Finder(name, text)
    finder.visit_deep(tree)
    return finder


@dataclass
class _Finder(ast.NodeVisitor):
    """Visits a statement; at each point it knows whether the name is the file's.

    Places are those of the statement's text.
    """

    name: str
    text: str
    occurrences: list[Occurrence] = field(default_factory=list)
    others: list[Range] = field(default_factory=list)
    unsure: list[Range] = field(default_factory=list)
    is_hidden: bool = False
    """Whether a function around binds the name for itself."""
    is_hidden_in_class: bool = False
    """Whether the class body around does: functions in it don't see that."""
    is_unsure: bool = False
    """Whether a place couldn't be told: before Python 3.12, ast errs in f-strings."""

    def __post_init__(self) -> None:
        self._lines = split_lines(self.text)

    def visit_deep(self, tree: ast.Module) -> None:
        """Everything, as far as it isn't nested too deeply."""
        try:
            self.visit(tree)
        except RecursionError:
            self.is_unsure = True

    def visit_Name(self, node: ast.Name) -> None:
        if node.id == self.name:
            self._add(node.lineno, node.col_offset, is_binding=not isinstance(node.ctx, ast.Load))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all((*node.decorator_list, *node.bases, *node.keywords))
        self._add_definition(node, "class")
        is_own = self.name in _bound_in(node.body) and self.name not in _declared(node.body, ast.Global)
        self._visit_in(node.body, hidden=self.is_hidden, in_class=is_own)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function_definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function_definition(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all((*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)))
        self._visit_in([node.body], hidden=self._hides(node, [node.body]), in_class=False)

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, _Comprehension):
            self._visit_comprehension(node)
            return
        if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name == self.name:
            self._add_within(node, is_binding=True)
        if isinstance(node, ast.MatchMapping) and node.rest == self.name:
            self._add_within(node, is_binding=True)
        if isinstance(node, ast.Global) and self.name in node.names:
            self._add_within(node, is_binding=False, is_global=True)
        if isinstance(node, ast.alias) and self.name in (node.asname, node.name.partition(".")[0]):
            self._add_import(node)
        super().generic_visit(node)

    def _visit_function_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        defaults = (*arguments.defaults, *(each for each in arguments.kw_defaults if each is not None))
        self._visit_all((*node.decorator_list, *defaults))
        every = _arguments(arguments)
        self._visit_all([each.annotation for each in every if each.annotation is not None])
        self._visit_all([node.returns] if node.returns is not None else [])
        self._add_definition(node, "def")
        self.others += [self._range(each.lineno, each.col_offset) for each in every if each.arg == self.name]
        self._visit_in(node.body, hidden=self._hides(node, node.body), in_class=False)

    def _hides(self, node: _Function, body: Sequence[ast.AST]) -> bool:
        """Whether the function binds the name for itself, or stands in one that does."""
        if self.name in _declared(body, ast.Global):
            return False
        parameters = {each.arg for each in _arguments(node.args)}
        return self.is_hidden or self.name in parameters or self.name in _bound_in(body)

    def _visit_comprehension(self, node: ast.AST) -> None:
        """The first iterable is evaluated outside of it."""
        clauses: list[ast.comprehension] = getattr(node, "generators", [])
        self.visit(clauses[0].iter)
        targets = {
            each.id for clause in clauses for each in ast.walk(clause.target) if isinstance(each, ast.Name)
        }
        parts = [
            getattr(node, each) for each in ("elt", "key", "value") if getattr(node, each, None) is not None
        ]
        for place, clause in enumerate(clauses):
            parts += [clause.target, *clause.ifs, *([clause.iter] if place else [])]
        self._visit_in(parts, hidden=self.is_hidden or self.name in targets, in_class=False)

    def _visit_in(self, nodes: Sequence[ast.AST], *, hidden: bool, in_class: bool) -> None:
        before = self.is_hidden, self.is_hidden_in_class
        self.is_hidden, self.is_hidden_in_class = hidden, in_class
        self._visit_all(nodes)
        self.is_hidden, self.is_hidden_in_class = before

    def _visit_all(self, nodes: Sequence[ast.AST]) -> None:
        for each in nodes:
            self.visit(each)

    def _add(self, row: int, column: int, *, is_binding: bool, is_import: bool = False) -> None:
        range_ = self._range(row, column)
        line = self._lines[row - 1]
        if line[range_.start.column : range_.end.column] != self.name:
            self.is_unsure = True
        elif self.is_hidden or self.is_hidden_in_class:
            self.others.append(range_)
            if self.is_hidden_in_class and not self.is_hidden and not is_binding:
                self.unsure.append(range_)
        else:
            self.occurrences.append(Occurrence(range_, is_binding, is_import))

    def _add_definition(
        self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, keyword: str
    ) -> None:
        if node.name == self.name:
            match = re.compile(rf"{keyword}\s+").search(self._lines[node.lineno - 1], self._column(node))
            column = match.end() if match is not None else 0
            line = self._lines[node.lineno - 1]
            self._add(node.lineno, len(line[:column].encode()), is_binding=True)

    def _add_within(self, node: ast.AST, *, is_binding: bool, is_global: bool = False) -> None:
        """Of a node that has the name without a place of its own: where it first stands in the node."""
        row, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        for number in range(row - 1, len(self._lines)):
            line = self._lines[number]
            start = len(line.encode()[:offset].decode(errors="ignore")) if number == row - 1 else 0
            match = re.compile(rf"(?<!\w){re.escape(self.name)}(?!\w)").search(line, start)
            if match is not None:
                column = len(line[: match.start()].encode())
                if is_global:
                    self.occurrences.append(Occurrence(self._range(number + 1, column), is_binding))
                else:
                    self._add(number + 1, column, is_binding=is_binding)
                return

    def _add_import(self, node: ast.alias) -> None:
        """The name that it binds; one that another stands for is no name of this file."""
        if self.name != (node.asname or node.name.partition(".")[0]):
            self.others.append(self._range(node.lineno, node.col_offset))
            return
        offset = node.col_offset
        if node.asname is not None and node.end_col_offset is not None:
            offset = node.end_col_offset - len(node.asname.encode())
        self._add(node.end_lineno or node.lineno, offset, is_binding=True, is_import=True)

    def _column(self, node: ast.AST) -> int:
        row, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        return len(self._lines[row - 1].encode()[:offset].decode(errors="ignore"))

    def _range(self, row: int, offset: int) -> Range:
        """A place of the name; rows from 1 and columns in bytes, as ast counts them."""
        column = len(self._lines[row - 1].encode()[:offset].decode(errors="ignore"))
        return Range(Position(row - 1, column), Position(row - 1, column + len(self.name)))


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return every + [each for each in (arguments.vararg, arguments.kwarg) if each is not None]


def _in_scope(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a function or class body that belong to its own scope."""
    for node in nodes:
        yield node
        if not isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *_Comprehension)
        ):
            yield from _in_scope(list(ast.iter_child_nodes(node)))
        elif isinstance(node, _Comprehension):
            walrus = (each for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
            yield from (each.target for each in walrus)


def _declared(body: Sequence[ast.AST], kind: type[ast.Global | ast.Nonlocal]) -> set[str]:
    return {name for each in _in_scope(body) if isinstance(each, kind) for name in each.names}


def _bound_in(body: Sequence[ast.AST]) -> set[str]:
    """The names that a body binds in its own scope."""
    found: set[str] = set()
    for node in _in_scope(body):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name is not None:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest is not None:
            found.add(node.rest)
    return found
