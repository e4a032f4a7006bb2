"""The protocol's classes are what they are otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from lsprotocol import types

SEEN = """
import json, sys
{load}
from lsprotocol import types
from pygls.protocol import default_converter

place = types.Range(types.Position(1, 2), types.Position(3, 4))
again = types.Range(types.Position(1, 2), types.Position(3, 4))
action = types.CodeAction("title", edit=types.WorkspaceEdit(changes={{"file:///a.py": [types.TextEdit(place, "x")]}}))
classes = [each for each in vars(types).values() if hasattr(each, "__attrs_attrs__")]
def kind(class_, name):
    found = getattr(class_, name, None)
    return found is None or found is getattr(object, name)
converter = default_converter()
as_json = converter.unstructure(action)
print(json.dumps({{
    "shown": [repr(place), repr(action), repr(types.Position(0, 0)), str(types.SetTraceParams("off"))],
    "equal": [place == again, place != again, place == types.Range(types.Position(1, 2), types.Position(3, 5)),
              place == 5, types.Position(1, 2) < types.Position(1, 3), types.TextEdit(place, "x") == types.TextEdit(again, "x")],
    "hashed": [[each.__name__, each.__hash__ is None] for each in classes],
    "own": [[each.__name__, kind(each, "__eq__"), kind(each, "__repr__")] for each in classes],
    "fields": [[each.__name__, [field.name for field in each.__attrs_attrs__], hasattr(each, "__slots__")] for each in classes],
    "json": as_json,
    "back": converter.structure(as_json, types.CodeAction) == action,
}}))
"""
LOAD = "from neuron_config_server.features import light_types; light_types.load()"


def seen(load: str) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-c", SEEN.format(load=load)], capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)


def test_they_are_compared_shown_and_converted_alike() -> None:
    light, usual = seen(LOAD), seen("")
    assert len(light["fields"]) > 500
    assert light == usual


def test_loaded_already_they_stay_as_they_are() -> None:
    from neuron_config_server.features import light_types

    before = types.Position
    light_types.load()
    assert types.Position is before
    assert types.Position.__eq__ is not light_types._is_equal
