"""Catalogs to judge by: of a small environment that we wrote, and of the one that the tests run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment


@pytest.fixture
def small_environment(data: Path) -> Path:
    """A folder laid out as a virtual environment, with the parts of transformers and optimum that are read."""
    return data / "environment"


@pytest.fixture
def small_catalog(small_environment: Path) -> Catalog:
    return Catalog(Environment.discover(None, small_environment, {}))


@pytest.fixture(scope="session")
def real_catalog() -> Catalog:
    """The catalog of the packages installed here; skips where they aren't."""
    catalog = Catalog(Environment.own())
    if catalog.missing:
        pytest.skip(f"not installed: {', '.join(catalog.missing)} (the extra [engine])")
    return catalog


@pytest.fixture
def empty_catalog(tmp_path: Path) -> Catalog:
    """The catalog of an environment that has neither transformers nor optimum."""
    (tmp_path / "lib/python3.11/site-packages").mkdir(parents=True)
    return Catalog(Environment.discover(None, tmp_path, {}))
