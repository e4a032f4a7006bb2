"""NC801 value-mismatch."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class ValueMismatch(ExecutedRule):
    """
    ## What it does
    Reports an output of the exported model that differs from PyTorch's by more than the tolerance, on one
    of the inputs that validation tries.

    ## Why is this bad?
    The exported model computes something else than the model. optimum-neuron logs such a difference as a
    warning and calls the export done.

    ## What to do
    Look at the size of the difference, and at the inputs that show it. One that grows with the padding or
    shows for a single batch size means that tracing has frozen something (see NC702). One of the size that
    the cast brings asks for another `ATOL_FOR_VALIDATION`: a base-size BERT moves by about 2e-2 when matrix
    products are cast to bf16, which no tolerance of 1e-3 allows.
    """

    code = "NC801"
    name = "value-mismatch"
    severity = Severity.ERROR
