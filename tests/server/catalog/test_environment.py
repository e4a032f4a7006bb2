"""Which environment is chosen, and what its layout tells. The layouts are built here, file by file."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from neuron_config_server.catalog.environment import (
    Environment,
    EnvironmentNotFoundError,
    NeedsAskingError,
    Root,
)

FINDER = """
import sys
from importlib.util import spec_from_file_location
from pathlib import Path

MAPPING: dict[str, str] = {mapping!r}
NAMESPACES: dict[str, list[str]] = {{}}


class _EditableFinder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname in MAPPING:
            folder = Path(MAPPING[fullname])
            return spec_from_file_location(
                fullname, folder / "__init__.py", submodule_search_locations=[str(folder)]
            )
        return None


def install():
    sys.meta_path.append(_EditableFinder)
"""
"""What setuptools writes for an editable install, shortened: the real one was compared with."""


def write(path: Path, content: str | bytes = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def make_environment(folder: Path, version: str = "3.12") -> Path:
    site = folder / "lib" / f"python{version}" / "site-packages"
    site.mkdir(parents=True)
    write(folder / "bin" / "python")
    return site


def make_standard_library(prefix: Path, version: str) -> None:
    write(prefix / "lib" / f"python{version}" / "os.py")


def make_executable(path: Path, content: str = "#!/bin/sh\n") -> Path:
    write(path, content).chmod(0o755)
    return path


def asked(path: Path, variables: dict[str, str] | None = None) -> Environment:
    return Environment.discover(None, path, variables or {})


# Which environment


def test_what_is_asked_for_wins(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "asked")
    make_environment(tmp_path / "active")
    variables = {"VIRTUAL_ENV": str(tmp_path / "active")}
    for asked_for in (tmp_path / "asked", tmp_path / "asked" / "bin" / "python"):
        environment = Environment.discover(None, asked_for, variables)
        assert environment.roots == (site,)
        assert environment.python == tmp_path / "asked" / "bin" / "python"


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_then_the_active_environment(tmp_path: Path, variable: str) -> None:
    site = make_environment(tmp_path / "active")
    make_environment(tmp_path / "project" / ".venv")
    environment = Environment.discover(tmp_path / "project", None, {variable: str(tmp_path / "active")})
    assert (environment.roots, environment.origin) == ((site,), variable)


def test_then_one_in_the_workspace_or_above_it(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    (tmp_path / "src" / "package").mkdir(parents=True)
    environment = Environment.discover(tmp_path / "src" / "package", None, {})
    assert environment.roots == (site,)
    assert environment.origin == f".venv in {tmp_path}"


def test_the_usual_names_count_in_their_order(tmp_path: Path) -> None:
    write(tmp_path / ".env", "TOKEN=1\n")  # often a file
    make_environment(tmp_path / "env")
    site = make_environment(tmp_path / "venv")
    assert Environment.discover(tmp_path, None, {}).roots == (site,)
    shutil.rmtree(tmp_path / "venv")
    assert Environment.discover(tmp_path, None, {}).origin == f"env in {tmp_path}"


def test_then_a_folder_that_pyvenv_cfg_marks(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "repository" / "py312")
    write(tmp_path / "repository" / "py312" / "pyvenv.cfg", "version = 3.12.1\n")
    (tmp_path / "repository" / ".git").mkdir()
    (tmp_path / "repository" / "src").mkdir()
    environment = Environment.discover(tmp_path / "repository" / "src", None, {})
    assert environment.roots == (site,)
    assert environment.origin == f"py312 in {tmp_path / 'repository'} (it has a pyvenv.cfg)"


def test_marked_folders_beside_a_workspace_that_is_no_repository_are_somebody_elses(tmp_path: Path) -> None:
    make_environment(tmp_path / "theirs")
    write(tmp_path / "theirs" / "pyvenv.cfg", "version = 3.12.1\n")
    (tmp_path / "project").mkdir()
    assert Environment.discover(tmp_path / "project", None, {}) == Environment.own()


def test_a_repository_is_where_looking_upwards_ends(tmp_path: Path) -> None:
    make_environment(tmp_path / ".venv")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    environment = Environment.discover(tmp_path / "repository", None, {})
    assert environment == Environment.own()


def test_a_deleted_active_environment_is_passed_over(tmp_path: Path) -> None:
    environment = Environment.discover(None, None, {"VIRTUAL_ENV": str(tmp_path / "gone")})
    assert environment == Environment.own()


@pytest.mark.parametrize("path", ["nowhere", "file", "", "file/below", "a\0b", "x" * 300])
def test_what_is_no_environment_is_said_to_be_none(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentNotFoundError, match="no Python environment: expected"):
        asked(tmp_path / path)


def test_a_home_that_nobody_has_is_said() -> None:
    with pytest.raises(EnvironmentNotFoundError, match="no Python environment"):
        asked(Path("~nobody-of-that-name/venv"))


# Which of several Pythons


def test_an_environment_of_a_pyenv_version_is_its_prefix(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "versions" / "3.11.7", "3.11")
    make_executable(tmp_path / "versions" / "3.11.7" / "bin" / "python3.11")
    assert asked(tmp_path / "versions" / "3.11.7" / "bin" / "python3.11").roots == (site,)


def test_the_interpreters_name_tells_which_python_of_a_prefix(tmp_path: Path) -> None:
    sites = {version: make_environment(tmp_path / version, version) for version in ("3.11", "3.12")}
    for version in sites:
        shutil.copytree(tmp_path / version / "lib", tmp_path / "local" / "lib", dirs_exist_ok=True)
        make_executable(tmp_path / "local" / "bin" / f"python{version}")
    (tmp_path / "local" / "bin" / "python3").symlink_to("python3.12")
    (tmp_path / "local" / "bin" / "python").symlink_to("python3")
    for asked_for, version in [("bin/python3.11", "3.11"), ("bin/python", "3.12"), (".", "3.12")]:
        environment = asked(tmp_path / "local" / asked_for)
        assert environment.roots == (tmp_path / "local/lib" / f"python{version}" / "site-packages",)


def test_of_several_pythons_without_a_name_none_is_guessed(tmp_path: Path) -> None:
    make_environment(tmp_path, "3.11")
    make_environment(tmp_path, "3.12")
    with pytest.raises(EnvironmentNotFoundError):
        asked(tmp_path)
    make_executable(tmp_path / "bin" / "python")
    with pytest.raises(NeedsAskingError) as caught:
        asked(tmp_path)
    assert caught.value.python == tmp_path / "bin" / "python"


def test_another_pythons_packages_are_not_taken_for_an_interpreters(tmp_path: Path) -> None:
    make_environment(tmp_path, "3.11")
    make_executable(tmp_path / "bin" / "python3.13")
    with pytest.raises(NeedsAskingError):
        asked(tmp_path / "bin" / "python3.13")


def test_pyvenv_cfg_tells_which_python_of_an_environment_that_was_upgraded(tmp_path: Path) -> None:
    make_environment(tmp_path, "3.11")
    newer = make_environment(tmp_path, "3.12")
    for line in ("version = 3.12.1", "version_info = 3.12.1.final.0"):
        write(tmp_path / "pyvenv.cfg", f"{line}\ninclude-system-site-packages = false\n")
        assert asked(tmp_path).roots == (newer,)


def test_an_environment_whose_base_was_upgraded_under_it_keeps_its_packages(tmp_path: Path) -> None:
    site = make_environment(tmp_path, "3.11")
    write(tmp_path / "pyvenv.cfg", "version = 3.12.1\ninclude-system-site-packages = false\n")
    assert asked(tmp_path).roots == (site,)


def test_a_free_threaded_python_has_a_library_of_its_own(tmp_path: Path) -> None:
    site = make_environment(tmp_path, "3.13t")
    write(tmp_path / "pyvenv.cfg", "version = 3.13.1\ninclude-system-site-packages = false\n")
    assert asked(tmp_path).roots == (site,)


def test_condas_link_of_a_shorter_name_is_the_same_library(tmp_path: Path) -> None:
    site = make_environment(tmp_path, "3.11")
    (tmp_path / "lib" / "python3.1").symlink_to("python3.11")
    (tmp_path / "conda-meta").mkdir()
    assert asked(tmp_path).roots == (site,)


def test_lib64_is_lib_in_a_virtual_environment_and_not_in_an_installation(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv", "3.9")
    (tmp_path / "venv" / "lib64").symlink_to("lib")
    assert asked(tmp_path / "venv").roots == (site,)
    pure = make_environment(tmp_path / "usr", "3.9")
    compiled = tmp_path / "usr" / "lib64" / "python3.9" / "site-packages"
    compiled.mkdir(parents=True)
    assert asked(tmp_path / "usr").roots == (compiled, pure)


def test_debians_python_has_dist_packages(tmp_path: Path) -> None:
    usr = tmp_path / "usr"
    folders = [usr / "local/lib/python3.11/dist-packages", usr / "lib/python3/dist-packages"]
    for folder in (
        *folders,
        usr / "local/lib/python3.12/dist-packages",
        usr / "lib/python3.11/site-packages",
    ):
        folder.mkdir(parents=True)
    make_executable(usr / "bin" / "python3.11")
    (usr / "bin" / "python3").symlink_to("python3.11")
    for asked_for in ("bin/python3", "."):
        environment = asked(usr / asked_for)
        assert environment.roots == tuple(folders)
        assert environment.python.name == "python3"


def test_the_layout_of_windows(tmp_path: Path) -> None:
    base = tmp_path / "Python311"
    write(base / "Lib" / "os.py")
    write(base / "python.exe")
    (base / "Lib" / "site-packages").mkdir()
    site = tmp_path / "venv" / "Lib" / "site-packages"
    site.mkdir(parents=True)
    write(tmp_path / "venv" / "Scripts" / "python.exe")
    settings = f"home = {base}\nversion = 3.11.7\n"
    write(tmp_path / "venv" / "pyvenv.cfg", settings + "include-system-site-packages = true\n")
    for asked_for in ("venv", "venv/Scripts/python.exe"):
        environment = asked(tmp_path / asked_for)
        assert environment.roots == (site, base / "Lib" / "site-packages")
        assert environment.python == tmp_path / "venv" / "Scripts" / "python.exe"
    assert asked(base / "python.exe").roots == (base / "Lib" / "site-packages",)


def test_an_interpreters_link_counts_where_it_leads(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "opt" / "py", "3.11")
    make_executable(tmp_path / "opt" / "py" / "bin" / "python3.11")
    make_environment(tmp_path / "usr", "3.11")  # another 3.11 has its packages beside the link
    (tmp_path / "usr" / "bin" / "python3.11").symlink_to(tmp_path / "opt/py/bin/python3.11")
    assert asked(tmp_path / "usr" / "bin" / "python3.11").roots == (site,)


def test_an_executable_outside_any_environment_needs_asking(tmp_path: Path) -> None:
    make_environment(tmp_path / "inside")
    for path in (tmp_path / "shims" / "python3.12", tmp_path / "inside" / "bin" / "in-a-container"):
        make_executable(path)
        with pytest.raises(NeedsAskingError, match="only running it would tell") as caught:
            asked(path)
        assert caught.value.python == path


# The base installation and the user's packages


def test_a_base_installation_counts_if_pyvenv_cfg_says_so(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv", "3.11")
    base_site = make_environment(tmp_path / "base", "3.11")
    make_standard_library(tmp_path / "base", "3.11")
    settings = f"home = {tmp_path / 'base' / 'bin'}\nversion = 3.11.7\n"
    for line, roots in [
        ("include-system-site-packages = false", (site,)),
        ("include-system-site-packages = true", (site, base_site)),
        ("Include-System-Site-Packages=TRUE", (site, base_site)),
        ("", (site, base_site)),
    ]:
        write(tmp_path / "venv" / "pyvenv.cfg", f"{settings}{line}\n")
        assert asked(tmp_path / "venv").roots == roots


def test_a_home_of_links_leads_to_the_installation(tmp_path: Path) -> None:
    make_environment(tmp_path / "venv", "3.11")
    base_site = make_environment(tmp_path / "opt", "3.11")
    make_standard_library(tmp_path / "opt", "3.11")
    make_executable(tmp_path / "opt" / "bin" / "python3.11")
    make_standard_library(tmp_path / "usr", "3.10")  # a Python too, and another one
    (tmp_path / "usr" / "bin").mkdir()
    (tmp_path / "usr" / "bin" / "python3").symlink_to(tmp_path / "opt" / "bin" / "python3.11")
    settings = f"home = {tmp_path / 'usr' / 'bin'}\nversion = 3.11.7\ninclude-system-site-packages = true\n"
    write(tmp_path / "venv" / "pyvenv.cfg", settings)
    assert asked(tmp_path / "venv").roots[1:] == (base_site,)


def test_a_base_that_is_gone_costs_its_packages_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_environment(tmp_path, "3.11")
    write(tmp_path / "pyvenv.cfg", f"home = {tmp_path / 'gone'}\nversion = 3.11.7\n")
    assert asked(tmp_path).roots == (site,)
    assert "the base installation" in caplog.text


def test_the_users_own_packages_come_before_those_of_an_installation(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "base", "3.11")
    mine = tmp_path / "home" / ".local" / "lib" / "python3.11" / "site-packages"
    mine.mkdir(parents=True)
    variables = {"HOME": str(tmp_path / "home")}
    assert asked(tmp_path / "base", variables).roots == (mine, site)
    assert asked(tmp_path / "base", {**variables, "PYTHONNOUSERSITE": "1"}).roots == (site,)
    write(tmp_path / "base" / "pyvenv.cfg", "version = 3.11.7\ninclude-system-site-packages = false\n")
    assert asked(tmp_path / "base", variables).roots == (site,)


# What .pth files and links add


def test_pth_files_add_folders_in_the_order_of_their_names(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    write(site / "b.pth", f"# a comment\n\n{tmp_path / 'one'}  \n{tmp_path / 'missing'}\n")
    write(site / "a.pth", "../../../../two\n")
    write(site / ".hidden.pth", f"{tmp_path / 'three'}\n")
    environment = asked(tmp_path / "venv")
    assert environment.search_path == (
        Root(site, "site-packages"),
        Root(tmp_path / "two", "line 1 of a.pth"),
        Root(tmp_path / "one", "line 3 of b.pth"),
    )


def test_import_lines_are_not_run(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    write(
        site / "x.pth", f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\nimport (broken\n"
    )
    assert asked(tmp_path / "venv").roots == (site,)
    assert not (tmp_path / "ran").exists()


def test_the_finder_of_a_setuptools_editable_install_is_read(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    package = write(tmp_path / "checkout" / "src" / "transformers" / "__init__.py").parent
    neuron = write(tmp_path / "neuron" / "optimum" / "neuron" / "version.py").parent
    mapping = {"transformers": str(package), "optimum.neuron": str(neuron)}
    write(site / "__editable__.x-1.pth", "import __editable___x_1_finder; __editable___x_1_finder.install()")
    write(site / "__editable___x_1_finder.py", FINDER.format(mapping=mapping))
    environment = asked(tmp_path / "venv")
    assert environment.roots == (site, tmp_path / "checkout" / "src", tmp_path / "neuron")
    assert environment.file("transformers", "__init__.py") == package / "__init__.py"
    assert environment.search_path[1].why == "transformers through __editable___x_1_finder.py"


def test_what_a_finder_maps_to_a_folder_of_another_name_is_not_followed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_environment(tmp_path / "venv")
    (tmp_path / "checkout" / "lib").mkdir(parents=True)
    mapping = {"transformers": str(tmp_path / "checkout" / "lib"), "relative": "relative"}
    write(site / "x.pth", "import __editable___x_finder")
    write(site / "__editable___x_finder.py", FINDER.format(mapping=mapping))
    assert asked(tmp_path / "venv").roots == (site,)
    assert "isn't followed" in caplog.text


def test_the_redirector_of_an_editables_install_is_read(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    init = write(tmp_path / "checkout" / "optimum_neuron" / "__init__.py")
    write(site / "_editable_impl_x.pth", "import _editable_impl_x")
    write(
        site / "_editable_impl_x.py",
        f"from editables.redirector import RedirectingFinder as F\nF.install()\n"
        f"F.map_module('optimum_neuron', {str(init)!r})\nF.map_module(name, 'x')\n",
    )
    assert asked(tmp_path / "venv").roots == (site, tmp_path / "checkout")


def test_an_egg_link_is_followed(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    (tmp_path / "checkout" / "src").mkdir(parents=True)
    write(site / "transformers.egg-link", f"{tmp_path / 'checkout' / 'src'}\n../\n")
    assert asked(tmp_path / "venv").roots == (site, tmp_path / "checkout" / "src")


def test_a_site_folder_that_a_pth_file_adds_is_followed_too_and_only_once(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    overlay = make_environment(tmp_path / "overlay")
    (tmp_path / "checkout").mkdir()
    write(site / "_uv.pth", f"import site; site.addsitedir({str(overlay)!r})")
    write(overlay / "back.pth", f"import site; site.addsitedir({str(site)!r})\n{tmp_path / 'checkout'}\n")
    assert asked(tmp_path / "venv").roots == (site, overlay, tmp_path / "checkout")


# Source checkouts


@pytest.mark.parametrize(
    ("marker", "root", "name"),
    [
        ("src/transformers/models/auto/modeling_auto.py", "src", "transformers"),
        ("optimum/exporters/neuron/base.py", ".", "optimum-neuron"),
        ("optimum/exporters/tasks.py", ".", "optimum"),
    ],
)
def test_a_checkout_in_the_workspace_wins_over_what_is_installed(
    tmp_path: Path, marker: str, root: str, name: str
) -> None:
    site = make_environment(tmp_path / ".venv")
    write(tmp_path / marker)
    environment = Environment.discover(tmp_path, None, {})
    assert environment.search_path == (
        Root(tmp_path / root, f"checkout of {name} in the workspace"),
        Root(site, "site-packages"),
    )


def test_a_checkout_is_found_from_below_it_and_with_any_environment(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "asked")
    checkout = tmp_path / "optimum-neuron"
    below = write(checkout / "optimum" / "exporters" / "neuron" / "base.py").parent
    write(site / "editable.pth", f"{checkout}\n")
    (checkout / ".git").mkdir()
    environment = Environment.discover(below, tmp_path / "asked", {})
    assert environment.roots == (checkout, site)


def test_folders_that_are_only_named_so_are_no_checkouts(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    write(tmp_path / "src" / "transformers" / "scaler.py")
    write(tmp_path / "optimum" / "__init__.py")
    assert Environment.discover(tmp_path, None, {}).roots == (site,)


def test_a_namespace_is_searched_in_every_root(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    installed = write(site / "optimum" / "exporters" / "tasks.py")
    checked_out = write(tmp_path / "optimum" / "exporters" / "neuron" / "base.py")
    environment = Environment.discover(tmp_path, None, {})
    assert environment.file("optimum", "exporters", "tasks.py") == installed
    assert environment.file("optimum", "exporters", "neuron", "base.py") == checked_out
    assert environment.file("optimum", "exporters") is None


# Versions


def install(site: Path, name: str, version: str, package: str | None = None) -> Path:
    metadata = site / f"{name}-{version}.dist-info"
    write(metadata / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nVersion: 0\n")
    if package is not None:
        write(site / package)
        write(metadata / "RECORD", f"{package},sha256=x,0\n{metadata.name}/RECORD,,\n")
    return metadata


def test_a_version_is_read_from_metadata_by_any_spelling_of_the_name(tmp_path: Path) -> None:
    site = make_environment(tmp_path)
    install(site, "optimum_neuron", "0.4.5", "optimum/neuron/version.py")
    install(site, "optimum", "2.1.0", "optimum/version.py")
    environment = asked(tmp_path)
    for name in ("optimum-neuron", "Optimum.Neuron", "optimum_neuron"):
        assert environment.package_version(name) == "0.4.5"
    assert environment.package_version("optimum") == "2.1.0"
    assert environment.package_version("torch") is None


def test_a_checkouts_version_is_its_own_and_not_the_installed_ones(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    install(site, "transformers", "4.57.6", "transformers/__init__.py")
    write(tmp_path / "src" / "transformers" / "models" / "auto" / "modeling_auto.py")
    init = write(tmp_path / "src" / "transformers" / "__init__.py", '__version__ = "5.24.0.dev0"\n')
    assert Environment.discover(tmp_path, None, {}).package_version("transformers") == "5.24.0.dev0"
    write(init, "from .version import __version__\n")
    assert Environment.discover(tmp_path, None, {}).package_version("transformers") is None


def test_an_optimum_neuron_checkout_is_no_optimum(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    install(site, "optimum", "2.0.0", "optimum/version.py")
    write(tmp_path / "optimum" / "exporters" / "neuron" / "base.py")
    write(
        tmp_path / "optimum" / "neuron" / "version.py", '__version__ = "0.4.6.dev4"\n__sdk_version__ = "2"\n'
    )
    environment = Environment.discover(tmp_path, None, {})
    assert environment.package_version("optimum") == "2.0.0"
    assert environment.package_version("optimum-neuron") == "0.4.6.dev4"


def test_an_editable_installs_source_knows_better_than_its_metadata(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    metadata = install(site, "transformers", "5.0.0.dev0")
    write(metadata / "direct_url.json", json.dumps({"url": "file:///x", "dir_info": {"editable": True}}))
    write(site / "t.pth", str(tmp_path / "checkout" / "src"))
    init = write(tmp_path / "checkout" / "src" / "transformers" / "__init__.py", '__version__ = "5.3.0.dev0"')
    environment = asked(tmp_path / "venv")
    assert environment.package_version("transformers") == "5.3.0.dev0"
    write(init, "__version__ = compute()\n")
    assert environment.package_version("transformers") == "5.0.0.dev0"


def test_stale_metadata_beside_a_sources_does_not_count(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "venv")
    write(site / "t.pth", str(tmp_path / "src"))
    write(tmp_path / "src" / "transformers.egg-info" / "PKG-INFO", "Name: transformers\nVersion: 4.0.0\n")
    write(tmp_path / "src" / "transformers" / "__init__.py", '__version__ = "5.3.0"\n')
    assert asked(tmp_path / "venv").package_version("transformers") == "5.3.0"


def test_an_interrupted_update_leaves_the_files_to_tell(tmp_path: Path) -> None:
    site = make_environment(tmp_path)
    install(site, "transformers", "4.57.6", "transformers/__init__.py")
    install(site, "transformers", "5.23.0", "transformers/__init__.py")
    assert asked(tmp_path).package_version("transformers") is None
    write(site / "transformers" / "__init__.py", '__version__ = "5.23.0"\n')
    assert asked(tmp_path).package_version("transformers") == "5.23.0"


def test_metadata_without_its_files_is_no_installation(tmp_path: Path) -> None:
    site = make_environment(tmp_path)
    install(site, "transformers", "4.57.6", "transformers/__init__.py")
    shutil.rmtree(site / "transformers")
    assert asked(tmp_path).package_version("transformers") is None


def test_debians_metadata_is_a_single_file(tmp_path: Path) -> None:
    site = make_environment(tmp_path)
    write(site / "PyYAML-6.0.egg-info", "Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0\n")
    assert asked(tmp_path).package_version("pyyaml") == "6.0"


def test_what_is_told_of_an_environment(tmp_path: Path) -> None:
    site = make_environment(tmp_path)
    install(site, "torch", "2.8.0", "torch/__init__.py")
    description = asked(tmp_path).describe(["torch", "optimum"])
    assert description.python == tmp_path / "bin" / "python"
    assert description.origin == "asked for"
    assert description.search_path == (Root(site, "site-packages"),)
    assert description.versions == {"torch": "2.8.0", "optimum": None}


# Bad input


def test_an_environment_deleted_in_part_is_said_to_be(tmp_path: Path) -> None:
    make_environment(tmp_path, "3.11").rmdir()
    write(tmp_path / "pyvenv.cfg", "version = 3.11.7\ninclude-system-site-packages = false\n")
    make_executable(tmp_path / "bin" / "python")
    for asked_for in (tmp_path, tmp_path / "bin" / "python"):
        with pytest.raises(EnvironmentNotFoundError, match="deleted in part") as caught:
            asked(asked_for)
        assert not isinstance(caught.value, NeedsAskingError)


def test_an_interpreter_whose_base_is_gone_still_has_its_packages(tmp_path: Path) -> None:
    site = make_environment(tmp_path, "3.11")
    write(tmp_path / "pyvenv.cfg", "version = 3.11.7\ninclude-system-site-packages = false\n")
    (tmp_path / "bin" / "python").unlink()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "gone")
    assert asked(tmp_path / "bin" / "python").roots == (site,)


def test_links_that_lead_nowhere_or_in_circles_are_no_environments(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "dangling").symlink_to("gone")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("python3")
    (tmp_path / "bin" / "python3").symlink_to("python")
    (tmp_path / "lib" / "python3.11").mkdir(parents=True)
    (tmp_path / "lib" / "python3.11" / "site-packages").symlink_to("site-packages")
    for name in ("circle", "a", "dangling", "bin/python", "."):
        with pytest.raises(EnvironmentNotFoundError):
            asked(tmp_path / name)
        environment = Environment.discover(None, None, {"VIRTUAL_ENV": str(tmp_path / name)})
        assert environment == Environment.own()


def test_a_site_packages_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    site = make_environment(tmp_path)
    (site / "loop").symlink_to(site)
    (site / "loop.pth").symlink_to("loop.pth")
    (site / "gone.dist-info").symlink_to("nowhere")
    assert asked(tmp_path).roots == (site,)
    assert asked(tmp_path).package_version("gone") is None


def test_a_line_that_is_not_utf8_is_left_out_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    site = make_environment(tmp_path / "venv")
    (tmp_path / "källa").mkdir()
    path = str(tmp_path / "källa").encode()
    write(site / "x.pth", b"\xef\xbb\xbf\xff\xfe\n" + path + b"\r\n\x00\n" + b"x" * 5000)
    assert asked(tmp_path / "venv").roots == (site, tmp_path / "källa")
    assert "line 1 of" in caplog.text


JUNK = [
    b"",
    b"\x00",
    b"\xff\xfe\x00\x01",
    b"import",
    b"import \x00",
    b"import x(",
    b"(" * 500,
    b"a" * 100_000,
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize(
    "file",
    [
        "pyvenv.cfg",
        "SITE/x.pth",
        "SITE/x.egg-link",
        "SITE/_finder.py",
        "SITE/torch-2.dist-info/METADATA",
        "SITE/torch-2.dist-info/RECORD",
        "SITE/torch-2.dist-info/direct_url.json",
        "SITE/torch/version.py",
    ],
)
def test_junk_in_a_file_is_never_a_traceback(tmp_path: Path, file: str, junk: bytes) -> None:
    site = make_environment(tmp_path)
    install(site, "torch", "2.8.0")
    write(site / "finder.pth", "import _finder")
    write(tmp_path / file.replace("SITE", str(site)), junk)
    environment = asked(tmp_path)
    assert environment.roots == (site,)
    assert environment.package_version("torch") in ("2.8.0", None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    site = make_environment(tmp_path)
    os.mkfifo(site / "x.pth")
    os.mkfifo(tmp_path / "pyvenv.cfg")
    assert asked(tmp_path).roots == (site,)


def test_what_may_not_be_read_is_logged_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_environment(tmp_path)
    write(site / "x.pth", "..\n")

    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    # Tests may run as root, who may read everything.
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        assert asked(tmp_path).roots == (site,)
    assert "x.pth can't be read" in caplog.text
    with monkeypatch.context() as patched:
        patched.setattr(Path, "iterdir", refuse)
        with pytest.raises(EnvironmentNotFoundError):
            asked(tmp_path)
    assert "can't be listed" in caplog.text
    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_dir", refuse)
        patched.setattr(Path, "is_file", refuse)
        with pytest.raises(EnvironmentNotFoundError):
            asked(tmp_path)


# Held against interpreters


def paths_reported(python: Path, home: Path) -> tuple[Path, ...]:
    """The interpreter's own sys.path, less the standard library and the working directory."""
    code = "import sys, json; print(json.dumps(sys.path))"
    variables = {"HOME": str(home), "PATH": os.environ["PATH"]}
    completed = subprocess.run(
        [python, "-c", code], env=variables, cwd=home, capture_output=True, text=True, check=True
    )
    entries = [Path(entry) for entry in json.loads(completed.stdout) if entry]
    return tuple(each for each in entries if each.is_dir() and not (each / "os.py").exists())


