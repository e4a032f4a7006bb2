"""Gives a class ``inputs`` or ``outputs`` of its own: what its models take and return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, Returned
from neuron_config_server.features.actions.input_order import in_runtime_order
from neuron_config_server.features.actions.kinds import REWRITE
from neuron_config_server.features.actions.members import member_edit
from neuron_config_server.features.actions.offers import Offer, RefusedError
from neuron_config_server.features.actions.python_style import (
    LINE_LENGTH,
    annotation_of_names,
    indent_unit,
    quote_of,
    quoted_names,
)
from neuron_config_server.features.actions.refactorings import ClassAtCursor, Rewrite, offered
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.rules.finding import Aspect, Change
from neuron_config_server.rules.support.class_body import subclasses
from neuron_config_server.rules.support.task_models import (
    are_all_sure,
    forwards_of,
    hands_inputs_to_forward,
    outputs_of,
    sure_lists,
    takes_outputs_from_forward,
)
from neuron_config_server.rules.support.wording import first_few, listed

_Names = tuple[str, ...]

_MAIN_INPUTS = frozenset({"input_ids", "pixel_values", "input_values", "input_features", "decoder_input_ids"})
"""Inputs that have a default in ``forward`` and are given all the same; what else has one, the model makes
itself when it isn't given.
"""
_BESIDE_TEXT = frozenset({"attention_mask", "token_type_ids"})
"""What is given beside ``input_ids``."""
_INPUTS, _OUTPUTS = Aspect.INPUTS.value, Aspect.OUTPUTS.value


def overrides(here: ClassAtCursor) -> Iterator[Offer]:
    yield offered(here, "Add `inputs` from the model's signature", REWRITE, partial(_add_inputs, here))
    yield offered(here, "Add `outputs` from what the model returns", REWRITE, partial(_add_outputs, here))


def _add_inputs(here: ClassAtCursor) -> Rewrite:
    _refuse_if_own(here, _INPUTS)
    if not hands_inputs_to_forward(here.config):
        raise RefusedError(f"{here.name} handles its inputs itself: `forward` doesn't say which they are")
    wanted = _by_task(here, lambda each: _inputs(each, here))
    return _override(here, Aspect.INPUTS, wanted)


def _add_outputs(here: ClassAtCursor) -> Rewrite:
    _refuse_if_own(here, _OUTPUTS)
    if not takes_outputs_from_forward(here.config):
        raise RefusedError(f"{here.name} handles its model itself: `forward` doesn't say what it returns")
    wanted = _by_task(here, lambda each: _outputs(each, here))
    return _override(here, Aspect.OUTPUTS, wanted)


def _refuse_if_own(here: ClassAtCursor, name: str) -> None:
    if name in here.config.value.names:
        raise RefusedError(f"{here.name} has its own `{name}` already")
    if not here.config.effective:
        raise RefusedError(f"{here.name} isn't registered for a task that is known")


def _by_task(here: ClassAtCursor, of: Callable[[EffectiveConfig], _Names]) -> Mapping[str, _Names]:
    """Task -> names, which must be the same for every model type of the class: a property sees the task."""
    found: dict[str, _Names] = {}
    for each in here.config.effective:
        names = of(each)
        if found.setdefault(each.task, names) != names:
            raise RefusedError(f'the model types of {here.name} differ for "{each.task}"')
    return found


def _inputs(effective: EffectiveConfig, here: ClassAtCursor) -> _Names:
    """What the models of the task need, and what they are given all the same."""
    names = effective.generators.only or ()
    generators = [each for name in names if (each := here.catalog.dummy_generators.get(name)) is not None]

    def of(forward: ForwardSignature) -> _Names:
        taken = [each for each in forward.parameters if each.takes_keyword]
        required = [each.name for each in taken if each.required]
        given = _given_all_the_same([each.name for each in taken if not each.required])
        made = [name for name in given if any(generator.supports(name) for generator in generators)]
        return in_runtime_order((*required, *made))

    found = {of(forward) for forward in forwards_of(effective, here.catalog)}
    return _one(found, f'what models of "{effective.task}" take')


def _given_all_the_same(optional: Sequence[str]) -> list[str]:
    is_text = "input_ids" in optional
    return [name for name in optional if name in _MAIN_INPUTS or (is_text and name in _BESIDE_TEXT)]


def _outputs(effective: EffectiveConfig, here: ClassAtCursor) -> _Names:
    """What a call with inputs alone returns."""
    return _one(
        {_returned(model) for model in outputs_of(effective, here.catalog)},
        f'what models of "{effective.task}" return',
    )


def _returned(model: ModelOutputs) -> _Names:
    given = [field for field in model.fields if field.returned is not Returned.NO]
    untold = [field.name for field in given if field.returned is not Returned.YES]
    if untold:
        raise RefusedError(f"whether {model.model_class} returns `{untold[0]}` as one tensor can't be told")
    return tuple(field.name for field in given)


def _one(found: set[_Names], what: str) -> _Names:
    if len(found) != 1 or () in found:
        raise RefusedError(f"{what} can't be told")
    return found.pop()


def _override(here: ClassAtCursor, aspect: Aspect, wanted: Mapping[str, _Names]) -> Rewrite:
    name = aspect.value
    inherited = _told_by_task(here.config, name)
    if inherited == wanted:
        raise RefusedError(f"the inherited `{name}` are those of the model already")
    below = subclasses(here.file, here.config)
    heirs = [each for each in below if each.owner(name) is here.config.owner(name)]
    if any(_told(each, name) is not None for heir in heirs for each in heir.effective):
        names = first_few([heir.name for heir in heirs], 3)
        raise RefusedError(f"`{name}` of {listed(names)} would change too")
    edit = member_edit(here.file, here.config, name, _property(here, name, wanted, inherited))
    if edit is None:
        raise RefusedError(f"the body of {here.name} stands on the line of `class`")
    untold = (each for each in below if any(_told(task, name) is None for task in each.effective))
    changed = frozenset(each.name for each in (here.config, *heirs, *untold))

    def is_meant(after: ConfigFile) -> bool:
        config = after.config(here.name)
        return config is not None and _told_by_task(config, name) == wanted

    return Rewrite((edit,), (Change(aspect, changed),), is_meant)


def _told_by_task(config: ConfigClass, name: str) -> Mapping[str, _Names | None]:
    """Task -> names; None where they can't be told, or the model types of the class differ."""
    found: dict[str, _Names | None] = {}
    for each in config.effective:
        names = _told(each, name)
        found[each.task] = names if found.get(each.task, names) == names else None
    return found


