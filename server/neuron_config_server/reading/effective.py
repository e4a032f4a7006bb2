"""What a config class means for each task that it is registered for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union

from neuron_config_server.reading.evaluation.calls import axes_for
from neuron_config_server.reading.evaluation.interpreter import Interpreter
from neuron_config_server.reading.evaluation.operations import CannotFollowError, RaisedError
from neuron_config_server.reading.evaluation.paths import Path, explore
from neuron_config_server.reading.evaluation.values import (
    BaseClass,
    BaseMethod,
    ClassValue,
    Dotted,
    HfConfig,
    Instance,
    NormalizedClass,
    Symbol,
    Unknown,
    strings_of,
)
from neuron_config_server.reading.evaluation.world import World
from neuron_config_server.reading.literals import StringLiteral, Strings, Untold
from neuron_config_server.reading.memory import remembered_property

if TYPE_CHECKING:
    from neuron_config_server.reading.config_class import ConfigClass, Registration

_Value = TypeVar("_Value")
_MOST_STEPS = 40_000
"""Of all ways through together; real properties take some hundred."""
_MOST_TASKS = 300
"""Of a class; there are 40 tasks."""


@dataclass(frozen=True)
class Variant(Generic[_Value]):
    """A value, and when it is that."""

    when: str | None
    """A Python expression in terms of ``self``; None: always."""
    is_default: bool
    """Whether the conditions hold where nobody says otherwise, as far as that is known."""
    value: _Value | None
    assumes: tuple[str, ...] = ()
    """Of ``when``, what is the HF config's default: for other values, the value has this form too."""
    raises: str | None = None
    """The exception that comes instead of a value."""
    unknown: str | None = None
    """Why the value isn't known, or not all of it."""
    is_understood: bool = True
    """False if a condition on the way isn't followed: it may never come about."""


@dataclass(frozen=True)
class Possible(Generic[_Value]):
    """Every value that something may have."""

    variants: tuple[Variant[_Value], ...]
    """That of the defaults first."""
    unknown: str | None = None
    """Why these are not all, or a value isn't known."""

    @property
    def default(self) -> _Value | None:
        """The value where nobody says otherwise; None if it isn't known."""
        first = self.variants[0] if self.variants else None
        return first.value if first is not None and first.unknown is None else None

    @property
    def only(self) -> _Value | None:
        """The value, where it is one and known."""
        return self.default if len(self.variants) == 1 else None


@dataclass(frozen=True)
class NormalizedConfigUse:
    """The normalized config of a config class."""

    class_name: str
    attributes: dict[str, str] | None
    """Name -> path in the HF config, of the names that the class declares; None if they can't be told."""


