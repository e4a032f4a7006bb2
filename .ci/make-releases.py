"""Writes the catalog's facts of releases (``make releases``): the newest, and what optimum-neuron needs.

Each is read from its source files alone. Whatever such a fact depends on beyond transformers, optimum and
optimum-neuron isn't known where it is used; the fact is left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN, FactCache
from neuron_config_server.catalog.index import reachable_classes
from neuron_config_server.catalog.releases import (
    FOLDER,
    Release,
    digest_of,
    digest_of_code,
    pickled,
    relative_name,
)
from neuron_config_server.lint.check import check
from neuron_config_server.reading.config_reader import ConfigReader
from neuron_config_server.rules import all_rules

REPOSITORY = Path(__file__).parents[1]
OPTIMUM_NEURON = Path(sys.prefix) / "optimum-neuron"
WHAT_IS_ASKED = (
    OPTIMUM_NEURON / "optimum/exporters/neuron/model_configs.py",
    *sorted((REPOSITORY / "neuron_core/configs").rglob("*.py")),
)
"""Files of configs: a release has the facts that the rules ask for when they judge these."""

RELEASES = (
    {TRANSFORMERS: "5.23.0", OPTIMUM: "2.3.0"},  # those of constraints.txt
    {TRANSFORMERS: "4.57.6", OPTIMUM: "2.1.0"},  # the newest that optimum-neuron 0.4.5 allows
)


class Recorder(FactCache):
    """Notes every fact that the catalog reads from files of these folders alone."""

    def __init__(self, roots: Iterable[Path]) -> None:
        super().__init__(None)
        self.roots = tuple(roots)
        self.files: dict[str, tuple[int, bytes]] = {}
        self.facts: dict[str, tuple[tuple[int, ...], bytes]] = {}
        self.left_out: list[str] = []

    def get(self, key: str) -> Any:
        return UNKNOWN

    def put(self, key: str, fact: Any, files: Iterable[Path]) -> None:
        name = key.partition(" ")[2]
        numbers = [self.number(file) for file in sorted(files)]
        known = tuple(number for number in numbers if number is not None)
        if len(known) == len(numbers):
            self.facts[name] = known, pickled(fact, self.roots)
        else:
            self.left_out.append(name)

    def number(self, file: Path) -> int | None:
        name = relative_name(file, self.roots)
        if name is None or not file.is_file():
            return None
        return self.files.setdefault(name, (len(self.files), digest_of(file.read_bytes())))[0]


def main() -> None:
    for number, versions in enumerate(RELEASES):
        folder = REPOSITORY / "build/releases" / f"transformers-{versions[TRANSFORMERS]}"
        if not (folder / "complete").exists():
            install([f"{name}=={version}" for name, version in versions.items()], folder)
        recorder = Recorder((folder, OPTIMUM_NEURON))
        for further in ((), (str(OPTIMUM_NEURON),)):
            entries = (str(folder), *further, *sys.path)
            environment = Environment.of_sys_path(Path(sys.executable), entries, "a release")
            ask_for_facts(Catalog(environment, recorder), everything=number == 0)
        files = tuple((name, digest) for name, (_, digest) in recorder.files.items())
        release = Release(versions, digest_of_code(), files, recorder.facts)
        target = FOLDER / f"{folder.name}.facts"
        target.write_bytes(release.written())
        print(
            f"{target.name}: {len(release.facts):,} facts, {target.stat().st_size:,} bytes; "
            f"left out {len(recorder.left_out)}: {recorder.left_out[:5]}"
        )


def install(requirements: list[str], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    tool = ["uv", "pip"] if shutil.which("uv") else [sys.executable, "-m", "pip"]
    command = [*tool, "install", "--quiet", "--no-deps", "--target", str(folder), *requirements]
    subprocess.run(command, check=True)  # noqa: S603 - nothing of it comes from outside
    (folder / "complete").touch()


def ask_for_facts(catalog: Catalog, *, everything: bool) -> None:
    """Ask for what the rules want of files of configs, and for everything that a stand-in needs."""
    for path in WHAT_IS_ASKED:
        file = ConfigReader(catalog).read(path.read_text(encoding="utf-8"), path)
        result = check(file, catalog, all_rules())
        if result.crashed:
            raise SystemExit(f"{path}: {result.crashed} crashed")
    if not (catalog.model_types and catalog.tasks and catalog.normalized_aliases):
        raise SystemExit(f"not everything was found: {catalog.absence}")
    for model_type, name in reachable_classes(catalog) if everything else ():
        signature = catalog.forward_signature(model_type, name)
        for file in signature.kwargs_files if signature is not None else ():
            catalog.names_in(file)
        catalog.forget_sources()


if __name__ == "__main__":
    main()
