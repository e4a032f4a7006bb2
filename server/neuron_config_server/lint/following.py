"""Which other files a file's findings depend on: those that it imports from, and those that aren't there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.stamps import content_stamp
from neuron_config_server.reading.modules import Modules


@dataclass(frozen=True)
class _Lookup:
    """A module that was looked for."""

    candidates: tuple[Path, ...]
    """Every file whose being there decided the answer, but for those of environments."""
    found: Path | None


class RecordingModules(Modules):
    """Follows modules, and remembers what it looked for on whose behalf."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._lookups: dict[Path, dict[str, _Lookup]] = {}
        self._stamps: dict[Path, str | None] = {}

    def find(self, dotted: str, importer: Path | None) -> Path | None:
        if importer is None:
            return super().find(dotted, importer)
        # Stamped before anything is read: what changes after that has another stamp in the next run.
        candidates = tuple(_candidates(dotted, importer))
        for candidate in candidates:
            self._stamp(candidate)
        found = super().find(dotted, importer)
        if found is not None:
            self._stamp(found)
        self._lookups.setdefault(importer, {})[dotted] = _Lookup(candidates, found)
        return found

    def text(self, path: Path, reader: Path) -> str | None:
        self._stamp(path)
        self._lookups.setdefault(reader, {})[path.as_posix()] = _Lookup((path,), None)
        return super().text(path, reader)

    def _stamp(self, path: Path) -> None:
        if path not in self._stamps:
            self._stamps[path] = content_stamp(path)

    def depended_on(self, file: Path) -> Mapping[Path, str | None]:
        """The files that decided what a file means, with their stamps; None for one that isn't there.

        Files of the environment's packages are left out where only their search path leads to them:
        ``stamps.environment_stamp`` sees these.
        """
        stamps: dict[Path, str | None] = {}
        pending, seen = [file], {file}
        while pending:
            importer = pending.pop()
            for lookup in self._lookups.get(importer, {}).values():
                looked_at = (*lookup.candidates, *((lookup.found,) if lookup.found is not None else ()))
                stamps.update({path: self._stamps[path] for path in looked_at})
                if lookup.found is not None and lookup.found not in seen:
                    seen.add(lookup.found)
                    pending.append(lookup.found)
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
