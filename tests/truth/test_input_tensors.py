"""The shapes and types that inlay hints tell, held against what optimum's own generators make."""

from __future__ import annotations

from functools import reduce
from itertools import product
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.features.input_tensors import tensor_of
from neuron_config_server.reading.config_reader import read_config_file

pytestmark = pytest.mark.truth

MODULE = "optimum.utils.input_generators"
MODEL_TYPES = (
    "audio-spectrogram-transformer",
    "bert",
    "clip",
    "convnext",
    "decision_transformer",
    "layoutlmv3",
    "segformer",
    "t5",
    "vit",
    "wav2vec2",
    "whisper",
)
NORMALIZED = (
    "NormalizedConfig",
    "NormalizedTextConfig",
    "NormalizedVisionConfig",
    "NormalizedSeq2SeqConfig",
    "NormalizedSegformerConfig",
    "NormalizedTextAndVisionConfig",
)
TASKS = ("feature-extraction", "multiple-choice", "text-classification")
SIZES = (2, 23, 5, 7, 11, 13, 17, 19, 29, 31, 37, 41)
"""Of the axes, in their order."""
TEMPLATE = """
@register_in_tasks_manager("{model_type}", {tasks})
class ANeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = {normalized}
    DUMMY_INPUT_GENERATOR_CLASSES = ({generator},)
    INPUT_ARGS = ({axes})

    @property
    def inputs(self):
        return [{names}]
"""
HEAD = f"""
from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager
from optimum.utils.normalized_config import {", ".join(NORMALIZED)}
from {MODULE} import *
"""


def quoted(names: tuple[str, ...]) -> str:
    return "".join(f'"{each}", ' for each in names)


def made(generator: type, config: Any, task: str, axes: dict[str, int], name: str) -> Any:
    """What the generator makes; None where it can't."""
    try:
        return generator(task, config, **axes).generate(
            name, framework="pt", int_dtype="int64", float_dtype="fp32"
        )
    except Exception:  # noqa: BLE001 - generators raise whatever comes
        return None


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(Environment.own())


@pytest.mark.parametrize("model_type", MODEL_TYPES)
@pytest.mark.parametrize("gives_axes", [True, False], ids=["axes", "no axes"])
def test_no_hint_is_wrong(model_type: str, gives_axes: bool, catalog: Catalog) -> None:
    import optimum.utils.input_generators as generators
    import optimum.utils.normalized_config as normalized_configs
    import torch
    from transformers import CONFIG_MAPPING

    hf_config = CONFIG_MAPPING[model_type]()
    told = silent = 0
    for generator, normalized in product(catalog.dummy_generators.values(), NORMALIZED):
        if generator.module != MODULE or not generator.supported_names:
            continue
        axes = tuple(each.name for each in generator.axes if "random" not in each.name) if gives_axes else ()
        text = HEAD + TEMPLATE.format(
            model_type=model_type,
            tasks=quoted(TASKS),
            normalized=normalized,
            generator=generator.name,
            axes=quoted(axes),
            names=quoted(generator.supported_names),
        )
        file = read_config_file(text, catalog)
        config = getattr(normalized_configs, normalized)(hf_config)
        sizes = dict(zip(axes, SIZES))
        for effective, name in product(file.effective, generator.supported_names):
            tensor = tensor_of(name, effective, file, catalog)
            actual = made(getattr(generators, generator.name), config, effective.task, sizes, name)
            silent += tensor is None and isinstance(actual, torch.Tensor)
            if tensor is None or actual is None:
                continue
            told += 1
            where = f"{generator.name} {normalized} {effective.task} {name} {tensor}"
            assert isinstance(actual, torch.Tensor), where
            names = {
                part: reduce(getattr, path.split("."), hf_config)
                for part, path in tensor.from_config
                if not hasattr(config, part)
            }
            names |= {part: getattr(config, part) for part, _ in tensor.from_config if hasattr(config, part)}
            shape = tuple(eval(each, {}, {**sizes, **names}) for each in tensor.shape)
            assert shape == tuple(actual.shape), where
            assert f"torch.{tensor.dtype}" == str(actual.dtype), where
    assert told > 50
    assert silent < told / 10, "of what is made, nearly all is told"
