"""What the models of a registered task take and return, and what a config surely declares to them."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.catalog.neuron_bases import are_plain_bases
from neuron_config_server.catalog.outputs.model_outputs import Evidence, ModelOutputs
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, Possible
from neuron_config_server.reading.evaluation.values import FunctionValue, PropertyValue
from neuron_config_server.reading.literals import Part, StringLiteral, Strings, range_of
from neuron_config_server.reading.memory import remembered
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.support.class_body import bases_that_may_define

_ROUTES_INPUTS = ("patch_model_and_prepare_aliases", "generate_dummy_inputs", "flatten_inputs")
_ROUTES_OUTPUTS = ("patch_model_and_prepare_aliases", "values_override")
_GENERATORS = "DUMMY_INPUT_GENERATOR_CLASSES"
_GENERATE = "generate_dummy_inputs"
_CREATE = "_create_dummy_input_generator_classes"


@remembered
def hands_inputs_to_forward(config: ConfigClass) -> bool:
    """Whether the declared inputs go to the model's ``forward`` as they are."""
    return _is_plain(config, _ROUTES_INPUTS)


@remembered
def takes_outputs_from_forward(config: ConfigClass) -> bool:
    """Whether the declared outputs are those of the model's ``forward``, as they are."""
    return _is_plain(config, _ROUTES_OUTPUTS)


@remembered
def uses_its_generators(config: ConfigClass) -> bool:
    """Whether the dummy inputs come from the generators that the class names, in their order."""
    bases = bases_that_may_define(config, (_GENERATE, _CREATE, _GENERATORS))
    makers = [each.names[_GENERATE] for each in config.lineage if _GENERATE in each.names]
    return (
        are_plain_bases(bases)
        and not config.overrides(_CREATE)
        and all(each.set_from_outside.isdisjoint((_GENERATE, "*")) for each in config.lineage)
        and all(map(_asks_the_base, makers))
    )


def _asks_the_base(method: object) -> bool:
    """Whether an override of ``generate_dummy_inputs`` calls the base's whatever happens, and adds no
    generator.
    """
    if not isinstance(method, FunctionValue) or any(
        isinstance(each, syntax.Attribute) and each.name == _GENERATORS
        for each in syntax.nodes_in(method.node.body)
    ):
        return False
    for statement in method.node.body:
        value = getattr(statement, "value", None)
        if isinstance(value, syntax.Call) and _is_super_call(value):
            return True
        if not isinstance(statement, (syntax.Assign, syntax.Evaluate)):
            return False
    return False


def _is_super_call(call: syntax.Call) -> bool:
    method = call.function
    owner = method.owner if isinstance(method, syntax.Attribute) and method.name == _GENERATE else None
    return (
        isinstance(owner, syntax.Call)
        and isinstance(owner.function, syntax.Name)
        and owner.function.name == "super"
    )


def _is_plain(config: ConfigClass, methods: tuple[str, ...]) -> bool:
    return (
        not config.sets("CUSTOM_MODEL_WRAPPER")
        and not any(config.overrides(method) for method in methods)
        and are_plain_bases(config.foreign_bases)
    )


def sure_lists(possible: Possible[Strings]) -> tuple[Strings, ...]:
    """The lists that the defaults give, as far as they are fully known."""
    return tuple(
        variant.value
        for variant in possible.variants
        if variant.is_default
        and variant.is_understood
        and variant.unknown is None
        and variant.raises is None
        and variant.value is not None
        and variant.value.unknown is None
    )


@remembered
def sure_inputs(effective: EffectiveConfig) -> tuple[Strings, ...]:
    """The inputs that the defaults give, as far as they are fully known."""
    return sure_lists(effective.inputs)


@remembered
def sure_outputs(effective: EffectiveConfig) -> tuple[Strings, ...]:
    """The outputs where nothing is open: a condition on the model's config may be one on what it returns."""
    defaults = [variant for variant in effective.outputs.variants if variant.is_default]
    return sure_lists(effective.outputs) if len(defaults) == 1 else ()


def are_all_sure(possible: Possible[Strings]) -> bool:
    """Whether nothing but the sure lists may come about where nobody says otherwise."""
    defaults = [variant for variant in possible.variants if variant.is_default]
    return bool(defaults) and len(sure_lists(possible)) == len(defaults) and possible.unknown is None


@remembered
def task_of(effective: EffectiveConfig, catalog: Catalog) -> str | None:
    """The canonical task, of a config of transformers; None if that can't be told."""
    if catalog.tasks is None or effective.library != TRANSFORMERS:
        return None
    return catalog.tasks.canonical(effective.task)


def _model_classes(effective: EffectiveConfig, catalog: Catalog) -> tuple[str, ...]:
    task = task_of(effective, catalog)
    return (catalog.model_class_names(effective.model_type, task) or ()) if task is not None else ()


@remembered
def forwards_of(effective: EffectiveConfig, catalog: Catalog) -> tuple[ForwardSignature, ...]:
    """The ``forward`` of every model class that the task may load; empty if one isn't known."""
    names = _model_classes(effective, catalog)
    found = [catalog.forward_signature(effective.model_type, name) for name in names]
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else ()


@remembered
def outputs_of(effective: EffectiveConfig, catalog: Catalog) -> tuple[ModelOutputs, ...]:
    """What every model class that the task may load constructs; empty if that isn't known of one."""
    names = _model_classes(effective, catalog)
    found = [catalog.outputs(effective.model_type, name) for name in names]
    known = tuple(each for each in found if each is not None and each.evidence is Evidence.CONSTRUCTED)
    return known if len(known) == len(found) else ()


@remembered
def generators_of(effective: EffectiveConfig, catalog: Catalog) -> tuple[DummyGenerator, ...]:
    """The dummy input generators in order; empty if one isn't known."""
    names = effective.generators.only
    found = [catalog.dummy_generators.get(name) for name in names or ()]
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else ()


def is_written_in(file: ConfigFile, config: ConfigClass, part: Part) -> bool:
    """Whether a name stands in the class itself, or in the file outside of every class."""
    if not isinstance(part, StringLiteral) or not file.holds(part):
        return False
    if config.range.contains(part.range):
        return True
    return not any(each.range.contains(part.range) for each in file.classes)


def written_parts(file: ConfigFile, config: ConfigClass, strings: Strings) -> Iterator[StringLiteral]:
    """The names of a list that the class writes itself."""
    for part in strings.parts:
        if isinstance(part, StringLiteral) and is_written_in(file, config, part):
            yield part


def place_of(config: ConfigClass, name: str) -> Range:
    """Where the class defines the property; the class's name where it inherits it."""
    found = config.value.names.get(name)
    if isinstance(found, PropertyValue) and found.getter.owner is config.value:
        return range_of(found.getter.node.name_span, config.value.line)
    return config.name_range


def returns_what_stands_there(config: ConfigClass, name: str) -> bool:
    """Whether the class's own property is nothing but ``return [...]`` of plain strings."""
    found = config.value.names.get(name)
    if not isinstance(found, PropertyValue) or found.getter.owner is not config.value:
        return False
    body = found.getter.node.body
    value = body[0].value if len(body) == 1 and isinstance(body[0], syntax.Return) else None
    return isinstance(value, syntax.Display) and all(isinstance(each, syntax.Text) for each in value.elements)