def _told(effective: EffectiveConfig, name: str) -> _Names | None:
    """The names where nobody says otherwise; None if these can't be told."""
    possible = effective.inputs if name == _INPUTS else effective.outputs
    lists = {strings.values for strings in sure_lists(possible)}
    return lists.pop() if len(lists) == 1 and are_all_sure(possible) else None


def _property(
    here: ClassAtCursor, name: str, wanted: Mapping[str, _Names], inherited: Mapping[str, _Names | None]
) -> tuple[str, ...]:
    """The lines of the property, a branch for each list that only some of the tasks have."""
    quote, unit = quote_of(here), indent_unit(here)
    as_inherited = [task for task, names in wanted.items() if inherited[task] == names]
    groups: dict[_Names, list[str]] = {}
    for task, names in wanted.items():
        if task not in as_inherited:
            groups.setdefault(names, []).append(task)
    rest = max(groups, key=lambda names: len(groups[names])) if not as_inherited else None
    lines: list[str] = []
    for names, tasks in groups.items():
        if names != rest:
            lines.append(f"if self.task {_test(tasks, quote)}:")
            lines += [f"{unit}{line}" for line in _return(names, quote, unit, depth=3)]
    lines += [f"return super().{name}"] if rest is None else _return(rest, quote, unit, depth=2)
    head = ("@property", f"def {name}(self){annotation_of_names(here.file)}:")
    return (*head, *(f"{unit}{line}" for line in lines))


def _test(tasks: Sequence[str], quote: str) -> str:
    return f"== {quoted_names(tasks, quote)}" if len(tasks) == 1 else f"in ({quoted_names(tasks, quote)})"


def _return(names: _Names, quote: str, unit: str, *, depth: int) -> list[str]:
    """The lines of a ``return``, at that depth of a file."""
    line = f"return [{quoted_names(names, quote)}]"
    if len(unit) * depth + len(line) <= LINE_LENGTH:
        return [line]
    return ["return [", *(f"{unit}{quote}{each}{quote}," for each in names), "]"]
