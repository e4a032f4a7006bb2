"""SARIF 2.1.0 (OASIS), for GitHub's code scanning and for viewers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from neuron_config_server import __version__
from neuron_config_server.lint.output.gitlab import fingerprint
from neuron_config_server.lint.output.places import absolute, column, relative, row
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules import all_rules, home
from neuron_config_server.rules.documentation import summary
from neuron_config_server.rules.finding import Finding, Fix, Severity
from neuron_config_server.rules.home import url_of
from neuron_config_server.rules.rule import Rule

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(results: Results) -> str:
    rules = _rules_of(results)
    seen: set[str] = set()
    run = {
        "tool": {
            "driver": {
                "name": "neuron-config",
                "version": __version__,
                **({"informationUri": home.HOME} if home.HOME else {}),
                "rules": [_descriptor(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"uri": f"{results.folder.as_uri()}/"}},
        "invocations": [_invocation(results)],
        "results": [_result(report, finding, rules, results, seen) for report, finding in results.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rules_of(results: Results) -> list[Rule]:
    """Those that have found something."""
    codes = {finding.code for _, finding in results.findings}
    return [rule for rule in all_rules() if rule.code in codes]


def _descriptor(rule: Rule) -> dict[str, Any]:
    url = url_of(rule.code)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.name}: {summary(rule)}"},
        "fullDescription": {"text": rule.documentation()},
        "help": {"text": rule.documentation(), "markdown": rule.documentation()},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        **({"helpUri": url} if url else {}),
    }


def _invocation(results: Results) -> dict[str, Any]:
    """What could not be checked: a log without results is no proof that there is nothing to find."""
    notifications = [
        {
            "level": "error",
            "message": {"text": problem.message},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(problem.path, results)}}],
        }
        for problem in results.problems
    ]
    return {
        "executionSuccessful": results.is_complete,
        **({"toolExecutionNotifications": notifications} if notifications else {}),
    }


def _result(
    report: FileReport, finding: Finding, rules: list[Rule], results: Results, seen: set[str]
) -> dict[str, Any]:
    index = next((place for place, rule in enumerate(rules) if rule.code == finding.code), -1)
    path = relative(report.path, results.folder)
    related = [
        {
            "id": number,
            "message": {"text": each.message},
            "physicalLocation": _physical(each.path or report.path, each.range, results),
        }
        for number, each in enumerate(finding.related, start=1)
    ]
    return {
        "ruleId": finding.code,
        **({"ruleIndex": index} if index >= 0 else {}),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": _physical(report.path, finding.range, results)}],
        "partialFingerprints": {"neuronConfig/v1": fingerprint(finding, path, seen)},
        **({"relatedLocations": related} if related else {}),
        **({"fixes": [_fix(finding.fix, report, results)]} if finding.fix is not None else {}),
    }


def _fix(fix: Fix, report: FileReport, results: Results) -> dict[str, Any]:
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(report.path, results),
                "replacements": [
                    {
                        "deletedRegion": _region(edit.range),
                        **({"insertedContent": {"text": edit.new_text}} if edit.new_text else {}),
                    }
                    for edit in fix.edits
                ],
            }
        ],
    }


def _physical(path: Path, range_: Range, results: Results) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path, results), "region": _region(range_)}


def _artifact(path: Path, results: Results) -> dict[str, str]:
    """By a URI relative to the working directory, which for CI is the repository's root; else in full."""
    place = relative(path, results.folder)
    if Path(place).is_absolute():
        return {"uri": Path(absolute(path, results.folder)).as_uri()}
    return {"uri": quote(place), "uriBaseId": "SRCROOT"}


def _region(range_: Range) -> dict[str, int]:
    return {
        "startLine": row(range_.start),
        "startColumn": column(range_.start),
        "endLine": row(range_.end),
        "endColumn": column(range_.end),
    }
