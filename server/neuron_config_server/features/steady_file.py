"""A file as it was before the statements that are being typed broke."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

from neuron_config_server.reading.config_file import ConfigFile

_KEPT: WeakKeyDictionary[ConfigFile, ConfigFile] = WeakKeyDictionary()


def steady_file(file: ConfigFile) -> ConfigFile:
    """The file with what its broken statements said before they broke, if that is known; made once a text.

    Places within these statements are those of before: they lead nowhere.
    """
    if not any(each.last_good is not None for each in file.statements):
        return file
    if file not in _KEPT:
        statements = [
            replace(each, facts=each.last_good) if each.last_good is not None else each
            for each in file.statements
        ]
        _KEPT[file] = ConfigFile(file.text, statements, file.world.anew())
    return _KEPT[file]
