"""The base classes of Neuron configs: what they hold and do, which axes they know, each one's modality.

Read from ``optimum/exporters/neuron/{base,config}.py`` of optimum-neuron, and from our own
``neuron_core/configs/{base,modality}.py``, which have the same names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from neuron_config_server.catalog.literals import NotLiteralError, literal
from neuron_config_server.catalog.method_parameters import (
    MethodParameter,
    Scalar,
    parameters_of,
    scalar_value,
)
from neuron_config_server.catalog.normalized_configs import base_names, class_assignments, resolution_order
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources, assigned_value

if TYPE_CHECKING:
    from typing import TypeGuard  # 3.10

_ROOT = "NeuronExportConfig"
_SHAPES = "InputShapesArguments"
_COMMAND = "optimum/commands/export/neuronx.py"
_OWN_ROOTS = tuple(Path(__file__).resolve().parents[2:4])
"""Where neuron_core stands: beside neuron_config_server when installed, one up in the checkout."""

SHAPE_AXES = (
    "batch_size",
    "text_batch_size",
    "image_batch_size",
    "sequence_length",
    "num_beams",
    "num_choices",
    "num_channels",
    "width",
    "height",
    "image_size",
    "patch_size",
    "num_images_per_prompt",
    "audio_sequence_length",
)
"""The axes that ``optimum-cli export neuron`` has flags for (optimum-neuron 0.4.5), in its spelling."""

_FLAGS = {axis: f"--{axis}" for axis in SHAPE_AXES}
_FLAGS_SOURCE = f"optimum-neuron 0.4.5, {_COMMAND}"


@dataclass(frozen=True)
class Modality:
    """What the middle-end base classes have in common with what they wrap."""

    name: str
    normalized_config: str
    """optimum's normalized config class that fits."""
    alias: str
    """The alias of that class which optimum-neuron's own configs use or would."""


TEXT = Modality("text encoder", "NormalizedTextConfig", "bert")
VISION = Modality("vision", "NormalizedVisionConfig", "vit")

_MODALITIES: dict[str, Modality | None] = {
    "NeuronExportConfig": None,
    "NeuronDefaultConfig": None,
    "TextEncoderNeuronConfig": TEXT,
    "VisionNeuronConfig": VISION,
    "TextAndVisionNeuronConfig": None,
    "AudioNeuronConfig": None,
    "TextSeq2SeqNeuronConfig": None,
}
"""Written by hand: no source says which normalized config suits a base. Tests hold the names against the
sources.
"""


def are_plain_bases(dotted_names: Iterable[str]) -> bool:
    """Whether all are bases of the first two levels, which name no inputs and wrap no model of their own."""
    return all(name.rpartition(".")[2] in _MODALITIES for name in dotted_names)


def modality_of(dotted_names: Iterable[str]) -> Modality | None:
    """The modality that the bases say; None if they say none or several."""
    found = {
        modality
        for name in dotted_names
        if (modality := _MODALITIES.get(name.rpartition(".")[2])) is not None
    }
    return found.pop() if len(found) == 1 else None


class Dialect(str, Enum):
    """The package that a config class is written on."""

    OPTIMUM_NEURON = "optimum.exporters.neuron"
    NEURON_CORE = "neuron_core.configs"


_MODULES = {
    Dialect.OPTIMUM_NEURON: ("optimum.exporters.neuron.base", "optimum.exporters.neuron.config"),
    Dialect.NEURON_CORE: ("neuron_core.configs.base", "neuron_core.configs.modality"),
}
_SHAPES_MODULES = {
    Dialect.OPTIMUM_NEURON: "optimum.neuron.utils.argument_utils",
    Dialect.NEURON_CORE: "neuron_core.configs.base",
}


class MemberKind(str, Enum):
    """How a function stands in a class."""

    PROPERTY = "property"
    METHOD = "method"
    CLASS_METHOD = "class method"
    STATIC_METHOD = "static method"


