"""Each format as the program reads it that it is for: its schema, or the rules by which it parses a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from neuron_config_server.lint.discovery import Problem
from neuron_config_server.lint.output import FORMATS, write
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules import home
from neuron_config_server.rules.finding import Applicability, Edit, Finding, Fix, Related, Severity

FOLDER = Path("/project")
TEXT = 'é = ["input_ids", "mäsk"]\nx = 1\n'


def on_line(line: int, start: int, end: int) -> Range:
    return Range(Position(line, start), Position(line, end))


MASK = on_line(0, 18, 24)
ERROR = Finding(
    "NC101",
    "unknown-input",
    Severity.ERROR,
    "100% wrong: `mäsk`, [see] below; and so on",
    MASK,
    "EsmNeuronConfig",
    ("fill-mask",),
    Fix('Remove "mäsk"', (Edit(on_line(0, 16, 24), ""),)),
    (Related("it was set here", on_line(1, 0, 1)), Related("and there", on_line(4, 0, 2), Path("/o/b c.py"))),
)
WARNING = Finding(
    "NC002",
    "unused-suppression",
    Severity.WARNING,
    "from here on",
    Range(Position(0, 4), Position(1, 1)),
    None,
    (),
    Fix("Put it right", (Edit(on_line(1, 0, 0), "# "),), Applicability.UNSAFE),
)
INFO = Finding("NC808", "stale", Severity.INFO, "changed since", on_line(1, 0, 1), "A", (), None)


def results(*findings: Finding, problems: tuple[Problem, ...] = ()) -> Results:
    return Results((FileReport(Path("a b/ü.py"), TEXT, findings),), problems, FOLDER)


ALL = results(ERROR, WARNING, INFO, INFO)


def text_of(format_name: str, of: Results) -> str:
    written = write(format_name, of)
    return written if isinstance(written, str) else written.plain


@pytest.fixture
def validate(data: Path) -> Callable[[Any, str], None]:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema isn't installed")

    def check(document: Any, schema: str) -> None:
        validator = jsonschema.Draft7Validator(json.loads((data / "schemas" / schema).read_text()))
        assert [error.message for error in validator.iter_errors(document)] == []

    return check


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_writes_every_finding_and_nothing_of_a_clean_run(format_name: str) -> None:
    assert "NC101" in text_of(format_name, ALL)
    assert "NC808" in text_of(format_name, ALL)
    assert "NC" not in text_of(format_name, results())


@pytest.mark.parametrize("address", [None, "https://example.com/owner/project"])
@pytest.mark.parametrize(
    "of", [ALL, results(), results(ERROR, problems=(Problem(Path("gone.py"), "no such file"),))]
)
def test_sarif_is_sarif(
    of: Results, address: str | None, validate: Callable[[Any, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "HOME", address)
    validate(json.loads(text_of("sarif", of)), "sarif-2.1.0-subset.json")


def test_sarif_says_all_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "HOME", "https://example.com/owner/project")
    (run,) = json.loads(text_of("sarif", ALL))["runs"]
    rules = run["tool"]["driver"]["rules"]
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "note"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "NC101"
    assert rules[first["ruleIndex"]]["helpUri"] == (
        "https://example.com/owner/project/blob/main/docs/rules/NC101.md"
    )
    assert place["artifactLocation"] == {"uri": "a%20b/%C3%BC.py", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 1, "startColumn": 19, "endLine": 1, "endColumn": 25}
    related = [each["physicalLocation"]["artifactLocation"]["uri"] for each in first["relatedLocations"]]
    assert related == ["a%20b/%C3%BC.py", "file:///o/b%20c.py"]
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_sarif_of_a_run_with_problems_is_not_taken_for_a_clean_one() -> None:
    of = results(problems=(Problem(Path("gone.py"), "no such file or folder"),))
    (invocation,) = json.loads(text_of("sarif", of))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "no such file or folder"


_COMMAND = re.compile(r"::(?P<command>\w+) (?P<properties>[^:]*(?::(?!:)[^:]*)*)::(?P<data>.*)$")


def github_commands(text: str) -> list[dict[str, str]]:
    """As actions/runner reads them (src/Runner.Common/ActionCommand.cs): split, then undo the escapes."""

    def undone(value: str, escapes: str) -> str:
        for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            value = value.replace(code, character) if character in escapes else value
        return value

    found = []
    for line in text.splitlines():
        match = _COMMAND.match(line)
        assert match is not None, line
        properties = dict(each.split("=", 1) for each in match["properties"].split(","))
        found.append(
            {
                "command": match["command"],
                "data": undone(match["data"], "\r\n%"),
                **{key: undone(value, ":,\r\n%") for key, value in properties.items()},
            }
        )
    return found


def test_github_reads_what_was_meant() -> None:
    error, warning, notice, _ = github_commands(text_of("github", ALL))
    assert error == {
        "command": "error",
        "title": "neuron-config (NC101)",
        "file": "/project/a b/ü.py",
        "line": "1",
        "col": "19",
        "endLine": "1",
        "endColumn": "25",
        "data": "a b/ü.py:1:19: NC101 100% wrong: `mäsk`, [see] below; and so on\n"
        "a b/ü.py:2:1: it was set here\n/o/b c.py:5:1: and there",
    }
    assert (warning["command"], notice["command"]) == ("warning", "notice")
    assert "col" not in warning, "GitHub drops an annotation over several lines that has columns"
    assert (warning["line"], warning["endLine"]) == ("1", "2")


def test_github_gets_paths_with_commas_and_colons() -> None:
    of = Results((FileReport(Path("a,b:c%.py"), TEXT, (INFO,)),), (), FOLDER)
    assert github_commands(text_of("github", of))[0]["file"] == "/project/a,b:c%.py"


def test_gitlab_gets_what_it_requires() -> None:
    """Required fields, severities and location forms of GitLab's documentation of code quality reports."""
    issues = json.loads(text_of("gitlab", ALL))
    for issue in issues:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= issue.keys()
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not issue["location"]["path"].startswith(("/", "./"))
        assert issue["location"]["positions"]["begin"]["line"] >= 1
    assert [issue["severity"] for issue in issues] == ["major", "minor", "info", "info"]
    assert len({issue["fingerprint"] for issue in issues}) == 4
    assert issues[0]["other_locations"][0]["positions"]["begin"] == {"line": 2, "column": 1}


