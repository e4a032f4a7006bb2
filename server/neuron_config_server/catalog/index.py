"""The index of transformers: which model classes there are and what each takes, read once for the cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog


@dataclass(frozen=True)
class Progress:
    """How far the index is."""

    done: int
    total: int
    about: str
    """The class that was read last."""


def reachable_classes(catalog: Catalog) -> list[tuple[str, str]]:
    """Every (model type, model class) that a task of optimum can load, each once."""
    if catalog.tasks is None:
        return []
    auto_classes = {name for names in catalog.tasks.auto_classes[TRANSFORMERS].values() for name in names}
    pairs: dict[tuple[str, str], None] = {}
    for auto_class in sorted(auto_classes):
        for model_type, classes in (catalog.auto_mapping(auto_class) or {}).items():
            pairs.update({(model_type, name): None for name in classes})
    return sorted(pairs)


def index(catalog: Catalog) -> Iterator[Progress]:
    """Reads what every model class takes, a class at a step; nothing but the cache file keeps it.

    The steps are short: whoever runs them may answer somebody else in between, or stop. What classes return,
    and what configs hold, takes ten times as long to read and is read when it is asked for.
    """
    pairs = reachable_classes(catalog)
    for done, (model_type, name) in enumerate(pairs, 1):
        catalog.forward_signature(model_type, name)
        catalog.forget()
        yield Progress(done, len(pairs), name)
