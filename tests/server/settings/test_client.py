from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.settings import Settings, read_settings


@pytest.mark.parametrize("options", [None, {}, {"settings": {}}, {"interpreter": None}, {"interpreter": ""}])
def test_nothing_set_gives_the_defaults(options: Any) -> None:
    assert read_settings(options) == (Settings(), [])


@pytest.mark.parametrize("options", [{"interpreter": "a/b"}, {"settings": {"interpreter": "a/b"}}])
def test_an_interpreter(options: Any) -> None:
    assert read_settings(options) == (Settings(interpreter=Path("a/b")), [])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "initializationOptions must be an object, not list"),
        ({"settings": 3}, "initializationOptions must be an object, not int"),
        ({"interpeter": "a"}, 'there is no setting "interpeter"; there is: interpreter'),
        ({"interpreter": 3}, '"interpreter" must be a string, not int'),
    ],
)
def test_what_cannot_be_used_is_said_and_left_out(options: Any, problem: str) -> None:
    assert read_settings(options) == (Settings(), [problem])
