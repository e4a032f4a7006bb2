"""The table of attributes that win over axes, held against optimum's generators as they run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules.finding import Finding
from neuron_config_server.rules.nc405_axis_shadowed import _WINS, AxisShadowed

HAS = {"num_channels": 3, "image_size": 32, "max_length": 16, "num_mel_bins": 4}
INPUTS = {"DummyVisionInputGenerator": "pixel_values", "ASTDummyAudioInputGenerator": "input_values"}


@pytest.mark.parametrize(("generator", "axis"), _WINS)
def test_an_axis_of_the_table_changes_nothing_where_the_config_has_the_attribute(
    generator: str, axis: str
) -> None:
    module = pytest.importorskip("optimum.utils.input_generators")
    normalized = pytest.importorskip("optimum.utils.normalized_config").NormalizedConfig

    def shape(size: int) -> Any:
        config = normalized(SimpleNamespace(**HAS, attribute_map={}))
        made = getattr(module, generator)("feature-extraction", config, **{axis: size})
        return tuple(made.generate(INPUTS[generator]).shape)

    assert shape(8) == shape(64)


@pytest.mark.parametrize(
    ("generator", "axis"), [key for key in _WINS if key[0] == "DummyVisionInputGenerator"]
)
def test_it_changes_something_where_the_config_lacks_the_attribute(generator: str, axis: str) -> None:
    module = pytest.importorskip("optimum.utils.input_generators")
    normalized = pytest.importorskip("optimum.utils.normalized_config").NormalizedConfig
    sizes = [
        tuple(
            getattr(module, generator)("feature-extraction", normalized(SimpleNamespace()), **{axis: size})
            .generate(INPUTS[generator])
            .shape
        )
        for size in (8, 64)
    ]
    assert sizes[0] != sizes[1]


def findings(catalog: Catalog, **changes: str) -> list[Finding]:
    given = {"model_type": '"vit"', "extra": "", "axes": '("batch_size", "width")', **changes}
    text = (
        "@register_in_tasks_manager({model_type}, 'image-classification')\n"
        "class AConfig(VisionNeuronConfig):\n    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig\n"
        "    DUMMY_INPUT_GENERATOR_CLASSES = (DummyVisionInputGenerator,)\n    INPUT_ARGS = {axes}\n{extra}"
        "    @property\n    def inputs(self):\n        return ['pixel_values']\n"
    ).format(**given)
    return list(AxisShadowed().check(read_config_file(text, catalog), catalog))


def test_axes_that_the_same_attribute_decides_are_one_finding(real_catalog: Catalog) -> None:
    found = findings(real_catalog, axes='("batch_size", "num_channels", "width", "height")')
    assert [each.message for each in found] == [
        "`num_channels` changes nothing: DummyVisionInputGenerator takes `num_channels` of the model's config "
        "instead (3 by default)",
        "`width` and `height` change nothing: DummyVisionInputGenerator takes `image_size` of the model's config "
        "instead (224 by default)",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"model_type": '"convnextv3"'},
        {"model_type": '"mobilenet_v2", library_name="timm"'},
        {"extra": "    CUSTOM_MODEL_WRAPPER = Wrapper\n"},
        {"extra": "    def generate_dummy_inputs(self, **kwargs): ...\n"},
        {"extra": "    def _create_dummy_input_generator_classes(self, **kwargs): return made_up(self)\n"},
        {"extra": "    def size(self): return self.width\n"},
        {"axes": '("batch_size",)'},
        {"axes": "AXES"},
    ],
)
def test_it_is_silent_where_it_cannot_know(real_catalog: Catalog, changes: dict[str, str]) -> None:
    assert findings(real_catalog, **changes) == []
