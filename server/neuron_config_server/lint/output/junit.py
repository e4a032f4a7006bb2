"""JUnit's XML, which CI systems show: a suite a file, a failing case a finding; a passing one if all is well.

Elements and attributes are those of Jenkins' junit-10.xsd.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from neuron_config_server.lint.output.places import absolute, relative, row, shown
from neuron_config_server.lint.report import FileReport, Results
from neuron_config_server.rules.finding import Finding

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(results: Results) -> str:
    failing = [report for report in results.reports if report.findings]
    root = Element("testsuites", name="neuron-config")
    for report in failing:
        suite = _suite(root, _plain(relative(report.path, results.folder)), failures=len(report.findings))
        for finding in report.findings:
            _case(suite, report, finding, results)
    for problem in results.problems:
        path = _plain(relative(problem.path, results.folder))
        suite = _suite(root, path, errors=1)
        case = SubElement(suite, "testcase", name="not checked", classname=path, time="0")
        SubElement(case, "error", message=_plain(problem.message), type="problem")
    if not len(root):
        suite = _suite(root, "neuron-config", passes=1)
        SubElement(suite, "testcase", name="No findings", classname="neuron-config", time="0")
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, name: str, *, failures: int = 0, errors: int = 0, passes: int = 0) -> Element:
    counts = {"tests": failures + errors + passes, "failures": failures, "errors": errors, "skipped": 0}
    return SubElement(root, "testsuite", {"name": name, **{key: str(count) for key, count in counts.items()}})


def _case(suite: Element, report: FileReport, finding: Finding, results: Results) -> None:
    place = shown(finding.range.start)
    path = absolute(report.path, results.folder)
    case = SubElement(
        suite,
        "testcase",
        name=f"{finding.code} at {place}",
        classname=_plain(path.removesuffix(".py")),
        time="0",
        file=_plain(path),
        line=str(row(finding.range.start)),
    )
    failure = SubElement(case, "failure", message=_plain(finding.message), type=finding.severity.value)
    lines = [f"{path}:{place}: {finding.code} {finding.message}"]
    lines += [
        f"{absolute(each.path or report.path, results.folder)}:{shown(each.range.start)}: {each.message}"
        for each in finding.related
    ]
    failure.text = _plain("\n".join(lines))


def _plain(text: str) -> str:
    """Without what XML 1.0 can't hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
