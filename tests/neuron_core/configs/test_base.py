from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from optimum.utils import DummyTextInputGenerator
from optimum.utils.normalized_config import NormalizedTextConfig, NormalizedVisionConfig
from transformers import BertConfig, ViTConfig

from neuron_core.configs import (
    AudioNeuronConfig,
    InputShapesArguments,
    MissingMandatoryAxisDimension,
    NeuronDefaultConfig,
    NeuronExportConfig,
    TextEncoderNeuronConfig,
    VisionNeuronConfig,
)
from neuron_core.errors import DummyInputError, UnsupportedTaskError


class TextConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["attention_mask", "input_ids"]


def text_config(
    task: str = "fill-mask",
    config_class: type[NeuronDefaultConfig] = TextConfig,
    axes: dict[str, int] | None = None,
    **options: Any,
) -> Any:
    shapes = InputShapesArguments(**{"batch_size": 2, "sequence_length": 8, **(axes or {})})
    return config_class(BertConfig(), task=task, input_shapes=shapes, **options)


class AxesPerTask(NeuronExportConfig):
    INPUT_ARGS = (
        "batch_size",
        ("multiple-choice", "num_choices"),
        (("fill-mask", "text-classification"), "sequence_length"),
    )


@pytest.mark.parametrize(
    ("task", "axes"),
    [
        ("multiple-choice", ("batch_size", "num_choices")),
        ("fill-mask", ("batch_size", "sequence_length")),
        ("text-classification", ("batch_size", "sequence_length")),
        ("choice", ("batch_size",)),
    ],
)
def test_an_axis_is_needed_for_the_tasks_it_is_paired_with(task: str, axes: tuple[str, ...]) -> None:
    assert AxesPerTask.get_input_args_for_task(task) == axes


def test_the_axes_of_any_task_are_all_axes() -> None:
    assert AxesPerTask.get_all_input_args() == ("batch_size", "num_choices", "sequence_length")


def test_sizes_are_attributes_of_the_config() -> None:
    config = text_config(axes={"num_beams": 4})
    assert (config.batch_size, config.sequence_length, config.num_beams, config.width) == (2, 8, 4, None)
    assert config.input_shapes == {"batch_size": 2, "sequence_length": 8, "num_beams": 4}


def test_a_missing_size_is_named_with_its_flag() -> None:
    shapes = InputShapesArguments(batch_size=2)
    config = TextConfig(BertConfig(), task="fill-mask", input_shapes=shapes)
    with pytest.raises(
        MissingMandatoryAxisDimension, match=r"sequence_length has no size.*--sequence_length"
    ):
        config.generate_dummy_inputs()


