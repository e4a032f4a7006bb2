"""The checkout of optimum-neuron that a config file stands in, and what it says of a model type elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from neuron_config_server.catalog.catalog import TRANSFORMERS
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Related

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


@lru_cache(maxsize=64)
def _page_of(path: Path, page: str) -> Path | None:
    """A page of the checkout that a file stands in; None if it stands in none."""
    return path.parents[3] / page if path.parent.parts[-3:] == _FOLDER else None


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


def left_out(
    file: ConfigFile, page: str, mark: str, holds: Callable[[str, Contribution], bool]
) -> Iterator[tuple[Contribution, Related]]:
    """What the file contributes and a page of its checkout doesn't name, and the page.

    Args:
        page: its path in the checkout.
        mark: stands in a page that has the form which is known.
        holds: whether the page's text names it.
    """
    path = _page_of(file.path, page) if file.path is not None else None
    text = file.world.text_of(path) if path is not None else None
    if path is None or text is None or mark not in text:
        return
    place = Range(Position(0, 0), Position(0, 0))
    for each in contributions(file):
        if not holds(text, each):
            yield each, Related(page, place, path)


def is_quoted_in(text: str, each: Contribution) -> bool:
    """Whether the model type stands there as a string, be it in a comment that says why it is left out."""
    return f'"{each.model_type}"' in text or f"'{each.model_type}'" in text


def has_row_in(text: str, each: Contribution) -> bool:
    """Whether the first column of the page's tables has the architecture, by its model type or class."""
    cells = (re.sub(r"\(.*?\)", "", cell) for cell in _TABLE_ROW.findall(text))
    known = {_letters(name) for cell in cells for name in cell.split(",")}
    return bool({_letters(each.model_type), _letters(each.config.name.removesuffix("NeuronConfig"))} & known)


def _letters(name: str) -> str:
    """What two spellings of a name have in common."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