def test_gitlab_knows_a_finding_again_that_has_moved() -> None:
    moved = Finding(
        ERROR.code, ERROR.name, ERROR.severity, ERROR.message, MASK.down(7), ERROR.class_name, (), None
    )
    (before,), (after,) = (json.loads(text_of("gitlab", results(each))) for each in (ERROR, moved))
    assert before["fingerprint"] == after["fingerprint"]
    assert before["location"] != after["location"]


def test_gitlab_paths_are_those_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PROJECT_DIR", "/")
    assert json.loads(text_of("gitlab", ALL))[0]["location"]["path"] == "project/a b/ü.py"


def azure_commands(text: str) -> list[dict[str, str]]:
    """As Azure's agent reads them (azure-pipelines-task-lib, taskcommand.ts, commandFromString)."""

    def undone(value: str, *escapes: tuple[str, str]) -> str:
        for code, character in (*escapes, ("%0D", "\r"), ("%0A", "\n"), ("%AZP25", "%")):
            value = value.replace(code, character)
        return value

    found = []
    for line in text.splitlines():
        assert line.startswith("##vso[task.logissue ")
        properties, _, data = line.removeprefix("##vso[task.logissue ").partition("]")
        pairs = (each.split("=", 1) for each in properties.split(";") if each)
        found.append(
            {
                "data": undone(data),
                **{key: undone(value, ("%5D", "]"), ("%3B", ";")) for key, value in pairs},
            }
        )
    return found


def test_azure_reads_what_was_meant() -> None:
    error, *_, info = azure_commands(text_of("azure", ALL))
    assert error == {
        "type": "error",
        "sourcepath": "/project/a b/ü.py",
        "linenumber": "1",
        "columnnumber": "19",
        "code": "NC101",
        "data": ERROR.message,
    }
    assert info["type"] == "warning", "Azure knows nothing less than a warning"


def test_reviewdog_gets_bytes_and_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields of reviewdog's proto/rdf: columns count bytes of UTF-8 from 1, ends are exclusive."""
    monkeypatch.setattr(home, "HOME", "https://example.com/owner/project")
    result = json.loads(text_of("rdjson", ALL))
    error = result["diagnostics"][0]
    assert result["source"] == {"name": "neuron-config", "url": "https://example.com/owner/project"}
    assert {each["severity"] for each in result["diagnostics"]} <= {"ERROR", "WARNING", "INFO"}
    assert error["location"]["range"] == {
        "start": {"line": 1, "column": len('é = ["input_ids", '.encode()) + 1},
        "end": {"line": 1, "column": len('é = ["input_ids", "mäsk"'.encode()) + 1},
    }
    assert error["suggestions"][0]["text"] == ""
    assert error["code"]["url"].endswith("/docs/rules/NC101.md")
    assert error["related_locations"][1]["location"]["path"] == "/o/b c.py"


