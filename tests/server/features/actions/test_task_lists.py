"""All available tasks, and constants for lists of tasks."""

from __future__ import annotations

import pytest
from menus import menu
from opened import ENCODINGS

from neuron_config_server.catalog.catalog import Catalog

REGISTER = "Register all available tasks of esm"
ESM = """\
@register_in_tasks_manager({arguments})
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""


def esm(arguments: str) -> str:
    return ESM.format(arguments=arguments)


REGISTERED = {
    "behind the last one": (
        '"es|m", "feature-extraction", "fill-mask"',
        '"esm", "feature-extraction", "fill-mask", "token-classification"',
    ),
    "several": (
        '"es|m", "feature-extraction"',
        '"esm", "feature-extraction", "fill-mask", "token-classification"',
    ),
    "in a list": (
        '"es|m", *["feature-extraction", "fill-mask"]',
        '"esm", *["feature-extraction", "fill-mask", "token-classification"]',
    ),
    "behind a constant": (
        '"es|m", *("feature-extraction fill-mask".split())',
        '"esm", *("feature-extraction fill-mask".split()), "token-classification"',
    ),
    "single quotes": (
        "'es|m', 'feature-extraction', 'fill-mask'",
        "'esm', 'feature-extraction', 'fill-mask', 'token-classification'",
    ),
    "each on a line of its own": (
        '\n    "es|m",\n    *[\n        "feature-extraction",\n        "fill-mask",  # bare\n    ],\n',
        '\n    "esm",\n    *[\n        "feature-extraction",\n        "fill-mask",\n        "token-classification",  # bare\n'
        "    ],\n",
    ),
    "before the library": (
        '"es|m", "feature-extraction", "fill-mask", library_name="transformers"',
        '"esm", "feature-extraction", "fill-mask", "token-classification", library_name="transformers"',
    ),
}


@pytest.mark.parametrize(("before", "after"), REGISTERED.values(), ids=REGISTERED)
def test_register_all(before: str, after: str, small_catalog: Catalog) -> None:
    assert menu(esm(before), small_catalog, only=["refactor.rewrite"]).text_after(REGISTER) == esm(after)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_register_all_in_the_units_of_the_client(encoding: str, small_catalog: Catalog) -> None:
    before = '"es|m", *"😋"[:0], "feature-extraction", "fill-mask"'
    found = menu(esm(before), small_catalog, encoding=encoding).text_after(REGISTER)
    assert found == esm('"esm", *"😋"[:0], "feature-extraction", "fill-mask", "token-classification"')


NOTHING_TO_REGISTER = {
    "all are registered": (
        '"es|m", "feature-extraction", "fill-mask", "text-classification", "token-classification"',
        "nothing to add: all 4 tasks are registered",
    ),
    "the rest isn't known to work": (
        '"es|m", "feature-extraction", "fill-mask", "token-classification"',
        'nothing to add: "text-classification" can\'t be told to work with these inputs and outputs',
    ),
    "tasks that can't be told": (
        '"es|m", *TASKS_OF_ELSEWHERE',
        "which other tasks EsmNeuronConfig would work for can't be told",
    ),
}


@pytest.mark.parametrize(("text", "reason"), NOTHING_TO_REGISTER.values(), ids=NOTHING_TO_REGISTER)
def test_nothing_to_register(text: str, reason: str, small_catalog: Catalog) -> None:
    assert menu(esm(text), small_catalog).reasons[REGISTER] == reason


def test_another_library_has_no_such_action(small_catalog: Catalog) -> None:
    found = menu(esm('"es|m", "feature-extraction", library_name="timm"'), small_catalog)
    assert not [each for each in (*found.titles, *found.reasons) if each.startswith("Register")]


TASKS = '"feature-extraction", "fill-mask"'
EXTRACT = "Extract the tasks that 2 registrations share to `COMMON_TASKS`"


def two(one: str, other: str) -> str:
    second = esm(other).replace("EsmNeuron", "BertNeuron")
    return f"import x\n\n\n{esm(one)}\n\n{second}"


EXTRACTED = {
    "of two registrations": (
        two(f'"es|m", {TASKS}', f'"bert", {TASKS}'),
        EXTRACT,
        two('"esm", *COMMON_TASKS', '"bert", *COMMON_TASKS').replace(
            "@", f"COMMON_TASKS = [{TASKS}]\n\n\n@", 1
        ),
    ),
    "with the cursor in the second": (
        two(f'"esm", {TASKS}', f'"be|rt", *[{TASKS}]'),
        EXTRACT,
        two('"esm", *COMMON_TASKS', '"bert", *COMMON_TASKS').replace(
            "@", f"COMMON_TASKS = [{TASKS}]\n\n\n@", 1
        ),
    ),
    "before what is said of the first class": (
        two(f'"es|m", {TASKS}', f'"bert", {TASKS}').replace("@", "# ESM is a BERT.\n@", 1),
        EXTRACT,
        two('"esm", *COMMON_TASKS', '"bert", *COMMON_TASKS').replace(
            "@", f"COMMON_TASKS = [{TASKS}]\n\n\n# ESM is a BERT.\n@", 1
        ),
    ),
    "with a library": (
        two(f'"es|m", {TASKS}, library_name="transformers"', f'"bert", {TASKS}'),
        EXTRACT,
        two('"esm", *COMMON_TASKS, library_name="transformers"', '"bert", *COMMON_TASKS').replace(
            "@", f"COMMON_TASKS = [{TASKS}]\n\n\n@", 1
        ),
    ),
    "a name that is taken": (
        "COMMON_TASKS = []\n" + two(f'"es|m", {TASKS}', f'"bert", {TASKS}'),
        EXTRACT.replace("COMMON_TASKS", "COMMON_TASKS_2"),
        "COMMON_TASKS = []\n"
        + two('"esm", *COMMON_TASKS_2', '"bert", *COMMON_TASKS_2').replace(
            "@", f"COMMON_TASKS_2 = [{TASKS}]\n\n\n@", 1
        ),
    ),
    "a constant that is there": (
        f"TEXT_TASKS = [{TASKS}]\n" + esm(f'"es|m", *[{TASKS}]'),
        "Use `TEXT_TASKS` for the tasks",
        f"TEXT_TASKS = [{TASKS}]\n" + esm('"esm", *TEXT_TASKS'),
    ),
    "line ends of Windows": (
        two(f'"es|m", {TASKS}', f'"bert", {TASKS}').replace("\n", "\r\n"),
        EXTRACT,
        two('"esm", *COMMON_TASKS', '"bert", *COMMON_TASKS')
        .replace("@", f"COMMON_TASKS = [{TASKS}]\n\n\n@", 1)
        .replace("\n", "\r\n"),
    ),
}


@pytest.mark.parametrize(("before", "title", "after"), EXTRACTED.values(), ids=EXTRACTED)
def test_extract(before: str, title: str, after: str, small_catalog: Catalog) -> None:
    assert menu(before, small_catalog, only=["refactor.extract"]).text_after(title) == after


def test_a_long_list_is_written_element_by_element(small_catalog: Catalog) -> None:
    tasks = '"feature-extraction", "fill-mask", "text-classification", "token-classification", "image-to-text", "multiple-choice"'
    found = menu(two(f'"es|m", {tasks}', f'"bert", {tasks}'), small_catalog).text_after(EXTRACT)
    lines = "".join(f"    {each},\n" for each in tasks.split(", "))
    assert f"\n\n\nCOMMON_TASKS = [\n{lines}]\n\n\n@" in found


NOT_EXTRACTED = {
    "no other has them": two(f'"es|m", {TASKS}', '"bert", "fill-mask", "feature-extraction"'),
    "one task": two('"es|m", "fill-mask"', '"bert", "fill-mask"'),
    "a constant already": f"TASKS = [{TASKS}]\n" + two('"es|m", *TASKS', '"bert", *TASKS'),
    "a comment among them": two(
        '"es|m",  # x\n    "feature-extraction",  # y\n    "fill-mask"', f'"bert", {TASKS}'
    ),
    "a constant below": esm(f'"es|m", {TASKS}') + f"TASKS = [{TASKS}]\n",
}


@pytest.mark.parametrize("text", NOT_EXTRACTED.values(), ids=NOT_EXTRACTED)
def test_nothing_to_extract(text: str, small_catalog: Catalog) -> None:
    assert menu(text, small_catalog, only=["refactor.extract"]).items == ()
