"""Expressions -> values."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence
from typing import Any

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.attributes import Attributes
from neuron_config_server.reading.evaluation.effects import may_change
from neuron_config_server.reading.evaluation.exceptions import EXCEPTIONS
from neuron_config_server.reading.evaluation.operations import (
    MAX_LENGTH,
    SETS,
    VIEWS,
    CannotFollowError,
    RaisedError,
    binary,
    compare,
    is_hashable,
    is_plain_data,
    is_undecided,
    is_wide,
    native,
    truth_of,
    unary,
)
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    Builtin,
    Dotted,
    FunctionValue,
    Instance,
    IteratorValue,
    Scope,
    SourceString,
    Symbol,
    Unknown,
)

BUILTINS = frozenset(
    {
        "abs", "all", "any", "bool", "callable", "classmethod", "delattr", "dict", "enumerate", "eval",
        "exec", "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "id", "int",
        "isinstance", "issubclass", "iter", "len", "list", "locals", "map", "max", "min", "next",
        "object", "print", "property", "range", "repr", "reversed", "round", "set", "setattr", "sorted",
        "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip", *EXCEPTIONS,
    }
)  # fmt: skip
_MAX_STEPS = 20_000


class Expressions(Attributes):
    """Evaluates expressions, on one path through the code."""

    steps: int

    @abstractmethod
    def call(
        self, function: Any, arguments: list[Any], keywords: dict[str, Any], node: syntax.Call, scope: Scope
    ) -> Any:
        """What a call gives."""

    def value(self, node: syntax.Expression, scope: Scope) -> Any:
        """The value of an expression.

        Raises:
            RaisedError: the code raises.
            CannotFollowError: it takes more steps than are followed.
        """
        self.charge(1)
        found = _EVALUATE[type(node)](self, node, scope)
        if isinstance(found, Unknown):
            self.unknowns += 1
        return found

    def charge(self, steps: int) -> None:
        """Count steps.

        Raises:
            CannotFollowError: they are too many.
        """
        self.steps += steps
        if self.steps > _MAX_STEPS:
            raise CannotFollowError("more steps than are followed")

    def known(self, node: syntax.Expression, scope: Scope) -> Any:
        """The value of an expression, names of other files followed."""
        value = self.value(node, scope)
        return self.world.resolve(value) if isinstance(value, Dotted) else value

    def truth(self, node: syntax.Expression, scope: Scope) -> bool:
        """Whether a condition holds on this path."""
        return self.decide(self.value(node, scope), node, scope)

    def decide(self, value: Any, node: syntax.Expression, scope: Scope) -> bool:
        """Whether a value counts as true on this path."""
        if isinstance(value, Dotted):
            value = self.world.resolve(value)
        if isinstance(value, Symbol):
            return self.path.decide(value)
        if isinstance(value, (Unknown, Dotted)):
            return self.path.decide(self._as_condition(value, node, scope))
        verdict = truth_of(value)
        if verdict is not None:
            return verdict
        if isinstance(value, (list, tuple, dict, *SETS)):
            reason = next(each for each in value if isinstance(each, Unknown))
            return self.path.decide(self._as_condition(reason, node, scope))
        if isinstance(value, Instance) and any(
            self.find(resolution_order(value.class_), name)[0] is not MISSING
            for name in ("__bool__", "__len__")
        ):
            raise CannotFollowError("a class says itself when it counts as true")
        return True

    def _as_condition(self, value: Unknown | Dotted, node: syntax.Expression, scope: Scope) -> Symbol:
        """What isn't followed, as a condition in the words of the source.

        Raises:
            CannotFollowError: it says nothing to who doesn't see the code around it.
        """
        source = source_of(node)
        names = {each.name for each in names_in(node)}
        if "…" in source or any(
            name in searched.names for name in names - {"self"} for searched in _chain(scope)
        ):
            raise CannotFollowError(
                value.reason if isinstance(value, Unknown) else f"it depends on `{source}`"
            )
        return Symbol(source, is_understood=False)

    def pinned(self, value: Any) -> Any:
        """A value, where the code needs to know it: names are followed, symbols are as they are by default.

        Unknown if that isn't known; a condition makes two ways.
        """
        if isinstance(value, Dotted):
            return self.world.resolve(value)
        if not isinstance(value, Symbol):
            return value
        if value.is_condition or isinstance(value.default, bool):
            return self.path.decide(value)
        found = self.path.value(value)
        return Unknown(f"it depends on `{value.text}`") if found is MISSING else found

    def elements(self, value: Any, *, in_any_order: bool = False) -> Iterator[Any]:
        """What iterating over a value gives, while it may change.

        Args:
            in_any_order: the order makes no difference; otherwise that of a set isn't known.

        Raises:
            RaisedError: it can't be iterated over.
        """
        if isinstance(value, Dotted):
            value = self.world.resolve(value)
        value = self.pinned(value)
        if isinstance(value, Unknown):
            yield Unknown(value.reason, is_many=True)
        elif isinstance(value, IteratorValue):
            yield from self._drained_once(value)
        elif isinstance(value, SETS) and len(value) > 1 and not in_any_order:
            yield Unknown("the order of a set is up to Python", is_many=True)
        elif isinstance(value, (list, tuple, str, bytes, dict, range, *SETS, *VIEWS)):
            self.charge(min(len(value), MAX_LENGTH) // 100)
            for each in self._drained(iter(value)):
                is_item = isinstance(value, ItemsView) and isinstance(each[0], Unknown) and each[0].is_many
                yield each[0] if is_item else each
        elif not isinstance(value, (int, float, type(None))):
            yield Unknown(
                f"`{getattr(value, 'name', None) or getattr(value, 'text', '')}` is not followed",
                is_many=True,
            )
        else:
            raise RaisedError("TypeError", f"'{type(value).__name__}' object is not iterable")

    def _drained_once(self, value: IteratorValue) -> Iterator[Any]:
        """What is left of an iterator; of what can't be told, any number stays left."""
        for each in self._drained(value.rest):
            if isinstance(each, Unknown) and each.is_many:
                value.rest = itertools.repeat(each)
                yield each
                return
            yield each

    def _drained(self, iterator: Iterator[Any]) -> Iterator[Any]:
        for place in range(MAX_LENGTH + 1):
            try:
                element = next(iterator)
            except StopIteration:
                return
            except RuntimeError as error:
                if isinstance(error, RecursionError):
                    raise
                raise RaisedError("RuntimeError", str(error)) from None
            if place == MAX_LENGTH:
                raise CannotFollowError("a list is longer than is followed")
            yield element

    def look_up(self, name: str, scope: Scope) -> Any:
        """What a name stands for."""
        searched: Scope | None = scope
        while searched is not None and searched.names is not scope.module.names:
            if searched.borrowed.get(name) == "global":
                break
            if name in searched.names:
                found = searched.names[name]
                return found if searched.run is self else self.own_copy(found)
            if name in searched.locals and name not in searched.borrowed:
                kind = "UnboundLocalError" if searched is scope else "NameError"
                raise RaisedError(kind, f"`{name}` has no value yet")
            searched = searched.enclosing
        module = scope.module
        if name in module.names:
            found = self.own_copy(module.names[name])
            if module.is_unreliable and (is_plain_data(found) or is_undecided(found)):
                return Unknown(f"`{name}` may have been changed by code that is not followed")
            return found
        if name in BUILTINS:
            return Builtin(name)
        return Dotted(name, is_bound=False)

    def _constant(self, node: syntax.Constant, _: Scope) -> Any:
        return node.value

    def _text(self, node: syntax.Text, scope: Scope) -> Any:
        return SourceString(node, scope.line, scope.module.path)

    def _name(self, node: syntax.Name, scope: Scope) -> Any:
        self.note_name(node, scope)
        return self.look_up(node.name, scope)

    @abstractmethod
    def lose_namespace(self, scope: Scope) -> None:
        """Code got hold of the names of a module, to change them in ways that aren't followed."""

    @abstractmethod
    def note_name(self, node: syntax.Name, scope: Scope) -> None:
        """Remember that a name was followed."""

    def _attribute(self, node: syntax.Attribute, scope: Scope) -> Any:
        return self.attribute(self.value(node.owner, scope), node.name)

    def _starred(self, node: syntax.Starred, scope: Scope) -> Any:
        raise CannotFollowError("a star stands where it can't")

    def _display(self, node: syntax.Display, scope: Scope) -> Any:
        made: list[Any] = []
        for element in node.elements:
            if isinstance(element, syntax.Starred):
                made += self.elements(self.value(element.value, scope), in_any_order=node.kind == "set")
            else:
                made.append(self.value(element, scope))
        if node.kind == "list":
            return made
        return tuple(made) if node.kind == "tuple" else _as_set(made)

    def _dict(self, node: syntax.Dict, scope: Scope) -> Any:
        made: dict[Any, Any] = {}
        for key, value in node.items:
            if key is not None:
                found = hashable(self.pinned(self.value(key, scope)))
                made[found] = self.value(value, scope)
                continue
            others = self.known(value, scope)
            if not isinstance(others, dict):
                return Unknown("a dictionary takes in another one that is not followed")
            made.update(others)
        return made

    def _call(self, node: syntax.Call, scope: Scope) -> Any:
        function = self.value(node.function, scope)
        arguments: list[Any] = []
        keywords: dict[str, Any] = {}
        for argument in node.arguments:  # these are evaluated before the keywords, wherever they stand
            if argument.star == "*":
                arguments += self.elements(self.value(argument.value, scope))
            elif not argument.star and argument.keyword is None:
                arguments.append(self.value(argument.value, scope))
        for argument in node.arguments:
            if argument.star == "**":
                others = self.known(argument.value, scope)
                if not isinstance(others, dict) or not all(isinstance(key, str) for key in others):
                    keywords["**"] = Unknown("keywords are not spelled out")
                    others = {}
                _check_new(others, keywords)
                keywords.update(others)
            elif argument.keyword is not None:
                _check_new((argument.keyword,), keywords)
                keywords[argument.keyword] = self.value(argument.value, scope)
        return self.call(function, arguments, keywords, node, scope)

    def _binary(self, node: syntax.Binary, scope: Scope) -> Any:
        left, right = self.known(node.left, scope), self.known(node.right, scope)
        self.charge(_cost(left, right))
        if isinstance(left, (list, tuple, str)) and isinstance(right, Symbol) and node.operator in "*+":
            right = self.pinned(right)
        elif isinstance(right, (list, tuple, str)) and isinstance(left, Symbol) and node.operator in "*+":
            left = self.pinned(left)
        return binary(left, node.operator, right)

    def _unary(self, node: syntax.Unary, scope: Scope) -> Any:
        value = self.value(node.operand, scope)
        if node.operator == "not":
            return not self.decide(value, node.operand, scope)
        return unary(node.operator, value)

    def _comparison(self, node: syntax.Comparison, scope: Scope) -> Any:
        left = self.known(node.left, scope)
        result: Any = True
        for place, (operator, operand) in enumerate(node.rest):
            right = self.known(operand, scope)
            self.charge(_cost(left, right))
            if isinstance(right, IteratorValue) and operator in ("in", "not in"):
                result = self._found(left, right, node, scope) is (operator == "in")
            else:
                result = compare(left, operator, right)
            if place + 1 < len(node.rest) and not self.decide(result, node, scope):
                return False
            left = right
        return result

    def _found(self, value: Any, iterator: IteratorValue, node: syntax.Comparison, scope: Scope) -> bool:
        """Whether an iterator gives a value; it is asked no further then."""
        return any(self.decide(compare(value, "==", each), node, scope) for each in self.elements(iterator))

    def _conjunction(self, node: syntax.Conjunction, scope: Scope) -> Any:
        left = self.value(node.left, scope)
        if self.decide(left, node.left, scope) is (node.operator == "and"):
            return self.value(node.right, scope)
        return left

    def _conditional(self, node: syntax.Conditional, scope: Scope) -> Any:
        return self.value(node.body if self.truth(node.test, scope) else node.orelse, scope)

    def _subscript(self, node: syntax.Subscript, scope: Scope) -> Any:
        owner = self.pinned(self.known(node.owner, scope))
        if isinstance(owner, Dotted) and owner.name == "sys.modules":
            self.lose_namespace(scope)
        if isinstance(node.index, syntax.Slice):
            return self._sliced(owner, node.index, scope)
        index = self.pinned(self.value(node.index, scope))
        if is_undecided(owner) or is_undecided(index):
            unknown = owner if is_undecided(owner) else index
            return (
                unknown if isinstance(unknown, Unknown) else Unknown(f"`{source_of(node)}` is not followed")
            )
        if isinstance(owner, (list, tuple)) and isinstance(index, int) and not _is_certain(owner, index):
            return Unknown("not every element is known")
        if isinstance(owner, dict) and any(map(is_undecided, owner)):
            return Unknown("not every key is known")
        if (
            isinstance(owner, dict)
            and compare(index, "in", owner) is not True
            and not is_plain_data([*owner, index])
        ):
            return Unknown("not every key is known")
        if isinstance(owner, (list, tuple, dict, str, range)):
            return native(lambda: owner[index])
        if isinstance(owner, IteratorValue) or (
            is_plain_data(owner) and not isinstance(owner, (bytes, *VIEWS))
        ):
            raise RaisedError("TypeError", f"'{type(owner).__name__}' object is not subscriptable")
        return Unknown(f"`{source_of(node)}` is not followed")

    def _sliced(self, owner: Any, index: syntax.Slice, scope: Scope) -> Any:
        place = self.slice_of(index, scope)
        if isinstance(owner, (list, tuple)) and any(
            isinstance(each, Unknown) and each.is_many for each in owner
        ):
            rest = Unknown("a part of a list that is not all known", is_many=True)
            return [rest] if isinstance(owner, list) else (rest,)
        if not isinstance(owner, (list, tuple, str)) or place is None:
            return Unknown("a part of a list is not followed")
        return native(lambda: owner[place])

    def slice_of(self, index: syntax.Slice, scope: Scope) -> slice | None:
        """The places that a slice means; None if they can't be told."""
        ends = [
            self.pinned(self.value(end, scope)) if end is not None else None
            for end in (index.lower, index.upper, index.step)
        ]
        return None if any(map(is_undecided, ends)) else slice(*ends)

    def _yield(self, node: syntax.Yield, scope: Scope) -> Any:
        """Generators are run to their end when they are called."""
        value = self.value(node.value, scope) if node.value is not None else None
        function = _home_of_walrus(scope)
        function.yielded += list(self.elements(value)) if node.is_from else [value]
        if len(function.yielded) > MAX_LENGTH:
            raise CannotFollowError("a list is longer than is followed")
        return None

    def _slice(self, node: syntax.Slice, scope: Scope) -> Any:
        return Unknown("a slice is not followed")

    def _formatted(self, node: syntax.Formatted, scope: Scope) -> Any:
        made = ""
        for part in node.parts:
            if isinstance(part, syntax.Text):
                made += part.value
                continue
            found = (
                self._formatted(part, scope)
                if isinstance(part, syntax.Formatted)
                else self._part(part, scope)
            )
            if isinstance(found, Unknown):
                return found
            made += found
            if len(made) > MAX_LENGTH:
                raise CannotFollowError("a text is longer than is followed")
        return made

    def _part(self, node: syntax.Interpolation, scope: Scope) -> Any:
        value = self.pinned(self.value(node.value, scope))
        if not isinstance(value, (str, int, float, type(None))):
            return (
                value if isinstance(value, Unknown) else Unknown(f"`{source_of(node.value)}` is not followed")
            )
        specification = self._formatted(node.specification, scope) if node.specification is not None else ""
        if isinstance(specification, Unknown):
            return specification
        if is_wide(specification):
            return Unknown("a text is wider than is followed")
        if isinstance(value, str):
            value = str(value)
        if node.label is not None:
            conversion = node.conversion or ("r" if node.specification is None else None)
            return node.label + format(repr(value) if conversion == "r" else value, specification)
        if node.conversion in ("r", "a"):
            value = repr(value) if node.conversion == "r" else ascii(value)
        elif node.conversion == "s":
            value = str(value)
        return native(format, value, specification)

    def _comprehension(self, node: syntax.Comprehension, scope: Scope) -> Any:
        enclosing = scope.enclosing if scope.is_class else scope
        inner = Scope(
            {}, scope.module, scope.line, enclosing, scope.owner, scope.instance, is_comprehension=True
        )
        inner.run = self
        is_set = node.kind == "set"
        first = self.value(node.clauses[0].iterable, scope)
        if node.kind == "generator":
            return IteratorValue(self._made(node, inner, first))
        made = list(self._made(node, inner, first, in_any_order=is_set))
        if len(made) > MAX_LENGTH:
            raise CannotFollowError("a list is longer than is followed")
        if node.kind == "dict":
            return {hashable(key): value for key, value in made}
        return _as_set(made) if is_set else made

    def _made(
        self, node: syntax.Comprehension, scope: Scope, first: Any, *, in_any_order: bool = False
    ) -> Iterator[Any]:
        """The elements, one after the other; the keys with their values, of a dictionary."""
        for is_many in self._bindings(node.clauses, scope, first, in_any_order=in_any_order):
            if is_many is not None:
                if may_change((node.element, node.value, node.clauses)):
                    raise CannotFollowError("a comprehension changes something, and how often isn't known")
                yield (is_many, is_many) if node.value is not None else is_many
                continue
            element = self.value(node.element, scope)
            yield (element, self.value(node.value, scope)) if node.value is not None else element

    def _bindings(
        self, clauses: Sequence[syntax.Clause], scope: Scope, iterable: Any = MISSING, *, in_any_order: bool
    ) -> Iterator[Unknown | None]:
        """Once for every round of the loops, with their names bound; what isn't known, for any number of
        rounds.

        Args:
            iterable: what the first loop is over, which is looked up around the comprehension.
        """
        if not clauses:
            yield None
            return
        first, *rest = clauses
        if iterable is MISSING:
            iterable = self.value(first.iterable, scope)
        for element in self.elements(iterable, in_any_order=in_any_order):
            if isinstance(element, Unknown) and element.is_many:
                yield element
                continue
            self.assign(first.target, element, scope)
            if all(self.truth(condition, scope) for condition in first.conditions):
                yield from self._bindings(rest, scope, in_any_order=in_any_order)

    @abstractmethod
    def assign(self, target: syntax.Expression, value: Any, scope: Scope) -> None:
        """``target = value``."""

    def _lambda(self, node: syntax.Lambda, scope: Scope) -> Any:
        return FunctionValue(node.function, scope, scope.owner, self.defaults(node.function, scope))

    def defaults(self, node: syntax.Function, scope: Scope) -> dict[str, Any]:
        """The defaults of a function's parameters, which are made once, where it is defined."""
        return {
            each.name: self.value(each.default, scope) for each in node.parameters if each.default is not None
        }

    def _walrus(self, node: syntax.Walrus, scope: Scope) -> Any:
        value = self.value(node.value, scope)
        self.assign(syntax.Name(node.target, node.span), value, _home_of_walrus(scope))
        return value

    def _other(self, node: syntax.Other, _: Scope) -> Any:
        if "(" in node.source:  # what it calls may change anything
            raise CannotFollowError(f"`{shortened(node.source)}` is not followed")
        return Unknown(f"`{shortened(node.source)}` is not followed")


