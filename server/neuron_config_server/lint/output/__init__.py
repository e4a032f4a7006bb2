"""How findings are written down: one file a format, imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Union

from neuron_config_server.lint.report import Results
from neuron_config_server.settings.project import OUTPUT_FORMATS

if TYPE_CHECKING:
    from rich.text import Text

FOR_PEOPLE = ("full", "concise", "grouped")
"""Formats that end with a summary; in colour on a terminal."""

FORMATS = OUTPUT_FORMATS


def write(format_name: str, results: Results) -> Union[str, Text]:
    """The findings in a format: styled text for people, a plain string for programs."""
    module = importlib.import_module(f"{__name__}.{format_name.replace('-', '_')}")
    return module.write(results)
