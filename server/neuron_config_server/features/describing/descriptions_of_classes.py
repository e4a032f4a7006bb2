"""What is known of the parts that config classes are made of: bases, attributes, axes, generators, flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.generators.choice import generator_named
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.catalog.generators.needs import Need
from neuron_config_server.catalog.generators.supported_names import Matching
from neuron_config_server.catalog.neuron_bases import (
    ClassAttribute,
    Dialect,
    InputArg,
    Member,
    MemberKind,
    NeuronBase,
    NeuronBases,
    ShapeAxis,
    modality_of,
)
from neuron_config_server.catalog.neuronx_cc import CompilerFlag, FlagReader, OptimumFlag, compiler_facts
from neuron_config_server.features.describing.markdown import (
    code,
    codes,
    fence,
    few_codes,
    heading,
    joined,
    table,
)
from neuron_config_server.rules import rule_by_code
from neuron_config_server.rules.documentation import page

_PURPOSES: Mapping[str, str] = {
    "inputs": "Names of the model's inputs, in the order in which the exported model takes them.",
    "outputs": "Names of the model's outputs, in the order in which the exported model returns them.",
    "INPUT_ARGS": "The axes that must have a size: names, and pairs `(task or tasks, name)` for axes that "
    "only some tasks have.",
    "DUMMY_INPUT_GENERATOR_CLASSES": "The generators of dummy inputs: the first that supports an input's "
    "name makes it.",
    "NORMALIZED_CONFIG_CLASS": "Where the dummy input generators find what they read in the model's config.",
    "ATOL_FOR_VALIDATION": "How far the exported model's outputs may be from PyTorch's: a number, or one for "
    "each task.",
    "MODEL_TYPE": "The model type that the artifact is told to be; `None`: what the model's config says.",
    "LIBRARY_NAME": "The library that the model is of.",
    "CUSTOM_MODEL_WRAPPER": "A module that is traced in place of the model: it is made from the model and "
    "the input names.",
    "_TASK_TO_COMMON_OUTPUTS": "The outputs of each task, for classes that don't say otherwise in `outputs`.",
    "values_override": "Attributes of the model's config that are set before the export.",
    "generate_dummy_inputs": "Makes the inputs that the model is traced with.",
    "get_mandatory_axes_for_task": "The axes that must have a size before a task can be exported.",
    "get_input_args_for_task": "The axes of `INPUT_ARGS` that a task needs.",
    "patch_model_and_prepare_aliases": "Makes the module that is traced.",
    "flatten_inputs": "Moves the contents of nested inputs to the top level.",
    "_create_dummy_input_generator_classes": "Makes an instance of each dummy input generator.",
    "task": "The task that the config is made for.",
    "_config": "The model's own config.",
    "_normalized_config": "The normalized config: an instance of `NORMALIZED_CONFIG_CLASS`.",
    "output_attentions": "Whether the export asks for attentions among the outputs.",
    "output_hidden_states": "Whether the export asks for hidden states among the outputs.",
    "dynamic_batch_size": "Whether the exported model takes any batch size.",
    "mandatory_axes": "The axes that must have a size for the task.",
    "float_dtype": "The type of the dummy inputs that are no integers.",
    "int_dtype": "The type of the dummy inputs that are integers.",
}
_BINDINGS = {
    MemberKind.PROPERTY: ("@property\n", ["self"]),
    MemberKind.METHOD: ("", ["self"]),
    MemberKind.CLASS_METHOD: ("@classmethod\n", ["cls"]),
    MemberKind.STATIC_METHOD: ("@staticmethod\n", []),
}
"""How a function is decorated, and what it takes before its parameters."""
_GENERAL_BASE = "NeuronDefaultConfig"
_NEEDS = {
    Need.REQUIRED: "always",
    Need.CONDITIONAL: "for some inputs",
    Need.OPTIONAL: "if it is there",
}


def of_axis(name: str, catalog: Catalog) -> str | None:
    """The flag of an axis, the bases that need it, and the generators that take it."""
    axis, bases = _axis(name, catalog), _bases(catalog)
    if axis is None:
        return None
    needed = [base for base in bases if any(each.axis == name for each in base.input_args or ())]
    return joined(
        heading(name, "axis"),
        fence(f"{name}: {axis.annotation}"),
        f"Option of `optimum-cli export neuron`: {code(axis.flag)}." if axis.flag else None,
        "Without a size, the model config's attribute of that name stands in."
        if axis.from_model_config
        else None,
        None if axis.known_to_instance else "No config has it as an attribute, so no generator gets it.",
        f"Needed by {', '.join(sorted({_needing(base, name) for base in needed}))}." if needed else None,
        _takers(name, catalog),
    )


def of_generator(name: str, catalog: Catalog) -> str | None:
    """The inputs that a dummy input generator makes, its axes, and what it reads."""
    generator = generator_named(name, catalog.dummy_generators)
    if generator is None:
        return None
    axes = [each for each in generator.axes if each.read]
    reads = {each.path: each.need for each in generator.reads}
    return joined(
        heading(generator.name, "dummy input generator"),
        fence(f"class {generator.name}({', '.join(generator.bases)})\n# {generator.module}"),
        _made_inputs(generator),
        table(
            ("axis or option", "default"),
            (
                (code(each.name), "required" if each.required else _default(each.default, each.default_known))
                for each in axes
            ),
        )
        if axes
        else None,
        table(
            ("reads of the normalized config", "when"),
            ((code(path), _NEEDS[need]) for path, need in reads.items()),
        )
        if reads
        else None,
        None if generator.complete else "Not all of its code can be followed: there may be more.",
    )


def of_base(name: str, catalog: Catalog) -> str | None:
    """The axes, generators and modality of a Neuron base class."""
    last = name.rpartition(".")[2]
    base = next((each for each in _bases(catalog) if each.name == last), None)
    if base is None:
        return None
    modality = modality_of((last,))
    return joined(
        heading(base.name, f"Neuron base class, {modality.name}" if modality else "Neuron base class"),
        fence(f"class {base.name}({', '.join(base.bases)})\n# {base.module}"),
        f"Axes: {', '.join(map(_axis_and_tasks, base.input_args))}." if base.input_args else None,
        f"Dummy input generators: {codes(base.generators)}." if base.generators else None,
        f"Normalized config that fits: {code(modality.normalized_config)}, alias `{modality.alias}`."
        if modality
        else None,
    )


def of_attribute(name: str, catalog: Catalog) -> str | None:
    """What an attribute, property or method of a config class is for, and what it is by default."""
    bases = [base for base in _bases(catalog) if base.name == _GENERAL_BASE]
    attribute = next((base.attributes[name] for base in bases if name in base.attributes), None)
    member = next((base.members[name] for base in bases if name in base.members), None)
    is_set = any(name in base.instance_attributes for base in bases)
    purpose = _PURPOSES.get(name)
    if attribute is None and member is None and not is_set:
        return None
    kind = member.kind.value if member is not None else "class attribute" if attribute is not None else None
    return joined(
        heading(name, f"{kind or 'attribute'} of Neuron configs"),
        fence(_signature(member)) if member is not None else None,
        purpose,
        _default_of(attribute) if attribute is not None and member is None else None,
        "Abstract: every config class must have it." if member is not None and member.is_abstract else None,
        _table_of_outputs(bases[0]) if name == "_TASK_TO_COMMON_OUTPUTS" and bases else None,
    )


def of_library(name: str, catalog: Catalog) -> str | None:
    """The tasks that optimum knows of a library."""
    tasks = catalog.tasks.auto_classes.get(name) if catalog.tasks is not None else None
    if tasks is None:
        return None
    return joined(heading(name, "library"), f"Tasks: {codes(sorted(tasks))}." if tasks else None)


def of_flag(flag: str, catalog: Catalog) -> str | None:
    """What an option of the Neuron compiler does, its values and defaults."""
    facts = compiler_facts()
    known = facts.flag(flag)
    if known is not None:
        return _compiler_flag(known)
    of_optimum = facts.optimum_flag(flag)
    return _optimum_flag(of_optimum) if of_optimum is not None else None


def of_rule(code: str) -> str | None:
    """The page of a rule."""
    rule = rule_by_code(code)
    return page(rule) if rule is not None else None


def _bases(catalog: Catalog) -> list[NeuronBase]:
    """Of both dialects; those of optimum-neuron come first."""
    return [base for bases in _dialects(catalog) for base in bases.classes.values()]


def _dialects(catalog: Catalog) -> Iterator[NeuronBases]:
    return (found for each in Dialect if (found := catalog.neuron_bases(each)) is not None)


def _axis(name: str, catalog: Catalog) -> ShapeAxis | None:
    return next((each.axes[name] for each in _dialects(catalog) if each.axes and name in each.axes), None)


def _needing(base: NeuronBase, axis: str) -> str:
    tasks = next(each.tasks for each in base.input_args or () if each.axis == axis)
    return code(base.name) + (f" ({', '.join(tasks)})" if tasks else "")


def _takers(axis: str, catalog: Catalog) -> str | None:
    names = {
        each.name
        for each in catalog.dummy_generators.values()
        if any(taken.name == axis and taken.read for taken in each.axes)
    }
    return f"Generators that take it: {few_codes(sorted(names))}." if names else None


def _made_inputs(generator: DummyGenerator) -> str | None:
    if not generator.supported_names:
        return None
    ways = {
        Matching.EXACT: "Makes the inputs",
        Matching.PREFIX: "Makes inputs whose names start with",
        Matching.UNKNOWN: "Names",
    }
    return f"{ways[generator.matching]} {codes(generator.supported_names)}."


def _default(value: object, is_known: bool) -> str:
    return code(repr(value)) if is_known else "not told"


def _axis_and_tasks(entry: InputArg) -> str:
    return code(entry.axis) + (f" ({', '.join(entry.tasks)})" if entry.tasks else "")


def _signature(member: Member) -> str:
    stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}
    names = [
        stars.get(each.kind, "")
        + each.name
        + (f": {each.annotation}" if each.annotation else "")
        + (f" = {each.default}" if each.default is not None else "")
        for each in member.parameters
    ]
    decorator, first = _BINDINGS[member.kind]
    return f"{decorator}def {member.name}({', '.join([*first, *names])})"


def _default_of(attribute: ClassAttribute) -> str | None:
    if attribute.name == "_TASK_TO_COMMON_OUTPUTS":
        return None
    return f"By default {code(attribute.source)} (`{attribute.owner}`)."


def _table_of_outputs(base: NeuronBase) -> str | None:
    common = base.common_outputs
    if not common:
        return None
    return table(("task", "outputs"), ((code(task), codes(names)) for task, names in common.items()))


def _compiler_flag(flag: CompilerFlag) -> str:
    values = [each.name for each in flag.values if each.use_instead is None]
    default = flag.default(None, None)
    wrapper = "`neuron_cc_wrapper` takes it from NEURON_CC_FLAGS; the compiler itself refuses it."
    return joined(
        heading(flag.name, f"option of {flag.reader.value}"),
        flag.doc,
        f"Also {codes(flag.aliases)}." if flag.aliases else None,
        f"Values: {codes(values)}." if values else None,
        f"By default {code(default)}." if default else None,
        f"Only for {', '.join(flag.targets)}." if flag.targets else None,
        f"Not together with {codes(flag.excludes)}." if flag.excludes else None,
        wrapper if flag.reader is FlagReader.WRAPPER else None,
        flag.note or None,
    )


def _optimum_flag(flag: OptimumFlag) -> str:
    return joined(
        heading(flag.name, "option of optimum-cli export neuron"),
        flag.doc,
        f"Values: {codes(flag.values)}." if flag.values else None,
        f"By default {code(flag.default)}." if flag.default else None,
        f"Sets {code(flag.sets)}.",
    )
