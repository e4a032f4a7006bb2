"""Tiny models to export, and state that a test must not leave behind for the next one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported

import pytest
import torch
from optimum.exporters.tasks import TasksManager

from neuron_core.backends import get_backend
from neuron_core.backends.base import TracedModel
from neuron_core.configs import BertNeuronConfig, InputShapesArguments
from neuron_core.inputs import dummy_inputs
from neuron_core.tiny import tiny_config, tiny_model

torch.set_num_threads(1)  # with tiny models a second thread only spins


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading a config leaves its folder on the path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """Puts back what is registered with optimum's TasksManager."""
    libraries = TasksManager._LIBRARY_TO_SUPPORTED_MODEL_TYPES
    before = {
        library: {
            model_type: {backend: dict(tasks) for backend, tasks in backends.items()}
            for model_type, backends in model_types.items()
        }
        for library, model_types in libraries.items()
    }
    yield
    for library, model_types in libraries.items():
        model_types.clear()
        model_types.update(before[library])


@pytest.fixture(scope="session")
def bert() -> Any:
    """A tiny BERT for question answering: it has two outputs of the same shape. Not to be changed."""
    config = tiny_config("bert", {"batch_size": 2, "sequence_length": 16})
    return tiny_model(config, "question-answering")


@pytest.fixture(scope="session")
def bert_config(bert: Any) -> BertNeuronConfig:
    """How ``bert`` is exported: a batch of 2, 16 tokens long. Not to be changed."""
    shapes = InputShapesArguments(batch_size=2, sequence_length=16)
    return BertNeuronConfig(bert.config, task="question-answering", input_shapes=shapes)


@pytest.fixture
def bert_inputs(bert_config: BertNeuronConfig) -> dict[str, torch.Tensor]:
    """Inputs of ``bert``, other than those that it was traced with."""
    return dummy_inputs(bert_config, seed=1)


@pytest.fixture(scope="session")
def traced_bert(bert: Any, bert_config: BertNeuronConfig) -> TracedModel:
    wrapped, _ = bert_config.patch_model_and_prepare_aliases(bert)
    return get_backend("cpu").trace(wrapped.eval(), dummy_inputs(bert_config, seed=0), bert_config.outputs)


@pytest.fixture(scope="session")
def bert_file(traced_bert: TracedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of ``traced_bert``."""
    path = tmp_path_factory.mktemp("bert") / "model.neuron"
    traced_bert.save(path)
    return path
