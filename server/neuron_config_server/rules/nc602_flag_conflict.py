"""NC602 flag-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.neuronx_cc import CompilerFlag, Evidence, compiler_facts
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Finding, Related, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.compiler_options import Option, OptionString, findings_of_options

_TARGET = "--target"
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


class FlagConflict(Rule):
    """
    ## What it does
    Finds options of neuronx-cc that exclude each other in one string of `get_compiler_args` or
    `NEURON_CC_FLAGS`, and options that the `--target` beside them does not have.

    ## Why is this bad?
    The compiler refuses them, at the end of an export.

    ## Example
    ```python
    return "--target trn1 --lnc 2"
    ```
    Use instead:
    ```python
    return "--target trn2 --lnc 2"
    ```

    ## When it is silent
    When the options stand in different strings: conditions may keep them apart.
    """

    code = "NC602"
    name = "flag-conflict"
    severity = Severity.ERROR

    VALID = (_ESM.format(options="--target trn2 --lnc 2"), _ESM.format(options="--target trn1 -O2"))
    INVALID = (
        Invalid(_ESM.format(options="--target trn1 --lnc 2"), at="--lnc"),
        Invalid(
            _ESM.format(
                options="--enable-mixed-precision-accumulation --disable-mixed-precision-accumulation"
            ),
            at="--disable-mixed-precision-accumulation",
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        return findings_of_options(file, self.code, self._of_string)

    def _of_string(self, string: OptionString) -> Iterator[Finding]:
        seen: list[tuple[Option, CompilerFlag]] = []
        for option in string.options:
            flag = compiler_facts().flag(option.name)
            if flag is None or flag.evidence is not Evidence.DOCUMENTED:
                continue
            yield from self._excluded(string, option, flag, seen)
            seen.append((option, flag))
        yield from self._of_target(string, seen)

    def _excluded(
        self,
        string: OptionString,
        option: Option,
        flag: CompilerFlag,
        seen: list[tuple[Option, CompilerFlag]],
    ) -> Iterator[Finding]:
        for other, before in seen:
            if before.name in flag.excludes or flag.name in before.excludes:
                yield self.finding(
                    f"`{option.name}` and `{other.name}` exclude each other",
                    option.range,
                    class_name=string.class_name,
                    related=(Related(f"`{other.name}`", other.range),),
                )

    def _of_target(
        self, string: OptionString, options: list[tuple[Option, CompilerFlag]]
    ) -> Iterator[Finding]:
        targets = [option.value for option, flag in options if flag.name == _TARGET]
        target = targets[0] if len(targets) == 1 else None
        if target is None or compiler_facts().target(target) is None:
            return
        for option, flag in options:
            if flag.targets and target not in flag.targets:
                yield self.finding(
                    f"`{option.name}` is for {' and '.join(flag.targets)}, and the target is {target}",
                    option.range,
                    class_name=string.class_name,
                )
