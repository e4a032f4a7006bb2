from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.generators.choice import generator_for, generator_named, is_decided
from neuron_config_server.catalog.generators.dummy_generators import (
    DummyGenerator,
    read_dummy_generator,
    read_dummy_generators,
)
from neuron_config_server.catalog.generators.needs import Need, Phase
from neuron_config_server.catalog.generators.supported_names import Matching
from neuron_config_server.catalog.source import Sources

ROOT = '''
from abc import ABC, abstractmethod

DEFAULT_DUMMY_SHAPES = {"batch_size": 2, "sequence_length": 16}
NAME = "named"
MORE = ("more", NAME)
SPREAD = {"batch_size": 2, **DEFAULT_DUMMY_SHAPES}


class DummyInputGenerator(ABC):
    SUPPORTED_INPUT_NAMES = ()

    def supports_input(self, input_name: str) -> bool:
        """Whether."""
        return any(input_name.startswith(supported_input_name) for supported_input_name in self.SUPPORTED_INPUT_NAMES)

    @abstractmethod
    def generate(self, input_name, framework="pt"):
        raise NotImplementedError

    @staticmethod
    def random(shape, max_value=1):
        return shape.made, max_value


class DummyTextInputGenerator(DummyInputGenerator):
    SUPPORTED_INPUT_NAMES = ("input_ids", "attention_mask")

    def __init__(
        self,
        task: str,
        normalized_config,
        batch_size: int = DEFAULT_DUMMY_SHAPES["batch_size"],
        sequence_length: int = DEFAULT_DUMMY_SHAPES["sequence_length"],
        padding_side: str = "right",
        **kwargs,
    ):
        self.task = task
        self.vocab_size = normalized_config.vocab_size
        self.batch_size = batch_size
        self.sequence_length = sequence_length
        self.padding_side = padding_side

    def generate(self, input_name, framework="pt"):
        return self.random([self.batch_size, self.sequence_length], self.vocab_size)
'''

CONSTRUCTOR = """

class It(DummyInputGenerator):
    def __init__(self, task, normalized_config, batch_size=1, **kwargs):
{init}

    def generate(self, input_name):
{generate}
"""


def generators(folder: Path, text: str) -> dict[str, DummyGenerator]:
    path = folder / "input_generators.py"
    path.write_text(ROOT + text, encoding="utf-8")
    sources = Sources([folder])
    module = sources.module(path)
    assert module is not None
    found = read_dummy_generators({"optimum.utils.input_generators": module}, sources)
    return {generator.name: generator for generator in found.values()}


def it(folder: Path, init: str = "pass", generate: str = "pass") -> DummyGenerator:
    def indented(body: str) -> str:
        return "\n".join(f"        {line}" for line in body.strip().splitlines())

    text = CONSTRUCTOR.format(init=indented(init), generate=indented(generate))
    return generators(folder, text)["It"]


def reads(generator: DummyGenerator) -> dict[str, str]:
    return {read.path: read.need.value for read in generator.reads}


def axes_read(generator: DummyGenerator) -> set[str]:
    return {axis.name for axis in generator.axes if axis.read}


