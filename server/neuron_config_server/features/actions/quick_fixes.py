"""What mends findings: each by its own fix, all of one code, and all that is safe to mend."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache, partial

from neuron_config_server.features.actions.differences import edits_between
from neuron_config_server.features.actions.kinds import FIX_ALL, QUICK_FIX
from neuron_config_server.features.actions.offers import Offer, RefusedError
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.rule_selection import RuleSelection
from neuron_config_server.lint.fixing import ALL_FIXES, SAFE_ONLY, FixBrokeSyntaxError, fix
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Applicability, Edit, Finding, Fix


def fixes(document: OpenDocument, asked: Range) -> Iterator[Offer]:
    """The fixes of the findings that a range touches, and for each code, of all of it in the file."""
    fixable = {
        finding: finding.fix
        for finding in findings_at(document, asked)
        if finding.fix is not None and document.analysis.insight.fix_holds(finding)
    }
    safe = [finding for finding in fixable if _is_safe(finding)]
    for finding, own in fixable.items():
        yield _fix(finding, own, is_preferred=safe == [finding])
    for code in dict.fromkeys(finding.code for finding in fixable):
        yield from _fix_of_code(document, code, [each for each in fixable if each.code == code])


def fix_everything(document: OpenDocument, asked: Range) -> Iterator[Offer]:
    """All safe fixes of the file, wherever the cursor is."""
    safe = tuple(finding for finding in document.findings if _is_safe(finding))
    if safe and document.file is not None:
        edits = partial(_edits_of_fixes, document, SAFE_ONLY, None)
        yield Offer("Fix everything that is safe to fix", FIX_ALL, edits, takes_long=True)


def findings_at(document: OpenDocument, asked: Range) -> Iterator[Finding]:
    """The findings that a range touches."""
    for finding in document.findings:
        if finding.range.start <= asked.end and asked.start <= finding.range.end:
            yield finding


def _fix(finding: Finding, own: Fix, *, is_preferred: bool) -> Offer:
    start = finding.range.start
    return Offer(
        f"{own.title} ({finding.code})",
        QUICK_FIX,
        lambda: own.edits,
        place=f"{start.line}:{start.column}",
        findings=(finding,),
        is_preferred=is_preferred,
    )


def _fix_of_code(document: OpenDocument, code: str, here: Sequence[Finding]) -> Iterator[Offer]:
    """All fixes of a code, if there are others than the one here; unsafe ones only where one is here."""
    apply = SAFE_ONLY if all(map(_is_safe, here)) else ALL_FIXES
    every = tuple(
        finding
        for finding in document.findings
        if finding.code == code and finding.fix is not None and finding.fix.applicability in apply
    )
    if len(every) > 1 and document.file is not None:
        edits = partial(_edits_of_fixes, document, apply, (code,))
        yield Offer(f"Fix all {code} in this file", QUICK_FIX, edits, takes_long=True, findings=every)


def _edits_of_fixes(
    document: OpenDocument, apply: frozenset[Applicability], codes: Collection[str] | None
) -> Sequence[Edit]:
    path = document.file.path if document.file is not None else None
    text = document.source.text
    rules = RuleSelection().of(path).rules(_rules())
    try:
        result = fix(text, document.catalog, rules, path=path, apply=apply, codes=codes)
    except FixBrokeSyntaxError as error:
        raise RefusedError(str(error)) from error
    return edits_between(text, result.text)


_rules = lru_cache(maxsize=1)(all_rules)


def _is_safe(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.applicability is Applicability.SAFE