class EffectiveConfig:
    """A config class as registered for one task of one model type.

    What it means is worked out when it is asked for.
    """

    def __init__(
        self, world: World, config: ConfigClass, registration: Registration, task: Union[StringLiteral, str]
    ) -> None:
        self.config = config
        self.registration = registration
        self.library = registration.library or ""
        self.model_type = registration.model_type_name or ""
        self.task = task.value if isinstance(task, StringLiteral) else task
        """As written; may be a synonym, or no task at all."""
        self.task_literal = task if isinstance(task, StringLiteral) else None
        self._world = world
        self.memory = config.memory

    @cached_property
    def hf_model_type(self) -> str:
        """The model type of the HF config: ``t5`` of ``t5-encoder``."""
        return self._hf_config[0]

    @cached_property
    def _hf_config(self) -> tuple[str, HfConfig]:
        name, class_ = self._world.hf_config_class(self.library, self.model_type)
        return name, HfConfig("self._config", class_)

    @remembered_property
    def inputs(self) -> Possible[Strings]:
        """What ``inputs`` returns."""
        return self._names("inputs")

    @remembered_property
    def declared_inputs(self) -> tuple[StringLiteral, ...]:
        """The strings of the source among the inputs, on every way through that the defaults leave open."""
        return tuple(
            dict.fromkeys(
                literal
                for variant in self.inputs.variants
                if variant.is_default and variant.is_understood and variant.value is not None
                for literal in variant.value.literals
            )
        )

    @remembered_property
    def outputs(self) -> Possible[Strings]:
        """What ``outputs`` returns, the first time it is asked for."""
        return self._names("outputs")

    @remembered_property
    def axes(self) -> Possible[Strings]:
        """The axes that must have a size."""
        of_tasks = self._explored("INPUT_ARGS", _plain_input_args)
        if of_tasks.only is not None:
            axes, one = strings_of(axes_for(of_tasks.only, self.task)), of_tasks.variants[0]
            return Possible(
                (Variant(one.when, one.is_default, axes, one.assumes, is_understood=one.is_understood),)
            )
        return self._explored("axes", lambda run, instance: _strings(run, _axes(run, instance)))

    @remembered_property
    def generators(self) -> Possible[tuple[str, ...]]:
        """The dummy input generators, in order, by dotted name where they come from another file."""
        return self._explored(
            "generators",
            lambda run, instance: _generators(run, run.attribute(instance, "DUMMY_INPUT_GENERATOR_CLASSES")),
        )

    @remembered_property
    def normalized_config(self) -> Possible[NormalizedConfigUse]:
        """The normalized config class, and where its names point."""
        return self._explored(
            "normalized_config",
            lambda run, instance: _normalized(run, run.attribute(instance, "NORMALIZED_CONFIG_CLASS")),
        )

    @remembered_property
    def tolerance(self) -> Possible[float]:
        """The absolute tolerance of the validation, of this task."""
        return self._explored("tolerance", _tolerance)

    @remembered_property
    def exported_model_type(self) -> Possible[str | None]:
        """``MODEL_TYPE``: what the artifact is told to be; None: what the HF config says."""
        return self._explored(
            "exported_model_type",
            lambda run, instance: _scalar(run, run.attribute(instance, "MODEL_TYPE")),
        )

    @remembered_property
    def wrapper(self) -> Possible[str | None]:
        """``CUSTOM_MODEL_WRAPPER`` by its dotted name; None where there is none."""
        return self._explored(
            "wrapper", lambda run, instance: _class_name(run.attribute(instance, "CUSTOM_MODEL_WRAPPER"))
        )

    @remembered_property
    def values_override(self) -> Possible[Any]:
        """What is set in the HF config before the export."""
        return self._explored(
            "values_override",
            lambda run, instance: _scalar(run, run.attribute(instance, "values_override")),
        )

    def owner(self, name: str) -> ClassValue | BaseClass | Dotted | None:
        """The class that has an attribute."""
        return self.config.owner(name)

    def _names(self, name: str) -> Possible[Strings]:
        return self._explored(name, lambda run, instance: _strings(run, run.attribute(instance, name)))

    def _explored(
        self, name: str, evaluate: Callable[[Interpreter, Instance], tuple[_Value | None, str | None]]
    ) -> Possible[_Value]:
        """Evaluates on every path, once for all tasks if nothing on the way asks for the task."""
        key = (name, self.library, self.model_type)
        found, asks_for_task, by = self.config.memory.of(key, lambda: (*self._evaluated(evaluate), self))
        return self._evaluated(evaluate)[0] if asks_for_task and by is not self else found

    def _evaluated(
        self, evaluate: Callable[[Interpreter, Instance], tuple[_Value | None, str | None]]
    ) -> tuple[Possible[_Value], bool]:
        """What comes of every path, and whether one asks for the task."""
        _, config = self._hf_config
        steps = 0
        asks_for_task = False

        def run(path: Path) -> Variant[_Value]:
            nonlocal steps, asks_for_task
            interpreter = Interpreter(self._world, path, config)
            value: _Value | None = None
            raises = unknown = None
            instance = Instance(self.config.value, self.task)
            try:
                interpreter.construct(instance)
                value, unknown = evaluate(interpreter, instance)
            except RaisedError as error:
                raises = str(error)
            except CannotFollowError as error:
                unknown = str(error)
            except RecursionError:
                unknown = "it is nested deeper than is followed"
            except MemoryError:
                unknown = "it needs more memory than is given to it"
            steps += interpreter.steps
            asks_for_task |= instance.is_asked_for_task
            return Variant(
                path.when, path.is_default, value, path.assumes, raises, unknown, path.is_understood
            )

        runs, is_cut = explore(run, lambda: steps > _MOST_STEPS)
        variants = tuple(each.result for each in runs)
        reasons = (variant.unknown for variant in variants)
        unknown = next((reason for reason in reasons if reason is not None), None)
        why = "it depends on more conditions than are followed" if is_cut else unknown
        return Possible(variants, why), asks_for_task


Facet = tuple[str, Callable[[EffectiveConfig], Possible[Any]]]

FACETS: tuple[Facet, ...] = (
    ("inputs", lambda each: each.inputs),
    ("outputs", lambda each: each.outputs),
    ("axes", lambda each: each.axes),
    ("generators", lambda each: each.generators),
    ("normalized config", lambda each: each.normalized_config),
    ("tolerance", lambda each: each.tolerance),
    ("MODEL_TYPE", lambda each: each.exported_model_type),
    ("wrapper", lambda each: each.wrapper),
    ("values override", lambda each: each.values_override),
)
"""What there is to tell of a config for a task, as people call it."""


