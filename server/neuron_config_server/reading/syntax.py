"""What a statement says, as values: the part of Python's grammar that evaluation follows, with positions.

libcst's trees are large, and compare by identity. These are small, compare by value, and hold nothing but
what their text says: facts of equal texts are equal. Positions are those of the statement's own text; a
statement that moves keeps its facts (:class:`.statement_reader.ReadStatement` has its line).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Union

Span = tuple[int, int, int, int]
"""First line, column, last line, column: from 0, columns in code points, of the statement's text."""


# Expressions


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, ``None``, ``True``, ``False``, ``...`` or bytes."""

    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A plain string, no f-string and no concatenation."""

    value: str
    span: Span
    """With its quotes."""
    opening: int
    """Length of its prefix and opening quote."""
    closing: int
    """Length of its closing quote."""


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Attribute:
    owner: Expression
    name: str
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True)
class Starred:
    """``*x`` among elements or arguments."""

    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Display:
    """``[a, b]``, ``(a, b)`` or ``{a, b}``."""

    kind: str
    """``list``, ``tuple`` or ``set``."""
    elements: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Dict:
    """``{key: value, **others}``."""

    items: tuple[tuple[Expression | None, Expression], ...]
    """The key is None before ``**``."""
    span: Span


@dataclass(frozen=True, slots=True)
class Argument:
    value: Expression
    keyword: str | None
    star: str
    """``""``, ``*`` or ``**``."""
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    function: Expression
    arguments: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    left: Expression
    operator: str
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Expression
    rest: tuple[tuple[str, Expression], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Conjunction:
    """``a and b``, ``a or b``."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    test: Expression
    body: Expression
    orelse: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Slice:
    lower: Expression | None
    upper: Expression | None
    step: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Subscript:
    owner: Expression
    index: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Interpolation:
    """``{value!r:spec}`` in an f-string."""

    value: Expression
    conversion: str | None
    specification: Formatted | None
    label: str | None
    """``value=`` of ``{value=}``."""
    span: Span


@dataclass(frozen=True, slots=True)
class Formatted:
    """An f-string, or strings that stand side by side."""

    parts: tuple[Text | Interpolation | Formatted, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Clause:
    """``for target in iterable if condition …``."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comprehension:
    kind: str
    """``list``, ``set``, ``generator`` or ``dict``."""
    element: Expression
    value: Expression | None
    """Of a ``dict``."""
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Lambda:
    function: Function
    span: Span


@dataclass(frozen=True, slots=True)
class Walrus:
    target: str
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Yield:
    value: Expression | None
    is_from: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Other:
    """An expression or a statement that evaluation doesn't follow."""

    source: str
    span: Span


Expression = Union[
    Constant,
    Text,
    Name,
    Attribute,
    Starred,
    Display,
    Dict,
    Call,
    Binary,
    Unary,
    Comparison,
    Conjunction,
    Conditional,
    Slice,
    Subscript,
    Formatted,
    Comprehension,
    Lambda,
    Walrus,
    Yield,
    Other,
]


# Statements


@dataclass(frozen=True, slots=True)
class Assign:
    targets: tuple[Expression, ...]
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Declare:
    """``name: annotation`` without a value."""

    target: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Augment:
    target: Expression
    operator: str
    """Without its ``=``."""
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Evaluate:
    """An expression that stands alone."""

    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    test: Expression
    body: Block
    orelse: Block
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    target: Expression
    iterable: Expression
    body: Block
    orelse: Block
    span: Span


@dataclass(frozen=True, slots=True)
class While:
    test: Expression
    body: Block
    orelse: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Handler:
    types: Expression | None
    """None catches everything."""
    name: str | None
    body: Block


@dataclass(frozen=True, slots=True)
class Try:
    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    finalbody: Block
    span: Span


@dataclass(frozen=True, slots=True)
class With:
    items: tuple[tuple[Expression, Expression | None], ...]
    """Context and target."""
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Raise:
    exception: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Assert:
    test: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Delete:
    targets: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Jump:
    """``break``, ``continue`` or ``pass``."""

    keyword: str
    span: Span


@dataclass(frozen=True, slots=True)
class Borrow:
    """``nonlocal a`` or ``global a``."""

    keyword: str
    names: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """``case pattern if guard:``."""

    patterns: tuple[Expression, ...]
    """Values, one of which is meant (``None``, ``True`` and ``False`` by identity); none: anything."""
    capture: str | None
    """The name that takes what is matched."""
    guard: Expression | None
    body: Block


@dataclass(frozen=True, slots=True)
class Match:
    subject: Expression
    cases: tuple[Case, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    names: tuple[tuple[str, str], ...]
    """Local name, dotted name of what it stands for (relative ones keep their dots)."""
    modules: tuple[str, ...]
    """The dotted modules that are imported, relative ones with their dots."""
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: str
    """``positional-only``, ``positional``, ``keyword``, ``*`` or ``**``."""
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expression, ...]
    body: Block
    is_coroutine: bool
    is_generator: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Class:
    name: str
    name_span: Span
    bases: tuple[Argument, ...]
    """Keyword arguments too."""
    decorators: tuple[Expression, ...]
    body: Block
    span: Span


Statement = Union[
    Assign,
    Declare,
    Augment,
    Evaluate,
    Return,
    If,
    For,
    While,
    Try,
    With,
    Raise,
    Assert,
    Delete,
    Jump,
    Borrow,
    Match,
    Import,
    Function,
    Class,
    Other,
]
Block = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Where and why Python can't read a statement."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """Everything that the text of one top-level statement says."""

    body: Block = ()
    """Several where a line holds several."""
    fault: SyntaxFault | None = None
    unread: str | None = None
    """Why nothing is known of it though nothing is wrong: too deep, too long, or of a later Python."""


def nodes_in(value: Any) -> Iterator[Any]:
    """A piece of syntax and every piece within it, each before what is within it."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if type(each) is tuple:
            waiting.extend(reversed(each))
        elif (parts := parts_of(type(each))) is not None:
            yield each
            waiting.extend([getattr(each, name) for name in parts])


@cache
def parts_of(kind: type) -> tuple[str, ...] | None:
    """The fields that hold syntax, of a kind of syntax, the last one first; None of anything else."""
    if not is_dataclass(kind):
        return None
    return tuple(each.name for each in reversed(fields(kind)) if each.type not in _WITHOUT_SYNTAX)


_WITHOUT_SYNTAX = (
    "Span",
    "str",
    "str | None",
    "int",
    "bool",
    "tuple[str, ...]",
    "tuple[tuple[str, str], ...]",
)
