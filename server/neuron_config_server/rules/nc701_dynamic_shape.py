"""NC701 dynamic-shape."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class DynamicShape(ExecutedRule):
    """
    ## What it does
    Reports an operator of the model whose output has a size that depends on the values in a tensor, such as
    `nonzero`, `unique` or a selection by a boolean mask.

    ## Why is this bad?
    A Neuron model has the sizes that it was traced with, in between as well as at its inputs and outputs.
    Where one depends on values, tracing freezes the size that the example inputs happened to give, or
    neuronx-cc refuses the graph (NCC_EMOD025).

    ## What to do
    Pad to a fixed size and mask, take `torch.where(mask, x, 0)` in place of `x[mask]`, or do that step
    outside of the model through `CUSTOM_MODEL_WRAPPER`.
    """

    code = "NC701"
    name = "dynamic-shape"
    severity = Severity.ERROR
