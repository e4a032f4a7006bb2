"""NC805 dead-input."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class DeadInput(ExecutedRule):
    """
    ## What it does
    Reports an input whose values have no influence on any output of the exported model.

    ## Why is this bad?
    Whoever runs the model must give it, and gets the same answer whatever it is. Either the model doesn't
    read it (see NC101), or tracing has frozen its value: then results are wrong for every other one.

    ## What to do
    Take it out of `inputs`, or find the place where the model looks at its values outside of tensor
    operations.

    ## When it is silent
    When a model is too small to tell: outputs that hardly react to any input.
    """

    code = "NC805"
    name = "dead-input"
    severity = Severity.WARNING
