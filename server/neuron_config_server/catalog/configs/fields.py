"""The fields of transformers 5's config classes, which are dataclasses without saying so."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from neuron_config_server.catalog.configs.objects import ClassBody, ClassValue


@dataclass(frozen=True, eq=False)
class Field:
    """A dataclass field, as the last class in line declares it."""

    name: str
    owner: ClassBody
    statement: ast.AnnAssign
    default: ast.expr | None
    """None if an argument is needed."""


def dataclass_fields(class_: ClassValue) -> list[Field]:
    """The fields in the order of the generated ``__init__``: the bases' first."""
    fields: dict[str, Field] = {}
    for place, owner in reversed(list(enumerate(class_.mro))):
        if is_dataclass(owner, class_):
            for name, statement in owner.annotated.items():
                fields[name] = _field(class_, place, name, statement)
    return list(fields.values())


def is_dataclass(owner: ClassBody, class_: ClassValue) -> bool:
    """Whether a class of an MRO is a dataclass: decorated, or made one by a base's ``__init_subclass__``."""
    if any(_last_name(each) == "dataclass" for each in owner.node.decorator_list):
        return True
    after = class_.mro[class_.place(owner) + 1 :]
    return any(_makes_dataclasses(each) for each in after)


def default_of(value: ast.expr) -> ast.expr:
    """The default in ``field(default=…)``, ``interval(…)(default=…)`` and ``field(default_factory=…)``."""
    if not isinstance(value, ast.Call):
        return value
    keywords = {each.arg: each.value for each in value.keywords}
    if "default" in keywords:
        return keywords["default"]
    factory = keywords.get("default_factory")
    if factory is None:
        return value
    return factory.body if isinstance(factory, ast.Lambda) else ast.Call(func=factory, args=[], keywords=[])


def _field(class_: ClassValue, place: int, name: str, statement: ast.AnnAssign) -> Field:
    value = statement.value
    if value is None:
        inherited = class_.member(name, place + 1)
        value = inherited.value if inherited is not None else None
    if isinstance(value, ast.Call) and _last_name(value.func) == "field" and default_of(value) is value:
        value = None
    return Field(name, class_.mro[place], statement, default_of(value) if value is not None else None)


def _makes_dataclasses(class_: ClassBody) -> bool:
    hook = class_.members.get("__init_subclass__")
    return hook is not None and any(
        isinstance(node, ast.Call) and _last_name(node) == "dataclass"
        for function in hook.functions
        for node in ast.walk(function)
    )


def _last_name(node: ast.expr) -> str:
    """``dataclass`` of ``@dataclasses.dataclass(repr=False)``."""
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
