"""Which output dataclass a model's ``forward`` returns, and which of its fields a plain call fills.

The first half reads classes. The second half follows what ``forward`` computes (class ``_Reader``): an
abstract interpreter that knows of a value only whether it is None, a tensor, an output, or a module whose
source is found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Union

from neuron_config_server.catalog.parameter_docs import (
    docstring_texts,
    documented_names,
    shared_texts,
    uses_auto_docstring,
)
from neuron_config_server.catalog.source import ClassSource, Function, ModuleSource, Sources


class Returned(str, Enum):
    """Whether a call with default flags (no labels, no attentions, hidden states or cache) fills a field."""

    YES = "yes"
    """With a tensor."""
    NO = "no"
    """It is None, and so left out of the tuple that a traced model returns."""
    UNKNOWN = "unknown"
    """It depends on the model's config or on the inputs, it is no single tensor, or it can't be followed."""


class Evidence(str, Enum):
    """How the output class is known."""

    CONSTRUCTED = "constructed"
    """The body was followed to each ``return``, and constructs it."""
    ANNOTATED = "annotated"
    """The return annotation names it, and nothing that was followed speaks against it."""


@dataclass(frozen=True)
class OutputField:
    """A field of an output dataclass."""

    name: str
    annotation: str
    default: str | None
    """Source of the default; None where there is none."""
    doc: str | None
    """One paragraph; None where the library documents nothing."""
    nested: str | None
    """The output dataclass that the field holds, by its annotation; None where it holds anything else."""
    returned: Returned


@dataclass(frozen=True)
class ModelOutputs:
    """What the ``forward`` of a model class returns."""

    model_class: str
    output_class: str
    file: Path
    """Where the output class is defined."""
    line: int
    """Of its ``class``, from 1."""
    evidence: Evidence
    """An annotation alone is wrong for about one class of thirty (transformers 4.57 and 5.23)."""
    fields: tuple[OutputField, ...]
    """In the order of the tuple that it turns into, inherited ones included."""


def read_model_outputs(class_: ClassSource, sources: Sources) -> ModelOutputs | None:
    """The output dataclass of a model class; None if it returns something else or it can't be told.

    What the body constructs is believed before the return annotation, which may name another class
    (``AlbertForMultipleChoice`` in transformers 5.23).
    """
    method = _find_method(class_, "forward", sources)
    if method is None:
        return None
    annotated = _annotated_output(method, sources)
    returned = _Reader(sources).plain_call(class_)
    constructed = {value.class_ for value in returned if isinstance(value, _Output)}
    followed = bool(returned) and all(isinstance(value, _Output) for value in returned)
    output_class = _agreed(annotated, constructed, followed, sources)
    if output_class is None:
        return None
    is_constructed = followed and len(constructed) == 1
    decided = _joined(returned) if is_constructed else _UNKNOWN
    return ModelOutputs(
        model_class=class_.node.name,
        output_class=output_class.node.name,
        file=output_class.module.path,
        line=output_class.node.lineno,
        evidence=Evidence.CONSTRUCTED if is_constructed else Evidence.ANNOTATED,
        fields=tuple(_fields(output_class, decided, sources)),
    )


def _agreed(
    annotated: ClassSource | None, constructed: set[ClassSource], followed: bool, sources: Sources
) -> ClassSource | None:
    if followed and len(constructed) == 1:
        return next(iter(constructed))
    if annotated is None:
        return None
    fitting = all(annotated in _ancestry(each, sources) for each in constructed)
    return annotated if fitting else None


# Classes: where they are, what they inherit, the fields of dataclasses.

_ROOTS = {
    "ModelOutput",
    "PreTrainedModel",
    "GenerationMixin",
    "nn.Module",
    "torch.nn.Module",
    "object",
    "ABC",
}
"""Bases that define neither fields nor a ``forward`` of their own; their files are large."""
_MODELING = re.compile(r"(^|\.)(modeling_\w+|backbone_utils)$")
_NOT_MODELS = re.compile(r"(^|\.)modeling_(auto|\w*utils)$")


def _class_named(module: ModuleSource, name: str, sources: Sources) -> ClassSource | None:
    """A class of the file, or of another modeling file: others are not worth parsing."""
    if name in module.classes:
        return ClassSource(module, module.classes[name])
    alias = module.value(name) if name not in module.imports and name.isidentifier() else None
    if isinstance(alias, ast.Name) and alias.id in (*module.classes, *module.imports):
        return _class_named(module, alias.id, sources)
    statement, _ = module.imports.get(name, (None, ""))
    origin = (statement.module or "") if statement is not None else ""
    is_modeling = _MODELING.search(origin) and not _NOT_MODELS.search(origin)
    is_output = name.endswith("Output") and statement is not None and statement.level > 0
    return sources.class_named(module, name) if is_modeling or is_output else None


def _bases(class_: ClassSource, sources: Sources) -> list[ClassSource]:
    names = [ast.unparse(base) for base in class_.node.bases]
    found = (_class_named(class_.module, name, sources) for name in names if name not in _ROOTS)
    return [base for base in found if base is not None]


def _ancestry(class_: ClassSource, sources: Sources, below: tuple[str, ...] = ()) -> list[ClassSource]:
    """The class and its bases in the order of the MRO: a base stands behind all that inherit it."""
    found = [class_]
    for base in _bases(class_, sources) if class_.node.name not in below else ():
        inherited = _ancestry(base, sources, (*below, class_.node.name))
        found = [each for each in found if each not in inherited] + inherited
    return found


def _is_output(class_: ClassSource, sources: Sources) -> bool:
    return any(
        ast.unparse(base) == "ModelOutput" for each in _ancestry(class_, sources) for base in each.node.bases
    )


@dataclass(frozen=True)
class _Method:
    owner: ClassSource
    function: Function


def _find_method(
    class_: ClassSource, name: str, sources: Sources, behind: ClassSource | None = None
) -> _Method | None:
    """The method of that name that an instance has, or that ``super()`` means in a class of its ancestry."""
    ancestry = _ancestry(class_, sources)
    if behind is not None:
        ancestry = ancestry[ancestry.index(behind) + 1 :] if behind in ancestry else []
    for owner in ancestry:
        for item in reversed(owner.node.body):
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name == name:
                return _Method(owner, item)
    return None


def _annotated_output(method: _Method, sources: Sources) -> ClassSource | None:
    """The one output dataclass that the return annotation names."""
    found = set(_outputs_named(method.function.returns, method.owner.module, sources))
    return found.pop() if len(found) == 1 else None


def _outputs_named(
    annotation: ast.expr | None, module: ModuleSource, sources: Sources
) -> Iterator[ClassSource]:
    """Output dataclasses that are members of a union, ``Optional[…]`` or quoted annotation."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return
    if isinstance(annotation, ast.Name):
        class_ = _class_named(module, annotation.id, sources)
        if class_ is not None and _is_output(class_, sources):
            yield class_
    for member in _members(annotation):
        yield from _outputs_named(member, module, sources)


def _members(annotation: ast.expr | None) -> Sequence[ast.expr]:
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return (annotation.left, annotation.right)
    if isinstance(annotation, ast.Subscript):
        kind = ast.unparse(annotation.value).rsplit(".", 1)[-1]
        inner = annotation.slice
        if kind in ("Union", "Optional"):
            return inner.elts if isinstance(inner, ast.Tuple) else (inner,)
    return ()


