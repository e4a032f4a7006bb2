"""What lies where in a Python installation or a virtual environment, on every system."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from neuron_config_server.catalog.careful_files import (
    holds,
    is_dir,
    is_file,
    is_same,
    link_chain,
    read_text,
    sorted_entries,
)
from neuron_config_server.catalog.search_path import Root, SearchPath

logger = logging.getLogger(__name__)

_INTERPRETER_NAME = re.compile(r"(?:python|pypy)(?P<version>\d(?:\.\d+t?)?)?(?:\.exe)?", re.IGNORECASE)

_LIBRARY_NAME = re.compile(r"(?:python|pypy)(?P<version>3\.\d+t?)")


def interpreter_of(prefix: Path) -> Path:
    names = ("Scripts/python.exe", "python.exe", "bin/python", "bin/python3")
    return next((prefix / name for name in names if os.path.lexists(prefix / name)), prefix / "bin/python")


def prefix_of(python: Path) -> Path | None:
    """The environment that an interpreter belongs to, found as the interpreter itself does.

    A pyvenv.cfg beside it or above tells; a link's own place counts only then, else its target's.
    """
    above = (python.parent.parent, python.parent)
    if _INTERPRETER_NAME.fullmatch(python.name) is None or not os.path.lexists(python):
        return None
    for folder in above:
        if pyvenv_settings(folder) is not None:
            return folder
    target = link_chain(python)[-1]
    folders = (target.parent.parent, target.parent, *above)
    return next((folder for folder in folders if _site_folders(folder, _named_version(python))), None)


def search_path_of(prefix: Path, python: Path, variables: Mapping[str, str]) -> tuple[Root, ...]:
    """What ``site`` would put on the path of an environment's interpreter."""
    settings = pyvenv_settings(prefix)
    if settings is None:
        return _installation_path(prefix, _named_version(python), variables)
    folders = _site_folders(prefix, _stated_python(settings)) or _newest_site_folders(prefix)
    found = SearchPath()
    for folder in folders:
        found.add_site(folder, "site-packages of the environment")
    # Left out, the setting means yes (site.py, venv()).
    if settings.get("include-system-site-packages", "true").lower() == "true":
        base = _base_prefix(settings)
        if base is not None:
            version = _stated_python(settings)
            found.extend(_installation_path(base, version, variables), f"base installation {base}")
    return found.roots()


def _installation_path(prefix: Path, version: str | None, variables: Mapping[str, str]) -> tuple[Root, ...]:
    folders = _site_folders(prefix, version)
    found = SearchPath()
    if folders:
        version = next(filter(None, (_library_version(folder.parent) for folder in folders)), version)
        for folder in _user_site(version, variables):
            found.add_site(folder, "site-packages of the user")
    for folder in folders:
        found.add_site(folder, folder.name)
    return found.roots()


def _site_folders(prefix: Path, version: str | None) -> tuple[Path, ...]:
    """The folders of a prefix that ``site`` reads; none if there are several Pythons and none is named."""
    libraries = _libraries(prefix)
    versions = {name for name, _ in libraries}
    if version is None and len(versions) == 1:
        version = next(iter(versions))
    elif version not in versions and f"{version}t" in versions:
        version = f"{version}t"  # pyvenv.cfg doesn't say that an interpreter is free-threaded
    own = [library for name, library in libraries if name == version]
    local = [library for library in own if library.parent == prefix / "local" / "lib"]
    others = [library for library in own if library not in local]
    folders = [library / "site-packages" for library in others]
    shared = prefix / "lib" / "python3" / "dist-packages"
    if version is not None and (is_dir(shared) or not any(map(is_dir, folders))):
        # As Debian's site.py has them: /usr/local's, those of every Python, then /usr's of this one.
        debian = [[library / "dist-packages" for library in each] for each in (local, others)]
        folders = [*debian[0], shared, *debian[1]]
    return tuple(filter(is_dir, (*folders, prefix / "Lib" / "site-packages")))


