"""The value of each parameter: in a plain call of a model, and in a call that its code makes."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from neuron_config_server.catalog.outputs.values import (
    FALSE,
    MAYBE_TENSOR,
    NONE,
    TENSOR,
    TRUE,
    UNKNOWN,
    Arguments,
    Constant,
    Keywords,
    Value,
)

FLAGS = {
    "output_attentions": FALSE,
    "output_hidden_states": FALSE,
    "use_cache": FALSE,
    "return_dict": TRUE,
    "use_return_dict": TRUE,
    "return_loss": FALSE,
}
ABSENT = {"past_key_values", "past_key_value", "encoder_outputs", "cache_params", "mems"}
"""Inputs that are no single tensor, which a plain call doesn't pass."""
LABELS = re.compile(r"(^|(?<!input)_)labels?(_|$)|^(start|end)_positions$")
"""``input_labels`` of SAM are inputs."""
_TENSOR_ANNOTATION = re.compile(r"(Optional\[)?(torch\.)?\w*Tensor\]?( \| None)?")


def argument(
    parameter: ast.arg, place: int | None, default: Value | None, arguments: Arguments | None
) -> Value:
    """The value of a parameter; its place is None where it is taken by keyword only."""
    if arguments is None:
        return _as_called(parameter.arg, default, parameter.annotation)
    if place is not None and (arguments.positional is None or place < len(arguments.positional)):
        return arguments.positional[place] if arguments.positional is not None else UNKNOWN
    passed = passed_as(arguments, parameter.arg)
    if passed is not None:
        return passed
    is_open = arguments.keywords is not None and arguments.keywords.is_open
    return when_left_out(parameter.arg, default if default is not None else UNKNOWN, is_open)


def _as_called(name: str, default: Value | None, annotation: ast.expr | None) -> Value:
    """The value of a parameter in a plain call: any tensor may be passed, no flag and no labels are."""
    if name in FLAGS:
        # FLAVA's output_hidden_states and UDOP's use_cache are on unless the caller says otherwise.
        return default if default == TRUE else FLAGS[name]
    if name in ABSENT or (LABELS.search(name) and default == NONE):
        return NONE
    if isinstance(default, Constant) and default != NONE:
        return default
    if annotation is None or not _TENSOR_ANNOTATION.fullmatch(ast.unparse(annotation)):
        return UNKNOWN
    return TENSOR if default is None else MAYBE_TENSOR


def passed_as(arguments: Arguments, name: str) -> Value | None:
    """What is passed by keyword; None if nothing is."""
    if arguments.keywords is None:
        return UNKNOWN
    return dict(arguments.keywords.items).get(name)


def when_left_out(name: str, default: Value, is_open: bool) -> Value:
    """The value of a keyword that no call in sight passes, but the model's caller may."""
    if not is_open or (default == NONE and (name in ABSENT or LABELS.search(name))):
        return default
    return default if name in FLAGS else UNKNOWN


def left_over(arguments: Arguments | None, taken: set[str]) -> Value:
    """What ``**kwargs`` gets."""
    if arguments is None:
        return Keywords((), is_open=True)
    if arguments.keywords is None:
        return UNKNOWN
    items = tuple((name, value) for name, value in arguments.keywords.items if name not in taken)
    return replace(arguments.keywords, items=items)


def with_keyword(keywords: Keywords, name: str | None, value: Value) -> Keywords:
    """Keywords with one more, or with those of a ``**value`` if it has no name."""
    if name is not None:
        return replace(keywords, items=(*keywords.items, (name, value)))
    if isinstance(value, Keywords):
        return Keywords((*keywords.items, *value.items), keywords.is_open or value.is_open)
    return keywords
