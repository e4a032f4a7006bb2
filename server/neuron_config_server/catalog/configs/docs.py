"""What docstrings say about a config's attributes."""

from __future__ import annotations

import ast
import inspect
import logging
import re
from collections.abc import Mapping
from pathlib import Path

logger = logging.getLogger(__name__)

_ENTRY = re.compile(r"^( *)(\w+) ?(?:(\(.*\)),? ?:?|:)(?: +(.*))?$")
"""``name (`int`, *optional*):``, also without the colon; ``name (`int`): Text …``; or ``name:``."""
_END = re.compile(r"^ *(?:Examples?|Returns?):? *$")

_SHARED = re.compile(r"^class ConfigArgs\b.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def class_docs(class_: ast.ClassDef) -> dict[str, str]:
    """The text for each parameter that the class's docstring describes."""
    return parameter_docs(ast.get_docstring(class_) or "")


def parameter_docs(docstring: str) -> dict[str, str]:
    """The text for each parameter, under ``Args:`` or, as transformers 5 writes it, without."""
    found: dict[str, str] = {}
    lines = docstring.split("\n")
    for place, line in enumerate(lines):
        entry = _ENTRY.match(line)
        if entry is None:
            continue
        below = _indented_below(lines[place + 1 :], len(entry[1]))
        text = "\n".join(part for part in (entry[4] or "", inspect.cleandoc("\n" + "\n".join(below))) if part)
        if text and (entry[3] or not entry[4]):
            found.setdefault(entry[2], text.strip())
    return found


def read_shared_docs(file: Path) -> Mapping[str, str]:
    """The texts of ``ConfigArgs`` in transformers 5's ``utils/auto_docstring.py``; none where it isn't there.

    Only that class is parsed: the file has 5,000 lines.
    """
    try:
        source = _SHARED.search(file.read_text(encoding="utf-8")) if file.is_file() else None
        tree = ast.parse(source.group() if source is not None else "")
    except (OSError, SyntaxError, ValueError, RecursionError) as error:
        logger.warning("%s can't be read (%s); its texts are missing", file, error)
        return {}
    found: dict[str, str] = {}
    for node in tree.body[0].body if tree.body and isinstance(tree.body[0], ast.ClassDef) else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = _description(node.value, found)
            found.update({node.targets[0].id: text} if text is not None else {})
    return found


def _indented_below(lines: list[str], indent: int) -> list[str]:
    for place, line in enumerate(lines):
        if _END.match(line) or (line.strip() and len(line) - len(line.lstrip()) <= indent):
            return lines[:place]
    return lines


def _description(node: ast.expr, texts: Mapping[str, str]) -> str | None:
    """The text in ``{"description": "…"}``, or of the name that stands there instead."""
    if isinstance(node, ast.Name):
        return texts.get(node.id)
    for key, value in zip(node.keys, node.values) if isinstance(node, ast.Dict) else ():
        if isinstance(key, ast.Constant) and key.value == "description" and isinstance(value, ast.Constant):
            return inspect.cleandoc(str(value.value)).strip()
    return None
