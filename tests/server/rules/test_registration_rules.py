"""Where the rules about registrations are silent, and what they say in words."""

from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import rule_by_code
from neuron_config_server.rules.finding import Applicability, Finding, Severity

BODY = "    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig\n"


def found(code: str, text: str, catalog: Catalog) -> list[Finding]:
    rule = rule_by_code(code)
    assert rule is not None
    return list(rule.check(read_config_file(text, catalog), catalog))


def a_class(registration: str, name: str = "ANeuronConfig", base: str = "TextEncoderNeuronConfig") -> str:
    return f"@register_in_tasks_manager({registration})\nclass {name}({base}):\n{BODY}"


@pytest.mark.parametrize(
    ("model_type", "severity", "applicability"),
    [
        ("Bert", Severity.ERROR, Applicability.SAFE),
        ("bertt", Severity.WARNING, Applicability.UNSAFE),
        ("nomic-thing", Severity.INFO, None),
    ],
)
def test_a_name_that_custom_code_may_bring_is_no_error(
    small_catalog: Catalog, model_type: str, severity: Severity, applicability: Applicability | None
) -> None:
    (finding,) = found("NC303", a_class(f'"{model_type}", "fill-mask"'), small_catalog)
    assert finding.severity is severity
    assert (finding.fix.applicability if finding.fix is not None else None) is applicability


@pytest.mark.parametrize("model_type", ["mobilenet-v2", "xlm_roberta"])
def test_dashes_and_underscores_are_told_apart(real_catalog: Catalog, model_type: str) -> None:
    (finding,) = found("NC303", a_class(f'"{model_type}", "feature-extraction"'), real_catalog)
    assert finding.severity is Severity.ERROR
    assert finding.fix is not None


TWICE = a_class('"bert", "fill-mask"', "ANeuronConfig") + a_class('"bert", "fill-mask"', "BNeuronConfig")


def test_of_two_registrations_the_first_stays(small_catalog: Catalog) -> None:
    (finding,) = found("NC304", TWICE, small_catalog)
    assert finding.message == (
        '"bert" is registered for "fill-mask" already, by ANeuronConfig: the first registration stays, '
        "this one has no effect"
    )
    assert finding.fix is None
    assert finding.related[0].range.start.line == 0


def test_with_neuron_core_the_later_one_counts(small_catalog: Catalog) -> None:
    text = "from neuron_core.configs import register_in_tasks_manager\n" + TWICE
    (finding,) = found("NC304", text, small_catalog)
    assert finding.message.endswith("by ANeuronConfig, which this registration replaces")


def test_one_who_overwrites_means_to(small_catalog: Catalog) -> None:
    text = 'register_in_tasks_manager = TasksManager.create_register("neuron", overwrite_existing=True)\n'
    assert found("NC304", text + TWICE, small_catalog) == []


def test_the_order_of_importing_decides_which_is_the_first(small_catalog: Catalog) -> None:
    text = (
        f"class ANeuronConfig(TextEncoderNeuronConfig):\n{BODY}"
        + a_class('"bert", "fill-mask"', "BNeuronConfig")
        + 'register_in_tasks_manager("bert", "fill-mask")(ANeuronConfig)\n'
    )
    (finding,) = found("NC304", text, small_catalog)
    assert finding.class_name == "ANeuronConfig"


METHOD = "    @property\n    def inputs(self):\n{body}        return ['input_ids']\n"


def a_branch(test: str, rest: str = "") -> str:
    return (
        a_class('"bert", "fill-mask"')
        + METHOD.format(body=f"        if {test}:\n            return ['x']\n")
        + rest
    )


@pytest.mark.parametrize(
    ("test", "is_found"),
    [
        ('self.task == "multiple-choice"', True),
        ('"multiple-choice" == self.task', True),
        ('self.task in ["multiple-choice", "text-classification"]', True),
        ('self.task in ["multiple-choice", "fill-mask"]', False),
        ('self.task in ["multiple-choice", OTHER]', False),
        ("self.task in TASKS", False),
        ('self.task == "multiple-choice" and self.num_beams > 1', True),
        ('self.task == "multiple-choice" or self.num_beams > 1', False),
        ('self.task != "multiple-choice"', False),
        ('not self.task == "multiple-choice"', False),
        ('self._config.task == "multiple-choice"', False),
    ],
)
def test_what_counts_as_a_branch_on_a_task(small_catalog: Catalog, test: str, is_found: bool) -> None:
    assert bool(found("NC306", a_branch(test), small_catalog)) is is_found


