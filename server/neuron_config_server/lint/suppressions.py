"""Comments that silence findings: ``# neuron: ignore[NC101]`` and ``# neuron: ignore-file[NC101]``.

rules/nc002_unused_suppression.py says to users what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.comments import Comment, comments
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.reading.statements import count_line_ends
from neuron_config_server.reading.text_cache import kept_by_text
from neuron_config_server.rules import rule_names
from neuron_config_server.rules.finding import Edit, Finding, Fix, Intent
from neuron_config_server.rules.nc001_syntax_error import SyntaxErrorRule
from neuron_config_server.rules.nc002_unused_suppression import UnusedSuppression
from neuron_config_server.rules.rule import ExecutedRule, Rule

_MARK = "neuron:"
_DIRECTIVE = re.compile(
    r"#\s*neuron:\s*(?P<kind>ignore-file|ignore)\b(?:\s*\[(?P<codes>[^\]#]*)(?P<end>\]?))?(?P<reason>[^#]*)"
)


@dataclass(frozen=True)
class Suppression:
    """A comment that silences, as it stands in a file."""

    codes: tuple[str, ...]
    """As written; empty if it names none."""
    is_closed: bool
    """Whether a list of codes follows, with its bracket."""
    whole_file: bool
    line: int | None
    """The line that it silences; None where it is about the file, or no code follows."""
    range: Range
    """Of the comment's part up to the closing bracket."""
    cut: Range
    """What goes if it has no use: with its reason, and the line if nothing else is on it."""

    def silences(self, finding: Finding) -> bool:
        if finding.code == SyntaxErrorRule.code or not self.names(finding.code):
            return False
        return self.whole_file or self.line in (finding.range.start.line, last_line(finding.range))

    def names(self, code: str) -> bool:
        return self.is_closed and code in self.upper_codes

    @property
    def upper_codes(self) -> tuple[str, ...]:
        return tuple(code.upper() for code in self.codes)


def suppressions(file: ConfigFile) -> Iterator[Suppression]:
    """Those of a file, found statement by statement: a string that is open in one hides none below it."""
    for statement in file.statements if file.occurrences(re.escape(_MARK)) else ():
        if _MARK in statement.text:
            for found in _of_statement(statement.text):
                yield _down(found, statement.line)


def without_suppressed(
    findings: Sequence[Finding],
    file: ConfigFile,
    catalog: Catalog,
    rules: Sequence[Rule],
    crashed: Collection[str],
) -> tuple[Finding, ...]:
    """The findings that no comment silences, and where NC002 is checked, the comments that silence none."""
    present = tuple(suppressions(file))
    if not present:
        return tuple(findings)
    kept = [each for each in findings if not any(found.silences(each) for found in present)]
    rule = next((each for each in rules if isinstance(each, UnusedSuppression)), None)
    if rule is None:
        return tuple(kept)
    judged = _judged_codes(file, catalog, rules, crashed)
    unused = [_unused(rule, found, findings, judged) for found in present]
    return (
        *kept,
        *(each for each in unused if each is not None and not any(by.silences(each) for by in present)),
    )


def _judged_codes(
    file: ConfigFile, catalog: Catalog, rules: Sequence[Rule], crashed: Collection[str]
) -> frozenset[str]:
    """Codes of the rules that would have spoken if there were something to say."""
    if file.faults or file.unread:
        return frozenset()
    return frozenset(
        rule.code
        for rule in rules
        if not isinstance(rule, (ExecutedRule, UnusedSuppression))
        and rule.code not in crashed
        and not set(rule.needs) & set(catalog.missing)
    )