def test_every_generator_is_found_with_its_place(tmp_path: Path) -> None:
    found = generators(tmp_path, "class Other: pass\n\n\nclass Sub(DummyTextInputGenerator): pass\n")
    assert set(found) == {"DummyInputGenerator", "DummyTextInputGenerator", "Sub"}
    sub = found["Sub"]
    assert sub.ancestors == ("Sub", "DummyTextInputGenerator", "DummyInputGenerator")
    assert sub.file.read_text(encoding="utf-8").splitlines()[sub.line - 1].startswith("class Sub")
    assert sub.complete


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ('("a", "b")', ("a", "b")),
        ('["a"]', ("a",)),
        ('("a",) + ("b",)', ("a", "b")),
        ('DummyTextInputGenerator.SUPPORTED_INPUT_NAMES + ("c",)', ("input_ids", "attention_mask", "c")),
        ('("a", *DummyTextInputGenerator.SUPPORTED_INPUT_NAMES)', ("a", "input_ids", "attention_mask")),
        ('("a", NAME, *MORE)', ("a", "named", "more", "named")),
        ('("ab")', ("a", "b")),  # no comma: Python goes through the letters
        ("made()", None),
        ('("a", made())', None),
        ("Missing.SUPPORTED_INPUT_NAMES", None),
        ("UNKNOWN", None),
    ],
)
def test_supported_names_in_every_way_of_writing(
    tmp_path: Path, value: str, names: tuple[str, ...] | None
) -> None:
    text = f"\n\nclass It(DummyInputGenerator):\n    SUPPORTED_INPUT_NAMES = {value}\n"
    assert generators(tmp_path, text)["It"].supported_names == names


@pytest.mark.parametrize(
    "body",
    [
        "if NAME:\n        SUPPORTED_INPUT_NAMES = ('a',)",
        "def __init__(self, task, config):\n        self.SUPPORTED_INPUT_NAMES = (task,)",
        "@property\n    def SUPPORTED_INPUT_NAMES(self):\n        return ('a',)",
    ],
)
def test_names_that_are_decided_at_run_time_are_not_told(tmp_path: Path, body: str) -> None:
    found = generators(tmp_path, f"\n\nclass It(DummyTextInputGenerator):\n    {body}\n")["It"]
    assert (found.supported_names, found.supports("input_ids")) == (None, None)


def test_names_in_a_circle_are_not_told(tmp_path: Path) -> None:
    text = """

class A(DummyInputGenerator):
    SUPPORTED_INPUT_NAMES = B.SUPPORTED_INPUT_NAMES


class B(DummyInputGenerator):
    SUPPORTED_INPUT_NAMES = A.SUPPORTED_INPUT_NAMES
"""
    found = generators(tmp_path, text)
    assert (found["A"].supported_names, found["B"].supported_names) == (None, None)


@pytest.mark.parametrize(
    ("body", "matching"),
    [
        ("pass", Matching.PREFIX),
        (
            "def supports_input(self, input_name):\n        return input_name in self.SUPPORTED_INPUT_NAMES",
            Matching.EXACT,
        ),
        ("def supports_input(self, input_name):\n        return True", Matching.UNKNOWN),
        (
            "@cached\n    def supports_input(self, input_name):\n        return input_name in self.SUPPORTED_INPUT_NAMES",
            Matching.UNKNOWN,
        ),
    ],
)
def test_how_names_are_compared(tmp_path: Path, body: str, matching: Matching) -> None:
    found = generators(tmp_path, f"\n\nclass It(DummyTextInputGenerator):\n    {body}\n")["It"]
    assert found.matching is matching
    assert found.supports("input_ids_typo") is {Matching.PREFIX: True, Matching.EXACT: False}.get(matching)


def test_parameters_are_those_of_the_constructor_with_defaults_resolved(tmp_path: Path) -> None:
    found = generators(tmp_path, "\n\nclass Sub(DummyTextInputGenerator): pass\n")["Sub"]
    assert found.parameters is not None
    assert [(each.name, each.kind, each.default, each.value) for each in found.parameters] == [
        ("task", "POSITIONAL_OR_KEYWORD", None, None),
        ("normalized_config", "POSITIONAL_OR_KEYWORD", None, None),
        ("batch_size", "POSITIONAL_OR_KEYWORD", "DEFAULT_DUMMY_SHAPES['batch_size']", 2),
        ("sequence_length", "POSITIONAL_OR_KEYWORD", "DEFAULT_DUMMY_SHAPES['sequence_length']", 16),
        ("padding_side", "POSITIONAL_OR_KEYWORD", "'right'", "right"),
        ("kwargs", "VAR_KEYWORD", None, None),
    ]