@dataclass(frozen=True)
class InputArg:
    """An entry of INPUT_ARGS: an axis that must have a size."""

    axis: str
    tasks: tuple[str, ...]
    """The tasks that need it; empty: all."""


@dataclass(frozen=True)
class ClassAttribute:
    """What a class body assigns."""

    name: str
    owner: str
    """The class that assigns it."""
    file: Path
    line: int
    """From 1."""
    source: str
    """The expression."""
    value: Scalar
    value_known: bool
    """False if the value is no constant; the source tells then."""


@dataclass(frozen=True)
class Member:
    """A property or a method."""

    name: str
    kind: MemberKind
    owner: str
    """The class that defines it."""
    file: Path
    line: int
    """Of the ``def``, from 1."""
    parameters: tuple[MethodParameter, ...]
    """``self`` or ``cls`` left out."""
    is_abstract: bool
    can_be_set: bool
    """A property with a setter."""


@dataclass(frozen=True)
class NeuronBase:
    """A base class of Neuron configs, with what it inherits."""

    name: str
    module: str
    """Dotted."""
    file: Path
    line: int
    """From 1."""
    bases: tuple[str, ...]
    """As written."""
    ancestors: tuple[str, ...]
    """Names in the order in which Python looks attributes up, its own first."""
    attributes: Mapping[str, ClassAttribute]
    input_args: tuple[InputArg, ...] | None
    """INPUT_ARGS; None if they can't be told, or if the class (a mixin) has none."""
    generators: tuple[str, ...] | None
    """Names in DUMMY_INPUT_GENERATOR_CLASSES; None as above."""
    common_outputs: Mapping[str, tuple[str, ...]] | None
    """Task -> outputs, where ``outputs`` isn't overridden; None as above."""
    members: Mapping[str, Member]
    instance_attributes: tuple[str, ...]
    """What ``__init__`` sets, sorted."""
    complete: bool
    """False if a base isn't found: there may be more attributes and members than these."""

    def input_args_for(self, task: str) -> tuple[str, ...] | None:
        """The axes that a task needs, in declared order; None if that can't be told."""
        if self.input_args is None:
            return None
        return tuple(entry.axis for entry in self.input_args if not entry.tasks or task in entry.tasks)


@dataclass(frozen=True)
class ShapeAxis:
    """A field of InputShapesArguments."""

    name: str
    annotation: str
    line: int
    """From 1."""
    known_to_instance: bool
    """Whether a config has it as an attribute; one that isn't never reaches a dummy input generator."""
    from_model_config: bool
    """Whether the model config's attribute of the same name stands in where no size is given."""
    flag: str | None
    """The option of ``optimum-cli export neuron`` that sets it; None if there is none."""


@dataclass(frozen=True)
class NeuronBases:
    """The base classes of one dialect."""

    dialect: Dialect
    classes: Mapping[str, NeuronBase]
    """By name."""
    axes: Mapping[str, ShapeAxis] | None
    """By name; None if they can't be told."""
    axes_file: Path | None
    flags_source: str | None
    """Where the flags are from; None if they can't be told."""


def read_neuron_bases(dialect: Dialect, roots: Sequence[Path], sources: Sources) -> NeuronBases | None:
    """The base classes of a dialect; None if its package isn't found.

    Args:
        roots: folders that packages are found in. neuron_core is looked for beside this server first.
    """
    roots = (*_OWN_ROOTS, *roots) if dialect is Dialect.NEURON_CORE else roots
    modules = {name: _module(name, roots, sources) for name in _MODULES[dialect]}
    found = {name: module for name, module in modules.items() if module is not None}
    if not found:
        return None
    shapes = _module(_SHAPES_MODULES[dialect], roots, sources)
    fields = _fields(shapes)
    copied = _copied_axes(found.values(), fields)
    flags, flags_source = _flags(roots, sources)
    return NeuronBases(
        dialect=dialect,
        classes={class_.name: class_ for class_ in _Reader(found, sources, copied).classes()},
        axes=_axes(fields, copied, flags) if copied is not None and fields else None,
        axes_file=shapes.path if shapes is not None and fields else None,
        flags_source=flags_source,
    )


