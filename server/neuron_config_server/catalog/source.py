"""Source files of installed packages, parsed as little as a question needs; and what names in them mean."""

from __future__ import annotations

import ast
import io
import logging
import os
import re
import sys
import tokenize
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, Union

logger = logging.getLogger(__name__)

_MAX_IMPORT_HOPS = 6
"""A re-export of a re-export …; transformers needs three."""

_MAX_FILE_BYTES = 8 * 1024 * 1024
"""Thirty times the largest file of transformers; a larger one is no source of a library."""

_MOST_MODULES = 200
"""Parsed files in memory, the least recently used goes first; a file of fifty configs needs 150."""
_KEPT_MODULES = 12
"""Of these, what is kept when a run of questions is over: all would take 100 MB."""

_NOT_FOLLOWED = frozenset({*sys.stdlib_module_names, "typing_extensions", "torch", "numpy"})
"""Packages whose classes answer no question of ours: nn.Module's ``forward`` is a placeholder."""

_BLOCK_START = re.compile(
    r"^(?:(?P<decorator>@)|(?P<kind>class|def|async\s+def)\s+(?P<name>\w+)"
    r"|(?P<target>[A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=(?!=)|[A-Za-z_])",
    re.MULTILINE,
)
_MAX_BLOCK_CUTS = 200
"""Lines within a block that look like the start of another, as in a docstring that isn't indented."""

_Answer = TypeVar("_Answer")
Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


@dataclass(frozen=True)
class ClassSource:
    """A class and the file that defines it."""

    module: ModuleSource
    node: ast.ClassDef


@dataclass(frozen=True)
class _Block:
    """A top-level class or function, its decorators included, or an assignment; by offsets into the text."""

    kind: str
    """``class``, ``def`` or ``=``."""
    name: str
    start: int
    ends: tuple[int, ...]
    """Where it may end: the first that leaves a block that parses is right."""


