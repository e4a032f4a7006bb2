"""Which rules speak in the editor: those that the settings select, as for `neuron-config check`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from neuron_config_server.features.seldom import Seldom
from neuron_config_server.lint.policy import Overrides, Policies
from neuron_config_server.lint.selection import Layer, Selection
from neuron_config_server.settings.files import OWN_FILE, SHARED_FILE, Configurations, SettingsError

logger = logging.getLogger(__name__)

_Stamps = tuple[tuple[str, int, int], ...]


class RuleSelection:
    """Which rules are checked in a file. A settings file that changes counts after a moment."""

    def __init__(self) -> None:
        self._of_folders: dict[Path, tuple[_Stamps, Policies]] = {}
        self._told: set[str] = set()
        self._known: dict[Path | None, Selection] = {}
        self._seldom = Seldom()

    def of(self, path: Path | None) -> Selection:
        """The selection for a file; the rules that are on by default for one that was never saved.

        Settings that can't be used are logged once, and nothing is selected by them.
        """
        if self._seldom.is_time():
            self._known.clear()
        if path not in self._known:
            self._known[path] = self._found(path)
        return self._known[path]

    def hurry(self) -> None:
        """A settings file has changed."""
        self._seldom.hurry()

    def _found(self, path: Path | None) -> Selection:
        if path is None:
            return Selection()
        try:
            return self._policies(path.parent).of(path).selection(path)
        except SettingsError as error:
            if str(error) not in self._told:
                self._told.add(str(error))
                logger.warning("%s; the rules are those that are on by default", error)
            return self._found(None)

    def _policies(self, folder: Path) -> Policies:
        stamps = tuple(_stamps(folder))
        known = self._of_folders.get(folder)
        if known is None or known[0] != stamps:
            known = self._of_folders[folder] = (
                stamps,
                Policies(Configurations(), Overrides(folder, Layer())),
            )
        return known[1]


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Of every settings file that may count for a folder."""
    for above in (folder, *folder.parents):
        for name in (OWN_FILE, SHARED_FILE):
            path = f"{above}{os.sep}{name}"
            try:
                status = os.stat(path)  # noqa: PTH116 - asked for at every keystroke
            except OSError:
                continue
            yield path, status.st_mtime_ns, status.st_size
