"""What the linter says of a mutant, and what becomes of it when it is mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fix_safety import keeps_meaning, meaning
from neuron_config_server.lint.fixing import fix
from neuron_config_server.reading.config_file import ConfigReader
from neuron_config_server.reading.modules import Modules
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Applicability, Finding, Fix, Intent

from .cutting import cut_down
from .mutant import Mutant

COUNT = re.compile(r"\b\d+ (?=classes|more)")
"""Of other classes, in a message: it changes with every class that is registered."""

Said = tuple[str, str | None, str, str]
"""Code, class, message and what is underlined of a finding: they stay when it moves."""


class Mended(Enum):
    """What came of a safe fix."""

    EQUAL = "equal"
    """The text is what it was before it was broken."""
    SAME_MEANING = "same meaning"
    """It is another text, but every config in it is what it was."""
    OTHERWISE = "otherwise"
    """The fault is gone, but the config isn't what it was."""
    WITHHELD = "withheld"
    """The fix isn't offered: it wouldn't hold."""


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    is_found: bool
    instead: tuple[str, ...]
    """What was said of the class under the code where it isn't found."""
    surprising: tuple[str, ...]
    """Other new findings."""
    mended: Mended | None
    """None if the finding has no safe fix."""
    fix_faults: tuple[str, ...]
    """What a fix must not do, and did."""


class Judge:
    """Reads one mutant after the other; what they share is read once."""

    def __init__(self, catalog: Catalog, path: Path) -> None:
        self._catalog = catalog
        self._path = path
        self._rules = all_rules()
        self._modules = Modules(catalog)
        self._reader = ConfigReader(catalog, self._modules)
        self._before: dict[str, Counter[Said]] = {}
        self._mended: dict[str, str] = {}

    def findings(self, text: str) -> tuple[Finding, ...]:
        result = check(self._reader.read(text, self._path), self._catalog, self._rules)
        assert not result.crashed, result.crashed
        return result.findings

    def said_of(self, text: str) -> Counter[Said]:
        if text not in self._before:
            self._before[text] = said(self.findings(text), text)
        return self._before[text]

    def judge(self, mutant: Mutant) -> Verdict:
        text = cut_down(mutant.text, mutant.unbroken, mutant.class_name)
        unbroken = cut_down(mutant.unbroken, mutant.unbroken, mutant.class_name)
        before = self.said_of(unbroken)
        findings = self.findings(text)
        new = [each for each in findings if said([each], text).keys() - before.keys()]
        found = next(
            (each for each in new if each.code == mutant.code and each.range == mutant.expected), None
        )
        others = [each for each in new if each is not found]
        mended, faults = self._mend(mutant, found, text, unbroken) if found is not None else (None, ())
        return Verdict(
            mutant,
            found is not None,
            tuple(shown(each) for each in new if each.code == mutant.code) if found is None else (),
            tuple(shown(each) for each in others if not _is_expected(each, mutant)),
            mended,
            faults,
        )

    def _mend(
        self, mutant: Mutant, found: Finding, text: str, unbroken: str
    ) -> tuple[Mended | None, tuple[str, ...]]:
        if found.fix is None or found.fix.applicability is not Applicability.SAFE:
            return None, ()
        result = fix(text, self._catalog, self._rules, reader=self._reader, path=self._path)
        if found not in [replace(each) for each in result.fixed]:
            return Mended.WITHHELD, ()
        after = said(result.result.findings, result.text)
        before = said([each for each in self.findings(text) if each != found], text)
        faults = [f"adds {each}" for each in (after - before - self.said_of(unbroken)).elements()]
        faults += [f"leaves {each}" for each in after if each == next(iter(said([found], text)))]
        faults += ["breaks the syntax"] if result.file.faults else []
        return self._compared(result.text, self._mended_alone(unbroken)), tuple(map(str, faults))

    def _mended_alone(self, unbroken: str) -> str:
        """The unbroken text with its own safe fixes, which are made along with those of the fault."""
        if unbroken not in self._mended:
            mended = fix(unbroken, self._catalog, self._rules, reader=self._reader, path=self._path)
            self._mended[unbroken] = mended.text
        return self._mended[unbroken]

    def _compared(self, text: str, unbroken: str) -> Mended:
        if text == unbroken:
            return Mended.EQUAL
        one = meaning(self._reader.read(unbroken, self._path))
        other = meaning(self._reader.read(text, self._path))
        same = keeps_meaning(one, other, [Fix("", (), intent=Intent())])
        return Mended.SAME_MEANING if same else Mended.OTHERWISE


def said(findings: Iterable[Finding], text: str) -> Counter[Said]:
    source = SourceText(text)
    return Counter(
        (each.code, each.class_name, COUNT.sub("N", each.message), source.slice(each.range))
        for each in findings
    )


def shown(finding: Finding) -> str:
    start = finding.range.start
    return f"{finding.code} {finding.class_name} {start.line + 1}:{start.column + 1} {finding.message}"


def _is_expected(finding: Finding, mutant: Mutant) -> bool:
    """Whether a further finding is of the same fault: an heir's, or one that the operator speaks of."""
    is_of_heir = finding.code == mutant.code and finding.class_name != mutant.class_name
    return is_of_heir or finding.code in mutant.companions
