"""Comments that silence a finding, on its line or in the file."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.features.actions.kinds import QUICK_FIX
from neuron_config_server.features.actions.offers import Offer
from neuron_config_server.features.actions.quick_fixes import findings_at
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.lint.silencing import silence_in_file, silence_on_line
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import Edit, Finding
from neuron_config_server.rules.nc001_syntax_error import SyntaxErrorRule
from neuron_config_server.rules.nc002_unused_suppression import UnusedSuppression

_NEVER_SILENCED = (SyntaxErrorRule.code, UnusedSuppression.code)
"""No comment silences the first; of the second, the comment that it is about should go."""


def silencers(document: OpenDocument, asked: Range) -> Iterator[Offer]:
    """For each finding that a range touches: on its line, then in the file."""
    file = document.file
    found = [each for each in findings_at(document, asked) if each.code not in _NEVER_SILENCED]
    if file is None or not found:
        return
    yield from _on_lines(file, found)
    for code in dict.fromkeys(finding.code for finding in found):
        of_code = tuple(finding for finding in found if finding.code == code)
        yield _offer(f"Ignore {code} in this file", silence_in_file(file, code), of_code)


def _on_lines(file: ConfigFile, found: list[Finding]) -> Iterator[Offer]:
    """Findings of one code that the same comment silences are one action."""
    together: dict[tuple[str, Edit], list[Finding]] = {}
    for finding in found:
        edit = silence_on_line(file, finding)
        if edit is not None:
            together.setdefault((finding.code, edit), []).append(finding)
    for (code, edit), findings in together.items():
        yield _offer(f"Ignore {code} for this line", edit, tuple(findings))


def _offer(title: str, edit: Edit, findings: tuple[Finding, ...]) -> Offer:
    return Offer(title, QUICK_FIX, lambda: (edit,), place=str(edit.range.start.line), findings=findings)
