"""The bundled snapshot: serves where transformers or optimum is missing, and says so."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import pytest

from neuron_config_server.catalog import snapshot
from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.forward_signatures import Admission, ForwardSignature
from neuron_config_server.catalog.snapshot import bundled_snapshot


@pytest.fixture
def served_catalog(empty_catalog: Catalog) -> Catalog:
    """The catalog of an environment that has nothing, with the snapshot to help it."""
    return Catalog(empty_catalog.environment, snapshot=bundled_snapshot)


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
    assert served_catalog.config_class("esm") is None
    assert served_catalog.outputs("esm", "EsmForMaskedLM") is None


def test_it_says_that_it_serves(served_catalog: Catalog) -> None:
    versions = served_catalog.snapshot_versions
    assert set(versions) == {"optimum", "transformers"}
    assert served_catalog.absence is not None
    assert f"a bundled snapshot of optimum {versions['optimum']}, transformers" in served_catalog.absence
    assert "is not checked" not in served_catalog.absence


def test_without_it_what_depends_on_the_packages_is_not_checked(empty_catalog: Catalog) -> None:
    assert empty_catalog.model_types is None
    assert empty_catalog.absence is not None
    assert "what depends on optimum and transformers is not checked" in empty_catalog.absence


def test_what_is_installed_is_not_taken_from_it(small_environment: Path) -> None:
    catalog = Catalog(Environment.discover(None, small_environment, {}), snapshot=bundled_snapshot)
    assert catalog.absence is None
    assert catalog.model_class_names("llama", "text-generation") == ()


def test_every_fact_has_the_fields_that_it_has_today() -> None:
    bundled = bundled_snapshot()
    assert bundled is not None
    signatures = [fact for fact in bundled.facts.values() if isinstance(fact, ForwardSignature)]
    assert len(signatures) > 1000
    for signature in signatures:
        assert {field.name for field in dataclasses.fields(signature)} == set(vars(signature))
        assert not signature.file.is_absolute()
        assert not any(file.is_absolute() for file in signature.kwargs_files)


@pytest.mark.parametrize(
    "data", [b"", b"no gzip", gzip.compress(b"no pickle")], ids=["empty", "no gzip", "no pickle"]
)
def test_a_damaged_one_is_done_without(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "damaged").write_bytes(data)
    monkeypatch.setattr(snapshot, "SNAPSHOT_FILE", str(tmp_path / "damaged"))
    assert bundled_snapshot.__wrapped__() is None
    assert "snapshot of transformers can't be read" in caplog.text