def test_a_size_that_was_not_given_is_the_models_own() -> None:
    class Images(VisionNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig
        inputs = property(lambda self: ["pixel_values"])

    config = Images(
        ViTConfig(num_channels=1), task="image-classification", input_shapes=InputShapesArguments()
    )
    assert config.num_channels == 1
    assert config.image_size == 224


def test_a_size_of_the_normalized_config_serves_an_axis_that_has_none() -> None:
    class NeedsHiddenSize(TextConfig):
        INPUT_ARGS = ("hidden_size",)

    config = text_config(config_class=NeedsHiddenSize)
    config.hidden_size = None
    assert config.hidden_size == BertConfig().hidden_size


def test_a_feature_extractor_says_how_many_frames_there_are() -> None:
    class Sound(AudioNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
        inputs = property(lambda self: ["input_features"])

    extractor = SimpleNamespace(feature_extractor_type="any", nb_max_frames=100)
    config = text_config(config_class=Sound, preprocessors=[SimpleNamespace(), extractor])
    assert config.nb_max_frames == 100


def test_another_task_needs_other_axes_and_keeps_the_sizes() -> None:
    config = text_config(axes={"num_choices": 4})

    config.task = "multiple-choice"
    assert config.mandatory_axes == ("batch_size", "sequence_length", "num_choices")
    assert config.generate_dummy_inputs()["input_ids"].shape == (2, 4, 8)

    config.task = "fill-mask"
    assert config.mandatory_axes == ("batch_size", "sequence_length")
    assert config.generate_dummy_inputs()["input_ids"].shape == (2, 8)
    assert config.num_choices == 4


def test_a_size_can_be_changed_after_the_config_was_made() -> None:
    config = text_config()
    config.sequence_length = 5
    assert config.generate_dummy_inputs()["input_ids"].shape == (2, 5)


def test_a_mistake_within_inputs_is_told_as_it_is() -> None:
    class Misspelt(TextConfig):
        @property
        def inputs(self) -> list[str]:
            return self._config.input_name  # there is no such attribute

    config = text_config(config_class=Misspelt)
    with pytest.raises(AttributeError, match="'BertConfig' object has no attribute 'input_name'"):
        _ = config.inputs


def test_an_attribute_that_is_not_there_is_named_with_the_class() -> None:
    config = text_config()
    assert not hasattr(config, "no_such_axis")
    with pytest.raises(AttributeError, match="'TextConfig' object has no attribute 'no_such_axis'"):
        _ = config.no_such_axis


@pytest.mark.parametrize(
    ("task", "outputs"),
    [
        ("feature-extraction", ["last_hidden_state", "pooler_output"]),
        ("question-answering", ["start_logits", "end_logits"]),
        ("fill-mask", ["logits"]),
    ],
)
def test_a_task_has_its_common_outputs(task: str, outputs: list[str]) -> None:
    assert text_config(task).outputs == outputs


def test_changing_the_outputs_of_one_config_changes_no_other() -> None:
    text_config().outputs.append("hidden_states")
    assert text_config().outputs == ["logits"]


def test_a_task_without_common_outputs_asks_for_an_override() -> None:
    with pytest.raises(UnsupportedTaskError, match=r"text-generation.*Override `outputs` in TextConfig"):
        _ = text_config("text-generation").outputs


def test_inputs_come_in_the_order_in_which_they_are_declared() -> None:
    config = text_config()
    assert list(config.generate_dummy_inputs()) == ["attention_mask", "input_ids"]
    mask, ids = config.generate_dummy_inputs(return_tuple=True)
    assert set(mask.unique().tolist()) == {0, 1}
    assert ids.max() > 1


def test_sizes_can_be_replaced_for_one_call() -> None:
    config = text_config()
    assert config.generate_dummy_inputs(sequence_length=5)["input_ids"].shape == (2, 5)
    assert config.generate_dummy_inputs()["input_ids"].shape == (2, 8)


@pytest.mark.parametrize("dtype", ["int32", torch.int32])
def test_inputs_have_the_type_that_was_asked_for(dtype: Any) -> None:
    inputs = text_config(int_dtype=dtype).generate_dummy_inputs()
    assert {value.dtype for value in inputs.values()} == {torch.int32}


def test_float_inputs_have_the_type_that_was_asked_for() -> None:
    class Images(VisionNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig
        inputs = property(lambda self: ["pixel_values"])

    shapes = InputShapesArguments(batch_size=1, width=32, height=32)
    config = Images(
        ViTConfig(image_size=32), task="image-classification", input_shapes=shapes, float_dtype="bf16"
    )
    assert config.generate_dummy_inputs()["pixel_values"].dtype == torch.bfloat16


def test_an_input_that_no_generator_makes_is_named_with_those_that_were_tried() -> None:
    class Images(TextConfig):
        inputs = property(lambda self: ["pixel_values"])

    with pytest.raises(DummyInputError, match=r"makes 'pixel_values' \(tried: DummyTextInputGenerator\)"):
        text_config(config_class=Images).generate_dummy_inputs()


def test_of_two_generators_for_an_input_the_first_makes_it() -> None:
    class OnesGenerator(DummyTextInputGenerator):
        SUPPORTED_INPUT_NAMES = ("input_ids",)

        def generate(self, input_name: str, **options: Any) -> torch.Tensor:
            return torch.ones(self.batch_size, self.sequence_length)

    class Ones(TextConfig):
        DUMMY_INPUT_GENERATOR_CLASSES = (OnesGenerator, DummyTextInputGenerator)

    inputs = text_config(config_class=Ones).generate_dummy_inputs()
    assert torch.equal(inputs["input_ids"], torch.ones(2, 8))
    assert inputs["attention_mask"].min() == 0


def test_nested_inputs_are_moved_to_the_top() -> None:
    nested = {"sample": 1, "added": {"text_embeds": 2, "time_ids": 3}, "timestep": 4}
    assert TextConfig.flatten_inputs(nested) == {
        "sample": 1,
        "text_embeds": 2,
        "time_ids": 3,
        "timestep": 4,
    }


def test_numbered_inputs_become_one_tuple_in_the_order_of_their_numbers() -> None:
    numbered = {f"residual_{number}": number for number in (10, 2, 0)}
    assert TextConfig.unflatten_inputs({**numbered, "sample": "s"}) == {"sample": "s", "residual": (0, 2, 10)}


class Swapping(torch.nn.Module):
    """Takes its inputs in another order than the config declares them."""

    def forward(self, input_ids: Any, attention_mask: Any, **options: bool) -> Any:
        outputs = {"logits": input_ids, "other": attention_mask}
        on_request = {"output_hidden_states": -input_ids, "output_attentions": 2 * input_ids}
        return {**outputs, **{name: value for name, value in on_request.items() if options.get(name)}}


MASK, IDS = torch.tensor([0]), torch.tensor([7])


@pytest.mark.parametrize(
    ("config_options", "patch_options", "expected"),
    [
        ({}, {}, [IDS]),
        ({}, {"input_names": ["input_ids", "attention_mask"]}, [MASK]),
        ({}, {"eligible_outputs": ["other", "logits"]}, [MASK, IDS]),
        ({}, {"forward_with_tuple": True}, [MASK]),
        ({"output_hidden_states": True}, {"eligible_outputs": ["output_hidden_states"]}, [-IDS]),
        ({"output_attentions": True}, {"eligible_outputs": ["output_attentions"]}, [2 * IDS]),
    ],
)
def test_the_traced_module_is_called_with_a_tuple(
    config_options: dict[str, Any], patch_options: dict[str, Any], expected: list[torch.Tensor]
) -> None:
    config = text_config(**config_options)
    module, aliases = config.patch_model_and_prepare_aliases(Swapping(), **patch_options)
    assert list(module(MASK, IDS)) == expected
    assert aliases == {}


def test_a_wrapper_of_the_config_is_what_is_traced() -> None:
    class Wrapper(torch.nn.Module):
        def __init__(self, model: torch.nn.Module, input_names: list[str]) -> None:
            super().__init__()
            self.model, self.input_names = model, input_names

    class Wrapped(TextConfig):
        CUSTOM_MODEL_WRAPPER = Wrapper

    model = Swapping()
    wrapper, _ = text_config(config_class=Wrapped).patch_model_and_prepare_aliases(model)
    assert isinstance(wrapper, Wrapper)
    assert wrapper.model is model
    assert wrapper.input_names == ["attention_mask", "input_ids"]


def test_a_class_without_a_normalized_config_says_so() -> None:
    class Incomplete(TextConfig):
        NORMALIZED_CONFIG_CLASS = None

    with pytest.raises(TypeError, match="Incomplete sets no NORMALIZED_CONFIG_CLASS"):
        text_config(config_class=Incomplete)


def test_a_class_without_inputs_cannot_be_used() -> None:
    class Incomplete(TextEncoderNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    with pytest.raises(TypeError, match=r"abstract.*inputs"):
        text_config(config_class=Incomplete)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({}, 1),
        ({"tensor_parallel_size": 2, "pipeline_parallel_size": 3}, 6),
        ({"tensor_parallel_size": 2, "world_size": 8}, 8),
    ],
)
def test_the_world_is_as_large_as_its_parallel_parts(options: dict[str, int], size: int) -> None:
    assert text_config(**options).world_size == size
