"""The order in which Python looks an attribute of a class up."""

from __future__ import annotations

from neuron_config_server.reading.evaluation.values import BaseClass, Class, ClassValue


def resolution_order(class_: Class) -> tuple[Class, ...]:
    """The class and those above it.

    A class of another package, known by its name alone, stands for all above it.
    """
    if not isinstance(class_, ClassValue):
        return _worked_out(class_)
    if class_.order is None:
        class_.order = _worked_out(class_)
    return class_.order


def _worked_out(class_: Class) -> tuple[Class, ...]:
    try:
        found = _linearized(class_, {})
    except RecursionError:
        found = None
    return found if found is not None else tuple(_depth_first(class_))


def _linearized(class_: Class, known: dict[int, tuple[Class, ...] | None]) -> tuple[Class, ...] | None:
    """The C3 linearization; None where Python would refuse the bases.

    Args:
        known: the orders of classes with several bases, by their id; None for what is being worked out.
    """
    chain: list[Class] = []  # the common case: one base each, which needs no merging, however long it is
    while isinstance(class_, ClassValue) and len(class_.bases) == 1 and id(class_) not in known:
        known[id(class_)] = None  # a class that is its own base has no order
        chain.append(class_)
        class_ = class_.bases[0]
    order = _with_several_bases(class_, known)
    for each in chain:
        del known[id(each)]
    return (*chain, *order) if order is not None else None


def _with_several_bases(
    class_: Class, known: dict[int, tuple[Class, ...] | None]
) -> tuple[Class, ...] | None:
    if isinstance(class_, BaseClass):
        return (class_, *class_.order)
    if not isinstance(class_, ClassValue):
        return (class_,)
    if id(class_) not in known:
        known[id(class_)] = None
        orders = [_linearized(base, known) for base in class_.bases]
        whole = [list(order) for order in orders if order is not None]
        is_whole = len(whole) == len(orders)
        known[id(class_)] = _merged(class_, [*whole, list(class_.bases)]) if is_whole else None
    return known[id(class_)]


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