def _fields(output_class: ClassSource, decided: _Value, sources: Sources) -> Iterator[OutputField]:
    docs = _field_docs(output_class, sources)
    for name, (owner, item) in _field_items(output_class, sources).items():
        nested = next(_outputs_named(item.annotation, owner.module, sources), None)
        value = decided.of(name) if isinstance(decided, _Output) else _UNKNOWN
        yield OutputField(
            name=name,
            annotation=ast.unparse(item.annotation),
            default=ast.unparse(item.value) if item.value is not None else None,
            doc=docs.get(name),
            nested=nested.node.name if nested is not None else None,
            returned=_verdict(value),
        )


def _field_items(output_class: ClassSource, sources: Sources) -> dict[str, tuple[ClassSource, ast.AnnAssign]]:
    """Fields in dataclass order: those of bases first, and a redefined one keeps its place."""
    found: dict[str, tuple[ClassSource, ast.AnnAssign]] = {}
    for owner in reversed(_ancestry(output_class, sources)):
        if {"dataclass", "dataclasses.dataclass"} & _decorators(owner.node):
            found.update({name: (owner, item) for name, item in _own_fields(owner.node)})
    return found


def _own_fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.AnnAssign]]:
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            is_field = "ClassVar" not in ast.unparse(item.annotation)
            yield from [(item.target.id, item)] if is_field else []


def _field_docs(output_class: ClassSource, sources: Sources) -> Mapping[str, str]:
    ancestry = _ancestry(output_class, sources)
    documented: dict[str, str] = {}
    if any(uses_auto_docstring(owner.node) for owner in ancestry):
        documented.update(shared_texts(output_class.module, "ModelOutputArgs"))
    for owner in reversed(ancestry):
        for text in docstring_texts(owner.module, owner.node):
            documented.update(documented_names(text))
    return documented


# Values that the interpreter tells apart.


class _Opaque(Enum):
    UNKNOWN = "anything"
    SOMETHING = "anything but None"
    TENSOR = "a tensor"
    MAYBE_TENSOR = "a tensor or None"
    TENSORS = "a tuple of tensors"
    TENSOR_MODULE = "a module or function of torch that returns a tensor"
    IDENTITY = "a module that returns its input"


_UNKNOWN, _SOMETHING = _Opaque.UNKNOWN, _Opaque.SOMETHING
_TENSOR, _MAYBE_TENSOR, _TENSORS = _Opaque.TENSOR, _Opaque.MAYBE_TENSOR, _Opaque.TENSORS
_TENSOR_MODULE, _IDENTITY = _Opaque.TENSOR_MODULE, _Opaque.IDENTITY


@dataclass(frozen=True)
class _Constant:
    value: Union[bool, int, str, None]
    kind: str = ""
    """The value's type: True and 1 are equal, but not the same constant."""


def _constant(value: bool | int | str | None) -> _Constant:
    return _Constant(value, type(value).__name__)


_NONE, _TRUE, _FALSE = _constant(None), _constant(True), _constant(False)


@dataclass(frozen=True)
class _Tuple:
    items: tuple[_Value, ...]
    is_whole: bool = True
    """Whether that is all of it; else anything may follow."""


@dataclass(frozen=True)
class _Output:
    """An instance of an output dataclass."""

    class_: ClassSource
    fields: tuple[tuple[str, _Value], ...]

    def of(self, name: str) -> _Value:
        return dict(self.fields).get(name, _UNKNOWN)

    def with_field(self, name: str, value: _Value) -> _Output:
        return replace(
            self, fields=tuple((each, value if each == name else old) for each, old in self.fields)
        )

    def as_tuple(self) -> _Tuple:
        """The fields that aren't None, up to the first of which that can't be told."""
        found: list[_Value] = []
        for _, value in self.fields:
            if _is_none(value) is None:
                return _Tuple(tuple(found), is_whole=False)
            if not _is_none(value):
                found.append(value)
        return _Tuple(tuple(found))


@dataclass(frozen=True)
class _Instance:
    """A module whose class is found in source."""

    class_: ClassSource
    arguments: _Arguments


@dataclass(frozen=True)
class _List:
    """A list or ModuleList, of any length."""

    element: _Value | None
    """What each of its elements is; None if it is empty."""

    def with_element(self, value: _Value) -> _List:
        return _List(value if self.element is None else _join(self.element, value))


@dataclass(frozen=True)
class _Chain:
    """A Sequential: modules, and lists of modules, that are called one after another."""

    links: tuple[_Value, ...]


@dataclass(frozen=True)
class _Class:
    """A class of the same file, that isn't called yet."""

    class_: ClassSource


@dataclass(frozen=True)
class _Choice:
    """One of several modules or classes: ``Pooler(config) if config.pool else None``."""

    options: tuple[_Value, ...]


@dataclass(frozen=True)
class _Bound:
    """A method, or ``super()``'s."""

    self: _Instance
    method: _Method