class ModuleSource:
    """A source file; a class or a table is parsed when it is asked for: all of a file takes much longer."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._text = text
        self._parsed: dict[str, ast.ClassDef | None] = {}
        self._functions: dict[str, Function | None] = {}
        self._nodes: dict[int, ast.stmt | None] = {}
        self._values: dict[str, ast.expr | None] = {}

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """Its classes by name, those under a top-level ``if`` or ``try`` included."""
        return _Classes(self)

    @cached_property
    def imports(self) -> dict[str, tuple[ast.ImportFrom, str]]:
        """Local name -> the ``from … import`` that binds it, and the name over there."""
        return {
            alias.asname or alias.name: (node, alias.name)
            for node in self.skeleton
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    @cached_property
    def statements(self) -> tuple[ast.stmt, ...]:
        """Everything at the top level, what is under ``if`` and ``try`` included."""
        return tuple(_flattened(self._tree(self._text).body))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every parameter name, and every string that could be one: what its code could take by keyword."""
        names: set[str] = set()
        for statement in self.statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.arg):
                    names.add(node.arg)
                elif (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and node.value.isidentifier()
                ):
                    names.add(node.value)
        return frozenset(names)

    def value(self, name: str) -> ast.expr | None:
        """The right side of the last top-level assignment to a name."""
        if name not in self._values:
            self._values[name] = self._last_value(name)
        return self._values[name]

    def class_names(self) -> Iterator[str]:
        """The names of its classes, in no order."""
        conditional = (node.name for node in self.skeleton if isinstance(node, ast.ClassDef))
        yield from {*(block.name for block in self._blocks if block.kind == "class"), *conditional}

    def class_node(self, name: str) -> ast.ClassDef | None:
        """The last class of that name; None if there is none, or if it can't be parsed."""
        if name not in self._parsed:
            self._parsed[name] = self._parse_class(name)
        return self._parsed[name]

    def function_node(self, name: str) -> Function | None:
        """The function of that name at the top level, if there is exactly one and it can be parsed."""
        blocks = self._blocks_named("def", name)
        return _as_function(self._parse_block(blocks[0])) if len(blocks) == 1 else None

    def first_function(self, name: str) -> Function | None:
        """The first function of that name, those under a top-level ``if`` or ``try`` included."""
        if name not in self._functions:
            self._functions[name] = self._parse_first_function(name)
        return self._functions[name]

    def classes_mentioning(self, word: str) -> tuple[ast.ClassDef, ...]:
        """Its classes in whose source a word stands; may be more where that can't be told without parsing."""
        places = [found.start() for found in re.finditer(re.escape(word), self._text)]
        blocks = {self._block_around(place): None for place in places}
        if any(block is None or block.kind != "class" for block in blocks):
            return tuple(node for node in self.statements if isinstance(node, ast.ClassDef))
        nodes = (self._parse_block(block) for block in blocks if block is not None)
        return tuple(node for node in nodes if isinstance(node, ast.ClassDef))

    @cached_property
    def skeleton(self) -> tuple[ast.stmt, ...]:
        """The top level without classes, functions and assignments, but for those under ``if`` or ``try``."""
        pieces: list[str] = []
        done = 0
        for block in self._blocks:
            end = block.ends[0]
            pieces += (self._text[done : block.start], "\n" * self._text.count("\n", block.start, end))
            done = end
        try:
            return tuple(_flattened(ast.parse("".join([*pieces, self._text[done:]])).body))
        except (SyntaxError, ValueError, RecursionError):
            return self.statements  # a block ends elsewhere than it seems

    @cached_property
    def _blocks(self) -> tuple[_Block, ...]:
        return tuple(_top_level_blocks(self._text))

    @cached_property
    def _starts(self) -> list[int]:
        return [block.start for block in self._blocks]

    @cached_property
    def _blocks_by_name(self) -> dict[tuple[str, str], list[_Block]]:
        found: dict[tuple[str, str], list[_Block]] = {}
        for block in self._blocks:
            found.setdefault((block.kind, block.name), []).append(block)
        return found

    def _blocks_named(self, kind: str, name: str) -> list[_Block]:
        return self._blocks_by_name.get((kind, name), [])

    def _block_around(self, place: int) -> _Block | None:
        """The block that an offset is certainly in, if it is one at all."""
        index = bisect_right(self._starts, place) - 1
        block = self._blocks[index] if index >= 0 else None
        return block if block is not None and place < block.ends[0] else None

    def _parse_first_function(self, name: str) -> Function | None:
        conditional = [each for node in self.skeleton if (each := _as_function(node)) and each.name == name]
        blocks = self._blocks_named("def", name)
        if len(conditional) + len(blocks) > 1:
            functions = (_as_function(node) for node in self.statements)
            return next((each for each in functions if each is not None and each.name == name), None)
        return _as_function(self._parse_block(blocks[0])) if blocks else next(iter(conditional), None)

    def _parse_class(self, name: str) -> ast.ClassDef | None:
        conditional = [node for node in self.skeleton if isinstance(node, ast.ClassDef) and node.name == name]
        blocks = self._blocks_named("class", name)
        if len(conditional) + len(blocks) > 1:
            found = [node for node in self.statements if isinstance(node, ast.ClassDef) and node.name == name]
            return found[-1] if found else None
        node = self._parse_block(blocks[0]) if blocks else None
        return node if isinstance(node, ast.ClassDef) else next(iter(conditional), None)

    def _last_value(self, name: str) -> ast.expr | None:
        blocks = self._blocks_named("=", name)
        conditional = assigned_value(self.skeleton, name)
        if len(blocks) + (conditional is not None) > 1:
            return assigned_value(self.statements, name)
        node = self._parse_block(blocks[0]) if blocks else None
        return assigned_value([node], name) if node is not None else conditional

    def _parse_block(self, block: _Block) -> ast.stmt | None:
        if block.start not in self._nodes:
            self._nodes[block.start] = self._parsed_block(block)
        return self._nodes[block.start]

    def _parsed_block(self, block: _Block) -> ast.stmt | None:
        above = "\n" * self._text.count("\n", 0, block.start)  # so that the nodes know their lines
        for end in block.ends:
            try:
                return ast.parse(above + self._text[block.start : end]).body[0]
            except (SyntaxError, ValueError, RecursionError):
                continue
        logger.warning("%s: %s can't be parsed; what it defines is unknown", self.path, block.name)
        return None

    def _tree(self, text: str) -> ast.Module:
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            logger.warning("%s can't be parsed (%s); what it defines is unknown", self.path, error)
            return ast.Module([], [])