_EVALUATE: Mapping[type, Callable[[Expressions, Any, Scope], Any]] = {
    syntax.Constant: Expressions._constant,
    syntax.Text: Expressions._text,
    syntax.Name: Expressions._name,
    syntax.Attribute: Expressions._attribute,
    syntax.Starred: Expressions._starred,
    syntax.Display: Expressions._display,
    syntax.Dict: Expressions._dict,
    syntax.Call: Expressions._call,
    syntax.Binary: Expressions._binary,
    syntax.Unary: Expressions._unary,
    syntax.Comparison: Expressions._comparison,
    syntax.Conjunction: Expressions._conjunction,
    syntax.Conditional: Expressions._conditional,
    syntax.Slice: Expressions._slice,
    syntax.Subscript: Expressions._subscript,
    syntax.Formatted: Expressions._formatted,
    syntax.Comprehension: Expressions._comprehension,
    syntax.Lambda: Expressions._lambda,
    syntax.Walrus: Expressions._walrus,
    syntax.Yield: Expressions._yield,
    syntax.Other: Expressions._other,
}


def _chain(scope: Scope) -> Iterator[Scope]:
    """A scope and those that it stands in, up to the module's."""
    searched: Scope | None = scope
    while searched is not None:
        yield searched
        searched = searched.enclosing


