"""What the engine and transformers warn of during an export, so that the report can tell it."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator
from contextlib import contextmanager

_MOST = 20
_LOGGERS = ("neuron_core", "transformers", "py.warnings")
"""Each by itself: transformers' doesn't propagate to the root."""

_PYTHON_WARNING = re.compile(r".*[/\\](?:neuron_core|transformers)[/\\].*?:\d+: (?P<said>.*)")
"""Of Python's own warnings, those of the same two packages: the author can do nothing about others."""

_ANSI_STYLE = re.compile(r"\x1b\[[\d;]*m")
_TABLE_OF_WEIGHTS = " LOAD REPORT from: "
"""Heads transformers 5's table of weights that were missing or left over; pretrained.py says what matters."""


@contextmanager
def warnings_heard() -> Generator[list[str]]:
    """Gathers into the list what is warned of within: the first line of each, once, the first twenty."""
    heard: list[str] = []
    handler = _Listener(heard)
    captured_before = getattr(logging, "_warnings_showwarning", None) is not None
    logging.captureWarnings(True)
    for name in _LOGGERS:
        logging.getLogger(name).addHandler(handler)
    try:
        yield heard
    finally:
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(handler)
        logging.captureWarnings(captured_before)


class _Listener(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        said = _first_line(record)
        if said and said not in self._heard and len(self._heard) < _MOST:
            self._heard.append(said)
        if logging.lastResort is not None and not _is_shown(record):
            logging.lastResort.handle(record)  # which logging leaves out once somebody listens


def _first_line(record: logging.LogRecord) -> str:
    line = _ANSI_STYLE.sub("", record.getMessage()).strip().partition("\n")[0]
    if _TABLE_OF_WEIGHTS in line:
        return ""
    if record.name != "py.warnings":
        return line
    warned = _PYTHON_WARNING.fullmatch(line)
    return warned["said"] if warned else ""


def _is_shown(record: logging.LogRecord) -> bool:
    """Whether another handler writes it: transformers has its own, a program's root may have one."""
    return record.name.startswith("transformers") or bool(logging.getLogger().handlers)
