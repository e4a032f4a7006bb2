"""optimum's normalized configs and dummy input generators, and the Neuron bases, held against the imported ones."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator, read_dummy_generators
from neuron_config_server.catalog.generators.needs import GeneratorAxis, Need, Phase
from neuron_config_server.catalog.neuron_bases import (
    Dialect,
    MemberKind,
    NeuronBases,
    are_plain_bases,
    read_neuron_bases,
)
from neuron_config_server.catalog.normalized_configs import (
    AttributeMap,
    NormalizedConfigs,
    read_normalized_configs,
)
from neuron_config_server.catalog.source import ModuleSource, Sources

pytestmark = pytest.mark.truth

GENERATORS = "optimum.utils.input_generators"
NEURON_GENERATORS = "optimum.neuron.utils.input_generators"
RAW_ATTRIBUTES = (
    "model_type",
    "head_dim",
    "decoder",
    "text_config",
    "vision_config",
    "hidden_size",
    "num_layers",
)


@cache
def environment() -> Environment:
    return Environment.own()


@cache
def sources() -> Sources:
    return Sources(environment().roots)


def module_source(path: str) -> ModuleSource:
    file = environment().file(path)
    if file is None:
        pytest.skip(f"not installed: {path}")
    module = sources().module(file)
    assert module is not None
    return module


@pytest.fixture(scope="module")
def normalized() -> NormalizedConfigs:
    found = read_normalized_configs(module_source("optimum/utils/normalized_config.py"))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def real_normalized() -> ModuleType:
    return pytest.importorskip("optimum.utils.normalized_config")


# Normalized configs


class Part:
    """A model's config in which everything exists, and everything knows its path."""

    def __init__(self, path: str = "") -> None:
        self.path = path

    def __getattr__(self, name: str) -> Part:
        if name.startswith("__"):
            raise AttributeError(name)
        return Part(f"{self.path}.{name}" if self.path else name)


def path_read(config: Any, attribute: str) -> str | None:
    try:
        return getattr(config, attribute).path
    except AttributeError:
        return None


def assert_reads_where_the_real_one_does(attributes: AttributeMap, real: Any, what: str) -> None:
    config = real(Part())
    upper = {name for name in {*dir(type(config)), *vars(config)} if name.isupper()}
    assert attributes.names == upper, what
    assert attributes.declared == {n: value for n in upper if isinstance(value := getattr(config, n), str)}, (
        what
    )
    for attribute in (*sorted(name.lower() for name in upper), *RAW_ATTRIBUTES):
        assert attributes.path(attribute) == path_read(config, attribute), f"{what}.{attribute}"


def test_every_alias_reads_where_the_real_one_does(
    normalized: NormalizedConfigs, real_normalized: ModuleType
) -> None:
    table = real_normalized.NormalizedConfigManager._conf
    assert list(normalized.aliases) == list(table)
    for name, real in table.items():
        alias = normalized.aliases[name]
        assert alias.attributes is not None, name
        real_class = real.func if isinstance(real, partial) else real
        given = dict(real.keywords) if isinstance(real, partial) else {}
        assert alias.class_name == real_class.__name__, name
        assert alias.allow_new is given.pop("allow_new", False), name
        assert alias.overrides == given, name
        assert_reads_where_the_real_one_does(alias.attributes, real, name)


def test_every_partial_reads_where_the_real_one_does(
    normalized: NormalizedConfigs, real_normalized: ModuleType
) -> None:
    real = {name: value for name, value in vars(real_normalized).items() if isinstance(value, partial)}
    assert set(normalized.partials) == set(real)
    for name, value in real.items():
        attributes = normalized.partials[name].attributes
        assert attributes is not None, name
        assert_reads_where_the_real_one_does(attributes, value, name)


