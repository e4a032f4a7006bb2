"""NC504 tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.attributes import assigned_to_self
from neuron_config_server.reading.evaluation.values import ClassValue
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import Assigned, assignment, is_neuron_config
from neuron_config_server.rules.support.told_values import UNTOLD, told

_ATTRIBUTE = "ATOL_FOR_VALIDATION"
_LOOSE = 1e-1
"""Logits of a freshly made model, and those of most trained ones between classes, differ by no more."""
_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    ATOL_FOR_VALIDATION = {tolerance}
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


@dataclass(frozen=True)
class _Fault:
    message: str
    tasks: tuple[str, ...] = ()


class Tolerance(Rule):
    """
    ## What it does
    Checks `ATOL_FOR_VALIDATION`: that it is a number, or a dictionary with one for every task that the class
    is registered for, and that it is small enough to tell a right model from a wrong one.

    ## Why is this bad?
    The validation compares every output with PyTorch's. It stops with a `KeyError` for a task that the
    dictionary lacks, and with a `TypeError` or `RuntimeError` for what is no number, or a negative one. A
    tolerance of 0.1 and more lets wrong models pass: in optimum-neuron 1e-1 hid for weeks that XLM's and
    Flaubert's token types were fed to another parameter.

    ## Example
    ```python
    ATOL_FOR_VALIDATION = 1e-1
    ```
    Use instead:
    ```python
    ATOL_FOR_VALIDATION = 1e-3
    ```

    ## When it is silent
    When the value can't be told.
    """

    code = "NC504"
    name = "tolerance"
    severity = Severity.WARNING

    VALID = (
        _ESM.format(tolerance="1e-3"),
        _ESM.format(
            tolerance='{"feature-extraction": 1e-2, "fill-mask": 1e-3, "text-classification": 1e-3, '
            '"token-classification": 1e-3}'
        ),
        _ESM.format(tolerance="tolerance_of(__name__)"),
    )
    INVALID = (
        Invalid(_ESM.format(tolerance="1e-1"), at="1e-1"),
        Invalid(_ESM.format(tolerance='{"fill-mask": 1e-3}'), at='{"fill-mask": 1e-3}'),
        Invalid(_ESM.format(tolerance='"1e-3"'), at='"1e-3"'),
        Invalid(_ESM.format(tolerance="None"), at="None"),
        Invalid(_ESM.format(tolerance="[1e-3]"), at="[1e-3]"),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        reported: set[tuple[object, str]] = set()
        for config, fault in file.judged(self.code, _fault):
            owner = config.owner(_ATTRIBUTE)
            if fault is None or not isinstance(owner, ClassValue) or (owner, fault.message) in reported:
                continue
            reported.add((owner, fault.message))
            yield self._finding(config, owner, fault)

    def _finding(self, config: ConfigClass, owner: ClassValue, fault: _Fault) -> Finding:
        assigned = assignment(owner, _ATTRIBUTE) if owner is config.value else None
        inherited = "" if owner is config.value else f" (it is inherited from {owner.name})"
        return self.finding(
            fault.message + inherited,
            assigned.value_range if assigned is not None else config.name_range,
            class_name=config.name,
            tasks=fault.tasks,
        )


def _fault(config: ConfigClass) -> _Fault | None:
    if not is_neuron_config(config) or not config.effective:
        return None
    written = _written(config)
    kind = _kind_of_no_number(written.value) if written is not None else None
    if kind is not None and not _is_set_on_instances(config):
        return _Fault(f"`{_ATTRIBUTE}` is {kind}: the comparison raises TypeError")
    lacking = tuple(
        dict.fromkeys(each.task for each in config.effective if _raises_key_error(each.tolerance))
    )
    if lacking:
        names = ", ".join(lacking)
        return _Fault(
            f"`{_ATTRIBUTE}` has no tolerance for {names}: the validation raises KeyError",
            lacking,
        )
    values = {each.task: told(each.tolerance) for each in config.effective}
    numbers = {task: each for task, each in values.items() if each is not UNTOLD}
    negative = tuple(task for task, each in numbers.items() if isinstance(each, float) and each < 0)
    if negative:
        return _Fault(f"`{_ATTRIBUTE}` is negative: torch.allclose raises", negative)
    loose = tuple(task for task, each in numbers.items() if isinstance(each, float) and each >= _LOOSE)
    if not loose:
        return None
    of_tasks = f" of {', '.join(loose)}" if len(loose) < len(values) else ""
    return _Fault(
        f"a tolerance of {max(numbers[task] for task in loose):g}{of_tasks} hardly tells a right model from "
        "a wrong one: 1e-3 is what configs of optimum-neuron have",
        loose,
    )


def _kind_of_no_number(value: syntax.Expression) -> str | None:
    """What a value is that is written down, and neither a number nor a dictionary; None if it may be one."""
    if isinstance(value, syntax.Text):
        return "a string"
    if isinstance(value, syntax.Constant) and value.value is None:
        return "None"
    return f"a {value.kind}" if isinstance(value, syntax.Display) else None


def _is_set_on_instances(config: ConfigClass) -> bool:
    return any(_ATTRIBUTE in set(assigned_to_self(each)) for each in config.lineage)


def _written(config: ConfigClass) -> Assigned | None:
    owner = config.owner(_ATTRIBUTE)
    return assignment(owner, _ATTRIBUTE) if isinstance(owner, ClassValue) else None


def _raises_key_error(tolerance: object) -> bool:
    variants = [each for each in getattr(tolerance, "variants", ()) if each.is_default]
    return bool(variants) and all(
        each.is_understood and (each.raises or "").startswith("KeyError") for each in variants
    )
