"""NC405 axis-shadowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.generators.choice import generator_for, is_decided
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.catalog.neuron_bases import are_plain_bases
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, NormalizedConfigUse
from neuron_config_server.reading.evaluation.values import Dotted, FunctionValue
from neuron_config_server.reading.literals import StringLiteral, Strings
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.generators_of import (
    MAKES_INPUTS,
    Read,
    generators_of,
    hf_config_of,
    only_default,
    read_of,
)

_CREATES = "_create_dummy_input_generator_classes"
_WINS: Mapping[tuple[str, str], str] = {
    ("DummyVisionInputGenerator", "num_channels"): "num_channels",
    ("DummyVisionInputGenerator", "width"): "image_size",
    ("DummyVisionInputGenerator", "height"): "image_size",
    ("ASTDummyAudioInputGenerator", "audio_sequence_length"): "max_length",
}
"""(generator, axis) -> the attribute that is taken in its place wherever the config has it. Written by
hand, from optimum 2.0; ``tests/server/rules/test_nc405_axis_shadowed.py`` holds it against the generators.
"""
_VIT = """\
@register_in_tasks_manager("vit", "image-classification")
class ViTNeuronConfig(VisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedVisionConfig
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyVisionInputGenerator,)
    INPUT_ARGS = {axes}

    @property
    def inputs(self):
        return ["pixel_values"]
