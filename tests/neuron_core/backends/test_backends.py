from __future__ import annotations

import pytest
import torch

from neuron_core.backends import backend_names, get_backend
from neuron_core.backends.base import InputSpec, Signature
from neuron_core.errors import BackendError


def test_every_backend_can_be_had_by_its_name() -> None:
    assert "cpu" in backend_names()
    assert get_backend("cpu").describe().name == "cpu"


def test_an_unknown_backend_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BackendError, match=r"Unknown backend 'tpu'\. Backends are: cpu"):
        get_backend("tpu")


def test_a_backend_says_what_it_compiles_with() -> None:
    info = get_backend("cpu").describe()
    assert (info.compiler_type, info.compiler_version) == ("cpu-torchscript", torch.__version__)
    assert torch.__version__ in info.summary


def test_a_signature_is_read_back_as_it_was_written() -> None:
    inputs = (InputSpec("input_ids", (2, 16), "int64"), InputSpec("timestep", (), "fp32"))
    signature = Signature(inputs, ("logits", "hidden"))
    assert Signature.from_json(signature.to_json()) == signature