def make_venv(folder: Path, *options: str) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", *options, folder], check=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / f"python{version}" / "site-packages"
    return site if site.is_dir() else folder / "Lib" / "site-packages"


def without_dynload(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.name != "lib-dynload")


@pytest.mark.skipif(os.name == "nt", reason="starts bin/python")
@pytest.mark.parametrize("options", [(), ("--system-site-packages",), ("--copies",)], ids=str)
def test_the_roots_are_those_of_the_interpreter(tmp_path: Path, options: tuple[str, ...]) -> None:
    site = make_venv(tmp_path / "venv", *options)
    for name in ("one", "two", "home"):
        (tmp_path / name).mkdir()
    version = site.parent.name
    (tmp_path / "home" / ".local" / "lib" / version / "site-packages").mkdir(parents=True)
    write(site / "b.pth", f"{tmp_path / 'two'}\n# {tmp_path}\nimport sys\n{tmp_path / 'gone'}\n")
    write(site / "a.pth", f"../../../../one\n{site}\n")
    python = tmp_path / "venv" / "bin" / "python"
    reported = without_dynload(paths_reported(python, tmp_path / "home"))
    for asked_for in (python, tmp_path / "venv"):
        environment = asked(asked_for, {"HOME": str(tmp_path / "home")})
        assert environment.roots == reported
    assert site in reported


@pytest.mark.skipif(os.name == "nt", reason="starts bin/python")
def test_an_editable_package_is_found_where_the_interpreter_finds_it(tmp_path: Path) -> None:
    site = make_venv(tmp_path / "venv")
    init = write(tmp_path / "checkout" / "src" / "transformers" / "__init__.py")
    write(
        site / "__editable__.t-5.pth", "import __editable___t_5_finder; __editable___t_5_finder.install()\n"
    )
    write(site / "__editable___t_5_finder.py", FINDER.format(mapping={"transformers": str(init.parent)}))
    python = tmp_path / "venv" / "bin" / "python"
    code = "import transformers; print(transformers.__file__)"
    completed = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    environment = asked(python)
    assert environment.file("transformers", "__init__.py") == Path(completed.stdout.strip())
    assert environment.roots == (site, tmp_path / "checkout" / "src")


def test_our_own_environment_has_our_own_files(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        environment = Environment.own()
    assert environment.file("neuron_config_server", "catalog", "environment.py") is not None
    assert environment.file("libcst", "__init__.py") is not None
    assert environment.file("json", "decoder.py") is None  # the standard library
    assert environment.package_version("libcst") is not None
