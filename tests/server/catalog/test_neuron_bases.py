from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.catalog.neuron_bases import (
    TEXT,
    VISION,
    Dialect,
    InputArg,
    MemberKind,
    Modality,
    NeuronBases,
    are_plain_bases,
    modality_of,
    read_neuron_bases,
)
from neuron_config_server.catalog.source import Sources

BASE = """
from optimum.exporters.base import ExporterConfig


class MissingMandatoryAxisDimension(ValueError):
    pass


class NeuronExportConfig(ExporterConfig):
    INPUT_ARGS = ()

    @classmethod
    def get_input_args_for_task(cls, task: str) -> tuple[str]:
        return ()


class NeuronDefaultConfig(NeuronExportConfig, ABC):
    NORMALIZED_CONFIG_CLASS = None
    DUMMY_INPUT_GENERATOR_CLASSES = ()
    ATOL_FOR_VALIDATION: float | dict[str, float] = 1e-5
    LIBRARY_NAME = "transformers"
    _TASK_TO_COMMON_OUTPUTS = {"fill-mask": ["logits"], "question-answering": ["start_logits", "end_logits"]}

    def __init__(self, config, task: str, input_shapes, preprocessors=None, *, size: int = -1):
        self._config = config
        self.task = task
        axes_values = {
            "batch_size": input_shapes.batch_size,
            "num_channels": input_shapes.num_channels or getattr(self._config, "num_channels", None),
        }
        for name, value in axes_values.items():
            setattr(self, name, value)
        setattr(self, "input_shapes", axes_values)

    @property
    def task(self) -> str:
        return self._task

    @task.setter
    def task(self, value: str):
        self._task = value

    @property
    @abstractmethod
    def inputs(self) -> list[str]:
        raise NotImplementedError()

    @staticmethod
    def names(inputs): ...
"""

CONFIG = """
from .base import NeuronDefaultConfig


class TextEncoderNeuronConfig(NeuronDefaultConfig):
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)
    INPUT_ARGS = ("batch_size", ("multiple-choice", "num_choices"), (("fill-mask", "multiple-choice"), "width"))


class ComputedNeuronConfig(NeuronDefaultConfig):
    DUMMY_INPUT_GENERATOR_CLASSES = TextEncoderNeuronConfig.DUMMY_INPUT_GENERATOR_CLASSES + more()
    INPUT_ARGS = axes()
    _TASK_TO_COMMON_OUTPUTS = {**OUTPUTS}
    LIBRARY_NAME = LIBRARY

    def names(self, inputs, *more): ...


class NxDExportNeuronConfig:
    _FUSED_PREFIX = ""
"""

SHAPES = """
@dataclass
class InputShapesArguments:
    batch_size: int | None = None
    num_channels: int | None = None
    num_images_per_prompt: int | None = None
"""

COMMAND = """
def parse_args_neuronx(parser):
    group = parser.add_argument_group("Input shapes")
    group.add_argument("-m", "--model", type=str)
    group.add_argument("--batch_size", type=int, help=f"Batch size {doc_input}")
    group.add_argument("--num-channels", type=int)
    group.add_argument("--images", dest="num_images_per_prompt", type=int)
    group.add_argument("output")
    other("--height")
"""

