from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.fixing import fix
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules.finding import Finding
from neuron_config_server.rules.nc101_unknown_input import UnknownInput


def findings(
    catalog: Catalog,
    inputs: str,
    *,
    registration: str = '"esm", "fill-mask"',
    base: str = "TextEncoderNeuronConfig",
    extra: str = "",
) -> list[Finding]:
    text = (
        f"@register_in_tasks_manager({registration})\nclass ANeuronConfig({base}):\n{extra}"
        f"    @property\n    def inputs(self):\n        return {inputs}\n"
    )
    return list(UnknownInput().check(read_config_file(text, catalog), catalog))


def test_a_swallowed_input_is_said_to_do_nothing(small_catalog: Catalog) -> None:
    (finding,) = findings(small_catalog, '["input_ids", "token_type_ids"]')
    assert finding.message == (
        "`EsmForMaskedLM.forward` has no parameter `token_type_ids`: its `**kwargs` swallows it, so the input does nothing"
    )
    assert finding.tasks == ("fill-mask",)
    assert finding.class_name == "ANeuronConfig"


def test_a_refused_input_is_said_to_raise(small_catalog: Catalog) -> None:
    (finding,) = findings(small_catalog, '["pixel_values"]', registration='"bert", "feature-extraction"')
    assert finding.message == "`BertModel.forward` takes no `pixel_values`: calling it raises TypeError"


def test_only_the_tasks_whose_model_does_not_take_it_are_named(small_catalog: Catalog) -> None:
    registration = '"bert", "feature-extraction", "text-classification"'
    (finding,) = findings(small_catalog, '["labels"]', registration=registration)
    assert finding.tasks == ("feature-extraction",)
    assert finding.message.endswith("(task feature-extraction)")


def test_a_synonym_is_judged_as_its_task(small_catalog: Catalog) -> None:
    (finding,) = findings(small_catalog, '["token_type_ids"]', registration='"esm", "masked-lm"')
    assert finding.tasks == ("fill-mask",)


@pytest.mark.parametrize(
    "changes",
    [
        {"registration": '"esm", "protein-folding"'},
        {"registration": '"no-such-model", "fill-mask"'},
        {"registration": '"esm", "fill-mask", library_name="sentence_transformers"'},
        {"registration": "MODEL_TYPE, 'fill-mask'"},
        {"base": "SomeoneElsesNeuronConfig"},
        {"extra": "    CUSTOM_MODEL_WRAPPER = W\n"},
        {"extra": "    def generate_dummy_inputs(self, **kwargs): ...\n"},
        {"registration": '"bert-generation", "feature-extraction"'},  # one of its two classes can't be read
    ],
)
def test_it_is_silent_where_it_cannot_know(small_catalog: Catalog, changes: dict[str, str]) -> None:
    assert findings(small_catalog, '["no_such_input"]', **changes) == []


def test_a_parameter_misspelt_is_renamed_not_removed(small_catalog: Catalog) -> None:
    (finding,) = findings(small_catalog, '["input_id", "attention_mask"]')
    assert finding.fix is not None
    assert finding.fix.title == 'Replace with "input_ids"'


def test_a_misspelt_repetition_is_removed(small_catalog: Catalog) -> None:
    (finding,) = findings(small_catalog, '["attention_mask", "attention_masks"]')
    assert finding.fix is not None
    assert finding.fix.title == 'Remove "attention_masks", "attention_mask" is there already'


def test_inherited_inputs_are_reported_at_the_class_that_inherits_them(small_catalog: Catalog) -> None:
    text = (
        '@register_in_tasks_manager("bert", "feature-extraction")\n'
        "class BertNeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n"
        '        return ["input_ids", "token_type_ids"]\n'
        '@register_in_tasks_manager("esm", "feature-extraction")\nclass EsmNeuronConfig(BertNeuronConfig):\n    pass\n'
    )
    (finding,) = UnknownInput().check(read_config_file(text, small_catalog), small_catalog)
    assert finding.class_name == "EsmNeuronConfig"
    assert finding.range.start.line == 6
    assert finding.fix is None
    assert finding.message.endswith("(`inputs` is inherited from BertNeuronConfig)")


