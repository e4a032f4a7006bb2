"""Level 1 of the config classes: what every Neuron config has and does.

Attributes, constructor and methods are those of optimum-neuron 0.4.5's ``optimum/exporters/neuron/base.py``,
so that a class works on either base.
"""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import torch
from optimum.exporters.base import ExporterConfig

from neuron_core.configs.dtypes import DTYPE_MAPPER
from neuron_core.errors import DummyInputError, MissingMandatoryAxisDimension, UnsupportedTaskError
from neuron_core.wrappers import wrap_model

if TYPE_CHECKING:
    from optimum.utils import DummyInputGenerator
    from transformers import PretrainedConfig


@dataclass
class ImageEncoderArguments:
    """Sizes of an image encoder whose output a model takes."""

    sequence_length: int | None = None
    hidden_size: int | None = None
    projection_dim: int | None = None


@dataclass
class InputShapesArguments:
    """The size of each axis that inputs can have; None where it doesn't matter."""

    batch_size: int | None = None
    text_batch_size: int | None = None
    image_batch_size: int | None = None
    sequence_length: int | None = None
    num_choices: int | None = None
    width: int | None = None
    height: int | None = None
    image_size: int | None = None
    num_images_per_prompt: int | None = None
    patch_size: int | None = None
    num_channels: int | None = None
    feature_size: int | None = None
    nb_max_frames: int | None = None
    audio_sequence_length: int | None = None
    visual_seq_length: int | None = None
    point_batch_size: int | None = None
    nb_points_per_image: int | None = None
    num_beams: int | None = None
    vae_scale_factor: int | None = None
    encoder_hidden_size: int | None = None
    image_encoder_shapes: ImageEncoderArguments | None = None
    rotary_axes_dim: int | None = None


_AXES_FROM_MODEL_CONFIG = ("num_channels", "image_size", "patch_size")
"""Axes that, when no size is given, take the model config's attribute of the same name."""


class NeuronExportConfig(ExporterConfig):
    """What can be exported to Neuron: names the axes that an export needs.

    ``INPUT_ARGS`` holds axis names, and pairs ``(task or tuple of tasks, axis name)`` for axes that only some
    tasks have.
    """

    INPUT_ARGS: tuple[Any, ...] = ()

    @classmethod
    def get_input_args_for_task(cls, task: str) -> tuple[str, ...]:
        """The axes that ``task`` needs, in declared order."""
        return tuple(
            axis for tasks, axis in map(_tasks_and_axis, cls.INPUT_ARGS) if not tasks or task in tasks
        )

    @classmethod
    def get_all_input_args(cls) -> tuple[str, ...]:
        """The axes that any task needs, in declared order."""
        return tuple(axis for _, axis in map(_tasks_and_axis, cls.INPUT_ARGS))


