from __future__ import annotations

import pytest

from neuron_config_server.reading.config_file import ConfigFile, StatementCache, mentions_configs
from neuron_config_server.reading.effective import effective_configs
from neuron_config_server.reading.facts import Strings
from neuron_config_server.reading.positions import SourceText

HEADER = "from optimum.exporters.neuron.config import TextEncoderNeuronConfig\n"


def values(strings: Strings | None) -> list[str]:
    assert strings is not None
    assert strings.unknown is None, strings.unknown
    return [literal.value for literal in strings.literals]


def config(text: str, name: str = "ENeuronConfig"):
    return next(found for found in ConfigFile(HEADER + text).classes if found.name == name)


def inputs_of(body: str) -> Strings:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    text = f"class ENeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n{lines}"
    found = config(text).property_strings("inputs")
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    "body",
    [
        'return ["a", "b"]',
        'return ("a", "b")',
        "return ['a'] + ['b']",
        'return [*["a"], "b"]',
        '"""Its inputs."""\nreturn ["a", "b"]',
        'common_inputs = ["a", "b"]\nreturn common_inputs',
        'names: list[str] = ["a", "b"]\nreturn names',
    ],
)
def test_inputs_are_followed(body: str) -> None:
    assert values(inputs_of(body)) == ["a", "b"]


@pytest.mark.parametrize(
    "body",
    [
        'return ["a"] + super().inputs',
        "return [f'x']",
        'return ["a", b"b"]',
        'names = ["a"]\nnames.append("b")\nreturn names',
        'if self.task == "t":\n    return ["a"]\nreturn ["b"]',
        "return names",
        "pass",
    ],
)
def test_what_is_not_followed_is_unknown(body: str) -> None:
    assert inputs_of(body).unknown is not None


@pytest.mark.parametrize(
    ("decorator", "tasks"),
    [
        ('@register_in_tasks_manager("esm", "a", "b")', ["a", "b"]),
        ('@register_in_tasks_manager("esm", *["a", "b"])', ["a", "b"]),
        ('@register_in_tasks_manager("esm", *TASKS)', ["x", "y"]),
        ('@register_in_tasks_manager("esm", "a", *TASKS, *["b"])', ["a", "x", "y", "b"]),
        ('@register("esm", *TASKS)', ["x", "y"]),
        ('@configs.register_in_tasks_manager("esm", *TASKS)', ["x", "y"]),
        ("@register_in_tasks_manager('esm')", []),
    ],
)
def test_registrations(decorator: str, tasks: list[str]) -> None:
    text = (
        'TASKS = ["x", "y"]\nregister = TasksManager.create_register("neuron")\n'
        f"{decorator}\nclass ENeuronConfig(TextEncoderNeuronConfig):\n    pass\n"
    )
    (registration,) = config(text).registrations
    assert registration.model_type is not None
    assert registration.model_type.value == "esm"
    assert registration.library == "transformers"
    assert values(registration.tasks) == tasks


def test_the_library_of_a_registration() -> None:
    text = '@register_in_tasks_manager("esm", "a", library_name="diffusers")\nclass ENeuronConfig(X): ...\n'
    assert config(text).registrations[0].library == "diffusers"


def test_a_constant_that_is_defined_by_itself_is_unknown() -> None:
    text = "T = [*T]\n@register_in_tasks_manager('esm', *T)\nclass ENeuronConfig(X): ...\n"
    assert "defined by itself" in (config(text).registrations[0].tasks.unknown or "")


def test_other_decorators_register_nothing() -> None:
    assert config('@cached("esm")\nclass ENeuronConfig(TextEncoderNeuronConfig): ...\n').registrations == ()


def test_inputs_are_inherited_within_the_file() -> None:
    text = (
        "class BNeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n        return ['a']\n"
        "class ENeuronConfig(BNeuronConfig):\n    pass\n"
    )
    owner, inputs = config(text).property_strings("inputs") or (None, None)
    assert owner is not None
    assert owner.name == "BNeuronConfig"
    assert values(inputs) == ["a"]


def test_a_base_from_elsewhere_that_comes_first_may_say_otherwise() -> None:
    text = (
        "class BNeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n        return ['a']\n"
        "class ENeuronConfig(Mixin, BNeuronConfig):\n    pass\n"
    )
    assert config(text).property_strings("inputs") is None


def test_bases_from_elsewhere_are_named_in_full() -> None:
    text = "import optimum.exporters.neuron as on\nclass ENeuronConfig(TextEncoderNeuronConfig, on.base.Mixin): ...\n"
    assert config(text).foreign_bases == (
        "optimum.exporters.neuron.config.TextEncoderNeuronConfig",
        "optimum.exporters.neuron.base.Mixin",
    )


def test_classes_that_are_no_configs_are_left_out() -> None:
    assert ConfigFile("class A(B):\n    pass\nclass C:\n    pass\n").classes == ()


