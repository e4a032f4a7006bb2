"""Where the code of a property changes the list that the table of common outputs holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.evaluation.values import BaseClass, ClassValue, Dotted, PropertyValue
from neuron_config_server.reading.memory import remembered

TABLE = "_TASK_TO_COMMON_OUTPUTS"
_CHANGES = frozenset({"append", "extend", "insert", "remove", "pop", "clear", "reverse", "sort"})
_HANDS_OUT_BY_REFERENCE = "optimum.exporters.neuron"


@dataclass(frozen=True)
class Mutation:
    """A change of the shared list."""

    owner: ClassValue
    """Whose property it stands in."""
    node: syntax.Expression | syntax.Augment
    how: str
    """``append()`` or ``+=``."""
    source: syntax.Expression
    """Where the code takes the list from."""


@dataclass
class _Names:
    shared: dict[str, syntax.Expression] = field(default_factory=dict)
    """Local name -> where it takes the shared list from."""


def mutations(config: ConfigClass, task: str) -> Iterator[Mutation]:
    """Every change that asking the config for its outputs for that task makes, if its conditions hold."""
    order = config.order
    if config.overrides(TABLE) or not _is_upstreams(config):
        return
    place = next((n for n, each in enumerate(order) if _defines_outputs(each)), None)
    if place is not None:
        walk = _Walk(order, task)
        walk.hands_out_shared(place)
        yield from walk.found


def _is_upstreams(config: ConfigClass) -> bool:
    """Whether every base comes from optimum-neuron, whose ``outputs`` makes no copy."""
    return _comes_from(config, _HANDS_OUT_BY_REFERENCE)


@remembered
def is_on_neuron_core(config: ConfigClass) -> bool:
    """Whether every base comes from neuron_core, which takes the declared outputs by their names."""
    return _comes_from(config, "neuron_core")


def _comes_from(config: ConfigClass, package: str) -> bool:
    roots = [each for each in config.lineage if not any(isinstance(base, ClassValue) for base in each.bases)]
    names = [_imported_as(each, base) for each in roots for base in each.bases]
    return bool(names) and all(name is not None and name.startswith(f"{package}.") for name in names)


def _imported_as(class_: ClassValue, base: object) -> str | None:
    """The dotted name of the import that the class has a base from."""
    if not isinstance(base, (BaseClass, Dotted)):
        return None
    last = base.name.rpartition(".")[2]
    found = class_.module.names.get(last)
    if not isinstance(found, Dotted):
        return None
    if not found.name.startswith("."):
        return found.name
    path = class_.module.path
    is_upstream = path is not None and path.parent.as_posix().endswith("optimum/exporters/neuron")
    return f"{_HANDS_OUT_BY_REFERENCE}{found.name}" if is_upstream else None


def _defines_outputs(class_: object) -> bool:
    return isinstance(class_, ClassValue) and "outputs" in class_.names


class _Walk:
    """Follows the getters of ``outputs`` for one task."""

    def __init__(self, order: Sequence[object], task: str) -> None:
        self._order = order
        self._task = task
        self.found: list[Mutation] = []

    def hands_out_shared(self, place: int) -> bool:
        """Whether ``outputs``, from that place of the order on, gives the list of the table itself."""
        for n in range(place, len(self._order)):
            class_ = self._order[n]
            if isinstance(class_, BaseClass):
                return "outputs" in class_.facts.members
            if not isinstance(class_, ClassValue):
                return False
            if "outputs" in class_.names:
                getter = class_.names["outputs"]
                if not isinstance(getter, PropertyValue):
                    return False
                return _Getter(self, class_, n).returns_shared(getter.getter.node.body)
        return False

    def decided(self, test: syntax.Expression) -> bool | None:
        """What a condition on the task is; None if it is on anything else."""
        if isinstance(test, syntax.Unary) and test.operator == "not":
            inner = self.decided(test.operand)
            return None if inner is None else not inner
        if isinstance(test, syntax.Conjunction):
            sides = [self.decided(test.left), self.decided(test.right)]
            settles = test.operator == "or"
            if settles in sides:
                return settles
            return None if None in sides else not settles
        if not isinstance(test, syntax.Comparison) or len(test.rest) != 1 or not _is_own(test.left, "task"):
            return None
        ((operator, right),) = test.rest
        if operator in ("==", "!=") and isinstance(right, syntax.Text):
            return (right.value == self._task) is (operator == "==")
        if operator in ("in", "not in") and isinstance(right, syntax.Display):
            texts = [each.value for each in right.elements if isinstance(each, syntax.Text)]
            return (self._task in texts) is (operator == "in") if len(texts) == len(right.elements) else None
        return None


class _Getter:
    """Follows one getter."""

    def __init__(self, walk: _Walk, owner: ClassValue, place: int) -> None:
        self._walk = walk
        self._owner = owner
        self._place = place
        self._returned: list[bool] = []
        self._super: bool | None = None

    def returns_shared(self, body: syntax.Block) -> bool:
        self._block(body, _Names())
        return bool(self._returned) and all(self._returned)

    def _block(self, body: syntax.Block, names: _Names) -> bool:
        """Follows statements; whether the next one is reached."""
        return all(self._statement(each, names) for each in body)

    def _statement(self, node: syntax.Statement, names: _Names) -> bool:
        if isinstance(node, syntax.Assign):
            self._assign(node, names)
        elif isinstance(node, syntax.Augment):
            self._augment(node, names)
        elif isinstance(node, syntax.Evaluate):
            self._change(node.value, names)
        elif isinstance(node, syntax.Return):
            self._returned.append(node.value is not None and self._source(node.value, names) is not None)
            return False
        elif isinstance(node, syntax.Raise):
            return False
        elif isinstance(node, syntax.If):
            return self._branch(node, names)
        elif not isinstance(node, (syntax.Jump, syntax.Declare, syntax.Import)):
            names.shared.clear()
            self._returned.append(False)
        return True

    def _branch(self, node: syntax.If, names: _Names) -> bool:
        decided = self._walk.decided(node.test)
        if decided is not None:
            return self._block(node.body if decided else node.orelse, names)
        ways = [(_Names(dict(names.shared)), block) for block in (node.body, node.orelse)]
        ends = [way for way, block in ways if self._block(block, way)]
        for name in list(names.shared):
            if any(name not in way.shared for way in ends):
                del names.shared[name]
        return bool(ends)

    def _assign(self, node: syntax.Assign, names: _Names) -> None:
        source = self._source(node.value, names)
        for target in node.targets:
            for each in syntax.nodes_in(target):
                if isinstance(each, syntax.Name):
                    names.shared.pop(each.name, None)
            if source is not None and isinstance(target, syntax.Name):
                names.shared[target.name] = source

    def _augment(self, node: syntax.Augment, names: _Names) -> None:
        source = self._source(node.target, names)
        if source is not None and node.operator == "+":
            self._walk.found.append(Mutation(self._owner, node, "+=", source))

    def _change(self, node: syntax.Expression, names: _Names) -> None:
        if not isinstance(node, syntax.Call) or not isinstance(node.function, syntax.Attribute):
            return
        source = self._source(node.function.owner, names)
        if source is not None and node.function.name in _CHANGES:
            self._walk.found.append(Mutation(self._owner, node, f"{node.function.name}()", source))

    def _source(self, node: syntax.Expression, names: _Names) -> syntax.Expression | None:
        """Where the expression takes the shared list from; None if it is another one, or may be."""
        if isinstance(node, syntax.Name):
            return names.shared.get(node.name)
        if isinstance(node, syntax.Subscript) and _is_own(node.owner, TABLE):
            return node if _is_own(node.index, "task") or isinstance(node.index, syntax.Text) else None
        is_super = isinstance(node, syntax.Attribute) and node.name == "outputs" and _is_super(node.owner)
        return node if is_super and self._super_is_shared() else None

    def _super_is_shared(self) -> bool:
        if self._super is None:
            self._super = self._walk.hands_out_shared(self._place + 1)
        return self._super


def _is_own(node: syntax.Expression, attribute: str) -> bool:
    return (
        isinstance(node, syntax.Attribute)
        and node.name == attribute
        and isinstance(node.owner, syntax.Name)
        and node.owner.name == "self"
    )


def _is_super(node: syntax.Expression) -> bool:
    return (
        isinstance(node, syntax.Call)
        and isinstance(node.function, syntax.Name)
        and node.function.name == "super"
        and not node.arguments
    )
