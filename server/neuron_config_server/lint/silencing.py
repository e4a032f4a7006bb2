"""Writes the comments that silence a finding (:mod:`.suppressions` reads them)."""

from __future__ import annotations

from neuron_config_server.lint.comments import comments
from neuron_config_server.lint.suppressions import Suppression, last_line, suppressions
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range, SourceText, apply_edits, source_text
from neuron_config_server.rules.finding import Edit, Finding
from neuron_config_server.rules.support.additions import new_line


def silence_on_line(file: ConfigFile, finding: Finding) -> Edit | None:
    """Silence a finding where it stands: in a comment that is there, at the end of its line, or above it.

    None where Python allows no comment: between lines that backslashes join, or within a string.
    """
    lines = dict.fromkeys((finding.range.start.line, last_line(finding.range)))
    for each in suppressions(file):
        if each.is_closed and each.line in lines:
            return _code_added(file, each, finding.code)
    source = source_text(file.text)
    written = f"# neuron: ignore[{finding.code}]"
    candidates = (
        *(_behind(source, line, written) for line in lines),
        *(_above(source, line, written) for line in lines),
    )
    return next((edit for edit in candidates if _is_comment(file, edit, written)), None)


def silence_in_file(file: ConfigFile, code: str) -> Edit:
    """Silence a code in the whole file: in a comment that is there, or behind those at the top."""
    for each in suppressions(file):
        if each.is_closed and each.whole_file:
            return _code_added(file, each, code)
    source = source_text(file.text)
    line = next(
        (number for number, text in enumerate(source.lines) if not text.startswith("#")), len(source.lines)
    )
    return _line_before(source, line, f"# neuron: ignore-file[{code}]")


def _code_added(file: ConfigFile, comment: Suppression, code: str) -> Edit:
    written = source_text(file.text).slice(comment.range)
    codes = written[:-1].rstrip()
    end = Position(comment.range.end.line, comment.range.start.column + len(codes))
    separator = {"[": "", ",": " "}.get(codes[-1], ", ")
    return Edit(Range(end, end), f"{separator}{code}")


def _behind(source: SourceText, line: int, written: str) -> Edit:
    text = source.line(line)
    end = Position(line, len(text))
    return Edit(Range(Position(line, len(text.rstrip())), end), f"  {written}")


def _above(source: SourceText, line: int, written: str) -> Edit:
    text = source.line(line)
    return _line_before(source, line, text[: len(text) - len(text.lstrip())] + written)


def _line_before(source: SourceText, line: int, written: str) -> Edit:
    end_of_line = new_line(source)
    if line == len(source.lines) > 0 and not source.lines[-1].endswith(("\n", "\r")):
        place = Position(line - 1, len(source.lines[-1]))
        return Edit(Range(place, place), f"{end_of_line}{written}")
    return Edit(Range(Position(line, 0), Position(line, 0)), f"{written}{end_of_line}")


def _is_comment(file: ConfigFile, edit: Edit, written: str) -> bool:
    """Whether what is written becomes a comment of the statement, and joins no lines that were apart."""
    statement = file.statement_at(edit.range.start.line)
    if statement is None:
        return False
    place = edit.range.down(-statement.line)
    line = place.start.line
    line_before = line if place.start.column > 0 else line - 1
    if line_before >= 0 and _is_joined(statement.text, line_before):
        return False
    after = comments(apply_edits(statement.text, [Edit(place, edit.new_text)]))
    return any(each.line == line and each.text.endswith(written) for each in after)


def _is_joined(text: str, line: int) -> bool:
    """Whether a backslash joins a line with the next one."""
    has_comment = any(each.line == line for each in comments(text))
    return source_text(text).line(line).endswith("\\") and not has_comment
