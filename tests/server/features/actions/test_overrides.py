"""``inputs`` and ``outputs`` that a class is given, from what its models take and return."""

from __future__ import annotations

import pytest
from menus import menu
from opened import ENCODINGS

from neuron_config_server.catalog.catalog import Catalog

INPUTS, OUTPUTS = "Add `inputs` from the model's signature", "Add `outputs` from what the model returns"

ESM = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
"""
ESM_INPUTS = """
    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""
BEIT = """\
@register_in_tasks_manager("beit", "feature-extraction")
class BeitNeuronConfig(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig
"""
UNPOOLED = """\
class Base(TextEncoderNeuronConfig):
    @property
    def outputs(self):
        return ["last_hidden_state"]


@register_in_tasks_manager("esm", {tasks})
class EsmNeuronConfig(Base):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
"""
CHILD = """

@register_in_tasks_manager("bert", "feature-extraction")
class BertNeuronConfig(EsmNeuronConfig):
    @property
    def inputs(self):
        return [*super().inputs, "token_type_ids"]
"""


def at(text: str, marked: str) -> str:
    """The text with the cursor where it is in a part of it."""
    return text.replace(marked.replace("|", ""), marked, 1)


CASES = {
    "inputs behind the attributes": (at(ESM, "Esm|Neuron"), INPUTS, ESM + ESM_INPUTS),
    "the cursor in a decorator": (at(ESM, "fill|-mask"), INPUTS, ESM + ESM_INPUTS),
    "the cursor in the body": (at(ESM, "= |Normalized"), INPUTS, ESM + ESM_INPUTS),
    "on neuron_core": (
        "from neuron_core.configs import TextEncoderNeuronConfig\n\n\n" + at(ESM, "Esm|Neuron"),
        INPUTS,
        "from neuron_core.configs import TextEncoderNeuronConfig\n\n\n" + ESM + ESM_INPUTS,
    ),
    "on optimum-neuron": (
        "from optimum.exporters.neuron.config import TextEncoderNeuronConfig\n\n\n" + at(ESM, "Esm|Neuron"),
        INPUTS,
        "from optimum.exporters.neuron.config import TextEncoderNeuronConfig\n\n\n" + ESM + ESM_INPUTS,
    ),
    "a parameter that is required": (
        at(BEIT, "Beit|Neuron"),
        INPUTS,
        BEIT + '\n    @property\n    def inputs(self) -> list[str]:\n        return ["pixel_values"]\n',
    ),
    "in place of pass": (
        at(ESM, "Esm|Neuron").replace("NORMALIZED_CONFIG_CLASS = NormalizedTextConfig", "pass"),
        INPUTS,
        ESM.replace("    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig\n", ESM_INPUTS[1:]),
    ),
    "in place of an ellipsis": (
        at(ESM, "Esm|Neuron").replace("NORMALIZED_CONFIG_CLASS = NormalizedTextConfig", "..."),
        INPUTS,
        ESM.replace("    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig\n", ESM_INPUTS[1:]),
    ),
    "in place of pass below a docstring": (
        at(ESM, "Esm|Neuron").replace(
            "NORMALIZED_CONFIG_CLASS = NormalizedTextConfig", '"""ESM."""\n\n    pass'
        ),
        INPUTS,
        ESM.replace("NORMALIZED_CONFIG_CLASS = NormalizedTextConfig", '"""ESM."""\n') + ESM_INPUTS,
    ),
    "a comment behind the last attribute stays there": (
        at(ESM, "Esm|Neuron").replace("NormalizedTextConfig\n", "NormalizedTextConfig  # for now\n"),
        INPUTS,
        ESM.replace("NormalizedTextConfig\n", "NormalizedTextConfig  # for now\n") + ESM_INPUTS,
    ),
    "before the methods": (
        at(ESM, "Esm|Neuron") + "\n    def helper(self):\n        return 1\n",
        INPUTS,
        ESM + ESM_INPUTS + "\n    def helper(self):\n        return 1\n",
    ),
    "single quotes": (
        at(ESM, "Esm|Neuron").replace('"', "'"),
        INPUTS,
        (ESM + ESM_INPUTS).replace('"', "'"),
    ),
    "two spaces": (
        at(ESM, "Esm|Neuron").replace("    ", "  "),
        INPUTS,
        (ESM + ESM_INPUTS).replace("    ", "  "),
    ),
    "tabs": (at(ESM, "Esm|Neuron").replace("    ", "\t"), INPUTS, (ESM + ESM_INPUTS).replace("    ", "\t")),
    "line ends of Windows": (
        at(ESM, "Esm|Neuron").replace("\n", "\r\n"),
        INPUTS,
        (ESM + ESM_INPUTS).replace("\n", "\r\n"),
    ),
    "annotated as the file does it": (
        at(ESM, "Esm|Neuron")
        + "\n    @property\n    def outputs(self) -> List[str]:\n        return ['logits']\n",
        INPUTS,
        ESM
        + ESM_INPUTS.replace("list[", "List[")
        + "\n    @property\n    def outputs(self) -> List[str]:\n        return ['logits']\n",
    ),
    "without an annotation, as the file does it": (
        at(ESM, "Esm|Neuron") + "\n    @property\n    def outputs(self):\n        return ['logits']\n",
        INPUTS,
        ESM
        + ESM_INPUTS.replace(" -> list[str]", "")
        + "\n    @property\n    def outputs(self):\n        return ['logits']\n",
    ),
    "outputs, which the inherited ones aren't": (
        at(UNPOOLED, "Esm|Neuron").format(tasks='"fill-mask"'),
        OUTPUTS,
        UNPOOLED.format(tasks='"fill-mask"')
        + '\n    @property\n    def outputs(self):\n        return ["logits"]\n',
    ),
    "outputs of two tasks, behind inputs": (
        at(UNPOOLED, "Esm|Neuron").format(tasks='"fill-mask", "feature-extraction"')
        + ESM_INPUTS
        + "\n    def helper(self):\n        return 1\n",
        OUTPUTS,
        UNPOOLED.format(tasks='"fill-mask", "feature-extraction"')
        + ESM_INPUTS
        + """
    @property
    def outputs(self):
        if self.task == "feature-extraction":
            return ["last_hidden_state", "pooler_output"]
        return ["logits"]

    def helper(self):
        return 1
""",
    ),
    "outputs of three tasks, two of them alike": (
        at(UNPOOLED, "Esm|Neuron").format(tasks='"feature-extraction", "fill-mask", "token-classification"'),
        OUTPUTS,
        UNPOOLED.format(tasks='"feature-extraction", "fill-mask", "token-classification"')
        + """
    @property
    def outputs(self):
        if self.task == "feature-extraction":
            return ["last_hidden_state", "pooler_output"]
        return ["logits"]
""",
    ),
    "outputs where the inherited ones are right for a task": (
        at(UNPOOLED, "Esm|Neuron")
        .format(tasks='"feature-extraction", "fill-mask", "token-classification"')
        .replace('["last_hidden_state"]', '["last_hidden_state", "pooler_output"]'),
        OUTPUTS,
        UNPOOLED.format(tasks='"feature-extraction", "fill-mask", "token-classification"').replace(
            '["last_hidden_state"]', '["last_hidden_state", "pooler_output"]'
        )
        + """
    @property
    def outputs(self):
        if self.task in ("fill-mask", "token-classification"):
            return ["logits"]
        return super().outputs
""",
    ),
    "inputs of a class that others inherit none from": (
        at(ESM, "Esm|Neuron") + "\n\nclass Child(EsmNeuronConfig):\n    pass\n",
        INPUTS,
        ESM + ESM_INPUTS + "\n\nclass Child(EsmNeuronConfig):\n    pass\n",
    ),
    "inputs of a class that others add to": (
        at(ESM, "Esm|Neuron") + CHILD,
        INPUTS,
        ESM + ESM_INPUTS.replace(" -> list[str]", "") + CHILD,
    ),
    "while another class is broken": (
        at(ESM, "Esm|Neuron") + "\n\nclass Other(:\n    pass\n",
        INPUTS,
        ESM + ESM_INPUTS + "\n\nclass Other(:\n    pass\n",
    ),
}


