"""What goes wrong without an exception, measured: a sentence for each thing that isn't as the author thinks.

Each function takes an example whose file is imported, and the exporter; what it gives for a sound config is nothing.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import importlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from optimum.exporters.tasks import TasksManager
from stages import (
    SIZES,
    Case,
    Example,
    ExportFailedError,
    Stage,
    config_of,
    imported,
    model_of,
    stage,
    through_optimum_neuron,
)

from neuron_core.configs.registry import register_built_ins, registrations
from neuron_core.exporting import export
from neuron_core.inputs import dummy_inputs
from neuron_core.validate import validate_model_outputs

RUNTIME_ORDER = ("input_ids", "attention_mask", "token_type_ids")
"""``NeuronModelFor….forward`` of optimum-neuron 0.4.5 passes them so, by position."""

Effect = Callable[[Example, Any, Path], Iterator[str]]
BY_NAME: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    BY_NAME[function.__name__] = function
    return function


def made(case: Case) -> tuple[Any, Any, dict[str, torch.Tensor]]:
    """A tiny model, its config and inputs for it."""
    model = model_of(case)
    config = config_of(case, model.config)
    return model, config, dummy_inputs(config, seed=0)


def exported(case: Case, convert: Any, folder: Path) -> None:
    """The class as it is, exported and validated; the engine's ``main_export`` would import its file once more.

    Raises:
        ExportFailedError: that can't be done.
    """
    if convert:
        through_optimum_neuron(case, convert, folder, Stage.VALIDATION)
        return
    folder.mkdir()
    model = model_of(case)
    config = config_of(case, model.config)
    with stage("export"):
        _, outputs = export(model, config, folder / "model.neuron")
        validate_model_outputs(config, model, folder / "model.neuron", outputs)


def called(config: Any, model: Any, inputs: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    """The outputs of the module that is traced."""
    wrapped, _ = config.patch_model_and_prepare_aliases(model, list(inputs))
    with torch.no_grad():
        outputs = wrapped(*inputs.values())
    values = outputs.values() if isinstance(outputs, dict) else outputs
    return [value for value in values if isinstance(value, torch.Tensor)]


def altered(value: torch.Tensor) -> torch.Tensor:
    """Other values of the same kind, none where it was; a mask stays one that hides not everything."""
    if value.is_floating_point():
        return value + torch.randn(value.shape, generator=torch.Generator().manual_seed(1))
    other = value + 1 if value.max() > 1 else 1 - value
    return other.where(torch.arange(value.shape[-1]) > 0, torch.ones_like(other))


@effect
def dead_inputs(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Inputs that no output depends on."""
    for case in example.cases:
        with contextlib.suppress(ExportFailedError, TypeError):  # an export fails there, and says so itself
            model, config, inputs = made(case)
            before = called(config, model, inputs)
            for name, value in inputs.items():
                after = called(config, model, {**inputs, name: altered(value)})
                if all(map(torch.equal, before, after)):
                    yield f"{case.task}: effect: {name} changes nothing"


