"""Bundled facts of releases: for files as a release has them, and where transformers or optimum is missing."""

from __future__ import annotations

import dataclasses
import logging
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog import releases
from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.configs.classes import ConfigClass
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN
from neuron_config_server.catalog.forward_signatures import Admission, ForwardSignature
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs
from neuron_config_server.catalog.releases import (
    FOLDER,
    Release,
    ReleasedFacts,
    bundled,
    digest_of,
    digest_of_code,
    newest_release,
    pickled,
    release_in,
)

NAMES = sorted(file.name for file in FOLDER.glob("*.facts"))


@pytest.fixture
def served_catalog(empty_catalog: Catalog) -> Catalog:
    """The catalog of an environment that has nothing, with a release that stands in."""
    return Catalog(empty_catalog.environment, stand_in=newest_release)


def test_it_answers_what_an_installed_transformers_would(served_catalog: Catalog) -> None:
    assert served_catalog.model_types is not None
    assert served_catalog.model_types["esm"] == "EsmConfig"
    assert served_catalog.tasks is not None
    assert served_catalog.tasks.canonical("sequence-classification") == "text-classification"
    assert served_catalog.normalized_aliases is not None
    assert "bert" in served_catalog.normalized_aliases
    assert served_catalog.model_class_names("esm", "fill-mask") == ("EsmForMaskedLM",)
    found = served_catalog.forward_signature("esm", "EsmForMaskedLM")
    assert found is not None
    assert found.file == Path("transformers/models/esm/modeling_esm.py")
    assert served_catalog.admission(found, "input_ids") is Admission.TAKEN
    assert served_catalog.admission(found, "token_type_ids") is Admission.SWALLOWED


def test_what_it_does_not_hold_is_unknown(served_catalog: Catalog) -> None:
    assert served_catalog.forward_signature("esm", "NoSuchClass") is None
    assert served_catalog.outputs("esm", "NoSuchClass") is None


def test_it_says_that_it_serves(served_catalog: Catalog) -> None:
    versions = served_catalog.stand_in_versions
    assert set(versions) == {"optimum", "transformers"}
    assert served_catalog.absence is not None
    assert f"bundled facts of optimum {versions['optimum']}, transformers" in served_catalog.absence
    assert "is not checked" not in served_catalog.absence


def test_without_it_what_depends_on_the_packages_is_not_checked(empty_catalog: Catalog) -> None:
    assert empty_catalog.model_types is None
    assert empty_catalog.absence is not None
    assert "what depends on optimum and transformers is not checked" in empty_catalog.absence


def test_what_is_installed_is_not_taken_from_it(small_environment: Path) -> None:
    environment = Environment.discover(None, small_environment, {})
    catalog = Catalog(environment, released=ReleasedFacts(environment), stand_in=newest_release)
    assert catalog.absence is None
    assert catalog.model_class_names("llama", "text-generation") == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_facts_are_what_this_code_reads(name: str) -> None:
    release = bundled(name)
    assert release is not None
    assert release.code == digest_of_code(), "the code that reads facts has changed: run `make releases`"


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_has_the_fields_that_it_has_today(name: str) -> None:
    release = bundled(name)
    assert release is not None
    facts = [release.fact(key) for key in release.facts]
    kinds = (ForwardSignature, ModelOutputs, ConfigClass)
    for kind in kinds:
        assert sum(isinstance(fact, kind) for fact in facts) > 20
    for fact in facts:
        if isinstance(fact, kinds):
            assert {field.name for field in dataclasses.fields(fact)} == set(vars(fact))
            assert not fact.file.is_absolute()


@pytest.fixture
def small_release(small_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment, and a release whose one fact was read from one of its files."""
    shutil.copytree(small_environment, tmp_path / "environment", symlinks=True)
    environment = Environment.discover(None, tmp_path / "environment", {})
    models = environment.file("transformers/models/auto/modeling_auto.py")
    file = environment.file("optimum/exporters/tasks.py")
    assert models is not None
    assert file is not None
    (models.parents[2] / "__init__.py").write_text('__version__ = "9.8.7"\n')
    fact = pickled(file, environment.roots)
    put(
        Release(
            {"transformers": "9.8.1"},
            digest_of_code(),
            (("optimum/exporters/tasks.py", digest_of(file.read_bytes())),),
            {"where": ((0,), fact)},
        ),
        tmp_path,
        monkeypatch,
    )
    return environment


def put(release: Release, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "transformers-9.8.1.facts").write_bytes(release.written())
    read_from(folder, monkeypatch)


def read_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "FOLDER", folder)
    releases._names.cache_clear()
    bundled.cache_clear()


@pytest.fixture(autouse=True)
def caches() -> Iterator[None]:
    """Nothing of a test's own releases is kept."""
    yield
    releases._names.cache_clear()
    bundled.cache_clear()


def test_a_fact_serves_where_its_files_are_those_of_the_release(small_release: Environment) -> None:
    assert ReleasedFacts(small_release).get("where") == small_release.file("optimum/exporters/tasks.py")
    assert ReleasedFacts(small_release).get("what it hasn't") is UNKNOWN


def test_it_does_not_where_one_is_another(small_release: Environment) -> None:
    file = small_release.file("optimum/exporters/tasks.py")
    assert file is not None
    file.write_text(file.read_text() + "\n")
    assert ReleasedFacts(small_release).get("where") is UNKNOWN


def test_it_does_not_where_one_is_missing(small_release: Environment) -> None:
    file = small_release.file("optimum/exporters/tasks.py")
    assert file is not None
    file.unlink()
    assert ReleasedFacts(small_release).get("where") is UNKNOWN


@pytest.mark.parametrize("version", ["9.7.1", "8.8.1", "unknown"])
def test_a_release_of_another_minor_version_is_not_even_opened(
    version: str, small_release: Environment
) -> None:
    init = small_release.file("transformers/__init__.py")
    assert init is not None
    init.write_text(f'__version__ = "{version}"\n')
    assert ReleasedFacts(small_release).get("where") is UNKNOWN


def test_what_other_code_read_is_not_used(
    small_release: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = bundled("transformers-9.8.1.facts")
    assert release is not None
    put(dataclasses.replace(release, code=b"of yesterday"), tmp_path, monkeypatch)
    assert ReleasedFacts(small_release).get("where") is UNKNOWN


def test_the_catalog_asks_for_it_before_it_reads(
    small_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = Environment.discover(None, small_environment, {})
    asked: list[str] = []

    class Facts(ReleasedFacts):
        def get(self, key: str) -> Any:
            asked.append(key)
            return {"bert": "a fact"} if key == "aliases" else UNKNOWN

    catalog = Catalog(environment, released=Facts(environment))
    assert catalog.normalized_aliases == {"bert": "a fact"}
    assert catalog.tasks is not None
    assert asked == ["aliases", "tasks"]


@pytest.mark.parametrize(
    "data",
    [b"", b"not compressed", zlib.compress(b"no pickle")],
    ids=["empty", "not compressed", "no pickle"],
)
def test_a_damaged_one_is_done_without(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "transformers-1.2.3.facts").write_bytes(data)
    read_from(tmp_path, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert newest_release() is None
    assert "transformers-1.2.3.facts can't be read" in caplog.text


def test_without_any_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_from(tmp_path, monkeypatch)
    assert newest_release() is None


def test_what_is_written_is_read() -> None:
    release = Release(
        {"transformers": "1.2.3"}, b"code", (("a.py", b"digest"),), {"key": ((0,), pickled(1, ()))}
    )
    assert release_in(release.written()) == release
    assert release.fact("key") == 1