@pytest.mark.parametrize(
    ("default", "value", "known"),
    [
        ("-1", -1, True),
        ("NAME", "named", True),
        ("None", None, True),
        ('DEFAULT_DUMMY_SHAPES["no_such_axis"]', None, False),
        ('IMPORTED["batch_size"]', None, False),
        ('SPREAD["batch_size"]', None, False),
        ("made()", None, False),
    ],
)
def test_a_default_that_cannot_be_told_is_said_to_be_unknown(
    tmp_path: Path, default: str, value: object, known: bool
) -> None:
    text = f"\n\nclass It(DummyInputGenerator):\n    def __init__(self, task, config, size={default}): pass\n"
    parameters = generators(tmp_path, text)["It"].parameters
    assert parameters is not None
    assert (parameters[-1].value, parameters[-1].value_known) == (value, known)


def test_a_class_without_a_constructor_takes_nothing(tmp_path: Path) -> None:
    assert generators(tmp_path, "")["DummyInputGenerator"].parameters == ()


def test_axes_are_followed_through_super_and_keyword_arguments(tmp_path: Path) -> None:
    text = """

class It(DummyTextInputGenerator):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.depth = kwargs.get("depth", 3)

    def generate(self, input_name):
        return self.random([self.batch_size, self.depth], self.vocab_size)
"""
    found = generators(tmp_path, text)["It"]
    assert [(axis.name, axis.default, axis.required, axis.read) for axis in found.axes] == [
        ("batch_size", 2, False, True),
        ("sequence_length", 16, False, False),
        ("padding_side", "right", False, False),
        ("depth", 3, False, True),
    ]
    assert reads(found) == {"vocab_size": "required"}


def test_what_is_not_handed_on_is_no_axis(tmp_path: Path) -> None:
    text = """

class It(DummyTextInputGenerator):
    def __init__(self, task, normalized_config, batch_size, sequence_length=4, **kwargs):
        super().__init__(task, normalized_config, batch_size=batch_size)
"""
    found = generators(tmp_path, text)["It"]
    assert [(axis.name, axis.required, axis.read) for axis in found.axes] == [
        ("batch_size", True, True),
        ("sequence_length", False, False),
    ]


