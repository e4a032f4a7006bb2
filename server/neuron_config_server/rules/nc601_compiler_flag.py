"""NC601 compiler-flag."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.neuronx_cc import (
    Argument,
    CompilerFlag,
    Evidence,
    FlagReader,
    compiler_facts,
)
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.compiler_options import Option, OptionString, findings_of_options

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


class UnknownCompilerFlag(Rule):
    """
    ## What it does
    Checks the options in the strings of `get_compiler_args`, and in what is assigned to
    `os.environ["NEURON_CC_FLAGS"]`, against those of neuronx-cc.

    ## Why is this bad?
    The compiler refuses an option or a value that it does not know, at the end of an export. Names differ
    between tools: optimum-cli says `--auto_cast matmul`, neuronx-cc `--auto-cast matmult`.

    ## Example
    ```python
    return "--auto-cast matmul"
    ```
    Use instead:
    ```python
    return "--auto-cast matmult"
    ```

    ## When it is silent
    Of options that resemble no known one: the compiler has some that are not documented. Of strings that
    code puts together, and of values that stand in another string than their option.

    ## Fix safety
    Safe: a slip of the pen is replaced; the compiler refuses it as it stands.
    """

    code = "NC601"
    name = "compiler-flag"
    severity = Severity.ERROR

    VALID = (
        _ESM.format(options="--auto-cast matmult -O1"),
        _ESM.format(options="--model-type=transformer --tensorizer-options='--enable-anything'"),
        _ESM.format(options="--an-option-that-nobody-documents"),
    )
    INVALID = (
        Invalid(
            _ESM.format(options="--auto-cast matmul"),
            at="matmul",
            fixed=_ESM.format(options="--auto-cast matmult"),
        ),
        Invalid(
            _ESM.format(options="--auto_cast=none"),
            at="--auto_cast",
            fixed=_ESM.format(options="--auto-cast=none"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        return findings_of_options(file, self.code, self._of_string)

    def _of_string(self, string: OptionString) -> Iterator[Finding]:
        for option in string.options:
            flag = compiler_facts().flag(option.name)
            if flag is None and option.name.startswith("--"):
                yield from self._of_name(string, option)
            elif flag is not None and flag.reader is FlagReader.WRAPPER and not string.is_for_wrapper:
                yield self._found(
                    f"neuronx-cc has no `{option.name}`: the wrapper takes it from NEURON_CC_FLAGS",
                    option.range,
                    string,
                )
            elif flag is not None:
                yield from self._of_value(string, option, flag)

    def _of_name(self, string: OptionString, option: Option) -> Iterator[Finding]:
        meant = compiler_facts().closest(option.name)
        if meant is not None:
            message = f"neuronx-cc has no `{option.name}`, did you mean `{meant.name}`?"
            yield self._found(message, option.range, string, meant.name)

    def _of_value(self, string: OptionString, option: Option, flag: CompilerFlag) -> Iterator[Finding]:
        if option.value is None or option.value_range is None or not _is_closed(flag):
            return
        known = [each.name for each in flag.values]
        value = option.value.strip("\"'")
        if value in known:
            return
        meant = flag.closest_value(value)
        message = f"`{flag.name}` of neuronx-cc takes {', '.join(known)}, and no `{value}`"
        yield self._found(message, option.value_range, string, meant if value == option.value else None)

    def _found(self, message: str, range_: Range, string: OptionString, meant: str | None = None) -> Finding:
        fix = Fix(f"Replace with `{meant}`", (Edit(range_, meant),), intent=Intent()) if meant else None
        return self.finding(message, range_, class_name=string.class_name, fix=fix)


def _is_closed(flag: CompilerFlag) -> bool:
    """Whether it takes one of its known values and no other, as the documentation says."""
    return flag.argument is Argument.CHOICE and bool(flag.values) and flag.evidence is Evidence.DOCUMENTED
