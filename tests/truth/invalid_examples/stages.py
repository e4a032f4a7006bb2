"""An example on the way that an export takes, and where it falls: a sentence for each fault.

Both exporters go the same stages. ``optimum-neuron`` is its own code on the CPU, ``neuron_core`` the engine's
``main_export``, as a user calls it.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import stand_ins
from transformers import CONFIG_MAPPING, set_seed

from neuron_core import exporting
from neuron_core.configs.registry import Registration
from neuron_core.errors import ConfigLoadError
from neuron_core.exporting import main_export
from neuron_core.loading import execute_config_file
from neuron_core.protocol import ExportRequest
from neuron_core.report import StageClock
from neuron_core.tiny import tiny_config, tiny_model

SIZES = {
    "batch_size": 2,
    "text_batch_size": 2,
    "image_batch_size": 2,
    "sequence_length": 16,
    "num_choices": 3,
    "num_channels": 3,
    "height": 32,
    "width": 32,
    "audio_sequence_length": 16000,
}
"""Of every axis that ``optimum-cli export neuron`` would be given here."""


class Stage(enum.IntEnum):
    """In the order in which an export reaches them."""

    IMPORT = 0
    MODEL = 1
    CONFIG = 2
    NAMES = 3
    DUMMY_INPUTS = 4
    TRACE = 5
    VALIDATION = 6


@dataclass(frozen=True)
class Case:
    """One registration of an example's file."""

    config_class: Any
    model_type: str
    task: str
    library_name: str = "transformers"


@dataclass
class Example:
    """An example's file once it is imported."""

    path: Path
    module: ModuleType
    cases: list[Case]
    unregistered: list[type] = field(default_factory=list)


class ExportFailedError(Exception):
    """An export ends here."""

    def __init__(self, stage: str, error: BaseException | str) -> None:
        super().__init__(f"{stage}: {error if isinstance(error, str) else described(error)}")


def described(error: BaseException) -> str:
    if isinstance(error, ConfigLoadError) and error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Whatever is raised within it ends the export there."""
    try:
        yield
    except ExportFailedError:
        raise
    except Exception as error:
        raise ExportFailedError(name, error) from error


def imported(path: Path) -> Example:
    """Executes the file.

    Raises:
        ExportFailedError: it can't be imported.
    """
    with stage("import"):
        module, registered = execute_config_file(path)
    cases = [case_of(each) for each in registered]
    own = [
        each
        for each in vars(module).values()
        if isinstance(each, type)
        and each.__module__ == module.__name__
        and hasattr(each, "get_input_args_for_task")
    ]
    taken = {id(case.config_class) for case in cases}
    return Example(path, module, cases, [each for each in own if id(each) not in taken])


def case_of(registered: Registration) -> Case:
    return Case(registered.config_class, registered.model_type, registered.task, registered.library_name)


def lost_registrations(example: Example) -> Iterator[str]:
    """What a decorator was asked for and the TasksManager doesn't have."""
    for asked in stand_ins.ASKED:
        if not asked.tasks:
            yield f"registration: {asked.class_name} is registered for no task"
        for task in asked.tasks:
            wanted = (asked.class_name, asked.model_type, task, asked.library_name)
            if not any(registered_as(case) == wanted for case in example.cases):
                yield f"registration: {asked.class_name} isn't what {task} of {asked.model_type} gets"


def registered_as(case: Case) -> tuple[str, str, str, str]:
    return case.config_class.__name__, case.model_type, case.task, case.library_name


def model_of(case: Case) -> Any:
    """A tiny random one, with the head for the task.

    Raises:
        ExportFailedError: there is no such model.
    """
    with stage("model"):
        set_seed(0)  # dummy inputs of optimum-neuron aren't seeded
        return tiny_model(tiny_config(case.model_type, SIZES), case.task, library_name=case.library_name)


def config_of(case: Case, hf_config: Any) -> Any:
    """The class's instance, made as an exporter makes it; what of it isn't written yet doesn't stop that."""
    from optimum.exporters.neuron.base import InputShapesArguments

    known = InputShapesArguments.__dataclass_fields__
    with stage("config"):
        case.config_class.__abstractmethods__ = frozenset()
        shapes = InputShapesArguments(**{axis: size for axis, size in SIZES.items() if axis in known})
        return case.config_class(hf_config, task=case.task, input_shapes=shapes)


def unregistered_case(class_: Any) -> Case | None:
    """What the name of a class that nothing registers says that it is for."""
    model_type = class_.__name__.removesuffix("NeuronConfig").lower()
    return Case(class_, model_type, "feature-extraction") if model_type in CONFIG_MAPPING else None


def fault_of(case: Case, go: Callable[[], None]) -> Iterator[str]:
    try:
        go()
    except ExportFailedError as failed:
        yield f"{case.task}: {failed}"


def through_optimum_neuron(case: Case, convert: Any, folder: Path, until: Stage) -> None:
    """As ``main_export`` of optimum-neuron does it, from the model on.

    Raises:
        ExportFailedError: at the first stage that can't be passed.
    """
    import optimum_neuron

    model = model_of(case)
    if until < Stage.CONFIG:
        return
    config = config_of(case, model.config)
    if until < Stage.NAMES:
        return
    with stage("inputs"):
        list(config.inputs)
    with stage("outputs"):
        list(config.outputs)
    if until < Stage.DUMMY_INPUTS:
        return
    with stage("axes"):
        axes = optimum_neuron.sizes(config)
    with stage("dummy inputs"):
        convert.prepare_dummy_inputs(config, axes)
    if until < Stage.TRACE:
        return
    with stage("trace"):
        file = optimum_neuron.exported(convert, config, model, folder)
    if until < Stage.VALIDATION:
        return
    with stage("validation"):
        optimum_neuron.validated(convert, config, model, file)


def through_neuron_core(case: Case, path: Path, folder: Path, until: Stage) -> None:
    """As ``neuron-config export`` does it, which imports the file once more.

    Raises:
        ExportFailedError: at the first stage that can't be passed.
    """
    request = ExportRequest(
        task=case.task,
        output=str(folder / "artifact"),
        config_file=str(path),
        config_class=case.config_class.__name__,
        model_type=case.model_type,
        shapes=asked_sizes(case),
    )
    reached = ["load"]

    def progress(stage: Any, *_: object) -> None:
        reached.append(stage.value)

    try:
        outputs = (
            main_export(request, progress).outputs if until >= Stage.TRACE else prepared(request, progress)
        )
    except Exception as error:
        raise ExportFailedError(reached[-1], error) from error
    for output in outputs:
        if output.reason:
            raise ExportFailedError("validate", f"{output.name}: {output.reason}")


def prepared(request: ExportRequest, progress: Any) -> tuple[Any, ...]:
    """Everything that the engine refuses before the model is traced."""
    exporting._prepared(request, StageClock(progress))
    return ()


def asked_sizes(case: Case) -> dict[str, int]:
    return {
        axis: SIZES[axis] for axis in case.config_class.get_input_args_for_task(case.task) if axis in SIZES
    }
