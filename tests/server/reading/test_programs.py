"""Small programs that are easily read wrong: what is told of their inputs is what Python gives.

``data/programs.json`` has each one's source and what came of it when it was executed (``make truth`` does so again).
Unknown is always a right answer; ``MOSTLY_TOLD`` sees to it that it isn't the usual one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file

PROGRAMS = json.loads((Path(__file__).parents[2] / "data" / "programs.json").read_text(encoding="utf-8"))
HEAD = """\
from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager
from optimum.utils import NormalizedTextConfig
"""
BASE = """\
class Base(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    NAMES = ['n', 'm']

    @property
    def inputs(self):
        return ['base']
"""
MOSTLY_TOLD = 0.35
"""Of programs that were written to be hard."""

_WITH_ALL = "a file is read as with all the packages that it can use"
_UNFINISHED = (
    "a name that the file doesn't define is taken to come from somewhere, as in code that is being written"
)
_MAY_RAISE = "what isn't followed is taken not to raise, where nothing catches it"
POLICIES = {
    "descriptor_set_name": "a descriptor that changes its class is not looked for",
    "if_unknown_only_binding": _WITH_ALL,
    "if_unknown_only_binding_list": _WITH_ALL,
    "import_bare_except": _WITH_ALL,
    "import_missing_in_method": _WITH_ALL,
    "import_missing_module": _WITH_ALL,
    "import_missing_name": _WITH_ALL,
    "import_missing_raises_in_method": _WITH_ALL,
    "import_suppress": _WITH_ALL,
    "islice_bad_argument_lazy": _MAY_RAISE,
    "mro_conflict": "bases that Python refuses are read depth first: the file is being written",
    "nameerror_caught": _UNFINISHED,
    "plain_class_instance_no_init": "what an instance of another class shares with its class is not followed",
    "star_import_overrides": "a star import is taken to override nothing",
    "undefined_name_in_raise_argument": _UNFINISHED,
    "undefined_name_statement": _UNFINISHED,
    "unknown_list_remove_of_unknown_raises": _MAY_RAISE,
    "unknown_raises_uncaught": _MAY_RAISE,
}
"""Programs that are read otherwise than they run, on purpose, and why."""


def told(source: str, catalog: Catalog) -> dict[str, Any] | None:
    """What holds by default of ``A.inputs``; None if it isn't told."""
    file = read_config_file(HEAD + source.replace("BASE\n", BASE), catalog)
    effective = next((each for each in file.effective if each.config.name == "A"), None)
    default = effective.inputs.variants[0] if effective is not None else None
    if default is None or default.unknown is not None or not default.is_understood:
        return None
    if default.raises is not None:
        return {"raises": default.raises.partition(":")[0]}
    assert default.value is not None
    return {"value": list(default.value.values)}


@pytest.fixture(scope="module")
def told_by_name(real_catalog: Catalog) -> dict[str, dict[str, Any] | None]:
    return {name: told(each["source"], real_catalog) for name, each in PROGRAMS.items()}


def test_what_is_told_is_what_python_gives(told_by_name: dict[str, dict[str, Any] | None]) -> None:
    differing = {
        name: (found, PROGRAMS[name]["executed"])
        for name, found in told_by_name.items()
        if found is not None and found != PROGRAMS[name]["executed"] and name not in POLICIES
    }
    assert differing == {}


def test_most_is_told(told_by_name: dict[str, dict[str, Any] | None]) -> None:
    assert sum(each is not None for each in told_by_name.values()) >= MOSTLY_TOLD * len(told_by_name)


def test_every_policy_is_still_one(told_by_name: dict[str, dict[str, Any] | None]) -> None:
    assert {name for name in POLICIES if told_by_name[name] in (None, PROGRAMS[name]["executed"])} == set()
