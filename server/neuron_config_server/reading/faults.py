"""Why Python can't read a statement, in its own words and at its own place (libcst's is a token late)."""

from __future__ import annotations

import ast
import re
import warnings

from neuron_config_server.reading.positions import source_text
from neuron_config_server.reading.syntax import Span, SyntaxFault

_CERTAIN = re.compile(
    r"\((?:unicode|value) error\)|bytes can only contain|null bytes|keyword argument repeated"
    r"|starred assignment|can't use starred|can't assign|cannot assign|cannot delete"
    r"|outside|duplicate (?:argument|parameter)|annotated name"
    r"|nonlocal|global declaration|and global|assignment expression (?:cannot|within)|comprehension iteration"
)
"""Faults in every version of Python. Any other in a statement that libcst can read may be the syntax of a
later version than the one that runs this.
"""
_OF_OLD_PYTHONS = re.compile(r"asynchronous comprehension|multiple exception types")
_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


def parse_fault(text: str) -> SyntaxFault | None:
    """Of a statement that libcst can't read; None if Python can."""
    try:
        _parse(text)
    except _ERRORS as error:
        return _fault(text, error)
    return None


def python_fault(text: str) -> SyntaxFault | None:
    """Of a statement that libcst can read: a bad escape, say, or a ``return`` in a class body.

    None too where this Python can't read it and a later one may.
    """
    try:
        _compile(_parse(text))
    except (SyntaxError, ValueError) as error:
        return _fault(text, error) if _is_certain(_message(error)) else None
    except (RecursionError, MemoryError):
        return None
    return None


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _compile(tree: ast.Module) -> None:
    """What only the compiler finds: ``return`` in a class body, ``f(a=1, a=2)``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(tree, "<statement>", "exec", dont_inherit=True)


def _is_certain(message: str) -> bool:
    return _CERTAIN.search(message) is not None and _OF_OLD_PYTHONS.search(message) is None


def _fault(text: str, error: Exception) -> SyntaxFault:
    return SyntaxFault(_message(error), _fault_span(text, error))


def _message(error: Exception) -> str:
    message = str(getattr(error, "msg", "") or error) or type(error).__name__
    # Python counts lines from the start of what it was given, here a statement; the range has the right line.
    return message.partition(" (detected at line")[0].partition(" on line ")[0]


def _fault_span(text: str, error: Exception) -> Span:
    """What Python underlines, kept within its line; at the end of a line, the last character before it."""
    source = source_text(text)
    line = max(0, min((getattr(error, "lineno", None) or 1) - 1, len(source.lines) - 1))
    length = len(source.line(line))
    start = max(0, min((getattr(error, "offset", None) or 1) - 1, length - 1))
    on_this_line = getattr(error, "end_lineno", None) == line + 1
    end = (getattr(error, "end_offset", None) or 0) - 1 if on_this_line else start + 1
    return (line, start, line, min(max(end, start + 1), length))
