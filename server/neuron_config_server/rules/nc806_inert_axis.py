"""NC806 inert-axis."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class InertAxis(ExecutedRule):
    """
    ## What it does
    Reports an axis of `INPUT_ARGS` whose size changes no shape of any input or output.

    ## Why is this bad?
    Users are asked for a size that does nothing. Mostly the HF config has a value of its own that wins: an
    image size of 224 is used whatever `--height` says (see NC405).

    ## What to do
    Take the axis out of `INPUT_ARGS`, or let the dummy input generator read it.
    """

    code = "NC806"
    name = "inert-axis"
    severity = Severity.WARNING
