"""The cache on disk: right or silent, whatever happens to its file."""

from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN, FactCache
from neuron_config_server.catalog.forward_signatures import Parameter

FACT = Parameter("input_ids", "POSITIONAL_OR_KEYWORD", None, "None")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "facts.sqlite"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.py"
    path.write_text("x = 1\n")
    return path


def test_a_fact_is_there_for_the_next_process(file: Path, source: Path) -> None:
    FactCache(file).put("key", FACT, [source])
    assert FactCache(file).get("key") == FACT
    assert FactCache(file).get("other key") is UNKNOWN


def test_that_there_is_nothing_is_a_fact_too(file: Path, source: Path) -> None:
    FactCache(file).put("key", None, [source])
    assert FactCache(file).get("key") is None


@pytest.mark.parametrize("change", ["text", "time", "gone"])
def test_a_fact_ends_with_the_file_that_it_was_read_from(file: Path, source: Path, change: str) -> None:
    cache = FactCache(file)
    cache.put("key", FACT, [source])
    if change == "text":
        source.write_text("x = 1, 2\n")
    elif change == "time":
        os.utime(source, ns=(1, 1))
    else:
        source.unlink()
    assert cache.get("key") is UNKNOWN


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_made_anew(file: Path, source: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    cache = FactCache(file)
    cache.put("key", FACT, [source])
    assert cache.get("key") == FACT


def test_a_file_damaged_while_in_use_is_done_without(file: Path, source: Path) -> None:
    cache = FactCache(file)
    cache.put("key", FACT, [source])
    file.write_bytes(b"\xff" * 10_000)
    file.with_name(file.name + "-wal").write_bytes(b"\xff" * 10_000)
    assert cache.get("key") in (FACT, UNKNOWN)
    cache.put("key", FACT, [source])
    assert FactCache(file).get("key") in (FACT, UNKNOWN)


def test_a_damaged_fact_is_not_known(file: Path, source: Path) -> None:
    FactCache(file).put("key", FACT, [source])
    with sqlite3.connect(file) as database:
        database.execute("UPDATE facts SET fact = ?", (b"\x80\x05garbage",))
    assert FactCache(file).get("key") is UNKNOWN


def test_a_fact_that_would_run_code_does_not(file: Path, source: Path, tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path / 'hit'}",)

    FactCache(file).put("key", FACT, [source])
    with sqlite3.connect(file) as database:
        database.execute("UPDATE facts SET fact = ?", (pickle.dumps(([], Attack())),))
    assert FactCache(file).get("key") is UNKNOWN
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize("obstacle", ["a file for a folder", "a folder for a file"])
def test_where_it_cannot_be_the_answers_are_the_same(
    small_environment: Path, tmp_path: Path, obstacle: str
) -> None:
    if obstacle == "a file for a folder":
        (tmp_path / "blocked").write_text("")
        file = tmp_path / "blocked" / "facts.sqlite"
    else:
        file = tmp_path / "folder.sqlite"
        file.mkdir()
    catalog = Catalog(Environment.discover(None, small_environment, {}), FactCache(file))
    assert catalog.model_class_names("esm", "fill-mask") == ("EsmForMaskedLM",)


def test_a_full_disk_is_done_without(small_environment: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    catalog = Catalog(
        Environment.discover(None, small_environment, {}), FactCache(Path("/dev/full/facts.sqlite"))
    )
    assert catalog.model_class_names("esm", "fill-mask") == ("EsmForMaskedLM",)


def test_a_catalog_gives_the_same_answers_with_and_without(small_environment: Path, file: Path) -> None:
    environment = Environment.discover(None, small_environment, {})
    fresh, filling, filled = (
        Catalog(environment),
        Catalog(environment, FactCache(file)),
        Catalog(environment, FactCache(file)),
    )
    for catalog in (filling, filled):
        assert catalog.tasks == fresh.tasks
        assert catalog.normalized_aliases == fresh.normalized_aliases
        assert catalog.forward_signature("esm", "EsmForMaskedLM") == fresh.forward_signature(
            "esm", "EsmForMaskedLM"
        )
        assert catalog.forward_signature("esm", "NoSuchClass") is None


def test_many_processes_at_once(file: Path, small_environment: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from neuron_config_server.catalog.catalog import Catalog\n"
        "from neuron_config_server.catalog.environment import Environment\n"
        "from neuron_config_server.catalog.fact_cache import FactCache\n"
        "for _ in range(20):\n"
        "    catalog = Catalog(Environment.discover(None, Path(sys.argv[1]), {}), FactCache(Path(sys.argv[2])))\n"
        "    assert catalog.model_class_names('esm', 'fill-mask') == ('EsmForMaskedLM',)\n"
        "    assert catalog.forward_signature('esm', 'EsmForMaskedLM').parameters[0].name == 'input_ids'\n"
    )
    command = [sys.executable, "-c", script, str(small_environment), str(file)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, errors
    assert FactCache(file).get("nothing") is UNKNOWN
