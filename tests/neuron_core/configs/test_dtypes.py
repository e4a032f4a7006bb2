from __future__ import annotations

import pytest
import torch

from neuron_core.configs import DTYPE_MAPPER


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("fp32", torch.float32),
        ("fp16", torch.float16),
        ("bf16", torch.bfloat16),
        ("int64", torch.int64),
        ("int32", torch.int32),
        ("int8", torch.int8),
        ("bool", torch.bool),
    ],
)
def test_either_spelling_of_a_type_gives_the_other(name: str, dtype: torch.dtype) -> None:
    assert DTYPE_MAPPER.pt(name) is dtype
    assert DTYPE_MAPPER.pt(dtype) is dtype
    assert DTYPE_MAPPER.str(dtype) == name
    assert DTYPE_MAPPER.str(name) == name


@pytest.mark.parametrize("convert", [DTYPE_MAPPER.pt, DTYPE_MAPPER.str])
def test_an_unknown_name_is_answered_with_the_known_ones(convert: object) -> None:
    with pytest.raises(ValueError, match=r"Unknown dtype 'float32'\. Use one of: fp32, fp16"):
        convert("float32")  # type: ignore[operator]


def test_a_type_that_has_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Unknown dtype torch\.complex64"):
        DTYPE_MAPPER.str(torch.complex64)