def _module(dotted: str, roots: Sequence[Path], sources: Sources) -> ModuleSource | None:
    parts = dotted.split(".")
    paths = (root.joinpath(*parts[:-1], f"{parts[-1]}.py") for root in roots)
    return next((sources.module(path) for path in paths if path.is_file()), None)


@dataclass(frozen=True)
class _CopiedAxes:
    """The axes that ``NeuronDefaultConfig.__init__`` sets on an instance, in a loop."""

    names: tuple[str, ...]
    from_model_config: frozenset[str]


class _Reader:
    """Reads the classes of a dialect's modules."""

    def __init__(
        self, modules: Mapping[str, ModuleSource], sources: Sources, copied: _CopiedAxes | None
    ) -> None:
        self._modules = modules
        self._sources = sources
        self._copied = copied

    def classes(self) -> Iterator[NeuronBase]:
        for dotted, module in self._modules.items():
            for node in module.classes.values():
                order, complete = resolution_order(ClassSource(module, node), self._bases)
                is_mixin = not node.bases and node.name.endswith("NeuronConfig")
                if is_mixin or any(class_.node.name == _ROOT for class_ in order):
                    yield self._read(dotted, order, complete)

    def _bases(self, class_: ClassSource) -> list[ClassSource | None]:
        return [self._class_named(class_.module, name) for name in base_names(class_.node)]

    def _class_named(self, module: ModuleSource, name: str) -> ClassSource | None:
        """The modules at hand come first: an environment may hold another version of them."""
        statement, imported = module.imports.get(name, (None, name))
        at_hand = self._modules.get(statement.module or "") if statement is not None else None
        if at_hand is not None and imported in at_hand.classes:
            return ClassSource(at_hand, at_hand.classes[imported])
        return self._sources.class_named(module, name)

    def _read(self, dotted: str, order: Sequence[ClassSource], complete: bool) -> NeuronBase:
        class_ = order[0]
        attributes = {
            attribute.name: attribute for each in reversed(order) for attribute in _attributes(each)
        }
        return NeuronBase(
            name=class_.node.name,
            module=dotted,
            file=class_.module.path,
            line=class_.node.lineno,
            bases=tuple(ast.unparse(base) for base in class_.node.bases),
            ancestors=tuple(each.node.name for each in order),
            attributes=attributes,
            input_args=_input_args(attributes.get("INPUT_ARGS")),
            generators=_class_names(attributes.get("DUMMY_INPUT_GENERATOR_CLASSES")),
            common_outputs=_outputs(attributes.get("_TASK_TO_COMMON_OUTPUTS")),
            members={member.name: member for each in reversed(order) for member in _members(each)},
            instance_attributes=tuple(sorted(self._instance_attributes(order))),
            complete=complete,
        )

    def _instance_attributes(self, order: Sequence[ClassSource]) -> set[str]:
        """What ``__init__`` sets, with what the setters of properties set that it assigns."""
        inits = (_function(each.node, "__init__") for each in order)
        init = next((found for found in inits if found is not None), None)
        if init is None:
            return set()
        found = _set_on_self(init)
        setters = {node.name: node for each in reversed(order) for node in each.node.body if _is_setter(node)}
        for name in found & setters.keys():
            found = (found - {name}) | _set_on_self(setters[name])
        return found | set(self._copied.names if self._copied is not None and _looped_over(init) else ())


def _function(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    found = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == name]
    return found[-1] if found else None


def _is_setter(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(each, ast.Attribute) and each.attr == "setter" for each in node.decorator_list
    )


