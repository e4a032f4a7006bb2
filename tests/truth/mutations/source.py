"""A file of config classes as Python's own parser sees it, and edits of it by offset."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

INDENT = "    "


@lru_cache(maxsize=64)
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@lru_cache(maxsize=64)
def line_starts(text: str) -> tuple[int, ...]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return tuple(starts)


def start_of(text: str, node: ast.AST) -> int:
    return line_starts(text)[node.lineno - 1] + node.col_offset  # the file is ASCII: bytes are characters


def end_of(text: str, node: ast.AST) -> int:
    return line_starts(text)[node.end_lineno - 1] + node.end_col_offset


@dataclass(frozen=True)
class Site:
    """A class of a text."""

    text: str
    name: str

    @cached_property
    def node(self) -> ast.ClassDef:
        return next(
            each
            for each in parsed(self.text).body
            if isinstance(each, ast.ClassDef) and each.name == self.name
        )

    # where things stand

    def span(self, node: ast.AST) -> tuple[int, int]:
        return start_of(self.text, node), end_of(self.text, node)

    def slice(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    @property
    def name_span(self) -> tuple[int, int]:
        start = self.text.index(f"class {self.name}(") + len("class ")
        return start, start + len(self.name)

    @property
    def registration(self) -> ast.Call:
        """The decorator's call."""
        (call,) = self.node.decorator_list
        assert isinstance(call, ast.Call)
        return call

    @property
    def base_names(self) -> tuple[str, ...]:
        return tuple(ast.unparse(each) for each in self.node.bases)

    def function(self, name: str) -> ast.FunctionDef | None:
        return next(
            (each for each in self.node.body if isinstance(each, ast.FunctionDef) and each.name == name), None
        )

    def function_name_span(self, name: str) -> tuple[int, int]:
        function = self.function(name)
        assert function is not None
        start = self.text.index(f"def {name}", start_of(self.text, function)) + len("def ")
        return start, start + len(name)

    def assigned(self, name: str) -> ast.Assign | None:
        return next(
            (
                each
                for each in self.node.body
                if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name
            ),
            None,
        )

    def strings_in_lists(self, function: str) -> list[tuple[ast.List, ast.Constant]]:
        """The strings of the lists in a method, each with its list."""
        node = self.function(function)
        lists = [each for each in ast.walk(node) if isinstance(each, ast.List)] if node is not None else []
        return [
            (each, one)
            for each in sorted(lists, key=lambda each: (each.lineno, each.col_offset))
            for one in each.elts
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]

    # edits

    def replaced(self, span: tuple[int, int], by: str) -> str:
        return self.text[: span[0]] + by + self.text[span[1] :]

    def without_statement(self, node: ast.stmt) -> str:
        """The text without the lines of a statement of the class, and the empty ones before them."""
        lines = self.text.split("\n")
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)]) - 1
        last = node.end_lineno or node.lineno
        if len(self.node.body) == 1:
            return "\n".join([*lines[:first], f"{INDENT}pass", *lines[last:]])
        while not lines[first - 1].strip():
            first -= 1
        return "\n".join([*lines[:first], *lines[last:]])

    def with_member(self, *lines: str) -> Site:
        """The class with a property or a method at its end."""
        end = end_of(self.text, self.node.body[-1])
        body = "\n".join(f"{INDENT}{line}" if line else "" for line in lines)
        newline = self.text.index("\n", end) if "\n" in self.text[end:] else len(self.text)
        return Site(self.text[:newline] + f"\n\n{body}" + self.text[newline:], self.name)

    def with_attribute(self, line: str) -> Site:
        """The class with an attribute at its head."""
        first = next(each for each in self.node.body if not _is_docstring(each))
        line_number = min([first.lineno, *(each.lineno for each in getattr(first, "decorator_list", []))])
        start = line_starts(self.text)[line_number - 1]
        gap = "\n\n" if isinstance(first, ast.FunctionDef) else "\n"
        return Site(self.text[:start] + f"{INDENT}{line}{gap}" + self.text[start:], self.name)

    def with_property(self, name: str, *body: str) -> Site:
        lines = ("@property", f"def {name}(self) -> list[str]:", *(f"{INDENT}{line}" for line in body))
        return self.with_member(*lines)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def classes_of(text: str) -> Iterator[ast.ClassDef]:
    return (each for each in parsed(text).body if isinstance(each, ast.ClassDef))


def kin_of(text: str, name: str, most_heirs: int) -> set[str]:
    """A class, those above it in the file, and the first of those below it."""
    bases = {each.name: [ast.unparse(base) for base in each.bases] for each in classes_of(text)}
    above = _closure(name, bases)
    heirs = [each for each in bases if each != name and name in _closure(each, bases)]
    chosen = heirs[:most_heirs]
    return {name, *above, *chosen, *(each for heir in chosen for each in _closure(heir, bases))}


def _closure(name: str, bases: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for base in bases.get(waiting.pop(), ()):
            if base in bases and base not in found:
                found.add(base)
                waiting.append(base)
    return found


def heirs_of(text: str, name: str) -> list[str]:
    """The classes below a class."""
    bases = {each.name: [ast.unparse(base) for base in each.bases] for each in classes_of(text)}
    return [each for each in bases if each != name and name in _closure(each, bases)]
