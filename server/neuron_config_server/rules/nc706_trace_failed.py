"""NC706 trace-failed."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class TraceFailed(ExecutedRule):
    """
    ## What it does
    Reports that the model raised an exception while it was traced with the inputs that the config declares,
    at the line that raised it.

    ## Why is this bad?
    There is no traced model, and nothing to compile.

    ## What to do
    The message is the model's own. A `TypeError` about an argument mostly means that `inputs` declares
    something that `forward` doesn't take (see NC101); a complaint about sizes, that an axis of `INPUT_ARGS`
    doesn't fit the model's config.
    """

    code = "NC706"
    name = "trace-failed"
    severity = Severity.ERROR
