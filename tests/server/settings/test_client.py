from __future__ import annotations

from typing import Any

import pytest

from neuron_config_server.settings import Settings, read_settings
from neuron_config_server.settings.client import InlayHints


@pytest.mark.parametrize("options", [None, {}, {"settings": {}}, {"interpreter": None}, {"interpreter": ""}])
def test_nothing_set_gives_the_defaults(options: Any) -> None:
    assert read_settings(options) == (Settings(), [])


@pytest.mark.parametrize("options", [{"interpreter": "a/b"}, {"settings": {"interpreter": "a/b"}}])
def test_an_interpreter(options: Any) -> None:
    assert read_settings(options) == (Settings(interpreter="a/b"), [])


def test_groups_and_switches() -> None:
    options = {"inlayHints": {"shapes": False}, "codeLens": False, "logLevel": "debug"}
    assert read_settings(options) == (
        Settings(inlay_hints=InlayHints(shapes=False), code_lens=False, log_level="debug"),
        [],
    )


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "settings must be an object, not list"),
        ({"settings": 3}, "settings must be an object, not int"),
        ({"interpeter": "a"}, 'there is no setting "interpeter"; did you mean "interpreter"?'),
        (
            {"zzz": 1},
            'there is no setting "zzz"; there is: codeLens, inlayHints, interpreter, logLevel, workspaceDiagnostics',
        ),
        ({"interpreter": 3}, '"interpreter" must be a string, not int'),
        ({"codeLens": "no"}, '"codeLens" must be true or false, not str'),
        ({"inlayHints": True}, '"inlayHints" must be an object, not bool'),
        (
            {"inlayHints": {"shape": True}},
            'there is no setting "inlayHints.shape"; did you mean "inlayHints.shapes"?',
        ),
        ({"logLevel": "loud"}, '"logLevel" must be one of debug, info, warning, error, not "loud"'),
    ],
)
def test_what_cannot_be_used_is_said_and_left_out(options: Any, problem: str) -> None:
    assert read_settings(options) == (Settings(), [problem])


def test_the_rest_counts_even_so() -> None:
    settings, problems = read_settings({"codeLens": 1, "interpreter": "a"})
    assert (settings, len(problems)) == (Settings(interpreter="a"), 1)
