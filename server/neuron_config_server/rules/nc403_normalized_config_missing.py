"""NC403 normalized-config-missing."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.neuron_bases import are_plain_bases, modality_of
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import bases_that_may_define

_DECIDE = ("__init__", "NORMALIZED_CONFIG_CLASS")
"""What a mixin would have to have to make a difference."""
_ESM = """\
from optimum.exporters.neuron.config import TextEncoderNeuronConfig

@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    {attribute}

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]
"""


class NormalizedConfigMissing(Rule):
    """
    ## What it does
    Finds registered config classes whose `NORMALIZED_CONFIG_CLASS` is None, which it is in the base classes.

    ## Why is this bad?
    The constructor calls it: every export ends with `TypeError: 'NoneType' object is not callable`.

    ## Example
    ```python
    class EsmNeuronConfig(TextEncoderNeuronConfig):
        ATOL_FOR_VALIDATION = 1e-3
    ```
    Use instead:
    ```python
    class EsmNeuronConfig(TextEncoderNeuronConfig):
        ATOL_FOR_VALIDATION = 1e-3
        NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    ```

    ## When it is silent
    When the class has a constructor of its own, or a base that can't be followed, and in a piece of code
    that doesn't import the base: what isn't there may stand in the rest.
    """

    code = "NC403"
    name = "normalized-config-missing"
    severity = Severity.ERROR

    VALID = (
        _ESM.format(attribute="NORMALIZED_CONFIG_CLASS = NormalizedTextConfig"),
        _ESM.format(attribute="NORMALIZED_CONFIG_CLASS = CHOSEN"),
        _ESM.format(attribute="MODEL_TYPE = None").replace("TextEncoder", "SomeoneElses"),
    )
    INVALID = (
        Invalid(_ESM.format(attribute="ATOL_FOR_VALIDATION = 1e-3"), at="EsmNeuronConfig"),
        Invalid(_ESM.format(attribute="NORMALIZED_CONFIG_CLASS = None"), at="EsmNeuronConfig"),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        reported: set[object] = set()
        for config, missing in file.judged(self.code, _missing):
            if reported.isdisjoint(config.lineage):
                yield self._finding(config, missing)
            reported.add(config.value)

    def _finding(self, config: ConfigClass, missing: list[EffectiveConfig]) -> Finding:
        modality = modality_of(config.foreign_bases)
        example = f", such as {modality.normalized_config}" if modality is not None else ""
        return self.finding(
            f"NORMALIZED_CONFIG_CLASS is None, and the constructor calls it: set a class{example}",
            config.name_range,
            class_name=config.name,
            tasks=tuple(dict.fromkeys(each.task for each in missing)),
        )


def _missing(config: ConfigClass) -> list[EffectiveConfig]:
    """Where the constructor of the base finds None."""
    missing = [each for each in config.effective if _is_missing(each)]
    if (
        not missing
        or config.overrides("__init__")
        or not _is_whole(config)
        or not are_plain_bases(bases_that_may_define(config, _DECIDE))
    ):
        return []
    return missing


def _is_missing(effective: EffectiveConfig) -> bool:
    """Whether the attribute is None on every way that the defaults leave open."""
    found = effective.normalized_config
    return (
        found.unknown is None
        and bool(found.variants)
        and all(each.value is None and each.raises is None and each.is_understood for each in found.variants)
    )


def _is_whole(config: ConfigClass) -> bool:
    """Whether the files of its lineage bind the bases that they name."""
    return all(
        argument.value.name in class_.module.names
        for class_ in config.lineage
        for argument in class_.node.bases
        if isinstance(argument.value, syntax.Name)
    )
