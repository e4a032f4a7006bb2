"""What a generator's code makes, as far as it can be told; never something else."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from neuron_config_server.catalog.generators.methods import generator_order
from neuron_config_server.catalog.generators.tensor_walk import generated_tensor
from neuron_config_server.catalog.generators.tensors import Attribute, Circumstances
from neuron_config_server.catalog.source import ClassSource, Sources

MODULE = """\
import torch

DEFAULTS = {{"frames": 3000}}


class DummyInputGenerator:
    @staticmethod
    def random_int_tensor(shape, max_value, min_value=0, framework="pt", dtype="int64"): ...

    @staticmethod
    def random_float_tensor(shape, min_value=0, max_value=1, framework="pt", dtype="fp32"): ...


class Base(DummyInputGenerator):
    def __init__(self, task, config, batch_size=2, length=16, frames=DEFAULTS["frames"], ranges=None, **kwargs):
        self.task = task
        self.config = config
        self.batch_size = batch_size
        if ranges:
            self.length = random.randint(*ranges)
        else:
            self.length = length
        self.frames = frames

    def generate(self, input_name, framework="pt", int_dtype="int64", float_dtype="fp32"):
        return self.random_int_tensor([self.batch_size, self.length], 2, framework=framework, dtype=int_dtype)

    def shape(self):
        return [self.batch_size, 1]


class Generator(Base):
    def generate(self, input_name, framework="pt", int_dtype="int64", float_dtype="fp32"):
{body}
"""
FLOAT = "return self.random_float_tensor({}, framework=framework, dtype=float_dtype)"
TOLD = {
    "sizes of the axes": (FLOAT.format("[self.batch_size, self.length]"), "(batch_size, length) float32"),
    "a default where no axis is given": (FLOAT.format("[self.frames]"), "(3000) float32"),
    "an attribute of the config": (FLOAT.format("(1, self.config.width)"), "(1, width) float32"),
    "one of a size that is a pair": (FLOAT.format("self.config.pair"), "(pair[0], pair[1]) float32"),
    "computed": (
        FLOAT.format("[(self.length // 2) * (self.length + 1), 2 * 3]"),
        "((length // 2) * (length + 1), 6) float32",
    ),
    "the base's": ("return super().generate(input_name, framework, int_dtype)", "(batch_size, length) int64"),
    "by its name": ('if input_name in ("x", "y"):\n    return None\n' + FLOAT.format("[1]"), "(1) float32"),
    "by the task": ('n = 3 if self.task == "multiple-choice" else 2\n' + FLOAT.format("[n]"), "(2) float32"),
    "where both ways are alike": (
        "if unknown():\n    n = 2\nelse:\n    n = 1 + 1\n" + FLOAT.format("[n]"),
        "(2) float32",
    ),
    "where the other way raises": (
        "if unknown():\n    raise ValueError\n" + FLOAT.format("[2]"),
        "(2) float32",
    ),
    "through a method of its own": (FLOAT.format("self.shape()"), "(batch_size, 1) float32"),
    "what an attribute's absence decides": (
        'n = 1 if self.config.has_attribute("depth") else 2\n' + FLOAT.format("[n]"),
        "(2) float32",
    ),
    "a default that stands in": (FLOAT.format('[getattr(self.config, "depth", 7)]'), "(7) float32"),
    "torch's own": ("return torch.zeros((self.length,), dtype=torch.long)", "(length) int64"),
    "what is in it may change": (
        "t = super().generate(input_name)\nfor i in range(3):\n    t[i] = 0\nreturn t.bool()",
        "(batch_size, length) bool",
    ),
    "a piece of a shape": (
        "s = (self.batch_size, self.length, 4)\n" + FLOAT.format("(*s[:-1], s[0])"),
        "(batch_size, length, batch_size) float32",
    ),
}
LEFT_OUT = {
    "nothing is made": "pass",
    "several": "return (super().generate(input_name), None)",
    "two ways differ": "if unknown():\n    n = 2\nelse:\n    n = 3\n" + FLOAT.format("[n]"),
    "an attribute that may be there": (
        'n = 1 if self.config.has_attribute("perhaps") else 2\n' + FLOAT.format("[n]")
    ),
    "an attribute that isn't there": FLOAT.format("[self.config.depth]"),
    "a size from elsewhere": FLOAT.format("[self.batch_size, len(unknown())]"),
    "a type from elsewhere": "return self.random_float_tensor([1], dtype=unknown())",
    "the generator is handed out": "unknown(self)\n" + FLOAT.format("[1]"),
    "a loop decides": "n = 1\nfor each in self.config.layers:\n    n = 2\n" + FLOAT.format("[n]"),
    "a loop returns": "for each in unknown():\n    return super().generate(input_name)\n"
    + FLOAT.format("[1]"),
    "a loop adds": "n = 1\nfor each in unknown():\n    n += 1\n" + FLOAT.format("[n]"),
    "a context": "with unknown():\n    " + FLOAT.format("[1]"),
    "a recursion": "return self.generate(input_name)",
    "another function's tensor": "return torch.stack([super().generate(input_name)])",
    "too many ways": "".join(f"a{n} = 1 if unknown() else 2\n" for n in range(8)) + FLOAT.format("[1]"),
    "a call that Python refuses": "return super().generate(input_name, size=3)",
}
ATTRIBUTES = {
    "width": Attribute("width", True, 8),
    "pair": Attribute("pair", True, (3, 4)),
    "depth": Attribute("depth", is_there=False),
}


def told(body: str, tmp_path: Path) -> str | None:
    path = tmp_path / "generators.py"
    path.write_text(MODULE.format(body=indent(body, " " * 8)), encoding="utf-8")
    sources = Sources((tmp_path,))
    module = sources.module(path)
    assert module is not None
    order, is_complete = generator_order(ClassSource(module, module.classes["Generator"]), sources)
    assert is_complete
    circumstances = Circumstances(
        "fill-mask",
        ("batch_size", "length"),
        lambda name, is_raw: ATTRIBUTES.get(name, Attribute(name)),
        None,
    )
    found = generated_tensor(order, "input", circumstances)
    return f"({', '.join(found.shape)}) {found.dtype}" if found is not None else None


@pytest.mark.parametrize(("body", "expected"), TOLD.values(), ids=TOLD)
def test_what_is_made_is_told(body: str, expected: str, tmp_path: Path) -> None:
    assert told(body, tmp_path) == expected


@pytest.mark.parametrize("body", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_cannot_be_told_is_left_out(body: str, tmp_path: Path) -> None:
    assert told(body, tmp_path) is None
