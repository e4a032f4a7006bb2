"""Symbolic values of a generator's code: sizes by their names, and the tensors that are made of them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Size:
    """A number that has a name, or a computation of some that have."""

    text: str
    paths: tuple[tuple[str, str], ...] = ()
    """Of names in it that are attributes of the model's config: where they are read there."""
    is_atom: bool = True

    @property
    def operand(self) -> str:
        """The text where it stands beside an operator."""
        return self.text if self.is_atom else f"({self.text})"


@dataclass(frozen=True)
class Tensor:
    """What a generator makes of a name, by its shape and its type."""

    shape: tuple[str, ...]
    dtype: str
    from_config: tuple[tuple[str, str], ...] = ()
    """Name of the shape that is an attribute of the model's config -> where it is read there."""


@dataclass(frozen=True)
class NormalizedConfig:
    """The normalized config, or the model's config itself."""

    is_raw: bool = False


@dataclass(frozen=True)
class Attribute:
    """What is known of an attribute of the model's config."""

    path: str
    is_there: bool | None = None
    """None if that can't be told."""
    default: Any = ...
    """``...`` if it isn't known."""


@dataclass(frozen=True)
class Circumstances:
    """What a generator is made and asked with."""

    task: str
    axes: Sequence[str]
    """The sizes that it is given."""
    attribute: Callable[[str, bool], Attribute]
    """What is known of an attribute of the normalized config by its name, or of the model's own."""
    normalized_ancestors: frozenset[str] | None
    """The classes that the normalized config is an instance of; None if that can't be told."""
    float_dtype: str = "fp32"


class Opaque:
    """A value that isn't followed."""


OPAQUE: Any = Opaque()

_DTYPES = {
    "fp32": "float32",
    "fp16": "float16",
    "bf16": "bfloat16",
    "long": "int64",
    "int": "int32",
    "float": "float32",
}
_MOST_EXPONENT = 32
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "**": operator.pow,
    "%": operator.mod,
}


def computed(left: Any, sign: str, right: Any) -> Any:
    """What an operator makes of two values."""
    operate = _OPERATORS.get(sign)
    if operate is None:
        return OPAQUE
    if isinstance(left, int) and isinstance(right, int):
        if sign == "**" and right > _MOST_EXPONENT:
            return OPAQUE
        try:
            return operate(left, right)
        except ArithmeticError:
            return OPAQUE
    if sign == "+" and isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    if not isinstance(left, (int, Size)) or not isinstance(right, (int, Size)):
        return OPAQUE
    sizes = [each for each in (left, right) if isinstance(each, Size)]
    texts = [each.operand if isinstance(each, Size) else str(each) for each in (left, right)]
    paths = dict.fromkeys(path for each in sizes for path in each.paths)
    return Size(f" {sign} ".join(texts), tuple(paths), is_atom=False)


def tensor(shape: Any, dtype: Any) -> Any:
    """A tensor of that shape; not followed if a part of it isn't."""
    sizes = shape if isinstance(shape, tuple) else (shape,)
    is_known = all(isinstance(each, (int, Size)) and not isinstance(each, bool) for each in sizes)
    if not is_known or not isinstance(dtype, str):
        return OPAQUE
    paths = dict.fromkeys(path for each in sizes if isinstance(each, Size) for path in each.paths)
    texts = tuple(each.text if isinstance(each, Size) else str(each) for each in sizes)
    return Tensor(texts, _DTYPES.get(dtype, dtype), tuple(paths))