@dataclass(frozen=True)
class _Keywords:
    """What ``**kwargs`` holds; ``is_open`` where whoever calls the model may have added more."""

    items: tuple[tuple[str, _Value], ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class _Arguments:
    """Of a call; None for positional ones behind a ``*``, for keywords of a ``**`` that isn't followed."""

    positional: tuple[_Value, ...] | None = ()
    keywords: _Keywords | None = _Keywords()


_Value = Union[
    _Opaque, _Constant, _Tuple, _Output, _Instance, _List, _Chain, _Class, _Choice, _Bound, _Keywords
]


def _verdict(value: _Value) -> Returned:
    if value is _TENSOR:
        return Returned.YES
    return Returned.NO if value == _NONE else Returned.UNKNOWN


def _is_none(value: _Value) -> bool | None:
    """Whether the value is None; None if that can't be told."""
    if value in (_UNKNOWN, _MAYBE_TENSOR) or (isinstance(value, _Choice) and _NONE in value.options):
        return None
    return value == _NONE


def _truth(value: _Value) -> bool | None:
    """What ``bool`` makes of the value; None if that can't be told."""
    if isinstance(value, _Constant):
        return bool(value.value)
    if isinstance(value, _Tuple):
        return bool(value.items) if value.items or value.is_whole else None
    return True if isinstance(value, (_Instance, _Bound)) or value is _TENSOR_MODULE else None


def _join(one: _Value, other: _Value) -> _Value:
    """What is true of both values."""
    if one == other:
        return one
    if isinstance(one, _Output) and isinstance(other, _Output) and one.class_ == other.class_:
        return replace(one, fields=tuple((name, _join(value, other.of(name))) for name, value in one.fields))
    if isinstance(one, _Tuple) and isinstance(other, _Tuple):
        is_whole = one.is_whole and other.is_whole and len(one.items) == len(other.items)
        return _Tuple(tuple(_join(*pair) for pair in zip(one.items, other.items)), is_whole)
    if isinstance(one, _List) and isinstance(other, _List):
        return (
            one
            if other.element is None
            else other
            if one.element is None
            else one.with_element(other.element)
        )
    if {one, other} <= {_TENSOR, _MAYBE_TENSOR, _NONE}:
        return _MAYBE_TENSOR
    options = tuple(dict.fromkeys([*_options(one), *_options(other)]))
    if len(options) <= _MOST_OPTIONS and all(map(_is_called, options)) and set(options) != {_NONE}:
        return _Choice(options)
    return _SOMETHING if _is_none(one) is False and _is_none(other) is False else _UNKNOWN


_MOST_OPTIONS = 6


def _options(value: _Value) -> tuple[_Value, ...]:
    return value.options if isinstance(value, _Choice) else (value,)


def _is_called(value: _Value) -> bool:
    """Whether the value is of use only where it is called, or is None instead."""
    is_module = isinstance(value, (_Instance, _Chain, _Class, _Bound))
    return is_module or value in (_TENSOR_MODULE, _IDENTITY, _NONE)


def _joined(values: Sequence[_Value]) -> _Value:
    result = values[0] if values else _NONE
    for value in values[1:]:
        result = _join(result, value)
    return result


# What a plain call is.

_FLAGS = {
    "output_attentions": _FALSE,
    "output_hidden_states": _FALSE,
    "use_cache": _FALSE,
    "return_dict": _TRUE,
    "use_return_dict": _TRUE,
    "return_loss": _FALSE,
}
_ABSENT = {"past_key_values", "past_key_value", "encoder_outputs", "cache_params", "mems"}
"""Inputs that are no single tensor, which a plain call doesn't pass."""
_LABELS = re.compile(r"(^|(?<!input)_)labels?(_|$)|^(start|end)_positions$")
"""``input_labels`` of SAM are inputs."""
_TENSOR_ANNOTATION = re.compile(r"(Optional\[)?(torch\.)?\w*Tensor\]?( \| None)?")


def _as_called(name: str, default: _Value | None, annotation: ast.expr | None) -> _Value:
    """The value of a parameter in a plain call: any tensor may be passed, no flag and no labels are."""
    if name in _FLAGS:
        # FLAVA's output_hidden_states and UDOP's use_cache are on unless the caller says otherwise.
        return default if default == _TRUE else _FLAGS[name]
    if name in _ABSENT or (_LABELS.search(name) and default == _NONE):
        return _NONE
    if isinstance(default, _Constant) and default != _NONE:
        return default
    if annotation is None or not _TENSOR_ANNOTATION.fullmatch(ast.unparse(annotation)):
        return _UNKNOWN
    return _TENSOR if default is None else _MAYBE_TENSOR


# torch: functions and methods whose result is one tensor, whatever their arguments are.

_TENSOR_FUNCTIONS = re.compile(
    r"abs|adaptive_avg_pool1d|adaptive_avg_pool2d|add|addmm|amax|amin|arange|argmax|argmin|as_tensor|atan2|"
    r"avg_pool1d|avg_pool2d|avg_pool3d|baddbmm|batch_norm|bitwise_and|bitwise_or|bmm|cat|cdist|ceil|clamp|"
    r"clone|complex|concat|conv1d|conv2d|conv3d|conv_transpose1d|cos|cumprod|cumsum|diff|div|dropout|"
    r"einsum|elu|embedding|empty|empty_like|eq|erf|exp|eye|flatten|flip|fliplr|floor|floor_divide|"
    r"from_numpy|full|full_like|gather|ge|gelu|glu|grid_sample|group_norm|gt|hardswish|hstack|index_select|"
    r"interpolate|isin|layer_norm|le|leaky_relu|linear|linspace|log|log2|log_softmax|logical_and|"
    r"logical_not|logical_or|logsigmoid|logsumexp|lt|masked_fill|matmul|maximum|mean|minimum|mish|mm|"
    r"movedim|mul|multinomial|nan_to_num|ne|normal|normalize|one_hot|ones|ones_like|outer|pad|permute|"
    r"pixel_shuffle|polar|pow|prod|rand|rand_like|randint|randn|randn_like|relu|relu6|repeat_interleave|"
    r"reshape|rms_norm|roll|rsqrt|scaled_dot_product_attention|scatter|sigmoid|sign|silu|sin|softmax|"
    r"softplus|sqrt|square|squeeze|stack|sub|sum|swapaxes|tanh|tensor|tile|transpose|tril|triu|unfold|"
    r"unsqueeze|view_as_complex|view_as_real|vstack|zeros|zeros_like"
)
_TENSOR_METHODS = re.compile(
    rf"{_TENSOR_FUNCTIONS.pattern}|"
    r"add_|all|any|argsort|bfloat16|bool|byte|clamp_max|clamp_min|contiguous|copy_|cpu|cuda|detach|"
    r"diagonal|div_|double|expand|expand_as|fill_|float|float_power|half|index_add|index_copy|index_put|"
    r"int|logical_xor|long|masked_fill_|masked_scatter|masked_select|mul_|narrow|neg|new_empty|new_full|"
    r"new_ones|new_tensor|new_zeros|norm|pin_memory|reciprocal|relu_|repeat|requires_grad_|round|scatter_|"
    r"scatter_add|sigmoid_|squeeze_|std|sub_|swapdims|t|to|type_as|unflatten|unsqueeze_|var|view|view_as|"
    r"where|zero_"
)
_TENSORS_FUNCTIONS = re.compile(r"split|chunk|unbind|tensor_split|meshgrid")
_PARAMETERS = {"weight", "bias", "requires_grad", "data"}
"""Attributes of a layer that don't change what kind of value it returns."""
_TENSOR_ATTRIBUTES = frozenset({"T", "mT", "H", "data", "real", "imag"})
_TENSOR_LAYERS = re.compile(
    r"(Linear|Bilinear|Embedding|LayerNorm|RMSNorm|GroupNorm|InstanceNorm\dd|BatchNorm\dd|SyncBatchNorm|Dropout"
    r"(\dd)?|Conv(Transpose)?\dd|(Adaptive)?(Avg|Max)Pool\dd|Tanh|ReLU6?|GELU|SiLU|Sigmoid|Softmax|LogSoftmax|ELU"
    r"|LeakyReLU|GLU|Hardswish|Mish|Softplus|PReLU|Upsample|PixelShuffle|Flatten|Unfold|ZeroPad2d|ReflectionPad\dd"
    r"|ConstantPad\dd|ReplicationPad\dd|EmbeddingBag|Unflatten|Threshold|Hardtanh|Softsign|CELU|SELU)"
)
_TRANSPARENT = {
    "auto_docstring",
    "can_return_tuple",
    "capture_outputs",
    "check_model_inputs",
    "merge_with_config_defaults",
    "filter_output_hidden_states",
    "deprecate_kwarg",
    "add_start_docstrings",
    "add_start_docstrings_to_model_forward",
    "add_code_sample_docstrings",
    "replace_return_docstrings",
    "torch.no_grad",
    "torch.inference_mode",
    "dynamic_rope_update",
    "maybe_autocast",
    "torch.compiler.disable",
    "torch.jit.ignore",
    "torch.jit.unused",
    "staticmethod",
}
"""Decorators that leave the result as it is when no flag is on."""
_FROM_CONFIG = {"vision_feature_layer", "vision_feature_select_strategy", "vision_aspect_ratio"}
"""What merge_with_config_defaults takes from the config, flags apart (5.23, utils/generic.py)."""
_CAPTURING = {"capture_outputs", "check_model_inputs"}
_CAPTURED = ("output_attentions", "output_hidden_states")

_MOST_STEPS = 20_000
"""Statements and calls; T5 needs 2,000."""
_DEEPEST = 24
_ROUNDS = 3
"""Of a loop's body until its variables settle; those that don't become unknown."""

_Names = dict[str, _Value]


class _TooLongError(Exception):
    """The model takes more steps than one question may."""


@dataclass
class _Frame:
    """A call that is being followed."""

    module: ModuleSource
    owner: ClassSource | None
    self: _Instance | None
    returned: list[_Value] = field(default_factory=list)
    is_init: bool = False
    jumps: list[_Names] = field(default_factory=list)
    """Variables at each ``break`` and ``continue`` of the loop."""


class _Reader:
    """Follows calls through the source of a model."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._steps = 0
        self._depth = 0
        self._results: dict[object, tuple[_Value, ...]] = {}
        self._attributes: dict[_Instance, Mapping[str, _Value]] = {}

    def plain_call(self, class_: ClassSource) -> tuple[_Value, ...]:
        """What the model returns: a value per ``return`` that a plain call may come to; empty if unknown."""
        model = _Instance(class_, _Arguments())
        method = _find_method(class_, "forward", self._sources)
        try:
            return self._run(method, model, None) if method is not None else ()
        except (_TooLongError, RecursionError):
            return ()

    # Calls

    def _run(
        self, method: _Method, self_: _Instance | None, arguments: _Arguments | None
    ) -> tuple[_Value, ...]:
        """The values that a function may return; ``arguments`` None is the plain call of a model."""
        key = (method, self_, arguments)
        if key not in self._results:
            self._results[key] = (_UNKNOWN,)  # what a recursive call gets
            self._count()
            self._depth += 1
            if self._depth <= _DEEPEST:
                self._results[key] = self._followed(method, self_, arguments)
            self._depth -= 1
        return self._results[key]

    def _followed(
        self, method: _Method, self_: _Instance | None, arguments: _Arguments | None
    ) -> tuple[_Value, ...]:
        decorators = _decorators(method.function)
        if not decorators <= _TRANSPARENT:
            return (_UNKNOWN,)
        is_static = self_ is None or "staticmethod" in decorators
        frame = _Frame(method.owner.module, method.owner, self_)
        names = self._bound(method.function, is_static, arguments, frame)
        if "filter_output_hidden_states" in decorators:
            names = _with_keyword(names, method.function, "output_hidden_states", _UNKNOWN)
        if "merge_with_config_defaults" in decorators:
            names.update({name: _UNKNOWN for name in _FROM_CONFIG & set(names) if names[name] == _NONE})
        if self._block(method.function.body, names, frame):
            frame.returned.append(_NONE)
        returned = dict.fromkeys(frame.returned)
        return tuple(self._as_decorated(value, decorators, method, arguments) for value in returned)

    def _as_decorated(
        self, value: _Value, decorators: set[str], method: _Method, arguments: _Arguments | None
    ) -> _Value:
        if not isinstance(value, _Output):
            return value
        if "filter_output_hidden_states" in decorators:
            return value.with_field("hidden_states", _NONE)
        if not decorators & _CAPTURING:
            return value
        is_plain = arguments is None or all(_passed(arguments, flag) in (None, _FALSE) for flag in _CAPTURED)
        recorded = _recorded(method.owner)
        for name, filled in value.fields:
            if filled == _NONE and not (is_plain and _is_off(name, recorded)):
                value = value.with_field(name, _UNKNOWN)
        return value

    def _bound(
        self, function: Function, is_static: bool, arguments: _Arguments | None, frame: _Frame
    ) -> _Names:
        parameters = function.args
        positional = [*parameters.posonlyargs, *parameters.args]
        defaults: dict[str, ast.expr | None] = {each.arg: None for each in positional}
        defaults.update(
            zip(list(defaults)[len(positional) - len(parameters.defaults) :], parameters.defaults)
        )
        defaults.update(zip([each.arg for each in parameters.kwonlyargs], parameters.kw_defaults))
        names: _Names = {}
        if not is_static and positional and frame.self is not None:
            names[positional.pop(0).arg] = frame.self
        places = {each.arg: place for place, each in enumerate(positional)}
        for each in [*positional, *parameters.kwonlyargs]:
            source = defaults[each.arg]
            default = self._value(source, {}, frame) if source is not None else None
            names[each.arg] = _argument(each, places.get(each.arg), default, arguments)
        if parameters.vararg is not None:
            names[parameters.vararg.arg] = _SOMETHING
        if parameters.kwarg is not None:
            names[parameters.kwarg.arg] = _left_over(arguments, set(names))
        return names

    def _count(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _TooLongError

    # Statements

    def _block(self, statements: Sequence[ast.stmt], names: _Names, frame: _Frame) -> bool:
        """Follow statements; whether what stands behind them is reached."""
        return all(self._statement(statement, names, frame) for statement in statements)

    def _statement(self, node: ast.stmt, names: _Names, frame: _Frame) -> bool:
        self._count()
        if isinstance(node, ast.Return):
            frame.returned.append(self._value(node.value, names, frame) if node.value is not None else _NONE)
            return False
        if isinstance(node, ast.Raise):
            return False
        if isinstance(node, (ast.Break, ast.Continue)):
            frame.jumps.append(dict(names))
            return False
        if isinstance(node, ast.If):
            return self._branch(node, names, frame)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return self._loop(node, names, frame)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            return self._block(node.body, names, frame)
        if isinstance(node, ast.Try):
            return self._attempt(node, names, frame)
        self._simple(node, names, frame)
        return True

    def _simple(self, node: ast.stmt, names: _Names, frame: _Frame) -> None:
        if isinstance(node, ast.Assign):
            value = self._value(node.value, names, frame)
            for target in node.targets:
                self._assign(target, value, names, frame)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, self._value(node.value, names, frame), names, frame)
        elif isinstance(node, ast.AugAssign):
            combined = ast.BinOp(_as_read(node.target), node.op, node.value)
            self._assign(node.target, self._value(combined, names, frame), names, frame)
        elif isinstance(node, ast.Expr):
            self._value(node.value, names, frame)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = _SOMETHING
        elif not isinstance(node, (ast.Pass, ast.Assert, ast.Global, ast.Nonlocal)):
            self._unfollowed(node, names, frame)

    def _unfollowed(self, node: ast.stmt, names: _Names, frame: _Frame) -> None:
        """``match``, ``del``, imports: whatever they bind or return is unknown."""
        for name in _bound_in([node]):
            names[name] = _UNKNOWN
        if isinstance(node, ast.Delete):
            for target in node.targets:
                self._rebind(target.value if isinstance(target, ast.Subscript) else target, _UNKNOWN, names)
        if any(isinstance(each, ast.Return) for each in ast.walk(node)):
            frame.returned.append(_UNKNOWN)

    def _branch(self, node: ast.If, names: _Names, frame: _Frame) -> bool:
        outcome = _truth(self._value(node.test, names, frame))
        if outcome is not None:
            return self._block(node.body if outcome else node.orelse, names, frame)
        then, otherwise = dict(names), dict(names)
        _learn(node.test, True, then)
        _learn(node.test, False, otherwise)
        ends = [
            each
            for each, body in ((then, node.body), (otherwise, node.orelse))
            if self._block(body, each, frame)
        ]
        _become(names, ends)
        return bool(ends)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, names: _Names, frame: _Frame) -> bool:
        outer, frame.jumps = frame.jumps, []
        for round_ in range(_ROUNDS):
            before, inside = dict(names), dict(names)
            if not isinstance(node, ast.While):
                self._assign(node.target, self._element(node.iter, names, frame), inside, frame)
            ends = [inside] if self._block(node.body, inside, frame) else []
            _become(names, [before, *ends, *frame.jumps])
            if names == before:
                break
            if round_ == _ROUNDS - 1:
                changed = {name for name, value in names.items() if value != before.get(name)}
                names.update(dict.fromkeys(changed, _UNKNOWN))
                self._unfollowed(node, names, frame)
        frame.jumps = outer
        return self._block(node.orelse, names, frame)

    def _attempt(self, node: ast.Try, names: _Names, frame: _Frame) -> bool:
        """Anything that the body binds may or may not be bound where a handler starts."""
        started = dict(names)
        started.update(dict.fromkeys(_bound_in(node.body), _UNKNOWN))
        ends = [names] if self._block([*node.body, *node.orelse], names, frame) else []
        for handler in node.handlers:
            handled = dict(started)
            if self._block(handler.body, handled, frame):
                ends.append(handled)
        _become(names, [dict(end) for end in ends])
        return bool(ends) and self._block(node.finalbody, names, frame)

    def _assign(self, target: ast.expr, value: _Value, names: _Names, frame: _Frame) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for each, item in zip(target.elts, _unpacked(value, target.elts)):
                self._assign(each, item, names, frame)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, _SOMETHING, names, frame)
        elif isinstance(target, (ast.Attribute, ast.Subscript)) and isinstance(target.value, ast.Name):
            self._assign_part(target, target.value.id, value, names, frame)
        elif isinstance(target, ast.Attribute) and target.attr not in _PARAMETERS and value is not _TENSOR:
            self._rebind(target.value, _UNKNOWN, names)  # ``self.encoder.pooler = None``

    def _assign_part(
        self, target: ast.Attribute | ast.Subscript, of: str, value: _Value, names: _Names, frame: _Frame
    ) -> None:
        """``outputs.loss = …``, ``outputs["loss"] = …``, ``self.pooler = …``, ``kwargs["x"] = …``."""
        whole = names.get(of)
        part = target.attr if isinstance(target, ast.Attribute) else _string_in(target.slice)
        if isinstance(whole, _Instance) and isinstance(target, ast.Attribute):
            # Outside __init__ it may have been another one, and another call may come first.
            names[f"{of}.{part}"] = value if frame.is_init else _UNKNOWN
        elif isinstance(whole, _Output) and part is not None:
            names[of] = whole.with_field(part, value)
        elif whole is not None and whole not in (_TENSOR, _MAYBE_TENSOR, _SOMETHING):
            names[of] = _UNKNOWN

    def _element(self, iterated: ast.expr, names: _Names, frame: _Frame) -> _Value:
        """What a loop's variable holds."""
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
            inner = [self._element(each, names, frame) for each in iterated.args if not _is_starred(each)]
            if iterated.func.id == "enumerate" and inner:
                return _Tuple((_SOMETHING, inner[0]))
            if iterated.func.id == "zip" and len(inner) == len(iterated.args):
                return _Tuple(tuple(inner))
        value = self._value(iterated, names, frame)
        if isinstance(value, _Chain):
            return _joined([_link(each) for each in value.links]) if value.links else _UNKNOWN
        if isinstance(value, _List):
            return _link(value)
        if isinstance(value, _Tuple) and value.items and value.is_whole:
            return _joined(value.items)
        return _TENSOR if value in (_TENSOR, _TENSORS) else _UNKNOWN

    # Expressions

    def _value(self, node: ast.expr, names: _Names, frame: _Frame) -> _Value:
        if isinstance(node, ast.Constant):
            value = node.value
            return _constant(value) if isinstance(value, (bool, int, str, type(None))) else _SOMETHING
        if isinstance(node, ast.Name):
            return names[node.id] if node.id in names else _global(node.id, frame.module)
        if isinstance(node, ast.Tuple):
            if any(_is_starred(each) for each in node.elts):
                return _SOMETHING
            return _Tuple(tuple(self._value(each, names, frame) for each in node.elts))
        if isinstance(node, ast.Attribute):
            return self._attribute(node, names, frame)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, names, frame)
        if isinstance(node, ast.Call):
            return self._call(node, names, frame)
        if isinstance(node, ast.IfExp):
            return self._conditional(node, names, frame)
        return self._operation(node, names, frame)

    def _operation(self, node: ast.expr, names: _Names, frame: _Frame) -> _Value:
        if isinstance(node, ast.BoolOp):
            return self._short_circuit(node, names, frame)
        if isinstance(node, ast.BinOp):
            return _combined(
                self._value(node.left, names, frame), node.op, self._value(node.right, names, frame)
            )
        if isinstance(node, ast.UnaryOp):
            return _negated(node.op, self._value(node.operand, names, frame))
        if isinstance(node, ast.Compare):
            return self._compared(node, names, frame)
        if isinstance(node, ast.NamedExpr):
            value = self._value(node.value, names, frame)
            self._assign(node.target, value, names, frame)
            return value
        if isinstance(node, (ast.List, ast.ListComp, ast.GeneratorExp)):
            return self._listed(node, names, frame)
        is_built = (ast.Dict, ast.Set, ast.DictComp, ast.SetComp, ast.JoinedStr)
        return _SOMETHING if isinstance(node, is_built) else _UNKNOWN

    def _conditional(self, node: ast.IfExp, names: _Names, frame: _Frame) -> _Value:
        outcome = _truth(self._value(node.test, names, frame))
        if outcome is not None:
            return self._value(node.body if outcome else node.orelse, names, frame)
        then, otherwise = dict(names), dict(names)
        _learn(node.test, True, then)
        _learn(node.test, False, otherwise)
        return _join(self._value(node.body, then, frame), self._value(node.orelse, otherwise, frame))

    def _short_circuit(self, node: ast.BoolOp, names: _Names, frame: _Frame) -> _Value:
        decisive = isinstance(node.op, ast.Or)
        possible: list[_Value] = []
        narrowed = dict(names)
        for operand in node.values:
            value = self._value(operand, narrowed, frame)
            outcome = _truth(value)
            if outcome is decisive:
                # The expression's truth is that of this operand, whichever operand its value comes from.
                return value if not possible else _constant(decisive)
            _learn(operand, not decisive, narrowed)
            possible.append(value)
        undecided = [value for value in possible if _truth(value) is None]
        return _UNKNOWN if undecided else possible[-1]

    def _compared(self, node: ast.Compare, names: _Names, frame: _Frame) -> _Value:
        left, right = (self._value(each, names, frame) for each in (node.left, node.comparators[0]))
        operator = node.ops[0]
        if len(node.ops) > 1:
            return _UNKNOWN
        if isinstance(operator, (ast.Is, ast.IsNot)):
            return _same(left, right, isinstance(operator, ast.Is))
        if isinstance(operator, (ast.In, ast.NotIn)):
            return _contained(left, right, isinstance(operator, ast.In))
        if _TENSOR in (left, right):
            return _TENSOR
        if isinstance(operator, (ast.Eq, ast.NotEq)) and _are_constants(left, right):
            return _constant((left == right) is isinstance(operator, ast.Eq))
        return _UNKNOWN

    def _attribute(self, node: ast.Attribute, names: _Names, frame: _Frame) -> _Value:
        if node.attr in _FLAGS and ast.unparse(node.value).endswith("config"):
            return _FLAGS[node.attr]
        if isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in names:
            return names[f"{node.value.id}.{node.attr}"]
        if _is_super(node.value):
            return self._bound_method(frame.self, node.attr, frame.owner)
        value = self._value(node.value, names, frame)
        if isinstance(value, _Output):
            return value.of(node.attr)
        if isinstance(value, _Instance):
            return self._attribute_of(value, node.attr)
        if isinstance(value, _Choice) and all(
            isinstance(each, _Instance) or each == _NONE for each in value.options
        ):
            instances = [each for each in value.options if isinstance(each, _Instance)]
            return _joined([self._attribute_of(each, node.attr) for each in instances])
        if value is _TENSOR:
            return _TENSOR if node.attr in _TENSOR_ATTRIBUTES else _SOMETHING
        return _UNKNOWN

    def _attribute_of(self, instance: _Instance, name: str) -> _Value:
        if name == "training":
            return _FALSE
        found = self._attributes_of(instance)
        return found[name] if name in found else self._bound_method(instance, name, None)

    def _bound_method(self, instance: _Instance | None, name: str, behind: ClassSource | None) -> _Value:
        if instance is None:
            return _UNKNOWN
        method = _find_method(instance.class_, name, self._sources, behind)
        if method is None and name == "forward" and _is_torch_layer(instance.class_, self._sources):
            return _TENSOR_MODULE
        if method is None or _decorators(method.function) & {"property", "cached_property", "classmethod"}:
            return _UNKNOWN
        return _Bound(instance, method)

    def _attributes_of(self, instance: _Instance) -> Mapping[str, _Value]:
        """What ``__init__`` binds on ``self``."""
        if instance not in self._attributes:
            self._attributes[instance] = {}
            method = _find_method(instance.class_, "__init__", self._sources)
            if method is not None:
                self._attributes[instance] = self._initialised(method, instance, instance.arguments)
        return self._attributes[instance]

    def _initialised(
        self, method: _Method, instance: _Instance, arguments: _Arguments
    ) -> Mapping[str, _Value]:
        self._count()
        frame = _Frame(method.owner.module, method.owner, instance, is_init=True)
        names = self._bound(method.function, False, arguments, frame)
        for owner in _ancestry(instance.class_, self._sources):
            names.update({f"{next(iter(names))}.{name}": _UNKNOWN for name in _bound_in_class(owner.node)})
        self._block(method.function.body, names, frame)
        own = next(iter(names))
        return {name[len(own) + 1 :]: value for name, value in names.items() if name.startswith(f"{own}.")}

    def _subscript(self, node: ast.Subscript, names: _Names, frame: _Frame) -> _Value:
        if isinstance(node.value, ast.Name) and node.value.id.startswith("ACT2"):
            return _TENSOR_MODULE
        value = self._value(node.value, names, frame)
        if value in (_TENSOR, _MAYBE_TENSOR):
            return _TENSOR
        if isinstance(value, _List):
            return value if isinstance(node.slice, ast.Slice) else _link(value)
        if value is _TENSORS:
            return _TENSORS if isinstance(node.slice, ast.Slice) else _TENSOR
        if isinstance(value, _Output) and (key := _string_in(node.slice)) is not None:
            return value.of(key)
        return _item(value, node.slice)

    # Calls of expressions

    def _call(self, node: ast.Call, names: _Names, frame: _Frame) -> _Value:
        self._count()
        called = _dotted(node.func)
        if called.endswith("super.__init__"):
            self._inherit_attributes(node, names, frame)
            return _NONE
        builtin = self._builtin(called, node, names, frame)
        if builtin is not None:
            return builtin
        if isinstance(node.func, ast.Attribute) and not _is_super(node.func.value):
            found = self._method_of_value(node, node.func, names, frame)
            if found is not None:
                return found
        arguments = self._arguments(node, names, frame)
        if called == "apply_chunking_to_forward" and arguments.positional is not None:
            return self._call_value(arguments.positional[0], _Arguments(arguments.positional[3:]))
        if isinstance(node.func, ast.Name) and node.func.id not in names:
            return self._call_global(node.func.id, arguments, frame)
        return self._call_value(self._value(node.func, names, frame), arguments)

    def _call_value(self, called: _Value, arguments: _Arguments) -> _Value:
        if called is _TENSOR_MODULE:
            return _TENSOR
        if isinstance(called, _Chain):
            return self._call_chain(called.links, arguments)
        if isinstance(called, _Choice):
            callable_ = [each for each in called.options if each != _NONE]
            return _joined([self._call_value(each, arguments) for each in callable_])
        if called is _IDENTITY:
            return arguments.positional[0] if arguments.positional else _UNKNOWN
        if isinstance(called, _Class):
            return self._made(called.class_, arguments)
        if isinstance(called, _Instance):
            called = self._bound_method(called, "forward", None)
        if isinstance(called, _Bound):
            return _joined(self._run(called.method, called.self, arguments))
        return _UNKNOWN

    def _call_chain(self, links: Sequence[_Value], arguments: _Arguments) -> _Value:
        value = arguments.positional[0] if arguments.positional else _UNKNOWN
        for link in links:
            if isinstance(link, _List):
                for _ in range(_ROUNDS if link.element is not None else 0):
                    value = _join(value, self._call_value(link.element or _UNKNOWN, _Arguments((value,))))
            else:
                value = self._call_value(link, _Arguments((value,)))
        return value

    def _call_global(self, name: str, arguments: _Arguments, frame: _Frame) -> _Value:
        function = next((each for each in frame.module.statements if _defines(each, name)), None)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and frame.owner is not None:
            return _joined(self._run(_Method(frame.owner, function), None, arguments))
        class_ = _class_named(frame.module, name, self._sources)
        if class_ is None:
            imported, original = frame.module.imports.get(name, (None, name))
            is_layer = (
                imported is not None and imported.module == "torch.nn" and _TENSOR_LAYERS.fullmatch(original)
            )
            return _TENSOR_MODULE if is_layer or name == "get_activation" else _UNKNOWN
        return self._made(class_, arguments)

    def _made(self, class_: ClassSource, arguments: _Arguments) -> _Value:
        if _is_output(class_, self._sources):
            return self._constructed(class_, arguments)
        return _Instance(class_, arguments)

    def _constructed(self, class_: ClassSource, arguments: _Arguments) -> _Value:
        if arguments.positional is None or arguments.keywords is None or arguments.keywords.is_open:
            items = _field_items(class_, self._sources)
            return _Output(class_, tuple((name, _UNKNOWN) for name in items))
        passed = dict(arguments.keywords.items)
        values: list[tuple[str, _Value]] = []
        for place, (name, (_, item)) in enumerate(_field_items(class_, self._sources).items()):
            if place < len(arguments.positional):
                values.append((name, arguments.positional[place]))
            else:
                values.append((name, passed.get(name, _default_of(item))))
        return _Output(class_, tuple(values))

    def _inherit_attributes(self, node: ast.Call, names: _Names, frame: _Frame) -> None:
        if frame.self is None or frame.owner is None:
            return
        method = _find_method(frame.self.class_, "__init__", self._sources, frame.owner)
        if method is None:
            return
        arguments = self._arguments(node, names, frame)
        own = next(iter(names))
        for name, value in self._initialised(method, frame.self, arguments).items():
            names[f"{own}.{name}"] = value

    def _arguments(self, node: ast.Call, names: _Names, frame: _Frame) -> _Arguments:
        positional: list[_Value] | None = []
        for each in node.args:
            if positional is None or _is_starred(each):
                positional = None
            else:
                positional.append(self._value(each, names, frame))
        keywords: _Keywords | None = _Keywords()
        for keyword in node.keywords:
            value = self._value(keyword.value, names, frame)
            if keyword.arg is None and not isinstance(value, _Keywords):
                keywords = None
            if keywords is not None:
                keywords = _with(keywords, keyword.arg, value)
        return _Arguments(tuple(positional) if positional is not None else None, keywords)

    def _method_of_value(
        self, node: ast.Call, function: ast.Attribute, names: _Names, frame: _Frame
    ) -> _Value | None:
        """The result of a method of a tensor, of ``**kwargs`` or of an output; None for other values."""
        value = self._value(function.value, names, frame)
        if value in (_TENSOR, _MAYBE_TENSOR):
            return _torch_result(function.attr, _TENSOR_METHODS)
        if isinstance(value, _Keywords):
            return self._of_keywords(node, function, value, names, frame)
        if isinstance(value, _List) and function.attr in ("append", "extend", "insert"):
            added = self._value(node.args[-1], names, frame) if node.args else _UNKNOWN
            self._rebind(
                function.value, value.with_element(added if function.attr == "append" else _UNKNOWN), names
            )
            return _NONE
        if isinstance(value, _Output):
            if function.attr in ("update", "pop", "popitem", "clear", "setdefault", "move_to_end"):
                self._rebind(function.value, _UNKNOWN, names)
            return _UNKNOWN
        return None

    def _rebind(self, place: ast.expr, value: _Value, names: _Names) -> None:
        """``layers.append(…)`` or ``self.layers.append(…)``: the list is another one now."""
        if isinstance(place, ast.Name):
            names[place.id] = value
        elif isinstance(place, ast.Attribute) and isinstance(place.value, ast.Name):
            names[f"{place.value.id}.{place.attr}"] = value

    def _of_keywords(
        self, node: ast.Call, function: ast.Attribute, value: _Keywords, names: _Names, frame: _Frame
    ) -> _Value:
        name = _string_in(node.args[0]) if node.args else None
        if function.attr not in ("get", "pop") or name is None:
            if function.attr not in ("items", "keys", "values", "copy") and isinstance(
                function.value, ast.Name
            ):
                names[function.value.id] = _UNKNOWN
            return _UNKNOWN
        default = self._value(node.args[1], names, frame) if len(node.args) > 1 else _NONE
        if name in dict(value.items):
            found = dict(value.items)[name]
        else:
            found = _when_left_out(name, default, value.is_open)
        if function.attr == "pop" and isinstance(function.value, ast.Name):
            rest = tuple((each, item) for each, item in value.items if each != name)
            names[function.value.id] = replace(value, items=rest)
        return found

    def _builtin(self, called: str, node: ast.Call, names: _Names, frame: _Frame) -> _Value | None:
        """The result of what Python and torch define; None for anything else."""
        library, _, name = called.rpartition(".")
        if library in ("nn", "torch.nn"):
            return self._layer(name, node, names, frame)
        if library in ("torch", "F", "nn.functional", "torch.nn.functional", "torch.linalg"):
            is_choice = name == "where" and len(node.args) == 3  # with fewer, it returns a tuple of indices
            return _TENSOR if is_choice else _torch_result(name, _TENSOR_FUNCTIONS)
        if called in names:
            return None
        if called == "setattr" and node.args:
            if not isinstance(self._value(node.args[0], names, frame), _Instance):
                self._rebind(node.args[0], _UNKNOWN, names)
            return _NONE
        if called == "getattr":
            return self._getattr(node, names, frame)
        if called == "isinstance" and len(node.args) == 2:
            return self._is_instance(self._value(node.args[0], names, frame), node.args[1], frame)
        if called in ("tuple", "list", "dict", "len", "range", "int", "float", "str", "zip", "reversed"):
            return _SOMETHING
        return None

    def _getattr(self, node: ast.Call, names: _Names, frame: _Frame) -> _Value:
        name = _string_in(node.args[1]) if len(node.args) > 1 else None
        if name is None:
            return _UNKNOWN
        found = self._attribute(ast.Attribute(node.args[0], name, ast.Load()), names, frame)
        return found if len(node.args) == 2 or found in _FLAGS.values() else _UNKNOWN

    def _is_instance(self, value: _Value, classes: ast.expr, frame: _Frame) -> _Value:
        asked = {_dotted(each) for each in (classes.elts if isinstance(classes, ast.Tuple) else [classes])}
        if value == _NONE:
            return _FALSE
        if value is _TENSOR and asked & {"torch.Tensor", "Tensor"}:
            return _TRUE
        if isinstance(value, _Output):
            own = {each.node.name for each in _ancestry(value.class_, self._sources)}
            return _TRUE if asked & own else _UNKNOWN
        return _UNKNOWN

    def _layer(self, name: str, node: ast.Call, names: _Names, frame: _Frame) -> _Value:
        if name in ("Parameter", "Buffer"):
            return _TENSOR
        if name == "Identity":
            return _IDENTITY
        if name == "ModuleList":
            listed = self._value(node.args[0], names, frame) if node.args else _List(None)
            return listed if isinstance(listed, _List) else _List(_UNKNOWN)
        if name == "Sequential":
            plain = (each.value if isinstance(each, ast.Starred) else each for each in node.args)
            return _Chain(tuple(self._value(each, names, frame) for each in plain))
        if any(keyword.arg == "return_indices" for keyword in node.keywords):
            return _UNKNOWN
        return _TENSOR_MODULE if _TENSOR_LAYERS.fullmatch(name) else _UNKNOWN

    def _listed(
        self, items: ast.List | ast.ListComp | ast.GeneratorExp, names: _Names, frame: _Frame
    ) -> _Value:
        if isinstance(items, ast.List):
            if any(_is_starred(each) for each in items.elts):
                return _List(_UNKNOWN)
            values = [self._value(each, names, frame) for each in items.elts]
            return _List(_joined(values) if values else None)
        inside = dict(names)
        for generator in items.generators:
            self._assign(generator.target, self._element(generator.iter, inside, frame), inside, frame)
        return _List(self._value(items.elt, inside, frame))