@pytest.mark.parametrize(
    ("init", "generate", "read"),
    [
        ("self.size = batch_size", "return self.size", {"batch_size"}),
        ("self.size = batch_size", "return 1", set()),
        ("self.size = batch_size\nself.size = 1", "return self.size", set()),
        ("self.size = batch_size\nif task: self.size = 1", "return self.size", {"batch_size"}),
        ("self.size = 2 if batch_size is None else 3", "return self.size", {"batch_size"}),
        ("if batch_size: self.size = 2", "return self.size", {"batch_size"}),
        ("self.a, self.b = batch_size, 2", "return self.b", set()),
        ("self.a, self.b = pair(batch_size)", "return self.b", {"batch_size"}),
        ("self.shape = []\nself.shape[0] = batch_size", "return self.shape", {"batch_size"}),
        ("self.total = 0\nself.total += batch_size", "return self.total", {"batch_size"}),
        ("register(batch_size)", "return 1", {"batch_size"}),
        ("assert batch_size", "return 1", {"batch_size"}),
        ("self.sizes = [n for n in (batch_size,)]", "return self.sizes", {"batch_size"}),
        ("for n in (batch_size,): self.size = n", "return self.size", {"batch_size"}),
        ("with open(batch_size) as self.size: pass", "return self.size", {"batch_size"}),
        ("self.size = (found := batch_size)", "return self.size", {"batch_size"}),
        ("self.width = kwargs['width']", "return self.width", {"width"}),
        ("self.width = kwargs.pop('width')", "return self.width", {"width"}),
        ("self.wide = 'width' in kwargs", "return self.wide", {"width"}),
        ("self.size = self._twice(batch_size)", "return self.size", {"batch_size"}),
        ("while batch_size: break", "return 1", {"batch_size"}),
        ("self.size = batch_size", "return getattr(self, 'size')", {"batch_size"}),
        ("setattr(self, 'size', batch_size)", "return self.size", {"batch_size"}),
        ("for name in task: setattr(self, name, batch_size)", "return 1", {"batch_size"}),
        ("self.size = batch_size", "return made_of(self)", {"batch_size"}),
        ("self.size = batch_size", "return self.__dict__", {"batch_size"}),
        ("match batch_size:\n  case 1: self.size = 2", "return 1", {"batch_size"}),
        (
            "try: self.size = batch_size\nexcept Oops: self.size = 1\nfinally: pass",
            "return self.size",
            {"batch_size"},
        ),
        (
            "def inner(): return batch_size\nself.size = lambda: batch_size",
            "return self.size",
            {"batch_size"},
        ),
    ],
)
def test_which_axes_can_change_what_is_generated(
    tmp_path: Path, init: str, generate: str, read: set[str]
) -> None:
    assert axes_read(it(tmp_path, init, generate)) == read


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("self.a = normalized_config.a", {"a": "required"}),
        ("self.a = normalized_config.part.a", {"part": "required", "part.a": "required"}),
        ("part = normalized_config.part\nself.a = part.a", {"part": "required", "part.a": "required"}),
        ("self.a = normalized_config.config.a", {"config.a": "required"}),
        ("self.a = getattr(normalized_config, 'a', 1)", {"a": "optional"}),
        ("self.a = getattr(normalized_config, 'a')", {"a": "required"}),
        ("self.a = hasattr(normalized_config, 'a')", {"a": "optional"}),
        ("if normalized_config.has_attribute('a'): self.a = normalized_config.a", {"a": "optional"}),
        ("if hasattr(normalized_config, 'a') and task: self.a = normalized_config.a", {"a": "optional"}),
        ("self.a = hasattr(normalized_config, 'a') and normalized_config.a", {"a": "optional"}),
        ("self.a = normalized_config.a if hasattr(normalized_config, 'a') else 1", {"a": "optional"}),
        (
            "if getattr(normalized_config, 'a', None) is not None: self.a = normalized_config.a",
            {"a": "optional"},
        ),
        ("if task: self.a = normalized_config.a", {"a": "conditional"}),
        ("if task: self.a = normalized_config.a\nelse: self.a = normalized_config.a", {"a": "required"}),
        ("if task: raise Oops\nself.a = normalized_config.a", {"a": "required"}),
        ("if task: return\nself.a = normalized_config.a", {"a": "conditional"}),
        ("if task: return normalized_config.a\nself.a = normalized_config.a", {"a": "required"}),
        ("self.a = task or normalized_config.a", {"a": "conditional"}),
        ("self.a = normalized_config.a if task else normalized_config.a", {"a": "required"}),
        ("self.a = [0 for _ in range(normalized_config.a)]", {"a": "required"}),
        ("self.a = [normalized_config.a for _ in task]", {"a": "conditional"}),
        ("self.a = {k: normalized_config.a for k in task for _ in k if k}", {"a": "conditional"}),
        (
            "for _ in range(normalized_config.a): self.b = normalized_config.b",
            {"a": "required", "b": "conditional"},
        ),
        ("try: self.a = normalized_config.a\nexcept AttributeError: self.a = 1", {"a": "optional"}),
        ("self.a = normalized_config.types.count('x')", {"types": "required"}),
        ("self.a = normalized_config.sizes[0]", {"sizes": "required"}),
        ("super().__init__()\nself.a = normalized_config.a", {"a": "required"}),
        ("DummyTextInputGenerator.__init__(self, task, normalized_config)", {}),  # no base of this class
    ],
)
def test_which_attributes_the_constructor_reads(tmp_path: Path, init: str, expected: dict[str, str]) -> None:
    found = it(tmp_path, init)
    assert reads(found) == expected
    assert all(read.phase is Phase.INIT for read in found.reads)