class _Classes(Mapping[str, ast.ClassDef]):
    """The classes of a module, parsed when looked up."""

    def __init__(self, module: ModuleSource) -> None:
        self._module = module

    def __getitem__(self, name: str) -> ast.ClassDef:
        node = self._module.class_node(name)
        if node is None:
            raise KeyError(name)
        return node

    def __iter__(self) -> Iterator[str]:
        return self._module.class_names()

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Sources:
    """Source files by path. One that can't be read is logged and is None."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._modules: OrderedDict[Path, ModuleSource | None] = OrderedDict()
        self._recordings: list[set[Path]] = []
        self._answers: dict[object, tuple[Any, frozenset[Path]]] = {}

    def module(self, path: Path) -> ModuleSource | None:
        self.note(path)
        if path in self._modules:
            self._modules.move_to_end(path)
            return self._modules[path]
        module = self._modules[path] = _read(path)
        if len(self._modules) > _MOST_MODULES:
            self._drop_to(_MOST_MODULES)
        return module

    def forget(self) -> None:
        """Drop most of what is parsed, until the next questions."""
        self._drop_to(_KEPT_MODULES)

    def _drop_to(self, most: int) -> None:
        while len(self._modules) > most:
            self._modules.popitem(last=False)
        self._answers.clear()  # they would keep what is dropped

    def note(self, path: Path) -> None:
        """Record a file that is read without parsing it here."""
        for recording in self._recordings:
            recording.add(path)

    @contextmanager
    def recording(self) -> Generator[set[Path]]:
        """Gives a set that collects the files which are read, or were read earlier, within the block."""
        files: set[Path] = set()
        self._recordings.append(files)
        try:
            yield files
        finally:
            self._recordings.pop()

    def once(self, question: object, answer: Callable[[], _Answer]) -> _Answer:
        """An answer that is worked out once; who is given it depends on the same files as who asked first."""
        if question not in self._answers:
            with self.recording() as files:
                found = answer()
            self._answers[question] = found, frozenset(files)
        found, files = self._answers[question]
        for recording in self._recordings:
            recording.update(files)
        return found

    def class_named(self, module: ModuleSource, name: str) -> ClassSource | None:
        """The class that a name stands for in a module, imports followed; None if its source isn't found."""
        for _ in range(_MAX_IMPORT_HOPS):
            node = module.class_node(name)
            if node is not None:
                return ClassSource(module, node)
            if name not in module.imports:
                return None
            statement, name = module.imports[name]
            target = self.imported_module(module, statement)
            if target is None:
                return None
            module = target
        return None

    def lineage(self, class_: ClassSource) -> Iterator[ClassSource]:
        """The class and the bases whose source can be found, depth first, each once."""
        pending, seen = [class_], set()
        while pending:
            current = pending.pop(0)
            if (current.module.path, current.node.name) in seen:
                continue
            seen.add((current.module.path, current.node.name))
            yield current
            bases = (self.class_named(current.module, unparsed(base)) for base in current.node.bases)
            pending = [base for base in bases if base is not None] + pending

    def imported_module(self, module: ModuleSource, statement: ast.ImportFrom) -> ModuleSource | None:
        """The module that a ``from … import`` of a module names; None where its source isn't found."""
        parts = (statement.module or "").split(".") if statement.module else []
        if statement.level:
            folder = Path(os.path.normpath(module.path.parent.joinpath(*[".."] * (statement.level - 1))))
            return self._module_at(folder.joinpath(*parts))
        if parts and parts[0] in _NOT_FOLLOWED:
            return None
        candidates = (self._module_at(root.joinpath(*parts)) for root in self._roots)
        return next((found for found in candidates if found is not None), None)

    def _module_at(self, path: Path) -> ModuleSource | None:
        for file in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
            if file.is_file():
                return self.module(file)
        return None


def unparsed(node: ast.AST) -> str:
    """What ``ast.unparse`` says, of dotted names without the time that it takes."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
        return f"{unparsed(node.value)}.{node.attr}"
    return ast.unparse(node)


def _as_function(node: ast.stmt | None) -> Function | None:
    return node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def assigned_value(statements: Sequence[ast.stmt], name: str) -> ast.expr | None:
    """The right side of the last assignment to a name, also under ``if`` and ``try``."""
    found = None
    for node in _flattened(statements):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            found = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else found
    return found


def _top_level_blocks(text: str) -> Iterator[_Block]:
    starts = list(_BLOCK_START.finditer(text))
    ends = [*(match.start() for match in starts[1:]), len(text)]
    decorated: int | None = None
    for number, match in enumerate(starts):
        start = match.start() if decorated is None else decorated
        possible_ends = tuple(ends[number : number + _MAX_BLOCK_CUTS])
        if match["name"]:
            yield _Block("class" if match["kind"] == "class" else "def", match["name"], start, possible_ends)
        elif match["target"]:
            yield _Block("=", match["target"], start, possible_ends)
        decorated = start if match["decorator"] else None


def _flattened(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in statements:
        if isinstance(node, ast.If):
            yield from _flattened([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handlers = [statement for handler in node.handlers for statement in handler.body]
            yield from _flattened([*node.body, *handlers, *node.orelse, *node.finalbody])
        else:
            yield node


def _read(path: Path) -> ModuleSource | None:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ValueError(f"it has more than {_MAX_FILE_BYTES:,} bytes")
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (OSError, SyntaxError, ValueError, LookupError) as error:
        logger.warning("%s can't be read (%s); what it defines is unknown", path, error)
        return None
    return ModuleSource(path, text.replace("\r\n", "\n").replace("\r", "\n"))
