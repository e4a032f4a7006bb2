"""What the rules about inputs and outputs say of optimum-neuron's own file, each with its proof."""

from __future__ import annotations

from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules import rule_by_code, rule_names

CODES = tuple(
    code for code in rule_names() if code in {f"NC10{n}" for n in range(2, 9)} or code.startswith("NC2")
)

FAULTS = {
    (
        "NC205",
        "YolosTNeuronConfig",
        'common_outputs.append("last_hidden_state")',
    ): "base.py: `outputs` returns `self._TASK_TO_COMMON_OUTPUTS[self.task]`, the list of the class, uncopied",
    (
        "NC205",
        "Wav2Vec2NeuronConfig",
        'common_outputs.append("embeddings")',
    ): "the same; of its tasks audio-xvector alone reaches the `append` with the list of the table",
    (
        "NC206",
        "CLIPNeuronConfig",
        '"text_model_output"',
    ): "modeling_clip.py: CLIPOutput(text_model_output=text_outputs), a BaseModelOutputWithPooling",
    (
        "NC206",
        "CLIPNeuronConfig",
        '"vision_model_output"',
    ): "modeling_clip.py: CLIPOutput(vision_model_output=vision_outputs), a BaseModelOutputWithPooling",
    (
        "NC107",
        "DebertaV2NeuronConfig",
        "DebertaV2NeuronConfig",
    ): "modeling_deberta_v2.py: `if self.config.type_vocab_size > 0` makes the embedding; the default is 0",
}
"""(code, class, what is underlined) -> why it is a fault."""


def test_the_findings_on_the_real_file_are_those_that_are_proven(
    optimum_neuron: Path, real_catalog: Catalog
) -> None:
    path = optimum_neuron / "optimum/exporters/neuron/model_configs.py"
    text = path.read_text(encoding="utf-8")
    file = read_config_file(text, real_catalog, path)
    source = SourceText(text)
    rules = [rule for code in CODES if (rule := rule_by_code(code)) is not None]
    found = [
        (each.code, each.class_name, source.slice(each.range))
        for rule in rules
        for each in rule.check(file, real_catalog)
    ]
    assert sorted(found) == sorted(FAULTS)
