"""What a rule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, ClassVar, TypeVar

from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Finding, Fix, Related, Severity

if TYPE_CHECKING:
    from neuron_config_server.catalog.catalog import Catalog
    from neuron_config_server.reading.config_class import ConfigClass
    from neuron_config_server.reading.config_file import ConfigFile

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Invalid:
    """A text that a rule must find fault with; both its test and its documentation."""

    source: str
    at: str
    """The part of the source that the finding underlines; it stands there once."""
    fixed: str | None = None
    """The source after the rule's fix; None if it offers none."""
    path: str | None = None
    """Where the source stands, if that matters, in a folder that has the files beside it."""
    beside: tuple[tuple[str, str], ...] = ()
    """Path and text of each, relative to that folder."""


class Rule(ABC):
    """One kind of fault. The class's docstring is its documentation for users (``neuron-config explain
    CODE``).
    """

    code: ClassVar[str]
    """``NC`` and three digits; never reused."""
    name: ClassVar[str]
    """In kebab case."""
    severity: ClassVar[Severity]
    """Of its findings, unless one says otherwise."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Packages whose sources it judges by; without them it is silent."""
    is_on_by_default: ClassVar[bool] = True
    """Whether it is checked where no setting selects rules."""
    VALID: ClassVar[tuple[str, ...]]
    """Texts that the rule has nothing to say about."""
    INVALID: ClassVar[tuple[Invalid, ...]]

    @abstractmethod
    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        """Every fault of this kind in the file; nothing where the catalog can't tell."""

    @classmethod
    def documentation(cls) -> str:
        """The docstring, indentation taken off."""
        return cleandoc(cls.__doc__ or "")

    @classmethod
    def has_fix(cls) -> bool:
        return any(example.fixed is not None for example in cls.INVALID)

    def finding(
        self,
        message: str,
        range_: Range,
        *,
        class_name: str | None = None,
        tasks: tuple[str, ...] = (),
        fix: Fix | None = None,
        related: tuple[Related, ...] = (),
        severity: Severity | None = None,
        is_unnecessary: bool = False,
    ) -> Finding:
        """A finding of this rule.

        Args:
            severity: where it differs from the rule's.
        """
        return Finding(
            self.code,
            self.name,
            severity or self.severity,
            message,
            range_,
            class_name,
            tasks,
            fix,
            related,
            is_unnecessary,
        )

    def kept(self, config: ConfigClass, on: Hashable, make: Callable[[], _Made]) -> _Made:
        """Findings that hang on nothing but a class, where that stands, and something else: made once.

        Args:
            on: what else.
        """
        key, line = (self.code, on), int(config.value.line)
        made_at, made = config.memory.of(key, lambda: (line, make()))
        if made_at != line:
            config.memory.drop(key)
            _, made = config.memory.of(key, lambda: (line, make()))
        return made


class ExecutedRule(Rule):
    """A fault that shows when a model is exported; a source alone never tells, so that ``check`` is silent.

    Its findings come with the report of an export.
    """

    VALID: ClassVar[tuple[str, ...]] = ()
    INVALID: ClassVar[tuple[Invalid, ...]] = ()

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        return iter(())
