"""The values that evaluation knows beside Python's own.

Strings, numbers, lists, tuples, dictionaries and sets are Python's own objects; lists are shared and changed
as in the code that is followed. What can't be followed is :class:`Unknown`; what depends on the model's
config, or on how a config is used, is a :class:`Symbol`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.bindings import bound_names
from neuron_config_server.reading.literals import (
    Computed,
    Part,
    StartLine,
    StringLiteral,
    Strings,
    Untold,
)
from neuron_config_server.reading.memory import note

if TYPE_CHECKING:
    from neuron_config_server.catalog.configs.classes import ConfigClass
    from neuron_config_server.catalog.neuron_bases import NeuronBase
    from neuron_config_server.catalog.normalized_configs import AttributeMap


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()
"""No value: an attribute that isn't there, a default that isn't known."""


class SourceString(str):
    """A string that stands in the source as it is."""

    __slots__ = ("_line", "_node", "_path")

    def __new__(cls, node: syntax.Text, line: StartLine, path: Path | None) -> SourceString:
        made = super().__new__(cls, node.value)
        made._node = node
        made._line = line
        made._path = path
        return made

    @property
    def literal(self) -> StringLiteral:
        return StringLiteral(self._node.value, self._node, self._line, self._path)


@dataclass(frozen=True)
class Unknown:
    """A value that can't be told."""

    reason: str
    is_many: bool = False
    """Among the elements of a list: it stands for any number of them."""


@dataclass(frozen=True)
class Symbol:
    """A value that the source doesn't decide; as a condition it makes two ways."""

    text: str
    """As Python would write it, in terms of ``self``."""
    default: Any = MISSING
    """What it is where nobody says otherwise: of a config made without arguments, say."""
    compared: tuple[str, str, Any] | None = None
    """Of a comparison: what is compared, how, and with which constant."""
    is_condition: bool = False
    """Whether it is True or False."""
    parts: tuple[Symbol, ...] = ()
    """Of what operators make: the symbols in it."""
    is_understood: bool = True
    """False for a condition that isn't followed, and stands in the words of the source."""

    @property
    def is_atom(self) -> bool:
        return not any(character in self.text for character in " \n")

    @property
    def operand(self) -> str:
        """The text, where it stands beside an operator."""
        return (
            self.text
            if self.is_atom or (self.text.endswith(")") and self.text.startswith("getattr"))
            else f"({self.text})"
        )


@dataclass(frozen=True)
class Dotted:
    """Something of another module, known by its name alone."""

    name: str
    is_bound: bool = True
    """False for a name that the file uses and doesn't define."""
    is_optional: bool = False
    """Whether the file gets along without it: something else, or None, may stand in."""

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Builtin:
    """One of Python's own functions and classes."""

    name: str


@dataclass(eq=False)
class Scope:
    """The names of a module, a function or a class body, and where its code stands."""

    names: dict[str, Any]
    module: ModuleValue
    line: StartLine
    """Where the statement that the code is part of starts in its file."""
    enclosing: Scope | None = None
    """The function that a function stands in."""
    owner: ClassValue | None = None
    """The class that a method is defined in: where ``super()`` starts."""
    instance: Any = None
    """The first argument of a method."""
    is_function: bool = False
    is_comprehension: bool = False
    locals: frozenset[str] = frozenset()
    """Of a function: the names that it binds, and that stand for nothing before."""
    borrowed: dict[str, str] = field(default_factory=dict)
    """Names of elsewhere that it assigns to -> ``nonlocal`` or ``global``."""
    yielded: list[Any] = field(default_factory=list)
    """What a generator has yielded."""
    run: object = None
    """Who made it: what another run left in it is copied before it is changed."""

    @property
    def is_class(self) -> bool:
        """Whether it is a class body, whose names the functions in it don't see."""
        return self.owner is not None and self.names is self.owner.names


@dataclass(eq=False)
class ModuleValue:
    """A file that was followed from its first statement to its last."""

    path: Path | None
    """None for a text without a file."""
    names: dict[str, Any] = field(default_factory=dict)
    has_star_import: bool = False
    is_unreliable: bool = False
    """Whether code that isn't followed may have changed what its names stand for."""


@dataclass(eq=False)
class FunctionValue:
    """A function with the names that it sees."""

    written: syntax.Function
    """Without a note of who reads it."""
    scope: Scope
    """That it is defined in."""
    owner: ClassValue | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Of its parameters."""
    kind: str = "function"
    """``function``, ``static`` or ``class``: of what ``@staticmethod`` and ``@classmethod`` make."""
    kept: dict[Any, Any] | None = None
    """Arguments -> the same result each time, of a function that keeps them (``functools.lru_cache``)."""

    @property
    def node(self) -> syntax.Function:
        """The function as it is written; what is worked out meanwhile hangs on it."""
        note(self)
        return self.written

    @cached_property
    def locals(self) -> frozenset[str]:
        """The names that its body binds for itself; a string that changes in it changes none."""
        body = self.written.body
        borrowed = {
            name for each in syntax.nodes_in(body) if isinstance(each, syntax.Borrow) for name in each.names
        }
        return frozenset(bound_names(body, is_certain=True) - borrowed)


@dataclass(frozen=True)
class UnknownFunction(Unknown):
    """What a decorator that isn't followed makes of a function: it may call it."""

    function: FunctionValue | None = None


