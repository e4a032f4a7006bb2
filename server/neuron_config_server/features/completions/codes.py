"""Offers: the codes of rules in ``# neuron: ignore[…]``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from neuron_config_server.features.completions.documentation import documentation, identity
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.lint.comments import comments
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules import rule_names
from neuron_config_server.rules.nc001_syntax_error import SyntaxErrorRule
from neuron_config_server.rules.nc002_unused_suppression import UnusedSuppression

_OPEN_LIST = re.compile(r"#\s*neuron:\s*(?P<kind>ignore-file|ignore)\s*\[(?P<codes>[^\]#]*)\Z")
_CODE = re.compile(r"\w*")


def codes_at(document: OpenDocument, position: Position) -> types.CompletionList | None:
    """The codes that a comment's list may name, those found there first; None elsewhere."""
    line = document.source.line(position.line)
    before = line[: position.column]
    opened = _OPEN_LIST.search(before)
    if opened is None or not _is_comment(document, position, opened.start()):
        return None
    typed = re.search(r"\w*\Z", before)
    start = typed.start() if typed is not None else position.column
    behind = _CODE.match(line, position.column)
    end = behind.end() if behind is not None else position.column
    others = before[opened.start("codes") : start] + line[end:].partition("]")[0]
    present = {each.strip().upper() for each in others.split(",")}
    replaced = document.client_range(Range(Position(position.line, start), Position(position.line, end)))
    stands_alone = not before[: opened.start()].strip()
    found = _found(document, position.line, stands_alone, is_whole_file=opened["kind"] == "ignore-file")
    codes = [code for code in _ordered(found) if code not in present]
    return types.CompletionList(
        is_incomplete=False,
        items=[_item(code, place, replaced, code in found, document) for place, code in enumerate(codes)],
    )


def _is_comment(document: OpenDocument, position: Position, column: int) -> bool:
    """Whether a comment starts there, and not a string that looks like one."""
    statement = document.file.statement_at(position.line) if document.file is not None else None
    if statement is None:
        return False
    line = position.line - statement.line
    return any(each.line == line and each.column <= column for each in comments(statement.text))


def _found(document: OpenDocument, line: int, stands_alone: bool, *, is_whole_file: bool) -> frozenset[str]:
    """The codes of the findings that the comment would silence."""
    lines = {line, line + 1} if stands_alone else {line}
    return frozenset(
        each.code
        for each in document.analysis.findings
        if each.code != UnusedSuppression.code  # it is about the comment itself
        and (is_whole_file or not lines.isdisjoint((each.range.start.line, each.range.end.line)))
    )


def _ordered(found: frozenset[str]) -> Iterator[str]:
    known = [code for code in rule_names() if code != SyntaxErrorRule.code]
    yield from (code for code in known if code in found)
    yield from (code for code in known if code not in found)


def _item(
    code: str, place: int, replaced: types.Range, is_found: bool, document: OpenDocument
) -> types.CompletionItem:
    item = types.CompletionItem(
        label=code,
        kind=types.CompletionItemKind.Reference,
        detail=rule_names()[code] + (", found here" if is_found else ""),
        sort_text=f"{place:04}",
        text_edit=types.TextEdit(replaced, code),
    )
    if document.client.resolves_completion_docs:
        item.data = identity(document, document.range(replaced).start, "rule", code)
    else:
        item.documentation = documentation(document, None, "rule", code)
    return item