"""


@dataclass(frozen=True)
class _Shadow:
    """The attribute that is taken in place of an axis."""

    generator: str
    read: Read


class AxisShadowed(Rule):
    """
    ## What it does
    Finds axes of `INPUT_ARGS` that the dummy input generator doesn't look at, because the model's own config
    says how large the input is.

    ## Why is this bad?
    Users are asked for a size, and whatever they give, the model is compiled for another one: a ViT of 224
    pixels stays one when `--height 384` is asked for.

    ## Example
    ```python
    class ViTNeuronConfig(VisionNeuronConfig):
        INPUT_ARGS = ("batch_size", "num_channels", "width", "height")
    ```
    Use instead:
    ```python
    class ViTNeuronConfig(VisionNeuronConfig):
        INPUT_ARGS = ("batch_size",)
    ```

    ## When it is silent
    When the class uses the axis itself or wraps its model, when its inputs are made in a way that isn't
    followed, and when the model's config may be without the attribute, or has it as None.
    """

    code = "NC405"
    name = "axis-shadowed"
    severity = Severity.WARNING
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_VIT.format(axes='("batch_size",)'),)
    INVALID = (Invalid(_VIT.format(axes='("batch_size", "width", "height")'), at='"width"'),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        reported: set[object] = set()
        for config, inert in file.judged(self.code, lambda config: _inert(file, config, catalog)):
            if reported.isdisjoint(config.lineage):
                reported.add(config.value)
                yield from self.kept(config, None, partial(self._findings, file, config, inert))

    def _findings(self, file: ConfigFile, config: ConfigClass, inert: Mapping[str, _Shadow]) -> list[Finding]:
        found: list[Finding] = []
        groups: dict[tuple[str, str], list[str]] = {}
        for axis, shadow in inert.items():
            groups.setdefault((shadow.generator, shadow.read.path), []).append(axis)
        for axes in groups.values():
            shadow = inert[axes[0]]
            literal = _literal(file, config, axes[0])
            names = " and ".join(f"`{axis}`" for axis in axes)
            verb = "changes" if len(axes) == 1 else "change"
            attribute = shadow.read.attribute
            default = f" ({attribute.default} by default)" if attribute is not None else ""
            finding = self.finding(
                f"{names} {verb} nothing: {shadow.generator} takes `{shadow.read.path}` of the model's "
                f"config instead{default}",
                literal.range if literal is not None else config.name_range,
                class_name=config.name,
                tasks=tuple(dict.fromkeys(each.task for each in config.effective)),
            )
            found.append(finding)
        return found


def _is_plain(config: ConfigClass) -> bool:
    return (
        bool(config.registrations)
        and are_plain_bases(config.foreign_bases)
        and not config.sets("CUSTOM_MODEL_WRAPPER")
        and not any(config.overrides(each) for each in MAKES_INPUTS if each != _CREATES)
    )


def _inert(file: ConfigFile, config: ConfigClass, catalog: Catalog) -> Mapping[str, _Shadow]:
    """The axes that change nothing for any task of the class."""
    if not _is_plain(config):
        return {}
    shadows = [_shadows(file, each, catalog) for each in config.effective]
    axes = {axis: shadow for found in shadows for axis, shadow in found.items()}
    return {
        axis: shadow
        for axis, shadow in axes.items()
        if all(axis in found for found in shadows) and not _is_used(config, axis)
    }


def _shadows(file: ConfigFile, effective: EffectiveConfig, catalog: Catalog) -> dict[str, _Shadow]:
    """The axes that every generator in use passes over, for a task."""
    axes = only_default(effective.axes)
    if not isinstance(axes, Strings) or not any(axis in axes.values for _, axis in _WINS):
        return {}
    hf_config = hf_config_of(effective, catalog)
    normalized = only_default(effective.normalized_config)
    inputs = only_default(effective.inputs)
    generators = _generators(file, effective, catalog)
    if hf_config is None or not generators or not isinstance(inputs, Strings) or inputs.unknown is not None:
        return {}
    if not isinstance(normalized, NormalizedConfigUse) or normalized.attributes is None:
        return {}
    if not all(is_decided(name, generators) for name in inputs.values):
        return {}
    asked = [generator_for(name, generators) for name in inputs.values]
    found: dict[str, _Shadow] = {}
    for axis in axes.values:
        takers = {each.name: each for each in asked if each is not None and _takes(each, axis)}
        names = {name: _WINS.get((name, axis)) for name in takers}
        if len(names) != 1 or None in asked:
            continue
        ((generator, attribute),) = names.items()
        read = read_of(file, hf_config, normalized.attributes, attribute) if attribute else None
        if read is not None and _is_there(read):
            found[axis] = _Shadow(generator, read)
    return found


def _takes(generator: DummyGenerator, axis: str) -> bool:
    return any(each.name == axis for each in generator.axes)


def _is_there(read: Read) -> bool:
    """Whether every config has a value there, unless someone takes it away."""
    attribute = read.attribute
    return attribute is not None and attribute.is_always_there and attribute.default not in (None, "None")


def _generators(
    file: ConfigFile, effective: EffectiveConfig, catalog: Catalog
) -> tuple[DummyGenerator, ...] | None:
    """The generators that a config makes, also where it makes them itself from its normalized config."""
    config = effective.config
    if not config.overrides(_CREATES):
        return generators_of(effective, catalog)
    owner = config.owner(_CREATES)
    function = getattr(owner, "names", {}).get(_CREATES)
    if not isinstance(function, FunctionValue):
        return None
    returned = [each for each in syntax.nodes_in(function.node.body) if isinstance(each, syntax.Return)]
    value = returned[0].value if len(returned) == 1 else None
    if not isinstance(value, syntax.Display):
        return None
    made = [_made(file, each, catalog) for each in value.elements]
    known = tuple(each for each in made if each is not None and each.complete)
    return known if len(known) == len(made) else None


def _made(file: ConfigFile, node: syntax.Expression, catalog: Catalog) -> DummyGenerator | None:
    """The generator that ``Generator(self.task, self._normalized_config, …)`` makes."""
    if not isinstance(node, syntax.Call) or not isinstance(node.function, syntax.Name):
        return None
    positional = [each.value for each in node.arguments if each.keyword is None and not each.star]
    second = positional[1] if len(positional) == 2 else None
    if not isinstance(second, syntax.Attribute) or second.name != "_normalized_config":
        return None
    value = file.followed.module.names.get(node.function.name)
    meant = file.world.resolve(value) if isinstance(value, Dotted) else None
    return catalog.dummy_generators.get(meant.name) if isinstance(meant, Dotted) else None


def _is_used(config: ConfigClass, axis: str) -> bool:
    """Whether code of the class names the axis."""
    functions = (
        node for class_ in config.lineage for node in class_.node.body if isinstance(node, syntax.Function)
    )
    return any(
        (isinstance(node, syntax.Attribute) and node.name == axis)
        or (isinstance(node, syntax.Text) and node.value == axis)
        or (isinstance(node, syntax.Argument) and node.keyword == axis)
        for function in functions
        for node in syntax.nodes_in(function.body)
    )


def _literal(file: ConfigFile, config: ConfigClass, axis: str) -> StringLiteral | None:
    """The axis as the class's own ``INPUT_ARGS`` name it."""
    axes = only_default(config.effective[0].axes)
    literals = axes.literals if isinstance(axes, Strings) else ()
    return next(
        (
            each
            for each in literals
            if each.value == axis and file.holds(each) and config.range.contains(each.range)
        ),
        None,
    )
