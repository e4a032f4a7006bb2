"""The text of one statement -> its facts."""

from __future__ import annotations

import warnings

import libcst as cst

from neuron_config_server.reading.faults import parse_fault, python_fault
from neuron_config_server.reading.limits import too_much
from neuron_config_server.reading.lowering import Lowering
from neuron_config_server.reading.syntax import StatementFacts

_TOO_DEEP = "it is nested deeper than is read"


def read_statement(text: str) -> StatementFacts:
    """The facts of a statement; of one that doesn't parse, only where it is at fault."""
    unread = too_much(text)
    if unread is not None:
        return StatementFacts(unread=unread)
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError:
        fault = parse_fault(text)
        return StatementFacts(fault=fault, unread=None if fault is not None else "libcst can't read it")
    except RecursionError:
        return StatementFacts(unread=_TOO_DEEP)
    fault = python_fault(text)
    if fault is not None:
        return StatementFacts(fault=fault)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the author's escapes, which Python's own checks report
            return StatementFacts(Lowering(module).statements())
    except RecursionError:
        return StatementFacts(unread=_TOO_DEEP)