def test_every_class_reads_where_the_real_one_does_and_takes_the_same_arguments(
    normalized: NormalizedConfigs, real_normalized: ModuleType
) -> None:
    real = {
        name: value
        for name, value in vars(real_normalized).items()
        if inspect.isclass(value) and issubclass(value, real_normalized.NormalizedConfig)
    }
    assert set(normalized.classes) == set(real)
    keys = {name.lower() for each in normalized.classes.values() for name in each.attributes.names}
    for name, class_ in real.items():
        found = normalized.classes[name]
        assert found.ancestors == tuple(each.__name__ for each in class_.__mro__[:-1]), name
        assert found.bases == tuple(each.__name__ for each in class_.__bases__ if each is not object), name
        assert found.line == inspect.getsourcelines(class_)[1], name
        assert_reads_where_the_real_one_does(found.attributes, class_, name)
        for key in (*keys, "num_experts", "depth"):
            assert found.attributes.accepts(key) is takes(class_, key), f"{name}.with_args({key}=…)"
            assert (found.attributes.with_args({key: "x"}) is not None) is takes(class_, key)
            allowed = found.attributes.with_args({key: "x.y"}, allow_new=True)
            assert allowed is not None
            if key.endswith("normalized_config_class"):  # holds a class, not a path
                continue
            real_allowed = class_.with_args(allow_new=True, **{key: "x.y"})
            assert_reads_where_the_real_one_does(allowed, real_allowed, f"{name} with {key}")


def takes(class_: Any, key: str) -> bool:
    try:
        class_.with_args(**{key: "x"})(SimpleNamespace())
    except AttributeError:
        return False
    return True


# Dummy input generators


@pytest.fixture(scope="module")
def generators() -> dict[str, DummyGenerator]:
    modules = {GENERATORS: module_source("optimum/utils/input_generators.py")}
    found = read_dummy_generators(modules, sources())
    return {generator.name: generator for generator in found.values()}


@pytest.fixture(scope="module")
def real_generators() -> dict[str, Any]:
    module = pytest.importorskip(GENERATORS)
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, module.DummyInputGenerator)
    }


def test_every_generator_is_known(
    generators: dict[str, DummyGenerator], real_generators: dict[str, Any]
) -> None:
    assert set(generators) == set(real_generators)
    assert len(generators) == 44
    for name, real in real_generators.items():
        found = generators[name]
        assert found.complete, name
        assert found.supported_names == tuple(real.SUPPORTED_INPUT_NAMES), name
        assert found.line == inspect.getsourcelines(real)[1], name
        own = [each.__name__ for each in real.__mro__ if each.__module__ == GENERATORS]
        assert list(found.ancestors) == own, name


def test_every_constructor_takes_what_the_real_one_takes(
    generators: dict[str, DummyGenerator], real_generators: dict[str, Any]
) -> None:
    for name, real in real_generators.items():
        parameters = generators[name].parameters
        assert parameters is not None, name
        expected = [
            (each.name, each.kind.name, None if each.default is each.empty else each.default)
            for each in inspect.signature(real).parameters.values()
        ]
        assert [(each.name, each.kind, each.value) for each in parameters] == expected, name
        assert [each.default is None for each in parameters] == [
            each.default is each.empty for each in inspect.signature(real).parameters.values()
        ], name
        assert all(each.value_known for each in parameters if each.default is not None), name


INPUT_NAMES = [
    "input_ids",
    "input_ids_typo",
    "inputs_embeds",
    "input",
    "attention_mask",
    "attention_maskk",
    "attention",
    "token_type_ids",
    "token_type",
    "position_ids",
    "encoder_attention_mask",
    "global_attention_mask",
    "decoder_input_ids",
    "decoder_attention_mask",
    "encoder_outputs",
    "encoder_hidden_states",
    "hidden_states",
    "hidden_states_2",
    "img_ids",
    "txt_ids",
    "guidance",
    "pooled_projections",
    "pooled_projection",
    "past_key_values",
    "past_key_values.0.key",
    "cache_position",
    "bbox",
    "pixel_values",
    "pixel_values_videos",
    "pixel_mask",
    "sample",
    "sample_2",
    "latent_sample",
    "visual_embeds",
    "visual_token_type_ids",
    "visual_attention_mask",
    "input_features",
    "input_values",
    "timestep",
    "timesteps",
    "timestep_cond",
    "text_embeds",
    "time_ids",
    "labels",
    "start_positions",
    "end_positions",
    "input_points",
    "input_labels",
    "image_positional_embeddings",
    "image_embeddings",
    "flattened_patches",
    "output_sequence",
    "speaker_embeddings",
    "spectrogram",
    "audio_codes",
    "pad_token_id",
    "max_length",
    "past_values",
    "states",
    "actions",
    "returns_to_go",
    "rewards",
    "xpath_tags_seq",
]


