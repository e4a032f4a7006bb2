"""What is offered at a place, and how a client is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsprotocol import types

from neuron_config_server.features.completions.documentation import documentation, identity
from neuron_config_server.features.completions.imports import ImportList, import_list
from neuron_config_server.features.completions.request import Request
from neuron_config_server.reading.positions import Range

_TAB_STOP = re.compile(r"\$\{\d+:([^{}]*)\}|\$\d+|\\([\\$}])")
_MOST = 100
"""So many items are sent at once; of more, the client asks again as more is typed."""
_MOST_DESCRIBED = 40
"""So many items bring their documentation along, for a client that doesn't ask for it."""
_TAKES_A_COMMA = re.compile(r"""["'\w(\[*]""")


@dataclass(frozen=True)
class Import:
    """A class that is imported with what names it, if the file imports one of its module."""

    name: str
    siblings: frozenset[str]
    """The classes of its module."""


@dataclass(frozen=True)
class Offer:
    """Something that may stand at the cursor."""

    label: str
    kind: types.CompletionItemKind
    text: str | None = None
    """What is written; None: the label."""
    detail: str | None = None
    topic: str | None = None
    """What kind of thing it is, to be described; see documentation.py."""
    described: str | None = None
    """What is described; None: the label."""
    is_string: bool = False
    """Whether it brings quotes where the cursor stands in none."""
    is_snippet: bool = False
    """Whether the text has tab stops."""
    imports: tuple[Import, ...] = ()
    """The classes that it names."""
    start: int | None = None
    """Offset from which the text replaces what is there, where that isn't where the word or string starts."""
    end: int | None = None
    """And up to which, where that isn't where it ends."""


def completion_list(
    offers: Iterable[Offer], request: Request, *, is_incomplete: bool = False
) -> types.CompletionList:
    """The offers in their order; one label each."""
    unique: dict[str, Offer] = {}
    for each in offers:
        unique.setdefault(each.label, each)
    every = list(unique.values())
    if len(every) > _MOST:
        every = [each for each in every if _may_be_meant(request.site.word, each.label)][:_MOST]
        is_incomplete = True
    return types.CompletionList(is_incomplete=is_incomplete, items=_Items(request).of(every))


def _may_be_meant(typed: str, label: str) -> bool:
    """Whether a label has what is typed in it, in that order: no editor shows others."""
    rest = iter(label.lower())
    return all(character in rest for character in typed.lower())


class _Items:
    """Makes the items of one answer."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._client = request.document.client
        site = request.site
        self._range = self._range_of(site.start, site.end)
        self._cursor = request.position(site.cursor)
        self._import_lists: dict[frozenset[str], ImportList | None] = {}
        self._before, self._behind = _surroundings_of_element(request)

    def of(self, offers: list[Offer]) -> list[types.CompletionItem]:
        return [self._item(each, place) for place, each in enumerate(offers)]

    def _item(self, offer: Offer, place: int) -> types.CompletionItem:
        site, range_, replaced = self._request.site, self._range, ""
        if offer.start is not None:
            range_ = self._range_of(offer.start, site.end if offer.end is None else offer.end)
            replaced = site.text[offer.start : site.start]
        item = types.CompletionItem(
            label=offer.label,
            kind=offer.kind,
            detail=offer.detail,
            sort_text=f"{place:04}",
            filter_text=replaced + offer.label if replaced else None,
            text_edit=types.TextEdit(range_, self._text(offer)),
        )
        if offer.is_snippet and self._client.takes_snippets:
            item.insert_text_format = types.InsertTextFormat.Snippet
        edits = list(self._imports(offer.imports))
        if edits:
            item.additional_text_edits = edits
        if offer.topic is not None:
            self._describe(item, offer, offer.topic, place)
        return item

    def _text(self, offer: Offer) -> str:
        text = offer.label if offer.text is None else offer.text
        site = self._request.site
        if offer.is_snippet and not self._client.takes_snippets:
            text = without_tab_stops(text).replace("\n", f"\n{site.indent}")
        if not offer.is_string:
            return text
        if site.quoted is None:
            quote = self._request.quote
            return f"{self._before}{quote}{text}{quote}{self._behind}"
        return text if site.quoted.is_closed else text + site.quoted.quote

    def _imports(self, imports: tuple[Import, ...]) -> Iterator[types.TextEdit]:
        """The edits that import what isn't there yet."""
        request = self._request
        for each in imports:
            if request.value_of(each.name) is not None:
                continue
            if each.siblings not in self._import_lists:
                self._import_lists[each.siblings] = import_list(request.whole, each.siblings)
            found = self._import_lists[each.siblings]
            if found is not None:
                yield request.document.text_edit(found.with_name(each.name))

    def _range_of(self, start: int, end: int) -> types.Range:
        request = self._request
        return request.document.client_range(Range(request.position(start), request.position(end)))

    def _describe(self, item: types.CompletionItem, offer: Offer, topic: str, place: int) -> None:
        document, name = self._request.document, offer.described or offer.label
        if self._client.resolves_completion_docs:
            item.data = identity(document, self._cursor, topic, name)
        elif place < _MOST_DESCRIBED:
            item.documentation = documentation(document, self._request, topic, name)


def _surroundings_of_element(request: Request) -> tuple[str, str]:
    """What a string needs before and behind it where it becomes an element that stood in no quotes."""
    site = request.site
    if not site.brackets or site.quoted is not None:
        return "", ""
    last = site.before[-1]
    touches = last.end == site.start
    before = ", " if last.kind == "string" else " " if last.text == "," and touches else ""
    following = site.after[0].text[0] if site.after else ""
    return before, ", " if _TAKES_A_COMMA.match(following) else ""


def without_tab_stops(snippet: str) -> str:
    """The text of a snippet with what its tab stops hold."""
    return _TAB_STOP.sub(lambda found: found[1] or found[2] or "", snippet)


def escaped(text: str) -> str:
    """A text as it stands within a snippet."""
    return re.sub(r"([\\$}])", r"\\\1", text)
