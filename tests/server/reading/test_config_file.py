from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile, mentions_configs
from neuron_config_server.reading.config_reader import ConfigReader, read_config_file
from neuron_config_server.reading.effective import Possible
from neuron_config_server.reading.literals import Strings
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.reading.removal import Removal

HEADER = "from optimum.exporters.neuron.config import TextEncoderNeuronConfig\n"
CATALOG = Catalog(Environment.own())


def read(text: str) -> ConfigFile:
    return read_config_file(text, CATALOG)


def values(strings: Strings | None) -> list[str]:
    assert strings is not None
    assert strings.unknown is None, strings.unknown
    return list(strings.values)


def config(text: str, name: str = "ENeuronConfig") -> ConfigClass:
    return next(found for found in read(HEADER + text).classes if found.name == name)


def inputs_of(body: str) -> Strings:
    found = possible_inputs(body).variants[0].value
    assert found is not None
    return found


def possible_inputs(body: str) -> Possible[Strings]:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    registered = "@register_in_tasks_manager('esm', 'fill-mask')\n"
    text = f"class ENeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n{lines}"
    (effective,) = config(registered + text).effective
    return effective.inputs


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
    ("body", "reason"),
    [
        ("return [f'{x}']", "`x` is not followed"),
        ('return ["a", b"b"]', "an element is no string"),
        ("return names", "it is no list"),
        ("pass", "it is no list"),
        ('return ["a", *names]', "`names` is not followed"),
        ('return ["a"] + names()', "`names()` is not followed"),
        ("for x in range(2000): yield x", "it is no list"),
        ("return [*(x for x in y)]", "`y` is not followed"),
        ("while True: pass", "a loop goes on for longer than is followed"),
    ],
)
def test_what_is_not_followed_is_unknown_with_its_reason(body: str, reason: str) -> None:
    assert possible_inputs(body).unknown == reason


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
    assert registration.model_type_name == "esm"
    assert registration.library == "transformers"
    assert values(registration.tasks) == tasks


def test_the_library_of_a_registration() -> None:
    text = '@register_in_tasks_manager("esm", "a", library_name="diffusers")\nclass ENeuronConfig(X): ...\n'
    assert config(text).registrations[0].library == "diffusers"
    text = text.replace("library_name=", '**{"library_name": ').replace('"diffusers"', '"diffusers"}')
    assert config(text).registrations[0].library == "diffusers"


def test_a_constant_that_is_defined_by_itself_is_unknown() -> None:
    text = "T = [*T]\n@register_in_tasks_manager('esm', *T)\nclass ENeuronConfig(X): ...\n"
    assert config(text).registrations[0].tasks.unknown == "`T` is not followed"


def test_other_decorators_register_nothing() -> None:
    assert config('@cached("esm")\nclass ENeuronConfig(TextEncoderNeuronConfig): ...\n').registrations == ()


INHERITED = (
    "class BNeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n        return ['a']\n"
    "@register_in_tasks_manager('esm', 'fill-mask')\nclass ENeuronConfig({bases}):\n    pass\n"
)


def test_inputs_are_inherited_within_the_file() -> None:
    found = config(INHERITED.format(bases="BNeuronConfig"))
    owner = found.owner("inputs")
    assert owner is not None
    assert owner.name == "BNeuronConfig"
    assert values(found.effective[0].inputs.only) == ["a"]


def test_a_base_from_elsewhere_that_comes_first_may_say_otherwise() -> None:
    (effective,) = config(INHERITED.format(bases="Mixin, BNeuronConfig")).effective
    assert effective.inputs.unknown == "`Mixin` may have `inputs`, and is not found"


def test_bases_from_elsewhere_are_named_in_full() -> None:
    text = "import optimum.exporters.neuron as on\nclass ENeuronConfig(TextEncoderNeuronConfig, on.base.Mixin): ...\n"
    assert config(text).foreign_bases == ("TextEncoderNeuronConfig", "optimum.exporters.neuron.base.Mixin")


def test_classes_that_are_no_configs_are_left_out() -> None:
    assert read("class A(B):\n    pass\nclass C:\n    pass\n").classes == ()


def test_classes_under_a_condition_count() -> None:
    text = "try:\n    import x\nexcept ImportError:\n    x = None\nelse:\n    class ENeuronConfig(NeuronDefaultConfig): ...\n"
    assert [found.name for found in read(text).classes] == ["ENeuronConfig"]


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
    file = read(broken + WHOLE if order == "before" else WHOLE + broken)
    assert [found.name for found in file.classes] == ["EsmNeuronConfig"]
    assert len(file.faults) == 1
    line = file.faults[0].range.start.line
    assert line < 3 if order == "before" else line >= 3


