"""NC305 not-registered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.neuron_bases import are_plain_bases
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import Dotted
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import bases_that_may_define

_MEANT_AS_BASE = re.compile(r"^_|Base|Mixin|Abstract|Common|Shared")
_FILE = """\
@register_in_tasks_manager("bert", "fill-mask")
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        return ["input_ids", "attention_mask"]


{registration}class {name}(BertNeuronConfig):
    MODEL_TYPE = "esm"
"""


class NotRegistered(Rule):
    """
    ## What it does
    Finds a complete config class that isn't registered, and that nothing else in its file uses.

    ## Why is this bad?
    Configs are found through the `TasksManager`. One that is missing there is never used, whatever it says:
    mostly the decorator was forgotten, or got lost when classes were moved.

    ## Example
    ```python
    class EsmNeuronConfig(TextEncoderNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("esm", "fill-mask")
    class EsmNeuronConfig(TextEncoderNeuronConfig):
        NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    ```

    ## When it is silent
    When no other class of the file is registered, when the file names the class anywhere else, when a name
    says that it is a base (`Base`, `Mixin`, an underscore), when it sets no `inputs` or no
    `NORMALIZED_CONFIG_CLASS`, and when it has a decorator: that may register it.
    """

    code = "NC305"
    name = "not-registered"
    severity = Severity.WARNING

    VALID = (
        _FILE.format(registration='@register_in_tasks_manager("esm", "fill-mask")\n', name="EsmNeuronConfig"),
        _FILE.format(registration="@somehow_registered\n", name="EsmNeuronConfig"),
        _FILE.format(registration="", name="EsmBaseNeuronConfig"),
        _FILE.format(registration="", name="EsmNeuronConfig") + '\n\nTABLE = {"esm": EsmNeuronConfig}\n',
    )
    INVALID = (Invalid(_FILE.format(registration="", name="EsmNeuronConfig"), at="EsmNeuronConfig"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        if not any(config.value.registrations for config in file.classes):
            return
        for config, _ in file.judged(self.code, _is_complete):
            if _is_named_once(file, config):
                yield self.finding(
                    f"{config.name} isn't registered, and nothing in this file uses it: "
                    'put @register_in_tasks_manager("<model type>", "<task>") above it',
                    config.name_range,
                    class_name=config.name,
                )


def _is_complete(config: ConfigClass) -> bool:
    """Whether it isn't registered, has what a registered class needs, and doesn't say that it is there for
    others.
    """
    return (
        not config.registrations
        and not config.value.node.decorators
        and not _MEANT_AS_BASE.search(config.name)
        and are_plain_bases(bases_that_may_define(config, ("__init_subclass__",)))
        and not any(isinstance(each, Dotted) for each in config.order)
        and config.overrides("inputs")
        and config.sets("NORMALIZED_CONFIG_CLASS")
        and "*" not in config.value.set_from_outside
    )


def _is_named_once(file: ConfigFile, config: ConfigClass) -> bool:
    return file.occurrences(rf"\b{re.escape(config.name)}\b") == 1
