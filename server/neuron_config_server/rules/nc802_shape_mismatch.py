"""NC802 shape-mismatch."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class ShapeMismatch(ExecutedRule):
    """
    ## What it does
    Reports an output whose shape differs from that of PyTorch's output of the same name.

    ## Why is this bad?
    Names are paired with tensors by position: most of the time the two are different outputs, and every
    value after them is compared under a wrong name too.

    ## What to do
    Write `outputs` in the order of the fields of the model's output class (see NC202), without those that
    the model doesn't return (NC203).
    """

    code = "NC802"
    name = "shape-mismatch"
    severity = Severity.ERROR
