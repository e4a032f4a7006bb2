"""NC804 not-finite."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class NotFinite(ExecutedRule):
    """
    ## What it does
    Reports NaN or infinity in an output, where PyTorch's has numbers.

    ## Why is this bad?
    One such value spreads through everything computed from it. The usual cause is a mask that is filled
    with the smallest number of float32: rounded to a smaller type that is minus infinity, and the softmax
    of a row that is masked as a whole is then NaN.

    ## What to do
    Try `auto_cast="none"` to see whether the cast is at fault; then fill masks with a number that the
    smaller type has. On trn1, the compiler's flag `--enable-saturate-infinity` keeps infinities out of the
    transposes that it puts in itself.
    """

    code = "NC804"
    name = "not-finite"
    severity = Severity.ERROR
