"""Comments that silence a finding, as a user sees them appear."""

from __future__ import annotations

import pytest
from menus import menu
from opened import ENCODINGS, opened

from neuron_config_server.catalog.catalog import Catalog

REGISTER = '@register_in_tasks_manager("esm", "fill-mask")\n'
HEAD = f"{REGISTER}class EsmNeuronConfig(TextEncoderNeuronConfig):\n    @property\n    def inputs(self):\n"
LINE, FILE = "Ignore NC101 for this line", "Ignore NC101 in this file"

ON_A_LINE = {
    "at the end of the line": (
        '        return ["input_ids", "wr|ong"]\n',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC101]\n',
    ),
    "behind a comment of another tool": (
        '        return ["input_ids", "wr|ong"]  # noqa: E501\n',
        '        return ["input_ids", "wrong"]  # noqa: E501  # neuron: ignore[NC101]\n',
    ),
    "in place of blanks that end the line": (
        '        return ["input_ids", "wr|ong"]   \n',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC101]\n',
    ),
    "the last line of a text without a line end": (
        '        return ["input_ids", "wr|ong"]',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC101]',
    ),
    "an element on a line of its own": (
        '        return [\n            "input_ids",\n            "wr|ong",\n        ]\n',
        '        return [\n            "input_ids",\n            "wrong",  # neuron: ignore[NC101]\n        ]\n',
    ),
    "a code beside another one in a comment on the line": (
        '        return ["input_ids", "wr|ong"]  # neuron: ignore[NC102]\n',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC102, NC101]\n',
    ),
    "a code before the reason of a comment on the line": (
        '        return ["input_ids", "wr|ong"]  # neuron: ignore[NC102] the wrapper adds it\n',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC102, NC101] the wrapper adds it\n',
    ),
    "a code behind a comma that waits for it": (
        '        return ["input_ids", "wr|ong"]  # neuron: ignore[NC102,]\n',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC102, NC101]\n',
    ),
    "a code in a comment that names none": (
        '        return ["input_ids", "wr|ong"]  # neuron: ignore[]\n',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC101]\n',
    ),
    "a code in a comment above the line": (
        '        # neuron: ignore[NC102]\n        return ["input_ids", "wr|ong"]\n',
        '        # neuron: ignore[NC102, NC101]\n        return ["input_ids", "wrong"]\n',
    ),
    "a comment that is never closed is left alone": (
        '        return ["input_ids", "wr|ong"]  # neuron: ignore[NC102\n',
        '        return ["input_ids", "wrong"]  # neuron: ignore[NC102  # neuron: ignore[NC101]\n',
    ),
    "above a line that ends in a backslash": (
        '        return ["wr|ong"] \\\n            + ["input_ids"]\n',
        '        # neuron: ignore[NC101]\n        return ["wrong"] \\\n            + ["input_ids"]\n',
    ),
    "behind the last of lines that backslashes join": (
        '        return ["input_ids"] \\\n            + ["wr|ong"]\n',
        '        return ["input_ids"] \\\n            + ["wrong"]  # neuron: ignore[NC101]\n',
    ),
    "above a line that ends within a string": (
        '        names = ["wr|ong", """\n"""]\n        return names[:1]\n',
        '        # neuron: ignore[NC101]\n        names = ["wrong", """\n"""]\n        return names[:1]\n',
    ),
    "tabs": (
        '\t\treturn ["wr|ong"] \\\n\t\t\t+ ["input_ids"]\n',
        '\t\t# neuron: ignore[NC101]\n\t\treturn ["wrong"] \\\n\t\t\t+ ["input_ids"]\n',
    ),
    "a sharp in a string is no comment": (
        '        return ["wr|ong", "#"[:0] + "input_ids"]\n',
        '        return ["wrong", "#"[:0] + "input_ids"]  # neuron: ignore[NC101]\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), ON_A_LINE.values(), ids=ON_A_LINE)
def test_ignore_for_a_line(before: str, after: str, small_catalog: Catalog) -> None:
    head = HEAD.replace("    ", "\t") if before.startswith("\t") else HEAD
    found = menu(head + before, small_catalog).text_after(LINE)
    assert found == head + after
    assert "NC101" not in [each.code for each in opened(found, small_catalog).findings]


IN_THE_FILE = {
    "at the top": (f'{HEAD}        return ["wr|ong"]\n', "# neuron: ignore-file[NC101]\n"),
    "behind the comments at the top": (
        f'#!/usr/bin/env python\n# coding=utf-8\n{HEAD}        return ["wr|ong"]\n',
        "#!/usr/bin/env python\n# coding=utf-8\n# neuron: ignore-file[NC101]\n",
    ),
    "before a docstring": (
        f'# Licence\n"""Configs."""\n{HEAD}        return ["wr|ong"]\n',
        '# Licence\n# neuron: ignore-file[NC101]\n"""Configs."""\n',
    ),
    "beside another code": (
        f'x = 1\n# neuron: ignore-file[NC102] no need\n{HEAD}        return ["wr|ong"]\n',
        "x = 1\n# neuron: ignore-file[NC102, NC101] no need\n",
    ),
    "beside another code at the end of the file": (
        f'{HEAD}        return ["wr|ong"]\n# neuron: ignore-file[NC102]\n',
        None,
    ),
}


@pytest.mark.parametrize(("before", "top"), IN_THE_FILE.values(), ids=IN_THE_FILE)
def test_ignore_in_the_file(before: str, top: str | None, small_catalog: Catalog) -> None:
    found = menu(before, small_catalog).text_after(FILE)
    rest = f'{HEAD}        return ["wrong"]\n'
    assert found == (f"{top}{rest}" if top is not None else f"{rest}# neuron: ignore-file[NC102, NC101]\n")
    assert "NC101" not in [each.code for each in opened(found, small_catalog).findings]


def test_line_ends_are_those_of_the_file(small_catalog: Catalog) -> None:
    text = f'# x\n{HEAD}        return ["wr|ong"] \\\n            + ["input_ids"]\n'.replace("\n", "\r\n")
    found = menu(text, small_catalog)
    comment = "        # neuron: ignore[NC101]\r\n        return"
    assert found.text_after(LINE) == text.replace("|", "").replace("        return", comment)
    assert found.text_after(FILE) == text.replace("|", "").replace(
        "# x\r\n", "# x\r\n# neuron: ignore-file[NC101]\r\n"
    )


def test_where_python_allows_no_comment_only_the_file_is_offered(small_catalog: Catalog) -> None:
    text = f'{HEAD}        return ["input_ids"] \\\n            + ["wr|ong"] \\\n            + []\n'
    assert [each for each in menu(text, small_catalog).titles if "Ignore" in each] == [FILE]


def test_findings_that_one_comment_silences_are_one_action(small_catalog: Catalog) -> None:
    found = menu(f'{HEAD}        return ["input_ids", |"wrong", "bad"|]\n', small_catalog)
    assert [each for each in found.titles if "Ignore" in each] == [LINE, FILE]
    assert len(found.action(LINE).diagnostics or ()) == 2


def test_findings_on_two_lines_are_two_actions(small_catalog: Catalog) -> None:
    found = menu(
        f'{HEAD}        return [\n            |"wrong",\n            "bad"|,\n        ]\n', small_catalog
    )
    assert [each for each in found.titles if "Ignore" in each] == [LINE, LINE, FILE]


@pytest.mark.parametrize(
    "text",
    [
        f"{REGISTER}class EsmNeuronConfig(TextEncoderNeuronConfig:|\n    pass\n",
        f"x = 1  # neuron: ig|nore[NC101]\n{HEAD}        return []\n",
    ],
    ids=["a syntax error", "a comment without use"],
)
def test_what_no_comment_should_silence(text: str, small_catalog: Catalog) -> None:
    assert [each for each in menu(text, small_catalog).titles if "Ignore" in each] == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_in_the_units_of_the_client(encoding: str, small_catalog: Catalog) -> None:
    text = f'{HEAD}        return ["😋"[:0] + "input_ids", "wr|ong"]  # neuron: ignore[NC102] 😋\n'
    found = menu(text, small_catalog, encoding=encoding).text_after(LINE)
    assert found == text.replace("|", "").replace("[NC102]", "[NC102, NC101]")