@dataclass(eq=False)
class PropertyValue:
    """A property; its functions."""

    getter: FunctionValue
    setter: FunctionValue | None = None
    is_cached: bool = False
    """Whether the getter is asked once for each instance."""


@dataclass(frozen=True, eq=False)
class BoundSetter:
    """``name.setter``, ``name.getter`` or ``name.deleter`` of a property, as a decorator."""

    property: PropertyValue
    kind: str

    def made(self, function: FunctionValue) -> PropertyValue:
        """The property with that function too."""
        before = self.property
        if self.kind == "deleter":
            return before
        if self.kind == "setter":
            return PropertyValue(before.getter, function, before.is_cached)
        return PropertyValue(function, before.setter, before.is_cached)


@dataclass(frozen=True, eq=False)
class BoundMethod:
    """A method and what it is called on."""

    function: FunctionValue
    instance: Any


@dataclass(frozen=True, eq=False)
class NativeMethod:
    """A method of a list, a string or another of Python's own values."""

    owner: Any
    name: str


@dataclass(frozen=True, eq=False)
class PartialValue:
    """``functools.partial``."""

    function: Any
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class ExceptionValue:
    """An exception."""

    class_: Builtin | ClassValue | Dotted
    arguments: tuple[Any, ...] | None
    """None if they aren't known: Python's own words differ from version to version."""


@dataclass(eq=False)
class IteratorValue:
    """What can be iterated over once."""

    rest: Iterator[Any]


@dataclass(frozen=True, eq=False)
class BaseMethod:
    """A method of a Neuron base class, known by what it does."""

    base: BaseClass
    name: str
    instance: Any


@dataclass(frozen=True, eq=False)
class BaseClass:
    """A base class of Neuron configs, of optimum-neuron or of neuron_core; one value for each."""

    facts: NeuronBase
    order: tuple[BaseClass, ...]
    """Those above it, in the order of resolution."""

    @property
    def name(self) -> str:
        return self.facts.name


@dataclass(eq=False)
class Registration:
    """A decorator ``@register_in_tasks_manager(model_type, *tasks, library_name=…)``."""

    model_type: Any
    tasks: list[Any]
    library: Any
    node: syntax.Call
    line: StartLine
    """Where the statement that the call is part of starts."""


@dataclass(eq=False)
class ClassValue:
    """A class of a followed file."""

    name: str
    written: syntax.Class
    """Without a note of who reads it."""
    module: ModuleValue
    line: StartLine
    """Where its statement starts."""
    bases: tuple[Any, ...]
    names: dict[str, Any]
    registrations: list[Registration] = field(default_factory=list)
    set_from_outside: set[str] = field(default_factory=set)
    """Attributes that code after the class sets on it, to something that isn't known; ``*``: any."""
    order: tuple[Any, ...] | None = None
    """What :func:`.resolution_order.resolution_order` has found, once it was asked."""
    functions: list[FunctionValue] = field(default_factory=list)
    """Those that its body defines."""

    @property
    def node(self) -> syntax.Class:
        """The class as it is written; what is worked out meanwhile hangs on all of it."""
        note(self)
        return self.written


@dataclass(eq=False)
class Instance:
    """A config: an instance of a config class for one task of one model type."""

    class_: ClassValue
    task: str
    attributes: dict[str, Any] = field(default_factory=dict)
    is_initialised: bool = True
    """Whether the base's constructor ran, which sets the task and the config."""
    is_asked_for_task: bool = False
    """Whether code has looked at its task: the answer may be another one for another task."""


@dataclass(frozen=True, eq=False)
class Super:
    """``super()``."""

    owner: ClassValue
    instance: Any


@dataclass(frozen=True)
class HfConfig:
    """``self._config``, or a config within it."""

    text: str
    class_: ConfigClass | None
    """None if the config class isn't known."""


@dataclass(frozen=True)
class NormalizedConfig:
    """``self._normalized_config``."""

    text: str
    attributes: AttributeMap | None
    config: HfConfig


@dataclass(frozen=True, eq=False)
class NormalizedClass:
    """A class of normalized configs, or what ``with_args`` makes of one."""

    name: str
    """Of the class."""
    attributes: AttributeMap | None
    """None if they can't be told."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Of ``with_args``."""


@dataclass(frozen=True)
class RegisterFunction:
    """``TasksManager.create_register("neuron")``."""

    backend: Any


@dataclass(eq=False)
class Decorator:
    """What a register function returns: it registers the class that it is called with."""

    registration: Registration


Class = Union[ClassValue, BaseClass, Dotted, NormalizedClass]
"""What a base may be."""


def strings_of(value: Any) -> Strings:
    """The strings of a list or tuple; of anything else, why it is none."""
    if isinstance(value, (list, tuple)):
        return Strings(tuple(_part(each) for each in value))
    return Strings((Untold(_reason(value, "it is no list")),))


def _part(value: Any) -> Part:
    if isinstance(value, SourceString):
        return value.literal
    return Computed(value) if isinstance(value, str) else Untold(_reason(value, "an element is no string"))


def _reason(value: Any, otherwise: str) -> str:
    if isinstance(value, Unknown):
        return value.reason
    return f"it depends on `{value.text}`" if isinstance(value, Symbol) else otherwise
