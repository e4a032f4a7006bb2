"""The wheel, installed as a user installs it: into an environment that has nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
MAX_INSTALLED_BYTES = 40_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, tracked.stdout.split("\0")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--outdir", folder / "dist", source)
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the plain install."""
    folder = tmp_path_factory.mktemp("bare")
    run(sys.executable, "-m", "venv", folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile", wheel)
    return folder / "bin"


def run(*command: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    completed = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert completed.returncode == code, completed.stdout + completed.stderr
    return completed


def test_it_holds_the_two_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {
        "neuron_config_server",
        "neuron_core",
    }
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_plain_install_is_small_and_has_no_torch(bare: Path) -> None:
    (packages,) = bare.parent.glob("lib/python3*/site-packages")
    names = {path.name for path in packages.iterdir()}
    assert not names & {"torch", "transformers", "optimum", "numpy"}
    ours = [
        path
        for path in packages.rglob("*")
        if path.is_file() and path.relative_to(packages).parts[0] not in OF_VENV
    ]
    assert sum(path.stat().st_size for path in ours) < MAX_INSTALLED_BYTES


OF_VENV = {"pip", "setuptools", "_distutils_hack", "distutils-precedence.pth", "pkg_resources"}


def test_the_plain_install_checks_by_its_snapshot_and_says_so(bare: Path, data: Path) -> None:
    completed = run(
        *(bare / "neuron-config", "check", data / "esm_with_mistakes.py", "--environment", bare.parent),
        code=1,
    )
    assert "Found 3 errors." in completed.stdout
    assert "judged by bundled facts" in completed.stderr


def test_the_plain_install_checks_by_the_environment_that_is_named(bare: Path, data: Path) -> None:
    completed = run(
        bare / "neuron-config",
        "check",
        data / "esm_with_mistakes.py",
        "--environment",
        data / "environment",
        code=1,
    )
    assert "Found 3 errors." in completed.stdout


def test_the_plain_install_exports_with_the_engine_of_another_environment(bare: Path, tmp_path: Path) -> None:
    completed = run(
        *(bare / "neuron-config", "export", "--model_type", "esm", "--task", "fill-mask"),
        *("--batch_size", "1", "--sequence_length", "8", tmp_path / "out", "--environment", sys.prefix),
    )
    assert "validated: every output agrees with PyTorch" in completed.stdout


def test_without_an_engine_an_export_says_how_to_get_one(bare: Path, tmp_path: Path) -> None:
    completed = run(
        *(bare / "neuron-config", "export", "--model_type", "esm", "--task", "fill-mask", tmp_path / "out"),
        *("--environment", bare.parent),
        code=2,
    )
    assert "torch, transformers, optimum not installed" in completed.stderr
    assert "pip install 'neuron-config-server[engine]'" in completed.stderr
