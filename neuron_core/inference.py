"""Runs exported models the way transformers runs its own: ``from_pretrained``, then call with tensors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from transformers import AutoConfig
from transformers.modeling_outputs import BaseModelOutputWithPooling, SequenceClassifierOutput

from neuron_core import artifact
from neuron_core.backends import get_backend
from neuron_core.configs.dtypes import DTYPE_MAPPER
from neuron_core.errors import ArtifactError, InferenceInputError

if TYPE_CHECKING:
    from transformers import PretrainedConfig
    from transformers.utils import ModelOutput

    from neuron_core.backends.base import InputSpec, Signature, TracedModel

_BACKEND_OF_COMPILER = {"cpu-torchscript": "cpu"}


class NeuronModel:
    """An exported model; pads inputs to its static shapes and cuts the padding off the outputs."""

    TASK: ClassVar[str]
    OUTPUT_CLASS: ClassVar[type[ModelOutput]]
    SEQUENCE_OUTPUTS: ClassVar[tuple[str, ...]] = ()
    """Outputs whose second axis is the sequence."""

    def __init__(self, model: TracedModel, signature: Signature, config: PretrainedConfig) -> None:
        self.model = model
        self.signature = signature
        self.config = config

    @classmethod
    def from_pretrained(cls, directory: str | Path) -> NeuronModel:
        """Load what ``neuron-config export`` wrote to a directory.

        Raises:
            ArtifactError: it is no export, is damaged, or was exported for another task or compiler.
        """
        directory = Path(directory).expanduser()
        section = artifact.read_config(directory)["neuron"]
        if section.get("task") != cls.TASK:
            raise ArtifactError(
                f"{directory} was exported for {section.get('task')}, {cls.__name__} is for {cls.TASK}.",
                "Load it with the class of its task, or export it again with the other one.",
            )
        model = get_backend(_backend_of(section, directory)).load(directory / artifact.MODEL_FILE)
        if model.signature is None:
            raise ArtifactError(
                f"{directory / artifact.MODEL_FILE} doesn't name its inputs: neuron_core did not write it.",
                "Export it again with neuron-config export.",
            )
        return cls(model, model.signature, AutoConfig.from_pretrained(directory))

    def __call__(self, **inputs: torch.Tensor | None) -> Any:
        """The outputs for a batch, which may be smaller than the static shapes but not larger.

        ``attention_mask`` defaults to ones, ``token_type_ids`` to zeros.

        Raises:
            InferenceInputError: an input is missing, unknown, or larger than what the model was exported for.
        """
        given = {name: value for name, value in inputs.items() if value is not None}
        self._refuse_unknown(given)
        complete = {spec.name: self._input(spec, given) for spec in self.signature.inputs}
        padded = [self._padded(spec, complete[spec.name]) for spec in self.signature.inputs]
        outputs = dict(zip(self.signature.outputs, self.model(*padded)))
        batch, length = _batch_and_length(next(iter(complete.values())))
        return self.OUTPUT_CLASS(
            **{name: self._cut(name, value, batch, length) for name, value in outputs.items()}
        )

    def _refuse_unknown(self, given: dict[str, torch.Tensor]) -> None:
        names = [spec.name for spec in self.signature.inputs]
        unknown = [name for name in given if name not in names]
        if unknown:
            raise InferenceInputError(
                f"The model was exported without the input {', '.join(unknown)}.",
                f"It takes: {', '.join(names)}.",
            )

    def _input(self, spec: InputSpec, given: dict[str, torch.Tensor]) -> torch.Tensor:
        if spec.name in given:
            return given[spec.name]
        like = given.get("input_ids")
        if like is not None and spec.name == "attention_mask":
            return torch.ones_like(like)
        if like is not None and spec.name == "token_type_ids":
            return torch.zeros_like(like)
        raise InferenceInputError(
            f"The input {spec.name} is missing.", f"Pass a tensor of shape {list(spec.shape)}."
        )

    def _padded(self, spec: InputSpec, value: torch.Tensor) -> torch.Tensor:
        if value.dim() != len(spec.shape) or any(have > most for have, most in zip(value.shape, spec.shape)):
            raise InferenceInputError(
                f"The input {spec.name} has the shape {list(value.shape)}; the model was exported for "
                f"{list(spec.shape)} and takes nothing larger.",
                "Split or truncate it, or export the model with larger static shapes.",
            )
        fill = getattr(self.config, "pad_token_id", None) if spec.name == "input_ids" else 0
        dtype = DTYPE_MAPPER.pt(spec.dtype)
        padded = torch.full(spec.shape, fill or 0, dtype=dtype)
        padded[tuple(slice(size) for size in value.shape)] = value.to(dtype)
        return padded

    def _cut(self, name: str, value: torch.Tensor, batch: int, length: int | None) -> torch.Tensor:
        cut = value[:batch]
        return cut[:, :length] if name in self.SEQUENCE_OUTPUTS else cut


class NeuronModelForFeatureExtraction(NeuronModel):
    """Hidden states of an exported encoder."""

    TASK = "feature-extraction"
    OUTPUT_CLASS = BaseModelOutputWithPooling
    SEQUENCE_OUTPUTS = ("last_hidden_state",)


class NeuronModelForSequenceClassification(NeuronModel):
    """Logits of an exported text classifier."""

    TASK = "text-classification"
    OUTPUT_CLASS = SequenceClassifierOutput


def _backend_of(section: dict[str, Any], directory: Path) -> str:
    compiler = section.get("compiler_type")
    if compiler not in _BACKEND_OF_COMPILER:
        raise ArtifactError(
            f"{directory} was compiled by {compiler}, which this version of neuron_core can't run.",
            "Run it with optimum-neuron on a Neuron host, or export it again here.",
        )
    return _BACKEND_OF_COMPILER[compiler]


def _batch_and_length(value: torch.Tensor) -> tuple[int, int | None]:
    return value.shape[0], value.shape[1] if value.dim() > 1 else None
