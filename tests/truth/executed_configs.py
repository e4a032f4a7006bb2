"""What config classes really give: the file imported, each class instantiated, its properties asked for.

A program of its own, because what it imports must not be left behind for other tests::

    python executed_configs.py request.json answer.json

The request says ``how`` to import: ``optimum-neuron`` (its ``model_configs.py``, with its own base classes),
``neuron_core`` (our own model classes) or ``file`` (``path``, as ``neuron_core.loading`` does it). Its ``cases`` are
(class, task) with the situations in which each is asked. The answer has what was registered and, for each case, what
each situation gave; an exception is its text.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import json
import sys
from collections.abc import Callable, Generator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

NEEDS_THE_NEURON_SDK = ("neuronx_distributed",)
"""What model_configs.py 0.4.5 and its base classes import and can't be installed here: for annotations and for methods
that only run on Neuron. Everything else that they import is there, up to transformers 5.23 and optimum 2.3."""

SIZES = {"num_beams": 1, "batch_size": 2, "height": 8, "width": 8}
"""Of the axes; every other one has 4."""

IMAGE_ENCODER_SHAPES = {"sequence_length": 4, "hidden_size": 8, "projection_dim": 8}


class Placeholder(ModuleType):
    """A module whose every name is an empty class."""

    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class Placeholders(MetaPathFinder, Loader):
    """Finds what isn't installed, last of all finders."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = packages

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        is_ours = fullname.partition(".")[0] in self._packages
        return ModuleSpec(fullname, self, is_package=True) if is_ours else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Placeholder(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def import_optimum_neuron(root: str) -> tuple[ModuleType, str]:
    """``optimum.exporters.neuron.model_configs`` as it is, and the module of its ``InputShapesArguments``."""
    sys.path.append(root)  # optimum is a namespace package: its parts may stand in several folders
    sys.meta_path.append(Placeholders([name for name in NEEDS_THE_NEURON_SDK if find_spec(name) is None]))
    imported = importlib.import_module("optimum.exporters.neuron.model_configs")
    assert Path(imported.__file__ or "").is_relative_to(root)
    return imported, "optimum.neuron.utils.argument_utils"


def imported(request: dict[str, Any]) -> tuple[ModuleType, str]:
    how = request["how"]
    if how == "optimum-neuron":
        return import_optimum_neuron(request["root"])
    if how == "neuron_core":
        return importlib.import_module("neuron_core.configs.models"), "neuron_core.configs.base"
    loading = importlib.import_module("neuron_core.loading")
    module, _ = loading.execute_config_file(Path(request["path"]))
    return module, "neuron_core.configs.base"


def registered(module: ModuleType) -> list[tuple[str, str, str, str]]:
    """(library, model type, task, class) of what is registered for Neuron and stands in the module."""
    manager = importlib.import_module("optimum.exporters.tasks").TasksManager
    return [
        (library, model_type, task, constructor.func.__name__)
        for library, model_types in manager._LIBRARY_TO_SUPPORTED_MODEL_TYPES.items()
        for model_type, backends in model_types.items()
        for task, constructor in backends.get("neuron", {}).items()
        if constructor.func.__module__ == module.__name__
    ]


def sizes_of_all_axes(module: str) -> Any:
    types = importlib.import_module(module)
    names = types.InputShapesArguments.__dataclass_fields__
    shapes = types.InputShapesArguments(**{name: SIZES.get(name, 4) for name in names})
    shapes.image_encoder_shapes = types.ImageEncoderArguments(**IMAGE_ENCODER_SHAPES)
    return shapes


def hf_config(described: dict[str, Any], changed: dict[str, Any]) -> Any:
    """A config of transformers by its model type; any other is an object with attributes."""
    if "model_type" in described:
        config = importlib.import_module("transformers").AutoConfig.for_model(described["model_type"])
    else:
        config = SimpleNamespace(**described["attributes"])
    for path, value in changed.items():
        *owners, name = path.split(".")
        owner = functools.reduce(getattr, owners, config)
        setattr(owner, name, of_the_type_of(getattr(owner, name, None), value))
    return config


def of_the_type_of(existing: Any, value: Any) -> Any:
    """True and False as a number or a string, where the attribute holds one: transformers 5 takes nothing else."""
    if not isinstance(value, bool) or isinstance(existing, bool):
        return value
    if isinstance(existing, str):
        return existing or "something" if value else ""
    return type(existing)(existing or value if value else 0) if isinstance(existing, (int, float)) else value


class Told:
    """Stands for a HF config; every attribute is one too, and knows its path."""

    def __init__(self, path: str = "") -> None:
        self.path = path

    def __getattr__(self, name: str) -> Told:
        if name.startswith("__"):
            raise AttributeError(name)
        return Told(f"{self.path}.{name}".lstrip("."))


def normalized(instance: Any, config: Any) -> dict[str, Any]:
    made = instance._normalized_config
    on_paths = instance.NORMALIZED_CONFIG_CLASS(Told())
    names = [name for name in dir(made) if name.isupper() and isinstance(getattr(made, name), str)]
    paths = {name.lower(): getattr(on_paths, name.lower()).path for name in names}
    for name, path in paths.items():  # the paths are no theory: they lead to what the normalized config gives
        try:
            direct = functools.reduce(getattr, path.split("."), config)
        except AttributeError:
            direct = None
        assert getattr(made, name, None) is direct, (name, path)
    return {"class": type(made).__name__, "attributes": paths}


def mandatory_axes(instance: Any, _: Any) -> list[str]:
    """What the exporter asks the class for; a setter may add to those of the instance (UNet's IP adapter)."""
    axes = list(instance.get_mandatory_axes_for_task(instance.task))
    assert list(instance.mandatory_axes[: len(axes)]) == axes
    return axes


def tolerance(instance: Any) -> float:
    atol = instance.ATOL_FOR_VALIDATION
    return atol[instance.task] if isinstance(atol, dict) else atol


def name_of(class_: Any) -> str | None:
    return None if class_ is None else f"{class_.__module__}.{class_.__qualname__}"


PROPERTIES: dict[str, Callable[[Any, Any], Any]] = {
    "inputs": lambda instance, _: list(instance.inputs),
    "outputs": lambda instance, _: list(instance.outputs),
    "axes": mandatory_axes,
    "generators": lambda instance, _: [name_of(each) for each in instance.DUMMY_INPUT_GENERATOR_CLASSES],
    "normalized_config": normalized,
    "tolerance": lambda instance, _: tolerance(instance),
    "exported_model_type": lambda instance, _: instance.MODEL_TYPE,
    "wrapper": lambda instance, _: name_of(instance.CUSTOM_MODEL_WRAPPER),
    "values_override": lambda instance, _: instance.values_override,
}


def attempted(function: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": function()}
    except Exception as error:  # noqa: BLE001 - whatever a config raises is what it does
        return {"raises": type(error).__name__, "says": str(error)}


def observed(
    class_: Any, task: str, case: dict[str, Any], situation: dict[str, Any], shapes: Any
) -> dict[str, Any]:
    """What one instance gives, a fresh one for each property."""

    def made() -> tuple[Any, Any]:
        config = hf_config(case["hf_config"], situation["config"])
        instance = class_(config, task=task, input_shapes=copy.deepcopy(shapes))
        for name, value in {**case["as_exported"], **situation["instance"]}.items():
            setattr(instance, name, value)
        return instance, config

    def condition(text: str) -> bool:
        instance, _ = made()
        with kept_as_it_was(class_):
            return bool(eval(text, {"self": instance}))

    found: dict[str, Any] = {}
    for name, ask in PROPERTIES.items():
        with kept_as_it_was(class_):
            found[name] = attempted(lambda ask=ask: ask(*made()))
    conditions = {text: attempted(lambda text=text: condition(text)) for text in case["conditions"]}
    return {"properties": found, "conditions": conditions}


@contextlib.contextmanager
def kept_as_it_was(class_: Any) -> Generator[None]:
    """Configs change lists of their classes and modules (``super().outputs.append``): undone behind them."""
    owners = [*class_.__mro__[:-1], *(sys.modules[each.__module__] for each in class_.__mro__[:-1])]
    values = [
        value
        for owner in owners
        for name, value in vars(owner).items()
        if type(value) in (dict, list) and not name.startswith("__")
    ]
    before = [copy.deepcopy(value) for value in values]
    try:
        yield
    finally:
        for value, then in zip(values, before):
            put_back(value, then)


def put_back(value: Any, before: Any) -> None:
    """The list or dictionary itself, because others may hold it too."""
    if value == before:
        return
    if isinstance(value, list):
        value[:] = before
        return
    for key in [key for key in value if key not in before]:
        del value[key]
    for key, then in before.items():
        if key in value and type(value[key]) in (dict, list):
            put_back(value[key], then)
        else:
            value[key] = then


def resolved(dotted: str, module: ModuleType) -> str | None:
    """The module and name of what a dotted name stands for, as seen from the module."""
    owner, _, name = dotted.rpartition(".")
    try:
        if not owner:
            found = getattr(module, name)
        else:
            found = getattr(importlib.import_module(owner, module.__name__.rpartition(".")[0]), name)
    except (ImportError, AttributeError):
        return None
    return name_of(found)


def main(request_file: str, answer_file: str) -> None:
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    module, types = imported(request)
    shapes = sizes_of_all_axes(types)
    answer = {
        "registered": registered(module),
        "names": {dotted: resolved(dotted, module) for dotted in request["names"]},
        "cases": [
            [
                observed(getattr(module, case["class"]), case["task"], case, situation, shapes)
                for situation in case["situations"]
            ]
            for case in request["cases"]
        ],
    }
    Path(answer_file).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
