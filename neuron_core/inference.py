"""Runs exported models the way transformers runs its own: ``from_pretrained``, then call with tensors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from transformers import AutoConfig
from transformers.modeling_outputs import BaseModelOutputWithPooling, SequenceClassifierOutput

from neuron_core import artifact
from neuron_core.backends import get_backend
from neuron_core.errors import ArtifactError, InferenceInputError
from neuron_core.static_inputs import given_tensors, is_short, padded

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
    FINDS_THE_END_BY_PADDING: ClassVar[bool] = False
    """Whether models of the task may find where a text ends by ``pad_token_id`` (GPT-2's do)."""

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

    def __call__(self, **inputs: Any) -> Any:
        """The outputs for a batch, which may be smaller than the static shapes but not larger.

        Takes tensors, NumPy arrays and lists. ``attention_mask`` defaults to ones, ``token_type_ids`` to
        zeros.

        Raises:
            InferenceInputError: an input is missing, unknown, of another type, larger than what the model was
                exported for, or so much smaller that padding it would change the result.
        """
        given = {name: value for name, value in inputs.items() if value is not None}
        tensors = given_tensors(self.signature, given)
        values = [
            padded(spec, tensors[spec.name], self._fill(spec, tensors)) for spec in self.signature.inputs
        ]
        outputs = dict(zip(self.signature.outputs, self.model(*values)))
        batch, length = _batch_and_length(next(iter(tensors.values())))
        return self.OUTPUT_CLASS(
            **{name: self._cut(name, value, batch, length) for name, value in outputs.items()}
        )

    def _fill(self, spec: InputSpec, tensors: dict[str, torch.Tensor]) -> int:
        """What an input is padded with."""
        if spec.name != "input_ids":
            return 0
        token = getattr(self.config, "pad_token_id", None)
        if token is None and self.FINDS_THE_END_BY_PADDING and is_short(spec, tensors[spec.name]):
            raise InferenceInputError(
                f"The model has no pad_token_id to pad input_ids with from {list(tensors[spec.name].shape)} "
                f"to {list(spec.shape)}, and some classifiers find the end of a text by it.",
                "Set config.pad_token_id, or pass examples of the full length.",
            )
        return token or 0

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
    FINDS_THE_END_BY_PADDING = True


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
