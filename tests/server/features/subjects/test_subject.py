from __future__ import annotations

import pytest
from opened import at_cursor
from two_configs import marked

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.subjects.subject import subject_at
from neuron_config_server.features.subjects.subject_kinds import Kind

TEXT = '''\
import os

from optimum.utils import NormalizedSeq2SeqConfig as Normalized
from x import NormalizedThing

OTHERS = ["fill-mask"]
os.environ["NEURON_CC_FLAGS"] = "--model-type=transformer -O1"


class MyNormalizedConfig(NormalizedThing):
    NUM_LAYERS = "n_layers"


class TextBaseNeuronConfig(TextEncoderNeuronConfig):
    """For "fill-mask" and "input_ids"."""

    NORMALIZED_CONFIG_CLASS = Normalized
    LIBRARY_NAME = "diffusers"
    INPUT_ARGS = ("batch_size", ("fill-mask", "sequence_length"), ("num_choices",))
    ATOL_FOR_VALIDATION = {"fill-mask": 1e-3}
    _TASK_TO_COMMON_OUTPUTS = {"fill-mask": ["logits"]}

    @property
    def inputs(self):
        names = ["input_ids"]
        if self.task in ["multiple-choice", "fill-mask"] and os.name == "posix":
            names.insert(1, "attention_mask")
        if getattr(self._config, "type_vocab_size", 0):
            names += ["token_type_ids"]
        if self._config.text_config.hidden_size > 1 and getattr(self._config.text_config, "vocab_size"):
            print("hello", sep=getattr(self._normalized_config, "hidden_size"))
        return names

    @property
    def outputs(self):
        if not self._TASK_TO_COMMON_OUTPUTS["fill-mask"]:
            raise ValueError(f"{self.task} of {OTHERS}")
        return ["logits"] if self.output_hidden_states else TextBaseNeuronConfig.names

    def helper(self, OTHERS):
        return OTHERS, [Normalized for Normalized in "abc"], {"input_ids": 1}

    if True:
        MODEL_TYPE = "esm"


@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextBaseNeuronConfig):
    pass
'''
BASE = "TextBaseNeuronConfig"
CASES = [
    ("an alias of an import", "import NormalizedSeq2SeqConfig as Norm|alized", (Kind.NORMALIZED_CLASS, "Normalized", None)),
    ("a use of it", "CLASS = Norm|alized", (Kind.NORMALIZED_CLASS, "Normalized", BASE)),
    ("what it is called elsewhere", "import Normalized|Seq2SeqConfig", (Kind.NORMALIZED_CLASS, "NormalizedSeq2SeqConfig", None)),
    ("a task in a list that nobody reads", 'OTHERS = ["fill|-mask"', None),
    ("a compiler flag in the environment", "--model|-type", (Kind.FLAG, "--model-type", None)),
    ("a short one", "-O|1", (Kind.FLAG, "-O1", None)),
    ("its value", "type=trans|former", None),
    ("a path of a normalized config", '"n_|layers"', (Kind.HF_ATTRIBUTE, "n_layers", None)),
    ("a docstring", 'For "fill|-mask"', None),
    ("LIBRARY_NAME", '"diff|users"', (Kind.LIBRARY, "diffusers", BASE)),
    ("a task of an axis", '("fill|-mask", "seq', (Kind.TASK, "fill-mask", BASE)),
    ("an axis of a task", '"fill-mask", "seq|', (Kind.AXIS, "sequence_length", BASE)),
    ("a key of the tolerances", 'N = {"fill|-mask": 1e', (Kind.TASK, "fill-mask", BASE)),
    ("a key of the outputs", '{"fill|-mask": [', (Kind.TASK, "fill-mask", BASE)),
    ("an output of a task", ': ["log|its"]}', (Kind.OUTPUT, "logits", BASE)),
    ("an input of a base", 'names = ["input|_ids"]', (Kind.INPUT, "input_ids", BASE)),
    ("an input that is inserted", '1, "attention|_mask"', (Kind.INPUT, "attention_mask", BASE)),
    ("an input that is added", '["token|_type_ids"]', (Kind.INPUT, "token_type_ids", BASE)),
    ("a task among several", 'in ["multiple|-choice"', (Kind.TASK, "multiple-choice", BASE)),
    ("another comparison", '"po|six"', None),
    ("an attribute that getattr reads", '"type_vocab|_size"', (Kind.HF_ATTRIBUTE, "type_vocab_size", BASE)),
    ("a config within the config", "_config.text|_config.hid", (Kind.HF_ATTRIBUTE, "text_config", BASE)),
    ("an attribute within it", "text_config.hid|den_size", (Kind.HF_ATTRIBUTE, "text_config.hidden_size", BASE)),
    ("one that getattr reads", '"vocab|_size"', (Kind.HF_ATTRIBUTE, "text_config.vocab_size", BASE)),
    ("a name of the normalized config", '"hidden|_size"', (Kind.NORMALIZED_NAME, "hidden_size", BASE)),
    ("a string that is printed", '"hel|lo"', None),
    ("a task that the outputs are asked for", 'OUTPUTS["fill|-mask"]', (Kind.TASK, "fill-mask", BASE)),
    ("a name in an f-string", "of {OTH|ERS}", (Kind.CONSTANT, "OTHERS", BASE)),
    ("an output that is returned", 'return ["log|its"]', (Kind.OUTPUT, "logits", BASE)),
    ("an attribute of a class", "Config.nam|es", (Kind.ATTRIBUTE, "names", BASE)),
    ("a parameter", "return OTH|ERS", None),
    ("a name of a comprehension", "[Norm|alized for", None),
    ("a string of another method", '{"input|_ids": 1}', None),
    ("an attribute under a condition", "MODEL|_TYPE", (Kind.ATTRIBUTE, "MODEL_TYPE", BASE)),
    ("its value", 'MODEL_TYPE = "e|sm"', (Kind.MODEL_TYPE, "esm", BASE)),
    ("the model type of a registration", '("e|sm"', (Kind.MODEL_TYPE, "esm", "EsmNeuronConfig")),
    ("the end of a string", '("esm"|', (Kind.MODEL_TYPE, "esm", "EsmNeuronConfig")),
    ("the register function", "@register|_in", None),
]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_subject(words: str, expected: tuple[Kind, str, str | None] | None, small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(TEXT, words), small_catalog)
    found = subject_at(cursor.document, cursor.document.position(cursor.place))
    config = found.config.name if found is not None and found.config is not None else None
    assert ((found.kind, found.name, config) if found is not None else None) == expected
