"""The order in which Python looks an attribute of a class up."""

from __future__ import annotations

from neuron_config_server.reading.evaluation.values import BaseClass, Class, ClassValue


def resolution_order(class_: Class) -> tuple[Class, ...]:
    """The class and those above it.

    A class of another package, known by its name alone, stands for all above it.
    """
    found = _linearized(class_, ())
    return found if found is not None else tuple(_depth_first(class_))


def _linearized(class_: Class, below: tuple[Class, ...]) -> tuple[Class, ...] | None:
    """The C3 linearization; None where Python would refuse the bases."""
    if isinstance(class_, BaseClass):
        return (class_, *class_.order)
    if not isinstance(class_, ClassValue) or class_ in below:
        return (class_,)
    if len(class_.bases) == 1:  # the common case; long chains cost no merging
        order = _linearized(class_.bases[0], (*below, class_))
        return (class_, *order) if order is not None else None
    orders = [_linearized(base, (*below, class_)) for base in class_.bases]
    if None in orders:
        return None
    return _merged(class_, [*(list(order) for order in orders if order is not None), list(class_.bases)])


def _merged(class_: Class, orders: list[list[Class]]) -> tuple[Class, ...] | None:
    found: list[Class] = [class_]
    while any(orders):
        heads = (order[0] for order in orders if order)
        head = next((each for each in heads if not any(each in order[1:] for order in orders)), None)
        if head is None:
            return None
        found.append(head)
        orders = [[each for each in order if each != head] for order in orders]
    return tuple(found)


def _depth_first(class_: Class) -> list[Class]:
    found: list[Class] = []
    waiting = [class_]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.append(each)
            waiting += reversed(each.bases if isinstance(each, ClassValue) else getattr(each, "order", ()))
    return found
