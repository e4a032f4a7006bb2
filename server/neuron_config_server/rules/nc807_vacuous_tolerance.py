"""NC807 vacuous-tolerance."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class VacuousTolerance(ExecutedRule):
    """
    ## What it does
    Reports a tolerance that is so wide that another, random model of the same architecture passes the
    validation too.

    ## Why is this bad?
    A validation that everything passes proves nothing. It happens with tolerances of 1e-1, and with outputs
    whose values are as small as the tolerance.

    ## What to do
    Narrow `ATOL_FOR_VALIDATION` to what the precision needs (1e-3 holds without a cast), or validate with a
    model whose outputs are not degenerate: `--model` with real weights.
    """

    code = "NC807"
    name = "vacuous-tolerance"
    severity = Severity.WARNING
