"""What the strings of a file are to its config classes: told by evaluation, or else by where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from neuron_config_server.features.subjects.subject_kinds import Kind
from neuron_config_server.features.subjects.syntax_places import Token
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.world import NORMALIZED_CONFIGS, REGISTER_FUNCTION
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.reading.positions import Range

Roles = Mapping[Range, Mapping[Kind, tuple[ConfigClass, ...]]]
"""Place of a string -> what it is, and to which classes."""

_KEPT: WeakKeyDictionary[ConfigFile, Roles] = WeakKeyDictionary()
_TASKS = "_TASK_TO_COMMON_OUTPUTS"
_LISTS = {"inputs": Kind.INPUT, "outputs": Kind.OUTPUT}
_CHANGES_OF_LISTS = ("append", "insert", "extend", "remove", "pop")
_PLAIN_ATTRIBUTES = {"MODEL_TYPE": Kind.MODEL_TYPE, "LIBRARY_NAME": Kind.LIBRARY}
_UPPER = re.compile(r"[A-Z][A-Z0-9_]*")


def roles_of(file: ConfigFile) -> Roles:
    """What evaluation found of each string that reaches a config class; worked out once a text."""
    if file not in _KEPT:
        found: dict[Range, dict[Kind, dict[ConfigClass, None]]] = {}
        for literal, kind, config in _found(file):
            if file.holds(literal):
                found.setdefault(literal.range, {}).setdefault(kind, {})[config] = None
        _KEPT[file] = {
            place: {kind: tuple(configs) for kind, configs in roles.items()} for place, roles in found.items()
        }
    return _KEPT[file]


def _found(file: ConfigFile) -> Iterator[tuple[StringLiteral, Kind, ConfigClass]]:
    for config in file.classes:
        for registration in config.registrations:
            if isinstance(registration.model_type, StringLiteral):
                yield registration.model_type, Kind.MODEL_TYPE, config
            for literal in registration.tasks.literals:
                yield literal, Kind.TASK, config
        for effective in config.effective:
            yield from ((literal, kind, config) for literal, kind in _of_effective(effective))


def _of_effective(effective: EffectiveConfig) -> Iterator[tuple[StringLiteral, Kind]]:
    for kind, possible in (
        (Kind.INPUT, effective.inputs),
        (Kind.OUTPUT, effective.outputs),
        (Kind.AXIS, effective.axes),
    ):
        for variant in possible.variants:
            for literal in variant.value.literals if variant.value is not None else ():
                yield literal, kind


def kind_by_place(token: Token) -> Kind | None:
    """What a string is by the syntax around it, where evaluation doesn't tell."""
    call, method = token.nearest(syntax.Call), token.nearest(syntax.Function)
    if call is not None and (found := _in_call(token, call)) is not None:
        return found
    if (found := _assigned_to(token)) is not None:
        return found
    comparison = token.nearest(syntax.Comparison)
    if comparison is not None:
        return Kind.TASK if _is_task(comparison.left) else None
    subscript = token.nearest(syntax.Subscript)
    if subscript is not None and subscript.index is token.node:
        is_common = isinstance(subscript.owner, syntax.Attribute) and subscript.owner.name == _TASKS
        return Kind.TASK if is_common else None
    if method is not None and token.nearest(syntax.Class) is not None:
        return _LISTS.get(method.name) if call is None else None
    return None


def _in_call(token: Token, call: syntax.Call) -> Kind | None:
    """Of a string in an argument of a call, however deep."""
    function = call.function
    name = function.name if isinstance(function, (syntax.Name, syntax.Attribute)) else ""
    argument = next((each for each in call.arguments if each in token.around), None)
    if argument is None:
        return None
    if argument.keyword == "library_name":
        return Kind.LIBRARY
    if name == REGISTER_FUNCTION and argument.keyword is None:
        return Kind.MODEL_TYPE if argument is call.arguments[0] else Kind.TASK
    if name == "get_normalized_config_class":
        return Kind.ALIAS
    if name == "with_args":
        return Kind.HF_ATTRIBUTE if argument.keyword not in (None, "allow_new") else None
    if name in ("getattr", "hasattr") and call.arguments[1:2] == (argument,):
        owner = call.arguments[0].value
        if is_normalized_config(owner):
            return Kind.NORMALIZED_NAME
        return Kind.HF_ATTRIBUTE if hf_path(owner) is not None else None
    method = token.nearest(syntax.Function) if name in _CHANGES_OF_LISTS else None
    return _LISTS.get(method.name) if method is not None else None


def _assigned_to(token: Token) -> Kind | None:
    """Of a string in what a class attribute is set to."""
    path = token.without_conditions
    place = next((n for n, each in enumerate(path) if isinstance(each, syntax.Assign)), 0)
    class_ = path[place - 1] if place > 0 else None
    if not isinstance(class_, syntax.Class):
        return None
    names = [each.name for each in path[place].targets if isinstance(each, syntax.Name)]
    found = (_in_attribute(name, class_, path[place + 1 :]) for name in names)
    return next((kind for kind in found if kind is not None), None)


def _in_attribute(name: str, class_: syntax.Class, within: tuple[Any, ...]) -> Kind | None:
    """Of a string, by the syntax from the attribute's value down to it."""
    if name in _PLAIN_ATTRIBUTES:
        return _PLAIN_ATTRIBUTES[name]
    if name == "INPUT_ARGS":
        return _in_input_args(within)
    if name in ("ATOL_FOR_VALIDATION", _TASKS):
        items = within[0].items if isinstance(within[0], syntax.Dict) else ()
        if any(key is within[-1] for key, _ in items):
            return Kind.TASK
        return Kind.OUTPUT if name == _TASKS else None
    is_path = len(within) == 1 and _UPPER.fullmatch(name) is not None and _is_normalized(class_)
    return Kind.HF_ATTRIBUTE if is_path else None


def _in_input_args(within: tuple[object, ...]) -> Kind:
    """An axis, or one of the tasks of ``(tasks, axis)``."""
    displays = [each for each in within if isinstance(each, syntax.Display)]
    is_axis = len(displays) <= 1 or (len(displays) == 2 and displays[1].elements[-1] is within[-1])
    return Kind.AXIS if is_axis else Kind.TASK


def _is_normalized(class_: syntax.Class) -> bool:
    bases = (each.value for each in class_.bases)
    names = (each.name for each in bases if isinstance(each, (syntax.Name, syntax.Attribute)))
    return any("Normalized" in name and name != NORMALIZED_CONFIGS for name in names)


def _is_task(value: syntax.Expression) -> bool:
    return isinstance(value, (syntax.Name, syntax.Attribute)) and value.name == "task"


def hf_path(value: syntax.Expression) -> str | None:
    """What ``self._config.text_config`` reads of the model's config: a path, ``""`` for all of it."""
    if not isinstance(value, syntax.Attribute):
        return None
    if value.name == "_config" and isinstance(value.owner, syntax.Name) and value.owner.name == "self":
        return ""
    above = hf_path(value.owner)
    return f"{above}.{value.name}".lstrip(".") if above is not None else None


def is_normalized_config(value: syntax.Expression) -> bool:
    """Whether it is ``self._normalized_config``."""
    return (
        isinstance(value, syntax.Attribute)
        and value.name == "_normalized_config"
        and isinstance(value.owner, syntax.Name)
        and value.owner.name == "self"
    )
