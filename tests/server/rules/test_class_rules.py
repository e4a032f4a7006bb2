"""Where the rules of the class are silent, and what they say."""

from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.fixing import ALL_FIXES, fix
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import rule_by_code

REGISTERED = '@register_in_tasks_manager("{type}", "fill-mask")\n'


def text_of(
    body: str, *, model_type: str = "esm", base: str = "TextEncoderNeuronConfig", name: str = "A"
) -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.split("\n"))
    return REGISTERED.format(type=model_type) + f"class {name}NeuronConfig({base}):\n{lines}"


def messages(code: str, text: str, catalog: Catalog) -> list[str]:
    rule = rule_by_code(code)
    assert rule is not None
    return [finding.message for finding in rule.check(read_config_file(text, catalog), catalog)]


SILENT = {
    "a constant like an axis": ("NC503", text_of("BATCH_SIZE = 1")),
    "a constant like a property": ("NC503", text_of("TASK = 1\nTASKS = 2")),
    "another attribute alike": ("NC503", text_of("RTOL_FOR_VALIDATION = 1e-3")),
    "a name that is read": ("NC503", text_of("INPUT_ARG = 1\n\ndef f(self):\n    return self.INPUT_ARG")),
    "a name in a string": ("NC503", text_of('INPUT_ARG = 1\n\ndef f(self):\n    return "INPUT_ARG"')),
    "both names": ("NC503", text_of("INPUT_ARGS = ()\nINPUT_ARG = ()")),
    "a computed name": (
        "NC503",
        text_of("INPUT_ARG = ()\n\ndef f(self, name):\n    return getattr(self, name)"),
    ),
    "a base that is not found": ("NC503", text_of("INPUT_ARG = ()", base="SomeoneElses")),
    "a property above": (
        "NC508",
        text_of("@property\ndef config(self):\n    return self._config", name="Base")
        + text_of("def f(self):\n    return self.config.x", base="BaseNeuronConfig"),
    ),
    "a property below": (
        "NC508",
        text_of("def f(self):\n    return self.config.x", name="Base")
        + text_of("config = None", base="BaseNeuronConfig"),
    ),
    "an error that is caught": (
        "NC508",
        text_of(
            "def f(self):\n    try:\n        return self.config\n    except AttributeError:\n        return None"
        ),
    ),
    "an attribute that is asked for first": (
        "NC508",
        text_of('def f(self):\n    return self.config if hasattr(self, "config") else None'),
    ),
    "set from outside": ("NC508", text_of("def f(self):\n    return self.config") + "made.config = 1\n"),
    "of something else": ("NC508", text_of("def f(self, model):\n    return model.config")),
    "a base that may have it": (
        "NC508",
        text_of("def f(self):\n    return self.config", base="SomeoneElses"),
    ),
    "one of two model types": (
        "NC505",
        REGISTERED.format(type="bert") + text_of('MODEL_TYPE = "esm"'),
    ),
    "told by code": ("NC505", text_of("MODEL_TYPE = model_type_of(__file__)")),
    "an axis that the class sets": (
        "NC506",
        text_of('INPUT_ARGS = ("depth",)\n\ndef f(self):\n    self.depth = 1'),
    ),
    "a tolerance that instances set": (
        "NC504",
        text_of(
            "ATOL_FOR_VALIDATION = None\n\ndef generate_dummy_inputs(self, **axes):\n"
            "    self.ATOL_FOR_VALIDATION = 1e-3\n    return super().generate_dummy_inputs(**axes)"
        ),
    ),
    "a tolerance that is told by code": ("NC504", text_of("ATOL_FOR_VALIDATION = TOLERANCES[0]")),
    "a decorated method": ("NC509", text_of("@cached\ndef get_compiler_args(self):\n    return ''")),
    "any arguments": ("NC509", text_of("def generate_dummy_inputs(self, *args, **kwargs):\n    return {}")),
    "an encoder-decoder": (
        "NC509",
        text_of(
            "def patch_model_and_prepare_aliases(self, model, device='xla', **kwargs):\n    return model, {}"
        ),
    ),
    "own generators": (
        "NC502",
        text_of("DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)", base="VisionNeuronConfig"),
    ),
}