def test_a_future_import_stands_first() -> None:
    assert read('"""What it is."""\nfrom __future__ import annotations\n').faults == ()
    (fault,) = read("import os\n\nfrom __future__ import annotations\n").faults
    assert fault.message == "from __future__ imports must occur at the beginning of the file"
    assert fault.range.start.line == 2


def test_positions_count_code_points() -> None:
    text = 'x = "😋é"; T = ["a😋", "b"]\n@register_in_tasks_manager("esm", *T)\nclass ENeuronConfig(X): ...\n'
    source = SourceText(text)
    (found,) = read(text).classes
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
        ('("a", "b")', 0, '("b",)'),
        ('("a", "b")', 1, '("a",)'),
        ('("a", "b",)', 0, '("b",)'),
        ('("a",)', 0, "()"),
        ('("a", "b", "c")', 0, '("b", "c")'),
        ('("a", "b", "c")', 2, '("a", "b")'),
        ('(\n    "a",  # first\n    "b"\n)', 1, '(\n    "a",  # first\n)'),
        ('"a", "b"', 0, '"b",'),
        ('"a", "b"', 1, '"a",'),
        ('"a", "b",', 1, '"a",'),
    ],
)
def test_removing_an_element_leaves_a_tidy_list(source: str, remove: int, left: str) -> None:
    text = f"T = {source}\n@register_in_tasks_manager('esm', *T)\nclass ENeuronConfig(X): ...\n"
    (found,) = read(text).classes
    removal = read(text).removal(found.registrations[0].tasks.literals[remove])
    assert removal is not None
    place = SourceText(text)
    mended = (
        text[: place.offset(removal.range.start)] + removal.left + text[place.offset(removal.range.end) :]
    )
    assert mended.startswith(f"T = {left}\n")
    assert (
        len(read(mended).classes[0].registrations[0].tasks.literals)
        == len(found.registrations[0].tasks.literals) - 1
    )


def test_a_reader_says_the_same_as_a_fresh_one() -> None:
    reader = ConfigReader(CATALOG)
    texts = [HEADER + BROKEN + WHOLE, HEADER + WHOLE, "\n\n" + HEADER + WHOLE, HEADER + WHOLE + BROKEN]
    for text in texts * 2:
        reused, fresh = reader.read(text), read(text)
        assert [each.facts for each in reused.statements] == [each.facts for each in fresh.statements]
        assert reused.faults == fresh.faults
        assert [each.name_range for each in reused.classes] == [each.name_range for each in fresh.classes]


def test_what_it_means_for_each_task(esm_with_mistakes: str) -> None:
    effective = list(read(esm_with_mistakes).effective)
    assert [(each.model_type, each.task) for each in effective] == [
        ("esm", "feature-extraction"),
        ("esm", "fill-mask"),
        ("esm", "sequence-classification"),
        ("esm", "token-classification"),
    ]
    assert values(effective[0].inputs.only) == ["input_ids", "attention_mask", "token_type_ids"]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("class A(TextEncoderNeuronConfig): ...", True),
        ("@register_in_tasks_manager('a')", True),
        ("r = TasksManager.create_register('neuron')", True),
        ("class A(NeuronExportConfig): ...", True),
        ("import torch\n\nclass Config: ...", False),
    ],
)
def test_the_cheap_test(text: str, mentions: bool) -> None:
    assert mentions_configs(text) is mentions


def tasks_of(text: str) -> Strings:
    return (
        config(text + "@register_in_tasks_manager('esm', *T)\nclass ENeuronConfig(X): ...\n")
        .registrations[0]
        .tasks
    )


def removals_of(text: str) -> list[Removal | None]:
    text += "@register_in_tasks_manager('esm', *T)\nclass ENeuronConfig(X): ...\n"
    file = read(text)
    return [file.removal(literal) for literal in file.classes[0].registrations[0].tasks.literals]


def test_the_last_element_of_a_bare_tuple_cannot_go() -> None:
    assert removals_of('T = "a",\n') == [None]


def test_both_ends_of_a_tuple_of_three_are_not_removed_at_once() -> None:
    first, _, last = removals_of('T = ("a", "b", "c")\n')
    assert first is not None
    assert last is not None
    assert last.range.start <= first.range.end


