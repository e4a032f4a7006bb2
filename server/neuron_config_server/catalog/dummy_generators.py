"""optimum's dummy input generators: which inputs each makes, and what it needs for them.

From ``optimum/utils/input_generators.py`` and ``optimum/neuron/utils/input_generators.py``. A config creates
each of its generators with ``Generator(task, normalized_config, **axes)``, and asks the first that supports
an input's name to generate it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Union

from neuron_config_server.catalog.normalized_configs import base_names, class_assignments, resolution_order
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources

_ROOT = "DummyInputGenerator"
_NAMES = "SUPPORTED_INPUT_NAMES"
_GENERATOR_NAME = re.compile(r"InputGenerator$|Dummy\w*Generator$")

Scalar = Union[str, int, float, bool, None]


class Matching(str, Enum):
    """How a generator compares an input's name with those that it supports."""

    PREFIX = "prefix"
    """The name starts with one of them."""
    EXACT = "exact"
    UNKNOWN = "unknown"
    """Its ``supports_input`` does something else."""


class Need(str, Enum):
    """What becomes of a generator when an attribute that it reads is missing."""

    REQUIRED = "required"
    """AttributeError, always."""
    CONDITIONAL = "conditional"
    """AttributeError if a branch is taken, such as that of one input's name."""
    OPTIONAL = "optional"
    """Nothing: there is a default, or it is asked for first."""


class Phase(str, Enum):
    """When a generator reads an attribute."""

    INIT = "__init__"
    GENERATE = "generate"


@dataclass(frozen=True)
class MethodParameter:
    """A parameter of a method, ``self`` left out."""

    name: str
    kind: str
    """As in :mod:`inspect`: ``POSITIONAL_OR_KEYWORD``, ``KEYWORD_ONLY``, ``VAR_POSITIONAL`` …"""
    annotation: str | None
    default: str | None
    """Source of the default; None where there is none."""
    value: Scalar
    """The default."""
    value_known: bool
    """Whether ``value`` is the default; False also where there is none."""


@dataclass(frozen=True)
class GeneratorAxis:
    """What a generator takes by keyword: the size of an axis, or an option such as ``padding_side``."""

    name: str
    required: bool
    """There is no default: a config whose INPUT_ARGS lack the axis gets a TypeError."""
    default: Scalar
    default_known: bool
    read: bool
    """Whether it can change what is generated."""


@dataclass(frozen=True)
class NormalizedRead:
    """An attribute of the normalized config that a generator reads."""

    path: str
    """``vocab_size``; ``decoder.num_codebooks`` for an attribute of an attribute."""
    need: Need
    phase: Phase


@dataclass(frozen=True)
class DummyGenerator:
    """A class that generates dummy inputs."""

    name: str
    module: str
    """Dotted name of the module."""
    file: Path
    line: int
    """From 1."""
    bases: tuple[str, ...]
    """As written."""
    ancestors: tuple[str, ...]
    """Names in the order in which Python looks attributes up, its own first."""
    supported_names: tuple[str, ...] | None
    """None if they can't be told."""
    matching: Matching
    parameters: tuple[MethodParameter, ...] | None
    """Of the constructor, ``self`` left out; None if they can't be told."""
    axes: tuple[GeneratorAxis, ...]
    reads: tuple[NormalizedRead, ...]
    complete: bool
    """False if it may take or read more than is listed here: a base class isn't found, or the code can't be
    followed.
    """

    def supports(self, input_name: str) -> bool | None:
        """Whether it generates an input of that name; None if that can't be told."""
        if self.supported_names is None or self.matching is Matching.UNKNOWN:
            return None
        if self.matching is Matching.EXACT:
            return input_name in self.supported_names
        return input_name.startswith(self.supported_names)


def read_dummy_generators(
    modules: Mapping[str, ModuleSource], sources: Sources
) -> Mapping[str, DummyGenerator]:
    """The generators that modules define, by dotted name: two of them are ``DummyTimestepInputGenerator``.

    Args:
        modules: by dotted name, such as ``optimum.utils.input_generators``.
    """
    return {
        f"{dotted}.{name}": generator
        for dotted, module in modules.items()
        for name in module.classes
        if (generator := read_dummy_generator(name, dotted, module, sources)) is not None
    }