@pytest.mark.parametrize("reason", SILENT)
def test_it_is_silent(small_catalog: Catalog, reason: str) -> None:
    code, text = SILENT[reason]
    assert messages(code, text, small_catalog) == []


SAID = {
    "a former name": (
        "NC503",
        text_of("MANDATORY_AXES = ()"),
        "nothing reads `MANDATORY_AXES`, it is called `INPUT_ARGS` now",
    ),
    "the first two letters exchanged": (
        "NC503",
        text_of("TAOL_FOR_VALIDATION = 1e-3"),
        "nothing reads `TAOL_FOR_VALIDATION`, did you mean `ATOL_FOR_VALIDATION`?",
    ),
    "a name that a line of comment mentions": (
        "NC503",
        text_of("# the INPUT_ARG of this class\nINPUT_ARG = 1"),
        "nothing reads `INPUT_ARG`, did you mean `INPUT_ARGS`?",
    ),
    "an underscore too few": (
        "NC503",
        text_of("TASK_TO_COMMON_OUTPUTS = {}"),
        "nothing reads `TASK_TO_COMMON_OUTPUTS`, did you mean `_TASK_TO_COMMON_OUTPUTS`?",
    ),
    "a model type that compiles otherwise": (
        "NC505",
        text_of("pass", model_type="hubert"),
        "without `MODEL_TYPE` a hubert is compiled with `--model-type transformer`, from which optimum-neuron "
        'excepts "hubert"',
    ),
    "an axis without option": (
        "NC506",
        text_of('INPUT_ARGS = ("batch_size", "vae_scale_factor")'),
        "`optimum-cli export neuron` has no option for the axis `vae_scale_factor`, and raises AttributeError "
        "when it looks for its size; from Python it can be set",
    ),
    "a tolerance that is a tuple": (
        "NC504",
        text_of("ATOL_FOR_VALIDATION = (1e-3,)"),
        "`ATOL_FOR_VALIDATION` is a tuple: the comparison raises TypeError",
    ),
    "a negative tolerance": (
        "NC504",
        text_of("ATOL_FOR_VALIDATION = -1e-3"),
        "`ATOL_FOR_VALIDATION` is negative: torch.allclose raises",
    ),
    "axes that an override does not take": (
        "NC509",
        text_of("def generate_dummy_inputs(self, batch_size):\n    return {}"),
        "the exporter calls `generate_dummy_inputs(**axes)`: it does not take `sequence_length`",
    ),
    "a mixin that is asked last": (
        "NC502",
        "class Mixin:\n    def flatten_inputs(self, inputs):\n        return inputs\n"
        + text_of("MODEL_TYPE = 'esm'", base="TextEncoderNeuronConfig, Mixin"),
        "`Mixin` stands after a base that has `flatten_inputs` too, and answers first: the mixin's is never "
        "used. Put the mixin first",
    ),
}


@pytest.mark.parametrize("what", SAID)
def test_what_is_said(small_catalog: Catalog, what: str) -> None:
    code, text, message = SAID[what]
    assert messages(code, text, small_catalog) == [message]


def test_a_model_type_is_added_as_first_statement(small_catalog: Catalog) -> None:
    rule = rule_by_code("NC505")
    assert rule is not None
    text = text_of("@property\ndef inputs(self):\n    return []", model_type="hubert")
    mended = fix(text, small_catalog, [rule], apply=ALL_FIXES).text
    assert (
        'class ANeuronConfig(TextEncoderNeuronConfig):\n    MODEL_TYPE = "hubert"\n\n    @property\n'
        in mended
    )


def test_a_fault_that_is_inherited_is_told_once(small_catalog: Catalog) -> None:
    text = text_of('MODEL_TYPE = "bert"') + text_of("pass", base="ANeuronConfig", name="B")
    assert len(messages("NC505", text, small_catalog)) == 1
