"""NC705 compiler-error."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class CompilerError(ExecutedRule):
    """
    ## What it does
    Reports that neuronx-cc failed, with the code that it gives (NCC_…), what that means, and where its log
    is.

    ## Why is this bad?
    There is no compiled model.

    ## What to do
    Look the code up in the SDK's documents, under "Neuron compiler error codes". Without a code, the exit
    status tells: -9 is mostly a machine without enough memory for compiling, -6 and -11 are a crash of the
    compiler itself, to be reported at aws-neuron/aws-neuron-sdk with the log; 70 says that the compiler
    reported an error.
    """

    code = "NC705"
    name = "compiler-error"
    severity = Severity.ERROR
