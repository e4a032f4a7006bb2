"""What the examples of rules take for granted: names that another part of an author's file would have."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from optimum.utils import DummyBboxInputGenerator, DummyVisionInputGenerator, NormalizedTextConfig


@dataclass(frozen=True)
class Asked:
    """A call of ``register_in_tasks_manager``, whatever became of it."""

    class_name: str
    model_type: Any
    tasks: tuple[Any, ...]
    library_name: str


ASKED: list[Asked] = []


def register_in_tasks_manager(
    model_type: Any, *tasks: Any, library_name: str = "transformers"
) -> Callable[[type], type]:
    """The exporter's own, which is called as the example calls it; what it was asked for is kept."""
    exporter: Any = importlib.import_module("optimum.exporters.neuron.model_configs")
    decorate = exporter.register_in_tasks_manager(model_type, *tasks, library_name=library_name)

    def decorated(class_: type) -> type:
        ASKED.append(Asked(class_.__name__, model_type, tasks, library_name))
        return decorate(class_)

    return decorated


class Wrapper(torch.nn.Module):
    """Hands on what the model's ``forward`` takes, and makes use of the other inputs itself."""

    def __init__(self, model: torch.nn.Module, input_names: Any) -> None:
        super().__init__()
        self.model, self.input_names = model, list(input_names)

    def forward(self, *inputs: torch.Tensor) -> Any:
        known = inspect.signature(self.model.forward).parameters
        given = dict(zip(self.input_names, inputs))
        outputs = self.model(**{name: value for name, value in given.items() if name in known})
        own = [value.float().cumsum(-1).mean() for name, value in given.items() if name not in known]
        return tuple(value + sum(own) for value in outputs.values())


class DummyMaskedPosGenerator(DummyVisionInputGenerator):
    """optimum-neuron's, as far as an example needs it: the patches that are hidden."""

    SUPPORTED_INPUT_NAMES = ("bool_masked_pos",)

    def generate(self, input_name: str, **_: Any) -> torch.Tensor:
        return torch.zeros(self.batch_size, 4, dtype=torch.int64)


EsmWrapper = BertWithBoxes = Wrapper
MyInputGenerator = DummyBboxInputGenerator

CHOSEN = NormalizedTextConfig
MODEL_TYPE = TYPE = "esm"
OTHER_TASKS = ["text-classification"]
MORE_TASKS = ["multiple-choice"]
AXES = ("sequence_length",)
NAMES = {"encoder_num_layers": "num_layers"}


class SomeoneElsesNeuronConfig:
    """Stands in the module of the base classes for the example that imports it from there."""


def tolerance_of(module: str) -> float:
    return 1e-3


def names_from_somewhere_else(config: Any) -> list[str]:
    return ["input_ids", "attention_mask"]


def somehow_registered(class_: type) -> type:
    return register_in_tasks_manager("esm", "fill-mask")(class_)