def _newest_site_folders(prefix: Path) -> tuple[Path, ...]:
    """For an environment whose base was upgraded under it: its packages are still those of the old Python."""
    versions = sorted((name for name, _ in _libraries(prefix)), key=_version_key)
    return _site_folders(prefix, versions[-1]) if versions else ()


def _libraries(prefix: Path) -> tuple[tuple[str, Path], ...]:
    """Version and folder of each Python library in a prefix: lib/python3.11, lib64/python3.11 …"""
    found: list[tuple[str, Path]] = []
    folders = (folder for name in ("lib64", "lib", "local/lib") for folder in sorted_entries(prefix / name))
    named = [folder for folder in folders if _LIBRARY_NAME.fullmatch(folder.name)]
    # In a venv lib64 is a link to lib; conda has lib/python3.1 as a link to lib/python3.11.
    for folder in sorted(named, key=_is_or_lies_in_a_link):
        if _has_packages(folder) and not any(is_same(folder, other) for _, other in found):
            found.append((_library_version(folder), folder))
    return tuple(found)


def _is_or_lies_in_a_link(library: Path) -> bool:
    return holds(library.is_symlink) or holds(library.parent.is_symlink)


def _library_version(library: Path) -> str:
    match = _LIBRARY_NAME.fullmatch(library.name)
    return match["version"] if match else ""


def _has_packages(library: Path) -> bool:
    return is_dir(library / "site-packages") or is_dir(library / "dist-packages")


def _user_site(version: str | None, variables: Mapping[str, str]) -> Iterator[Path]:
    if version is None or variables.get("PYTHONNOUSERSITE"):
        return
    home = variables.get("HOME")
    base = variables.get("PYTHONUSERBASE") or (home and f"{home}/.local")
    if base:
        yield Path(base) / "lib" / f"python{version}" / "site-packages"
    if variables.get("APPDATA"):
        yield Path(variables["APPDATA"]) / "Python" / f"Python{version.replace('.', '')}" / "site-packages"


def _base_prefix(settings: Mapping[str, str]) -> Path | None:
    """The installation that a virtual environment was made from; None if it is gone (logged)."""
    version = _stated_python(settings)
    home = Path(settings.get("home", ""))
    executables = [home / name for name in (f"python{version}", "python3", "python")]
    targets = [link_chain(executable)[-1].parent.parent for executable in executables]
    for folder in (home.parent, home, *targets):
        if home.is_absolute() and _is_installation(folder, version):
            return folder
    logger.warning("the base installation of %s isn't there; its packages are unknown", home)
    return None


def _is_installation(prefix: Path, version: str | None) -> bool:
    """Whether the standard library of a Python is there."""
    libraries = [entry for name in ("lib", "lib64") for entry in sorted_entries(prefix / name)]
    named = [(entry, _library_version(entry).rstrip("t")) for entry in libraries]
    wanted = [entry for entry, named_version in named if named_version and version in (None, named_version)]
    return any(map(is_standard_library, (prefix / "Lib", *wanted)))


def is_standard_library(folder: Path) -> bool:
    return folder.name == "lib-dynload" or is_file(folder / "os.py")


def pyvenv_settings(prefix: Path) -> Mapping[str, str] | None:
    text = read_text(prefix / "pyvenv.cfg")
    if text is None:
        return None
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _stated_python(settings: Mapping[str, str]) -> str | None:
    """The version that venv writes as ``version``, virtualenv and uv as ``version_info``."""
    stated = settings.get("version") or settings.get("version_info", "")
    match = re.match(r"3\.\d+", stated)
    return match[0] if match else None


def _named_version(python: Path) -> str | None:
    """The version that an interpreter, or one that it is a link to, has in its name."""
    matches = (_INTERPRETER_NAME.fullmatch(each.name) for each in link_chain(python))
    versions = (match["version"] for match in matches if match)
    return next((version for version in versions if version and "." in version), None)


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.rstrip("t").split("."))
