"""What is registered for Neuron, and what its models really take and give: everything imported, nothing read.

A program of its own, as ``executed_configs.py`` is, because what it imports must not be left behind for other tests::

    python executed_registrations.py optimum-neuron /folder/of/optimum-neuron answer.json
    python executed_registrations.py neuron_core /folder/of/optimum-neuron answer.json

Mutations are made by what it says: an input is a fault because ``inspect.signature`` has no such parameter.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from executed_configs import (
    imported,
    kept_as_it_was,
    name_of,
    registered,
    sizes_of_all_axes,
)

HALVES = re.compile("-(?:en|de)coder$")
ATTRIBUTES = ("type_vocab_size", "image_size", "num_channels", "vocab_size")
"""Of HF configs: what their defaults are asked for."""
WORD = re.compile(r"\w+")


def models_of(tasks: Any, task: str, model_type: str) -> list[type]:
    """The classes that the auto classes of a task load for a model type of transformers."""
    auto = importlib.import_module("transformers")
    try:
        config_class = auto.CONFIG_MAPPING[model_type]
    except KeyError:
        return []
    meant = tasks.map_from_synonym(task)
    for name in _names(tasks._TRANSFORMERS_TASKS_TO_MODEL_LOADERS.get(meant, ())):
        mapping = getattr(auto, name)._model_mapping
        if config_class in mapping:
            found = mapping[config_class]
            return list(found) if isinstance(found, (tuple, list)) else [found]
    return []


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def model(class_: type) -> dict[str, Any]:
    """How a model is called, and the fields of what it is annotated to return."""
    parameters = list(inspect.signature(class_.forward).parameters.values())[1:]
    plain = [each for each in parameters if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    return {
        "name": class_.__name__,
        "source": inspect.getsourcefile(class_),
        "parameters": [each.name for each in plain],
        "required": [each.name for each in plain if each.default is each.empty],
        "has_kwargs": any(each.kind == each.VAR_KEYWORD for each in parameters),
        "fields": [name for name, _ in fields_of(class_)],
        "nested": [name for name, is_nested in fields_of(class_) if is_nested],
    }


def fields_of(class_: type) -> list[tuple[str, bool]]:
    """Of the output dataclass that ``forward`` is annotated with, and whether they are such themselves; empty if it
    isn't annotated.
    """
    from transformers.utils import ModelOutput

    try:
        returned = typing.get_type_hints(inspect.unwrap(class_.forward)).get("return")
    except Exception:  # noqa: BLE001 - an annotation that can't be resolved is none
        return []
    for each in (returned, *typing.get_args(returned)):
        if isinstance(each, type) and issubclass(each, ModelOutput):
            types = typing.get_type_hints(each)
            return [(name, _holds(types[name], ModelOutput)) for name in each.__dataclass_fields__]
    return []


def _holds(type_: Any, wanted: type) -> bool:
    types = (type_, *typing.get_args(type_))
    return any(isinstance(each, type) and issubclass(each, wanted) for each in types)


def inferred(tasks: Any, class_: type) -> str | None:
    try:
        return tasks.infer_task_from_model(class_)
    except Exception:  # noqa: BLE001 - what optimum can't infer has no task
        return None


def hf_config(model_type: str) -> Any:
    auto = importlib.import_module("transformers").AutoConfig
    try:
        return auto.for_model(HALVES.sub("", model_type))
    except ValueError:
        return SimpleNamespace()


def instance_facts(class_: type, task: str, config: Any, shapes: Any) -> dict[str, Any]:
    """What an instance gives by default; empty where it can't be made of an HF config alone."""

    def asked(question: Callable[[Any], Any]) -> Any:
        with kept_as_it_was(class_):
            return question(class_(config, task=task, input_shapes=shapes))

    try:
        return {
            "inputs": asked(lambda made: list(made.inputs)),
            "outputs": asked(lambda made: list(made.outputs)),
            "above_shares_its_table": asked(
                lambda made: above(class_, made) is made._TASK_TO_COMMON_OUTPUTS.get(task)
            ),
        }
    except Exception:  # noqa: BLE001 - the library's own config is missing here
        return {}


def above(class_: type, instance: Any) -> Any:
    """The very list that ``super().outputs`` would be in this class."""
    try:
        return super(class_, instance).outputs
    except KeyError:
        return None


def registration(module: ModuleType, entry: tuple[str, str, str, str], shapes: Any) -> dict[str, Any]:
    library, model_type, task, class_name = entry
    class_ = getattr(module, class_name)
    tasks = importlib.import_module("optimum.exporters.tasks").TasksManager
    models = models_of(tasks, task, model_type) if library == "transformers" else []
    return {
        "library": library,
        "model_type": model_type,
        "task": task,
        "class": class_name,
        "axes": list(class_.get_input_args_for_task(task)),
        "wrapper": name_of(class_.CUSTOM_MODEL_WRAPPER),
        "generators": [generator(each) for each in class_.DUMMY_INPUT_GENERATOR_CLASSES],
        "models": [model(each) for each in models],
        **instance_facts(class_, task, hf_config(model_type), shapes),
    }


def generator(class_: type) -> dict[str, Any]:
    parameters = list(inspect.signature(class_.__init__).parameters.values())[1:]
    return {
        "name": class_.__name__,
        "supported": list(class_.SUPPORTED_INPUT_NAMES),
        "required": [
            each.name
            for each in parameters
            if each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
        ],
    }


