"""A file as it was before the statements that are being typed broke."""

from __future__ import annotations

from dataclasses import replace

from neuron_config_server.reading.config_file import ConfigFile

_MOST_KEPT = 8
_KEPT: dict[tuple[object, ...], ConfigFile] = {}
"""What was made last: while a broken statement is typed in, what it said before stays the same."""


def steady_file(file: ConfigFile) -> ConfigFile:
    """The file with what its broken statements said before they broke, if that is known.

    Places within these statements, and their texts, may be those of before: they lead nowhere.
    """
    if not any(each.last_good is not None for each in file.statements):
        return file
    statements = [
        replace(each, facts=each.last_good) if each.last_good is not None else each
        for each in file.statements
    ]
    # What is kept holds the catalog and the facts, so that no other object has their ids.
    key = (id(file.world.catalog), file.path, *((id(each.facts), each.line) for each in statements))
    if key not in _KEPT:
        if len(_KEPT) >= _MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[key] = ConfigFile(file.text, statements, file.world.anew())
    return _KEPT[key]
