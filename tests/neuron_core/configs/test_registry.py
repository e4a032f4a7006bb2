from __future__ import annotations

import logging

import pytest
from optimum.exporters.tasks import TasksManager

from neuron_core.configs import (
    BertNeuronConfig,
    EsmNeuronConfig,
    TextEncoderNeuronConfig,
    register_in_tasks_manager,
    registration_for,
)
from neuron_core.configs.registry import Registration, canonical_task, collecting, registrations
from neuron_core.errors import RegistrationError, UnsupportedTaskError

pytestmark = pytest.mark.usefixtures("registry")


class First(TextEncoderNeuronConfig):
    pass


class Second(TextEncoderNeuronConfig):
    pass


def test_a_registered_class_is_found_for_its_model_type_and_each_of_its_tasks() -> None:
    register_in_tasks_manager("electra", "fill-mask", "text-classification")(First)
    for task in ("fill-mask", "text-classification"):
        assert registration_for("electra", task) == Registration("transformers", "electra", task, First)


def test_optimum_finds_what_was_registered_here() -> None:
    register_in_tasks_manager("electra", "fill-mask")(First)
    constructor = TasksManager.get_exporter_config_constructor(
        "neuron", model_type="electra", task="fill-mask", library_name="transformers"
    )
    assert constructor.func is First


def test_a_synonym_finds_its_task() -> None:
    assert registration_for("esm", "masked-lm").task == "fill-mask"


@pytest.mark.parametrize(
    ("task", "canonical"),
    [
        ("fill-mask", "fill-mask"),
        ("sequence-classification", "text-classification"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_task_has_a_canonical_name(task: str, canonical: str) -> None:
    assert canonical_task(task) == canonical


def test_the_classes_that_come_along_are_registered() -> None:
    assert registration_for("bert", "multiple-choice").config_class is BertNeuronConfig
    assert registration_for("esm", "fill-mask").config_class is EsmNeuronConfig


def test_libraries_have_registrations_of_their_own() -> None:
    register_in_tasks_manager("bert", "fill-mask", library_name="sentence_transformers")(First)
    assert registration_for("bert", "fill-mask", "sentence_transformers").config_class is First
    assert registration_for("bert", "fill-mask").config_class is BertNeuronConfig
    assert [one.config_class for one in registrations("sentence_transformers")] == [First]


@pytest.mark.parametrize(
    ("tasks", "options", "message"),
    [
        ((), {}, r"No task given for 'electra'"),
        ((["fill-mask"],), {}, r"A task is a string, not \['fill-mask'\].*\*tasks"),
        (("masked-lm",), {}, r"'masked-lm' is a synonym of the task 'fill-mask'.*Register 'fill-mask'"),
        (("fill-maks",), {}, r"Unknown task 'fill-maks'.*fill-mask"),
        (("text-generation-with-past",), {}, r"Unknown task 'text-generation-with-past'"),
        (("fill-mask", "fill-maks"), {}, r"Unknown task 'fill-maks'"),
        (("fill-mask",), {"library_name": "keras"}, r"Unknown library 'keras'.*sentence_transformers"),
    ],
)
def test_what_cannot_be_registered_is_refused_and_nothing_is(
    tasks: tuple[str, ...], options: dict[str, str], message: str
) -> None:
    before = registrations()
    with pytest.raises(RegistrationError, match=message):
        register_in_tasks_manager("electra", *tasks, **options)(First)
    assert registrations() == before


def test_a_later_class_replaces_an_earlier_one_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    register_in_tasks_manager("electra", "fill-mask")(First)
    register_in_tasks_manager("electra", "fill-mask", "text-classification")(Second)
    assert registration_for("electra", "fill-mask").config_class is Second
    (warning,) = caplog.messages
    assert "Second replaces" in warning
    assert warning.endswith("First for electra and the task fill-mask.")


def test_registering_the_same_class_again_is_no_replacement(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        register_in_tasks_manager("electra", "fill-mask")(First)
        register_in_tasks_manager("electra", "fill-mask")(First)
    assert caplog.messages == []


def test_an_unknown_model_type_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnsupportedTaskError, match=r"model type 'elektra'.*bert, esm.*--config-file"):
        registration_for("elektra", "fill-mask")


def test_a_task_that_is_not_registered_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnsupportedTaskError, match=r"esm and the task question-answering.*fill-mask, text-"):
        registration_for("esm", "question-answering")


def test_an_unknown_library_is_answered_with_the_known_ones() -> None:
    with pytest.raises(RegistrationError, match=r"Unknown library 'keras'.*transformers"):
        registration_for("esm", "fill-mask", "keras")


def test_what_a_file_registers_is_collected_and_wins_over_what_was_there() -> None:
    with collecting() as collected:
        register_in_tasks_manager("esm", "fill-mask")(First)
        register_in_tasks_manager("electra", "fill-mask")(Second)
    assert collected == [
        Registration("transformers", "esm", "fill-mask", First),
        Registration("transformers", "electra", "fill-mask", Second),
    ]
    assert registration_for("esm", "fill-mask").config_class is First
    assert registration_for("esm", "text-classification").config_class is EsmNeuronConfig


def test_a_file_written_for_optimum_alone_wins_too() -> None:
    with collecting() as collected:
        TasksManager.create_register("neuron")("esm", "fill-mask")(First)
    assert [one.config_class for one in collected] == [First]
    assert registration_for("esm", "fill-mask").config_class is First


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_file_that_fails_leaves_the_registry_as_it_was(error: type[BaseException]) -> None:
    def execute_file() -> None:
        with collecting():
            register_in_tasks_manager("esm", "fill-mask")(First)
            raise error

    before = registrations()
    with pytest.raises(error):
        execute_file()
    assert registrations() == before
