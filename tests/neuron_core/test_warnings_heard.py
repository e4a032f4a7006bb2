"""Warnings of an export reach the report."""

from __future__ import annotations

import logging
import warnings

import pytest

from neuron_core.warnings_heard import warnings_heard


def test_warnings_of_the_engine_and_of_transformers_are_heard_once_each_by_their_first_line() -> None:
    with warnings_heard() as heard:
        for _ in range(2):
            logging.getLogger("neuron_core.configs.registry").warning("%s replaces %s.\nmore", "A", "B")
        logging.getLogger("transformers.models.bert").error("\x1b[1mwrong\x1b[0m")
        logging.getLogger("neuron_core").info("nothing to worry about")
        logging.getLogger("urllib3").warning("noise")
    logging.getLogger("neuron_core").warning("too late")
    assert heard == ["A replaces B.", "wrong"]


def test_pythons_warnings_are_heard_where_they_come_from_the_same_packages() -> None:
    before = warnings.showwarning
    with warnings_heard() as heard:
        for file in ("/x/site-packages/transformers/utils.py", "/x/site-packages/torch/jit.py"):
            warnings.warn_explicit(f"careful in {file}", UserWarning, file, 3)
    assert heard == ["UserWarning: careful in /x/site-packages/transformers/utils.py"]
    assert warnings.showwarning is before


def test_twenty_are_enough() -> None:
    with warnings_heard() as heard:
        for number in range(30):
            logging.getLogger("neuron_core").warning("warning %d", number)
    assert len(heard) == 20
    assert heard[-1] == "warning 19"


def test_what_nobody_else_shows_still_goes_to_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with warnings_heard():
        logging.getLogger("neuron_core").warning("a job's log needs it when the job crashes")
    assert capsys.readouterr().err == "a job's log needs it when the job crashes\n"
