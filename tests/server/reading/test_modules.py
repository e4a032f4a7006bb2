from __future__ import annotations

import os
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import ConfigReader

TEXT = """\
from constants import NAMES
from .parts.more import MORE
@register_in_tasks_manager("esm", "fill-mask")
class ENeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return [*NAMES, *MORE]
"""


def test_modules_that_appear_change_and_go_are_noticed(tmp_path: Path, small_catalog: Catalog) -> None:
    reader = ConfigReader(small_catalog)

    def inputs() -> tuple[str, ...]:
        default = next(iter(reader.read(TEXT, tmp_path / "configs.py").effective)).inputs.variants[0]
        return default.value.values if default.value is not None else ()

    assert inputs() == ()
    (tmp_path / "constants.py").write_text('NAMES = ["a"]\n')
    assert inputs() == ("a",)
    (tmp_path / "parts").mkdir()
    assert inputs() == ("a",)
    (tmp_path / "parts" / "more.py").write_text('MORE = ["b"]\n')
    assert inputs() == ("a", "b")
    (tmp_path / "parts" / "more.py").write_text('MORE = ["bb"]\n')
    os.utime(tmp_path / "parts" / "more.py", ns=(1, 1))
    assert inputs() == ("a", "bb")
    (tmp_path / "constants.py").unlink()
    assert inputs() == ("bb",)