def _set_on_self(function: ast.FunctionDef) -> set[str]:
    """The attributes that ``self.name = …`` and ``setattr(self, "name", …)`` set anywhere in a method."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            found.add(node.attr)
        elif _is_setattr(node) and isinstance(node.args[1], ast.Constant):
            found.add(str(node.args[1].value))
    return found


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_setattr(node: ast.AST) -> TypeGuard[ast.Call]:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr"
    return is_call and len(node.args) == 3 and _is_self(node.args[0])


# Class attributes


def _attributes(class_: ClassSource) -> Iterator[ClassAttribute]:
    for name, node in class_assignments(class_.node):
        value, known = scalar_value(node, class_.module)
        yield ClassAttribute(
            name=name,
            owner=class_.node.name,
            file=class_.module.path,
            line=node.lineno if node is not None else class_.node.lineno,
            source=ast.unparse(node) if node is not None else "",
            value=value,
            value_known=known,
        )


def _input_args(attribute: ClassAttribute | None) -> tuple[InputArg, ...] | None:
    entries = _literal(attribute)
    if not isinstance(entries, tuple):
        return None
    parsed = [_input_arg(entry) for entry in entries]
    return None if None in parsed else tuple(entry for entry in parsed if entry is not None)


def _input_arg(entry: object) -> InputArg | None:
    if isinstance(entry, str):
        return InputArg(entry, ())
    if not isinstance(entry, tuple) or len(entry) != 2 or not isinstance(entry[1], str):
        return None
    tasks = (entry[0],) if isinstance(entry[0], str) else entry[0]
    is_names = isinstance(tasks, tuple) and all(isinstance(task, str) for task in tasks)
    return InputArg(entry[1], tuple(str(task) for task in tasks)) if is_names else None


def _class_names(attribute: ClassAttribute | None) -> tuple[str, ...] | None:
    node = _expression(attribute)
    is_names = isinstance(node, ast.Tuple) and all(
        isinstance(item, (ast.Name, ast.Attribute)) for item in node.elts
    )
    return tuple(ast.unparse(item) for item in node.elts) if is_names else None


def _outputs(attribute: ClassAttribute | None) -> Mapping[str, tuple[str, ...]] | None:
    table = _literal(attribute)
    if not isinstance(table, dict) or not all(isinstance(names, (list, tuple)) for names in table.values()):
        return None
    return {str(task): tuple(str(name) for name in names) for task, names in table.items()}


def _literal(attribute: ClassAttribute | None) -> object:
    node = _expression(attribute)
    if node is None or any(isinstance(each, ast.Dict) and None in each.keys for each in ast.walk(node)):
        return None  # with **others in it, it isn't all that there is
    try:
        return literal(node)
    except NotLiteralError:
        return None


def _expression(attribute: ClassAttribute | None) -> ast.expr | None:
    return (
        ast.parse(attribute.source, mode="eval").body if attribute is not None and attribute.source else None
    )


# Properties and methods


def _members(class_: ClassSource) -> Iterator[Member]:
    setters = {node.name for node in class_.node.body if _is_setter(node)}
    for node in class_.node.body:
        if isinstance(node, ast.FunctionDef) and not _is_setter(node):
            decorators = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
            yield Member(
                name=node.name,
                kind=next((kind for name, kind in _KINDS.items() if name in decorators), MemberKind.METHOD),
                owner=class_.node.name,
                file=class_.module.path,
                line=node.lineno,
                parameters=tuple(parameters_of(node, class_.module)),
                is_abstract="abstractmethod" in decorators,
                can_be_set=node.name in setters,
            )


_KINDS = {
    "property": MemberKind.PROPERTY,
    "cached_property": MemberKind.PROPERTY,
    "classmethod": MemberKind.CLASS_METHOD,
    "staticmethod": MemberKind.STATIC_METHOD,
}


# Axes


def _fields(module: ModuleSource | None) -> dict[str, ast.AnnAssign]:
    """The fields of InputShapesArguments."""
    node = module.classes.get(_SHAPES) if module is not None else None
    return {
        each.target.id: each
        for each in (node.body if node is not None else ())
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }


def _axes(
    fields: Mapping[str, ast.AnnAssign], copied: _CopiedAxes, flags: Mapping[str, str]
) -> Mapping[str, ShapeAxis]:
    return {
        name: ShapeAxis(
            name=name,
            annotation=ast.unparse(node.annotation),
            line=node.lineno,
            known_to_instance=name in copied.names,
            from_model_config=name in copied.from_model_config,
            flag=flags.get(name),
        )
        for name, node in fields.items()
    }


def _copied_axes(modules: Iterable[ModuleSource], fields: Iterable[str]) -> _CopiedAxes | None:
    """Followed in two forms: a dictionary in ``__init__``, and a function of the module that makes it."""
    for module in modules:
        node = module.classes.get("NeuronDefaultConfig")
        init = _function(node, "__init__") if node is not None else None
        table = assigned_value(init.body, _looped_over(init)) if init is not None else None
        if isinstance(table, ast.Dict):
            return _copied_from_literal(table)
        if isinstance(table, ast.Call) and isinstance(table.func, ast.Name):
            return _copied_from_fields(table.func.id, module, tuple(fields))
    return None


def _looped_over(init: ast.FunctionDef) -> str:
    """The name of the dictionary whose items a loop gives to ``setattr``."""
    for loop in ast.walk(init):
        if isinstance(loop, ast.For) and any(_is_setattr(node) for node in ast.walk(loop)):
            return ast.unparse(loop.iter).removesuffix(".items()")
    return ""


def _copied_from_literal(table: ast.Dict) -> _CopiedAxes | None:
    if not all(isinstance(key, ast.Constant) for key in table.keys):
        return None
    axes = {
        str(key.value): value for key, value in zip(table.keys, table.values) if isinstance(key, ast.Constant)
    }
    fallen_back = (
        axis for axis, value in axes.items() if f"getattr(self._config, '{axis}'" in ast.unparse(value)
    )
    return _CopiedAxes(tuple(axes), frozenset(fallen_back))


def _copied_from_fields(function: str, module: ModuleSource, fields: tuple[str, ...]) -> _CopiedAxes | None:
    """``{field.name: … for field in fields(shapes)}``, then ``for axis in AXES: … getattr(config, axis)``."""
    found = [
        node for node in module.statements if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    nodes = list(ast.walk(found[-1])) if found else []
    if not any(isinstance(node, ast.DictComp) and _is_over_fields(node) for node in nodes):
        return None
    fallen_back = [
        _literal_strings(module.value(loop.iter.id))
        for loop in nodes
        if isinstance(loop, ast.For)
        and isinstance(loop.iter, ast.Name)
        and f"getattr(config, {ast.unparse(loop.target)}" in ast.unparse(loop)
    ]
    return _CopiedAxes(fields, frozenset(axis for axes in fallen_back for axis in axes))


def _is_over_fields(node: ast.DictComp) -> bool:
    over = node.generators[0].iter
    return isinstance(over, ast.Call) and ast.unparse(over.func) == "fields" and not node.generators[0].ifs


def _literal_strings(node: ast.expr | None) -> tuple[str, ...]:
    items = node.elts if isinstance(node, (ast.Tuple, ast.List)) else ()
    return tuple(str(item.value) for item in items if isinstance(item, ast.Constant))


# Options of the command


def _flags(roots: Sequence[Path], sources: Sources) -> tuple[Mapping[str, str], str | None]:
    """Axis -> option, and where that is from."""
    path = next((file for root in roots if (file := root / _COMMAND).is_file()), None)
    if path is None:
        return _FLAGS, _FLAGS_SOURCE
    module = sources.module(path)
    calls = [node for each in module.statements for node in ast.walk(each)] if module is not None else []
    flags = dict(flag for node in calls if (flag := _flag(node)) is not None)
    return flags, str(path) if flags else None


def _flag(node: ast.AST) -> tuple[str, str] | None:
    """What ``add_argument("--name", …)`` sets, and the option."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    options = [each.value for each in node.args if isinstance(each, ast.Constant)]
    named = [str(option) for option in options if str(option).startswith("--")]
    if node.func.attr != "add_argument" or not named:
        return None
    given = [each.value for each in node.keywords if each.arg == "dest"]
    dest = given[0].value if given and isinstance(given[0], ast.Constant) else named[0][2:].replace("-", "_")
    return str(dest), named[0]
