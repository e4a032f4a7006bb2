"""A user's file -> the config class that a job is about."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from neuron_core.configs import BertNeuronConfig, NeuronDefaultConfig, TextEncoderNeuronConfig
from neuron_core.configs.registry import registration_for
from neuron_core.errors import ConfigLoadError
from neuron_core.loading import execute_config_file, load_config_class

OPTIMUM_DIALECT = """\
from optimum.exporters.neuron.config import TextEncoderNeuronConfig
from optimum.exporters.tasks import TasksManager
from optimum.utils import NormalizedConfigManager

register_in_tasks_manager = TasksManager.create_register("neuron")
"""
OURS = """\
from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager
from optimum.utils import NormalizedConfigManager
"""
CLASS = """
@register_in_tasks_manager({registration})
class {name}(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""
ESM = CLASS.format(registration='"esm", "fill-mask", "text-classification"', name="EsmNeuronConfig")


def written(folder: Path, text: str, name: str = "my_configs.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("dialect", [OPTIMUM_DIALECT, OURS])
def test_a_class_is_found_by_its_task_in_either_dialect(tmp_path: Path, dialect: str) -> None:
    found = load_config_class(written(tmp_path, dialect + ESM), "fill-mask")
    assert (found.config_class.__name__, found.model_type, found.task) == (
        "EsmNeuronConfig",
        "esm",
        "fill-mask",
    )
    assert issubclass(found.config_class, TextEncoderNeuronConfig)


def test_a_synonym_of_the_task_finds_it_too(tmp_path: Path) -> None:
    found = load_config_class(written(tmp_path, OURS + ESM), "sequence-classification")
    assert found.task == "text-classification"


def test_the_files_own_class_wins_over_the_built_in_one(tmp_path: Path) -> None:
    text = OPTIMUM_DIALECT + CLASS.format(registration='"bert", "fill-mask"', name="MyBertNeuronConfig")
    assert (
        load_config_class(written(tmp_path, text), "fill-mask").config_class.__name__ == "MyBertNeuronConfig"
    )
    assert registration_for("bert", "fill-mask").config_class.__name__ == "MyBertNeuronConfig"
    assert registration_for("bert", "text-classification").config_class is BertNeuronConfig


def test_a_file_of_a_package_imports_its_siblings(tmp_path: Path) -> None:
    written(tmp_path, "", "pkg_one/__init__.py")
    written(tmp_path, 'TASKS = ["fill-mask"]', "pkg_one/common.py")
    text = OURS + "from .common import TASKS\n" + CLASS.format(registration='"esm", *TASKS', name="A")
    found = load_config_class(written(tmp_path, text, "pkg_one/configs.py"), "fill-mask")
    assert found.config_class.__module__ == "pkg_one.configs"


def test_a_lone_file_imports_its_neighbours_and_is_no_module_of_its_name(tmp_path: Path) -> None:
    written(tmp_path, 'TASKS = ["fill-mask"]', "neighbour_of_configs.py")
    text = (
        OURS
        + "from neighbour_of_configs import TASKS\n"
        + CLASS.format(registration='"esm", *TASKS', name="A")
    )
    assert load_config_class(written(tmp_path, text, "torch.py"), "fill-mask").config_class.__name__ == "A"
    assert sys.modules["torch"].__name__ == "torch"
    assert hasattr(sys.modules["torch"], "Tensor")


def test_a_method_imports_its_neighbours_when_it_is_called(tmp_path: Path) -> None:
    written(tmp_path, 'INPUTS = ["input_ids"]', "imported_late.py")
    written(tmp_path, "raise RuntimeError('not this one')", "colorsys.py")
    text = OURS + ESM.replace('return ["', 'from imported_late import INPUTS\n        return INPUTS + ["')
    config_class = load_config_class(written(tmp_path, text), "fill-mask").config_class
    assert config_class.inputs.fget(None) == ["input_ids", "input_ids", "attention_mask"]
    assert importlib.import_module("colorsys").__name__ == "colorsys"  # the installed one


def test_the_folder_is_on_the_path_once_and_not_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ConfigLoadError):
        execute_config_file(written(tmp_path, "raise ValueError"))
    assert str(tmp_path) not in sys.path
    for _ in range(2):
        execute_config_file(written(tmp_path, "x = 1"))
    assert sys.path.count(str(tmp_path)) == 1


@pytest.mark.parametrize("change", ["sys.path = list(sys.path)[1:]", "sys.path.clear()", "sys.path.pop(0)"])
def test_a_file_may_change_the_path(tmp_path: Path, change: str) -> None:
    module, _ = execute_config_file(written(tmp_path, f"import sys\n{change}\nx = 1"))
    assert module.x == 1


@pytest.mark.parametrize("name", ["esm-config v1.2.py", "1.py", "pkg_two/esm.v2.py", "no.pkg/configs.py"])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, OURS + ESM, name)
    (path.parent / "__init__.py").touch()
    assert load_config_class(path, "fill-mask").config_class.__name__ == "EsmNeuronConfig"


