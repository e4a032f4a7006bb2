"""No statement of real libraries is refused."""

from __future__ import annotations

import importlib.util
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuron_config_server.reading.limits import too_much
from neuron_config_server.reading.statements import split_statements

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(600)]

REFUSED = {"pydoc_data/topics.py": "more than 320 operators follow one another"}
"""Generated data: a dictionary with texts of up to 2,216 strings side by side."""


def folders() -> Iterator[Path]:
    yield Path(sysconfig.get_path("stdlib"))
    for package in ("transformers", "optimum"):
        spec = importlib.util.find_spec(package)
        yield from (Path(folder) for folder in (spec.submodule_search_locations if spec else None) or ())


def source(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:  # a test of Python's that is in another encoding
        return None


def test_real_code_is_read() -> None:
    refused: dict[str, str] = {}
    for folder in folders():
        for file in folder.rglob("*.py"):
            inside = file.relative_to(folder)
            if "site-packages" in inside.parts or (text := source(file)) is None:
                continue
            reasons = (too_much(statement.text) for statement in split_statements(text))
            refused |= {inside.as_posix(): reason for reason in reasons if reason is not None}
    assert refused == REFUSED
