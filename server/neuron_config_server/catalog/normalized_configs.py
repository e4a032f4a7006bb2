"""optimum's normalized configs and their aliases, from ``optimum/utils/normalized_config.py``.

A normalized config gives attributes of all model configs the same names: a class attribute ``HIDDEN_SIZE``
holds where ``hidden_size`` is in the model's config, as a dotted path. What is no class attribute is looked
for in the model's config under its own name. If nothing is there, ``attribute_map`` of the model's config is
tried with the last part.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from neuron_config_server.catalog.source import ModuleSource

_MANAGER = "NormalizedConfigManager"
_TABLE = "_conf"
_ROOT = "NormalizedConfig"
_PLAIN_BASES = frozenset({"ABC", "Generic", "Protocol", "object"})
"""Bases that define nothing we ask for."""

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Redirection:
    """What a ``__getattr__`` does with some names: looks them up in a part of the config instead."""

    attribute: str
    """The class attribute that names the part (``TEXT_CONFIG``); while it is None, nothing is redirected."""
    names: frozenset[str] | None
    """The class attributes whose names are redirected; None: those of the class that ``attribute`` holds."""


@dataclass(frozen=True)
class AttributeMap:
    """Where a normalized config finds its attributes in the model's config."""

    declared: Mapping[str, str]
    """Upper-case name -> dotted path."""
    unset: frozenset[str]
    """Upper-case names that are declared as None."""
    unknown: frozenset[str]
    """Upper-case names whose path can't be told."""
    redirections: tuple[Redirection, ...]
    """Tried in order, before ``declared``."""
    understood: bool
    """False if a ``__getattr__`` or a base class can't be followed: no path can be told then."""

    @property
    def names(self) -> frozenset[str]:
        """Every upper-case name that the class declares."""
        return frozenset(self.declared) | self.unset | self.unknown

    @property
    def paths(self) -> Mapping[str, str]:
        """Upper-case name -> the path that it is really read from, of those that can be told."""
        found = {name: self.path(name.lower()) for name in sorted(self.names)}
        return {name: path for name, path in found.items() if path is not None}

    def path(self, attribute: str) -> str | None:
        """The dotted path in the model's config that an attribute, or an attribute of it, is read from.

        None if it can't be told, or if there is none: ``config`` is the model's config itself,
        ``HIDDEN_SIZE`` in upper case is a path and not what is there, and reading what is declared as None
        raises AttributeError.
        """
        attribute, _, rest = attribute.partition(".")
        if attribute == "config":
            return rest or None
        path = self._path(attribute) if self.understood and attribute not in self.names else None
        return f"{path}.{rest}" if path is not None and rest else path

    def _path(self, attribute: str) -> str | None:
        name = attribute.upper()
        if name in self.unknown:
            return None
        for redirection in self.redirections:
            if redirection.attribute in self.unset:
                continue
            part = self.declared.get(redirection.attribute)
            if redirection.names is None or part is None:
                return None  # another normalized config answers, or it isn't known which part
            if name in redirection.names:
                return f"{part}.{attribute}"
        return None if name in self.unset else self.declared.get(name, attribute)

    def accepts(self, key: str) -> bool:
        """Whether ``with_args`` takes a keyword without ``allow_new=True``."""
        return key.upper() in self.names

    def with_args(
        self, overrides: Mapping[str, str | None], unknown: Sequence[str] = (), allow_new: bool = False
    ) -> AttributeMap | None:
        """The map after ``with_args(**overrides)``; None if creating it raises AttributeError.

        Args:
            unknown: keywords whose value can't be told.
        """
        keys = [*overrides, *unknown]
        if not allow_new and not all(self.accepts(key) for key in keys):
            return None if self.understood else self
        changed = {key.upper() for key in keys}
        paths = {key.upper(): path for key, path in overrides.items() if path is not None}
        return replace(
            self,
            declared={name: path for name, path in self.declared.items() if name not in changed} | paths,
            unset=(self.unset - changed) | {key.upper() for key, path in overrides.items() if path is None},
            unknown=(self.unknown - changed) | {key.upper() for key in unknown},
        )


