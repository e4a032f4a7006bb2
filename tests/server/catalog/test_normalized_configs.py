from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.normalized_configs import (
    AttributeMap,
    NormalizedConfigs,
    read_aliases,
    read_normalized_configs,
    resolution_order,
)
from neuron_config_server.catalog.source import ModuleSource, Sources

CLASSES = """
WIDTH = "width"


class NormalizedConfig:
    def __getattr__(self, attr_name):
        return attr_name


class NormalizedTextConfig(NormalizedConfig):
    VOCAB_SIZE = "vocab_size"
    HIDDEN_SIZE = "hidden_size"


class NormalizedSeq2SeqConfig(NormalizedTextConfig):
    ENCODER_HIDDEN_SIZE = NormalizedTextConfig.HIDDEN_SIZE
    DECODER_HIDDEN_SIZE = ENCODER_HIDDEN_SIZE


class NormalizedVisionConfig(NormalizedConfig):
    HIDDEN_SIZE: str = "hidden_sizes"
    IMAGE_WIDTH = WIDTH
    not_an_attribute = "lower case"


class NormalizedSegformerConfig(NormalizedVisionConfig):
    def __getattr__(self, attr_name):
        attr_value = super().__getattr__(attr_name)
        if isinstance(attr_value, list):
            attr_value = 0
        return attr_value


class NormalizedTextAndVisionConfig(NormalizedTextConfig, NormalizedVisionConfig):
    TEXT_CONFIG = None
    VISION_CONFIG = None

    def __getattr__(self, attr_name):
        if self.TEXT_CONFIG is not None and attr_name.upper() in dir(NormalizedTextConfig):
            attr_name = f"{self.TEXT_CONFIG}.{attr_name}"
        elif self.VISION_CONFIG is not None and attr_name.upper() in dir(NormalizedVisionConfig):
            attr_name = f"{self.VISION_CONFIG}.{attr_name}"
        return super().__getattr__(attr_name)


class NormalizedEncoderDecoderConfig(NormalizedConfig):
    ENCODER_NORMALIZED_CONFIG_CLASS = None

    def __getattr__(self, attr_name):
        if self.ENCODER_NORMALIZED_CONFIG_CLASS is not None and attr_name.upper() in dir(
            self.ENCODER_NORMALIZED_CONFIG_CLASS
        ):
            return self.ENCODER_NORMALIZED_CONFIG_CLASS.__getattr__(attr_name)
        return super().__getattr__(attr_name)


class OddConfig(NormalizedTextConfig):
    def __getattr__(self, attr_name):
        return super().__getattr__(attr_name.replace("_", ""))


class HalfToldConfig(NormalizedTextConfig):
    COMPUTED = "a" + "b"
    if WIDTH:
        HIDDEN_SIZE = "d_model"


class Other:
    HIDDEN_SIZE = "hidden_size"
"""

MANAGER = """

{before}
class NormalizedConfigManager:
    _conf = {{{table}}}


{after}
"""


def written(folder: Path, text: str) -> ModuleSource:
    path = folder / "normalized_config.py"
    path.write_text(text, encoding="utf-8")
    module = Sources([folder]).module(path)
    assert module is not None
    return module


def read(folder: Path, table: str, before: str = "", after: str = "") -> NormalizedConfigs:
    text = CLASSES + MANAGER.format(table=table, before=before, after=after)
    found = read_normalized_configs(written(folder, text))
    assert found is not None
    return found


def attributes_of(folder: Path, expression: str, before: str = "") -> AttributeMap | None:
    return read(folder, f'"it": {expression}', before).aliases["it"].attributes


def test_classes_are_those_that_derive_from_the_root(tmp_path: Path) -> None:
    classes = read(tmp_path, "").classes
    assert "Other" not in classes
    found = classes["NormalizedSeq2SeqConfig"]
    assert (found.bases, found.ancestors) == (
        ("NormalizedTextConfig",),
        ("NormalizedSeq2SeqConfig", "NormalizedTextConfig", "NormalizedConfig"),
    )
    assert found.file.name == "normalized_config.py"
    assert (
        found.file.read_text(encoding="utf-8").splitlines()[found.line - 1].startswith(f"class {found.name}")
    )


def test_attributes_are_inherited_and_may_name_another_attribute(tmp_path: Path) -> None:
    found = read(tmp_path, "").classes
    assert found["NormalizedSeq2SeqConfig"].attributes.declared == {
        "VOCAB_SIZE": "vocab_size",
        "HIDDEN_SIZE": "hidden_size",
        "ENCODER_HIDDEN_SIZE": "hidden_size",
        "DECODER_HIDDEN_SIZE": "hidden_size",
    }
    assert found["NormalizedVisionConfig"].attributes.declared == {
        "HIDDEN_SIZE": "hidden_sizes",
        "IMAGE_WIDTH": "width",
    }


def test_the_first_base_wins_as_in_python(tmp_path: Path) -> None:
    found = read(tmp_path, "").classes["NormalizedTextAndVisionConfig"]
    assert found.attributes.declared["HIDDEN_SIZE"] == "hidden_size"
    assert found.ancestors[-2:] == ("NormalizedVisionConfig", "NormalizedConfig")