def test_every_generator_supports_the_names_that_the_real_one_supports(
    generators: dict[str, DummyGenerator], real_generators: dict[str, Any]
) -> None:
    assert len(INPUT_NAMES) >= 60
    for name, real in real_generators.items():
        instance = (
            real.__new__(real) if not inspect.isabstract(real) else SimpleNamespace(SUPPORTED_INPUT_NAMES=())
        )
        for input_name in INPUT_NAMES:
            assert generators[name].supports(input_name) is real.supports_input(instance, input_name), (
                name,
                input_name,
            )


# What generators read, watched while they run


class Number(int):
    """An attribute's value: a number, a pair of sizes and a config of its own, as is needed. Notes what is read."""

    watch: Watch
    path: str

    def __getattr__(self, name: str) -> Any:
        return self.watch.read(f"{self.path}.{name}", name)

    def __getitem__(self, key: int | slice) -> Any:
        return (4, 4) if isinstance(key, slice) else 4


class Watch:
    """Notes the attributes of a normalized config that are read."""

    def __init__(self, missing: frozenset[str], values: dict[str, Any]) -> None:
        self.seen: set[str] = set()
        self.missing = missing
        self.values = values

    def read(self, path: str, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.seen.add(path)
        if path in self.missing:
            raise AttributeError(f"{path} is missing")
        return self.values[path] if path in self.values else self.number(path)

    def number(self, path: str) -> Number:
        value = Number(4)
        value.watch, value.path = self, path
        return value


def watched_config(base: Any, watch: Watch, path: str = "") -> Any:
    """A normalized config of a class, in which every attribute but the missing ones exists."""

    class Watched(base):
        DECODER_NORMALIZED_CONFIG_CLASS = property(
            lambda self: self.__getattr__("DECODER_NORMALIZED_CONFIG_CLASS")
        )
        ENCODER_NORMALIZED_CONFIG_CLASS = property(
            lambda self: self.__getattr__("ENCODER_NORMALIZED_CONFIG_CLASS")
        )

        def __init__(self) -> None:
            self.watch = watch
            self.config = watch.number(f"{path}config")

        def __getattr__(self, name: str) -> Any:
            return watch.read(f"{path}{name}", name)

    return Watched()


OTHER_ERRORS = (ValueError, UnboundLocalError, TypeError, IndexError, RuntimeError)
"""A name that a generator supports by prefix and doesn't make; sizes that don't fit."""

TASKS = ("feature-extraction", "multiple-choice", "text-classification")
EXTRA_ARGUMENTS = {
    "DummyPix2StructInputGenerator": {
        "preprocessors": [
            None,
            SimpleNamespace(
                image_processor=SimpleNamespace(patch_size={"height": 2, "width": 2}, max_patches=3)
            ),
        ]
    }
}


VALUES: tuple[dict[str, Any], ...] = (
    {"model_type": "bert"},
    {"model_type": "trocr", "new_decoder_architecture": False},  # each decides a branch
)


def configs(missing: frozenset[str]) -> Iterator[Any]:
    """Normalized configs of every kind that a generator tells apart."""
    classes = pytest.importorskip("optimum.utils.normalized_config")
    for values in VALUES:
        yield watched_config(classes.NormalizedConfig, Watch(missing, values))
        yield watched_config(classes.NormalizedEncoderDecoderConfig, Watch(missing, values))
        watch = Watch(missing, dict(values))
        decoder = "DECODER_NORMALIZED_CONFIG_CLASS"
        watch.values[decoder] = watched_config(classes.NormalizedSeq2SeqConfig, watch, f"{decoder}.")
        yield watched_config(classes.NormalizedEncoderDecoderConfig, watch)


def input_names(real: Any) -> tuple[str, ...]:
    return (*real.SUPPORTED_INPUT_NAMES, *(f"{name}s" for name in real.SUPPORTED_INPUT_NAMES), "another")


def construct(real: Any, config: Any, task: str = TASKS[0], **axes: Any) -> Any:
    return real(task, config, **{**EXTRA_ARGUMENTS.get(real.__name__, {}), **axes})


def attempt_all_names(real: Any, generator: Any) -> None:
    for name in input_names(real):
        try:
            generator.generate(name)
        except OTHER_ERRORS:
            continue


@pytest.fixture
def no_preprocessors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two generators load the preprocessors of the model by its name."""
    saving = pytest.importorskip("optimum.utils.save_utils")
    monkeypatch.setattr(saving, "maybe_load_preprocessors", lambda *_, **__: [None])


def seen_by(real: Any, missing: frozenset[str]) -> tuple[set[str], set[str]]:
    """What all constructors, and all runs of ``generate``, read."""
    in_init: set[str] = set()
    in_generate: set[str] = set()
    for task in TASKS:
        for config in configs(missing):
            generator = construct(real, config, task)
            in_init |= config.watch.seen
            config.watch.seen = set()
            attempt_all_names(real, generator)
            in_generate |= config.watch.seen
    return in_init, in_generate


@pytest.mark.usefixtures("no_preprocessors")
def test_every_attribute_that_a_generator_reads_is_told_and_no_other(
    generators: dict[str, DummyGenerator], real_generators: dict[str, Any]
) -> None:
    for name, real in real_generators.items():
        if inspect.isabstract(real):
            continue
        told = generators[name].reads
        seen_in_init: set[str] = set()
        seen_in_generate: set[str] = set()
        for missing in ((), ("image_size",), ("image_size", "input_size")):
            in_init, in_generate = seen_by(real, frozenset(missing))
            seen_in_init |= in_init
            seen_in_generate |= in_generate
        assert {read.path for read in told if read.phase is Phase.INIT} == seen_in_init, name
        assert {read.path for read in told if read.phase is Phase.GENERATE} == seen_in_generate, name


@pytest.mark.usefixtures("no_preprocessors")
def test_without_an_attribute_that_it_requires_a_generator_fails_and_without_an_optional_one_it_does_not(
    generators: dict[str, DummyGenerator], real_generators: dict[str, Any]
) -> None:
    for name, real in real_generators.items():
        for read in generators[name].reads:
            failures = [
                fails_without(real, read.path, read.phase, config)
                for config in configs(frozenset({read.path}))
            ]
            if read.need is Need.REQUIRED:
                assert all(failures), (name, read)
            elif read.need is Need.OPTIONAL:
                assert not any(failures), (name, read)


def fails_without(real: Any, path: str, phase: Phase, config: Any) -> bool:
    """Whether an AttributeError about the attribute stops the constructor, or ``generate`` for every name."""
    if phase is Phase.INIT:
        return is_missed(path, lambda: construct(real, config))
    if is_missed(path, lambda: construct(real, config)):
        return True
    generator = construct(real, config)
    return all(is_missed(path, partial(generator.generate, name)) for name in real.SUPPORTED_INPUT_NAMES)


def is_missed(path: str, run: Any) -> bool:
    try:
        run()
    except AttributeError as error:
        return str(error) == f"{path} is missing"
    except OTHER_ERRORS:
        return False
    return False


# Which axes matter


READ_WITHOUT_CHANGING_A_SHAPE = {
    ("BartDummyTextInputGenerator", "force_eos_token_id_presence"): "changes the tokens",
    ("DummyLabelsGenerator", "num_labels"): "changes the highest label",
    **{
        (name, "padding_side"): "changes the content of masks"
        for name in (
            "DummyTextInputGenerator",
            "LongformerDummyTextInputGenerator",
            "DummyDecoderTextInputGenerator",
        )
    },
    **{
        (name, "random_num_choices_range"): "decides a branch of the constructor, whose outcome isn't read"
        for name in ("DummyXPathSeqInputGenerator", "DummyDecisionTransformerInputGenerator")
    },
}
"""Axes that are read, and rightly said to be, by generator."""

READ_FOR_OTHER_NAMES_ONLY = {
    (
        "ASTDummyAudioInputGenerator",
        "audio_sequence_length",
    ): "it makes input_values itself, without the axis",
    (
        "DummyTransformerVisionInputGenerator",
        "visual_seq_length",
    ): "for visual_embeds, which it doesn't support",
    ("DummyFluxTransformerVisionInputGenerator", "visual_seq_length"): "for visual_embeds, too",
}
"""Said to be read, since code that a generator inherits reads them, for names that it isn't given."""


SMALL_SIZES = {
    "sequence_length": 3,
    "num_labels": 5,
    "nb_max_frames": 5,
    "audio_sequence_length": 6,
    "height": 8,
    "width": 8,
}


def changed(axis: str, default: Any) -> Any:
    if axis.endswith("_range"):
        return (7, 7)
    if axis == "padding_side":
        return "left"
    return not default if isinstance(default, bool) else 11


def shape(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [shape(each) for each in value]
    return tuple(value.shape) if hasattr(value, "shape") else value


def shapes(real: Any, axes: dict[str, Any]) -> list[Any]:
    made = []
    for missing in ((), ("image_size", "input_size", "num_channels", "feature_size")):
        for task in TASKS:
            for config in configs(frozenset(missing)):
                generator = construct(real, config, task, **axes)
                for name in input_names(real):
                    try:
                        made.append((task, name, shape(generator.generate(name))))
                    except OTHER_ERRORS as error:
                        made.append((task, name, type(error)))
    return made


@pytest.mark.usefixtures("no_preprocessors")
def test_an_axis_matters_where_it_changes_a_shape(
    generators: dict[str, DummyGenerator], real_generators: dict[str, Any]
) -> None:
    wrong = [
        (name, axis.name, axis.read)
        for name, real in real_generators.items()
        if not inspect.isabstract(real)
        for axis, changes in changes_of_axes(real, generators[name])
        if axis.read
        is not (
            changes or (name, axis.name) in {**READ_WITHOUT_CHANGING_A_SHAPE, **READ_FOR_OTHER_NAMES_ONLY}
        )
    ]
    assert wrong == []


def changes_of_axes(real: Any, generator: DummyGenerator) -> Iterator[tuple[GeneratorAxis, bool]]:
    """Each axis, and whether another size changes the shape of an input."""
    axes = {axis.name: axis for axis in generator.axes}
    usual = {axis: size for axis, size in SMALL_SIZES.items() if axis in axes}
    before = shapes(real, usual)
    for axis in axes.values():
        assert axis.required is (axis.name == "preprocessors"), (generator.name, axis)
        if not axis.required:
            yield axis, shapes(real, {**usual, axis.name: changed(axis.name, axis.default)}) != before
    for unknown in {"num_channels", "visual_seq_length", "depth"} - axes.keys():
        assert shapes(real, {**usual, unknown: 11}) == before, (generator.name, unknown)


# Neuron bases


CORE_MODULES = ("neuron_core.configs.base", "neuron_core.configs.modality")


@pytest.fixture(scope="module")
def core() -> NeuronBases:
    found = read_neuron_bases(Dialect.NEURON_CORE, environment().roots, sources())
    assert found is not None
    return found


@pytest.fixture(scope="module")
def real_core() -> dict[str, Any]:
    modules = [pytest.importorskip(name) for name in CORE_MODULES]
    root = modules[0].NeuronExportConfig
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, root) and value.__module__ == module.__name__
    }


