"""A file without the classes that have nothing to do with the one that is looked at."""

from __future__ import annotations

import ast
from functools import lru_cache

from .source import classes_of, kin_of, line_starts

MOST_HEIRS = 3
"""So many of a class's heirs stay: BERT's config has 19."""


def cut_down(text: str, unbroken: str, name: str) -> str:
    """The text with empty lines in place of classes that aren't kin, but for one: what is left stands where it stood.

    Args:
        unbroken: tells which classes there are; the text itself may not be Python any more.
    """
    for block in _blocks_of_others(unbroken, name):
        text = text.replace(block, "\n" * block.count("\n"), 1)
    return text


@lru_cache(maxsize=32)
def _blocks_of_others(text: str, name: str) -> tuple[str, ...]:
    kept = kin_of(text, name, MOST_HEIRS)
    kept |= kin_of(text, next(each.name for each in classes_of(text) if each.name not in kept), 0)
    return tuple(_block(text, each) for each in classes_of(text) if each.name not in kept)


def _block(text: str, node: ast.ClassDef) -> str:
    starts = line_starts(text)
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return text[starts[first - 1] : starts[node.end_lineno or first]]
