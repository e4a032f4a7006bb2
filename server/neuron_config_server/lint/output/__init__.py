"""How findings are written down: one file a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Union

from rich.text import Text

from neuron_config_server.lint.output import concise, full, json
from neuron_config_server.lint.run import FileReport

Writer = Callable[[Sequence[FileReport]], Union[str, Text]]

FORMATS: dict[str, Writer] = {"full": full.write, "concise": concise.write, "json": json.write}
"""Name of a format -> what renders reports in it: styled text for people, a plain string for programs."""