@dataclass(frozen=True)
class NormalizedConfigClass:
    """A class of normalized configs."""

    name: str
    file: Path
    line: int
    """From 1."""
    bases: tuple[str, ...]
    """As written."""
    ancestors: tuple[str, ...]
    """Names in the order in which Python looks attributes up, its own first."""
    attributes: AttributeMap


@dataclass(frozen=True)
class NormalizedAlias:
    """What a name stands for: a class, or ``SomeClass.with_args(…)``."""

    name: str
    source: str
    """The expression that the name is bound to."""
    file: Path
    line: int
    class_name: str | None
    """None if the expression can't be followed."""
    overrides: Mapping[str, str]
    """Keyword of ``with_args`` -> dotted path."""
    allow_new: bool
    attributes: AttributeMap | None
    """None if it can't be told."""


@dataclass(frozen=True)
class NormalizedConfigs:
    """Everything that one file says about normalized configs."""

    file: Path
    classes: Mapping[str, NormalizedConfigClass]
    partials: Mapping[str, NormalizedAlias]
    """Names of the module bound to ``SomeClass.with_args(…)``."""
    aliases: Mapping[str, NormalizedAlias]
    """Names that ``NormalizedConfigManager.get_normalized_config_class`` knows."""


def read_aliases(module: ModuleSource) -> Mapping[str, str] | None:
    """Alias -> normalized config class, as ``NormalizedConfigManager`` maps them; None if unreadable."""
    table = _alias_table(module)
    return {key: ast.unparse(value) for key, value in table.items()} if table is not None else None


def read_normalized_configs(module: ModuleSource) -> NormalizedConfigs | None:
    """The classes, partials and aliases of a file; None if its table of aliases can't be read."""
    table = _alias_table(module)
    if table is None:
        return None
    reader = _Reader(module)
    partials = ((name, reader.alias(name, node)) for name, node in _assignments(module.statements))
    return NormalizedConfigs(
        file=module.path,
        classes={name: class_ for name in module.classes if (class_ := reader.class_(name)) is not None},
        partials={
            name: partial
            for name, partial in partials
            if partial.class_name is not None and name not in module.classes
        },
        aliases={name: reader.alias(name, node) for name, node in table.items()},
    )


def resolution_order(
    start: _Key, bases_of: Callable[[_Key], Sequence[_Key | None]], below: tuple[_Key, ...] = ()
) -> tuple[tuple[_Key, ...], bool]:
    """The order in which Python looks attributes up in a class and its bases (C3); whether it is complete.

    An incomplete order is the part that certainly comes first: a base isn't known, or the classes inherit in
    a circle, or Python would refuse them.

    Args:
        bases_of: the bases of a class; None for one whose definition isn't found.
        below: the classes that led here.
    """
    if start in below:
        return (), False
    bases = bases_of(start)
    known = [base for base in bases if base is not None]
    orders = [resolution_order(base, bases_of, (*below, start)) for base in known]
    if len(known) == len(bases) and all(complete for _, complete in orders):
        merged = _merged([[*order] for order, _ in orders] + [known])
        return (start, *(merged or ())), merged is not None
    return (start, *(orders[0][0] if len(bases) == 1 and orders else ())), False


def base_names(node: ast.ClassDef) -> tuple[str, ...]:
    """The bases that can define something, as written."""
    names = (ast.unparse(base) for base in node.bases)
    return tuple(name for name in names if name.partition("[")[0].rpartition(".")[2] not in _PLAIN_BASES)


def _merged(orders: list[list[_Key]]) -> list[_Key] | None:
    merged: list[_Key] = []
    while orders := [order for order in orders if order]:
        heads = (order[0] for order in orders)
        head = next((head for head in heads if not any(head in order[1:] for order in orders)), None)
        if head is None:
            return None
        merged.append(head)
        orders = [order[1:] if order[0] == head else order for order in orders]
    return merged


