"""Names of tensor types (``fp32``, ``int64`` …) and torch's, to and fro."""

from __future__ import annotations

import builtins

import torch

_BY_NAME = {
    "fp32": torch.float32,
    "fp16": torch.float16,
    "bf16": torch.bfloat16,
    "int64": torch.int64,
    "int32": torch.int32,
    "int8": torch.int8,
    "bool": torch.bool,
}
_BY_DTYPE = {dtype: name for name, dtype in _BY_NAME.items()}


class DTYPE_MAPPER:  # noqa: N801 - upstream's name, which configs import
    """Maps dtype names to torch dtypes and back; either spelling is taken."""

    @staticmethod
    def pt(dtype: builtins.str | torch.dtype) -> torch.dtype:
        """The torch dtype of a name such as ``fp32``."""
        if isinstance(dtype, torch.dtype):
            return dtype
        if dtype not in _BY_NAME:
            raise ValueError(f"Unknown dtype {dtype!r}. Use one of: {', '.join(_BY_NAME)}.")
        return _BY_NAME[dtype]

    @staticmethod
    def str(dtype: builtins.str | torch.dtype) -> builtins.str:
        """The name, such as ``fp32``, of a torch dtype."""
        if dtype in _BY_NAME:
            return builtins.str(dtype)
        if dtype not in _BY_DTYPE:
            raise ValueError(f"Unknown dtype {dtype!r}. Use one of: {', '.join(_BY_NAME)}.")
        return _BY_DTYPE[dtype]