@effect
def inputs_made_by_prefix(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Inputs that another generator than the one which knows them makes, in another shape."""
    for case in example.cases:
        model = model_of(case)
        config = config_of(case, model.config)
        generators = config._create_dummy_input_generator_classes()
        for name in config.inputs:
            winner = next(each for each in generators if each.supports_input(name))
            meant = next((each for each in generators if name in each.SUPPORTED_INPUT_NAMES), winner)
            shapes = [tuple(each.generate(name).shape) for each in (winner, meant)]
            if shapes[0] != shapes[1]:
                yield f"{case.task}: effect: {type(winner).__name__} makes {name} as {shapes[0]}, not {shapes[1]}"


@effect
def fewer_tensors(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """More names of inputs than inputs."""
    for case in example.cases:
        with contextlib.suppress(ExportFailedError):
            config = config_of(case, model_of(case).config)
            tensors = config.generate_dummy_inputs()
            if len(tensors) != len(config.inputs):
                yield f"{case.task}: effect: {len(config.inputs)} names, {len(tensors)} inputs"


@effect
def read_at_another_place(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Inputs which the runtime passes at places where the traced model takes others."""
    for case in example.cases:
        model, config, inputs = made(case)
        wrapped, _ = config.patch_model_and_prepare_aliases(model, list(inputs))
        traced = torch.jit.trace(wrapped, tuple(inputs.values()), strict=False, check_trace=False)
        passed = [inputs[name] for name in RUNTIME_ORDER if name in inputs]
        expected, got = (tensors_of(traced(*values)) for values in (inputs.values(), passed))
        if not all(map(torch.equal, expected, got)):
            yield f"{case.task}: effect: the outputs differ when the runtime passes the inputs"


def tensors_of(outputs: Any) -> list[torch.Tensor]:
    return list(outputs.values()) if isinstance(outputs, dict) else list(outputs)


@effect
def outputs_of_others(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Outputs of another config, which become others when the example's is asked for its own."""
    from optimum.exporters.neuron.config import TextEncoderNeuronConfig

    for case in example.cases:
        model = model_of(case)
        other = type("OtherNeuronConfig", (TextEncoderNeuronConfig,), {"inputs": property(lambda self: [])})
        other.NORMALIZED_CONFIG_CLASS = case.config_class.NORMALIZED_CONFIG_CLASS  # ty: ignore[unresolved-attribute]
        config, bystander = (
            config_of(each, model.config) for each in (case, dataclasses.replace(case, config_class=other))
        )
        config.output_hidden_states = True
        before = list(bystander.outputs)
        list(config.outputs)
        if list(bystander.outputs) != before:
            yield f"{case.task}: effect: another config's outputs {before} became {bystander.outputs}"


@effect
def never_found(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Complete classes that the TasksManager doesn't have."""
    for class_ in example.unregistered:
        if not class_.__abstractmethods__ and class_.NORMALIZED_CONFIG_CLASS is not None:
            yield f"effect: nothing finds {class_.__name__}"


@effect
def branches_never_taken(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Conditions on the task that come out the same way for every registration."""
    copy = folder / "observed.py"
    tree, texts = ast.parse(example.path.read_text(encoding="utf-8")), []
    copy.write_text(ast.unparse(_Observed(texts).visit(tree)), encoding="utf-8")
    seen: defaultdict[int, set[bool]] = defaultdict(set)

    def observed(number: int, value: Any) -> Any:
        seen[number].add(bool(value))
        return value

    import builtins

    builtins.observed = observed  # ty: ignore[unresolved-attribute]
    for case in imported(copy).cases:
        with contextlib.suppress(ExportFailedError):
            config = config_of(case, model_of(dataclasses.replace(case, task="feature-extraction")).config)
            for name in ("inputs", "outputs"):
                getattr(config, name)
    for number, text in enumerate(texts):
        if "task" in text and seen[number] == {False}:
            yield f"effect: {text} never holds"


class _Observed(ast.NodeTransformer):
    """Hands every condition to ``observed``, with its number."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def _condition(self, node: Any) -> Any:
        self.generic_visit(node)
        self.texts.append(ast.unparse(node.test))
        number = ast.Constant(len(self.texts) - 1)
        node.test = ast.Call(ast.Name("observed", ast.Load()), [number, node.test], [])
        return ast.fix_missing_locations(node)

    visit_If = visit_IfExp = visit_While = _condition  # noqa: N815 - ast's names


@effect
def further_tasks(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Tasks that the class exports as well and isn't registered for."""
    for class_, model_type in {(case.config_class, case.model_type): None for case in example.cases}:
        has = {case.task for case in example.cases if case.config_class is class_}
        for task in sorted(set(TasksManager.get_all_tasks()) - has):
            with contextlib.suppress(ExportFailedError):
                further = Case(class_, model_type, task)
                exported(further, convert, folder / f"further-{task}")
                yield f"{task}: effect: it can be exported too"


@effect
def inferred_as_another(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Tasks whose models ``--task auto`` takes for one that the model type isn't registered for."""
    known = {(case.model_type, case.task) for case in example.cases}
    for case in example.cases:
        with contextlib.suppress(ExportFailedError):
            task = TasksManager.infer_task_from_model(type(model_of(case)), library_name=case.library_name)
            if (case.model_type, task) not in known:
                yield f"{case.task}: effect: its models are taken for {task}"


@effect
def inert_axes(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Axes of ``INPUT_ARGS`` that leave every dummy input as large as it was."""
    for case in example.cases:
        config = config_of(case, model_of(case).config)
        axes = {axis: SIZES[axis] for axis in config.mandatory_axes}
        for axis, size in axes.items():
            before, after = (shapes(config, {**axes, axis: each}) for each in (size, 2 * size))
            if before == after:
                yield f"{case.task}: effect: {axis} changes nothing"


def shapes(config: Any, axes: dict[str, int]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in config.generate_dummy_inputs(**axes).items()}


@effect
def attributes_never_read(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Names in the class that a whole export doesn't ask for."""
    for case in example.cases[:1]:
        read: set[str] = set()
        own = [name for name in vars(case.config_class) if not name.startswith("_")]
        for name in own:
            setattr(case.config_class, name, _Heard(name, vars(case.config_class)[name], read))
        exported(case, convert, folder / "heard")
        for name in own:
            if name not in read:
                yield f"effect: nothing reads {name}"


class _Heard:
    """A class attribute that tells when it is read, on the class or on an instance."""

    def __init__(self, name: str, value: Any, read: set[str]) -> None:
        self.name, self.value, self.read = name, value, read

    def __get__(self, instance: Any, owner: Any) -> Any:
        self.read.add(self.name)
        return self.value.__get__(instance, owner) if hasattr(self.value, "__get__") else self.value


@effect
def wrong_models_pass(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """A model whose outputs are all off by 0.05, and which the validation passes."""
    import optimum_neuron

    for case in example.cases:
        target = folder / f"off-{case.task}"
        target.mkdir()
        with contextlib.suppress(Exception):
            model, config, _ = made(case)
            names = config.outputs
            off = _Off(model)
            file = target / "model.neuron"
            if convert:
                convert.export(model_or_path=off, config=config, output=file, instance_type="inf2")
                optimum_neuron.validated(convert, config, model, file)
            else:
                export(off, config, file)
                validate_model_outputs(config, model, file, names)
            yield f"{case.task}: effect: a model that is off by {_Off.BY} passes"


class _Off(torch.nn.Module):
    """A model with a mistake in it."""

    BY = 0.05

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, **inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        outputs = (
            self.model(**inputs, return_dict=True) if "return_dict" not in inputs else self.model(**inputs)
        )
        return {name: value + self.BY for name, value in outputs.items()}


@effect
def loaded_as_another(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """Exports that come back as another config: an exported model is loaded by its ``MODEL_TYPE``."""
    importlib.import_module("optimum.exporters.neuron.model_configs")
    register_built_ins()
    table = {(each.library_name, each.model_type, each.task): each.config_class for each in registrations()}
    for case in example.cases:
        saved_as = case.config_class.MODEL_TYPE or case.model_type
        loaded = table.get((case.library_name, saved_as, case.task))
        if loaded is not case.config_class:
            name = getattr(loaded, "__name__", None)
            yield f"{case.task}: effect: it is saved as {saved_as} and loaded as {name}"


@effect
def compiler_arguments(example: Example, convert: Any, folder: Path) -> Iterator[str]:
    """What the compiler is called with, if it is the class that says it."""
    for case in example.cases if convert else ():
        if hasattr(case.config_class, "get_compiler_args"):
            through_optimum_neuron(case, convert, folder / "flags", Stage.TRACE)
            yield f"{case.task}: effect: the compiler is given {convert.neuronx.arguments[-1]}"
