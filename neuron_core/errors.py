"""The engine's errors: each says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable


class NeuronCoreError(Exception):
    """Something the person who asked can act on.

    Args:
        message: what is wrong, in a sentence or two.
        hint: what to do about it.
        detail: a traceback or another long text, for those who want to know more.
    """

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class ShapeError(NeuronCoreError, ValueError):
    """An output of the exported model has another shape than PyTorch's."""


class AtolError(NeuronCoreError, ValueError):
    """An output of the exported model is further from PyTorch's than the tolerance."""


class OutputMatchError(NeuronCoreError, ValueError):
    """The outputs that the config declares are not those that the model returns."""


class ToleranceError(NeuronCoreError, ValueError):
    """ATOL_FOR_VALIDATION gives no usable tolerance for the task."""


class MissingMandatoryAxisDimension(NeuronCoreError, ValueError):  # noqa: N818 - upstream's name
    """An axis that the config needs was given no size."""

    @classmethod
    def of(cls, axis: str, task: str) -> MissingMandatoryAxisDimension:
        return cls(f"The axis {axis} has no size; the task {task} needs one.", f"Pass --{axis} SIZE.")


class InvalidShapeError(NeuronCoreError, ValueError):
    """An axis was given a size that cannot work."""


class DummyInputError(NeuronCoreError, RuntimeError):
    """No dummy input generator of the config makes a declared input."""


class InputMatchError(NeuronCoreError, ValueError):
    """The config declares an input that the model's forward does not take."""


class ConfigLoadError(NeuronCoreError):
    """The file with the config class could not be used."""


class RegistrationError(NeuronCoreError, ValueError):
    """register_in_tasks_manager was called with something that cannot be registered."""


class UnsupportedTaskError(NeuronCoreError, ValueError):
    """No config class is registered for the task."""

    @classmethod
    def of(cls, model_type: str, task: str, tasks: Iterable[str]) -> UnsupportedTaskError:
        known = ", ".join(sorted(tasks)) or "none"
        return cls(
            f"No config class is registered for {model_type} and the task {task}.",
            f"Tasks registered for {model_type}: {known}.",
        )


class ModelLoadError(NeuronCoreError):
    """The model could not be built or loaded."""


class TraceError(NeuronCoreError):
    """The model could not be traced."""


class BackendError(NeuronCoreError):
    """No such backend, or it is not available here."""


class ArtifactError(NeuronCoreError):
    """The exported directory could not be written or read."""


class InferenceInputError(NeuronCoreError, ValueError):
    """An exported model was called with inputs that it cannot take."""