JUNIT = {
    "testsuites": ({"name"}, {"tests", "failures", "errors", "time"}),
    "testsuite": ({"name", "tests"}, {"failures", "errors", "skipped", "time"}),
    "testcase": ({"name", "classname"}, {"time", "file", "line"}),
    "failure": (set(), {"message", "type"}),
    "error": (set(), {"message", "type"}),
}
"""Element -> attributes that it must have and may have, by Jenkins' junit-10.xsd and what GitLab reads."""


@pytest.mark.parametrize(
    "of", [ALL, results(), results(problems=(Problem(Path("gone.py"), "no such file"),))]
)
def test_junit_has_the_elements_and_counts_that_readers_expect(of: Results) -> None:
    root = ElementTree.fromstring(text_of("junit", of))
    for element in root.iter():
        required, allowed = JUNIT[element.tag]
        assert required <= element.attrib.keys() <= required | allowed, element.tag
    cases = list(root.iter("testcase"))
    assert root.attrib["tests"] == str(len(cases)) != "0"
    assert root.attrib["failures"] == str(len(list(root.iter("failure")))) == str(len(of.findings))
    assert root.attrib["errors"] == str(len(list(root.iter("error")))) == str(len(of.problems))


def test_junit_holds_no_character_that_xml_cannot() -> None:
    odd = Finding("NC101", "x", Severity.ERROR, "\x00\x1b[31m\ud800 & <", MASK, None, (), None)
    (failure,) = ElementTree.fromstring(text_of("junit", results(odd))).iter("failure")
    assert failure.attrib["message"] == "\ufffd\ufffd[31m\ufffd & <"


def test_pylint_lines_are_read_by_what_reads_pylint() -> None:
    """``%f:%l: [%m`` of Vim's and reviewdog's errorformat for pylint."""
    line = text_of("pylint", ALL).splitlines()[0]
    match = re.match(r"(?P<path>[^:]+):(?P<line>\d+): \[(?P<code>\w+)\] (?P<message>.+)$", line)
    assert match is not None
    assert match.groups() == ("a b/ü.py", "1", "NC101", ERROR.message)


def test_json_lines_are_the_objects_of_json() -> None:
    lines = text_of("json-lines", ALL).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(text_of("json", ALL))


def test_json_names_related_places() -> None:
    here, there = json.loads(text_of("json", ALL))[0]["related"]
    assert here["filename"] == "/project/a b/ü.py"
    assert there == {
        "message": "and there",
        "filename": "/o/b c.py",
        "location": {"row": 5, "column": 1},
        "end_location": {"row": 5, "column": 3},
    }


def test_full_shows_the_place_the_related_ones_and_the_fix_as_a_diff() -> None:
    assert text_of("full", results(ERROR)).splitlines() == [
        "a b/ü.py:1:19: NC101 [*] 100% wrong: `mäsk`, [see] below; and so on",
        '  1 | é = ["input_ids", "mäsk"]',
        "    |                   ^^^^^^",
        "  2 | x = 1",
        "  note: a b/ü.py:2:1: it was set here",
        "  note: /o/b c.py:5:1: and there",
        '  fix: Remove "mäsk"',
        '  1 - é = ["input_ids", "mäsk"]',
        '  1 + é = ["input_ids"]',
    ]


def test_an_unsafe_fix_is_marked_and_has_a_star_only_when_it_would_be_applied() -> None:
    text = text_of("full", results(WARNING))
    assert "NC002 from here on" in text
    assert "fix: Put it right (unsafe: it may change what the code means)" in text
    asked = Results(results(WARNING).reports, (), FOLDER, applies_unsafe=True)
    assert "NC002 [*] from here on" in text_of("full", asked)


def test_grouped_names_a_file_once() -> None:
    assert text_of("grouped", results(ERROR, INFO)).splitlines() == [
        "a b/ü.py:",
        "  1:19  NC101 [*] 100% wrong: `mäsk`, [see] below; and so on",
        "  2:1   NC808 changed since",
    ]


def test_concise_keeps_a_finding_on_its_line() -> None:
    odd = Finding("NC101", "x", Severity.ERROR, "one\ntwo", MASK, None, (), None)
    assert text_of("concise", results(odd)) == "a b/ü.py:1:19: NC101 one two"
