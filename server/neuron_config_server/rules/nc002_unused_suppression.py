"""NC002 unused-suppression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule

if TYPE_CHECKING:
    from neuron_config_server.catalog.catalog import Catalog
    from neuron_config_server.reading.config_file import ConfigFile


class UnusedSuppression(Rule):
    """
    ## What it does
    Reports a comment `# neuron: ignore[…]` or `# neuron: ignore-file[…]` that suppresses nothing: no finding
    of that code is there, there is no rule of that code, or the comment names none.

    ## Why is this bad?
    A suppression that has outlived its reason hides the next mistake of that kind at the same place.

    ## How to suppress
    `# neuron: ignore[NC101]` at the end of a line silences NC101 for findings that start or end on it; on a
    line of its own it does so for the next line of code. `# neuron: ignore-file[NC101]` anywhere in a file
    silences it there. Several codes are separated by commas, and text after the bracket may say why:
    ```python
    return ["input_ids", "token_type_ids"]  # neuron: ignore[NC101] the wrapper drops it
    ```
    Only whole codes are understood, and no comment silences NC001: a file that Python can't read is broken
    for everybody.

    ## Example
    ```python
    return ["input_ids", "attention_mask"]  # neuron: ignore[NC101]
    ```
    Use instead:
    ```python
    return ["input_ids", "attention_mask"]
    ```

    ## When it is silent
    Of a rule that isn't checked: because it isn't selected, because it needs packages that aren't installed
    in the environment, because it speaks only after an export (NC7 and NC8), or because a part of the file
    can't be read.

    ## Fix safety
    Safe: the code is taken out of the comment, or the comment out of the line.
    """

    code = "NC002"
    name = "unused-suppression"
    severity = Severity.WARNING

    VALID = ("x = 1  # neuron: nothing of ours\n", 'x = "# neuron: ignore[NC301]"\n')
    INVALID = (
        Invalid(
            "x = 1  # neuron: ignore[NC301]\n",
            at="# neuron: ignore[NC301]",
            fixed="x = 1\n",
        ),
        Invalid(
            "# neuron: ignore-file[NC301] while optimum 2.0 is out there\nx = 1\n",
            at="# neuron: ignore-file[NC301]",
            fixed="x = 1\n",
        ),
        Invalid(
            "x = 1  # set below  # neuron: ignore  # noqa\n",
            at="# neuron: ignore",
            fixed="x = 1  # set below  # noqa\n",
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        """Nothing: what is unused shows only once every other rule has spoken (``lint.suppressions``)."""
        return iter(())
