from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from neuron_config_server.reading.node_spans import node_spans
from neuron_config_server.reading.statements import split_statements

SNIPPETS = (
    "x = 1\n",
    "x = (\n    [1, # one\n\t2],\n)  # end\n",
    "def f(a, /, b: int = 1, *c, d=2, **e) -> int:\n\n    # comment\n    return [*a, {**e}]\n",
    "@a(1)\n@b.c\nclass C(A, metaclass=M):\n    x: int = 1; y = 2\n\n    @property\n    def p(self): return self.x\n",
    "if a:\r\n    b\r\nelif c:\r\n    d\r\nelse:\r\n    e\r\n",
    "x = 'é😋' + f'{a!r:>{width}}{b=}' 'more'\n",
    "x = a if b else c\ny = not a < b <= c is not d\nz = a[1:2, ::3]\n",
    "try:\n    a\nexcept (B, C) as d:\n    pass\nelse:\n    e\nfinally:\n    f\n",
    "with a as b, (c) as d:\n    async_ = lambda x, *y: (x, y)\n",
    "x = [i for i in (a) if b for j in c]\n\f\ny = {k: v for k, v in z}\n",
    "match a:\n    case 1 | 2: pass\n    case [x, *_] if x: pass\n",
    "x = a.b(c=1)(d)[e]. f\n\n\n# the end",
    "if a: b; c\n",
)


def held_against_libcst(text: str) -> int:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    spans = node_spans(wrapper.module)
    positions = wrapper.resolve(PositionProvider)
    for node, position in positions.items():
        if not isinstance(node, cst.Module):
            start, end = position.start, position.end
            expected = (start.line - 1, start.column, end.line - 1, end.column)
            assert spans[node] == expected, f"{type(node).__name__} in {text!r}"
    return len(positions)


@pytest.mark.parametrize("text", SNIPPETS)
def test_places_are_those_of_the_position_provider(text: str) -> None:
    assert held_against_libcst(text) > 1


def test_places_in_a_real_file_are_those_of_the_position_provider(optimum_neuron: Path) -> None:
    text = (optimum_neuron / "optimum/exporters/neuron/model_configs.py").read_text(encoding="utf-8")
    assert sum(held_against_libcst(statement.text) for statement in split_statements(text)) > 10_000
