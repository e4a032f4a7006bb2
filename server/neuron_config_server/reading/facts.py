"""What one top-level statement of a file says about Neuron configs: values with their ranges, no verdicts.

Ranges are in the coordinates of the file. Facts of a statement depend on its text alone; names that other
statements define stay names (:class:`NameReference`) until :mod:`.config_file` resolves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union

from neuron_config_server.reading.positions import Range


@dataclass(frozen=True)
class Removal:
    """What to cut so that a string goes and the rest stays well-formed."""

    range: Range
    left: str = ""
    """What is put there instead: the neighbour whose comma makes it a tuple."""


@dataclass(frozen=True)
class StringLiteral:
    """A plain string in the source."""

    value: str
    range: Range
    """With its quotes."""
    inner: Range
    """Without them: what a fix replaces."""
    removal: Removal | None = None
    """None where the string is no element of a list and no argument, or can't go."""


@dataclass(frozen=True)
class NameReference:
    """A name whose value some other statement may define."""

    name: str
    range: Range


@dataclass(frozen=True)
class Unknown:
    """An expression that the reader does not follow."""

    reason: str
    range: Range


Part = Union[StringLiteral, NameReference, Unknown]


@dataclass(frozen=True)
class Strings:
    """A list of strings as the source builds it, part by part."""

    parts: tuple[Part, ...]
    range: Range
    followed: tuple[NameReference, ...] = ()
    """Names that were replaced by the constants that they stand for."""

    @property
    def literals(self) -> tuple[StringLiteral, ...]:
        return tuple(part for part in self.parts if isinstance(part, StringLiteral))

    @property
    def unknown(self) -> str | None:
        """Why the list is not fully known; None when it is."""
        for part in self.parts:
            if isinstance(part, Unknown):
                return part.reason
            if isinstance(part, NameReference):
                return f"`{part.name}` is not defined as a list of strings in this file"
        return None


@dataclass(frozen=True)
class Registration:
    """A decorator ``@register_in_tasks_manager(model_type, *tasks, library_name=…)``."""

    function: str
    model_type: StringLiteral | None
    """None when it isn't a plain string."""
    tasks: Strings
    library: str | None
    """None when it isn't a plain string."""
    range: Range


@dataclass(frozen=True)
class AliasLookup:
    """A call ``NormalizedConfigManager.get_normalized_config_class("bert")``."""

    manager: str
    """What it is called on, as written."""
    alias: StringLiteral
    range: Range


@dataclass(frozen=True)
class ClassFacts:
    """One class that may be a Neuron config."""

    name: str
    name_range: Range
    bases: tuple[str, ...]
    """Dotted names as written."""
    decorators: tuple[Registration, ...]
    """Decorators that have the shape of a registration; whether they are one depends on the function's
    name.
    """
    attributes: Mapping[str, Range]
    """Class attribute -> range of its value."""
    methods: frozenset[str]
    """Every function that its body defines, properties included."""
    properties: Mapping[str, Strings]
    """``inputs`` and ``outputs``, where the class overrides them -> what they return."""
    aliases: tuple[AliasLookup, ...]
    set_elsewhere: frozenset[str] = frozenset()
    """Attributes that methods, conditional statements or other statements of the file set."""

    def binds(self, name: str) -> bool:
        """Whether the class says what the name is, in whatever way."""
        return name in self.methods or name in self.attributes or name in self.set_elsewhere


@dataclass(frozen=True)
class SyntaxFault:
    """Where and why Python can't read a statement."""

    message: str
    range: Range


@dataclass(frozen=True)
class StatementFacts:
    """Everything a statement contributes."""

    imports: Mapping[str, str] = field(default_factory=dict)
    """Local name -> dotted name of what it stands for (relative imports keep their dots)."""
    constants: Mapping[str, Strings] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    """Names that it binds otherwise than once and for all, or mutates."""
    register_functions: frozenset[str] = frozenset()
    """Names bound to ``TasksManager.create_register("neuron")``."""
    other_values: frozenset[str] = frozenset()
    """Names bound to a function or a value that is no such register."""
    class_attributes: frozenset[tuple[str, str]] = frozenset()
    """(class, name) set otherwise than by a plain assignment in the class body."""
    classes: tuple[ClassFacts, ...] = ()
    aliases: tuple[AliasLookup, ...] = ()
    """Lookups outside of classes."""
    fault: SyntaxFault | None = None
