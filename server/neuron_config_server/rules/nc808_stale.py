"""NC808 stale."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class Stale(ExecutedRule):
    """
    ## What it does
    Says that a class has changed since the export whose results are shown.

    ## Why is this bad?
    It isn't: but what the last export found may hold no longer, and what it proved isn't proved any more.

    ## What to do
    Export and validate again.
    """

    code = "NC808"
    name = "stale"
    severity = Severity.INFO