def _unused(
    rule: UnusedSuppression, found: Suppression, findings: Sequence[Finding], judged: Collection[str]
) -> Finding | None:
    used = {each.code for each in findings if found.silences(each)}
    reasons: list[str] = []
    left: list[str] = []
    for code in found.upper_codes:
        reason = _reason(code, is_repeated=code in left, is_used=code in used or code not in judged)
        if reason is None:
            left.append(code)
        else:
            reasons.append(reason)
    if not found.codes:
        kind = "ignore-file" if found.whole_file else "ignore"
        reasons = [f"this comment names no rule, and silences nothing: write `# neuron: {kind}[NC101]`"]
    if not reasons:
        return None
    message = "; ".join(dict.fromkeys(reasons))
    return rule.finding(message, found.range, fix=_fix(found, left), is_unnecessary=True)


def _reason(code: str, *, is_repeated: bool, is_used: bool) -> str | None:
    """Why a code has no use in its comment; None if it has."""
    if code not in rule_names():
        return f"there is no rule {code}, so this comment silences nothing by it"
    if code == SyntaxErrorRule.code:
        return f"no comment silences {code}: Python can't read the file with it or without it"
    if is_repeated:
        return f"{code} stands there twice"
    return None if is_used else f"{code} finds nothing that this comment would silence"


def _fix(found: Suppression, left: Sequence[str]) -> Fix:
    intent = Intent()
    if not left:
        return Fix("Remove the comment", (Edit(found.cut, ""),), intent=intent)
    kind = "ignore-file" if found.whole_file else "ignore"
    edit = Edit(found.range, f"# neuron: {kind}[{', '.join(left)}]")
    return Fix(f"Leave only {', '.join(left)}", (edit,), intent=intent)


@kept_by_text
def _of_statement(text: str) -> tuple[Suppression, ...]:
    """Those of a statement, lines counted from its first."""
    every = list(comments(text))
    lines_without_code = {each.line for each in every if each.stands_alone}
    return tuple(found for each in every for found in _of_comment(each, text, lines_without_code))


def _of_comment(comment: Comment, text: str, alone: Collection[int]) -> Iterator[Suppression]:
    for match in _DIRECTIVE.finditer(comment.text):
        closed = match["end"] == "]"
        codes = tuple(code.strip() for code in (match["codes"] or "").split(",") if code.strip())
        start = Position(comment.line, comment.column + match.start())
        end_of_directive = match.end("end") if match["codes"] is not None else match.end("kind")
        yield Suppression(
            codes if closed else (),
            closed,
            match["kind"] == "ignore-file",
            None if match["kind"] == "ignore-file" else _silenced_line(comment, text, alone),
            Range(start, Position(comment.line, comment.column + end_of_directive)),
            _cut(comment, match, text),
        )


def _silenced_line(comment: Comment, text: str, alone: Collection[int]) -> int:
    """Its own line, or for one that stands alone the next that has code."""
    if not comment.stands_alone:
        return comment.line
    lines = text.split("\n") if "\r" not in text else re.split(r"\r\n|\r|\n", text)
    below = (
        number
        for number in range(comment.line + 1, len(lines))
        if number not in alone and lines[number].strip()
    )
    return next(below, count_line_ends(text))


def _cut(comment: Comment, match: re.Match[str], text: str) -> Range:
    line = re.split(r"\r\n|\r|\n", text)[comment.line]
    start, end = comment.column + match.start(), comment.column + match.end()
    if end < len(comment.text) + comment.column:  # another comment follows on the line
        return Range(Position(comment.line, start), Position(comment.line, end))
    before = len(line[:start].rstrip())
    if before == 0:
        return Range(Position(comment.line, 0), Position(comment.line + 1, 0))
    return Range(Position(comment.line, before), Position(comment.line, end))


def _down(found: Suppression, lines: int) -> Suppression:
    return Suppression(
        found.codes,
        found.is_closed,
        found.whole_file,
        found.line + lines if found.line is not None else None,
        found.range.down(lines),
        found.cut.down(lines),
    )


def last_line(range_: Range) -> int:
    """The line on which the last character of a range stands."""
    at_start_of_line = range_.end.column == 0 and range_.end.line > range_.start.line
    return range_.end.line - 1 if at_start_of_line else range_.end.line
