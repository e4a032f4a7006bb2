"""NC509 override-signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import ClassValue, FunctionValue
from neuron_config_server.reading.literals import Strings, range_of
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import is_neuron_config
from neuron_config_server.rules.support.told_values import told

_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]

    def {method}:
        return {value}
"""


@dataclass(frozen=True)
class _Call:
    """A call that the exporter makes of a method of a config."""

    positional: int
    keywords: tuple[str, ...] = ()
    has_axes: bool = False
    """Whether the size of every axis in INPUT_ARGS is passed by keyword."""

    def text(self, method: str) -> str:
        arguments = [*("…" * self.positional), *(f"{each}=…" for each in self.keywords)]
        return f"{method}({', '.join([*arguments, *(('**axes',) if self.has_axes else ())])})"


_CALLS: dict[str, tuple[_Call, ...]] = {
    "generate_dummy_inputs": (_Call(0, has_axes=True),),
    "_create_dummy_input_generator_classes": (_Call(0, has_axes=True),),
    "get_compiler_args": (_Call(1),),
    "flatten_inputs": (_Call(1),),
    "get_mandatory_axes_for_task": (_Call(1),),
    "get_input_args_for_task": (_Call(1),),
}
"""How optimum-neuron 0.4.5 calls what a config may override: ``exporters/neuron/{base,convert}.py``.

``patch_model_and_prepare_aliases`` is called in two ways, see ``_PATCH``.
"""
_PATCH = "patch_model_and_prepare_aliases"
_PATCH_CALLS = (_Call(2), _Call(1, has_axes=True))
"""Of a config whose ``is_encoder_decoder`` is true it is the second."""
_READ_AS_PROPERTIES = ("outputs", "values_override")
"""``inputs`` is NC108's."""
_CALLED_ON_THE_CLASS = ("get_input_args_for_task",)


class OverrideSignature(Rule):
    """
    ## What it does
    Checks that a method which a config overrides can be called the way the exporter calls it, and that
    `outputs` and `values_override` are properties.

    ## Why is this bad?
    The exporter passes the sizes of the axes to `generate_dummy_inputs` by keyword, the instance type to
    `get_compiler_args`, and the model with the names of the inputs to `patch_model_and_prepare_aliases`. An
    override that takes something else raises a `TypeError` in the middle of an export.

    ## Example
    ```python
    def generate_dummy_inputs(self):
    ```
    Use instead:
    ```python
    def generate_dummy_inputs(self, return_tuple=False, **kwargs):
    ```

    ## When it is silent
    When the method is decorated by anything but `classmethod` or `staticmethod`, and when the axes can't be
    told.
    """

    code = "NC509"
    name = "override-signature"
    severity = Severity.ERROR

    VALID = (
        _ESM.format(
            method="generate_dummy_inputs(self, return_tuple=False, **kwargs)",
            value="super().generate_dummy_inputs(return_tuple, **kwargs)",
        ),
        _ESM.format(method="get_compiler_args(self, instance_type)", value='"-O1"'),
    )
    INVALID = (
        Invalid(
            _ESM.format(method="generate_dummy_inputs(self)", value="super().generate_dummy_inputs()"),
            at="generate_dummy_inputs",
        ),
        Invalid(_ESM.format(method="get_compiler_args(self)", value='"-O1"'), at="get_compiler_args"),
        Invalid(
            _ESM.format(method="values_override(self)", value='{"use_cache": False}'), at="values_override"
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        reported: set[tuple[ClassValue, str]] = set()
        for config, faults in file.judged(self.code, _faults):
            for name, owner, found, fault in faults:
                if (owner, name) not in reported:
                    reported.add((owner, name))
                    yield self._finding(file, config, owner, found, fault)

    def _finding(
        self, file: ConfigFile, config: ConfigClass, owner: ClassValue, found: FunctionValue, fault: str
    ) -> Finding:
        is_here = owner.module.path == file.path
        inherited = "" if owner is config.value else f" (inherited from {owner.name})"
        return self.finding(
            fault + ("" if is_here else inherited),
            range_of(found.node.name_span, found.scope.line) if is_here else config.name_range,
            class_name=owner.name if is_here else config.name,
        )


def _faults(config: ConfigClass) -> list[tuple[str, ClassValue, FunctionValue, str]]:
    """Methods that aren't as they are called: their names, the classes that define them, what is wrong."""
    faults: list[tuple[str, ClassValue, FunctionValue, str]] = []
    if not config.effective or not is_neuron_config(config):
        return faults
    for name in (*_CALLS, _PATCH, *_READ_AS_PROPERTIES):
        owner = config.owner(name)
        found = owner.names.get(name) if isinstance(owner, ClassValue) else None
        if not isinstance(owner, ClassValue) or not isinstance(found, FunctionValue):
            continue
        fault = _fault(config, name, found)
        if fault is not None:
            faults.append((name, owner, found, fault))
    return faults


def _fault(config: ConfigClass, name: str, found: FunctionValue) -> str | None:
    if not all(_is_plain(each) for each in found.node.decorators):
        return None
    if name in _READ_AS_PROPERTIES:
        return (
            f"`{name}` is no property: the exporter reads it, and gets a method" if _is_bare(found) else None
        )
    if name in _CALLED_ON_THE_CLASS and found.kind == "function":
        return f"`{name}` is called on the class: it needs `@classmethod`"
    axes = _axes(config)
    calls = _PATCH_CALLS if name == _PATCH else _CALLS[name]
    failures = [_failure(found, call, axes) for call in calls]
    if None in failures:
        return None
    return f"the exporter calls `{calls[0].text(name)}`: {failures[0]}"


def _axes(config: ConfigClass) -> frozenset[str]:
    """The axes of all tasks; empty where they can't be told."""
    found = [told(each.axes) for each in config.effective]
    return frozenset(
        name for each in found if isinstance(each, Strings) and each.unknown is None for name in each.values
    )


def _failure(found: FunctionValue, call: _Call, axes: frozenset[str]) -> str | None:
    """Why the call raises TypeError; None if it doesn't, or if that can't be told."""
    parameters = found.node.parameters[0 if found.kind == "static" else 1 :]
    if not found.node.parameters and found.kind != "static":
        return "it has no parameter for the instance"
    keywords = {*call.keywords, *(axes if call.has_axes else ())}
    by_position = [each for each in parameters if each.kind in ("positional-only", "positional")]
    kinds = {each.kind for each in parameters}
    if call.positional > len(by_position) and "*" not in kinds:
        return f"it takes {len(by_position)} of the {call.positional} arguments"
    filled = {each.name for each in by_position[: call.positional]}
    named = {each.name for each in parameters if each.kind in ("positional", "keyword")} - filled
    refused = sorted(keywords - named) if "**" not in kinds else []
    if refused:
        return f"it does not take {', '.join(f'`{each}`' for each in refused)}"
    is_open = call.has_axes and not axes
    lacking = [
        each.name
        for each in parameters
        if each.kind in ("positional-only", "positional", "keyword")
        and each.default is None
        and each.name not in filled | keywords
    ]
    return f"it needs `{lacking[0]}` too" if lacking and not is_open else None


def _is_plain(decorator: syntax.Expression) -> bool:
    return isinstance(decorator, syntax.Name) and decorator.name in ("classmethod", "staticmethod")


def _is_bare(found: FunctionValue) -> bool:
    return found.kind == "function" and not found.node.decorators
