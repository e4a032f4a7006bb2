"""NC803 output-count."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class OutputCount(ExecutedRule):
    """
    ## What it does
    Reports that the exported model returns more or fewer tensors than the config's `outputs` names.

    ## Why is this bad?
    Outputs are known by their position. With one too many or too few, nobody can tell which is which.

    ## What to do
    Name every tensor that the model returns, in its order. A nested output, such as `past_key_values`,
    counts tensor by tensor; `values_override` can turn it off (`{"use_cache": False}`).
    """

    code = "NC803"
    name = "output-count"
    severity = Severity.ERROR