FILES = {
    "optimum/exporters/neuron/base.py": BASE,
    "optimum/exporters/neuron/config.py": CONFIG,
    "optimum/neuron/utils/argument_utils.py": SHAPES,
    "optimum/commands/export/neuronx.py": COMMAND,
    "optimum/exporters/base.py": "class ExporterConfig(ABC):\n    MIN_VERSION = 2\n",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def read(folder: Path, **changes: str | None) -> NeuronBases | None:
    """The bases of an optimum-neuron of five small files, by name without ``.py`` and folder what is changed."""
    last = {Path(path).stem if path != "optimum/exporters/base.py" else "exporter": path for path in FILES}
    texts = {**FILES, **{last[name]: text for name, text in changes.items()}}
    write(folder, {path: text for path, text in texts.items() if text is not None})
    return read_neuron_bases(Dialect.OPTIMUM_NEURON, [folder], Sources([folder]))


@pytest.fixture
def bases(tmp_path: Path) -> NeuronBases:
    found = read(tmp_path)
    assert found is not None
    return found


def test_classes_are_the_configs_with_their_places(bases: NeuronBases) -> None:
    assert {name: found.ancestors for name, found in bases.classes.items()} == {
        "NeuronExportConfig": ("NeuronExportConfig", "ExporterConfig"),
        "NeuronDefaultConfig": ("NeuronDefaultConfig", "NeuronExportConfig", "ExporterConfig"),
        "TextEncoderNeuronConfig": (
            "TextEncoderNeuronConfig",
            "NeuronDefaultConfig",
            "NeuronExportConfig",
            "ExporterConfig",
        ),
        "ComputedNeuronConfig": (
            "ComputedNeuronConfig",
            "NeuronDefaultConfig",
            "NeuronExportConfig",
            "ExporterConfig",
        ),
        "NxDExportNeuronConfig": ("NxDExportNeuronConfig",),
    }
    for found in bases.classes.values():
        assert found.complete
        assert (
            found.file.read_text(encoding="utf-8")
            .splitlines()[found.line - 1]
            .startswith(f"class {found.name}")
        )
    default = bases.classes["NeuronDefaultConfig"]
    assert (default.module, default.bases) == ("optimum.exporters.neuron.base", ("NeuronExportConfig", "ABC"))


def test_attributes_are_inherited_with_the_class_that_sets_them(bases: NeuronBases) -> None:
    attributes = bases.classes["TextEncoderNeuronConfig"].attributes
    assert {name: (each.owner, each.value) for name, each in attributes.items() if each.value_known} == {
        "MIN_VERSION": ("ExporterConfig", 2),
        "NORMALIZED_CONFIG_CLASS": ("NeuronDefaultConfig", None),
        "ATOL_FOR_VALIDATION": ("NeuronDefaultConfig", 1e-5),
        "LIBRARY_NAME": ("NeuronDefaultConfig", "transformers"),
    }
    assert attributes["DUMMY_INPUT_GENERATOR_CLASSES"].source == "(DummyTextInputGenerator,)"
    assert attributes["DUMMY_INPUT_GENERATOR_CLASSES"].line == 6


def test_input_args_hold_pairs_of_tasks_and_axis(bases: NeuronBases) -> None:
    found = bases.classes["TextEncoderNeuronConfig"]
    assert found.input_args == (
        InputArg("batch_size", ()),
        InputArg("num_choices", ("multiple-choice",)),
        InputArg("width", ("fill-mask", "multiple-choice")),
    )
    assert found.input_args_for("fill-mask") == ("batch_size", "width")
    assert found.input_args_for("multiple-choice") == ("batch_size", "num_choices", "width")
    assert (found.generators, bases.classes["NeuronDefaultConfig"].generators) == (
        ("DummyTextInputGenerator",),
        (),
    )
    assert found.common_outputs == {
        "fill-mask": ("logits",),
        "question-answering": ("start_logits", "end_logits"),
    }


def test_what_is_computed_is_not_told(bases: NeuronBases) -> None:
    found = bases.classes["ComputedNeuronConfig"]
    assert (found.input_args, found.input_args_for("fill-mask"), found.generators) == (None, None, None)
    assert found.common_outputs is None
    assert not found.attributes["LIBRARY_NAME"].value_known
    mixin = bases.classes["NxDExportNeuronConfig"]
    assert (mixin.input_args, mixin.generators, mixin.common_outputs) == (None, None, None)


@pytest.mark.parametrize(
    "input_args",
    [
        '"batch_size"',
        '("a", 1)',
        '("a", ("task", "axis", "more"))',
        '("a", (1, "axis"))',
        '("a", ("task", 1))',
    ],
)
def test_input_args_of_another_form_are_not_told(tmp_path: Path, input_args: str) -> None:
    found = read(
        tmp_path, config=f"{CONFIG}\n\nclass It(NeuronDefaultConfig):\n    INPUT_ARGS = {input_args}\n"
    )
    assert found is not None
    assert found.classes["It"].input_args is None


def test_members_have_kind_parameters_and_owner(bases: NeuronBases) -> None:
    members = bases.classes["ComputedNeuronConfig"].members
    assert {
        name: (each.kind, [parameter.name for parameter in each.parameters], each.owner)
        for name, each in members.items()
    } == {
        "get_input_args_for_task": (MemberKind.CLASS_METHOD, ["task"], "NeuronExportConfig"),
        "__init__": (
            MemberKind.METHOD,
            ["config", "task", "input_shapes", "preprocessors", "size"],
            "NeuronDefaultConfig",
        ),
        "task": (MemberKind.PROPERTY, [], "NeuronDefaultConfig"),
        "inputs": (MemberKind.PROPERTY, [], "NeuronDefaultConfig"),
        "names": (MemberKind.METHOD, ["inputs", "more"], "ComputedNeuronConfig"),
    }
    assert members["inputs"].is_abstract
    assert members["task"].can_be_set
    assert not members["inputs"].can_be_set
    static = bases.classes["NeuronDefaultConfig"].members["names"]
    assert (static.kind, static.parameters[0].name) == (MemberKind.STATIC_METHOD, "inputs")
    assert [each.value for each in members["__init__"].parameters] == [None, None, None, None, -1]


def test_an_instance_has_what_its_constructor_sets(bases: NeuronBases) -> None:
    found = bases.classes["TextEncoderNeuronConfig"]
    assert found.instance_attributes == ("_config", "_task", "batch_size", "input_shapes", "num_channels")
    assert bases.classes["NxDExportNeuronConfig"].instance_attributes == ()


def test_axes_know_whether_they_arrive_and_which_flag_sets_them(bases: NeuronBases) -> None:
    assert bases.axes is not None
    assert [
        (axis.name, axis.annotation, axis.known_to_instance, axis.from_model_config, axis.flag)
        for axis in bases.axes.values()
    ] == [
        ("batch_size", "int | None", True, False, "--batch_size"),
        ("num_channels", "int | None", True, True, "--num-channels"),
        ("num_images_per_prompt", "int | None", False, False, "--images"),
    ]
    assert bases.axes_file is not None
    assert bases.axes_file.name == "argument_utils.py"
    assert bases.flags_source is not None
    assert bases.flags_source.endswith("neuronx.py")


def test_flags_are_those_of_a_known_version_where_the_command_is_missing(tmp_path: Path) -> None:
    found = read(tmp_path, neuronx=None)
    assert found is not None
    assert found.axes is not None
    assert found.axes["num_images_per_prompt"].flag == "--num_images_per_prompt"
    assert found.flags_source == "optimum-neuron 0.4.5, optimum/commands/export/neuronx.py"


def test_flags_of_a_command_that_cannot_be_read_are_not_told(tmp_path: Path) -> None:
    found = read(tmp_path, neuronx="def broken(:\n")
    assert found is not None
    assert found.flags_source is None
    assert found.axes is not None
    assert found.axes["batch_size"].flag is None


@pytest.mark.parametrize(
    "base",
    [
        BASE.replace(
            "for name, value in axes_values.items():\n            setattr(self, name, value)", "pass"
        ),
        BASE.replace('"batch_size": input', "**more, 'batch_size': input"),
        BASE.replace("axes_values = {", "axes_values = made_of(input_shapes) or {"),
    ],
)
def test_axes_that_are_copied_in_another_way_are_not_told(tmp_path: Path, base: str) -> None:
    found = read(tmp_path, base=base)
    assert found is not None
    assert found.axes is None


def test_a_missing_optimum_leaves_what_the_files_themselves_say(tmp_path: Path) -> None:
    found = read(tmp_path, exporter=None)
    assert found is not None
    text = found.classes["TextEncoderNeuronConfig"]
    assert not text.complete
    assert text.ancestors[-1] == "NeuronExportConfig"
    assert text.attributes["LIBRARY_NAME"].value == "transformers"
    assert "MIN_VERSION" not in text.attributes


@pytest.mark.parametrize(
    "text", ["def broken(:\n", "", "class NeuronDefaultConfig(NeuronDefaultConfig): pass\n"]
)
def test_a_damaged_file_is_a_state_not_a_crash(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, base=text)
    assert found is not None
    assert set(found.classes) == {"NxDExportNeuronConfig"}
    assert found.axes is None


def test_a_file_that_is_not_text_is_as_good_as_missing(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    for name in ("base.py", "config.py"):
        (tmp_path / "optimum/exporters/neuron" / name).write_bytes(b"\xff\xfe\x00")
    assert read_neuron_bases(Dialect.OPTIMUM_NEURON, [tmp_path], Sources([tmp_path])) is None


def test_files_that_are_links_in_a_circle_are_as_good_as_missing(tmp_path: Path) -> None:
    folder = tmp_path / "optimum/exporters/neuron"
    folder.mkdir(parents=True)
    (folder / "base.py").symlink_to(folder / "config.py")
    (folder / "config.py").symlink_to(folder / "base.py")
    assert read_neuron_bases(Dialect.OPTIMUM_NEURON, [tmp_path], Sources([tmp_path])) is None


def test_an_environment_without_optimum_neuron_is_a_state_not_a_crash(tmp_path: Path) -> None:
    assert read_neuron_bases(Dialect.OPTIMUM_NEURON, [tmp_path], Sources([tmp_path])) is None


def test_our_own_bases_are_found_beside_the_server(tmp_path: Path) -> None:
    found = read_neuron_bases(Dialect.NEURON_CORE, [tmp_path], Sources([tmp_path]))
    assert found is not None
    default = found.classes["NeuronDefaultConfig"]
    assert default.file.parts[-3:] == ("neuron_core", "configs", "base.py")
    assert len(default.common_outputs or ()) == 17
    assert found.classes["VisionNeuronConfig"].input_args_for("fill-mask") == (
        "batch_size",
        "num_channels",
        "width",
        "height",
    )
    assert found.axes is not None
    assert {axis.name for axis in found.axes.values() if axis.from_model_config} == {
        "num_channels",
        "image_size",
        "patch_size",
    }
    assert all(axis.known_to_instance for axis in found.axes.values())
    assert sum(axis.flag is not None for axis in found.axes.values()) == 13


def test_the_table_of_modalities_names_our_own_bases(tmp_path: Path) -> None:
    """tests/truth/test_optimum.py holds it against optimum-neuron's."""
    found = read_neuron_bases(Dialect.NEURON_CORE, [tmp_path], Sources([tmp_path]))
    assert found is not None
    assert are_plain_bases(f"neuron_core.configs.{name}" for name in found.classes)
    assert not are_plain_bases(["neuron_core.configs.BertNeuronConfig"])
    assert not are_plain_bases(["optimum.exporters.neuron.config.NxDExportNeuronConfig"])


@pytest.mark.parametrize(
    ("names", "modality"),
    [
        (["optimum.exporters.neuron.config.TextEncoderNeuronConfig"], TEXT),
        (["neuron_core.configs.VisionNeuronConfig", "neuron_core.configs.NeuronDefaultConfig"], VISION),
        (["VisionNeuronConfig", "TextEncoderNeuronConfig"], None),
        (["AudioNeuronConfig"], None),
        (["Elsewhere"], None),
        ([], None),
    ],
)
def test_the_modality_that_bases_say(names: list[str], modality: Modality | None) -> None:
    assert modality_of(names) == modality
