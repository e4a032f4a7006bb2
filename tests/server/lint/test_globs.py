from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.lint.globs import BadPatternError, read_glob

FOLDER = Path("/project")


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("generated", "generated/a.py", True),
        ("generated", "deep/generated/a.py", True),
        ("generated", "generated.py", False),
        ("*_pb2.py", "deep/a_pb2.py", True),
        ("*.py", "deep/a.py", True),
        ("tests/*", "tests/a.py", True),
        ("tests/*", "tests/data/a.py", True),  # the folder tests/data is meant, with all in it
        ("tests/*.py", "tests/data/a.py", False),
        ("tests/**", "tests/data/deep/a.py", True),
        ("tests/**/a.py", "tests/a.py", True),
        ("tests/**/a.py", "tests/x/y/a.py", True),
        ("**/conf.py", "conf.py", True),
        ("./tests/a.py", "tests/a.py", True),
        ("tests/", "tests/a.py", True),
        ("t[ae]sts/a.py", "tests/a.py", True),
        ("t[!e]sts/a.py", "tests/a.py", False),
        ("a?.py", "ab.py", True),
        ("a.py", "axpy", False),
        ("[[]a].py", "[a].py", True),
        ("/project/tests/**", "tests/a.py", True),
        ("/elsewhere/**", "tests/a.py", False),
    ],
)
def test_a_pattern_matches_as_in_ruffs_settings(pattern: str, path: str, matches: bool) -> None:
    assert read_glob(pattern, FOLDER).matches(FOLDER / path) is matches


def test_a_path_outside_of_the_folder_is_matched_by_names_alone() -> None:
    assert read_glob("generated", FOLDER).matches(Path("/other/generated/a.py"))
    assert not read_glob("other/*", FOLDER).matches(Path("/other/a.py"))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("", "is empty"), ("/", "is empty"), ("a[b.py", "that isn't closed"), ("[", "[[]")],
)
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(BadPatternError, match=message.replace("[", r"\[").replace("]", r"\]")):
        read_glob(pattern, FOLDER)
