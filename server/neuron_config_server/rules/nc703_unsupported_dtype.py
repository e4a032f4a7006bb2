"""NC703 unsupported-dtype."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class UnsupportedDtype(ExecutedRule):
    """
    ## What it does
    Reports a tensor of a type that the target doesn't compute with: float64 anywhere, complex numbers, and
    the float8 variants that the target lacks.

    ## Why is this bad?
    neuronx-cc refuses them (NCC_ESPP004 for types without code, NCC_EVRF004 for complex numbers,
    NCC_ESPP047 and NCC_EVRF051 for float8). float64 mostly comes in by accident, through a NumPy array or a
    Python number. int64 is no finding: trn1 and inf2 compute with int32 in its place.

    ## What to do
    Convert to float32 where the tensor is made; split complex numbers into real and imaginary part. The
    release notes of SDK 2.32 list complex operators that neuronx-cc accepts, its error pages still say that
    it doesn't.
    """

    code = "NC703"
    name = "unsupported-dtype"
    severity = Severity.ERROR
