"""The rules: one file each, discovered by their names (``ncNNN_….py``)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neuron_config_server.rules.rule import Rule

_RULE_MODULE = re.compile(r"(?P<code>nc\d{3})_(?P<name>\w+)$")


@cache
def rule_names() -> Mapping[str, str]:
    """Code -> name of every rule, in the order of the codes; told by the files' names, none is imported."""
    matches = (_RULE_MODULE.match(module.name) for module in pkgutil.iter_modules(__path__))
    found = sorted((match["code"].upper(), match["name"].replace("_", "-")) for match in matches if match)
    return dict(found)


@cache
def all_rules() -> tuple[Rule, ...]:
    """An instance of every rule, in the order of their codes."""
    from neuron_config_server.rules.rule import Rule

    modules = [
        importlib.import_module(f"{__name__}.{code.lower()}_{name.replace('-', '_')}")
        for code, name in rule_names().items()
    ]
    return tuple(
        value()
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
    )


def rule_by_code(code: str) -> Rule | None:
    """The rule of a code such as ``NC101``, in any case; None if there is none."""
    return next((rule for rule in all_rules() if rule.code == code.upper()), None)