def test_a_string_in_parentheses_is_no_list() -> None:
    assert values(tasks_of('T = ("fill-mask")\n')) == list("fill-mask")  # what Python makes of the star


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ('T = ["a"]\nT = ["b"]\n', ["b"]),
        ('T = ["a"]; T = ["b"]\n', ["b"]),
        ('T = ["a", "b"]\nT.remove("a")\n', ["b"]),
        ('T = ["a"]\ndef f():\n    T.append("b")\n', ["a"]),
        ('T = ["a"]\ndef f():\n    T.append("b")\nf()\n', ["a", "b"]),
        ('T = ["a"]\nT[0] = "b"\n', ["b"]),
        ('T = ["a"]\ndel T[0]\n', []),
        ('T = ["a"]\nT += ["b"]\n', ["a", "b"]),
        ('U = ["a", "b"]\nU.pop()\nT = U\n', ["a"]),
        ('U = ["a"]\nT = U\nU.append("b")\n', ["a", "b"]),
        ('U = ["a"]\nT = U + []\nU.append("b")\n', ["a"]),
        ('T: list[str]\nT = ["a"]\n', ["a"]),
        ('T: list[str] = ["a"]\nfor t in T: print(t)\n', ["a"]),
        ('if X:\n    T = ["a"]\nelse:\n    T = ["a"]\n', ["a"]),
        ('if is_x_available():\n    T = ["a"]\nelse:\n    T = ["b"]\n', ["a"]),
    ],
)
def test_a_constant_is_what_it_is_when_the_class_is_registered(text: str, tasks: list[str]) -> None:
    assert values(tasks_of(text)) == tasks


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('if X:\n    T = ["a"]\nelse:\n    T = ["b"]\n', "it depends on `X`"),
        ('T = ["a"]\nif X:\n    T.append("b")\n', "it depends on `X`"),
        ('T = ["a"]\nif X:\n    T += ["b"]\n', "it depends on `X`"),
        ('try:\n    from x import T\nexcept ImportError:\n    T = ["a"]\n', "`x.T` is not followed"),
        ('T = ["a"]\nfor T in X: pass\n', "a loop over `X` is not followed"),
        ('T = ["a"]\nwith x() as T: pass\n', "`x()` is not followed"),
    ],
)
def test_a_constant_that_depends_on_what_is_not_known_is_unknown(text: str, reason: str) -> None:
    assert tasks_of(text).unknown == reason


def test_constants_that_double_are_given_up() -> None:
    text = 'T0 = ["a"]\n' + "".join(f"T{n + 1} = T{n} + T{n}\n" for n in range(24)) + "T = T24\n"
    assert tasks_of(text).unknown == "a list is longer than is followed"


def test_long_chains_are_followed() -> None:
    text = 'T0 = ["a"]\n' + "".join(f"T{n + 1} = T{n}\n" for n in range(400)) + "T = T400\n"
    assert values(tasks_of(text)) == ["a"]
    classes = "".join(f"class C{n + 1}(C{n}): pass\n" for n in range(700))
    last = config(f"class C0(TextEncoderNeuronConfig): pass\n{classes}", "C700")
    assert len(last.lineage) == 701
    assert last.owner("inputs") is not None


def test_a_sum_too_long_for_the_parser_has_no_facts() -> None:
    assert read("T = " + " + ".join(['["a"]'] * 900) + "\n").faults == ()


@pytest.mark.parametrize(
    "text",
    [
        "class ENeuronConfig(X):\n    CUSTOM_MODEL_WRAPPER = W\n",
        "class ENeuronConfig(X):\n    if Y:\n        CUSTOM_MODEL_WRAPPER = W\n",
        "class ENeuronConfig(X):\n    pass\nENeuronConfig.CUSTOM_MODEL_WRAPPER = W\n",
        "class ENeuronConfig(X):\n    pass\nsetattr(ENeuronConfig, 'CUSTOM_MODEL_WRAPPER', W)\n",
        "class ENeuronConfig(X):\n    def __init__(self):\n        self.CUSTOM_MODEL_WRAPPER = W\n",
    ],
)
def test_an_attribute_may_be_set_anywhere(text: str) -> None:
    assert config("@register_in_tasks_manager('esm')\n" + text).sets("CUSTOM_MODEL_WRAPPER")


@pytest.mark.parametrize("keywords", ["**kwargs", "library_name=LIBRARY"])
def test_a_library_that_is_not_spelled_out_is_unknown(keywords: str) -> None:
    text = f'@register_in_tasks_manager("esm", "a", {keywords})\nclass ENeuronConfig(X): ...\n'
    assert config(text).registrations[0].library is None


@pytest.mark.parametrize(
    "statement",
    [
        'register = TasksManager.create_register("onnx")',
        "register = TasksManager.create_register(BACKEND)",
        "def register(*a): ...",
        "from optimum.exporters.onnx.model_configs import register_in_tasks_manager as register",
    ],
)
def test_other_functions_register_no_neuron_config(statement: str) -> None:
    text = f"{statement}\n@register('esm', 'a')\nclass ENeuronConfig(TextEncoderNeuronConfig): ...\n"
    assert config(text).registrations == ()


