"""The class takes the name that the contribution guide asks for."""

from __future__ import annotations

import pytest
from menus import menu
from opened import ENCODINGS

from neuron_config_server.catalog.catalog import Catalog

ESM = """\
@register_in_tasks_manager("esm", "fill-mask")
class {}(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
"""
CHILD = "\n\nclass ChildNeuronConfig({}):\n    note = {}.NORMALIZED_CONFIG_CLASS\n"


def esm(name: str) -> str:
    return ESM.format(name)


CASES = {
    "where it is defined": (esm("Esm|Config"), "EsmConfig", esm("EsmNeuronConfig")),
    "with the cursor in the body": (
        esm("EsmConfig").replace("NORMAL", "NOR|MAL", 1),
        "EsmConfig",
        esm("EsmNeuronConfig"),
    ),
    "a small letter": (esm("esm|NeuronConfig"), "esmNeuronConfig", esm("EsmNeuronConfig")),
    "another suffix": (esm("Esm|OnnxConfig"), "EsmOnnxConfig", esm("EsmNeuronConfig")),
    "where others inherit from it": (
        esm("Esm|Config") + CHILD.format("EsmConfig", "EsmConfig"),
        "EsmConfig",
        esm("EsmNeuronConfig") + CHILD.format("EsmNeuronConfig", "EsmNeuronConfig"),
    ),
    "in a comment": (
        "# EsmConfig is below.\n" + esm("Esm|Config"),
        "EsmConfig",
        "# EsmNeuronConfig is below.\n" + esm("EsmNeuronConfig"),
    ),
    "in __all__": (
        '__all__ = ["EsmConfig"]\n' + esm("Esm|Config"),
        "EsmConfig",
        '__all__ = ["EsmNeuronConfig"]\n' + esm("EsmNeuronConfig"),
    ),
    "names that only begin alike are left alone": (
        "EsmConfigs = 1\n" + esm("Esm|Config"),
        "EsmConfig",
        "EsmConfigs = 1\n" + esm("EsmNeuronConfig"),
    ),
}


@pytest.mark.parametrize(("before", "name", "after"), CASES.values(), ids=CASES)
def test_the_text_after(before: str, name: str, after: str, small_catalog: Catalog) -> None:
    found = menu(before, small_catalog, only=["refactor"])
    assert found.text_after(f"Rename `{name}` to `EsmNeuronConfig`") == after


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_in_the_units_of_the_client(encoding: str, small_catalog: Catalog) -> None:
    before = esm("Esm|Config") + 'x = "😋", EsmConfig  # 😋 EsmConfig\n'
    after = esm("EsmNeuronConfig") + 'x = "😋", EsmNeuronConfig  # 😋 EsmNeuronConfig\n'
    found = menu(before, small_catalog, encoding=encoding, only=["refactor"])
    assert found.text_after("Rename `EsmConfig` to `EsmNeuronConfig`") == after


REFUSED = {
    "the name is taken": (
        "EsmNeuronConfig = 1\n" + esm("Esm|Config"),
        "`EsmNeuronConfig` stands in this file already",
    ),
    "it is imported too": (
        "from transformers import EsmConfig\n" + esm("Esm|Config"),
        "on line 1, `EsmConfig` may mean something else",
    ),
    "it stands in a string": (
        esm("Esm|Config") + 'x = "EsmConfig"\n',
        "on line 4, `EsmConfig` may mean something else",
    ),
    "an attribute of that name": (
        esm("Esm|Config") + "x = transformers.EsmConfig\n",
        "on line 4, `EsmConfig` may mean something else",
    ),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_why_it_is_not_available(text: str, reason: str, small_catalog: Catalog) -> None:
    assert menu(text, small_catalog).reasons["Rename `EsmConfig` to `EsmNeuronConfig`"] == reason


@pytest.mark.parametrize(
    "text",
    [esm("Esm|NeuronConfig"), "class Any|Base(TextEncoderNeuronConfig):\n    pass\n"],
    ids=["named so already", "nothing registers it"],
)
def test_nothing_to_rename(text: str, small_catalog: Catalog) -> None:
    found = menu(text, small_catalog)
    assert not [each for each in (*found.titles, *found.reasons) if each.startswith("Rename")]