def class_facts(module: ModuleType, name: str) -> dict[str, Any]:
    """Of a class of the module: the names of those above it, and which of its methods are the file's own."""
    class_ = getattr(module, name)
    own = [each for each in class_.__mro__ if each.__module__ == module.__name__]
    return {
        "order": [each.__name__ for each in class_.__mro__],
        "overridden": sorted({key for each in own for key in vars(each) if not key.startswith("__")}),
    }


def inert_axes(config: Any) -> list[str]:
    """The axes that the generator of images passes over for what an HF config says."""
    utils = importlib.import_module("optimum.utils")
    asked = {"num_channels": 7, "width": 77, "height": 78}
    try:
        normalized = utils.NormalizedVisionConfig(config)
        made = utils.DummyVisionInputGenerator("feature-extraction", normalized, batch_size=1, **asked)
    except AttributeError:
        return []
    return [name for name, size in asked.items() if getattr(made, name) != size]


def needs_vocab_size() -> bool:
    """Whether the generator of texts can't be made where the normalized config has no ``vocab_size``."""
    utils = importlib.import_module("optimum.utils")
    normalized = utils.NormalizedTextConfig.with_args(vocab_size="no_such_attribute")
    try:
        utils.DummyTextInputGenerator("feature-extraction", normalized(hf_config("bert")))
    except AttributeError:
        return True
    return False


def normalized_names() -> dict[str, list[str]]:
    """The names that normalized configs declare."""
    utils = importlib.import_module("optimum.utils")
    classes = [getattr(utils, name) for name in dir(utils) if name.startswith("Normalized")]
    return {
        each.__name__: [name for name in dir(each) if name.isupper()]
        for each in classes
        if isinstance(each, type)
    }


def other_flags(root: str) -> list[str]:
    """The model types that ``convert.py`` compiles without ``--model-type``; it can't be imported here."""
    source = (Path(root) / "optimum/exporters/neuron/convert.py").read_text(encoding="utf-8")
    table = re.search(r"exception_models = [{\[](.*?)[}\]]", source, re.DOTALL)
    assert table is not None
    return re.findall(r'"([^"]+)"', table[1])


def main(how: str, root: str, answer_file: str) -> None:
    module, types = imported({"how": how, "root": root})
    tasks = importlib.import_module("optimum.exporters.tasks").TasksManager
    shapes = sizes_of_all_axes(types)
    entries = registered(module)
    model_types = sorted({model_type for library, model_type, *_ in entries if library == "transformers"})
    answer = {
        "registrations": [registration(module, each, shapes) for each in entries],
        "classes": {name: class_facts(module, name) for *_, name in entries},
        "common_outputs": dict(module.TextEncoderNeuronConfig._TASK_TO_COMMON_OUTPUTS),
        "axes": sorted(vars(shapes)),
        "generators": list(map(generator, generator_classes(module))),
        "other_flags": other_flags(root),
        **facts_of_model_types(tasks, model_types),
        **facts_of_optimum(tasks),
    }
    Path(answer_file).write_text(json.dumps(answer), encoding="utf-8")


def generator_classes(module: ModuleType) -> list[type]:
    """Those of optimum, and those that the module itself imports."""
    utils = importlib.import_module("optimum.utils.input_generators")
    found = {id(each): each for each in (*vars(utils).values(), *vars(module).values())}
    return [
        each for each in found.values() if isinstance(each, type) and hasattr(each, "SUPPORTED_INPUT_NAMES")
    ]


def facts_of_model_types(tasks: Any, model_types: list[str]) -> dict[str, Any]:
    loaded = {
        model_type: {
            task: found for task in tasks.get_all_tasks() if (found := models_of(tasks, task, model_type))
        }
        for model_type in model_types
    }
    return {
        "tasks_with_models": {
            model_type: {task: [each.__name__ for each in found] for task, found in of.items()}
            for model_type, of in loaded.items()
        },
        "inferred": {
            model_type: {task: inferred(tasks, found[0]) for task, found in of.items()}
            for model_type, of in loaded.items()
        },
        "hf_configs": {
            model_type: {
                name: value for name in ATTRIBUTES if _is_plain(value := getattr(config, name, None))
            }
            for model_type in model_types
            for config in [hf_config(model_type)]
        },
        "inert_axes": {each: inert_axes(hf_config(each)) for each in model_types},
    }


def facts_of_optimum(tasks: Any) -> dict[str, Any]:
    return {
        "aliases": sorted(importlib.import_module("optimum.utils").NormalizedConfigManager._conf),
        "tasks": sorted(tasks.get_all_tasks()),
        "synonyms": dict(tasks._SYNONYM_TASK_MAP),
        "libraries": sorted(tasks._LIBRARY_TO_TASKS_TO_MODEL_LOADER_MAP),
        "model_types": sorted(importlib.import_module("transformers").CONFIG_MAPPING.keys()),
        "text_generator_needs_vocab_size": needs_vocab_size(),
        "normalized_names": normalized_names(),
    }


def _is_plain(value: Any) -> bool:
    return value is not None and isinstance(value, (int, float, str, list))


if __name__ == "__main__":
    main(*sys.argv[1:])
