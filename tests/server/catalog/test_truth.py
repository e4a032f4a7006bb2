"""The catalog held against the packages themselves, imported."""

from __future__ import annotations

import inspect

import pytest

from neuron_config_server.catalog.catalog import Catalog

MODEL_TYPES = (
    "bert",
    "clip",
    "deberta-v2",
    "distilbert",
    "donut-swin",
    "esm",
    "llama",
    "phi",
    "vit",
    "wav2vec2",
    "whisper",
)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_signatures_are_those_of_the_real_classes(real_catalog: Catalog, model_type: str) -> None:
    transformers = pytest.importorskip("transformers")
    tasks = real_catalog.tasks_of(model_type)
    assert tasks
    for task in tasks:
        for name in real_catalog.model_class_names(model_type, task) or ():
            found = real_catalog.forward_signature(model_type, name)
            assert found is not None, name
            real = inspect.signature(inspect.unwrap(getattr(transformers, name).forward)).parameters
            expected = [
                (each.name, each.kind.name, each.default is inspect.Parameter.empty)
                for each in real.values()
                if each.name != "self" and each.kind is not inspect.Parameter.VAR_KEYWORD
            ]
            assert [(each.name, each.kind, each.required) for each in found.parameters] == expected, name
            has_kwargs = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in real.values())
            assert found.accepts_any_kwargs is has_kwargs, name


def test_tasks_and_synonyms_are_those_of_the_tasks_manager(real_catalog: Catalog) -> None:
    manager = pytest.importorskip("optimum.exporters.tasks").TasksManager
    assert real_catalog.tasks is not None
    assert real_catalog.tasks.names == set(manager.get_all_tasks())
    assert real_catalog.tasks.synonyms == manager._SYNONYM_TASK_MAP


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_model_classes_are_those_that_the_tasks_manager_loads(real_catalog: Catalog, model_type: str) -> None:
    manager = pytest.importorskip("optimum.exporters.tasks").TasksManager
    for task in real_catalog.tasks_of(model_type):
        auto_class = manager.get_model_class_for_task(task, model_type=model_type)
        if not hasattr(auto_class, "_model_mapping"):
            assert real_catalog.model_class_names(model_type, task) == (auto_class.__name__,)
            continue
        names = auto_class._model_mapping._model_mapping[model_type]
        assert real_catalog.model_class_names(model_type, task) == (
            (names,) if isinstance(names, str) else tuple(names)
        )


@pytest.mark.parametrize("library", ["diffusers", "sentence_transformers", "timm"])
def test_what_other_libraries_load_is_what_the_tasks_manager_loads(
    real_catalog: Catalog, library: str
) -> None:
    manager = pytest.importorskip("optimum.exporters.tasks").TasksManager
    loaders = manager._LIBRARY_TO_TASKS_TO_MODEL_LOADER_MAP[library]
    for task in manager.get_all_tasks():
        loader = loaders.get(manager.map_from_synonym(task))
        assert real_catalog.model_class_names("any", task, library) == ((loader,) if loader else ())


def test_aliases_are_those_of_the_normalized_config_manager(real_catalog: Catalog) -> None:
    manager = pytest.importorskip("optimum.utils").NormalizedConfigManager
    assert real_catalog.normalized_aliases is not None
    assert set(real_catalog.normalized_aliases) == set(manager._conf)
