"""NC001 syntax-error."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule


class SyntaxErrorRule(Rule):
    """
    ## What it does
    Reports a statement that Python can't read.

    ## Why is this bad?
    The file can't be imported. The statement that is broken is not checked by any other rule; the rest of
    the file is.
    """

    code = "NC001"
    name = "syntax-error"
    severity = Severity.ERROR

    VALID = ("x = [1, 2]\n",)
    INVALID = (
        Invalid("x = [1, 2\n", at="["),
        Invalid("class EsmNeuronConfig(TextEncoderNeuronConfig)\n    pass\n", at=")"),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for fault in file.faults:
            yield self.finding(f"Python can't read this: {fault.message}", fault.range)
