"""The bundled facts of releases, held against what is read from the files of the same release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN
from neuron_config_server.catalog.releases import FOLDER, ReleasedFacts, bundled

pytestmark = pytest.mark.truth


def test_every_released_fact_is_what_is_read_afresh() -> None:
    environment = Environment.own()
    name = f"transformers-{environment.package_version('transformers')}.facts"
    release = bundled(name) if (FOLDER / name).exists() else None
    if release is None:
        pytest.skip(f"there is no {name}")
    released, catalog = ReleasedFacts(environment), Catalog(environment)
    found: Counter[str] = Counter()
    wrong = []
    for key in release.facts:
        kind, _, rest = key.partition(" ")
        fact = released.get(key)
        if fact is UNKNOWN:
            found[f"{kind}: other files here"] += 1
            continue
        found[kind] += 1
        if fact != _READERS[kind](catalog, rest):
            wrong.append(key)
        catalog.forget()
    assert wrong == []
    assert {"forward", "outputs", "config", "mapping", "tasks"} <= set(found)
    # optimum-neuron isn't in this environment: the generators with its own are of other files.
    assert sum(number for kind, number in found.items() if kind.endswith("here")) <= 1, found


def _of_class(ask: Callable[[Catalog], Callable[[str, str], Any]]) -> Callable[[Catalog, str], Any]:
    return lambda catalog, rest: ask(catalog)(*rest.split(" "))


_READERS: dict[str, Callable[[Catalog, str], Any]] = {
    "aliases": lambda catalog, _: catalog.normalized_aliases,
    "config": lambda catalog, rest: catalog.config_class(rest),
    "forward": _of_class(lambda catalog: catalog.forward_signature),
    "generators": lambda catalog, _: catalog.dummy_generators,
    "mapping": lambda catalog, rest: catalog.auto_mapping(rest),
    "model": lambda catalog, _: catalog.model_types,
    "names": lambda catalog, rest: catalog.names_in(_file(catalog, rest)),
    "normalized": lambda catalog, _: catalog.normalized_configs,
    "outputs": _of_class(lambda catalog: catalog.outputs),
    "tasks": lambda catalog, _: catalog.tasks,
}


def _file(catalog: Catalog, path: str) -> Any:
    return catalog.environment.file(path)