def test_our_own_bases_are_those_that_are_imported(core: NeuronBases, real_core: dict[str, Any]) -> None:
    assert set(core.classes) == set(real_core)
    for name, real in real_core.items():
        found = core.classes[name]
        assert found.complete, name
        assert (found.file, found.line) == (Path(inspect.getfile(real)), inspect.getsourcelines(real)[1]), (
            name
        )
        mro = [each.__name__ for each in real.__mro__ if each.__name__ not in ("ABC", "object")]
        assert list(found.ancestors) == mro, name
        assert are_plain_bases([f"neuron_core.configs.{name}"])


def test_their_attributes_are_those_of_the_real_classes(core: NeuronBases, real_core: dict[str, Any]) -> None:
    for name, real in real_core.items():
        found = core.classes[name]
        real_attributes = {
            key for each in real.__mro__[:-1] for key, value in vars(each).items() if is_plain(key, value)
        }
        assert set(found.attributes) == real_attributes, name
        for attribute in found.attributes.values():
            value = getattr(real, attribute.name)
            is_scalar = isinstance(value, (str, int, float, type(None)))
            assert attribute.value_known is is_scalar, (name, attribute)
            assert attribute.value == (value if is_scalar else None), (name, attribute)
        assert found.generators == tuple(each.__name__ for each in real.DUMMY_INPUT_GENERATOR_CLASSES), name
        outputs = {task: tuple(names) for task, names in real._TASK_TO_COMMON_OUTPUTS.items()}
        assert found.common_outputs == outputs, name
        for task in (*outputs, "text-generation"):
            assert found.input_args_for(task) == real.get_input_args_for_task(task), (name, task)


