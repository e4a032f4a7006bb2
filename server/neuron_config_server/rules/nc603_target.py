"""NC603 target."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.neuronx_cc import Evidence, compiler_facts
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.compiler_options import OptionString, findings_of_options

_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]

    def get_compiler_args(self, instance_type) -> str:
        return "{options}"
"""


class TargetOffer(Rule):
    """
    ## What it does
    Finds values of compiler options that neuronx-cc takes under an old name only.

    ## Why is this bad?
    A later SDK drops the old name, and the config stops to compile.

    ## Example
    ```python
    return "--model-type transformer-inference"
    ```
    Use instead:
    ```python
    return "--model-type transformer"
    ```

    ## When it is silent
    Where the value stands in another string than its option, or the documentation does not say that the name
    is old.

    ## Fix safety
    Safe: the compiler takes the new name for the same.
    """

    code = "NC603"
    name = "target"
    severity = Severity.WARNING

    VALID = (_ESM.format(options="--model-type transformer"),)
    INVALID = (
        Invalid(
            _ESM.format(options="--model-type transformer-inference"),
            at="transformer-inference",
            fixed=_ESM.format(options="--model-type transformer"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        return findings_of_options(file, self.code, self._of_string)

    def _of_string(self, string: OptionString) -> Iterator[Finding]:
        for option in string.options:
            flag = compiler_facts().flag(option.name)
            for value in flag.values if flag is not None else ():
                if (
                    value.name == option.value
                    and value.use_instead is not None
                    and value.evidence is Evidence.DOCUMENTED
                    and option.value_range is not None
                ):
                    edit = Edit(option.value_range, value.use_instead)
                    since = f" since SDK {value.deprecated_since.sdk}" if value.deprecated_since else ""
                    yield self.finding(
                        f"`{value.name}` is an old name{since}: it is `{value.use_instead}` now",
                        option.value_range,
                        class_name=string.class_name,
                        fix=Fix(f"Replace with `{value.use_instead}`", (edit,), intent=Intent()),
                    )
