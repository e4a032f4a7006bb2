"""What is known while a generator is walked through: what it has taken, read and kept so far."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

from neuron_config_server.catalog.generators.frames import Frame
from neuron_config_server.catalog.generators.needs import GeneratorAxis, Need, NormalizedRead, Phase
from neuron_config_server.catalog.generators.values import NOTHING, Value
from neuron_config_server.catalog.method_parameters import Scalar
from neuron_config_server.catalog.source import ClassSource


class WalkState:
    """What has been found on every way so far, and what each variable and attribute may depend on."""

    def __init__(self, order: Sequence[ClassSource], complete: bool) -> None:
        self.order = order
        self.complete = complete
        """False where code can't be followed that may take or read more."""
        self.escaped = False
        """The generator itself is handed to code that isn't followed."""
        self.attributes: dict[str, Value] = {}
        self._taken: dict[str, tuple[bool, Scalar, bool]] = {}
        self._used: set[str] = set()
        self._reads: dict[tuple[str, Phase], bool] = {}
        self._always: dict[Phase, frozenset[str]] = {}
        self.phase = Phase.INIT
        self.frame: Frame
        """The running method."""
        self.sure: frozenset[str] = frozenset()
        """What has been read on every way to here."""
        self.caught = 0
        """How many ``try`` statements around this one have handlers."""
        self._asked: frozenset[str] = frozenset()
        self._control: frozenset[str] = frozenset()
        self._conditions = 0

    def begin(self, phase: Phase) -> None:
        """Nothing has been read in this phase."""
        self.phase, self.sure = phase, frozenset()

    def end(self) -> None:
        """What has been read for certain until now is read always in this phase."""
        self._always[self.phase] = self.sure

    @property
    def is_complete(self) -> bool:
        """Whether all that the generator takes and reads has been seen."""
        return self.complete and not self.escaped

    def sets(self, attribute: str) -> bool:
        """Whether an instance may have an attribute of its own of that name."""
        return attribute in self.attributes

    def axes_taken(self) -> Iterator[GeneratorAxis]:
        """What the constructor takes by keyword."""
        for name, (required, default, known) in self._taken.items():
            yield GeneratorAxis(name, required, default, known, name in self._used or self.escaped)

    def attributes_read(self) -> Iterator[NormalizedRead]:
        """What has been read of the normalized config."""
        for (path, phase), can_fail in self._reads.items():
            need = Need.CONDITIONAL if can_fail else Need.OPTIONAL
            yield NormalizedRead(path, Need.REQUIRED if path in self._always[phase] else need, phase)

    @contextmanager
    def conditionally(
        self, asked: frozenset[str] = frozenset(), control: frozenset[str] = frozenset()
    ) -> Generator[None]:
        """A part of the code that may not run; what it reads isn't read for certain after it."""
        saved = self.sure, self._asked, self._control
        self._asked, self._control = self._asked | asked, self._control | control
        self._conditions += 1
        yield
        self._conditions -= 1
        self.sure, self._asked, self._control = saved

    @property
    def is_certain_to_run(self) -> bool:
        """Whether no condition decides that this part of the code runs."""
        return self._conditions == 0

    def axis(self, name: str, required: bool, default: Scalar = None, known: bool = False) -> Value:
        """A keyword that the constructor takes."""
        self._taken.setdefault(name, (required, default, known))
        return Value(frozenset({name}))

    def keyword(self, name: ast.Constant, required: bool = False) -> Value:
        """A keyword that is taken out of ``**kwargs``."""
        return self.axis(str(name.value), required)

    def read(self, value: Value, attribute: str, can_fail: bool) -> Value:
        """Read an attribute of what a value may be."""
        paths = frozenset(f"{path}.{attribute}" if path else attribute for path in value.paths)
        for path in paths - {"config"}:  # every normalized config has the model's
            fails = can_fail and path not in self._asked and not self.caught
            key = (path, self.phase)
            self._reads[key] = self._reads.get(key, False) or fails
            self.sure |= {path} if fails else set()
        return Value(value.axes, paths)

    def use(self, value: Value) -> None:
        """Something happens by the value, and not only to what is computed."""
        self._used |= value.axes

    def lose(self, value: Value, knows: bool) -> None:
        """A value is given to code that isn't followed."""
        if "" in value.paths and not knows:
            self.complete = False

    def store(self, target: ast.expr, value: Value) -> None:
        """Bind what stands on the left of an assignment."""
        value |= Value(self._control)
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self.store(part, value.computed)
        elif isinstance(target, ast.Starred):
            self.store(target.value, value.computed)
        elif isinstance(target, ast.Name):
            self._keep(self.frame.names, target.id, value)
        elif isinstance(target, ast.Attribute) and self.frame.is_self(target.value):
            self._keep(self.attributes, target.attr, value)
        elif isinstance(target, ast.Subscript):
            with self.conditionally():  # the rest of what is changed remains
                self.store(target.value, value.computed)

    def _keep(self, names: dict[str, Value], name: str, value: Value) -> None:
        names[name] = value if self.is_certain_to_run else names.get(name, NOTHING) | value
