"""Where the rules about inputs and outputs can't know, they say nothing."""

from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import rule_by_code
from neuron_config_server.rules.finding import Severity

CODES = ("NC102", "NC103", "NC104", "NC107", "NC108", "NC201", "NC202", "NC203", "NC204", "NC206")
ESM = '@register_in_tasks_manager("esm", "feature-extraction", "fill-mask")\nclass A({base}):\n'
WRONG = (
    '    @property\n    def inputs(self):\n        return ["input_ids"]\n'
    "    @property\n    def outputs(self):\n        return {outputs}\n"
)


def codes(text: str, catalog: Catalog, *of: str) -> list[str]:
    file = read_config_file(text, catalog)
    rules = [rule for code in of or CODES if (rule := rule_by_code(code)) is not None]
    return [each.code for rule in rules for each in rule.check(file, catalog)]


@pytest.mark.parametrize(
    ("extra", "outputs", "base"),
    [
        ("    CUSTOM_MODEL_WRAPPER = W\n", '["nonsense"]', "TextEncoderNeuronConfig"),
        ("    values_override = {}\n", '["nonsense"]', "TextEncoderNeuronConfig"),
        ("", '["nonsense"]', "SomeoneElsesNeuronConfig"),
        ("", "made()", "TextEncoderNeuronConfig"),
        ("", '["nonsense"] if self._config.no_such > 3 else made()', "TextEncoderNeuronConfig"),
    ],
)
def test_outputs_that_may_not_be_the_models_are_not_judged(
    small_catalog: Catalog, extra: str, outputs: str, base: str
) -> None:
    assert codes(ESM.format(base=base) + extra + WRONG.format(outputs=outputs), small_catalog) == []


SHARED = (
    "from optimum.exporters.neuron.config import TextEncoderNeuronConfig\n"
    + ESM.format(base="TextEncoderNeuronConfig")
    + "    @property\n    def outputs(self):\n{body}"
)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("names = super().outputs\nnames += ['x']\nreturn names", 1),
        ("self._TASK_TO_COMMON_OUTPUTS[self.task].append('x')\nreturn super().outputs", 1),
        ("names = other = super().outputs\nother.extend(['x'])\nreturn names", 1),
        ("names = super().outputs\nnames = names + ['x']\nreturn names", 0),
        ("names = super().outputs.copy()\nnames.append('x')\nreturn names", 0),
        ("names = [*super().outputs]\nnames.append('x')\nreturn names", 0),
        (
            "names = super().outputs\nif self.task == 'multiple-choice':\n    names.append('x')\nreturn names",
            0,
        ),
        ("names = super().outputs\nif self.flag:\n    names = []\nnames.append('x')\nreturn names", 0),
        ("if self.task in ['fill-mask']:\n    super().outputs.append('x')\nreturn ['logits']", 1),
    ],
)
def test_the_shared_list_is_followed(small_catalog: Catalog, body: str, count: int) -> None:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    assert codes(SHARED.format(body=lines), small_catalog, "NC205") == ["NC205"] * count
    assert (
        codes(
            SHARED.format(body=lines).replace("optimum.exporters.neuron.config", "neuron_core.configs"),
            small_catalog,
            "NC205",
        )
        == []
    )


BOXES = (
    '@register_in_tasks_manager("bert", "feature-extraction")\nclass A(TextEncoderNeuronConfig):\n'
    "    CUSTOM_MODEL_WRAPPER = W\n    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)\n"
    '    @property\n    def inputs(self):\n        return ["input_ids", "bbox"]\n'
    "    def generate_dummy_inputs(self, **axes):\n{body}"
)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("made = super().generate_dummy_inputs(**axes)\nreturn made", 1),
        ("axes['batch_size'] = 1\nreturn super().generate_dummy_inputs(**axes)", 1),
        ("return {}", 0),
        ("if axes:\n    return {}\nreturn super().generate_dummy_inputs(**axes)", 0),
        ("try:\n    return super().generate_dummy_inputs(**axes)\nexcept RuntimeError:\n    return {}", 0),
        (
            "self.DUMMY_INPUT_GENERATOR_CLASSES += (DummyBboxInputGenerator,)\n"
            "return super().generate_dummy_inputs(**axes)",
            0,
        ),
    ],
)
def test_generators_are_asked_where_an_override_calls_the_base(
    small_catalog: Catalog, body: str, count: int
) -> None:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    assert codes(BOXES.format(body=lines), small_catalog, "NC103") == ["NC103"] * count


TWO_TASKS = (
    '@register_in_tasks_manager("{first}", "fill-mask", "token-classification")\nclass A(TextEncoderNeuronConfig):\n'
    "    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig\n\n    @property\n    def inputs(self):\n"
    '        return ["input_ids", "attention_mask"]\n\n    @property\n    def outputs(self):\n'
    '        if self.task == "fill-mask":\n            return ["logts"]\n        return super().outputs\n'
)


def test_an_output_of_one_task_is_mended_where_every_reader_has_what_was_meant(real_catalog: Catalog) -> None:
    rule = rule_by_code("NC201")
    assert rule is not None
    (finding,) = rule.check(read_config_file(TWO_TASKS.format(first="esm"), real_catalog), real_catalog)
    assert finding.fix is not None
    heir = '\n\n@register_in_tasks_manager("no-such-model", "fill-mask")\nclass B(A):\n    pass\n'
    text = TWO_TASKS.format(first="esm") + heir
    (finding,) = rule.check(read_config_file(text, real_catalog), real_catalog)
    assert finding.fix is None


@pytest.mark.parametrize(
    ("module", "severity"),
    [("neuron_core.configs", Severity.ERROR), ("optimum.exporters.neuron.config", Severity.WARNING)],
)
def test_an_output_that_is_declared_twice_is_refused_by_neuron_core_alone(
    small_catalog: Catalog, module: str, severity: Severity
) -> None:
    text = (
        f"from {module} import TextEncoderNeuronConfig\n"
        '@register_in_tasks_manager("esm", "fill-mask")\n'
        "class A(TextEncoderNeuronConfig):\n"
        '    @property\n    def outputs(self):\n        return ["logits", "logits"]\n'
    )
    rule = rule_by_code("NC203")
    assert rule is not None
    (finding,) = rule.check(read_config_file(text, small_catalog), small_catalog)
    assert finding.severity is severity