class NeuronDefaultConfig(NeuronExportConfig, ABC):
    """How one model type's models are exported for one task: inputs, outputs, static axes, tolerance.

    Args:
        config: the model's configuration.
        task: canonical name of the task.
        input_shapes: sizes of the static axes.
        preprocessors: a feature extractor among them gives ``nb_max_frames`` when the shapes don't.
        int_dtype: ``int64``, ``int32``, ``int8`` or the torch dtype; of the dummy inputs.
        float_dtype: ``fp32``, ``fp16``, ``bf16`` or the torch dtype; of the dummy inputs.
    """

    NORMALIZED_CONFIG_CLASS: Any = None
    DUMMY_INPUT_GENERATOR_CLASSES: tuple[Any, ...] = ()
    ATOL_FOR_VALIDATION: float | dict[str, float] = 1e-5
    MODEL_TYPE: str | None = None
    LIBRARY_NAME: str = "transformers"
    CUSTOM_MODEL_WRAPPER: Any = None

    _TASK_TO_COMMON_OUTPUTS = {  # noqa: RUF012 - configs of upstream's dialect read it from the class
        "audio-classification": ["logits"],
        "audio-frame-classification": ["logits"],
        "audio-xvector": ["logits"],
        "automatic-speech-recognition": ["logits"],
        "depth-estimation": ["predicted_depth"],
        "feature-extraction": ["last_hidden_state", "pooler_output"],
        "fill-mask": ["logits"],
        "image-classification": ["logits"],
        "image-segmentation": ["logits"],
        "image-to-image": ["reconstruction"],
        "masked-im": ["logits"],
        "multiple-choice": ["logits"],
        "object-detection": ["logits", "pred_boxes"],
        "question-answering": ["start_logits", "end_logits"],
        "semantic-segmentation": ["logits"],
        "text-classification": ["logits"],
        "token-classification": ["logits"],
    }

    def __init__(
        self,
        config: PretrainedConfig,
        task: str,
        input_shapes: InputShapesArguments,
        preprocessors: list[Any] | None = None,
        compiler_type: str | None = None,
        compiler_version: str | None = None,
        tensor_parallel_size: int = 1,
        pipeline_parallel_size: int = 1,
        expert_parallel_size: int = 1,
        world_size: int | None = None,
        dynamic_batch_size: bool = False,
        output_attentions: bool = False,
        output_hidden_states: bool = False,
        int_dtype: str | torch.dtype = "int64",
        float_dtype: str | torch.dtype = "fp32",
    ) -> None:
        if self.NORMALIZED_CONFIG_CLASS is None:
            raise TypeError(f"{type(self).__name__} sets no NORMALIZED_CONFIG_CLASS.")
        self._config = config
        self._normalized_config = self.NORMALIZED_CONFIG_CLASS(config)
        self._axes: dict[str, Any] = {}
        self.task = task
        self.compiler_type = compiler_type
        self.compiler_version = compiler_version
        self.tensor_parallel_size = tensor_parallel_size
        self.pipeline_parallel_size = pipeline_parallel_size
        self.expert_parallel_size = expert_parallel_size
        self.world_size = world_size or tensor_parallel_size * pipeline_parallel_size * expert_parallel_size
        self.dynamic_batch_size = dynamic_batch_size
        self.output_attentions = output_attentions
        self.output_hidden_states = output_hidden_states
        self.int_dtype = DTYPE_MAPPER.pt(int_dtype)
        self.float_dtype = DTYPE_MAPPER.pt(float_dtype)
        sizes = _axis_sizes(config, input_shapes, preprocessors or [])
        for axis, size in sizes.items():
            setattr(self, axis, size)
        self.input_shapes = {axis: size for axis, size in sizes.items() if not _is_empty(size)}

    @classmethod
    def get_mandatory_axes_for_task(cls, task: str) -> tuple[str, ...]:
        """The axes that must have a size before ``task`` can be exported."""
        return cls.get_input_args_for_task(task)

    @property
    def task(self) -> str:
        """The task; setting it recomputes ``mandatory_axes``."""
        return self._task

    @task.setter
    def task(self, value: str) -> None:
        known = dict(self._axes)
        self._axes.clear()
        self._task = value
        self.mandatory_axes = self.get_mandatory_axes_for_task(value)
        for (
            axis
        ) in self.mandatory_axes:  # an axis that the new task needs may have been a plain attribute so far
            if axis in self.__dict__:
                known.setdefault(axis, self.__dict__.pop(axis))
        for axis, size in known.items():
            setattr(self, axis, size)

    @property
    def values_override(self) -> dict[str, Any] | None:
        """Attributes of the model's config to set before exporting; None for none."""
        return None

    # Names alone, where optimum's ONNX-minded base has a map of dynamic axes: Neuron's shapes are static.
    @property
    @abstractmethod
    def inputs(self) -> list[str]:  # ty: ignore[incompatible-property-override]
        """Names of the inputs, in the order in which the exported model takes them."""
        raise NotImplementedError

    @property
    def outputs(self) -> list[str]:  # ty: ignore[incompatible-property-override]
        """Names of the outputs, in the order in which the exported model returns them.

        Raises:
            UnsupportedTaskError: the task has no common outputs and the class declares none.
        """
        name, common = type(self).__name__, self._TASK_TO_COMMON_OUTPUTS
        if self.task not in common:
            raise UnsupportedTaskError(
                f"{name} does not say what the task {self.task} outputs, and there is no default.",
                f"Override `outputs` in {name}. Tasks with a default: {', '.join(sorted(common))}.",
            )
        return list(common[self.task])

    def generate_dummy_inputs(self, return_tuple: bool = False, **axes: int) -> Any:
        """Random inputs of the static shapes, by name (or as a tuple in the order of ``inputs``).

        Args:
            axes: sizes that replace the config's for this call.

        Raises:
            MissingMandatoryAxisDimension: an axis has no size.
            DummyInputError: no generator of the class makes one of the inputs.
        """
        self._validate_mandatory_axes(**axes)
        generators = self._create_dummy_input_generator_classes(**axes)
        generated = {name: self._generate(name, generators) for name in self.inputs}
        return tuple(generated.values()) if return_tuple else generated

    @classmethod
    def flatten_inputs(cls, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with the contents of nested dictionaries moved to the top level."""
        flat: dict[str, Any] = {}
        for name, value in inputs.items():
            flat.update(value if isinstance(value, dict) else {name: value})
        return flat

    @classmethod
    def unflatten_inputs(cls, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with ``name_0``, ``name_1`` … gathered into a tuple ``name``, ordered by number."""
        plain: dict[str, Any] = {}
        groups: dict[str, list[tuple[int, Any]]] = {}
        for name, value in inputs.items():
            numbered = re.fullmatch(r"(.+)_(\d+)", name)
            if numbered is None:
                plain[name] = value
            else:
                groups.setdefault(numbered[1], []).append((int(numbered[2]), value))
        for name, members in groups.items():
            plain[name] = tuple(value for _, value in sorted(members, key=lambda member: member[0]))
        return plain

    def patch_model_and_prepare_aliases(
        self,
        model: torch.nn.Module,
        input_names: Iterable[str] | None = None,
        forward_with_tuple: bool = False,
        eligible_outputs: list[str | int] | None = None,
        device: str | None = None,
    ) -> tuple[torch.nn.Module, dict[Any, Any]]:
        """The module to trace, called with a positional tuple, and its input-output aliases (none).

        Args:
            input_names: in the order of the tuple; None takes ``inputs``.
            forward_with_tuple: call the model with positions instead of names.
            eligible_outputs: names, or indices of a returned tuple, to return; None takes ``outputs``.
            device: taken for upstream's sake; the model stays where it is.
        """
        names = list(self.inputs if input_names is None else input_names)
        if self.CUSTOM_MODEL_WRAPPER is not None:
            return self.CUSTOM_MODEL_WRAPPER(model, names), {}
        selected = self.outputs if eligible_outputs is None else eligible_outputs
        options = {"output_hidden_states": True} if self.output_hidden_states else {}
        if self.output_attentions:
            options["output_attentions"] = True
        return wrap_model(model, names, selected, options, by_position=forward_with_tuple), {}

    def _create_dummy_input_generator_classes(self, **axes: Any) -> list[DummyInputGenerator]:
        sizes = {**self._axes, **axes}
        return [
            generator(self.task, self._normalized_config, **sizes)
            for generator in self.DUMMY_INPUT_GENERATOR_CLASSES
        ]

    def _generate(self, name: str, generators: list[DummyInputGenerator]) -> Any:
        for generator in generators:
            if generator.supports_input(name):
                return generator.generate(
                    name,
                    framework="pt",
                    int_dtype=DTYPE_MAPPER.str(self.int_dtype),
                    float_dtype=DTYPE_MAPPER.str(self.float_dtype),
                )
        tried = ", ".join(type(generator).__name__ for generator in generators) or "none"
        raise DummyInputError(
            f"No dummy input generator of {type(self).__name__} makes {name!r} (tried: {tried}).",
            "Add a generator that does to DUMMY_INPUT_GENERATOR_CLASSES.",
        )

    def _validate_mandatory_axes(self, **axes: Any) -> None:
        for axis in self.mandatory_axes:
            if {**self._axes, **axes}.get(axis) is None:
                raise MissingMandatoryAxisDimension.of(axis, self.task)

    def __getattr__(self, name: str) -> Any:
        axes = self.__dict__.get("_axes", {})
        if name in axes:
            return axes[name]
        attribute = inspect.getattr_static(type(self), name, None)
        if isinstance(attribute, property) and attribute.fget is not None:
            # Python comes here when a property raised AttributeError, and drops that; run again, it says why.
            return attribute.fget(self)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__dict__.get("mandatory_axes", ()):
            super().__setattr__(name, value)
            return
        if value is None and self._normalized_config.has_attribute(name):
            value = getattr(self._normalized_config, name)
        self._axes[name] = value


def _tasks_and_axis(entry: str | tuple[Any, str]) -> tuple[tuple[str, ...], str]:
    if isinstance(entry, str):
        return (), entry
    tasks, axis = entry
    return (tasks,) if isinstance(tasks, str) else tuple(tasks), axis


def _axis_sizes(config: Any, shapes: InputShapesArguments, preprocessors: list[Any]) -> dict[str, Any]:
    sizes = {field.name: getattr(shapes, field.name) for field in fields(shapes)}
    for axis in _AXES_FROM_MODEL_CONFIG:
        sizes[axis] = sizes[axis] or getattr(config, axis, None)
    extractors = [
        preprocessor for preprocessor in preprocessors if hasattr(preprocessor, "feature_extractor_type")
    ]
    for extractor in extractors:
        sizes["nb_max_frames"] = sizes["nb_max_frames"] or getattr(extractor, "nb_max_frames", None)
    sizes["image_encoder_shapes"] = sizes["image_encoder_shapes"] or ImageEncoderArguments()
    return sizes


def _is_empty(size: Any) -> bool:
    if is_dataclass(size):
        return all(getattr(size, field.name) is None for field in fields(size))
    return size is None