def test_what_generate_reads_through_the_instance(tmp_path: Path) -> None:
    found = it(
        tmp_path,
        "self.normalized_config = normalized_config\nself.decoder = normalized_config.decoder",
        'if input_name == "a":\n    return self.normalized_config.a\nreturn self.decoder.b',
    )
    assert [(read.path, read.need, read.phase) for read in found.reads] == [
        ("decoder", Need.REQUIRED, Phase.INIT),
        ("a", Need.CONDITIONAL, Phase.GENERATE),
        ("decoder.b", Need.CONDITIONAL, Phase.GENERATE),
    ]


def test_helpers_and_properties_of_the_generator_are_followed(tmp_path: Path) -> None:
    text = """

class It(DummyTextInputGenerator):
    def __init__(self, task, config, **kwargs):
        DummyTextInputGenerator.__init__(self, task, config, **kwargs)
        self.normalized_config = config
        self._set(config, twice=True)

    def _set(self, given, twice):
        self.width = given.width

    @property
    def shape(self):
        return [self.sequence_length, self.normalized_config.height]

    def _again(self):
        return self._again()

    def generate(self, input_name):
        self._again()
        return self.random(self.shape)
"""
    found = generators(tmp_path, text)["It"]
    assert reads(found) == {"vocab_size": "required", "width": "required", "height": "required"}
    assert axes_read(found) == {"sequence_length"}
    assert found.complete


@pytest.mark.parametrize(
    "init",
    [
        "self.other = Helper(normalized_config)",
        "self.all = normalized_config.to_dict()",
        "self.all = kwargs",
        "super().__init__(task, normalized_config, **more)",
        "self.all = kwargs.items()",
        "class Inner: a = normalized_config.a",
        "self.random(normalized_config)",
        "super().unknown()",
        "self.unknown()",
        "register(self)",
    ],
)
def test_what_is_handed_to_code_that_is_not_followed_is_said(tmp_path: Path, init: str) -> None:
    assert not it(tmp_path, init).complete
    assert it(tmp_path, "isinstance(normalized_config, Other)").complete


def test_a_base_that_is_not_found_is_said(tmp_path: Path) -> None:
    text = """

class Elsewhere(FarAwayInputGenerator):
    def generate(self, input_name): ...


class Direct(lost.DummyInputGenerator):
    SUPPORTED_INPUT_NAMES = ("a",)


class NoGenerator(FarAway):
    pass


class Circle(Circle):
    pass
"""
    found = generators(tmp_path, text)
    assert "NoGenerator" not in found
    assert "Circle" not in found
    elsewhere = found["Elsewhere"]
    assert (elsewhere.complete, elsewhere.supported_names, elsewhere.parameters) == (False, None, None)
    assert elsewhere.matching is Matching.UNKNOWN


def test_a_base_in_another_package_is_found(tmp_path: Path) -> None:
    (tmp_path / "optimum/utils").mkdir(parents=True)
    (tmp_path / "optimum/neuron").mkdir()
    (tmp_path / "optimum/utils/input_generators.py").write_text(ROOT, encoding="utf-8")
    (tmp_path / "optimum/utils/__init__.py").write_text(
        "from .input_generators import DummyTextInputGenerator\n", encoding="utf-8"
    )
    own = tmp_path / "optimum/neuron/generators.py"
    own.write_text(
        "from optimum.utils import DummyTextInputGenerator\n\n\n"
        "class DummyTextInputGenerator2(DummyTextInputGenerator): pass\n",
        encoding="utf-8",
    )
    sources = Sources([tmp_path])
    module = sources.module(own)
    assert module is not None
    found = read_dummy_generator("DummyTextInputGenerator2", "optimum.neuron.generators", module, sources)
    assert found is not None
    assert (found.complete, found.supported_names) == (True, ("input_ids", "attention_mask"))
    assert read_dummy_generator("Missing", "optimum.neuron.generators", module, sources) is None


