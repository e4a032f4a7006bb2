"""Sorts the inputs of a class into the order of its models' ``forward``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from neuron_config_server.features.actions.kinds import REWRITE
from neuron_config_server.features.actions.offers import Offer, RefusedError
from neuron_config_server.features.actions.refactorings import ClassAtCursor, Rewrite, offered
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.rules.finding import Aspect, Change
from neuron_config_server.rules.nc106_input_order import TEXT_ORDER
from neuron_config_server.rules.support.reordering import reordered
from neuron_config_server.rules.support.task_models import (
    forwards_of,
    hands_inputs_to_forward,
    returns_what_stands_there,
    sure_lists,
)

_TITLE = "Sort the inputs into the order of `forward`"


def sorting(here: ClassAtCursor) -> Iterator[Offer]:
    """Only where the class writes its inputs itself, two or more in one list."""
    if returns_what_stands_there(here.config, "inputs") and hands_inputs_to_forward(here.config):
        lists = [strings for each in here.config.effective[:1] for strings in sure_lists(each.inputs)]
        if len(lists) == 1 and len(lists[0].parts) > 1:
            yield offered(here, _TITLE, REWRITE, partial(_sort, here))


def in_runtime_order(names: Sequence[str]) -> tuple[str, ...]:
    """The inputs of a text model as the runtime classes pass them, which is by position; others as they are.

    ``forward`` of RobertaForMultipleChoice, say, has them in an order of its own.
    """
    is_text = set(names) <= set(TEXT_ORDER)
    return tuple(sorted(names, key=TEXT_ORDER.index) if is_text else names)


def _sort(here: ClassAtCursor) -> Rewrite:
    (strings,) = sure_lists(here.config.effective[0].inputs)
    sharing = [each for each in here.file.classes if each.owner("inputs") is here.config.value]
    orders = {_order(here, config, strings.values) for config in sharing if config.effective}
    if len(orders) != 1:
        raise RefusedError("the models of its tasks take them in different orders")
    ordered = list(orders.pop())
    if ordered == list(strings.values):
        raise RefusedError("the inputs are in the order of `forward` already")
    fix = reordered(here.file, here.config, strings.parts, ordered, Aspect.INPUTS, _TITLE)
    if fix is None:
        raise RefusedError(f"not all of the inputs stand in {here.name}")
    return Rewrite(fix.edits, (Change(Aspect.INPUTS, frozenset(each.name for each in sharing)),))


def _order(here: ClassAtCursor, config: ConfigClass, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as ``forward`` of all its models has them."""
    found = set()
    for effective in config.effective:
        forwards = forwards_of(effective, here.catalog)
        if not forwards:
            raise RefusedError(f'what models of "{effective.task}" take can\'t be told')
        for forward in forwards:
            parameters = [each.name for each in forward.parameters]
            unknown = next((name for name in names if name not in parameters), None)
            if unknown is not None:
                raise RefusedError(f"`forward` of {forward.model_class} has no parameter `{unknown}`")
            found.add(in_runtime_order(sorted(names, key=parameters.index)))
    if len(found) != 1:
        raise RefusedError("the models of its tasks take them in different orders")
    return found.pop()