class _Reader:
    """Reads a module's classes, each once."""

    def __init__(self, module: ModuleSource) -> None:
        self._module = module
        self._assigned = dict(_assignments(module.statements))
        self._own: dict[str, dict[str, str | _Unknown | None]] = {}

    def class_(self, name: str) -> NormalizedConfigClass | None:
        """The class of that name; None if it is no normalized config."""
        node = self._module.classes.get(name)
        order, complete = resolution_order(name, self._bases)
        if node is None or _ROOT not in order:
            return None
        bases = tuple(ast.unparse(base) for base in node.bases)
        return NormalizedConfigClass(
            name, self._module.path, node.lineno, bases, order, self._attributes(order, complete)
        )

    def alias(self, name: str, node: ast.expr) -> NormalizedAlias:
        class_name, call = self._followed(node)
        class_ = self.class_(class_name) if class_name is not None else None
        keywords = self._keywords(call) if call is not None else {}
        allow_new = keywords.pop("allow_new", False) if keywords is not None else None
        if class_ is None or keywords is None or not isinstance(allow_new, bool):
            return NormalizedAlias(
                name, ast.unparse(node), self._module.path, node.lineno, None, {}, False, None
            )
        told = {key: value for key, value in keywords.items() if value is None or isinstance(value, str)}
        unknown = [key for key in keywords if key not in told]
        return NormalizedAlias(
            name=name,
            source=ast.unparse(node),
            file=self._module.path,
            line=node.lineno,
            class_name=class_.name,
            overrides={key: value for key, value in told.items() if value is not None},
            allow_new=allow_new,
            attributes=class_.attributes.with_args(told, unknown, allow_new),
        )

    def _bases(self, name: str) -> list[str | None]:
        node = self._module.classes.get(name)
        names = base_names(node) if node is not None else ()
        return [base if base in self._module.classes else None for base in names]

    def _attributes(self, order: tuple[str, ...], complete: bool) -> AttributeMap:
        values: dict[str, str | _Unknown | None] = {}
        for name in reversed(order):
            values.update(self._own_attributes(name))
        getattrs = [self._redirections(name) for name in order if name != _ROOT]
        return AttributeMap(
            declared={name: value for name, value in values.items() if isinstance(value, str)},
            unset=frozenset(name for name, value in values.items() if value is None),
            unknown=frozenset(name for name, value in values.items() if isinstance(value, _Unknown)),
            redirections=tuple(found for some in getattrs for found in some or ()),
            understood=complete and None not in getattrs,
        )

    def _own_attributes(self, name: str) -> dict[str, str | _Unknown | None]:
        if name not in self._own:
            self._own[name] = own = {}
            for attribute, node in class_assignments(self._module.classes[name]):
                if attribute.isupper():
                    own[attribute] = self._value(node, own) if node is not None else _Unknown()
        return self._own[name]

    def _value(self, node: ast.expr, scope: Mapping[str, str | _Unknown | None]) -> str | _Unknown | None:
        if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, str)):
            return node.value
        if isinstance(node, ast.Name):
            if node.id in scope:
                return scope[node.id]
            assigned = self._assigned.get(node.id)
            return self._value(assigned, {}) if isinstance(assigned, ast.Constant) else _Unknown()
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            class_ = self.class_(node.value.id)
            return class_.attributes.declared.get(node.attr, _Unknown()) if class_ is not None else _Unknown()
        return _Unknown()

    def _redirections(self, name: str) -> list[Redirection] | None:
        """Those of a class's own ``__getattr__``; None if it has another form than those in optimum 2.x."""
        functions = [
            node
            for node in self._module.classes[name].body
            if isinstance(node, ast.FunctionDef) and node.name in ("__getattr__", "__getattribute__")
        ]
        if not functions:
            return []
        *conditions, last = functions[-1].body
        is_getattr = len(functions) == 1 and functions[0].name == "__getattr__"
        if not is_getattr or ast.unparse(last) not in _ENDINGS:
            return None
        if [ast.unparse(statement) for statement in conditions] == _LISTS_BECOME_ZERO:
            return []
        found = [self._redirection(test, body) for test, body in _branches(conditions)]
        return None if None in found else [each for each in found if each is not None]

    def _redirection(self, test: str, body: str) -> Redirection | None:
        match = _REDIRECTS.fullmatch(test)
        if match is None:
            return None
        attribute, own, holder = match.groups()
        if own and holder == attribute and body == f"return self.{attribute}.__getattr__(attr_name)":
            return Redirection(attribute, None)
        into_part = body == f"attr_name = f'{{self.{attribute}}}.{{attr_name}}'"
        if own or not into_part or holder not in self._module.classes:
            return None
        order, complete = resolution_order(holder, self._bases)
        names = frozenset(name for each in order for name in self._own_attributes(each))
        return Redirection(attribute, names) if complete else None

    def _followed(self, node: ast.expr) -> tuple[str | None, ast.Call | None]:
        """The class that an expression stands for, and the call of its ``with_args``, if there is one."""
        seen = set()
        while isinstance(node, ast.Name) and node.id not in self._module.classes:
            if node.id in seen or node.id not in self._assigned:
                return None, None
            seen.add(node.id)
            node = self._assigned[node.id]
        if isinstance(node, ast.Name):
            return node.id, None
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "with_args"
        ):
            class_name, call = self._followed(node.func.value)
            return (class_name, node) if call is None else (None, None)  # a partial has no with_args
        return None, None

    def _keywords(self, call: ast.Call) -> dict[str, str | bool | _Unknown | None] | None:
        """What ``with_args`` is called with; None if that can't be told."""
        if len(call.args) > 1 or any(keyword.arg is None for keyword in call.keywords):
            return None
        given = [("allow_new", node) for node in call.args]
        given += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None]
        return {
            key: node.value
            if isinstance(node, ast.Constant) and isinstance(node.value, bool)
            else self._value(node, {})
            for key, node in given
        }