def test_classes_under_a_condition_count() -> None:
    text = "try:\n    import x\nexcept ImportError:\n    x = None\nelse:\n    class ENeuronConfig(NeuronDefaultConfig): ...\n"
    assert [found.name for found in ConfigFile(text).classes] == ["ENeuronConfig"]


BROKEN = """\
@register_in_tasks_manager("bert", "fill-mask")
class BertNeuronConfig(TextEncoderNeuronConfig):
    INPUT_ARGS = ("batch_size",
"""
WHOLE = '''\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    """It has a docstring."""
'''


@pytest.mark.parametrize(
    "broken",
    [
        BROKEN,
        BROKEN.replace('("batch_size",', '"batch_size'),
        BROKEN.replace('("batch_size",', '"""batch_size'),
        BROKEN.replace('("batch_size",', "= 1"),
        BROKEN.replace("Config):", "Config)"),
        BROKEN.replace('"fill-mask")', '"fill-mask"').replace('("batch_size",', "()"),
    ],
)
@pytest.mark.parametrize("order", ["before", "after"])
def test_a_broken_class_costs_only_itself(broken: str, order: str) -> None:
    file = ConfigFile(broken + WHOLE if order == "before" else WHOLE + broken)
    assert [found.name for found in file.classes] == ["EsmNeuronConfig"]
    assert len(file.faults) == 1
    line = file.faults[0].range.start.line
    assert line < 3 if order == "before" else line >= 3


def test_positions_count_code_points() -> None:
    text = 'x = "😋é"; T = ["a😋", "b"]\n@register_in_tasks_manager("esm", *T)\nclass ENeuronConfig(X): ...\n'
    source = SourceText(text)
    (found,) = ConfigFile(text).classes
    literals = found.registrations[0].tasks.literals
    assert [source.slice(literal.range) for literal in literals] == ['"a😋"', '"b"']
    assert [source.slice(literal.inner) for literal in literals] == ["a😋", "b"]


@pytest.mark.parametrize(
    ("source", "remove", "left"),
    [
        ('["a", "b", "c"]', 0, '["b", "c"]'),
        ('["a", "b", "c"]', 1, '["a", "c"]'),
        ('["a", "b", "c"]', 2, '["a", "b"]'),
        ('["a"]', 0, "[]"),
        ('["a",]', 0, "[]"),
        ('["a", "b",]', 1, '["a",]'),
        ('[\n    "a",\n    "b",\n]', 0, '[\n    "b",\n]'),
        ('[\n    "a",  # first\n    "b",  # second\n]', 1, '[\n    "a",  # first  # second\n]'),
        ('[\n    "a",  # first\n    "b"\n]', 1, '[\n    "a",  # first\n]'),
        ('[\n    "a"\n    , "b"\n]', 1, '[\n    "a"\n]'),
    ],
)
def test_removing_an_element_leaves_a_tidy_list(source: str, remove: int, left: str) -> None:
    text = f"T = {source}\n@register_in_tasks_manager('esm', *T)\nclass ENeuronConfig(X): ...\n"
    (found,) = ConfigFile(text).classes
    removal = found.registrations[0].tasks.literals[remove].removal
    assert removal is not None
    place = SourceText(text)
    mended = text[: place.offset(removal.start)] + text[place.offset(removal.end) :]
    assert mended.startswith(f"T = {left}\n")
    assert (
        len(ConfigFile(mended).classes[0].registrations[0].tasks.literals)
        == len(found.registrations[0].tasks.literals) - 1
    )


def test_a_cache_gives_the_same_facts_as_a_fresh_reading() -> None:
    cache = StatementCache()
    texts = [HEADER + BROKEN + WHOLE, HEADER + WHOLE, "\n\n" + HEADER + WHOLE, HEADER + WHOLE + BROKEN]
    for text in texts * 2:
        cached, fresh = ConfigFile(text, cache), ConfigFile(text)
        assert cached.classes == fresh.classes
        assert cached.faults == fresh.faults
        assert cached.alias_lookups == fresh.alias_lookups


def test_what_it_means_for_each_task(esm_with_mistakes: str) -> None:
    effective = list(effective_configs(ConfigFile(esm_with_mistakes)))
    assert [(each.model_type.value, each.task.value) for each in effective] == [
        ("esm", "feature-extraction"),
        ("esm", "fill-mask"),
        ("esm", "sequence-classification"),
        ("esm", "token-classification"),
    ]
    assert values(effective[0].inputs) == ["input_ids", "attention_mask", "token_type_ids"]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("class A(TextEncoderNeuronConfig): ...", True),
        ("@register_in_tasks_manager('a')", True),
        ("r = TasksManager.create_register('neuron')", True),
        ("import torch\n\nclass Config: ...", False),
    ],
)
def test_the_cheap_test(text: str, mentions: bool) -> None:
    assert mentions_configs(text) is mentions