def is_plain(name: str, value: Any) -> bool:
    is_member = isinstance(value, (property, classmethod, staticmethod)) or inspect.isfunction(value)
    return not is_member and not name.startswith("__") and name != "_abc_impl"


def test_their_members_are_those_of_the_real_classes(core: NeuronBases, real_core: dict[str, Any]) -> None:
    for name, real in real_core.items():
        members = core.classes[name].members
        expected = {
            key: value
            for each in reversed(real.__mro__[:-1])
            for key, value in vars(each).items()
            if isinstance(value, (property, classmethod, staticmethod)) or inspect.isfunction(value)
        }
        assert set(members) == set(expected), name
        for key, value in expected.items():
            found = members[key]
            assert (found.kind is MemberKind.PROPERTY) is isinstance(value, property), (name, key)
            assert (found.kind is MemberKind.CLASS_METHOD) is isinstance(value, classmethod), (name, key)
            function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            assert found.is_abstract is getattr(function, "__isabstractmethod__", False), (name, key)
            assert found.can_be_set is (isinstance(value, property) and value.fset is not None), (name, key)
            parameters = list(inspect.signature(inspect.unwrap(function)).parameters.values())[1:]
            assert [(each.name, each.kind) for each in found.parameters] == [
                (each.name, each.kind.name) for each in parameters
            ], (name, key)
            assert found.owner in value_owners(real, key), (name, key)