@pytest.mark.parametrize(
    "statement",
    [
        'register = TasksManager.create_register("neuron", overwrite_existing=True)',
        'register = TasksManager.create_register(backend="neuron")',
        "from .registry import register_in_tasks_manager as register",
    ],
)
def test_functions_that_register_neuron_configs(statement: str) -> None:
    text = f"{statement}\n@register('esm', 'a')\nclass ENeuronConfig(TextEncoderNeuronConfig): ...\n"
    assert len(config(text).registrations) == 1


@pytest.mark.parametrize(
    ("statement", "message", "at"),
    [
        (r'p = "C:\Users"', "unicode error", ""),
        (r'p = ["a", "\u"]', "unicode error", ""),
        (r'p = "\N{bad}"', "unicode error", ""),
        ('p = b"é"', "bytes can only contain ASCII", 'b"'),
        ("f(a=1, a=2)", "keyword argument repeated", "a=2"),
        ("*x = 1", "starred assignment", "*x"),
        ("class C:\n    return 1", "outside function", "return"),
    ],
)
def test_what_only_compiling_finds_is_a_fault_too(statement: str, message: str, at: str) -> None:
    text = f"{HEADER}{statement}\n{WHOLE}"
    file = read(text)
    (fault,) = file.faults
    assert message in fault.message
    assert SourceText(text).slice(fault.range).startswith(at)
    assert fault.range.start.line in (1, 2)
    assert [found.name for found in file.classes] == ["EsmNeuronConfig"]


def test_a_nul_byte_is_a_fault() -> None:
    assert len(read("x = 1\0\n").faults) == 1


@pytest.mark.parametrize("text", ["x = [\n    1,\n]\n", 'x = "\\d"\n', "match x:\n    case 1: pass\n"])
def test_what_python_reads_is_no_fault(text: str) -> None:
    assert read(text).faults == ()


EXOTIC = (
    HEADER
    + "é = '😋 e\u0301'; T = [\t'e\u0301',  # 😋\n\t'😋', \"a\u0301b\"]\n"
    + "@register_in_tasks_manager('esm', *T, 'x😋')\nclass ENeuronConfig(X):\n"
    + "\tLABEL = '😋'; ATOL_FOR_VALIDATION = 1e-3\n\n\t@property\n\tdef inputs(self):\n\t\treturn ['😋', f'{1}', 'b']\n"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\f\n", "# 😋\n\n"])
def test_every_string_is_where_it_is_said_to_be(line_end: str, start: str) -> None:
    text = (start + EXOTIC).replace("\n", line_end)
    file, source = read(text), SourceText(text)
    assert file.faults == ()
    (found,) = file.classes
    assert source.slice(found.name_range) == "ENeuronConfig"
    tasks = found.registrations[0].tasks.literals
    assert [source.slice(each.inner) for each in tasks] == ["e\u0301", "😋", "a\u0301b", "x😋"]
    assert [source.slice(each.range)[0] for each in tasks] == ["'", "'", '"', "'"]
    (inputs, *_) = found.effective[0].inputs.variants
    assert inputs.value is not None
    assert inputs.value.values == ("😋", "1", "b")
    assert [source.slice(each.inner) for each in inputs.value.literals] == ["😋", "b"]


@pytest.mark.parametrize(
    "body",
    [
        "x = 'ab'\nwhile True:\n    x = x + x",
        "n = 9\nfor i in range(60):\n    n = n * n\nreturn [str(n)]",
        "x = 'ab'\nfor i in range(60):\n    x += x\nreturn [x]",
        "return [f'{1:>999999999}']",
        "return ['a'.ljust(999999999)]",
        "return ['%999999999d' % 1]",
        "return [('a' * 9000).replace('a', 'b' * 9000)]",
        "return ['{:999999999}'.format(1)]",
        "return [str(9 ** 9 ** 9)]",
        "return ['a'] * 999999999",
        "return [str(i) for i in range(999999999)]",
        "x = []\nfor i in range(60):\n    x = [x, x]\nreturn [str(copy.deepcopy(x) == self.y)]",
        "def f(n):\n    return f(n + 1)\nreturn f(0)",
        "x = ['a']\nfor y in x:\n    x.append(y)\nreturn x * 200 * 200 * 200",
        "return [*(a for a in range(9000) for b in range(9000))]",
    ],
)
def test_code_that_would_fill_the_memory_is_not_followed(body: str) -> None:
    assert possible_inputs("import copy\n" + body).unknown is not None
