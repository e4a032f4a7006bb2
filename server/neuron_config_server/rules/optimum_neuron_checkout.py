"""The checkout of optimum-neuron that a config file stands in, and what it says of a model type elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.catalog import TRANSFORMERS
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile

_FOLDER = ("optimum", "exporters", "neuron")
_HALF = re.compile(r"-(?:encoder|decoder)$")
_TABLE_ROW = re.compile(r"^\|([^|]+)\|", re.MULTILINE)
EXPORTER_TESTS = "tests/exporters/exporters_utils.py"
INFERENCE_TESTS = "tests/inference/inference_utils.py"
DOCS_TABLE = "docs/source/supported_architectures.mdx"


@dataclass(frozen=True)
class Contribution:
    """A model type that a class of the checkout is registered for."""

    config: ConfigClass
    model_type: str
    """Of the whole model: ``t5`` of ``t5-encoder``."""


def checkout_of(file: ConfigFile) -> Path | None:
    """The root of the checkout; None if the file stands in none."""
    if file.path is None or file.path.parent.parts[-3:] != _FOLDER:
        return None
    return file.path.parents[3]


def contributions(file: ConfigFile) -> Iterator[Contribution]:
    """The model types of transformers that the file registers, each once."""
    seen: set[str] = set()
    for config in file.classes:
        for registration in config.registrations:
            name = registration.model_type_name
            model_type = _HALF.sub("", name) if name is not None else None
            if registration.library == TRANSFORMERS and model_type and model_type not in seen:
                seen.add(model_type)
                yield Contribution(config, model_type)


def is_quoted_in(text: str, model_type: str) -> bool:
    """Whether a model type stands in a file as a string, be it in a comment that says why it is left out."""
    return f'"{model_type}"' in text or f"'{model_type}'" in text


def architectures_in(table: str) -> frozenset[str]:
    """The letters and digits of each architecture in the first column of the tables of a page."""
    cells = (re.sub(r"\(.*?\)", "", cell) for cell in _TABLE_ROW.findall(table))
    return frozenset(letters(name) for cell in cells for name in cell.split(","))


def letters(name: str) -> str:
    """What two spellings of a name have in common."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