def test_upstreams_own_idiom_of_many_tasks_is_summed_up(real_catalog: Catalog) -> None:
    tasks = '"feature-extraction", "fill-mask", "text-classification", "token-classification"'
    (finding,) = findings(real_catalog, '["token_type_ids"]', registration=f'"esm", {tasks}')
    assert (
        "EsmModel, EsmForMaskedLM, EsmForSequenceClassification and EsmForTokenClassification"
        in finding.message
    )


BERT = '@register_in_tasks_manager("bert", "feature-extraction")\n'
ESM = '@register_in_tasks_manager("esm", "feature-extraction")\n'
CONFIG = "class {name}({base}):\n    @property\n    def inputs(self):\n        return {inputs}\n"


def a_class(name: str, inputs: str, base: str = "TextEncoderNeuronConfig") -> str:
    return CONFIG.format(name=name, inputs=inputs, base=base)


NAMES = '["input_ids", "token_type_ids"]'


@pytest.mark.parametrize(
    "text",
    [
        BERT + ESM + a_class("ANeuronConfig", NAMES),
        ESM + a_class("ENeuronConfig", NAMES) + BERT + "class BNeuronConfig(ENeuronConfig):\n    pass\n",
        ESM
        + a_class("ENeuronConfig", NAMES)
        + BERT
        + a_class("BNeuronConfig", "super().inputs", base="ENeuronConfig"),
        f"NAMES = {NAMES}\n"
        + ESM
        + a_class("ENeuronConfig", "NAMES")
        + BERT
        + a_class("BNeuronConfig", "NAMES"),
        f"NAMES = {NAMES}\n" + ESM + a_class("ENeuronConfig", "NAMES") + "print(NAMES)\n",
        f"NAMES = {NAMES}\nALL = NAMES + []\n" + ESM + a_class("ENeuronConfig", "NAMES"),
        ESM + '@register_in_tasks_manager(MODEL_TYPE, "fill-mask")\n' + a_class("ENeuronConfig", NAMES),
        '@register_in_tasks_manager("esm", "feature-extraction", *MORE)\n' + a_class("ENeuronConfig", NAMES),
    ],
)
def test_no_fix_where_another_reader_may_need_the_input(small_catalog: Catalog, text: str) -> None:
    (finding,) = UnknownInput().check(read_config_file(text, small_catalog), small_catalog)
    assert finding.tasks == ("feature-extraction",)
    assert finding.fix is None


@pytest.mark.parametrize(
    "text",
    [
        f"NAMES = {NAMES}\n"
        + ESM
        + a_class("ENeuronConfig", "NAMES")
        + ESM
        + a_class("FNeuronConfig", "NAMES"),
        f"NAMES = {NAMES}\nALL = NAMES + []\n" + ESM + a_class("ENeuronConfig", "ALL"),
        ESM + a_class("ENeuronConfig", NAMES) + ESM + "class FNeuronConfig(ENeuronConfig):\n    pass\n",
    ],
)
def test_a_fix_where_no_reader_needs_the_input(small_catalog: Catalog, text: str) -> None:
    finding, _ = [*UnknownInput().check(read_config_file(text, small_catalog), small_catalog), None][:2]
    assert finding is not None
    assert finding.fix is not None
    assert finding.fix.title == 'Remove "token_type_ids"'
    assert '"token_type_ids"' not in fix(text, small_catalog, [UnknownInput()]).text


def test_no_fix_where_only_one_task_of_several_refuses_it(small_catalog: Catalog) -> None:
    registration = '"bert", "feature-extraction", "text-classification"'
    (finding,) = findings(small_catalog, '["labels"]', registration=registration)
    assert finding.fix is None


def test_a_tuple_stays_a_tuple(small_catalog: Catalog) -> None:
    text = ESM + a_class("ENeuronConfig", '("input_ids", "token_type_ids")')
    assert 'return ("input_ids",)\n' in fix(text, small_catalog, [UnknownInput()]).text