BRANCH = 'self.task == "multiple-choice"'
HEIR = '@register_in_tasks_manager("esm", "multiple-choice")\nclass BNeuronConfig(ANeuronConfig):\n'


@pytest.mark.parametrize(
    ("rest", "is_found"),
    [
        (HEIR + "    pass\n", False),
        (HEIR + "    @property\n    def inputs(self):\n        return []\n", True),
        (HEIR + "    @property\n    def inputs(self):\n        return super().inputs\n", False),
        ("@register_in_tasks_manager('esm', *OTHER)\nclass BNeuronConfig(ANeuronConfig):\n    pass\n", False),
        ("config = ANeuronConfig(None, 'multiple-choice')\n", False),
        ("def ask(config):\n    config.task = 'multiple-choice'\n", False),
    ],
)
def test_whoever_uses_the_method_may_take_the_branch(
    small_catalog: Catalog, rest: str, is_found: bool
) -> None:
    assert bool(found("NC306", a_branch(BRANCH, rest), small_catalog)) is is_found


def test_a_branch_that_may_go_is_faded(small_catalog: Catalog) -> None:
    (finding,) = found("NC306", a_branch(BRANCH), small_catalog)
    assert finding.is_unnecessary
    assert finding.tasks == ("multiple-choice",)


@pytest.mark.parametrize(
    ("arguments", "is_found"),
    [
        ('"esm", TASKS', True),
        ('"esm", OTHER', False),
        ('"esm", "fill-mask", ["text-classification"]', True),
        ('"esm", *OTHER.remove("fill-mask")', False),
        ('"esm", *TASKS.copy()', False),
        ('"esm", *[]', True),
        ('model_type="esm"', True),
    ],
)
def test_lists_must_be_unpacked(small_catalog: Catalog, arguments: str, is_found: bool) -> None:
    text = 'TASKS = ["fill-mask", "text-classification"]\n' + a_class(arguments)
    assert bool(found("NC307", text, small_catalog)) is is_found


def test_what_is_no_task_is_not_registered_twice(small_catalog: Catalog) -> None:
    """The letters of a string that is unpacked: NC307 says what is wrong."""
    text = a_class('"bert", *"feature-extraction"')
    assert found("NC307", text, small_catalog)
    assert found("NC304", text, small_catalog) == []


def test_a_task_that_a_synonym_stands_for_is_not_available(real_catalog: Catalog) -> None:
    body = "\n    @property\n    def inputs(self):\n        return ['input_ids', 'attention_mask']\n"
    text = a_class(
        '"esm", "feature-extraction", "fill-mask", "sequence-classification", "token-classification"'
    )
    assert found("NC308", text + body, real_catalog) == []
    assert found("NC308", text.replace('"sequence-classification", ', "") + body, real_catalog)


@pytest.mark.parametrize("base", ["SomeoneElsesNeuronConfig", "TextEncoderNeuronConfig, Mixin"])
def test_a_normalized_config_may_come_from_an_unknown_base(small_catalog: Catalog, base: str) -> None:
    text = f'@register_in_tasks_manager("bert", "fill-mask")\nclass ANeuronConfig({base}):\n    pass\n'
    assert found("NC403", text, small_catalog) == []


def test_a_missing_normalized_config_is_told_once_for_a_lineage(small_catalog: Catalog) -> None:
    text = (
        "from optimum.exporters.neuron.config import TextEncoderNeuronConfig\n"
        '@register_in_tasks_manager("bert", "fill-mask")\nclass ANeuronConfig(TextEncoderNeuronConfig):\n    pass\n'
        '@register_in_tasks_manager("esm", "fill-mask")\nclass BNeuronConfig(ANeuronConfig):\n    pass\n'
    )
    (finding,) = found("NC403", text, small_catalog)
    assert finding.class_name == "ANeuronConfig"


@pytest.mark.parametrize("call", ["with_args(**NAMES)", "with_args(x='a', allow_new=NEW)", "with_args()"])
def test_names_that_cannot_be_told_are_not_judged(small_catalog: Catalog, call: str) -> None:
    text = f"class ANeuronConfig(A):\n    NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.{call}\n"
    assert found("NC404", text, small_catalog) == []
