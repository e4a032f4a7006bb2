"""Writes the catalog's bundled snapshot from the packages installed here (``make catalog-snapshot``)."""

from __future__ import annotations

import gzip
import pickle
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import UNKNOWN, FactCache
from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.catalog.index import reachable_classes
from neuron_config_server.catalog.snapshot import SNAPSHOT_FILE

TARGET = Path(__file__).parents[1] / "server/neuron_config_server/catalog/data" / SNAPSHOT_FILE


class Recorder(FactCache):
    """Notes every fact that the catalog reads, its files named as they are within site-packages."""

    def __init__(self, roots: Iterable[Path]) -> None:
        super().__init__(None)
        self.roots = tuple(roots)
        self.facts: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return UNKNOWN

    def put(self, key: str, fact: Any, files: Iterable[Path]) -> None:
        for root in self.roots:
            key = key.replace(f"{root}/", "")
        self.facts[key.partition(" ")[2]] = self.portable(fact)

    def portable(self, fact: Any) -> Any:
        if not isinstance(fact, ForwardSignature):
            return fact
        return replace(
            fact, file=self.relative(fact.file), kwargs_files=tuple(map(self.relative, fact.kwargs_files))
        )

    def relative(self, file: Path) -> Path:
        return next((file.relative_to(root) for root in self.roots if file.is_relative_to(root)), file)


def main() -> None:
    environment = Environment.own()
    recorder = Recorder(environment.roots)
    catalog = Catalog(environment, recorder)
    for model_type, name in reachable_classes(catalog):
        signature = catalog.forward_signature(model_type, name)
        for file in signature.kwargs_files if signature is not None else ():
            catalog.names_in(file)
    if not (catalog.model_types and catalog.tasks and catalog.normalized_aliases):
        raise SystemExit(f"not everything was found: {catalog.absence}")
    versions = {name: environment.package_version(name) for name in (TRANSFORMERS, OPTIMUM)}
    data = pickle.dumps((versions, recorder.facts), protocol=5)
    TARGET.write_bytes(gzip.compress(data, mtime=0))
    print(f"{TARGET.name}: {versions}, {len(recorder.facts):,} facts, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