def _check_new(names: Iterable[str], keywords: Mapping[str, Any]) -> None:
    for name in names:
        if name in keywords:
            raise RaisedError("TypeError", f"got multiple values for keyword argument '{name}'")


def _home_of_walrus(scope: Scope) -> Scope:
    """The scope around the comprehensions that a scope is one of."""
    while scope.is_comprehension and scope.enclosing is not None:
        scope = scope.enclosing
    return scope


def _cost(*values: Any) -> int:
    """The steps that work on values as a whole counts as."""
    return (
        sum(len(value) for value in values if isinstance(value, (str, bytes, list, tuple, dict, *SETS)))
        // 100
    )


def names_in(value: Any) -> Iterator[syntax.Name]:
    """The names in a piece of syntax."""
    return (each for each in syntax.nodes_in(value) if isinstance(each, syntax.Name))


def shortened(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def source_of(node: syntax.Expression) -> str:
    """An expression as Python would write it, for a condition that isn't followed."""
    return _source(node, 0)


def _source(node: Any, depth: int) -> str:
    if depth > 20:
        return "…"
    below = depth + 1
    if isinstance(node, syntax.Name):
        return node.name
    if isinstance(node, syntax.Attribute):
        return f"{_source(node.owner, below)}.{node.name}"
    if isinstance(node, syntax.Constant):
        return repr(node.value)
    if isinstance(node, syntax.Text):
        return repr(node.value)
    if isinstance(node, syntax.Call):
        arguments = ", ".join(_argument_source(each, below) for each in node.arguments)
        return f"{_source(node.function, below)}({arguments})"
    if isinstance(node, syntax.Subscript):
        return f"{_source(node.owner, below)}[{_source(node.index, below)}]"
    if isinstance(node, syntax.Unary):
        space = " " if node.operator == "not" else ""
        return f"{node.operator}{space}{_source(node.operand, below)}"
    if isinstance(node, syntax.Binary):
        return f"({_source(node.left, below)} {node.operator} {_source(node.right, below)})"
    if isinstance(node, syntax.Conjunction):
        return f"({_source(node.left, below)} {node.operator} {_source(node.right, below)})"
    if isinstance(node, syntax.Comparison):
        rest = "".join(f" {operator} {_source(each, below)}" for operator, each in node.rest)
        return f"{_source(node.left, below)}{rest}"
    if isinstance(node, syntax.Display):
        inner = ", ".join(_source(each, below) for each in node.elements)
        if node.kind == "list":
            return f"[{inner}]"
        return f"({inner},)" if len(node.elements) == 1 and node.kind == "tuple" else f"({inner})"
    return shortened(node.source) if isinstance(node, syntax.Other) else "…"


def _argument_source(node: syntax.Argument, depth: int) -> str:
    prefix = f"{node.keyword}=" if node.keyword is not None else node.star
    return prefix + _source(node.value, depth)


def _is_certain(sequence: Sequence[Any], index: int) -> bool:
    """Whether every element between the end that is counted from and the one that is meant is one element."""
    passed = sequence[: index + 1] if index >= 0 else sequence[index:]
    if len(sequence) < (index + 1 if index >= 0 else -index):
        return not any(isinstance(each, Unknown) and each.is_many for each in sequence)
    return not any(isinstance(each, Unknown) and each.is_many for each in passed)


def _as_set(values: list[Any]) -> Any:
    if any(is_undecided(value) for value in values):
        return Unknown("a set of things that are not all known")
    return native(set, map(hashable, values))


def hashable(key: Any) -> Any:
    """The key of a dictionary, if it can be one.

    Raises:
        RaisedError: Python can't hash it.
        CannotFollowError: it is larger than is followed, or what it is equal to isn't known.
    """
    if not is_hashable(key):
        raise RaisedError("TypeError", f"unhashable type: '{type(key).__name__}'")
    if isinstance(key, (tuple, frozenset)) and not is_plain_data(key):
        raise CannotFollowError("the key of a dictionary is not followed")
    return key