def effective_configs(config: ConfigClass, world: World) -> Iterator[EffectiveConfig]:
    """One for every (library, model type, task) that the class is registered for and that can be told."""
    count = 0
    for registration in config.registrations:
        if registration.model_type is None or registration.library is None:
            continue
        for task in registration.tasks.parts:
            count += 1
            if count > _MOST_TASKS:
                return
            if not isinstance(task, Untold):
                name = task if isinstance(task, StringLiteral) else task.value
                yield EffectiveConfig(world, config, registration, name)


def _strings(run: Interpreter, value: Any) -> tuple[Strings | None, str | None]:
    if isinstance(value, (list, tuple)):
        value = [run.pinned(each) for each in value]
    strings = strings_of(run.pinned(value))
    return strings, strings.unknown


def _plain_input_args(run: Interpreter, instance: Instance) -> tuple[tuple[Any, ...] | None, None]:
    """``INPUT_ARGS`` where the base chooses from them for a task, and all that it sees are strings."""
    method = run.attribute(instance, "get_mandatory_axes_for_task")
    if not isinstance(method, BaseMethod) or not instance.is_initialised:
        return None, None
    axes = run.attribute(instance, "INPUT_ARGS")
    is_plain = isinstance(axes, (list, tuple)) and all(map(_is_plain_axis, axes))
    return tuple(axes) if is_plain else None, None


def _is_plain_axis(entry: Any) -> bool:
    if not isinstance(entry, tuple):
        return isinstance(entry, str)
    tasks = entry[0] if entry and isinstance(entry[0], tuple) else entry[:1]
    return len(entry) == 2 and all(isinstance(each, str) for each in (*tasks, entry[1]))


def _axes(run: Interpreter, instance: Instance) -> Any:
    method = run.attribute(instance, "get_mandatory_axes_for_task")
    task = run.attribute(instance, "task")
    found = run.called(method, [task])
    return axes_for(run.attribute(instance, "INPUT_ARGS"), task) if isinstance(found, Unknown) else found


def _generators(run: Interpreter, value: Any) -> tuple[tuple[str, ...] | None, str | None]:
    if not isinstance(value, (list, tuple)):
        return None, _reason(value)
    names: list[str] = []
    for each in value:
        if isinstance(each, Dotted):
            meant = run.world.resolve(each)
            names.append((meant if isinstance(meant, Dotted) else each).name)
        elif isinstance(each, ClassValue):
            names.append(each.name)
        else:
            return tuple(names), _reason(each)
    return tuple(names), None


def _normalized(run: Interpreter, value: Any) -> tuple[NormalizedConfigUse | None, str | None]:
    class_ = run.as_normalized(value)
    if class_ is None:
        return (None, None) if value is None else (None, _reason(value))
    attributes = class_.attributes
    paths = (
        {name.lower(): path for name, path in attributes.paths.items()} if attributes is not None else None
    )
    return NormalizedConfigUse(class_.name, paths), None


def _tolerance(run: Interpreter, instance: Instance) -> tuple[float | None, str | None]:
    value = run.pinned(run.attribute(instance, "ATOL_FOR_VALIDATION"))
    if isinstance(value, dict):
        instance.is_asked_for_task, task = True, instance.task
        if task not in value:
            raise RaisedError("KeyError", task)
        value = value[task]
    if isinstance(value, (int, float)):
        return float(value), None
    return None, _reason(value)


def _scalar(run: Interpreter, value: Any) -> tuple[Any, str | None]:
    value = run.pinned(value)
    if isinstance(value, str):
        return str(value), None
    if isinstance(value, dict):
        found = {run.pinned(key): _scalar(run, each) for key, each in value.items()}
        reason = next((reason for _, reason in found.values() if reason is not None), None)
        return {str(key): each for key, (each, _) in found.items()}, reason
    if isinstance(value, (int, float, type(None))):
        return value, None
    return None, _reason(value)


def _class_name(value: Any) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    if isinstance(value, (Dotted, ClassValue)):
        return value.name, None
    return None, _reason(value)


def _reason(value: Any) -> str:
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Symbol):
        return f"it depends on `{value.text}`"
    if isinstance(value, NormalizedClass):
        return f"it is the normalized config {value.name}"
    return f"it is a {type(value).__name__}"
