"""NC506 unknown-axis."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.neuron_bases import Dialect, ShapeAxis
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import BaseClass
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.rules.finding import Aspect, Edit, Finding, Fix, Intent, Rename, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import is_fully_known, is_neuron_config, names_of_files
from neuron_config_server.rules.support.nearest import nearest

_SYNONYMS = {
    "seq_len": "sequence_length",
    "seq_length": "sequence_length",
    "max_length": "sequence_length",
    "max_sequence_length": "sequence_length",
    "batch": "batch_size",
    "channels": "num_channels",
    "in_channels": "num_channels",
    "audio_length": "audio_sequence_length",
    "beams": "num_beams",
}
"""What the field calls an axis elsewhere."""
_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    INPUT_ARGS = ("batch_size", "{axis}")
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


class UnknownAxis(Rule):
    """
    ## What it does
    Checks the names in `INPUT_ARGS` against the axes that the base class gives an instance, and, for
    transformers models, against the options of `optimum-cli export neuron`.

    ## Why is this bad?
    The exporter asks the config for the size of every axis in `INPUT_ARGS`: an unknown one raises an
    `AttributeError`. One that the command has no option for can be set from Python only: the command itself
    raises.

    ## Example
    ```python
    INPUT_ARGS = ("batch_size", "seq_length")
    ```
    Use instead:
    ```python
    INPUT_ARGS = ("batch_size", "sequence_length")
    ```

    ## When it is silent
    When the class, or one above it, has an attribute of that name or sets it, when `INPUT_ARGS` can't be
    told, and, about options, of models of other libraries: their pipelines set axes themselves.

    ## Fix safety
    Safe: the name raises as it stands; a slip of the pen, or what the axis is called elsewhere, is replaced.
    """

    code = "NC506"
    name = "unknown-axis"
    severity = Severity.ERROR

    VALID = (
        _ESM.format(axis="sequence_length"),
        _ESM.format(axis="depth").replace("    INPUT_ARGS", "    depth = 3\n    INPUT_ARGS"),
    )
    INVALID = (
        Invalid(_ESM.format(axis="seq_length"), at='"seq_length"', fixed=_ESM.format(axis="sequence_length")),
        Invalid(
            _ESM.format(axis="sequence_lenght"),
            at='"sequence_lenght"',
            fixed=_ESM.format(axis="sequence_length"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        reported: set[StringLiteral] = set()
        for config, faulty in file.judged(self.code, lambda config: _faulty(config, catalog)):
            axes = _axes_of(config, catalog)
            for literal in faulty:
                if literal not in reported and file.holds(literal):
                    reported.add(literal)
                    yield self._finding(config, literal, axes)

    def _finding(self, config: ConfigClass, literal: StringLiteral, axes: dict[str, ShapeAxis]) -> Finding:
        name = literal.value
        if _is_known(config, name, axes):
            return self.finding(
                f"`optimum-cli export neuron` has no option for the axis `{name}`, and raises AttributeError "
                "when it looks for its size; from Python it can be set",
                literal.range,
                class_name=config.name,
                severity=Severity.WARNING,
            )
        known = [each.name for each in axes.values() if each.known_to_instance]
        meant = _SYNONYMS.get(name) or nearest(name, known)
        suggestion = f", did you mean `{meant}`?" if meant else f": there are {', '.join(sorted(known))}"
        intent = Intent((Rename(literal, meant, Aspect.AXES),)) if meant else None
        return self.finding(
            f"a Neuron config has no axis `{name}`{suggestion}",
            literal.range,
            class_name=config.name,
            fix=Fix(f'Replace with "{meant}"', (Edit(literal.inner, meant),), intent=intent)
            if meant and meant not in {each.value for each in _asked(config)}
            else None,
        )


def _faulty(config: ConfigClass, catalog: Catalog) -> list[StringLiteral]:
    """The axes that the class asks for and doesn't know, or optimum-cli doesn't."""
    if not is_neuron_config(config) or not is_fully_known(config):
        return []
    axes = _axes_of(config, catalog)
    return [
        each
        for each in _asked(config)
        if axes and (not _is_known(config, each.value, axes) or _has_no_option(config, axes.get(each.value)))
    ]


def _is_known(config: ConfigClass, name: str, axes: dict[str, ShapeAxis]) -> bool:
    return (name in axes and axes[name].known_to_instance) or name in _on_instance(config)


def _has_no_option(config: ConfigClass, axis: ShapeAxis | None) -> bool:
    return axis is not None and axis.flag is None and _is_of_transformers(config)


def _asked(config: ConfigClass) -> tuple[StringLiteral, ...]:
    """The axes that the class asks for, of all tasks that it is registered for."""
    return tuple(
        dict.fromkeys(
            literal
            for each in config.effective
            for variant in each.axes.variants
            if variant.is_default and variant.is_understood and variant.value is not None
            for literal in variant.value.literals
        )
    )


def _axes_of(config: ConfigClass, catalog: Catalog) -> dict[str, ShapeAxis]:
    """The axes that the class's base knows by name; empty if they can't be told."""
    base = next(each for each in config.order if isinstance(each, BaseClass))
    dialect = next((each for each in Dialect if base.facts.module.startswith(each.value)), None)
    bases = catalog.neuron_bases(dialect) if dialect is not None else None
    return dict(bases.axes) if bases is not None and bases.axes is not None else {}


def _on_instance(config: ConfigClass) -> frozenset[str]:
    """What an instance has from its classes, beside the axes."""
    of_bases = (
        name
        for base in config.order
        if isinstance(base, BaseClass)
        for name in (*base.facts.attributes, *base.facts.members, *base.facts.instance_attributes)
    )
    return names_of_files(config) | frozenset(of_bases)


def _is_of_transformers(config: ConfigClass) -> bool:
    return all(each.library == TRANSFORMERS for each in config.registrations)