class _Unknown:
    """The value of an attribute that can't be told."""


_ENDINGS = ("return super().__getattr__(attr_name)", "return attr_value")
_LISTS_BECOME_ZERO = [
    "attr_value = super().__getattr__(attr_name)",
    "if isinstance(attr_value, list):\n    attr_value = 0",
]
_REDIRECTS = re.compile(r"self\.(\w+) is not None and attr_name\.upper\(\) in dir\((self\.)?(\w+)\)")


def class_assignments(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    """Attribute and value of each assignment in a class body, in order; None where a condition decides."""
    for statement in node.body:
        if isinstance(statement, (ast.If, ast.Try, ast.For, ast.While, ast.With)):
            for inner in ast.walk(statement):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id, None
        else:
            yield from _assignments([statement])


def _assignments(statements: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in statements:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


def _alias_table(module: ModuleSource) -> dict[str, ast.expr] | None:
    """The entries of ``NormalizedConfigManager._conf``; None if some can't be told."""
    manager = module.classes.get(_MANAGER)
    tables = (
        [node for name, node in class_assignments(manager) if name == _TABLE] if manager is not None else []
    )
    if len(tables) != 1 or not isinstance(tables[0], ast.Dict) or _is_changed_later(module):
        return None
    entries = list(zip(tables[0].keys, tables[0].values))
    if not all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key, _ in entries):
        return None
    return {str(key.value): value for key, value in entries if isinstance(key, ast.Constant)}


def _is_changed_later(module: ModuleSource) -> bool:
    """Whether a statement after the class adds to the table, which isn't followed."""
    others = (node for node in module.statements if not isinstance(node, (ast.ClassDef, ast.FunctionDef)))
    return any(
        isinstance(node, ast.Attribute) and node.attr == _TABLE
        for other in others
        for node in ast.walk(other)
    )


def _branches(statements: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Test and body of each ``if`` and ``elif``; ("", "") for anything else."""
    for node in statements:
        while isinstance(node, ast.If):
            yield ast.unparse(node.test), "\n".join(ast.unparse(statement) for statement in node.body)
            if len(node.orelse) == 1:
                node = node.orelse[0]
            elif node.orelse:
                yield "", ""
                break
            else:
                break
        else:
            yield "", ""
