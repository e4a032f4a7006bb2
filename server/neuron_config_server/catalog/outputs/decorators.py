"""What the decorators of a ``forward`` do to its parameters and to its result."""

from __future__ import annotations

import ast

from neuron_config_server.catalog.outputs.arguments import passed_as, with_keyword
from neuron_config_server.catalog.outputs.classes import Method
from neuron_config_server.catalog.outputs.frames import Names
from neuron_config_server.catalog.outputs.values import (
    FALSE,
    NONE,
    UNKNOWN,
    Arguments,
    Keywords,
    OutputValue,
    Value,
)
from neuron_config_server.catalog.source import ClassSource, Function

TRANSPARENT = {
    "auto_docstring",
    "can_return_tuple",
    "capture_outputs",
    "check_model_inputs",
    "merge_with_config_defaults",
    "filter_output_hidden_states",
    "deprecate_kwarg",
    "add_start_docstrings",
    "add_start_docstrings_to_model_forward",
    "add_code_sample_docstrings",
    "replace_return_docstrings",
    "torch.no_grad",
    "torch.inference_mode",
    "dynamic_rope_update",
    "maybe_autocast",
    "torch.compiler.disable",
    "torch.jit.ignore",
    "torch.jit.unused",
    "staticmethod",
}
"""Decorators that leave the result as it is when no flag is on."""
_FROM_CONFIG = {"vision_feature_layer", "vision_feature_select_strategy", "vision_aspect_ratio"}
"""What merge_with_config_defaults takes from the config, flags apart (5.23, utils/generic.py)."""
_CAPTURING = {"capture_outputs", "check_model_inputs"}
_RECORDABLE = "_can_record_outputs"
_CAPTURED = ("output_attentions", "output_hidden_states")


def as_handed_on(names: Names, function: Function, decorators: set[str]) -> Names:
    """The parameters that reach the function's body."""
    if "filter_output_hidden_states" in decorators:
        names = _with_parameter(names, function, "output_hidden_states", UNKNOWN)
    if "merge_with_config_defaults" in decorators:
        names.update({name: UNKNOWN for name in _FROM_CONFIG & set(names) if names[name] == NONE})
    return names


def as_decorated(value: Value, decorators: set[str], method: Method, arguments: Arguments | None) -> Value:
    """The result that reaches the caller."""
    if not isinstance(value, OutputValue):
        return value
    if "filter_output_hidden_states" in decorators:
        return value.with_field("hidden_states", NONE)
    if not decorators & _CAPTURING:
        return value
    is_plain = arguments is None or all(passed_as(arguments, flag) in (None, FALSE) for flag in _CAPTURED)
    recorded = _recorded(method.owner)
    for name, filled in value.fields:
        if filled == NONE and not (is_plain and _is_off(name, recorded)):
            value = value.with_field(name, UNKNOWN)
    return value


def _with_parameter(names: Names, function: Function, name: str, value: Value) -> Names:
    if name in names:
        return {**names, name: value}
    kwargs = function.args.kwarg.arg if function.args.kwarg is not None else None
    held = names.get(kwargs) if kwargs is not None else None
    if kwargs is None or not isinstance(held, Keywords):
        return names
    return {**names, kwargs: with_keyword(held, name, value)}


def _recorded(owner: ClassSource) -> set[str]:
    """Fields that ``capture_outputs`` may fill: keys of the class's ``_can_record_outputs``."""
    found: set[str] = set()
    for node in owner.module.classes_mentioning(_RECORDABLE):
        for item in node.body:
            target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
            if isinstance(target, ast.Name) and target.id == _RECORDABLE:
                strings = (each.value for each in ast.walk(item) if isinstance(each, ast.Constant))
                found.update(value for value in strings if isinstance(value, str))
    return found


def _is_off(field_name: str, recorded: set[str]) -> bool:
    """Whether no default of a config makes ``capture_outputs`` fill a field."""
    return field_name not in recorded or field_name.endswith(("attentions", "hidden_states"))
