from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuron_config_server.lint.baseline import BaselineError, read_baseline, write_baseline
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Finding, Severity

TEXT = 'one = "wrong"\ntwo = "wrong"\nthree = "odd"\n'


def finding(line: int, start: int, end: int, code: str = "NC101") -> Finding:
    range_ = Range(Position(line, start), Position(line, end))
    return Finding(code, "some", Severity.ERROR, f"line {line} is wrong", range_, "A", (), None)


FIRST, SECOND, ODD = finding(0, 6, 13), finding(1, 6, 13), finding(2, 8, 13, "NC301")


def results(folder: Path, *findings: Finding, text: str = TEXT, file: str = "package/a.py") -> Results:
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return Results((FileReport(Path(file), text, findings),), (), folder)


def left(folder: Path, of: Results) -> list[Finding]:
    known, _ = read_baseline(folder / "known.json").without_known(of)
    return [each for _, each in known.findings]


def test_what_was_taken_down_is_passed_over_wherever_it_has_moved(tmp_path: Path) -> None:
    write_baseline(tmp_path / "known.json", results(tmp_path, FIRST, ODD), None)
    moved = results(tmp_path, finding(3, 6, 13), finding(5, 8, 13, "NC301"), text=f"\n\n\n{TEXT}")
    assert left(tmp_path, moved) == []


def test_as_many_as_were_there_and_no_more(tmp_path: Path) -> None:
    write_baseline(tmp_path / "known.json", results(tmp_path, FIRST), None)
    assert left(tmp_path, results(tmp_path, FIRST, SECOND)) == [SECOND]


def test_another_code_class_text_or_file_is_new(tmp_path: Path) -> None:
    write_baseline(tmp_path / "known.json", results(tmp_path, FIRST), None)
    other = finding(0, 6, 13, "NC102")
    assert left(tmp_path, results(tmp_path, other)) == [other]
    assert left(tmp_path, results(tmp_path, FIRST, text=TEXT.replace("wrong", "wrung"))) == [FIRST]
    assert left(tmp_path, results(tmp_path, FIRST, file="package/b.py")) == [FIRST]


def test_what_is_gone_is_counted_of_the_files_that_were_checked(tmp_path: Path) -> None:
    write_baseline(tmp_path / "known.json", results(tmp_path, FIRST, SECOND, ODD), None)
    baseline = read_baseline(tmp_path / "known.json")
    assert baseline.without_known(results(tmp_path, FIRST))[1].total() == 2
    assert baseline.without_known(results(tmp_path, file="package/b.py"))[1].total() == 0


def test_the_file_is_sorted_has_a_line_a_finding_and_no_line_numbers(tmp_path: Path) -> None:
    count = write_baseline(tmp_path / "known.json", results(tmp_path, ODD, SECOND, FIRST), None)
    text = (tmp_path / "known.json").read_text()
    assert count == 3
    assert [json.loads(line.strip().rstrip(",")) for line in text.splitlines() if '"file"' in line] == [
        {"file": "package/a.py", "code": "NC101", "class": "A", "text": '"wrong"', "count": 2},
        {"file": "package/a.py", "code": "NC301", "class": "A", "text": '"odd"', "count": 1},
    ]


def test_files_that_were_not_checked_keep_their_entries_while_they_are_there(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    write_baseline(file, results(tmp_path, FIRST, file="package/a.py"), None)
    write_baseline(file, results(tmp_path, FIRST, file="package/b.py"), read_baseline(file))
    assert sorted(each.file for each in read_baseline(file).entries) == ["package/a.py", "package/b.py"]
    (tmp_path / "package/a.py").unlink()
    write_baseline(file, results(tmp_path, file="package/c.py"), read_baseline(file))
    assert [each.file for each in read_baseline(file).entries] == ["package/b.py"]


def test_an_empty_one_can_be_read(tmp_path: Path) -> None:
    write_baseline(tmp_path / "known.json", results(tmp_path), None)
    assert left(tmp_path, results(tmp_path, FIRST)) == [FIRST]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no baseline of neuron-config"),
        ("[]", "is no baseline of neuron-config"),
        ('{"version": 1, "findings": [{"file": "a"}]}', "is no baseline of neuron-config"),
        ('{"version": 2, "findings": []}', "was written by another version; renew it with --write-baseline"),
    ],
)
def test_what_is_no_baseline_is_said_with_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "known.json").write_text(text)
    with pytest.raises(BaselineError) as error:
        read_baseline(tmp_path / "known.json")
    assert message in str(error.value)
    assert "--write-baseline" in str(error.value)


def test_a_missing_one_and_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="there is no baseline") as error:
        read_baseline(tmp_path / "known.json")
    assert str(error.value).endswith("; --write-baseline makes it")
    with pytest.raises(BaselineError, match="can't be written: No such file or directory"):
        write_baseline(tmp_path / "gone/known.json", results(tmp_path), None)
