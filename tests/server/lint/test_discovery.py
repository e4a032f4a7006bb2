from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from neuron_config_server.lint.discovery import Problem, Target, find_targets


def test_a_file_is_there_once_however_it_is_given(tmp_path: Path) -> None:
    file, link, folder = tmp_path / "a.py", tmp_path / "b.py", tmp_path / "package"
    file.write_text("")
    link.symlink_to(file)
    folder.mkdir()
    targets, problems = find_targets([tmp_path, link, file, folder / ".." / "a.py"])
    assert problems == []
    assert [(os.path.realpath(target.path), target.named) for target in targets] == [(str(file), True)]


def test_what_is_no_file_is_passed_over_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / ".#a.py").symlink_to("someone@host.123:456")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    (tmp_path / "folder.py").mkdir()
    assert find_targets([tmp_path]) == ([], [])


def test_a_pipe_given_by_name_is_a_problem(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert find_targets([tmp_path / "pipe.py"]) == ([], [Problem(tmp_path / "pipe.py", "not a regular file")])


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that can't be read or entered, also where root runs the tests."""
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "a.py").write_text("")
    scandir, stat = os.scandir, os.stat

    def refuse_scan(path: str | os.PathLike[str]) -> object:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    def refuse_stat(path: str | os.PathLike[str], **options: bool) -> os.stat_result:
        if folder in Path(path).parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, **options)

    monkeypatch.setattr("os.scandir", refuse_scan)
    monkeypatch.setattr("os.stat", refuse_stat)
    return folder


def test_an_unreadable_folder_is_a_problem_and_the_rest_is_found(locked: Path) -> None:
    readable = locked.parent / "b.py"
    readable.write_text("")
    assert find_targets([locked.parent]) == (
        [Target(readable, named=False)],
        [Problem(locked, "Permission denied")],
    )
    assert find_targets([locked]) == ([], [Problem(locked, "Permission denied")])


def test_a_file_in_an_unreadable_folder_is_a_problem(locked: Path) -> None:
    assert find_targets([locked / "a.py"]) == ([], [Problem(locked / "a.py", "Permission denied")])
