"""What rules find of a class is worked out once, until the class changes."""

from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import ConfigReader
from neuron_config_server.reading.syntax import StatementFacts

TEXT = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids"]

    @property
    def outputs(self):
        return ["logits"]


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
        """Reads the inputs, and no outputs."""
        self.names.append(config.name)
        assert all(each.inputs.variants for each in config.effective)
        return config.name

    def of(self, file: ConfigFile, on: object = None) -> list[tuple[str, int]]:
        """The classes of which there is something to say, and where they start."""
        return [(config.name, config.range.start.line) for config, _ in file.judged("q", self.judge, on)]


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("", "", []),
        ('["input_ids"]', '["input_id"]', ["EsmNeuronConfig", "ElectraNeuronConfig"]),
        ('["logits"]', '["logit"]', []),
        ('["input_ids"]', '["input_ids", "x"]', ["EsmNeuronConfig", "ElectraNeuronConfig"]),
        ('"bert", "fill-mask"', '"bert", "fill-masks"', ["BertNeuronConfig"]),
        ('@register_in_tasks_manager("bert"', '\n\n@register_in_tasks_manager("bert"', []),
        ('@register_in_tasks_manager("esm"', 'import re\n@register_in_tasks_manager("esm"', []),
        ('["input_ids"]', '["input_ids]', []),
    ],
    ids=[
        "nothing",
        "a string",
        "what isn't read",
        "a base",
        "another",
        "a blank line",
        "a statement above",
        "broken",
    ],
)
def test_only_classes_that_change_are_judged_again(
    old: str, new: str, asked: list[str], small_catalog: Catalog
) -> None:
    reader, question = ConfigReader(small_catalog), Asked()
    assert len(question.of(reader.read(TEXT))) == 3
    changed = TEXT.replace(old, new, 1) if old else TEXT
    question.names.clear()
    found = question.of(reader.read(changed))
    assert question.names == asked
    lines = [number for number, line in enumerate(changed.splitlines()) if line.startswith("class")]
    assert found == [(name, line) for (name, _), line in zip(found, lines)]


def test_they_are_when_something_else_that_the_answer_hangs_on_does(small_catalog: Catalog) -> None:
    file, question = ConfigReader(small_catalog).read(TEXT), Asked()
    question.of(file, on=1)
    question.of(file, on=1)
    assert len(question.names) == 3
    question.of(file, on=2)
    assert len(question.names) == 6


def test_a_judge_that_fails_does_so_where_it_is_asked(small_catalog: Catalog) -> None:
    reader, fails = ConfigReader(small_catalog), False

    def judge(config: ConfigClass) -> bool:
        assert all(each.inputs.variants for each in config.effective)
        return 1 // (not fails) > 0

    assert len(reader.read(TEXT).judged("q", judge)) == 3
    fails = True
    file = reader.read(TEXT.replace('"input_ids"', '"input_id"'))
    with pytest.raises(ZeroDivisionError):
        file.judged("q", judge)
    fails = False
    assert len(reader.read(TEXT).judged("q", judge)) == 3


def test_statements_are_judged_once_for_their_text(small_catalog: Catalog) -> None:
    reader, asked = ConfigReader(small_catalog), []

    def judge(facts: StatementFacts) -> int:
        asked.append(facts)
        return len(facts.body)

    assert len(reader.read(TEXT).judged_statements("q", judge)) == 3
    again = reader.read(TEXT.replace('"input_ids"', '"input_id"')).judged_statements("q", judge)
    assert len(asked) == 4
    assert [statement.line for statement, _ in again] == [0, 11, 16]


def test_occurrences_are_counted_anew_in_statements_that_change(small_catalog: Catalog) -> None:
    reader = ConfigReader(small_catalog)
    assert reader.read(TEXT).occurrences(r"\bEsmNeuronConfig\b") == 2
    assert reader.read(TEXT.replace("(EsmNeuronConfig)", "(ESM)")).occurrences(r"\bEsmNeuronConfig\b") == 1
    assert reader.read("EsmNeuronConfig\n" + TEXT).occurrences(r"\bEsmNeuronConfig\b") == 3
    assert reader.read("").occurrences(r"\bEsmNeuronConfig\b") == 0


def test_tasks_registered_are_those_of_all_classes(small_catalog: Catalog) -> None:
    reader = ConfigReader(small_catalog)
    key = ("transformers", "esm")
    assert reader.read(TEXT).tasks_registered[key] == {"fill-mask"}
    more = TEXT.replace('"electra", "fill-mask"', '"esm", "feature-extraction"')
    assert reader.read(more).tasks_registered[key] == {"fill-mask", "feature-extraction"}
    untold = more.replace('"feature-extraction"', "*elsewhere()")
    assert reader.read(untold).tasks_registered[key] is None
    assert reader.read(TEXT.replace('"bert"', "elsewhere()")).tasks_registered == {}


def test_what_a_class_means_whatever_the_task_is_worked_out_once(small_catalog: Catalog) -> None:
    text = (
        '@register_in_tasks_manager("esm", "fill-mask", "text-classification")\n'
        "class EsmNeuronConfig(TextEncoderNeuronConfig):\n"
        '    ATOL_FOR_VALIDATION = {"fill-mask": 1e-3, "text-classification": 1e-4}\n'
        '    INPUT_ARGS = ("batch_size", ("fill-mask", "sequence_length"))\n'
        "    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig\n"
        "    @property\n    def inputs(self):\n        return [self.task]\n"
        '    @property\n    def outputs(self):\n        return ["logits"]\n'
    )
    one, other = ConfigReader(small_catalog).read(text).effective
    assert one.outputs is other.outputs
    assert one.normalized_config is other.normalized_config
    assert [each.inputs.only.values for each in (one, other) if each.inputs.only] == [
        ("fill-mask",),
        ("text-classification",),
    ]
    assert (one.tolerance.only, other.tolerance.only) == (1e-3, 1e-4)
    assert [each.axes.only.values for each in (one, other) if each.axes.only] == [
        ("batch_size", "sequence_length"),
        ("batch_size",),
    ]
