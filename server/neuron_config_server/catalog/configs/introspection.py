"""``hasattr``, ``isinstance`` and the like: what code asks of objects in a config's constructor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from neuron_config_server.catalog.configs.attributes import MISSING, Attributes
from neuron_config_server.catalog.configs.objects import ClassValue, Instance, forget
from neuron_config_server.catalog.configs.operators import usable
from neuron_config_server.catalog.configs.values import Opaque, Unknown


class Introspection(Attributes):
    """Answers questions about objects."""

    def has_attribute(self, value: Any, name: Any) -> Any:
        found = self.look_up(value, usable(name))
        is_set = isinstance(value, Instance) and name in value.attributes and name not in value.sometimes
        return Unknown() if type(found) is Unknown and not is_set else found is not MISSING

    def get_attribute(self, value: Any, name: Any, *default: Any) -> Any:
        found = self.look_up(value, usable(name))
        return default[0] if found is MISSING and default else Unknown() if found is MISSING else found

    def set_attribute_named(self, value: Any, name: Any, new: Any) -> None:
        if isinstance(name, str):
            self.set_attribute(value, name, new)
        else:
            forget(value)

    def is_instance(self, value: Any, kinds: Any) -> Any:
        return _is_any_kind(value.class_ if isinstance(value, Instance) else value, kinds)

    def is_subclass(self, value: Any, kinds: Any) -> Any:
        return _is_any_kind(value, kinds) if isinstance(value, ClassValue) else Unknown()


def _class_of(_: Introspection, value: Any, *__: Any) -> Any:
    return value.class_ if isinstance(value, Instance) else Unknown()


def _nothing(*_: Any) -> Any:
    return None


def _unknown(*_: Any) -> Any:
    return Unknown()


INTROSPECTING: Mapping[str, Callable[..., Any]] = {
    "hasattr": Introspection.has_attribute,
    "getattr": Introspection.get_attribute,
    "setattr": Introspection.set_attribute_named,
    "isinstance": Introspection.is_instance,
    "issubclass": Introspection.is_subclass,
    "object": _nothing,
    "type": _class_of,
    "print": _nothing,
    "repr": _unknown,
    "inspect.signature": _unknown,
}
"""Functions that look into objects; some of them change nothing and are only good to know for that."""

_TYPES: Mapping[str, type] = {each.__name__: each for each in (bool, dict, float, int, list, set, str, tuple)}


def _is_any_kind(value: Any, kinds: Any) -> Any:
    answers = [_is_kind(value, each) for each in (kinds if isinstance(kinds, tuple) else (kinds,))]
    return True if True in answers else Unknown() if None in answers else False


def _is_kind(value: Any, kind: Any) -> bool | None:
    """Whether a value, or an instance's class, is of a kind; None if it can't be told."""
    if type(value) is Unknown:
        return None
    if isinstance(kind, ClassValue):
        return value.is_kind_of(kind) if isinstance(value, ClassValue) else False
    python_type = _TYPES.get(kind.text) if isinstance(kind, Unknown) else None
    if python_type is None:
        return None
    return not isinstance(value, Opaque) and isinstance(value, python_type)