# Helpers without state.


def _is_torch_layer(class_: ClassSource, sources: Sources) -> bool:
    """Whether the class inherits its ``forward`` from a layer of torch that returns a tensor."""
    bases = [ast.unparse(base) for each in _ancestry(class_, sources) for base in each.node.bases]
    return any(
        base.startswith("nn.") and _TENSOR_LAYERS.fullmatch(base.removeprefix("nn.")) is not None
        for base in bases
    )


def _link(value: _Value) -> _Value:
    """An element of a list; any other value itself."""
    if isinstance(value, _List):
        return value.element if value.element is not None else _UNKNOWN
    return value


def _global(name: str, module: ModuleSource) -> _Value:
    found = module.classes.get(name)
    return _Class(ClassSource(module, found)) if found is not None else _UNKNOWN


def _argument(
    parameter: ast.arg, place: int | None, default: _Value | None, arguments: _Arguments | None
) -> _Value:
    if arguments is None:
        return _as_called(parameter.arg, default, parameter.annotation)
    if place is not None and (arguments.positional is None or place < len(arguments.positional)):
        return arguments.positional[place] if arguments.positional is not None else _UNKNOWN
    passed = _passed(arguments, parameter.arg)
    if passed is not None:
        return passed
    is_open = arguments.keywords is not None and arguments.keywords.is_open
    return _when_left_out(parameter.arg, default if default is not None else _UNKNOWN, is_open)