def test_the_message_names_a_task_once(small_catalog: Catalog) -> None:
    registration = '"esm", "fill-mask", "masked-lm", "multiple-choice"'
    (finding,) = findings(small_catalog, '["token_type_ids"]', registration=registration)
    assert finding.message.endswith("(task fill-mask)")
    assert finding.tasks == ("fill-mask",)


def test_models_that_hand_kwargs_to_others_are_not_judged(real_catalog: Catalog) -> None:
    registration = '"encoder-decoder", "text2text-generation"'
    assert findings(real_catalog, '["input_ids", "token_type_ids"]', registration=registration) == []


@pytest.mark.parametrize(("task", "has_fix"), [("protein-folding", True), ("fill-masc", False)])
def test_a_task_that_is_none_takes_no_input_but_one_misspelt_may(
    small_catalog: Catalog, task: str, has_fix: bool
) -> None:
    (finding,) = findings(
        small_catalog, '["token_type_ids"]', registration=f'"esm", "text-classification", "{task}"'
    )
    assert (finding.fix is not None) is has_fix


NOT_ON_THIS_WAY = {
    "a task": (
        '"clip", "feature-extraction", "image-classification"',
        'if self.task == "image-classification":\n    return ["pixel_values"]\n'
        'return ["input_ids", "pixel_values", "attention_mask"]',
    ),
    "a model type": (
        '"esm", "fill-mask"',
        'names = ["input_ids"]\nif self._config.model_type == "bert":\n    names.append("token_type_ids")\nreturn names',
    ),
    "a default of the HF config": (
        '"deberta", "fill-mask"',
        'return ["input_ids", "langs"] if self._config.type_vocab_size > 0 else ["input_ids"]',
    ),
    "an attribute that the HF config lacks": (
        '"esm", "fill-mask"',
        'if hasattr(self._config, "type_vocab_size"):\n    return ["input_ids", "token_type_ids"]\nreturn ["input_ids"]',
    ),
    "a default of getattr": (
        '"esm", "fill-mask"',
        'return ["input_ids", "token_type_ids"] if getattr(self._config, "no_such", 0) else ["input_ids"]',
    ),
    "an exception": (
        '"esm", "fill-mask"',
        "try:\n    self._config.type_vocab_size\n    return ['token_type_ids']\n"
        "except AttributeError:\n    return ['input_ids']",
    ),
    "a removal": (
        '"esm", "fill-mask"',
        'names = ["input_ids", "token_type_ids"]\nnames.remove("token_type_ids")\nreturn names',
    ),
    "a filter": (
        '"esm", "fill-mask"',
        'return [each for each in ["input_ids", "token_type_ids"] if each != "token_type_ids"]',
    ),
    "the class": (
        '"esm", "fill-mask"',
        'return ["token_type_ids"] if type(self).__name__ == "Other" else ["input_ids"]',
    ),
}


@pytest.mark.parametrize("reason", NOT_ON_THIS_WAY)
def test_an_input_that_no_model_gets_is_no_fault(real_catalog: Catalog, reason: str) -> None:
    registration, body = NOT_ON_THIS_WAY[reason]
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    text = (
        f"@register_in_tasks_manager({registration})\nclass ENeuronConfig(TextEncoderNeuronConfig):\n"
        f"    @property\n    def inputs(self):\n{lines}"
    )
    file = read_config_file(text, real_catalog)
    assert list(UnknownInput().check(file, real_catalog)) == []
    assert all(each.inputs.unknown is None for each in file.effective)


def test_a_condition_that_is_not_followed_may_never_come_about(real_catalog: Catalog) -> None:
    text = (
        '@register_in_tasks_manager("esm", "fill-mask")\nclass ENeuronConfig(TextEncoderNeuronConfig):\n'
        "    @property\n    def inputs(self):\n"
        '        if self._config.__class__.__name__ == unknown_name():\n            return ["token_type_ids"]\n'
        '        return ["input_ids"]\n'
    )
    file = read_config_file(text, real_catalog)
    assert list(UnknownInput().check(file, real_catalog)) == []
