from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.fixing import fix
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules.nc301_unknown_task import UnknownTask


def text(tasks: str) -> str:
    return f'@register_in_tasks_manager("esm", {tasks})\nclass ANeuronConfig(TextEncoderNeuronConfig):\n    pass\n'


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("masked-lm", '"masked-lm" is a synonym that registrations don\'t accept: the task is "fill-mask"'),
        ("fill-masc", '"fill-masc" is not a task of optimum, did you mean "fill-mask"?'),
        (
            "fill-mask-with-past",
            '"fill-mask-with-past": Neuron configs don\'t support the -with-past variant of a task',
        ),
        (
            "protein-folding",
            '"protein-folding" is not a task of optimum; esm has feature-extraction, fill-mask, mask-generation, text-classification, token-classification',
        ),
    ],
)
def test_the_message_says_what_to_write(small_catalog: Catalog, task: str, message: str) -> None:
    (finding,) = UnknownTask().check(read_config_file(text(f'"{task}"'), small_catalog), small_catalog)
    assert finding.message == message


def test_two_names_of_one_task_become_one_task(small_catalog: Catalog) -> None:
    mended = fix(text('"masked-lm", "fill-masc", "default"'), small_catalog, [UnknownTask()])
    assert mended.text == text('"fill-mask", "feature-extraction"')


def test_a_shared_list_of_tasks_is_reported_once(small_catalog: Catalog) -> None:
    shared = 'T = ["masked-lm"]\n' + text("*T") + text("*T").replace("ANeuron", "BNeuron")
    (finding,) = UnknownTask().check(read_config_file(shared, small_catalog), small_catalog)
    assert finding.range.start.line == 0


def test_no_fix_where_registrations_that_share_a_list_want_different_ones(small_catalog: Catalog) -> None:
    shared = 'T = ["masked-lm"]\n' + text('*T, "fill-mask"') + text("*T").replace("ANeuron", "BNeuron")
    assert [
        finding.fix for finding in UnknownTask().check(read_config_file(shared, small_catalog), small_catalog)
    ] == [None]


def test_no_fix_where_the_list_is_used_for_something_else(small_catalog: Catalog) -> None:
    (finding,) = UnknownTask().check(
        read_config_file('T = ["masked-lm"]\nprint(T)\n' + text("*T"), small_catalog), small_catalog
    )
    assert finding.fix is None


@pytest.mark.parametrize(
    ("tasks", "mended"),
    [
        ('*("fill-mask", "masked-lm")', '*("fill-mask",)'),
        ('*("masked-lm", "fill-mask")', '*("fill-mask",)'),
    ],
)
def test_a_tuple_of_tasks_stays_a_tuple(small_catalog: Catalog, tasks: str, mended: str) -> None:
    assert fix(text(tasks), small_catalog, [UnknownTask()]).text == text(mended)


@pytest.mark.parametrize("backend", ['"onnx"', '"openvino"', "backend='onnx'", "BACKEND"])
@pytest.mark.parametrize("name", ["register", "register_in_tasks_manager"])
def test_configs_of_other_backends_are_left_alone(small_catalog: Catalog, backend: str, name: str) -> None:
    source = f"{name} = TasksManager.create_register({backend})\n" + text('"masked-lm"').replace(
        "register_in_tasks_manager", name
    )
    assert list(UnknownTask().check(read_config_file(source, small_catalog), small_catalog)) == []
