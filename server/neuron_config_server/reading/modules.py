"""The other files that a config file imports from: found, read once, followed like the file itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from neuron_config_server.catalog.careful_files import is_file, read_text
from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.evaluation.following import follow_file
from neuron_config_server.reading.evaluation.values import ModuleValue
from neuron_config_server.reading.evaluation.world import World
from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statement_reader import StatementReader

_PACKAGES_OF_CONFIGS = ("optimum.exporters.neuron", "neuron_core.configs")
"""What is followed in installed packages; everything else there is known by its name alone."""

_MOST_CHARACTERS = 1_000_000
"""Of a file that is followed; config files have 60,000."""


class Modules:
    """Follows modules by name, as seen from the file that imports them.

    Args:
        text_of: the text of a file that is open in an editor; None for one that isn't.
    """

    def __init__(self, catalog: Catalog, text_of: Callable[[Path], str | None] = lambda _: None) -> None:
        self._catalog = catalog
        self._text_of = text_of
        self._followed: dict[Path, tuple[object, ModuleValue, World]] = {}
        self._texts: dict[Path, tuple[object, str | None]] = {}
        self._under_way: set[Path] = set()

    def load(self, dotted: str, importer: Path | None) -> ModuleValue | None:
        """The module of that name; None if there is none that is followed."""
        path = self.find(dotted, importer)
        return self.follow(path) if path is not None else None

    def are_current(self, world: World) -> bool:
        """Whether the files that were followed for another one are as they were."""
        is_same = all(self.follow(path) is module for path, module in world.followed.items())
        return is_same and not self._has_appeared(world)

    def _has_appeared(self, world: World) -> bool:
        """Whether a module that wasn't there is there now: only then does a folder change."""
        dates = {folder: _changed_at(folder) for folder in world.searched}
        if not world.missing or (world.searched and dates == world.searched):
            return False
        searched: set[Path] = set()
        for dotted in world.missing:
            if self.find(dotted, world.path) not in (None, *self._under_way):
                return True
            name = dotted.lstrip(".")
            searched.update(_deepest(folder, name) for folder in self._folders(dotted, world.path))
        world.searched = {folder: _changed_at(folder) for folder in searched}
        return False

    def find(self, dotted: str, importer: Path | None) -> Path | None:
        """The file of a module of the importer's own package or folder, or of a package of Neuron configs."""
        name = dotted.lstrip(".")
        for folder in self._folders(dotted, importer):
            found = _module_file(folder, name)
            if found is not None and found != importer:
                return found
        return None

    def text(self, path: Path, reader: Path) -> str | None:
        """The text of a file that what another one means depends on; None if there is none that is read.

        Args:
            reader: the file that it is read for.
        """
        identity = self._identity(path)
        if path not in self._texts or self._texts[path][0] != identity:
            text = self._text_of(path)
            text = read_text(path) if text is None and is_file(path) else text
            self._texts[path] = (identity, text if text is None or len(text) <= _MOST_CHARACTERS else None)
        return self._texts[path][1]

    def _folders(self, dotted: str, importer: Path | None) -> list[Path]:
        """Where a module is looked for."""
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        if level:
            is_there = importer is not None and level <= len(importer.parents)
            return [importer.parents[level - 1]] if importer is not None and is_there else []
        folders = [importer.parent, _root(importer)] if importer is not None else []
        if name.startswith(_PACKAGES_OF_CONFIGS):
            folders += self._catalog.environment.roots
        return folders

    def follow(self, path: Path) -> ModuleValue | None:
        """The file as it is once it is imported; None if it can't be read."""
        if path in self._under_way:  # files that import from each other
            return None
        identity = self._identity(path)
        known = self._followed.get(path)
        if known is not None and known[0] == identity and self._is_still(path, known[2]):
            return known[1]
        text = self._text_of(path)
        text = read_text(path) if text is None else text
        if text is None or len(text) > _MOST_CHARACTERS:
            return None
        world = World(self._catalog, self, path)
        statements = StatementReader(read_statement).read(text)
        self._under_way.add(path)
        try:
            module = follow_file(((each.facts.body, each.line) for each in statements), world, path).module
        finally:
            self._under_way.discard(path)
        self._followed[path] = (identity, module, world)
        return module

    def _is_still(self, path: Path, world: World) -> bool:
        self._under_way.add(path)
        try:
            return self.are_current(world)
        finally:
            self._under_way.discard(path)

    def _identity(self, path: Path) -> object:
        open_text = self._text_of(path)
        if open_text is not None:
            return open_text
        try:
            status = os.stat(path)  # noqa: PTH116 - asked for at every keystroke
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size


def _changed_at(folder: Path) -> int | None:
    """When something was last added to a folder, or taken from it; None if it isn't there."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - asked for at every keystroke
    except OSError:
        return None


def _deepest(folder: Path, dotted: str) -> Path:
    """The folder on the way to a module in which the next one, or the file, isn't there."""
    for part in dotted.split("."):
        if not (folder / part).is_dir():
            break
        folder /= part
    return folder


def _root(importer: Path) -> Path:
    """The folder that the importer's top-level package stands in."""
    folder = importer.parent
    while is_file(folder / "__init__.py") and folder.parent != folder:
        folder = folder.parent
    return folder


def _module_file(folder: Path, dotted: str) -> Path | None:
    base = folder.joinpath(*dotted.split(".")) if dotted else folder
    candidates = (
        (base / "__init__.py",) if not dotted else (base.with_name(f"{base.name}.py"), base / "__init__.py")
    )
    return next((path for path in candidates if is_file(path)), None)