def _passed(arguments: _Arguments, name: str) -> _Value | None:
    if arguments.keywords is None:
        return _UNKNOWN
    return dict(arguments.keywords.items).get(name)


def _when_left_out(name: str, default: _Value, is_open: bool) -> _Value:
    """The value of a keyword that no call in sight passes, but the model's caller may."""
    if not is_open or (default == _NONE and (name in _ABSENT or _LABELS.search(name))):
        return default
    return default if name in _FLAGS else _UNKNOWN


def _left_over(arguments: _Arguments | None, taken: set[str]) -> _Value:
    if arguments is None:
        return _Keywords((), is_open=True)
    if arguments.keywords is None:
        return _UNKNOWN
    items = tuple((name, value) for name, value in arguments.keywords.items if name not in taken)
    return replace(arguments.keywords, items=items)


def _with(keywords: _Keywords, name: str | None, value: _Value) -> _Keywords:
    if name is not None:
        return replace(keywords, items=(*keywords.items, (name, value)))
    if isinstance(value, _Keywords):
        return _Keywords((*keywords.items, *value.items), keywords.is_open or value.is_open)
    return keywords


def _with_keyword(names: _Names, function: Function, name: str, value: _Value) -> _Names:
    if name in names:
        return {**names, name: value}
    kwargs = function.args.kwarg.arg if function.args.kwarg is not None else None
    held = names.get(kwargs) if kwargs is not None else None
    return {**names, kwargs: _with(held, name, value)} if kwargs and isinstance(held, _Keywords) else names


