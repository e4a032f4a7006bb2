"""Ways in which people write configs: what each class of ``data/idioms`` is told to mean, where nobody says otherwise.

``data/idioms/expected.json`` says what Python gives; ``tests/truth/test_effective_configs.py`` holds it against the
imported classes, with every other situation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.reading.effective import EffectiveConfig, Variant
from neuron_config_server.reading.literals import Strings

IDIOMS = Path(__file__).parents[2] / "data/idioms"
EXPECTED = json.loads((IDIOMS / "expected.json").read_text(encoding="utf-8"))

NOT_TOLD = {
    ("AbsentValuesNeuronConfig", "inputs"),
    ("TwiceNeuronConfig", "outputs"),
    ("MixinLastNeuronConfig", "outputs"),
}
"""(class, property) that reading leaves unknown: what it depends on isn't in the files."""


def test_there_are_enough_of_them() -> None:
    assert len({class_ for classes in EXPECTED.values() for class_ in classes}) >= 90


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_idioms_mean_what_python_says(name: str, real_catalog: Catalog) -> None:
    path = IDIOMS / name
    file = read_config_file(path.read_text(encoding="utf-8"), real_catalog, path)
    assert not file.faults
    differing: dict[tuple[str, str, str], tuple[Any, Any]] = {}
    compared: dict[str, dict[str, Any]] = {}
    for effective in file.effective:
        expected = EXPECTED[name][effective.config.name][effective.task]
        compared.setdefault(effective.config.name, {})[effective.task] = expected
        for property_, value in expected.items():
            told = told_by(effective, property_)
            if told != value:
                differing[effective.config.name, effective.task, property_] = told, value
    assert {key: pair for key, pair in differing.items() if (key[0], key[2]) not in NOT_TOLD} == {}
    assert compared == EXPECTED[name]


def told_by(effective: EffectiveConfig, name: str) -> dict[str, Any]:
    """What holds by default, written as in ``expected.json``."""
    first: Variant[Any] = getattr(effective, name).variants[0]
    assert first.is_default
    if first.unknown is not None:
        return {"unknown": first.unknown}
    if first.raises is not None:
        return {"raises": first.raises.partition(":")[0]}
    value = first.value
    return {"value": list(value.values) if isinstance(value, Strings) else value}
