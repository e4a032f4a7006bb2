"""A string that is typed in a function leaves everything else of a file as it is."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.fix_safety import Meanings
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import ConfigReader, read_config_file

TEXT = '''\
@register_in_tasks_manager("esm", "fill-mask", "text-classification")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    INPUT_ARGS = ("batch_size", "sequence_length")

    @property
    def inputs(self):
        """The inputs."""
        more = "position_ids" if self.task == "fill-mask" else f"token_{'type'}_ids"
        return [*self._own("input_ids"), more]

    @staticmethod
    def _own(name, other="attention_mask"):
        def both():
            return [name, other, "labels"]

        return both()

    @property
    def outputs(self):
        return ["logits"]

    def _axes():
        return ("height", "width")

    SIZES = _axes()


@register_in_tasks_manager("electra", "fill-mask")
class ElectraNeuronConfig(EsmNeuronConfig):
    @property
    def outputs(self):
        return super().outputs + ["hidden_states"]


def names():
    return EsmNeuronConfig.listed()


@register_in_tasks_manager("bert", "fill-mask")
class BertNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return EsmNeuronConfig._own("token_type_ids")

    @staticmethod
    def listed():
        return ["bert_inputs"]


LISTED = BertNeuronConfig.listed()
'''


def meaning(file: ConfigFile) -> object:
    return Meanings().of(file)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"position_ids"', '"position_idss"'),
        ('"fill-mask" else', '"fill-masks" else'),
        ('self._own("input_ids")', 'self._own("input_id")'),
        ('"labels"', '"label"'),
        ('"logits"', '"logit"'),
        ('"hidden_states"', '"hidden"'),
        ("The inputs.", "The inputs, of course."),
        ('"token_type_ids"', '"token_type"'),
    ],
)
def test_what_has_read_the_function_is_worked_out_again(old: str, new: str, small_catalog: Catalog) -> None:
    reader = ConfigReader(small_catalog)
    before = reader.read(TEXT)
    meaning(before)
    assert len(before.classes) == 3
    assert not before.faults
    for text in (TEXT.replace(old, new, 1), TEXT, TEXT.replace(old, "x".join(new.split("x", 1)), 1)):
        file = reader.read(text)
        assert file.classes is before.classes, "nothing is run again"
        assert meaning(file) == meaning(read_config_file(text, small_catalog))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('other="attention_mask"', 'other="attention_masks"'),
        ('"esm", "fill-mask"', '"esm", "fill-masks"'),
        ('"sequence_length"', '"sequence_len"'),
        ('("height", "width")', '("height", "widths")'),
        ('"bert_inputs"', '"bert_input"'),
        ('["logits"]', '["logits", "x"]'),
        ('"logits"', '"lo\\gits"'),
    ],
)
def test_the_class_is_run_again_where_more_may_have_read_it(
    old: str, new: str, small_catalog: Catalog
) -> None:
    reader = ConfigReader(small_catalog)
    before = reader.read(TEXT)
    meaning(before)
    text = TEXT.replace(old, new, 1)
    file = reader.read(text)
    assert file.classes is not before.classes
    assert meaning(file) == meaning(read_config_file(text, small_catalog))


def test_what_a_trial_worked_out_isnt_taken_for_what_the_class_means_now(small_catalog: Catalog) -> None:
    reader, meanings = ConfigReader(small_catalog), Meanings()
    before = meanings.of(reader.read(TEXT))
    after = meanings.of(reader.read(TEXT.replace('"logits"', '"logit"')))
    assert [one == other for one, other in zip(before, after)] == [False, False, True]


def test_what_other_files_say_is_looked_at_again_with_the_next_look_around(
    small_catalog: Catalog, tmp_path: Path
) -> None:
    reader, other, path = ConfigReader(small_catalog), tmp_path / "table.py", tmp_path / "configs.py"

    def said(old: str, *, look_around: bool) -> str | None:
        file = reader.read(TEXT.replace('"logits"', old), path, look_around=look_around)
        return file.memory.of("said", lambda: file.world.text_of(other))

    other.write_text("one")
    assert said('"logits"', look_around=True) == "one"
    other.write_text("another")
    assert said('"logit"', look_around=False) == "one"
    assert said('"logi"', look_around=True) == "another"


def test_a_file_goes_with_its_last_reader(small_catalog: Catalog) -> None:
    """Nothing has to search for garbage: there would be one at each keystroke."""
    reader = ConfigReader(small_catalog)
    reader.read(TEXT)
    gone = weakref.ref(reader.read(TEXT.replace('"logits"', '"logit"')))
    reader.read(TEXT)
    assert gone() is None


def test_while_a_statement_is_typed_strings_of_others_are_read_as_ever(small_catalog: Catalog) -> None:
    reader = ConfigReader(small_catalog)
    reader.read(TEXT)
    broken = TEXT.replace("def names():", "def names(:")
    file = reader.read(broken)
    file = reader.read(broken.replace('"logits"', '"logit"'))
    assert [each.value for each in file.classes[0].effective[0].outputs.only.literals] == ["logit"]
    assert file.faults
    assert file.being_typed
