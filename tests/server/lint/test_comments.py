from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest

from neuron_config_server.lint.comments import Comment, comments


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1  # one\n", [Comment("# one", 0, 7, False)]),
        ("  # alone\r\n# too", [Comment("# alone", 0, 2, True), Comment("# too", 1, 0, True)]),
        ('x = "# none"\n', []),
        ("x = '# none' # one\n", [Comment("# one", 0, 13, False)]),
        ('x = "\\"# none"\n', []),
        ("x = r'\\'# none'\n", []),
        ('"""\n# none\n""" # one\n', [Comment("# one", 2, 4, False)]),
        ("'''it's # none''' # one", [Comment("# one", 0, 18, False)]),
        ("x = 'open # none\n# one\n", [Comment("# one", 1, 0, True)]),
        ("x = 'goes on \\\n# none'\n# one", [Comment("# one", 2, 0, True)]),
        ('x = """open\n# none\n', []),
        ("é = 1 # ü # x\r# y", [Comment("# ü # x", 0, 6, False), Comment("# y", 1, 0, True)]),
    ],
)
def test_a_hash_in_a_string_is_no_comment(text: str, found: list[Comment]) -> None:
    assert list(comments(text)) == found


def test_the_comments_of_a_real_file_are_those_that_python_finds(optimum_neuron: Path) -> None:
    for path in sorted((optimum_neuron / "optimum/exporters/neuron").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        expected = [
            (each.string, each.start[0] - 1, each.start[1])
            for each in tokens
            if each.type == tokenize.COMMENT
        ]
        assert [(each.text, each.line, each.column) for each in comments(text)] == expected
        assert expected