def value_owners(real: Any, name: str) -> list[str]:
    return [each.__name__ for each in real.__mro__ if name in vars(each)][:1]


def test_what_an_instance_has_is_told(core: NeuronBases, real_core: dict[str, Any]) -> None:
    base = pytest.importorskip("neuron_core.configs.base")
    utils = pytest.importorskip("optimum.utils")
    config = SimpleNamespace(num_channels=3, image_size=224, patch_size=16, vocab_size=5)
    for name, real in real_core.items():
        if name == "NeuronExportConfig":  # its constructor is optimum's, which no config ever runs
            continue
        class_ = type(
            name,
            (real,),
            {"NORMALIZED_CONFIG_CLASS": utils.NormalizedConfig, "inputs": property(lambda self: [])},
        )
        instance = class_(config, "fill-mask", base.InputShapesArguments(batch_size=1))
        assert set(core.classes[name].instance_attributes) == {*vars(instance), *instance._axes}, name
    assert core.axes is not None
    for axis in core.axes.values():
        taken = getattr(instance, axis.name) == getattr(config, axis.name, object())
        assert axis.from_model_config is taken, axis
        assert axis.known_to_instance


def test_our_own_axes_are_the_fields_of_the_dataclass(core: NeuronBases) -> None:
    base = pytest.importorskip("neuron_core.configs.base")
    assert core.axes is not None
    annotations = base.InputShapesArguments.__annotations__
    assert {axis.name: axis.annotation for axis in core.axes.values()} == annotations


# optimum-neuron 0.4.5: its files, which can't be imported here


@pytest.fixture(scope="module")
def upstream(optimum_neuron: Path) -> NeuronBases:
    roots = (optimum_neuron, *environment().roots)
    found = read_neuron_bases(Dialect.OPTIMUM_NEURON, roots, Sources(roots))
    assert found is not None
    return found