@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        ("hidden_size", "d_model"),
        ("vocab_size", "vocab_size"),
        ("num_experts", "num_experts"),  # no class attribute: looked for under its own name
        ("decoder.num_codebooks", "decoder.num_codebooks"),
        ("config", None),
        ("config.act_dim", "act_dim"),
        ("HIDDEN_SIZE", None),  # the path itself, not what is there
    ],
)
def test_where_an_attribute_is_read_from(tmp_path: Path, attribute: str, path: str | None) -> None:
    attributes = attributes_of(tmp_path, 'NormalizedTextConfig.with_args(hidden_size="d_model")')
    assert attributes is not None
    assert attributes.path(attribute) == path


def test_a_text_and_vision_config_looks_into_its_parts(tmp_path: Path) -> None:
    attributes = attributes_of(
        tmp_path, 'NormalizedTextAndVisionConfig.with_args(text_config="text.config", vision_config="eye")'
    )
    assert attributes is not None
    assert attributes.paths == {
        "HIDDEN_SIZE": "text.config.hidden_size",
        "IMAGE_WIDTH": "eye.image_width",
        "TEXT_CONFIG": "text.config",
        "VISION_CONFIG": "eye",
        "VOCAB_SIZE": "text.config.vocab_size",
    }


def test_a_part_that_is_not_named_is_not_looked_into(tmp_path: Path) -> None:
    attributes = attributes_of(tmp_path, "NormalizedTextAndVisionConfig")
    assert attributes is not None
    assert (attributes.path("hidden_size"), attributes.path("text_config")) == ("hidden_size", None)


def test_an_encoder_with_a_class_of_its_own_answers_itself(tmp_path: Path) -> None:
    plain = attributes_of(tmp_path, "NormalizedEncoderDecoderConfig")
    assert plain is not None
    assert plain.path("hidden_size") == "hidden_size"
    with_encoder = attributes_of(
        tmp_path,
        "NormalizedEncoderDecoderConfig.with_args(encoder_normalized_config_class=NormalizedTextConfig)",
    )
    assert with_encoder is not None
    assert with_encoder.path("hidden_size") is None


def test_a_getattr_that_only_changes_the_value_leaves_the_path(tmp_path: Path) -> None:
    found = read(tmp_path, "").classes["NormalizedSegformerConfig"]
    assert found.attributes.path("hidden_size") == "hidden_sizes"


def test_what_cannot_be_followed_has_no_path(tmp_path: Path) -> None:
    classes = read(tmp_path, "").classes
    assert classes["OddConfig"].attributes.path("hidden_size") is None
    half_told = classes["HalfToldConfig"].attributes
    assert half_told.unknown == {"COMPUTED", "HIDDEN_SIZE"}
    assert (half_told.path("hidden_size"), half_told.path("vocab_size")) == (None, "vocab_size")


@pytest.mark.parametrize(
    ("expression", "class_name", "overrides", "allow_new"),
    [
        ("NormalizedTextConfig", "NormalizedTextConfig", {}, False),
        ("Like", "NormalizedTextConfig", {"hidden_size": "d_model"}, False),
        ("Renamed", "NormalizedTextConfig", {"hidden_size": "d_model"}, False),
        ("Same.with_args(vocab_size='v')", "NormalizedTextConfig", {"vocab_size": "v"}, False),
        ("NormalizedConfig.with_args(depth='d', allow_new=True)", "NormalizedConfig", {"depth": "d"}, True),
        ("NormalizedConfig.with_args(True, depth='d')", "NormalizedConfig", {"depth": "d"}, True),
        ("Like.with_args(vocab_size='v')", None, {}, False),  # a functools.partial has no with_args
        ("NormalizedTextConfig.with_args(**MORE)", None, {}, False),
        ("NormalizedTextConfig.with_args(depth='d', allow_new=MORE)", None, {}, False),
        ("make()", None, {}, False),
        ("Missing", None, {}, False),
        ("Circle", None, {}, False),
        ("Other", None, {}, False),
    ],
)
def test_what_an_alias_stands_for(
    tmp_path: Path, expression: str, class_name: str | None, overrides: dict[str, str], allow_new: bool
) -> None:
    before = """
Like = NormalizedTextConfig.with_args(hidden_size="d_model")
Renamed = Like
Same = NormalizedTextConfig
Circle = Round
Round = Circle
"""
    alias = read(tmp_path, f'"it": {expression}', before).aliases["it"]
    assert (alias.class_name, alias.overrides, alias.allow_new) == (class_name, overrides, allow_new)
    assert (alias.attributes is None) is (class_name is None)
    assert alias.source.replace("'", '"') == expression.replace("'", '"')


def test_partials_of_the_module_are_told_too(tmp_path: Path) -> None:
    partials = read(
        tmp_path, "", before='Like = NormalizedTextConfig.with_args(hidden_size="d_model")'
    ).partials
    assert partials["Like"].attributes is not None
    assert partials["Like"].attributes.path("hidden_size") == "d_model"
    assert "WIDTH" not in partials


