"""From a request to a validated artifact: load, build, trace, save, validate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuron_core import artifact
from neuron_core.errors import ModelLoadError
from neuron_core.protocol import ExportRequest, OutputComparison, Report, Stage
from neuron_core.report import ProgressCallback, StageClock, overall, versions

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig

    from neuron_core.backends.base import Backend, TracedModel
    from neuron_core.configs.base import NeuronDefaultConfig
    from neuron_core.configs.registry import Registration


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
        be
            traced.
    """
    from neuron_core.backends import get_backend
    from neuron_core.inputs import dummy_inputs

    inputs = dummy_inputs(config, seed)
    _trace(model, config, get_backend(backend), inputs).save(Path(output))
    return list(inputs), list(config.outputs)


def main_export(request: ExportRequest, progress: ProgressCallback | None = None) -> Report:
    """Do what the request says. The artifact appears when all went well, also if validation found fault.

    Raises:
        NeuronCoreError: it could not be done; nothing is left behind.
    """
    clock = StageClock(progress)
    output = Path(request.output)
    artifact.remove_leftovers(output, os.getpid())  # of a killed process that had the same id
    artifact.check_target(output, force=request.force)

    clock.enter(Stage.LOAD, "loading the config class")
    from neuron_core.backends import get_backend
    from neuron_core.inputs import dummy_inputs

    backend = get_backend(request.backend)
    model_config = _model_config(request.model) if request.model is not None else None
    chosen = _config_class(request, model_config)

    clock.enter(Stage.BUILD, f"building the model ({chosen.model_type})")
    model = _build_model(request, chosen, model_config)
    config = _configured(chosen, model, request)

    clock.enter(Stage.TRACE, f"tracing {type(model).__name__}")
    inputs = dummy_inputs(config, request.seed)
    traced = _trace(model, config, backend, inputs)

    with artifact.staged(output, force=request.force) as staging:
        clock.enter(Stage.SAVE, f"saving to {request.output}")
        traced.save(staging / artifact.MODEL_FILE)
        artifact.write_config(staging, config, model, backend.describe())
        if request.model is not None and Path(request.model).is_dir():
            artifact.copy_preprocessors(Path(request.model), staging)
        outputs: tuple[OutputComparison, ...] = ()
        if request.validate:
            clock.enter(Stage.VALIDATE, "comparing with PyTorch")
            outputs = _validate(config, model, backend.load(staging / artifact.MODEL_FILE), request)
    return Report(
        verdict=overall(outputs),
        config_class=chosen.config_class.__name__,
        config_file=request.config_file,
        model_type=chosen.model_type,
        task=chosen.task,
        model=request.model or f"tiny random {type(model).__name__}",
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        backend=request.backend,
        route=traced.route,
        output=request.output,
        inputs={name: tuple(value.shape) for name, value in inputs.items()},
        outputs=outputs,
        stages=clock.finish("done"),
        versions=versions(),
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

    try:
        return AutoConfig.from_pretrained(source)
    except Exception as error:
        raise _not_loaded(source, error) from error


def _build_model(
    request: ExportRequest, chosen: Registration, model_config: PretrainedConfig | None
) -> torch.nn.Module:
    from neuron_core.tiny import model_class_for, tiny_config, tiny_model

    if request.model is None or model_config is None:
        tiny = tiny_config(chosen.model_type, request.shapes)
        return tiny_model(tiny, chosen.task, request.seed, chosen.library_name)
    import torch

    model_class = model_class_for(chosen.model_type, chosen.task, chosen.library_name)
    try:
        model = model_class.from_pretrained(request.model, config=model_config, dtype=torch.float32)
    except Exception as error:
        raise _not_loaded(request.model, error) from error
    return model.eval()


def _not_loaded(source: str, error: Exception) -> ModelLoadError:
    said = str(error).strip().partition("\n")[0]
    return ModelLoadError(
        f"The model {source} cannot be loaded: {type(error).__name__}: {said}",
        "Pass --model with a directory that save_pretrained wrote or the id of a model on the hub; without "
        "--model, a tiny random one is exported.",
        str(error),
    )


def _configured(chosen: Registration, model: torch.nn.Module, request: ExportRequest) -> NeuronDefaultConfig:
    """The config class's instance for this model and these shapes, its ``values_override`` applied."""
    from neuron_core.shapes import check_shapes, input_shapes

    shapes = input_shapes(request.shapes)
    config = chosen.config_class(model.config, task=chosen.task, input_shapes=shapes)
    for name, value in (config.values_override or {}).items():
        setattr(model.config, name, value)
    check_shapes(config, model)
    return config


def _trace(
    model: torch.nn.Module, config: NeuronDefaultConfig, backend: Backend, inputs: dict[str, Any]
) -> TracedModel:
    wrapped, _ = config.patch_model_and_prepare_aliases(model, list(inputs))
    return backend.trace(wrapped.eval(), inputs, list(config.outputs))


def _validate(
    config: NeuronDefaultConfig, model: torch.nn.Module, exported: TracedModel, request: ExportRequest
) -> tuple[OutputComparison, ...]:
    from neuron_core.inputs import validation_inputs
    from neuron_core.validate import compare_outputs, reference_of, tolerance_for

    names = list(config.outputs)
    tolerance = tolerance_for(config, request.atol)
    variants = validation_inputs(config, request.seed)
    return compare_outputs(reference_of(config, model, names), exported, variants, names, tolerance)