def test_the_hierarchy_of_optimum_neuron(upstream: NeuronBases) -> None:
    default = ("NeuronDefaultConfig", "NeuronExportConfig", "ExporterConfig")
    levels = ("TextEncoder", "Vision", "TextAndVision", "Audio", "TextSeq2Seq")
    assert {name: class_.ancestors for name, class_ in upstream.classes.items()} == {
        "NeuronExportConfig": default[1:],
        "NeuronDefaultConfig": default,
        **{f"{level}NeuronConfig": (f"{level}NeuronConfig", *default) for level in levels},
        "NxDExportNeuronConfig": ("NxDExportNeuronConfig",),
    }
    assert {name for name in upstream.classes if not are_plain_bases([name])} == {"NxDExportNeuronConfig"}
    assert {name: class_.line for name, class_ in upstream.classes.items()} == {
        "NeuronExportConfig": 41,
        "NeuronDefaultConfig": 78,
        "TextEncoderNeuronConfig": 40,
        "VisionNeuronConfig": 49,
        "TextAndVisionNeuronConfig": 58,
        "AudioNeuronConfig": 66,
        "TextSeq2SeqNeuronConfig": 75,
        "NxDExportNeuronConfig": 110,
    }


@pytest.mark.parametrize(
    ("name", "generators", "input_args"),
    [
        ("TextEncoder", ("Text",), ("batch_size", "sequence_length")),
        ("Vision", ("Vision",), ("batch_size", "num_channels", "width", "height")),
        ("TextAndVision", ("Text", "Vision", "Bbox"), ()),
        ("Audio", ("Audio", "Text"), ("batch_size", "audio_sequence_length")),
        ("TextSeq2Seq", ("Text", "Seq2SeqDecoderText", "Seq2SeqPastKeyValues"), ()),
    ],
)
def test_the_middle_end_of_optimum_neuron(
    upstream: NeuronBases, name: str, generators: tuple[str, ...], input_args: tuple[str, ...]
) -> None:
    found = upstream.classes[f"{name}NeuronConfig"]
    suffixes = {"Seq2SeqPastKeyValues": "Generator"}
    assert found.generators == tuple(
        f"Dummy{each}{suffixes.get(each, 'InputGenerator')}" for each in generators
    )
    assert found.input_args_for("fill-mask") == input_args
    choices = ("num_choices",) if name == "TextEncoder" else ()
    assert found.input_args_for("multiple-choice") == (*input_args, *choices)


def test_the_surface_of_its_default_config(upstream: NeuronBases) -> None:
    found = upstream.classes["NeuronDefaultConfig"]
    values = {name: each.value for name, each in found.attributes.items() if each.value_known}
    assert values == {
        "NORMALIZED_CONFIG_CLASS": None,
        "ATOL_FOR_VALIDATION": 1e-5,
        "MODEL_TYPE": None,
        "LIBRARY_NAME": "transformers",
        "CUSTOM_MODEL_WRAPPER": None,
    }
    assert (found.generators, found.input_args) == ((), ())
    constructor = found.members["__init__"].parameters
    assert [(each.name, each.value) for each in constructor[3:]] == [
        ("preprocessors", None),
        ("compiler_type", None),
        ("compiler_version", None),
        ("tensor_parallel_size", 1),
        ("pipeline_parallel_size", 1),
        ("expert_parallel_size", 1),
        ("world_size", None),
        ("dynamic_batch_size", False),
        ("output_attentions", False),
        ("output_hidden_states", False),
        ("int_dtype", "int64"),
        ("float_dtype", "fp32"),
    ]
    assert [each.name for each in constructor[:3]] == ["config", "task", "input_shapes"]
    kinds = {name: each.kind for name, each in found.members.items() if each.owner.startswith("Neuron")}
    assert {name for name, kind in kinds.items() if kind is MemberKind.PROPERTY} == {
        "task", "tensor_parallel_size", "pipeline_parallel_size", "expert_parallel_size", "world_size",
        "values_override", "inputs", "outputs",
    }  # fmt: skip
    assert found.members["inputs"].is_abstract
    assert found.members["task"].can_be_set
    patch = [each.name for each in found.members["patch_model_and_prepare_aliases"].parameters]
    assert patch == ["model", "input_names", "forward_with_tuple", "eligible_outputs", "device"]
    for attribute in ("_config", "_normalized_config", "_task", "_axes", "input_shapes", "mandatory_axes"):
        assert attribute in found.instance_attributes


def test_its_common_outputs(upstream: NeuronBases) -> None:
    outputs = upstream.classes["NeuronDefaultConfig"].common_outputs
    assert outputs is not None
    assert len(outputs) == 17
    assert {task: names for task, names in outputs.items() if names != ("logits",)} == {
        "depth-estimation": ("predicted_depth",),
        "feature-extraction": ("last_hidden_state", "pooler_output"),
        "image-to-image": ("reconstruction",),
        "object-detection": ("logits", "pred_boxes"),
        "question-answering": ("start_logits", "end_logits"),
    }


