"""A file with two config classes, in which everything stands that hovers and definitions are about."""

from __future__ import annotations

CONFIGS = """\
from optimum.utils import DummyTextInputGenerator, NormalizedSeq2SeqConfig

COMMON_TASKS = ["fill-mask", "text-classification"]


@register_in_tasks_manager("esm", *COMMON_TASKS, "feature-extraction", library_name="transformers")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    ATOL_FOR_VALIDATION = {"fill-mask": 1e-3, "text-classification": 1e-4, "feature-extraction": 1e-4}
    INPUT_ARGS = ("batch_size", "sequence_length", (("multiple-choice",), "num_choices"))
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)

    @property
    def inputs(self):
        if self.task == "fill-mask":
            return ["input_ids", "attention_mask"]
        return ["input_ids", "token_type_ids"]

    @property
    def outputs(self):
        names = super().outputs
        if self.task == "text-classification":
            names.append("hidden_states")
        return names


@register_in_tasks_manager("deberta", "feature-extraction")
class DebertaNeuronConfig(EsmNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args(hidden_size="vocab_size", allow_new=True)
    MODEL_TYPE = "deberta-small"

    @property
    def inputs(self):
        names = ["input_ids", "attention_mask"]
        if self._config.type_vocab_size > 0:
            names.append("token_type_ids")
        return names  # neuron: ignore[NC101]

    def get_compiler_args(self):
        return ["--auto-cast=matmult", self._normalized_config.hidden_size]
"""


def marked(text: str, words: str) -> str:
    """The text with a cursor ``|``.

    Args:
        words: a part of the text, with the cursor in it; the first such part is meant.
    """
    before, _, after = words.partition("|")
    assert before + after in text, f"{before + after!r} doesn't stand in the text"
    start, _, end = text.partition(before + after)
    return f"{start}{before}|{after}{end}"
