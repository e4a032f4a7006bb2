"""What a site-packages folder leads to: ``.pth`` files and editable installs are read, never executed."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.careful_files import (
    is_dir,
    joined_path,
    parse_python,
    read_bytes,
    sorted_entries,
)
from neuron_config_server.catalog.source import assigned_value

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Root:
    """A folder that packages are found in."""

    path: Path
    why: str
    """How it comes to be one, for people: "site-packages", "line 1 of _editable_impl_x.pth" …"""


class SearchPath:
    """Roots in the order in which ``site`` adds them, each once."""

    def __init__(self) -> None:
        self._roots: dict[Path, Root] = {}
        self._from_finders: dict[Path, Root] = {}
        self._followed: set[Path] = set()

    def roots(self) -> tuple[Root, ...]:
        """All of them; what an import hook finds comes last, as its hook is asked last."""
        last = {path: root for path, root in self._from_finders.items() if path not in self._roots}
        return (*self._roots.values(), *last.values())

    def add(self, folder: Path, why: str) -> None:
        if is_dir(folder):
            self._roots.setdefault(folder, Root(folder, why))

    def extend(self, roots: Iterable[Root], origin: str) -> None:
        for root in roots:
            self.add(root.path, f"{root.why} of the {origin}")

    def add_site(self, folder: Path, why: str) -> None:
        """A site-packages folder, then what its .pth files and links add."""
        self.add(folder, why)
        self.follow_links_in(folder)

    def follow_links_in(self, site: Path) -> None:
        if site in self._followed:
            return
        self._followed.add(site)
        files = [path for path in sorted_entries(site) if not path.name.startswith(".")]
        for file in files:
            if file.suffix == ".pth":
                self._follow_pth(file)
        for file in files:
            if file.suffix == ".egg-link":
                for _, line in _lines(file)[:1]:
                    self.add(joined_path(site, line), file.name)

    def _follow_pth(self, file: Path) -> None:
        for number, line in _lines(file):
            if line.startswith(("import ", "import\t")):
                self._follow_import(file, line)
            elif not line.startswith("#"):
                self.add(joined_path(file.parent, line), f"line {number} of {file.name}")

    def _follow_import(self, file: Path, line: str) -> None:
        tree = parse_python(line.encode())
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._follow_finder(file.parent / f"{alias.name}.py")
            elif (added := _site_folder_added(node)) is not None:
                self.add_site(Path(added), f"site.addsitedir in {file.name}")

    def _follow_finder(self, file: Path) -> None:
        # The names of finders start so: __editable___x_finder (setuptools), _editable_impl_x (editables).
        source = read_bytes(file) if file.name.startswith("_") else None
        tree = parse_python(source) if source is not None else None
        for package, folder in _mapped_packages(tree) if tree is not None else ():
            root = _root_of(package, Path(folder))
            if root is not None and is_dir(root):
                self._from_finders.setdefault(root, Root(root, f"{package} through {file.name}"))
            else:
                logger.warning("%s maps %s to %s, which isn't followed", file, package, folder)


def _lines(file: Path) -> list[tuple[int, str]]:
    """Number and text of the lines that aren't blank; one that isn't UTF-8 is logged and left out."""
    lines = []
    for number, line in enumerate((read_bytes(file) or b"").removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        try:
            text = line.decode("utf-8").rstrip()
        except UnicodeDecodeError:
            logger.warning("line %d of %s is not UTF-8; what it adds is left out", number, file)
            continue
        if text:
            lines.append((number, text))
    return lines


def _site_folder_added(node: ast.AST) -> str | None:
    """The folder of ``site.addsitedir("…")``, which uv writes for ``uv run --with``."""
    if not (isinstance(node, ast.Call) and _called(node) == "addsitedir" and node.args):
        return None
    folder = node.args[0]
    return folder.value if isinstance(folder, ast.Constant) and isinstance(folder.value, str) else None


def _mapped_packages(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Package and folder of setuptools' ``MAPPING`` and of editables' ``map_module("name", "path")``."""
    mapping = assigned_value(tree.body, "MAPPING")
    pairs = list(zip(mapping.keys, mapping.values)) if isinstance(mapping, ast.Dict) else []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 2]
    pairs += [(call.args[0], call.args[1]) for call in calls if _called(call) == "map_module"]
    for pair in pairs:
        name, folder = (each.value if isinstance(each, ast.Constant) else None for each in pair)
        if isinstance(name, str) and isinstance(folder, str):
            yield name, folder


def _called(call: ast.Call) -> str | None:
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _root_of(package: str, place: Path) -> Path | None:
    """The folder that a package lies in; None if its folder has another name than the package."""
    folder = place.parent if place.name == "__init__.py" else place.with_suffix("")
    parts = tuple(package.split("."))
    if not folder.is_absolute() or folder.parts[-len(parts) :] != parts:
        return None
    return folder.parents[len(parts) - 1]
