"""NC401 unknown-alias."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.catalog.neuron_bases import modality_of
from neuron_config_server.reading.config_file import AliasLookup, ConfigFile
from neuron_config_server.rules.finding import Aspect, Change, Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.nearest import nearest

_ADDS_TO_THE_TABLE = r"\._conf\b"
"""``NormalizedConfigManager._conf["esm"] = …`` is how configs make names known that optimum doesn't know."""
_ESM = """\
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class({alias})
"""


class UnknownAlias(Rule):
    """
    ## What it does
    Checks the name in `NormalizedConfigManager.get_normalized_config_class("…")` against the names that
    optimum knows.

    ## Why is this bad?
    An unknown name raises a `KeyError` while the file is imported. optimum knows about 67 of the several
    hundred model types of transformers; for the others, take the name of a model type whose config has the
    same attributes (text encoders: `"bert"`), or a class such as `NormalizedConfig.with_args(…)`.

    ## Example
    ```python
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("esm")
    ```
    Use instead:
    ```python
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    ```

    ## When it is silent
    When the `KeyError` is caught, and when the file touches `NormalizedConfigManager._conf`.

    ## Fix safety
    Safe: a slip of the pen is replaced by the nearest name, any other name by the one that fits the
    modality of the base class. The file can't be imported as it stands.
    """

    code = "NC401"
    name = "unknown-alias"
    severity = Severity.ERROR
    needs = (OPTIMUM,)

    VALID = (
        _ESM.format(alias='"bert"'),
        _ESM.format(alias="model_type"),
        _ESM.format(alias='model_type="bert"'),
        'NormalizedConfigManager._conf["esm"] = NormalizedTextConfig\n' + _ESM.format(alias='"esm"'),
    )
    INVALID = (
        Invalid(_ESM.format(alias='"esm"'), at='"esm"', fixed=_ESM.format(alias='"bert"')),
        Invalid(_ESM.format(alias='"distilbrt"'), at='"distilbrt"', fixed=_ESM.format(alias='"distilbert"')),
        Invalid(
            _ESM.format(alias='model_type="esm"'), at='"esm"', fixed=_ESM.format(alias='model_type="bert"')
        ),
        Invalid('config = NormalizedConfigManager.get_normalized_config_class("esm")\n', at='"esm"'),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        aliases = catalog.normalized_aliases
        if aliases is None or all(each.alias in aliases for each in file.followed.aliases):
            return
        if file.occurrences(_ADDS_TO_THE_TABLE):
            return
        for lookup in file.alias_lookups:
            if lookup.alias.value not in aliases and file.holds(lookup.alias):
                yield self._finding(file, lookup, aliases)

    def _finding(self, file: ConfigFile, lookup: AliasLookup, aliases: Mapping[str, str]) -> Finding:
        config = file.config(lookup.class_name)
        name = lookup.alias.value
        meant = nearest(name, aliases)
        modality = modality_of(config.foreign_bases) if config is not None else None
        message = f'optimum has no normalized config called "{name}"'
        if meant is not None:
            message += f', did you mean "{meant}"?'
        elif modality is not None and aliases.get(modality.alias) == modality.normalized_config:
            meant = modality.alias
            message += f': "{meant}" is the one of a {modality.name} ({modality.normalized_config})'
        fix = _fix(lookup, meant) if meant is not None else None
        return self.finding(message, lookup.alias.range, class_name=config.name if config else None, fix=fix)


def _fix(lookup: AliasLookup, meant: str) -> Fix:
    intent = Intent(changes=(Change(Aspect.NORMALIZED_CONFIG),))
    return Fix(f'Replace with "{meant}"', (Edit(lookup.alias.inner, meant),), intent=intent)
