"""Folds in a text, drawn: ``<n`` where the fold n starts, ``n>`` on its last line."""

from __future__ import annotations

import re

import pytest
from lsprotocol import types
from opened import opened

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.folding_range import folds

HEAD = "NeuronConfig = 1\n"
CASES = {
    "a config class with its decorator's arguments": (
        """\
@register_in_tasks_manager(                #<1
    "esm",
    *["feature-extraction", "fill-mask"],  #1>
)
class EsmNeuronConfig(Base):               #<2
    ATOL = 1e-3

    @property
    def inputs(self):                      #<3
        return [                           #<4
            "input_ids",
            "attention_mask",              #4>
        ]                                  #3> 2>


# behind it
""",
        {},
    ),
    "imports, one of them over several lines": (
        """\
import os                                  #<1
from a import (                            #<2
    b,                                     #2>
)
from c import d                            #1>

x = 1
""",
        {1: "imports"},
    ),
    "one import is no block": ("import os\nx = 1\n", {}),
    "regions, one in another, and an end without a start": (
        """\
# endregion
# region text                              #<1
x = 1
def f():                                   #<2
    #region inner                          #<3
    pass                                   #2>
    # endregion                            #3>
# endregion                                #1>
""",
        {1: "region", 3: "region"},
    ),
    "a docstring is a comment, another string isn't": (
        '''\
class A:                                   #<1
    """What it is.                         <2

    And more.
    """                                    #2>
    text = """a                            <3
b""" + "3>"
    def f():                               #<4
        return """a                        <5
b""" + "5> 4> 1>"
''',
        {2: "comment"},
    ),
    "lists close on their last line where something stands before the bracket": (
        "x = [                             #<1\n    1,\n    2]  #1>\n",
        {},
    ),
    "brackets in strings and comments are none": ('x = "("\ny = ")"  # (\nz = 1  # )\n', {}),
    "a statement that is broken folds as far as it is there": (
        """\
class A:                                   #<1
    def f(self):                           #<2
        return ["a",                       #2>

    def g(self):                           #<3
        x = {                              #<4
            1: 2,                          #4>
        }                                  #3> 1>
""",
        {},
    ),
}


@pytest.mark.parametrize(("drawn", "kinds"), CASES.values(), ids=CASES)
def test_folds(drawn: str, kinds: dict[int, str], small_catalog: Catalog) -> None:
    text = HEAD + drawn
    expected = []
    for number in range(1, 10):
        first = re.search(rf"<{number}\b", text)
        last = re.search(rf"\b{number}>", text)
        if first and last:
            lines = [text.count("\n", 0, place) for place in (first.start(), last.start())]
            expected.append((*lines, kinds.get(number)))
    found = [(each.start_line, each.end_line, kind(each)) for each in folds(opened(text, small_catalog))]
    assert found == sorted(expected, key=lambda each: each[0])


def kind(fold: types.FoldingRange) -> str | None:
    return fold.kind.value if isinstance(fold.kind, types.FoldingRangeKind) else None
