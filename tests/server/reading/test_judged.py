"""What rules find of a class is worked out once, until the class changes."""

from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigClass, ConfigFile, ConfigReader
from neuron_config_server.reading.syntax import StatementFacts

TEXT = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids"]


@register_in_tasks_manager("electra", "fill-mask")
class ElectraNeuronConfig(EsmNeuronConfig):
    pass


@register_in_tasks_manager("bert", "fill-mask")
class BertNeuronConfig(TextEncoderNeuronConfig):
    pass
"""


class Asked:
    def __init__(self) -> None:
        self.names: list[str] = []

    def judge(self, config: ConfigClass) -> str:
        self.names.append(config.name)
        return config.name

    def of(self, file: ConfigFile, on: object = None) -> list[tuple[str, int]]:
        """The classes that are asked about, and where the class of each answer starts."""
        self.names = []
        return [(config.name, config.range.start.line) for config, _ in file.judged("q", self.judge, on)]


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("", "", []),
        ('["input_ids"]', '["input_id"]', ["EsmNeuronConfig", "ElectraNeuronConfig"]),
        ('"bert", "fill-mask"', '"bert", "fill-masks"', ["BertNeuronConfig"]),
        ('@register_in_tasks_manager("bert"', '\n\n@register_in_tasks_manager("bert"', []),
        ('@register_in_tasks_manager("esm"', 'import re\n@register_in_tasks_manager("esm"', []),
        ('["input_ids"]', '["input_ids]', []),
    ],
    ids=["nothing", "a base", "another", "a blank line", "a statement above", "broken"],
)
def test_only_classes_that_change_are_judged_again(
    old: str, new: str, asked: list[str], small_catalog: Catalog
) -> None:
    reader, question = ConfigReader(small_catalog), Asked()
    assert len(question.of(reader.read(TEXT))) == 3
    changed = TEXT.replace(old, new, 1) if old else TEXT
    found = question.of(reader.read(changed))
    assert question.names == asked
    lines = [number for number, line in enumerate(changed.splitlines()) if line.startswith("class")]
    assert found == [(name, line) for (name, _), line in zip(found, lines)]


def test_they_are_when_something_else_that_the_answer_hangs_on_does(small_catalog: Catalog) -> None:
    file, question = ConfigReader(small_catalog).read(TEXT), Asked()
    question.of(file, on=1)
    question.of(file, on=1)
    assert question.names == []
    question.of(file, on=2)
    assert len(question.names) == 3


def test_statements_are_judged_once_for_their_text(small_catalog: Catalog) -> None:
    reader, asked = ConfigReader(small_catalog), []

    def judge(facts: StatementFacts) -> int:
        asked.append(facts)
        return len(facts.body)

    assert len(reader.read(TEXT).judged_statements("q", judge)) == 3
    again = reader.read(TEXT.replace('"input_ids"', '"input_id"')).judged_statements("q", judge)
    assert len(asked) == 4
    assert [statement.line for statement, _ in again] == [0, 7, 12]