def test_several_classes_ask_for_a_choice(tmp_path: Path) -> None:
    one = CLASS.format(registration='"esm", "fill-mask"', name="A")
    other = CLASS.format(registration='"bert", "fill-mask"', name="B")
    path = written(tmp_path, OURS + one + other)
    with pytest.raises(ConfigLoadError, match=r"A \(esm\) for fill-mask; B \(bert\) for fill-mask") as caught:
        load_config_class(path, "fill-mask")
    assert caught.value.hint == "Choose with --config-class or --model_type."
    assert load_config_class(path, "fill-mask", class_name="B").model_type == "bert"
    assert load_config_class(path, "fill-mask", model_type="esm").config_class.__name__ == "A"


def test_a_class_that_nothing_registers_can_be_named_with_its_model_type(tmp_path: Path) -> None:
    path = written(tmp_path, OURS + ESM.replace("@register", "register").replace("\nclass", "; \nclass"))
    found = load_config_class(path, "token-classification", class_name="EsmNeuronConfig", model_type="esm")
    assert (found.model_type, found.task) == ("esm", "token-classification")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"task": "multiple-choice"}, "is not registered for the task multiple-choice"),
        ({"task": "fill-mask", "model_type": "bert"}, "is not registered for the task fill-mask of bert"),
        ({"task": "fill-mask", "class_name": "Other"}, "has no config class Other. It has: EsmNeuronConfig."),
        ({"task": "fill-mask", "class_name": "annotations"}, "has no config class annotations"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(tmp_path: Path, options: dict[str, str], said: str) -> None:
    path = written(tmp_path, "from __future__ import annotations\n" + OURS + ESM)
    with pytest.raises(ConfigLoadError) as caught:
        load_config_class(path, **options)
    assert said in str(caught.value)
    assert "EsmNeuronConfig" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("x = (\n", "line 1 cannot be executed: SyntaxError", "neuron-config check"),
        ("\nraise RuntimeError('boom')\n", "line 2 cannot be executed: RuntimeError: boom", "mend it there"),
        ("import sys\nsys.exit(3)\n", "line 2 cannot be executed: SystemExit: 3", "mend it there"),
        (OURS + ESM.replace('"bert"', '"esm"'), "line 6 cannot be executed: KeyError", "neuron-config check"),
        (
            OPTIMUM_DIALECT + ESM.replace("fill-mask", "masked-lm"),
            'does not know the task called "masked-lm"',
            "neuron-config check",
        ),
        ("import torch_neuronx\n", "No module named 'torch_neuronx'", "comes with the Neuron SDK"),
        ("from optimum.neuron import x\n", "No module named 'optimum.neuron'", "or optimum-neuron"),
        ("import no_such_thing\n", "No module named 'no_such_thing'", "mend it there"),
    ],
)
def test_a_file_that_raises_is_told_with_its_line(tmp_path: Path, text: str, said: str, hint: str) -> None:
    path = written(tmp_path, text)
    before = registration_for("esm", "fill-mask")
    with pytest.raises(ConfigLoadError) as caught:
        execute_config_file(path)
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert str(path) in caught.value.message
    assert "neuron_core/loading.py" not in caught.value.detail
    assert registration_for("esm", "fill-mask") == before


@pytest.mark.parametrize(("name", "said"), [("missing.py", "There is no file"), (".", "There is no file")])
def test_a_file_that_is_not_there(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ConfigLoadError, match=said):
        execute_config_file(tmp_path / name)


def test_a_file_that_is_not_python(tmp_path: Path) -> None:
    with pytest.raises(ConfigLoadError, match=r"it has to end in \.py"):
        execute_config_file(written(tmp_path, "x = 1\n", "configs.txt"))


def test_upstreams_modules_are_ours(tmp_path: Path) -> None:
    text = (
        "from optimum.exporters.neuron import NeuronDefaultConfig\n"
        "import optimum.exporters.neuron.config as config\n"
        "from optimum.exporters.neuron.base import NeuronDefaultConfig as base\n"
        "from optimum.exporters.neuron.model_configs import BertNeuronConfig, COMMON_TEXT_TASKS\n"
    )
    module, registered = execute_config_file(written(tmp_path, text))
    assert module.NeuronDefaultConfig is module.base is NeuronDefaultConfig
    assert module.config.TextEncoderNeuronConfig is TextEncoderNeuronConfig
    assert module.BertNeuronConfig is BertNeuronConfig
    assert registered == []


def test_no_bytecode_is_left_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "lists.py").write_text("TASKS = ['fill-mask']\n")
    (tmp_path / "config.py").write_text("import lists\n")
    execute_config_file(tmp_path / "config.py")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["config.py", "lists.py"]
    assert not sys.dont_write_bytecode