def test_a_file_that_cannot_be_parsed_has_no_generators(tmp_path: Path) -> None:
    path = tmp_path / "input_generators.py"
    path.write_text("class DummyTextInputGenerator(:\n", encoding="utf-8")
    sources = Sources([tmp_path])
    module = sources.module(path)
    assert module is not None
    assert read_dummy_generators({"m": module}, sources) == {}


CHOICE = """

class First(DummyInputGenerator):
    SUPPORTED_INPUT_NAMES = ("input",)


class Unknown(DummyInputGenerator):
    def supports_input(self, input_name):
        return bool(input_name)
"""


@pytest.mark.parametrize(
    ("order", "name", "chosen", "decided"),
    [
        (("DummyTextInputGenerator", "First"), "input_ids", "DummyTextInputGenerator", True),
        (("First", "DummyTextInputGenerator"), "input_ids", "First", True),
        (("DummyTextInputGenerator", "First"), "input_idz", "First", True),
        (("DummyTextInputGenerator",), "pixel_values", None, True),
        (("Unknown", "DummyTextInputGenerator"), "input_ids", None, False),
        (("DummyTextInputGenerator", "Unknown"), "input_ids", "DummyTextInputGenerator", True),
        ((), "input_ids", None, True),
    ],
)
def test_the_first_generator_that_supports_a_name_makes_it(
    tmp_path: Path, order: tuple[str, ...], name: str, chosen: str | None, decided: bool
) -> None:
    found = generators(tmp_path, CHOICE)
    ordered = [found[each] for each in order]
    generator = generator_for(name, ordered)
    assert (generator.name if generator is not None else None, is_decided(name, ordered)) == (chosen, decided)


def test_two_generators_of_one_name_are_told_apart_by_package(tmp_path: Path) -> None:
    sources = Sources([tmp_path])
    modules = {}
    for dotted in ("optimum.utils.input_generators", "optimum.neuron.utils.input_generators"):
        path = tmp_path.joinpath(*dotted.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ROOT, encoding="utf-8")
        module = sources.module(path)
        assert module is not None
        modules[dotted] = module
    found = read_dummy_generators(modules, sources)
    assert len(found) == 4

    def module_of(name: str) -> str | None:
        generator = generator_named(name, found)
        return generator.module if generator is not None else None

    assert module_of("optimum.utils.DummyTextInputGenerator") == "optimum.utils.input_generators"
    assert (
        module_of("optimum.neuron.utils.DummyTextInputGenerator") == "optimum.neuron.utils.input_generators"
    )
    assert module_of("DummyTextInputGenerator") is None
    assert module_of("optimum.DummyTextInputGenerator") is None
    assert module_of("optimum.utils.Missing") is None


def test_a_sample_is_as_imported() -> None:
    """tests/truth/test_optimum.py holds all of them."""
    utils = pytest.importorskip("optimum.utils")
    environment = Environment.own()
    sources = Sources(environment.roots)
    path = environment.file("optimum/utils/input_generators.py")
    module = sources.module(path) if path is not None else None
    assert module is not None
    for name in (
        "DummyTextInputGenerator",
        "DummyVisionInputGenerator",
        "MistralDummyPastKeyValuesGenerator",
    ):
        found = read_dummy_generator(name, "optimum.utils.input_generators", module, sources)
        assert found is not None
        assert found.parameters is not None
        real = inspect.signature(getattr(utils, name)).parameters.values()
        expected = [(each.name, None if each.default is each.empty else each.default) for each in real]
        assert [(each.name, each.value) for each in found.parameters] == expected
        assert found.supported_names == getattr(utils, name).SUPPORTED_INPUT_NAMES
