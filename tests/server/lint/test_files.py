from __future__ import annotations

import os
from pathlib import Path

import pytest

from neuron_config_server.lint.files import UnreadableError, read_source, write_source


@pytest.mark.parametrize(
    "data",
    [
        b"a = 1\r\nb = 2\r\n",
        b"\xef\xbb\xbfa = '\xc3\xa9'\n",
        b"# -*- coding: latin-1 -*-\na = '\xe9'\n",
        b"",
        b"a = 1\rb = 2",
    ],
)
def test_what_is_read_is_written_back_to_the_byte(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    source = read_source(path)
    write_source(source, source.text)
    assert path.read_bytes() == data


def test_mode_and_links_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target.py", tmp_path / "link.py"
    target.write_text("a\n")
    target.chmod(0o640)
    link.symlink_to(target)
    write_source(read_source(link), "b\n")
    assert link.is_symlink()
    assert target.read_text() == "b\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.py", "target.py"]


@pytest.mark.parametrize("data", [b"a = '\xe9'\n", b"# coding: no-such-codec\n", b"\xff\xfea\x00"])
def test_what_python_cannot_decode_is_said_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match="not text that Python can decode"):
        read_source(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("")
    path.chmod(0)
    with pytest.raises(UnreadableError, match="Permission denied"):
        read_source(path)