def test_with_args_refuses_a_new_name_unless_it_may(tmp_path: Path) -> None:
    attributes = read(tmp_path, "").classes["NormalizedTextConfig"].attributes
    assert [attributes.accepts(key) for key in ("hidden_size", "HIDDEN_SIZE", "depth")] == [True, True, False]
    assert attributes.with_args({"depth": "d"}) is None
    allowed = attributes.with_args({"depth": "d"}, allow_new=True)
    assert allowed is not None
    assert allowed.path("depth") == "d"


def test_an_override_that_is_computed_hides_the_path(tmp_path: Path) -> None:
    attributes = attributes_of(
        tmp_path, "NormalizedTextConfig.with_args(hidden_size=pick(), vocab_size=None)"
    )
    assert attributes is not None
    assert attributes.path("hidden_size") is None
    assert attributes.unset == {"VOCAB_SIZE"}


@pytest.mark.parametrize(
    ("table", "after"),
    [
        ('"bert": NormalizedTextConfig, **MORE', ""),
        ("NAME: NormalizedTextConfig", ""),
        ('"bert": NormalizedTextConfig', 'NormalizedConfigManager._conf["clip"] = NormalizedTextConfig'),
        ('"bert": NormalizedTextConfig', "NormalizedConfigManager._conf.update(MORE)"),
    ],
)
def test_a_table_that_may_hold_more_is_not_told(tmp_path: Path, table: str, after: str) -> None:
    module = written(tmp_path, CLASSES + MANAGER.format(table=table, before="", after=after))
    assert read_aliases(module) is None
    assert read_normalized_configs(module) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "class NormalizedConfigManager:\n    pass\n",
        "class NormalizedConfigManager:\n    _conf = dict()\n",
        "class NormalizedConfigManager:\n    _conf = {}\n    if X:\n        _conf = {}\n",
        "class NormalizedConfigManager(:\n",
    ],
)
def test_a_file_without_the_table_is_a_state_not_a_crash(tmp_path: Path, text: str) -> None:
    assert read_normalized_configs(written(tmp_path, text)) is None


def test_classes_in_a_circle_and_bases_from_elsewhere_are_not_told(tmp_path: Path) -> None:
    more = """
class A(B, NormalizedConfig):
    SIZE = "a"


class B(A):
    SIZE = A.SIZE


class Foreign(Elsewhere, NormalizedTextConfig):
    SIZE = "f"


class NormalizedForeign(Elsewhere):
    SIZE = "f"


class Loop(NormalizedConfig):
    LEFT = Pool.RIGHT


class Pool(NormalizedConfig):
    RIGHT = Loop.LEFT
"""
    classes = read(tmp_path, "", before=more).classes
    assert {"A", "B", "Foreign", "NormalizedForeign"}.isdisjoint(classes)
    assert classes["Loop"].attributes.unknown == {"LEFT"}


def test_the_small_environment_names_classes_that_it_does_not_define(small_catalog: Catalog) -> None:
    path = small_catalog.environment.file("optimum/utils/normalized_config.py")
    assert path is not None
    module = Sources(small_catalog.environment.roots).module(path)
    assert module is not None
    found = read_normalized_configs(module)
    assert found is not None
    assert {name: alias.attributes for name, alias in found.aliases.items()} == {
        "bert": None,
        "distilbert": None,
        "vit": None,
    }


BASES: dict[str, list[str | None]] = {
    "object_like": [],
    "left": ["object_like"],
    "right": ["object_like"],
    "diamond": ["left", "right"],
    "refused": ["object_like", "left"],
    "half_known": [None],
    "below_half_known": ["half_known"],
    "mixed": ["left", "half_known"],
    "circle": ["circle"],
}


@pytest.mark.parametrize(
    ("start", "order", "complete"),
    [
        ("diamond", ("diamond", "left", "right", "object_like"), True),
        ("refused", ("refused",), False),
        ("below_half_known", ("below_half_known", "half_known"), False),
        ("mixed", ("mixed",), False),
        ("circle", ("circle",), False),
    ],
)
def test_resolution_order(start: str, order: tuple[str, ...], complete: bool) -> None:
    assert resolution_order(start, BASES.__getitem__) == (order, complete)


def test_aliases_lead_where_the_real_ones_do() -> None:
    """A sample; tests/truth/test_optimum.py holds all of them."""
    utils = pytest.importorskip("optimum.utils")
    environment = Environment.own()
    path = environment.file("optimum/utils/normalized_config.py")
    assert path is not None
    module = Sources(environment.roots).module(path)
    assert module is not None
    found = read_normalized_configs(module)
    assert found is not None
    assert set(found.aliases) == set(utils.NormalizedConfigManager._conf)

    class Bert:
        dim, vocab_size = 7, 11

    normalized = utils.NormalizedConfigManager.get_normalized_config_class("distilbert")(Bert())
    attributes = found.aliases["distilbert"].attributes
    assert attributes is not None
    assert normalized.hidden_size == 7
    assert attributes.path("hidden_size") == "dim"
