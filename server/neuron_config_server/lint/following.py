"""Which other files a file's findings depend on: those that it imports from, and those that aren't there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.stamps import content_stamp
from neuron_config_server.reading.modules import Modules


class RecordingModules(Modules):
    """Follows modules, and remembers what it looked for on whose behalf."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._lookups: dict[Path, dict[str, Path | None]] = {}

    def find(self, dotted: str, importer: Path | None) -> Path | None:
        found = super().find(dotted, importer)
        if importer is not None:
            self._lookups.setdefault(importer, {})[dotted] = found
        return found

    def depended_on(self, file: Path) -> Mapping[Path, str | None]:
        """The files that decided what a file means, with their stamps; None for one that isn't there.

        Files of the environment's packages are left out where only their search path leads to them:
        ``stamps.environment_stamp`` sees these.
        """
        stamps: dict[Path, str | None] = {}
        pending, seen = [file], {file}
        while pending:
            importer = pending.pop()
            for dotted, found in self._lookups.get(importer, {}).items():
                for candidate in _candidates(dotted, importer):
                    if candidate not in stamps:
                        stamps[candidate] = content_stamp(candidate)
                if found is not None and found not in seen:
                    seen.add(found)
                    pending.append(found)
                    stamps[found] = content_stamp(found)
        return stamps


def _candidates(dotted: str, importer: Path) -> Iterator[Path]:
    """Every file whose being there decides what ``Modules.find`` answers, but for those of environments."""
    name = dotted.lstrip(".")
    level = len(dotted) - len(name)
    if level:
        folders = [importer.parents[level - 1]] if level <= len(importer.parents) else []
    else:
        folders = [importer.parent]
        while True:
            marker = folders[-1] / "__init__.py"
            yield marker
            if not marker.is_file() or folders[-1].parent == folders[-1]:
                break
            folders.append(folders[-1].parent)
    for folder in folders:
        base = folder.joinpath(*name.split(".")) if name else folder
        if name:
            yield base.with_name(f"{base.name}.py")
        yield base / "__init__.py"
