from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError


def make_environment(folder: Path) -> Path:
    site = folder / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").touch()
    return site


def test_what_is_asked_for_wins(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "asked")
    make_environment(tmp_path / "active")
    variables = {"VIRTUAL_ENV": str(tmp_path / "active")}
    for asked_for in (tmp_path / "asked", tmp_path / "asked" / "bin" / "python"):
        environment = Environment.discover(None, asked_for, variables)
        assert environment.roots == (site,)
        assert environment.python == tmp_path / "asked" / "bin" / "python"


def test_then_the_active_environment(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "active")
    make_environment(tmp_path / "project" / ".venv")
    environment = Environment.discover(tmp_path / "project", None, {"VIRTUAL_ENV": str(tmp_path / "active")})
    assert (environment.roots, environment.origin) == ((site,), "VIRTUAL_ENV")


def test_then_one_in_the_workspace_or_above_it(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    (tmp_path / "src" / "package").mkdir(parents=True)
    environment = Environment.discover(tmp_path / "src" / "package", None, {})
    assert environment.roots == (site,)
    assert environment.origin == f".venv in {tmp_path}"


def test_a_repository_is_where_looking_upwards_ends(tmp_path: Path) -> None:
    make_environment(tmp_path / ".venv")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    environment = Environment.discover(tmp_path / "repository", None, {})
    assert environment == Environment.own()


def test_a_deleted_active_environment_is_passed_over(tmp_path: Path) -> None:
    environment = Environment.discover(None, None, {"VIRTUAL_ENV": str(tmp_path / "gone")})
    assert environment == Environment.own()


@pytest.mark.parametrize("path", ["nowhere", "file"])
def test_what_is_no_environment_is_said_to_be_none(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentNotFoundError, match="no Python environment: expected"):
        Environment.discover(None, tmp_path / path, {})