def _recorded(owner: ClassSource) -> set[str]:
    """Fields that ``capture_outputs`` may fill: keys of the class's ``_can_record_outputs``."""
    found: set[str] = set()
    for node in owner.module.statements:
        for item in node.body if isinstance(node, ast.ClassDef) else ():
            target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
            if isinstance(target, ast.Name) and target.id == "_can_record_outputs":
                strings = (each.value for each in ast.walk(item) if isinstance(each, ast.Constant))
                found.update(value for value in strings if isinstance(value, str))
    return found


def _is_off(field_name: str, recorded: set[str]) -> bool:
    """Whether no default of a config makes ``capture_outputs`` fill a field."""
    return field_name not in recorded or field_name.endswith(("attentions", "hidden_states"))


def _default_of(item: ast.AnnAssign) -> _Value:
    value = item.value
    if isinstance(value, ast.Call):
        value = next((each.value for each in value.keywords if each.arg == "default"), value)
    return _NONE if isinstance(value, ast.Constant) and value.value is None else _UNKNOWN


def _decorators(node: Function | ast.ClassDef) -> set[str]:
    return {_dotted(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}


def _dotted(node: ast.expr) -> str:
    """``torch.nn.Linear`` of such an expression; ``super.forward`` of ``super().forward``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return "super" if _is_super(node) else "?"


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


def _string_in(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _defines(node: ast.stmt, name: str) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name


def _as_read(target: ast.Name | ast.Attribute | ast.Subscript) -> ast.expr:
    """The target of ``+=`` as the expression that it also is."""
    return ast.copy_location(ast.parse(ast.unparse(target), mode="eval").body, target)


def _bound_in(statements: Sequence[ast.stmt]) -> set[str]:
    nodes = (node for statement in statements for node in ast.walk(statement))
    return {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del))
    }


def _bound_in_class(node: ast.ClassDef) -> set[str]:
    """Attributes that instances have where ``__init__`` doesn't bind them."""
    return _bound_in([item for item in node.body if isinstance(item, (ast.Assign, ast.AnnAssign))])


def _become(names: _Names, ends: Sequence[_Names]) -> None:
    """Variables where several ways meet.

    One that only some of them bind has their value, else using it would fail.
    """
    met: _Names = {}
    for name in dict.fromkeys(name for end in ends for name in end):
        values = [end[name] for end in ends if name in end]
        met[name] = _joined(values)
    if ends:
        names.clear()
        names.update(met)


def _learn(test: ast.expr, outcome: bool, names: _Names) -> None:
    """Narrow variables to what they are where a condition came out so."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        _learn(test.operand, not outcome, names)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) is outcome:
        for operand in test.values:
            _learn(operand, outcome, names)
    elif isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        compared, operator = test.comparators[0], test.ops[0]
        is_with_none = isinstance(compared, ast.Constant) and compared.value is None
        if is_with_none and isinstance(operator, (ast.Is, ast.IsNot)):
            _learn_none(test.left.id, isinstance(operator, ast.Is) is outcome, names)


def _learn_none(name: str, is_none: bool, names: _Names) -> None:
    value = names.get(name, _UNKNOWN)
    if is_none:
        names[name] = _NONE
    elif value in (_MAYBE_TENSOR, _UNKNOWN):
        names[name] = _TENSOR if value is _MAYBE_TENSOR else _SOMETHING


def _unpacked(value: _Value, targets: Sequence[ast.expr]) -> Sequence[_Value]:
    if isinstance(value, _Output):
        return [_UNKNOWN] * len(targets)  # iterating over one yields its keys
    if isinstance(value, _Tuple) and not any(_is_starred(each) for each in targets):
        return [*value.items, *[_UNKNOWN] * len(targets)][: len(targets)]
    return [_TENSOR if value in (_TENSOR, _TENSORS) else _UNKNOWN] * len(targets)


def _combined(left: _Value, operator: ast.operator, right: _Value) -> _Value:
    if isinstance(left, _Tuple) and isinstance(operator, ast.Add):
        if not left.is_whole or not isinstance(right, _Tuple):
            return replace(left, is_whole=False)
        return replace(right, items=left.items + right.items)
    if isinstance(left, (_Tuple, _Constant)) and isinstance(right, (_Tuple, _Constant)):
        return _SOMETHING
    return _TENSOR if {left, right} & {_TENSOR, _MAYBE_TENSOR} else _UNKNOWN


def _negated(operator: ast.unaryop, value: _Value) -> _Value:
    if isinstance(operator, ast.Not):
        outcome = _truth(value)
        return _UNKNOWN if outcome is None else _constant(not outcome)
    if isinstance(operator, ast.USub) and isinstance(value, _Constant) and isinstance(value.value, int):
        return _constant(-value.value)
    return _TENSOR if value in (_TENSOR, _MAYBE_TENSOR) else _UNKNOWN


def _same(left: _Value, right: _Value, asked: bool) -> _Value:
    """``left is right``, or ``is not``."""
    if right == _NONE and _is_none(left) is not None:
        return _constant(_is_none(left) is asked)
    return _constant((left == right) is asked) if _are_constants(left, right) else _UNKNOWN


def _contained(left: _Value, right: _Value, asked: bool) -> _Value:
    """``"labels" in kwargs``: a plain call passes no flags."""
    if isinstance(right, _Keywords) and isinstance(left, _Constant):
        if left.value in dict(right.items):
            return _constant(asked)
        if left.value in _FLAGS or not right.is_open:
            return _constant(not asked)
    return _UNKNOWN


def _are_constants(*values: _Value) -> bool:
    return all(isinstance(value, _Constant) for value in values)


def _item(value: _Value, index: ast.expr) -> _Value:
    whole = value.as_tuple() if isinstance(value, _Output) else value
    if not isinstance(whole, _Tuple):
        return _UNKNOWN
    if isinstance(index, ast.Slice):
        return _sliced(whole, index)
    place = _integer(index)
    if (
        place is None
        or place is False
        or not (-len(whole.items) * whole.is_whole <= place < len(whole.items))
    ):
        return _UNKNOWN
    return whole.items[place]


def _sliced(value: _Tuple, index: ast.Slice) -> _Value:
    lower, upper = (_integer(each) for each in (index.lower, index.upper))
    bounds = [each for each in (lower, upper) if each is not None]
    if index.step is not None or any(each is False for each in bounds):
        return _SOMETHING
    if not value.is_whole and (any(each < 0 for each in bounds) or upper is not None):
        return _SOMETHING
    return replace(value, items=value.items[lower:upper])


def _integer(node: ast.expr | None) -> int | None:
    """The integer of an index; None where there is none, False where it can't be told."""
    if node is None:
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _integer(node.operand)
        return False if inner is False or inner is None else -inner
    is_integer = isinstance(node, ast.Constant) and type(node.value) is int
    return node.value if is_integer else False


def _torch_result(name: str, one_tensor: re.Pattern[str]) -> _Value:
    if one_tensor.fullmatch(name):
        return _TENSOR
    return _TENSORS if _TENSORS_FUNCTIONS.fullmatch(name) else _UNKNOWN