def test_its_axes_and_flags(upstream: NeuronBases, optimum_neuron: Path) -> None:
    assert upstream.axes is not None
    axes = upstream.axes.values()
    assert len(axes) == 22
    assert {axis.name for axis in axes if not axis.known_to_instance} == {
        "num_images_per_prompt",
        "visual_seq_length",
    }
    assert {axis.name for axis in axes if axis.from_model_config} == {
        "num_channels",
        "image_size",
        "patch_size",
    }
    assert {axis.name for axis in axes if axis.flag == f"--{axis.name}"} == {
        "batch_size", "text_batch_size", "image_batch_size", "sequence_length", "num_beams", "num_choices", "num_channels",
        "width", "height", "image_size", "patch_size", "num_images_per_prompt", "audio_sequence_length",
    }  # fmt: skip
    assert sum(axis.flag is not None for axis in axes) == 13
    assert upstream.flags_source == str(optimum_neuron / "optimum/commands/export/neuronx.py")


def test_flags_without_optimum_neuron_are_the_same(core: NeuronBases, upstream: NeuronBases) -> None:
    assert core.axes is not None
    assert upstream.axes is not None
    assert {axis.name: axis.flag for axis in core.axes.values()} == {
        axis.name: axis.flag for axis in upstream.axes.values()
    }


def test_both_dialects_have_the_same_bases(core: NeuronBases, upstream: NeuronBases) -> None:
    assert set(upstream.classes) - set(core.classes) == {"NxDExportNeuronConfig"}
    for name, own in core.classes.items():
        theirs = upstream.classes[name]
        assert (own.input_args, own.generators, own.common_outputs) == (
            theirs.input_args, theirs.generators, theirs.common_outputs,
        )  # fmt: skip


def test_the_generators_of_optimum_neuron(optimum_neuron: Path) -> None:
    roots = (optimum_neuron, *environment().roots)
    both = Sources(roots)
    module = both.module(optimum_neuron / "optimum/neuron/utils/input_generators.py")
    assert module is not None
    found = {each.name: each for each in read_dummy_generators({NEURON_GENERATORS: module}, both).values()}
    if environment().file("optimum/utils/input_generators.py") is not None:
        assert all(generator.complete for generator in found.values())
    assert {name: generator.supported_names for name, generator in found.items()} == {
        "DummyBeamValuesGenerator": ("beam_idx", "beam_scores"),
        "WhisperDummyTextInputGenerator": ("decoder_input_ids", "encoder_hidden_states"),
        "DummyMaskedPosGenerator": ("masked_pos", "bool_masked_pos"),
        "DummyTimestepInputGenerator": ("timestep", "text_embeds", "time_ids", "timestep_cond"),
        "DummyControNetInputGenerator": (
            "encoder_hidden_states", "controlnet_cond", "conditioning_scale", "down_block_additional_residuals",
            "mid_block_additional_residual",
        ),
        "DummyIPAdapterInputGenerator": ("image_embeds", "image_enc_hidden_states", "ip_adapter_masks"),
        "ASTDummyAudioInputGenerator": ("input_features", "input_values"),
        "DummyFluxTransformerRotaryEmbGenerator": ("image_rotary_emb",),
        "DummyFluxKontextTransformerRotaryEmbGenerator": ("image_rotary_emb",),
    }  # fmt: skip
    required = {name: [a.name for a in each.axes if a.required] for name, each in found.items()}
    assert required["WhisperDummyTextInputGenerator"] == ["batch_size"]
    assert required["DummyFluxTransformerRotaryEmbGenerator"] == [
        "sequence_length",
        "height",
        "width",
        "rotary_axes_dim",
    ]
    unread = {name: [a.name for a in each.axes if not a.read] for name, each in found.items()}
    assert {name: axes for name, axes in unread.items() if axes} == {
        "DummyControNetInputGenerator": ["num_channels"]
    }
    assert {read.path for read in found["DummyMaskedPosGenerator"].reads} == {"image_size", "patch_size"}
