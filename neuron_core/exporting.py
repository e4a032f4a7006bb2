"""From a request to a validated artifact: load, build, trace, save, validate."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuron_core import artifact
from neuron_core.errors import ModelLoadError
from neuron_core.protocol import ExportRequest, OutputComparison, Report, Stage
from neuron_core.report import ProgressCallback, StageClock, overall, versions
from neuron_core.warnings_heard import warnings_heard

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig

    from neuron_core.backends.base import Backend, TracedModel
    from neuron_core.configs.base import NeuronDefaultConfig
    from neuron_core.configs.registry import Registration


@dataclass(frozen=True)
class _Job:
    """What is traced, with what, and how it is judged."""

    request: ExportRequest
    backend: Backend
    chosen: Registration
    model: torch.nn.Module
    config: NeuronDefaultConfig
    inputs: dict[str, Any]
    tolerance: float | None
    """None: it is not validated."""


def export(
    model: torch.nn.Module,
    config: NeuronDefaultConfig,
    output: str | Path,
    backend: str = "cpu",
    seed: int = 0,
) -> tuple[list[str], list[str]]:
    """Trace a model as its config says and save it to a file; gives the names of its inputs and its outputs.

    Args:
        output: the file, such as ``model.neuron``.
        seed: of the dummy inputs that it is traced with.

    Raises:
        NeuronCoreError: a shape is missing or impossible, an input or output isn't the model's, or it can't
            be traced.
    """
    from neuron_core.backends import get_backend
    from neuron_core.declared_names import check_declared_names
    from neuron_core.inputs import dummy_inputs

    check_declared_names(config)
    inputs = dummy_inputs(config, seed)
    _trace(model, config, get_backend(backend), inputs).save(Path(output))
    return list(inputs), list(config.outputs)


def main_export(request: ExportRequest, progress: ProgressCallback | None = None) -> Report:
    """Do what the request says. The artifact appears when all went well, also if validation found fault.

    The folder of ``request.config_file`` stays on ``sys.path`` (see :func:`loading.execute_config_file`).

    Raises:
        NeuronCoreError: it could not be done; nothing is left behind.
    """
    clock = StageClock(progress)
    request = _with_free_target(request)
    with warnings_heard() as warned:
        job = _prepared(request, clock)
        clock.enter(Stage.TRACE, f"tracing {type(job.model).__name__}")
        traced = _trace(job.model, job.config, job.backend, job.inputs)
        outputs = _saved_and_validated(job, traced, clock)
    return _report(job, traced, outputs, clock, tuple(warned))


def _with_free_target(request: ExportRequest) -> ExportRequest:
    """The request with its output as a plain absolute path, at which an export can be made."""
    output = artifact.resolved(Path(request.output))
    artifact.remove_leftovers(output, os.getpid())  # of a killed process that had the same id
    artifact.check_target(output, force=request.force)
    return replace(request, output=str(output))


def _prepared(request: ExportRequest, clock: StageClock) -> _Job:
    """Everything that can be refused before the model is traced."""
    clock.enter(Stage.LOAD, "loading the config class")
    from neuron_core.backends import get_backend
    from neuron_core.inputs import dummy_inputs
    from neuron_core.pretrained import check_weights
    from neuron_core.validate import tolerance_for

    backend = get_backend(request.backend)
    model_config = _model_config(request.model) if request.model is not None else None
    chosen = _config_class(request, model_config)

    clock.enter(Stage.BUILD, f"building the model ({chosen.model_type})")
    model, missing = _build_model(request, chosen, model_config)
    config = _configured(chosen, model, request)
    tolerance = tolerance_for(config, request.atol) if request.validate else None
    inputs = dummy_inputs(config, request.seed)
    check_weights(request.model or "", model, missing, config, inputs)
    return _Job(request, backend, chosen, model, config, inputs, tolerance)


def _saved_and_validated(job: _Job, traced: TracedModel, clock: StageClock) -> tuple[OutputComparison, ...]:
    request = job.request
    with artifact.staged(Path(request.output), force=request.force) as staging:
        clock.enter(Stage.SAVE, f"saving to {request.output}")
        traced.save(staging / artifact.MODEL_FILE)
        artifact.write_config(staging, job.config, job.model, job.backend.describe())
        if request.model is not None and Path(request.model).is_dir():
            artifact.copy_preprocessors(Path(request.model), staging)
        if job.tolerance is None:
            return ()
        clock.enter(Stage.VALIDATE, "comparing with PyTorch")
        return _validate(job, job.backend.load(staging / artifact.MODEL_FILE), job.tolerance)


def _report(
    job: _Job,
    traced: TracedModel,
    outputs: tuple[OutputComparison, ...],
    clock: StageClock,
    warned: tuple[str, ...],
) -> Report:
    request = job.request
    return Report(
        verdict=overall(outputs),
        config_class=job.chosen.config_class.__name__,
        config_file=request.config_file,
        model_type=job.chosen.model_type,
        task=job.chosen.task,
        model=request.model or f"tiny random {type(job.model).__name__}",
        parameters=sum(parameter.numel() for parameter in job.model.parameters()),
        backend=request.backend,
        route=traced.route,
        output=request.output,
        inputs={name: tuple(value.shape) for name, value in job.inputs.items()},
        outputs=outputs,
        stages=clock.finish("done"),
        versions=versions(),
        warnings=warned,
    )


def _config_class(request: ExportRequest, model_config: PretrainedConfig | None) -> Registration:
    from neuron_core.configs.registry import registration_for
    from neuron_core.loading import load_config_class

    model_type = model_config.model_type if model_config is not None else request.model_type
    if request.config_file is not None:
        path = Path(request.config_file)
        return load_config_class(path, request.task, class_name=request.config_class, model_type=model_type)
    if model_type is None:
        raise ModelLoadError(
            "Nothing says which model to export.", "Pass --config-file, --model or --model_type."
        )
    return registration_for(model_type, request.task)


def _model_config(source: str) -> PretrainedConfig:
    from transformers import AutoConfig

    from neuron_core.pretrained import not_loaded

    try:
        return AutoConfig.from_pretrained(source)
    except Exception as error:
        raise not_loaded(source, error) from error


def _build_model(
    request: ExportRequest, chosen: Registration, model_config: PretrainedConfig | None
) -> tuple[torch.nn.Module, tuple[str, ...]]:
    """The model, and its weights that no checkpoint gave where one was asked for."""
    from neuron_core.pretrained import pretrained_model
    from neuron_core.tiny import model_class_for, tiny_config, tiny_model

    if request.model is None or model_config is None:
        tiny = tiny_config(chosen.model_type, request.shapes)
        return tiny_model(tiny, chosen.task, request.seed, chosen.library_name), ()
    model_class = model_class_for(chosen.model_type, chosen.task, chosen.library_name)
    return pretrained_model(request.model, model_class, model_config, request.seed)


def _configured(chosen: Registration, model: torch.nn.Module, request: ExportRequest) -> NeuronDefaultConfig:
    """The config class's instance for this model and these shapes, its ``values_override`` applied."""
    from neuron_core.declared_names import check_declared_names
    from neuron_core.shapes import check_shapes, input_shapes

    shapes = input_shapes(request.shapes)
    config = chosen.config_class(model.config, task=chosen.task, input_shapes=shapes)
    for name, value in (config.values_override or {}).items():
        setattr(model.config, name, value)
    check_declared_names(config)
    check_shapes(config, model)
    return config


def _trace(
    model: torch.nn.Module, config: NeuronDefaultConfig, backend: Backend, inputs: dict[str, Any]
) -> TracedModel:
    wrapped, _ = config.patch_model_and_prepare_aliases(model, list(inputs))
    return backend.trace(wrapped.eval(), inputs, list(config.outputs))


def _validate(job: _Job, exported: TracedModel, tolerance: float) -> tuple[OutputComparison, ...]:
    from neuron_core.inputs import validation_inputs
    from neuron_core.validate import compare_outputs, reference_of

    names = list(job.config.outputs)
    variants = validation_inputs(job.config, job.request.seed)
    return compare_outputs(reference_of(job.config, job.model, names), exported, variants, names, tolerance)
