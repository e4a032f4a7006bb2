"""A config class out of a user's file. Loading executes the file: a job's process is the place for it."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from neuron_core.configs.base import NeuronExportConfig
from neuron_core.configs.registry import Registration, canonical_task, collecting, register_built_ins
from neuron_core.errors import ConfigLoadError

_SERVED_AS_UPSTREAM = {
    "optimum.exporters.neuron": "neuron_core.configs",
    "optimum.exporters.neuron.base": "neuron_core.configs.base",
    "optimum.exporters.neuron.config": "neuron_core.configs.modality",
    "optimum.exporters.neuron.model_configs": "neuron_core.configs.models",
}
"""Modules of optimum-neuron 0.4.5, which need the Neuron SDK to import -> ours with the same names."""

_NEURON_ONLY = (
    "neuronx_distributed",
    "torch_neuronx",
    "torch_xla",
    "libneuronxla",
    "neuronxcc",
    "optimum.neuron",
)

_CHECKED_FOR = (SyntaxError, KeyError, ValueError)
"""What a file raises whose syntax, aliases or registered tasks are wrong: what the linter has rules for."""


_NOT_OF_A_NAME = re.compile(r"\W")


def load_config_class(
    path: Path, task: str, *, class_name: str | None = None, model_type: str | None = None
) -> Registration:
    """The config class in a Python file that exports ``task``, and the model type that it is for.

    Args:
        task: canonical, or a synonym.
        class_name: where the file has several; may then also name one that nothing registers.
        model_type: where a class is registered for several, or for none.

    Raises:
        ConfigLoadError: the file cannot be executed, or leaves none or more than one class to choose.
    """
    module, registered = execute_config_file(path)
    task = canonical_task(task)
    if class_name is not None:
        config_class = _class_named(module, class_name)
        registered = [one for one in registered if one.config_class is config_class]
        if not registered and model_type is not None:
            return Registration("transformers", model_type, task, config_class)
    return _the_one(registered, path, task, class_name, model_type)


def execute_config_file(path: Path) -> tuple[ModuleType, list[Registration]]:
    """Execute the file as a module of its package; gives the module and what it registered.

    Imports of optimum-neuron's config classes get neuron_core's, which have the same names and behave alike.
    The folder that the file imports from stays on ``sys.path``, at its end: methods of the config import from
    it too, when the model is traced. A job's process ends with the job; any other caller may take it off.

    Raises:
        ConfigLoadError: there is no such file, or it raises.
    """
    path = path.absolute()
    if not path.is_file():
        raise ConfigLoadError(f"There is no file {path}.", "Name a Python file that holds a config class.")
    register_built_ins()  # before the file's own registrations are collected, so that they aren't among them
    serve_upstream_names()
    name, root = _module_name(path)
    with _first_on_the_path(str(root)), _no_bytecode_written():
        try:
            with collecting() as registered:
                module = _execute(path, name)
        except (Exception, SystemExit) as error:
            raise _load_error(path, error) from error
    return module, registered


@contextmanager
def _first_on_the_path(folder: str) -> Generator[None]:
    """First within, as for a script; last after it went well, where the folder's names shadow nothing."""
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:  # a file may replace the list
            sys.path.remove(folder)
    if folder not in sys.path:
        sys.path.append(folder)


@contextmanager
def _no_bytecode_written() -> Generator[None]:
    """Nothing is left beside the author's file, and no bytecode can stand for what it says now."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def serve_upstream_names() -> None:
    """Let ``import optimum.exporters.neuron`` find neuron_core's classes, unless it was imported already."""
    for upstream, ours in _SERVED_AS_UPSTREAM.items():
        if upstream in sys.modules:
            continue
        module = importlib.import_module(ours)
        sys.modules[upstream] = module
        parent, _, name = upstream.rpartition(".")
        setattr(importlib.import_module(parent), name, module)


def _module_name(path: Path) -> tuple[str, Path]:
    """The dotted name of the file within its package, and the folder from which that is imported."""
    parts, folder = [_NOT_OF_A_NAME.sub("_", path.stem)], path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder


def _execute(path: Path, name: str) -> ModuleType:
    parent = name.rpartition(".")[0]
    if parent:
        importlib.import_module(parent)  # its package, so that relative imports work
    else:
        name = f"_neuron_config_file_{name}"  # a file called esm.py must not pass for a module of that name
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no Python file (it has to end in .py)")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _load_error(path: Path, error: BaseException) -> ConfigLoadError:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == str(path)]
    line = (
        getattr(error, "lineno", None) if isinstance(error, SyntaxError) else own[-1].lineno if own else None
    )
    place = f"{path}, line {line}" if line else str(path)
    from_the_file = frames[frames.index(own[0]) :] if own else []
    detail = "".join([*traceback.format_list(from_the_file), *traceback.format_exception_only(error)])
    said = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    return ConfigLoadError(f"{place} cannot be executed: {said}", _hint(error), detail)


def _hint(error: BaseException) -> str:
    missing = getattr(error, "name", None) if isinstance(error, ImportError) else None
    if missing and missing.startswith(_NEURON_ONLY):
        return (
            f"{missing} comes with the Neuron SDK or optimum-neuron, and neuron_core has no stand-in for it: "
            "export where they are installed, or move what needs it out of the file."
        )
    if isinstance(error, _CHECKED_FOR):
        return "neuron-config check finds most such mistakes without executing the file."
    return "The file is executed as Python would import it: mend it there."


def _class_named(module: ModuleType, name: str) -> type[NeuronExportConfig]:
    value = getattr(module, name, None)
    if isinstance(value, type) and issubclass(value, NeuronExportConfig):
        return value
    classes = [
        key
        for key, other in vars(module).items()
        if isinstance(other, type)
        and issubclass(other, NeuronExportConfig)
        and other.__module__ == module.__name__
    ]
    raise ConfigLoadError(
        f"{module.__file__} has no config class {name}.", f"It has: {', '.join(classes) or 'none'}."
    )


def _the_one(
    registered: Sequence[Registration], path: Path, task: str, class_name: str | None, model_type: str | None
) -> Registration:
    fitting = [one for one in registered if one.task == task and model_type in (None, one.model_type)]
    if len(fitting) == 1:
        return fitting[0]
    what = f"{path}" if class_name is None else f"{class_name} in {path}"
    if not fitting:
        wanted = f"the task {task}" + (f" of {model_type}" if model_type else "")
        raise ConfigLoadError(
            f"{what} is not registered for {wanted}.", f"Registered there: {_listed(registered)}."
        )
    raise ConfigLoadError(
        f"{path} registers more than one config class for the task {task}: {_listed(fitting)}.",
        "Choose with --config-class or --model_type.",
    )


def _listed(registered: Sequence[Registration]) -> str:
    tasks: dict[str, list[str]] = {}
    for one in registered:
        tasks.setdefault(f"{one.config_class.__name__} ({one.model_type})", []).append(one.task)
    return "; ".join(f"{name} for {', '.join(of_it)}" for name, of_it in sorted(tasks.items())) or "nothing"