def read_dummy_generator(
    name: str, dotted_module: str, module: ModuleSource, sources: Sources
) -> DummyGenerator | None:
    """One generator; None if the module has no class of that name, or if it is no generator."""
    node = module.classes.get(name)
    if node is None:
        return None
    order, complete = _order(ClassSource(module, node), sources)
    if not _is_generator(order, complete):
        return None
    init = _method(order, "__init__")
    walk = _Walk(order, complete)
    walk.construct_and_generate()
    return DummyGenerator(
        name=name,
        module=dotted_module,
        file=module.path,
        line=node.lineno,
        bases=tuple(ast.unparse(base) for base in node.bases),
        ancestors=tuple(class_.node.name for class_ in order),
        supported_names=None if walk.sets(_NAMES) else _supported_names(order, complete, sources),
        matching=_matching(order, complete),
        parameters=tuple(parameters_of(init.node, init.module))
        if init is not None
        else ()
        if complete
        else None,
        axes=tuple(walk.axes_taken()),
        reads=tuple(walk.attributes_read()),
        complete=walk.is_complete,
    )


def generator_named(dotted_name: str, generators: Mapping[str, DummyGenerator]) -> DummyGenerator | None:
    """The generator that a name stands for, as imported: ``optimum.utils.DummyTextInputGenerator``.

    None if there is none, or if several have the name and the package doesn't say which is meant.
    """
    package, _, name = dotted_name.rpartition(".")
    found = [generator for generator in generators.values() if generator.name == name]
    within = [each for each in found if package and f"{each.module}.".startswith(f"{package}.")]
    candidates = within if len(within) == 1 else found
    return candidates[0] if len(candidates) == 1 else None


def generator_for(input_name: str, generators: Sequence[DummyGenerator]) -> DummyGenerator | None:
    """The generator that makes an input: the first that supports its name, in the order given.

    None if none does, or if that can't be told: ``is_decided`` says which.
    """
    for generator in generators:
        supports = generator.supports(input_name)
        if supports is not False:
            return generator if supports else None
    return None


def is_decided(input_name: str, generators: Sequence[DummyGenerator]) -> bool:
    """Whether ``generator_for`` can tell: no generator before the first that supports the name is unknown."""
    verdicts = (generator.supports(input_name) for generator in generators)
    return next((verdict for verdict in verdicts if verdict is not False), True) is not None


def _order(class_: ClassSource, sources: Sources) -> tuple[tuple[ClassSource, ...], bool]:
    return resolution_order(
        class_, lambda each: [sources.class_named(each.module, name) for name in base_names(each.node)]
    )


def _is_generator(order: Sequence[ClassSource], complete: bool) -> bool:
    if any(class_.node.name == _ROOT for class_ in order):
        return True
    # A base may be defined in a package that isn't there; its name tells.
    unfound = base_names(order[-1].node) if order and not complete else ()
    return any(_GENERATOR_NAME.search(name) for name in unfound)


def _supported_names(
    order: Sequence[ClassSource], complete: bool, sources: Sources, below: tuple[ast.expr, ...] = ()
) -> tuple[str, ...] | None:
    for class_ in order:
        if any(isinstance(node, ast.FunctionDef) and node.name == _NAMES for node in class_.node.body):
            return None  # a property
        values = [value for name, value in class_assignments(class_.node) if name == _NAMES]
        if values:
            return _strings(values[-1], class_, sources, below) if None not in values else None
    return () if complete else None


