"""What isn't known any more once code that isn't followed has had it in its hands."""

from __future__ import annotations

from typing import Any

from neuron_config_server.reading.evaluation.values import BoundMethod, Instance, PartialValue, Unknown


def lose(value: Any, reason: str) -> bool:
    """Forget what a list, a dictionary, a set or an instance holds, and what they hold; whether it was
    anything of the kind.
    """
    if not isinstance(value, (list, dict, set, tuple, Instance, PartialValue, BoundMethod)):
        return False
    waiting, seen, has_lost = [value], set(), False
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        waiting += _parts(each)
        has_lost |= _forget(each, reason)
    return has_lost


def _parts(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [*value]
    if isinstance(value, dict):
        return [*value.values()]
    if isinstance(value, PartialValue):
        return [*value.arguments, *value.keywords.values()]
    if isinstance(value, BoundMethod):
        return [value.instance]
    return [*value.attributes.values()] if isinstance(value, Instance) else []


def _forget(value: Any, reason: str) -> bool:
    rest = Unknown(reason, is_many=True)
    if isinstance(value, list):
        value[:] = [rest]
    elif isinstance(value, dict):
        value.clear()
        value[rest] = rest
    elif isinstance(value, set):
        value.clear()
        value.add(rest)
    elif isinstance(value, Instance):
        value.attributes.update(dict.fromkeys(value.attributes, Unknown(reason)))
    else:
        return False
    return True
