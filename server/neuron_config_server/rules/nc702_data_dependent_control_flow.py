"""NC702 data-dependent-control-flow."""

from __future__ import annotations

from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.rule import ExecutedRule


class DataDependentControlFlow(ExecutedRule):
    """
    ## What it does
    Reports a branch, a loop or a slice of the model that is decided by the values in a tensor: `if
    mask.all():`, `for _ in range(int(n))`, `.item()`, `.tolist()`.

    ## Why is this bad?
    Tracing runs the model once and records what it did. The way that the example inputs took is the only
    one that the compiled model has, and for other inputs it is wrong without a word.

    ## Example
    ```python
    if lengths.max() > 128:
        hidden = self.compress(hidden)
    ```
    Use instead:
    ```python
    hidden = torch.where(lengths.max() > 128, self.compress(hidden), hidden)
    ```

    ## What to do
    Write the choice with tensors (`torch.where`), fix it by the config (`self._config`), or take the step
    out of the model through `CUSTOM_MODEL_WRAPPER`.
    """

    code = "NC702"
    name = "data-dependent-control-flow"
    severity = Severity.ERROR
