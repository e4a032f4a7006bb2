"""NC704 known-bad-operator."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class KnownBadOperator(ExecutedRule):
    """
    ## What it does
    Reports an operator that the Neuron SDK's documents name as unsupported on the target, in the form in
    which the model uses it: `triangular_solve`, `fft`, `topk` on integers, integer `scatter_reduce` …

    ## Why is this bad?
    neuronx-cc ends with an error code such as NCC_EVRF001, after minutes of compiling. An operator that
    isn't named there is no finding: there is no complete list of what is supported but `neuronx-cc
    list-operators`.

    ## What to do
    The message names the operator, the line of the model that calls it, and the detour that the documents
    give: `x.float()` before `topk`, a matrix inverse for `triangular_solve`. Where the model can't be
    changed, compute the step outside of it through `CUSTOM_MODEL_WRAPPER`.
    """

    code = "NC704"
    name = "known-bad-operator"
    severity = Severity.ERROR
