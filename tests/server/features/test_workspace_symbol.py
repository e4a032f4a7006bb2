from __future__ import annotations

import time
from pathlib import Path

import pytest
from lsprotocol import types
from opened import opened

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features import workspace_symbol
from neuron_config_server.features.workspace_symbol import SymbolIndex, matching, symbols_of

CONFIG = """\
@register_in_tasks_manager("{model_type}", "fill-mask")
class {name}NeuronConfig(TextEncoderNeuronConfig):
    pass
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    files = {
        "configs/esm.py": CONFIG.format(model_type="esm", name="Esm"),
        "configs/bert.py": CONFIG.format(model_type="bert", name="Bert"),
        "plain.py": "class EsmTokenizer:\n    pass\n",
        ".hidden/esm.py": CONFIG.format(model_type="hidden", name="Hidden"),
        ".venv/pyvenv.cfg": "",
        "env/pyvenv.cfg": "",
        "env/lib/esm.py": CONFIG.format(model_type="installed", name="Installed"),
        "broken.py": "# NeuronConfig\n" + CONFIG.format(model_type="phi", name="Phi") + "x = (\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "latin.py").write_bytes(b"# NeuronConfig \xff\n")
    return tmp_path


def names(
    index: SymbolIndex, folder: Path, query: str, catalog: Catalog, opened: set[Path] | None = None
) -> list[str]:
    found = index.symbols(folder, opened or set(), catalog, "utf-16", time.monotonic() + 5)
    return [f"{each.name} in {each.container_name}" for each in matching(query, found)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("esm", ["esm in EsmNeuronConfig", "EsmNeuronConfig in esm · 1 task"]),
        ("ESM", ["esm in EsmNeuronConfig", "EsmNeuronConfig in esm · 1 task"]),
        ("bnc", ["BertNeuronConfig in bert · 1 task"]),
        ("ert", ["bert in BertNeuronConfig", "BertNeuronConfig in bert · 1 task"]),
        ("phi", ["phi in PhiNeuronConfig", "PhiNeuronConfig in phi · 1 task"]),
        ("hidden", []),
        ("installed", []),
        ("tokenizer", []),
    ],
)
def test_names_are_found(query: str, expected: list[str], workspace: Path, small_catalog: Catalog) -> None:
    assert names(SymbolIndex(), workspace, query, small_catalog) == expected


def test_everything_is_found_without_a_query_at_most_a_hundred(
    workspace: Path, small_catalog: Catalog
) -> None:
    assert len(names(SymbolIndex(), workspace, "", small_catalog)) == 6
    for number in range(60):
        text = CONFIG.format(model_type="esm", name=f"Esm{number}")
        (workspace / f"more{number}.py").write_text(text, encoding="utf-8")
    assert len(names(SymbolIndex(), workspace, "", small_catalog)) == 100


def test_only_what_changed_is_read_again(
    workspace: Path, small_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = workspace_symbol.read_bytes

    def counting(path: Path) -> bytes:
        read.append(path.name)
        return original(path)

    monkeypatch.setattr(workspace_symbol, "read_bytes", counting)
    index = SymbolIndex()
    names(index, workspace, "", small_catalog)
    assert sorted(read) == ["bert.py", "broken.py", "esm.py", "latin.py", "plain.py"]
    read.clear()
    (workspace / "configs/esm.py").write_text(CONFIG.format(model_type="esm", name="Esmé"), encoding="utf-8")
    (workspace / "configs/bert.py").unlink()
    assert names(index, workspace, "neuron", small_catalog) == [
        "PhiNeuronConfig in phi · 1 task",
        "EsméNeuronConfig in esm · 1 task",
    ]
    assert read == ["esm.py"]


def test_an_open_document_answers_from_its_text(workspace: Path, small_catalog: Catalog) -> None:
    esm = workspace / "configs/esm.py"
    assert names(SymbolIndex(), workspace, "esm", small_catalog, {esm}) == []
    document = opened(
        "# 😋\n" + CONFIG.format(model_type="esm-2", name="Esm2"), small_catalog, uri=esm.as_uri()
    )
    assert document.file is not None
    model_type, class_ = matching("esm", symbols_of(document.file, document.uri, "utf-16"))
    assert (model_type.name, model_type.kind) == ("esm-2", types.SymbolKind.String)
    assert (class_.name, class_.kind) == ("Esm2NeuronConfig", types.SymbolKind.Class)
    assert class_.location == types.Location(
        esm.as_uri(), types.Range(types.Position(2, 6), types.Position(2, 22))
    )


def test_an_answer_takes_no_longer_than_it_may_and_the_next_goes_on(
    workspace: Path, small_catalog: Catalog
) -> None:
    index = SymbolIndex()
    found = list(index.symbols(workspace, set(), small_catalog, "utf-16", time.monotonic() - 1))
    assert found == []
    start = time.monotonic()
    while not names(index, workspace, "esm", small_catalog):
        assert time.monotonic() < start + 10
