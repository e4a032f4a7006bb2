from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.reading.config_reader import read_config_file

CATALOG = Catalog(Environment.own())


def order(text: str, name: str) -> list[str]:
    file = read_config_file(text, CATALOG)
    found = next(each for each in file.classes if each.name == name)
    return [each.name for each in found.order]


@pytest.mark.parametrize(
    "text",
    [
        "class A: pass\nclass B(A): pass\nclass C(A): pass\nclass D(B, C): pass\n",
        "class A: pass\nclass B(A): pass\nclass D(B): pass\n",
        "class O: pass\nclass A(O): pass\nclass B(O): pass\nclass C(O): pass\nclass D0(A, B): pass\n"
        "class E(B, C): pass\nclass D(D0, E): pass\n",
        "class M: pass\nclass A: pass\nclass B(M, A): pass\nclass C(A): pass\nclass D(B, C): pass\n",
    ],
)
def test_the_order_is_pythons(text: str) -> None:
    names: dict[str, type] = {}
    exec(text, names)
    registered = text.replace("class D(", "@register_in_tasks_manager('esm')\nclass D(")
    expected = [each.__name__ for each in names["D"].__mro__ if each is not object]
    assert order(registered, "D") == expected


def test_bases_that_python_refuses_are_looked_up_in_depth_first() -> None:
    text = "class A: pass\nclass B(A): pass\n@register_in_tasks_manager('esm')\nclass D(A, B): pass\n"
    assert order(text, "D") == ["D", "A", "B"]


def test_a_long_chain_and_a_tall_lattice_are_ordered_at_once() -> None:
    chain = "".join(f"class C{n + 1}(C{n}): pass\n" for n in range(3000))
    assert len(order(f"class C0(TextEncoderNeuronConfig): pass\n{chain}", "C3000")) >= 3002
    lattice = "".join(
        f"class A{n + 1}(A{n}, B{n}): pass\nclass B{n + 1}(A{n}, B{n}): pass\n" for n in range(30)
    )
    text = f"class A0(TextEncoderNeuronConfig): pass\nclass B0(TextEncoderNeuronConfig): pass\n{lattice}"
    assert order(text, "A30")[0] == "A30"


def test_a_class_that_is_its_own_base_has_an_order() -> None:
    text = "class A(B): pass\nclass B(A): pass\n@register_in_tasks_manager('esm')\nclass D(B): pass\n"
    assert order(text, "D")[:2] == ["D", "B"]