def _strings(
    node: ast.expr | None, class_: ClassSource, sources: Sources, below: tuple[ast.expr, ...]
) -> tuple[str, ...] | None:
    """The strings of a tuple, of tuples added to each other, or of another class's SUPPORTED_INPUT_NAMES."""
    if node is None or node in below:
        return None
    below = (*below, node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return tuple(node.value)  # the comma was forgotten: Python goes through its letters
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return _joined(_item(item, class_, sources, below) for item in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(_strings(side, class_, sources, below) for side in (node.left, node.right))
    if isinstance(node, ast.Attribute) and node.attr == _NAMES:
        owner = sources.class_named(class_.module, ast.unparse(node.value))
        return _supported_names(*_order(owner, sources), sources, below) if owner is not None else None
    return _strings(_named(node, class_), class_, sources, below) if isinstance(node, ast.Name) else None


def _item(
    node: ast.expr, class_: ClassSource, sources: Sources, below: tuple[ast.expr, ...]
) -> tuple[str, ...] | None:
    if isinstance(node, ast.Starred):
        return _strings(node.value, class_, sources, below)
    value = _named(node, class_) if isinstance(node, ast.Name) else node
    is_string = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return (str(value.value),) if is_string and isinstance(value, ast.Constant) else None


def _named(node: ast.Name, class_: ClassSource) -> ast.expr | None:
    """What a name in a class body is bound to, there or in the module."""
    own = [value for name, value in class_assignments(class_.node) if name == node.id]
    return class_.module.value(node.id) if not own else own[-1] if None not in own else None


def _joined(parts: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    found = list(parts)
    return None if None in found else tuple(item for part in found for item in part or ())


_MATCHINGS = {
    f"return any((input_name.startswith(supported_input_name) for supported_input_name in self.{_NAMES}))": (
        Matching.PREFIX
    ),
    f"return any((input_name.startswith(name) for name in self.{_NAMES}))": Matching.PREFIX,
    f"return input_name.startswith(self.{_NAMES})": Matching.PREFIX,
    f"return input_name.startswith(tuple(self.{_NAMES}))": Matching.PREFIX,
    f"return input_name in self.{_NAMES}": Matching.EXACT,
}


def _matching(order: Sequence[ClassSource], complete: bool) -> Matching:
    method = _method(order, "supports_input")
    if method is None:  # where the root isn't found, its subclasses leave the method alone
        root_is_next = not complete and _ROOT in base_names(order[-1].node)
        return Matching.PREFIX if root_is_next else Matching.UNKNOWN
    body = [node for node in method.node.body if not _is_docstring(node)]
    arguments = [argument.arg for argument in method.node.args.args]
    if len(body) != 1 or arguments != ["self", "input_name"] or method.node.decorator_list:
        return Matching.UNKNOWN
    return _MATCHINGS.get(ast.unparse(body[0]), Matching.UNKNOWN)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@dataclass(frozen=True)
class _Method:
    """A method, where it stands in the resolution order, and the file that its names are meant in."""

    node: ast.FunctionDef
    place: int
    module: ModuleSource


def _method(order: Sequence[ClassSource], name: str, place: int = 0) -> _Method | None:
    """The first method of that name from a place of the resolution order on."""
    for number, class_ in enumerate(order[place:], place):
        for node in reversed(class_.node.body):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return _Method(node, number, class_.module)
    return None


def parameters_of(function: ast.FunctionDef, module: ModuleSource) -> Iterator[MethodParameter]:
    """The parameters of a method of a module's class, without the first unless it is static."""
    arguments = function.args
    yield from _positional(arguments, module)[0 if _is_decorated(function, "staticmethod") else 1 :]
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, "VAR_POSITIONAL", None, module)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        yield _parameter(argument, "KEYWORD_ONLY", default, module)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, "VAR_KEYWORD", None, module)


def _positional(arguments: ast.arguments, module: ModuleSource) -> list[MethodParameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    kinds = ["POSITIONAL_ONLY"] * len(arguments.posonlyargs) + ["POSITIONAL_OR_KEYWORD"] * len(arguments.args)
    return [
        _parameter(argument, kind, default, module)
        for argument, kind, default in zip(positional, kinds, defaults)
    ]


def _parameter(
    argument: ast.arg, kind: str, default: ast.expr | None, module: ModuleSource
) -> MethodParameter:
    value, known = scalar_value(default, module) if default is not None else (None, False)
    return MethodParameter(
        name=argument.arg,
        kind=kind,
        annotation=ast.unparse(argument.annotation) if argument.annotation is not None else None,
        default=ast.unparse(default) if default is not None else None,
        value=value,
        value_known=known,
    )


def scalar_value(node: ast.expr | None, module: ModuleSource, hops: int = 3) -> tuple[Scalar, bool]:
    """A constant, maybe by name or from a table (``DEFAULT_DUMMY_SHAPES["width"]``); whether it is known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, type(None))):
        return node.value, True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value, known = scalar_value(node.operand, module, hops)
        is_number = isinstance(value, (int, float)) and known
        return (-value, True) if is_number and isinstance(value, (int, float)) else (None, False)
    if isinstance(node, ast.Name) and hops:
        return scalar_value(module.value(node.id), module, hops - 1)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and hops:
        return scalar_value(_entry(module.value(node.value.id), node.slice), module, hops - 1)
    return None, False


def _entry(table: ast.expr | None, key: ast.expr) -> ast.expr | None:
    """What a dictionary holds under a constant; None if it can't be told."""
    if not isinstance(table, ast.Dict) or not isinstance(key, ast.Constant) or None in table.keys:
        return None
    found = [
        value
        for each, value in zip(table.keys, table.values)
        if isinstance(each, ast.Constant) and each.value == key.value
    ]
    return found[-1] if found else None


@dataclass(frozen=True)
class _Value:
    """What an expression may depend on."""

    axes: frozenset[str] = frozenset()
    """Keywords of the constructor."""
    paths: frozenset[str] = frozenset()
    """The attributes of the normalized config that it may be; "" is the normalized config itself."""

    def __or__(self, other: _Value) -> _Value:
        return _Value(self.axes | other.axes, self.paths | other.paths)

    @property
    def computed(self) -> _Value:
        """Something made of it."""
        return _Value(self.axes)


_NOTHING = _Value()
_CONFIG = _Value(paths=frozenset({""}))


@dataclass
class _Frame:
    """A method that is being walked through."""

    method: _Method
    names: dict[str, _Value]
    """Parameters and variables."""
    takes_more: bool
    """Whether its ``**kwargs`` hold what the constructor was called with."""
    more_positional: list[_Value]
    """What its ``*args`` hold."""
    exits: list[frozenset[str]] = field(default_factory=list)
    """What has been read for certain, at each return."""

    @property
    def self_name(self) -> str:
        arguments = [*self.method.node.args.posonlyargs, *self.method.node.args.args]
        return arguments[0].arg if arguments else ""

    def is_kwargs(self, node: ast.AST) -> bool:
        kwargs = self.method.node.args.kwarg
        return kwargs is not None and isinstance(node, ast.Name) and node.id == kwargs.arg

    def is_args(self, node: ast.AST) -> bool:
        args = self.method.node.args.vararg
        return args is not None and isinstance(node, ast.Name) and node.id == args.arg

    def is_self(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == self.self_name


class _Walk:
    """Goes through a generator's constructor and ``generate`` as Python would, with every branch taken.

    It keeps what each variable and attribute may depend on, and what has been read on every way so far. Where
    it can't follow, it errs to "may be read" for axes, never to "is required" for attributes, and isn't
    ``complete``.
    """

    def __init__(self, order: Sequence[ClassSource], complete: bool) -> None:
        self.complete = complete
        self._escaped = False  # the generator itself is handed to code that isn't followed
        self._order = order
        self._attributes: dict[str, _Value] = {}
        self._taken: dict[str, tuple[bool, Scalar, bool]] = {}
        self._captured: set[str] = set()
        self._used: set[str] = set()
        self._reads: dict[tuple[str, Phase], bool] = {}
        self._always: dict[Phase, frozenset[str]] = {}
        self._phase = Phase.INIT
        self._running: list[ast.FunctionDef] = []
        self._frame: _Frame
        self._sure: frozenset[str] = frozenset()
        self._asked: frozenset[str] = frozenset()
        self._control: frozenset[str] = frozenset()
        self._conditions = 0
        self._caught = 0

    def construct_and_generate(self) -> None:
        for phase, given, open_ in ((Phase.INIT, [_NOTHING, _CONFIG], True), (Phase.GENERATE, [], False)):
            self._phase, self._sure = phase, frozenset()
            method = _method(self._order, phase.value)
            if method is not None:
                self._enter(method, given, {}, open_)
            self._always[phase] = self._sure

    @property
    def is_complete(self) -> bool:
        return self.complete and not self._escaped

    def sets(self, attribute: str) -> bool:
        """Whether an instance may have an attribute of its own of that name."""
        return attribute in self._attributes

    def axes_taken(self) -> Iterator[GeneratorAxis]:
        for name, (required, default, known) in self._taken.items():
            yield GeneratorAxis(name, required, default, known, name in self._used or self._escaped)

    def attributes_read(self) -> Iterator[NormalizedRead]:
        for (path, phase), can_fail in self._reads.items():
            need = Need.CONDITIONAL if can_fail else Need.OPTIONAL
            yield NormalizedRead(path, Need.REQUIRED if path in self._always[phase] else need, phase)

    # Methods

    def _enter(
        self, method: _Method, positional: list[_Value], keywords: Mapping[str, _Value], open_: bool
    ) -> None:
        """Walk through a method that is called with values, and if open with whatever the constructor got."""
        if method.node in self._running:
            return
        parameters = list(parameters_of(method.node, method.module))
        by_place = [each.name for each in parameters if each.kind.startswith("POSITIONAL")]
        names = {**dict(zip(by_place, positional)), **keywords}
        for parameter in parameters:
            if parameter.name not in names and not parameter.kind.startswith("VAR"):
                names[parameter.name] = self._from_constructor(parameter) if open_ else _NOTHING
        has_kwargs = method.node.args.kwarg is not None
        frame = _Frame(method, names, open_ and has_kwargs, positional[len(by_place) :])
        self._walk(frame)

    def _walk(self, frame: _Frame) -> None:
        outer, self._frame = getattr(self, "_frame", frame), frame
        self._running.append(frame.method.node)
        if self._block(frame.method.node.body):
            frame.exits.append(self._sure)
        self._sure = frozenset.intersection(*frame.exits) if frame.exits else self._sure
        self._running.pop()
        self._frame = outer

    def _from_constructor(self, parameter: MethodParameter) -> _Value:
        if parameter.name in self._captured:  # an earlier constructor took it, and didn't hand it on
            return _NOTHING
        self._captured.add(parameter.name)
        return self._axis(parameter.name, parameter.default is None, parameter.value, parameter.value_known)

    def _axis(self, name: str, required: bool, default: Scalar = None, known: bool = False) -> _Value:
        self._taken.setdefault(name, (required, default, known))
        return _Value(frozenset({name}))

    # Statements: whether what follows is reached

    def _block(self, nodes: Sequence[ast.stmt]) -> bool:
        return all(self._statement(node) for node in nodes)

    def _statement(self, node: ast.stmt) -> bool:
        walk = getattr(self, f"_walk_{type(node).__name__.lower()}", None)
        if walk is not None:
            return walk(node)
        for child in ast.iter_child_nodes(node):
            self._value(child)
        return True

    def _walk_expr(self, node: ast.Expr) -> bool:
        self._use(self._value(node.value))
        return True

    def _walk_assign(self, node: ast.Assign) -> bool:
        for target in node.targets:
            self._assign(target, node.value)
        return True

    def _walk_annassign(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            self._assign(node.target, node.value)
        return True

    def _walk_augassign(self, node: ast.AugAssign) -> bool:
        with self._conditionally():  # the old value remains part of the new
            self._store(node.target, self._value(node.value).computed)
        return True

    def _walk_if(self, node: ast.If) -> bool:
        test = self._value(node.test)
        self._use(test)
        asked = self._asked_for(node.test)
        return self._either((node.body, asked), (node.orelse, frozenset()), control=test.axes)

    def _walk_match(self, node: ast.Match) -> bool:
        self._use(self._value(node.subject))
        return self._either(*((case.body, frozenset()) for case in node.cases), ([], frozenset()))

    def _walk_for(self, node: ast.For) -> bool:
        over = self._value(node.iter).computed
        with self._conditionally(control=over.axes):
            for _ in range(2):  # what the first round assigns, the second reads
                self._store(node.target, over)
                self._block(node.body)
            self._block(node.orelse)
        return True

    def _walk_while(self, node: ast.While) -> bool:
        test = self._value(node.test)
        self._use(test)
        with self._conditionally(control=test.axes):
            for _ in range(2):
                self._block(node.body)
            self._block(node.orelse)
        return True

    def _walk_try(self, node: ast.Try) -> bool:
        with self._conditionally():
            self._caught += bool(node.handlers)
            reached = self._block(node.body) and self._block(node.orelse)
            self._caught -= bool(node.handlers)
        for handler in node.handlers:
            with self._conditionally():
                reached |= self._block(handler.body)
        return self._block(node.finalbody) and reached

    def _walk_with(self, node: ast.With) -> bool:
        for item in node.items:
            value = self._value(item.context_expr).computed
            if item.optional_vars is not None:
                self._store(item.optional_vars, value)
        return self._block(node.body)

    def _walk_return(self, node: ast.Return) -> bool:
        if node.value is not None:
            self._value(node.value)
        self._frame.exits.append(self._sure)
        return False

    def _walk_raise(self, node: ast.Raise) -> bool:
        if node.exc is not None:
            self._value(node.exc)
        return False

    def _walk_assert(self, node: ast.Assert) -> bool:
        self._use(self._value(node.test))
        return True

    def _walk_continue(self, _: ast.Continue) -> bool:
        return False

    def _walk_break(self, _: ast.Break) -> bool:
        return False

    def _walk_functiondef(self, node: ast.FunctionDef) -> bool:
        exits, self._frame.exits = self._frame.exits, []
        with self._conditionally():
            self._block(node.body)
        self._frame.exits = exits
        return True

    def _walk_classdef(self, _: ast.ClassDef) -> bool:
        self.complete = False
        return True

    # Branches

    @contextmanager
    def _conditionally(
        self, asked: frozenset[str] = frozenset(), control: frozenset[str] = frozenset()
    ) -> Generator[None]:
        """A part of the code that may not run; what it reads isn't read for certain after it."""
        saved = self._sure, self._asked, self._control
        self._asked, self._control = self._asked | asked, self._control | control
        self._conditions += 1
        yield
        self._conditions -= 1
        self._sure, self._asked, self._control = saved

    def _either(
        self, *branches: tuple[Sequence[ast.stmt], frozenset[str]], control: frozenset[str] = frozenset()
    ) -> bool:
        """Whether what follows the branches is reached; what all that reach it have read is sure."""
        ends = []
        for nodes, asked in branches:
            with self._conditionally(asked, control):
                if self._block(nodes):
                    ends.append(self._sure)
        self._sure = frozenset.intersection(*ends) if ends else self._sure
        return bool(ends)

    def _asked_for(self, test: ast.expr) -> frozenset[str]:
        """The attributes that exist where a test is true: ``hasattr``, ``has_attribute``, ``is not None``."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            return frozenset().union(*(self._asked_for(operand) for operand in test.values))
        if isinstance(test, ast.Compare) and ast.unparse(test).endswith(" is not None"):
            return self._asked_for(test.left)
        if not isinstance(test, ast.Call):
            return frozenset()
        asked = _asked_attribute(test)
        return self._attribute(*asked, can_fail=False).paths if asked is not None else frozenset()

    # Values

    def _value(self, node: ast.AST) -> _Value:
        evaluate = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        return evaluate(node) if evaluate is not None else self._of_parts(node)

    def _of_parts(self, node: ast.AST) -> _Value:
        return _Value(frozenset().union(*(self._value(child).axes for child in ast.iter_child_nodes(node))))

    def _of_name(self, node: ast.Name) -> _Value:
        if self._frame.is_args(node) or (self._frame.is_kwargs(node) and self._frame.takes_more):
            self.complete = False  # handed to code that isn't followed
        self._escaped |= self._frame.is_self(node)
        return self._frame.names.get(node.id, _NOTHING)

    def _of_attribute(self, node: ast.Attribute) -> _Value:
        return self._attribute(node.value, node.attr, can_fail=True)

    def _attribute(self, owner: ast.expr, name: str, can_fail: bool) -> _Value:
        if not self._frame.is_self(owner):
            return self._read(self._value(owner), name, can_fail)
        method = _method(self._order, name)
        if method is not None:  # a property; what it computes from is read within it
            self._enter(method, [], {}, open_=False)
        self._escaped |= name == "__dict__"
        value = self._attributes.get(name, _NOTHING)
        if self._phase is Phase.GENERATE:
            self._used |= value.axes
        return value

    def _of_subscript(self, node: ast.Subscript) -> _Value:
        if (
            self._frame.is_kwargs(node.value)
            and self._frame.takes_more
            and isinstance(node.slice, ast.Constant)
        ):
            return self._keyword(node.slice, required=self._conditions == 0)
        return (self._value(node.value) | self._value(node.slice)).computed

    def _of_compare(self, node: ast.Compare) -> _Value:
        if isinstance(node.left, ast.Constant) and self._frame.is_kwargs(node.comparators[0]):
            return self._keyword(node.left) if self._frame.takes_more else _NOTHING
        return self._of_parts(node)

    def _of_ifexp(self, node: ast.IfExp) -> _Value:
        test = self._value(node.test)
        with self._conditionally(self._asked_for(node.test)):
            first, sure = self._value(node.body), self._sure
        with self._conditionally():
            second, sure = self._value(node.orelse), sure & self._sure
        self._sure = sure
        return test.computed | first | second

    def _of_boolop(self, node: ast.BoolOp) -> _Value:
        value = self._value(node.values[0])
        asked = self._asked_for(node.values[0]) if isinstance(node.op, ast.And) else frozenset()
        with self._conditionally(asked):
            for operand in node.values[1:]:
                value |= self._value(operand)
        return value

    def _of_namedexpr(self, node: ast.NamedExpr) -> _Value:
        return self._assign(node.target, node.value)

    def _of_lambda(self, node: ast.Lambda) -> _Value:
        with self._conditionally():
            return self._value(node.body).computed

    def _of_comprehension(self, node: ast.comprehension) -> _Value:
        over = self._value(node.iter).computed
        self._store(node.target, over)
        return over | _Value(frozenset().union(*(self._value(test).axes for test in node.ifs)))

    def _of_listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> _Value:
        value = self._of_comprehension(node.generators[0])
        with self._conditionally():
            for generator in node.generators[1:]:
                value |= self._of_comprehension(generator)
            parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            return _Value(value.axes.union(*(self._value(part).axes for part in parts)))

    _of_setcomp = _of_generatorexp = _of_dictcomp = _of_listcomp

    def _of_call(self, node: ast.Call) -> _Value:
        named = _asked_attribute(node) or _named_attribute(node)
        if named is not None:
            default = self._value(node.args[2]) if len(node.args) > 2 else _NOTHING
            return self._attribute(*named, can_fail=_asked_attribute(node) is None) | default
        if isinstance(node.func, ast.Attribute):
            return self._of_method_call(node, node.func)
        if isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) == 3:
            return self._of_setattr(node)
        arguments = self._arguments(node)
        self._lose(arguments, isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "type"))
        return arguments.computed

    def _of_setattr(self, node: ast.Call) -> _Value:
        owner, name, given = node.args
        if self._frame.is_self(owner) and isinstance(name, ast.Constant):
            self._store(ast.Attribute(owner, str(name.value), ast.Store()), self._value(given))
        else:
            self._escaped |= self._frame.is_self(owner)
            self._use(self._value(name) | self._value(given))
        return _NOTHING

    def _of_method_call(self, node: ast.Call, function: ast.Attribute) -> _Value:
        if self._frame.is_kwargs(function.value) and self._frame.takes_more and node.args:
            return self._of_kwargs_call(node, function)
        method, arguments = self._called(node, function)
        if method is not None:
            return self._of_own_method(method, node, arguments)
        owner = self._value(function.value)
        given = self._arguments(node)
        self._lose(owner | given, knows=False)
        return (owner | given).computed

    def _of_kwargs_call(self, node: ast.Call, function: ast.Attribute) -> _Value:
        name = node.args[0]
        if function.attr not in ("get", "pop") or not isinstance(name, ast.Constant):
            self.complete = False
            return _NOTHING
        if len(node.args) == 1 and function.attr == "pop":
            return self._keyword(name, required=self._conditions == 0)
        default, known = (
            scalar_value(node.args[1], self._frame.method.module) if len(node.args) > 1 else (None, True)
        )
        return self._axis(str(name.value), False, default, known)

    def _called(self, node: ast.Call, function: ast.Attribute) -> tuple[_Method | None, list[ast.expr]]:
        """The method of this generator that a call runs, and what it is given by position."""
        owner = function.value
        if self._frame.is_self(owner):
            return _method(self._order, function.attr), node.args
        if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super":
            found = _method(self._order, function.attr, self._frame.method.place + 1)
            self.complete &= found is not None or function.attr == "__init__"
            return found, node.args
        if node.args and self._frame.is_self(node.args[0]) and isinstance(owner, ast.Name):
            places = [place for place, class_ in enumerate(self._order) if class_.node.name == owner.id]
            return (_method(self._order, function.attr, places[0]) if places else None), node.args[1:]
        return None, node.args

    def _of_own_method(self, method: _Method, node: ast.Call, arguments: list[ast.expr]) -> _Value:
        positional, open_ = self._positional_values(arguments), False
        keywords = {}
        for keyword in node.keywords:
            if keyword.arg is not None:
                keywords[keyword.arg] = self._value(keyword.value)
            elif self._frame.is_kwargs(keyword.value):
                open_ = self._frame.takes_more
            else:
                self._value(keyword.value)
                self.complete = False
        given = _NOTHING
        for value in (*positional, *keywords.values()):
            given |= value
        if _is_decorated(method.node, "staticmethod", "classmethod"):
            self._lose(given, knows=False)
        else:
            self._enter(method, positional, keywords, open_)
        return _NOTHING if method.node.name == "__init__" else given.computed

    def _positional_values(self, nodes: list[ast.expr]) -> list[_Value]:
        values: list[_Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred) and self._frame.is_args(node.value):
                values += self._frame.more_positional
            else:
                values.append(self._value(node))
                self.complete &= not isinstance(node, ast.Starred)
        return values

    def _arguments(self, node: ast.Call) -> _Value:
        given = _NOTHING
        for part in (*node.args, *(keyword.value for keyword in node.keywords)):
            given |= self._value(part)
        return given

    # What is kept

    def _assign(self, target: ast.expr, node: ast.expr) -> _Value:
        is_pairwise = isinstance(target, (ast.Tuple, ast.List)) and isinstance(node, (ast.Tuple, ast.List))
        if is_pairwise and len(target.elts) == len(node.elts) and "Starred" not in ast.dump(target):
            values = [self._value(part) for part in node.elts]
            for part, value in zip(target.elts, values):
                self._store(part, value)
            return _NOTHING
        value = self._value(node)
        self._store(target, value)
        return value

    def _store(self, target: ast.expr, value: _Value) -> None:
        value |= _Value(self._control)
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self._store(part, value.computed)
        elif isinstance(target, ast.Starred):
            self._store(target.value, value.computed)
        elif isinstance(target, ast.Name):
            self._keep(self._frame.names, target.id, value)
        elif isinstance(target, ast.Attribute) and self._frame.is_self(target.value):
            self._keep(self._attributes, target.attr, value)
        elif isinstance(target, ast.Subscript):
            with self._conditionally():  # the rest of what is changed remains
                self._store(target.value, value.computed)

    def _keep(self, names: dict[str, _Value], name: str, value: _Value) -> None:
        names[name] = names.get(name, _NOTHING) | value if self._conditions else value

    def _read(self, value: _Value, attribute: str, can_fail: bool) -> _Value:
        """Read an attribute of what a value may be."""
        paths = frozenset(f"{path}.{attribute}" if path else attribute for path in value.paths)
        for path in paths - {"config"}:  # every normalized config has the model's
            fails = can_fail and path not in self._asked and not self._caught
            key = (path, self._phase)
            self._reads[key] = self._reads.get(key, False) or fails
            self._sure |= {path} if fails else set()
        return _Value(value.axes, paths)

    def _keyword(self, name: ast.Constant, required: bool = False) -> _Value:
        return self._axis(str(name.value), required)

    def _use(self, value: _Value) -> None:
        """Something happens by the value, and not only to what is computed."""
        self._used |= value.axes

    def _lose(self, value: _Value, knows: bool) -> None:
        """A value is given to code that isn't followed."""
        if "" in value.paths and not knows:
            self.complete = False


def _asked_attribute(node: ast.Call) -> tuple[ast.expr, str] | None:
    """Object and attribute of ``getattr(o, "a", default)``, ``hasattr(o, "a")``, ``o.has_attribute("a")``."""
    name = node.args[-1] if node.args else None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "has_attribute" and len(node.args) == 1:
        return _object_and_attribute(node.func.value, name)
    if not isinstance(node.func, ast.Name) or len(node.args) < 2:
        return None
    is_asked = (node.func.id, len(node.args)) in (("getattr", 3), ("hasattr", 2))
    return _object_and_attribute(node.args[0], node.args[1]) if is_asked else None


def _named_attribute(node: ast.Call) -> tuple[ast.expr, str] | None:
    """Object and attribute of ``getattr(o, "a")``."""
    is_getattr = isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) == 2
    return _object_and_attribute(node.args[0], node.args[1]) if is_getattr else None


def _object_and_attribute(node: ast.expr, name: ast.expr | None) -> tuple[ast.expr, str] | None:
    is_string = isinstance(name, ast.Constant) and isinstance(name.value, str)
    return (node, str(name.value)) if is_string and isinstance(name, ast.Constant) else None


def _is_decorated(node: ast.FunctionDef, *names: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id in names for each in node.decorator_list)