@pytest.mark.parametrize(("before", "title", "after"), CASES.values(), ids=CASES)
def test_the_text_after(before: str, title: str, after: str, small_catalog: Catalog) -> None:
    assert menu(before, small_catalog, only=["refactor"]).text_after(title) == after


REFUSED = {
    "its own inputs": (
        at(ESM, "Esm|Neuron") + ESM_INPUTS,
        INPUTS,
        "EsmNeuronConfig has its own `inputs` already",
    ),
    "its own outputs": (
        at(ESM, "Esm|Neuron") + ESM_INPUTS.replace("inputs", "outputs"),
        OUTPUTS,
        "EsmNeuronConfig has its own `outputs` already",
    ),
    "the common outputs are right": (
        at(ESM, "Esm|Neuron"),
        OUTPUTS,
        "the inherited `outputs` are those of the model already",
    ),
    "the inherited inputs are right": (
        ESM.replace("Esm", "Base")
        + ESM_INPUTS
        + "\n\n"
        + at(ESM, "Esm|Neuron").replace("TextEncoder", "Base"),
        INPUTS,
        "the inherited `inputs` are those of the model already",
    ),
    "a class that inherits from it would change": (
        at(UNPOOLED, "Esm|Neuron").format(tasks='"fill-mask"')
        + "\n\n"
        + ESM.replace("EsmNeuronConfig(TextEncoder", "OtherNeuronConfig(Esm"),
        OUTPUTS,
        "`outputs` of OtherNeuronConfig would change too",
    ),
    "not registered": (
        "class Esm|NeuronConfig(TextEncoderNeuronConfig):\n    pass\n",
        INPUTS,
        "EsmNeuronConfig isn't registered for a task that is known",
    ),
    "a model type that isn't known": (
        at(ESM, "Esm|Neuron").replace('"esm"', '"esn"'),
        INPUTS,
        'what models of "fill-mask" take can\'t be told',
    ),
    "another library": (
        at(ESM, "Esm|Neuron").replace('"fill-mask"', '"fill-mask", library_name="timm"'),
        INPUTS,
        'what models of "fill-mask" take can\'t be told',
    ),
    "a wrapper": (
        at(ESM, "Esm|Neuron") + "    CUSTOM_MODEL_WRAPPER = Wrapper\n",
        INPUTS,
        "EsmNeuronConfig handles its inputs itself: `forward` doesn't say which they are",
    ),
    "an output that is no tensor": (
        at(BEIT, "Beit|Neuron").replace("beit", "clip").replace("VisionN", "TextAndVisionN"),
        OUTPUTS,
        "whether CLIPModel returns `text_model_output` as one tensor can't be told",
    ),
    "a class on one line": (
        '@register_in_tasks_manager("esm", "fill-mask")\nclass Esm|NeuronConfig(TextEncoderNeuronConfig): pass\n',
        INPUTS,
        "the body of EsmNeuronConfig stands on the line of `class`",
    ),
}


@pytest.mark.parametrize(("text", "title", "reason"), REFUSED.values(), ids=REFUSED)
def test_why_it_is_not_available(text: str, title: str, reason: str, small_catalog: Catalog) -> None:
    assert menu(text, small_catalog, only=["refactor.rewrite"]).reasons[title] == reason


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_in_the_units_of_the_client(encoding: str, small_catalog: Catalog) -> None:
    text = ESM.replace("NormalizedTextConfig\n", "NormalizedTextConfig  # 😋\n")
    found = menu(at(text, "Esm|Neuron"), small_catalog, encoding=encoding).text_after(INPUTS)
    assert found == text + ESM_INPUTS


def test_text_inputs_stand_as_the_runtime_passes_them(real_catalog: Catalog) -> None:
    """``RobertaForMultipleChoice.forward`` has the token types before the mask."""
    text = ESM.replace('"esm", "fill-mask"', '"roberta", "fill-mask", "multiple-choice"')
    found = menu(at(text, "Esm|Neuron"), real_catalog).text_after(INPUTS)
    assert found == text + ESM_INPUTS.replace('"attention_mask"', '"attention_mask", "token_type_ids"')
