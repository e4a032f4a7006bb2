"""The outline as an author sees it, written as indented lines: kind, name, detail."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from lsprotocol import types
from opened import ENCODINGS, EVERYTHING, opened, underlined

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.features.document_symbol import flat_symbols, nested_symbols
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.rules import all_rules

UPSTREAM = """\
from optimum.exporters.neuron.config import TextEncoderNeuronConfig
from optimum.exporters.tasks import TasksManager

TASKS = ["fill-mask", "text-classification"]
register_in_tasks_manager = TasksManager.create_register("neuron")


@register_in_tasks_manager("esm", "feature-extraction", *TASKS)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    ATOL_FOR_VALIDATION = 1e-3

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]

    def patch(self, model):
        return model


def helper():
    pass
"""


def outline(symbols: Iterable[types.DocumentSymbol], indent: str = "") -> str:
    lines = []
    for each in symbols:
        detail = f" ({each.detail})" if each.detail else ""
        lines.append(f"{indent}{each.kind.name} {each.name}{detail}\n")
        lines.append(outline(each.children or (), f"{indent}  "))
    return "".join(lines)


CASES = {
    "a file of optimum-neuron": (
        UPSTREAM,
        """\
Constant TASKS
Variable register_in_tasks_manager
Class EsmNeuronConfig (esm · 3 tasks)
  Constant ATOL_FOR_VALIDATION
  Property inputs
  Method patch
Function helper
""",
    ),
    "neuron_core": (
        """\
from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager

@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    pass
""",
        "Class EsmNeuronConfig (esm · 1 task)\n",
    ),
    "two registrations, in the order in which Python applies them": (
        '@register_in_tasks_manager("esm", "fill-mask")\n'
        '@register_in_tasks_manager("bert", "fill-mask", "multiple-choice")\n'
        "class ANeuronConfig(TextEncoderNeuronConfig):\n    pass\n",
        "Class ANeuronConfig (bert · 2 tasks, esm · 1 task)\n",
    ),
    "tasks that can't be told aren't counted": (
        '@register_in_tasks_manager("esm", *some_tasks())\nclass ANeuronConfig(TextEncoderNeuronConfig):\n    x = 1\n',
        "Class ANeuronConfig (esm)\n  Field x\n",
    ),
    "a class that isn't registered, and one that is no config": (
        "class ANeuronConfig(TextEncoderNeuronConfig):\n    pass\n\n\nclass Other:\n    def __init__(self): ...\n",
        "Class ANeuronConfig\nClass Other\n  Constructor __init__\n",
    ),
    "a name that is assigned twice is listed once, and so is a property with a setter": (
        "A_NeuronConfig = 1\nA_NeuronConfig = 2\nclass B:\n    @property\n    def x(self): ...\n"
        "    @x.setter\n    def x(self, value): ...\n",
        "Variable A_NeuronConfig\nClass B\n  Property x\n",
    ),
    "what stands under conditions, several names, nested classes, annotations": (
        "if NeuronConfig:\n    ONE, two = 1, 2\ntry:\n    class A:\n        class B:\n            c: int\n"
        "except ImportError:\n    A = None\n",
        "Constant ONE\nVariable two\nClass A\n  Class B\n    Field c\nConstant A\n",
    ),
    "no configs, no outline: others do that": ("class A:\n    pass\n", ""),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_outline(text: str, expected: str, small_catalog: Catalog) -> None:
    assert outline(nested_symbols(opened(text, small_catalog))) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_name_is_selected_and_the_decorators_belong_to_it(encoding: str, small_catalog: Catalog) -> None:
    text = UPSTREAM.replace("class Esm", "class Esm").replace("TASKS = [", 'note = "😋"; TASKS = [')
    document = opened(text, small_catalog, encoding=encoding)
    symbols = {each.name: each for each in nested_symbols(document)}
    assert [underlined(document, each.selection_range) for each in symbols.values()] == list(symbols)
    assert underlined(document, symbols["TASKS"].range) == 'TASKS = ["fill-mask", "text-classification"]'
    whole = underlined(document, symbols["EsmNeuronConfig"].range)
    assert whole.startswith('@register_in_tasks_manager("esm"')
    assert whole.endswith("return model")


def test_a_client_that_cannot_nest_gets_a_list(small_catalog: Catalog) -> None:
    found = flat_symbols(opened(UPSTREAM, small_catalog))
    assert [(each.container_name, each.name) for each in found] == [
        (None, "TASKS"),
        (None, "register_in_tasks_manager"),
        (None, "EsmNeuronConfig"),
        ("EsmNeuronConfig", "ATOL_FOR_VALIDATION"),
        ("EsmNeuronConfig", "inputs"),
        ("EsmNeuronConfig", "patch"),
        (None, "helper"),
    ]


BROKEN = {
    "a return that isn't finished": (
        'return ["input_ids", "attention_mask"]',
        'return ["input_ids", ',
        ["EsmNeuronConfig", "ATOL_FOR_VALIDATION", "inputs", "patch"],
    ),
    "a method that is renamed at the time": (
        "def patch(self, model):",
        "def wrap(self, ",
        ["EsmNeuronConfig", "ATOL_FOR_VALIDATION", "inputs"],
    ),
    "a class that lost its name": ("class EsmNeuronConfig(", "class (", []),
}


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_class_stays_with_what_is_there(
    old: str, new: str, expected: list[str], small_catalog: Catalog
) -> None:
    document = after_typing(UPSTREAM, UPSTREAM.replace(old, new), small_catalog)
    symbols = nested_symbols(document)
    assert [each.name for each in symbols[:2]] == ["TASKS", "register_in_tasks_manager"]
    named = [each.name for symbol in symbols[2:] for each in (symbol, *(symbol.children or ()))]
    assert [each for each in named if each != "helper"] == expected
    for symbol in symbols:
        for each in (symbol, *(symbol.children or ())):
            assert underlined(document, each.selection_range) == each.name
            assert each.name in underlined(document, each.range)


def test_a_class_that_never_was_whole_is_left_out(small_catalog: Catalog) -> None:
    text = UPSTREAM.replace("return model", "return (")
    assert "EsmNeuronConfig" not in outline(nested_symbols(opened(text, small_catalog)))


def after_typing(before: str, after: str, catalog: Catalog) -> OpenDocument:
    analyser = Analyser(catalog, all_rules())
    analyser.analyse("file:///workspace/a.py", before)
    return OpenDocument(analyser.analyse("file:///workspace/a.py", after), 2, "utf-16", EVERYTHING)
