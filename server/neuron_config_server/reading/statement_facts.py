"""The text of one statement -> its facts."""

from __future__ import annotations

import warnings

import libcst as cst

from neuron_config_server.reading.faults import parse_fault, python_fault
from neuron_config_server.reading.limits import too_much
from neuron_config_server.reading.lowering import Lowering
from neuron_config_server.reading.syntax import StatementFacts

_TOO_DEEP = "it is nested deeper than is read"
_NOT_PARSED = "libcst can't read it"


def read_statement(text: str) -> StatementFacts:
    """The facts of a statement; of one that doesn't parse, only where it is at fault."""
    unread = too_much(text)
    if unread is not None:
        return StatementFacts(unread=unread)
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError, cst.CSTLogicError):  # `return*a`, `"a" t"b"`
        fault = parse_fault(text) or python_fault(text)
        return StatementFacts(fault=fault, unread=_NOT_PARSED if fault is None else None)
    except RecursionError:
        return StatementFacts(unread=_TOO_DEEP)
    fault = python_fault(text)
    return StatementFacts(fault=fault) if fault is not None else _lowered(module)


def _lowered(module: cst.Module) -> StatementFacts:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the author's escapes, which Python's own checks report
            return StatementFacts(Lowering(module).statements())
    except RecursionError:
        return StatementFacts(unread=_TOO_DEEP)
    except (SyntaxError, ValueError):  # a string of a later Python, which this one can't evaluate
        return StatementFacts(unread=_NOT_PARSED)
