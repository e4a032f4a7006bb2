"""The rules: one file each, discovered by their names (``ncNNN_….py``)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

from neuron_config_server.rules.rule import Rule

_RULE_MODULE = re.compile(r"nc\d{3}_\w+$")


@cache
def all_rules() -> tuple[Rule, ...]:
    """An instance of every rule, in the order of their codes."""
    names = sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if _RULE_MODULE.match(name))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(
        value()
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
    )


def rule_by_code(code: str) -> Rule | None:
    """The rule of a code such as ``NC101``, in any case; None if there is none."""
    return next((rule for rule in all_rules() if rule.code == code.upper()), None)
