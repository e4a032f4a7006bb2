"""What the linter says of a mutant, and what becomes of it when it is mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fix_safety import Meanings, keeps_meaning
from neuron_config_server.lint.fixing import fix
from neuron_config_server.reading.config_reader import ConfigReader
from neuron_config_server.reading.modules import Modules
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.finding import Applicability, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Rule

from .cutting import cut_down
from .mutant import Mutant

COUNT = re.compile(r"\b\d+ (?=classes|more)")
"""Of other classes, in a message: it changes with every class that is registered."""

Said = tuple[str, str, str, str]
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
    faults_of_fix: tuple[str, ...]
    """What a fix must not do, and did."""


class Judge:
    """Reads one mutant after the other; what they share is read once."""

    def __init__(self, catalog: Catalog, path: Path) -> None:
        self._catalog = catalog
        self._path = path
        self._rules = tuple(each for each in all_rules() if each.is_on_by_default)
        self._all_rules = all_rules()
        self._modules = Modules(catalog)
        self._reader = ConfigReader(catalog, self._modules)
        self._unbroken: dict[tuple[str, int], tuple[Finding, ...]] = {}
        self._mended: dict[str, str] = {}

    def findings(self, text: str, rules: Sequence[Rule]) -> tuple[Finding, ...]:
        result = check(self._reader.read(text, self._path), self._catalog, rules)
        assert not result.crashed, result.crashed
        return result.findings

    def findings_of(self, text: str) -> tuple[Finding, ...]:
        """What is said of a text by default."""
        return self.findings(text, self._rules)

    def faults_before(self, mutant: Mutant, original: str) -> list[str]:
        """What is wrong with the text before it was broken, and isn't with the file as it really is."""
        if mutant.unbroken == original:
            return []
        cut = cut_down(original, original, mutant.class_name)
        known = {(each.code, each.class_name) for each in self._faults_of_unbroken(cut)}
        return [
            shown(each)
            for each in self._faults_of_unbroken(mutant.cut(mutant.unbroken))
            if (each.code, each.class_name) not in known
        ]

    def _faults_of_unbroken(self, text: str) -> list[Finding]:
        found = self._findings_of_unbroken(text, self._rules)
        return [each for each in found if each.severity is not Severity.INFO]

    def _findings_of_unbroken(self, text: str, rules: Sequence[Rule]) -> tuple[Finding, ...]:
        key = (text, len(rules))
        if key not in self._unbroken:
            self._unbroken[key] = self.findings(text, rules)
        return self._unbroken[key]

    def finds_in_the_whole(self, mutant: Mutant) -> bool:
        """Whether the fault is found in the whole file too."""
        rules = self._rules_for(mutant)
        return any(is_expected(each, mutant) for each in self.findings(mutant.text, rules))

    def _rules_for(self, mutant: Mutant) -> Sequence[Rule]:
        """Those on by default; all of them for the code of one that isn't."""
        return self._rules if mutant.code in {each.code for each in self._rules} else self._all_rules

    def _said_of_unbroken(self, text: str, rules: Sequence[Rule]) -> Counter[Said]:
        return said(self._findings_of_unbroken(text, rules), text)

    def judge(self, mutant: Mutant) -> Verdict:
        text, unbroken = mutant.cut(mutant.text), mutant.cut(mutant.unbroken)
        rules = self._rules_for(mutant)
        before = self._said_of_unbroken(unbroken, rules)
        self._reader.read(unbroken, self._path)  # what a statement said before it broke goes on counting
        findings = self.findings(text, rules)
        new = [
            each
            for each in findings
            if before.keys().isdisjoint([*said([each], text), *said_before(each, text, mutant.renamed)])
        ]
        found = next((each for each in new if is_expected(each, mutant)), None)
        mended, faults = self._mend(found, findings, text, unbroken) if found is not None else (None, ())
        return Verdict(
            mutant,
            found is not None,
            tuple(shown(each) for each in new if each.code == mutant.code) if found is None else (),
            tuple(shown(each) for each in new if each is not found and not _is_companion(each, mutant)),
            mended,
            faults,
        )

    def _mend(
        self, found: Finding, findings: Sequence[Finding], text: str, unbroken: str
    ) -> tuple[Mended | None, tuple[str, ...]]:
        if found.fix is None or found.fix.applicability is not Applicability.SAFE:
            return None, ()
        result = fix(text, self._catalog, self._rules, reader=self._reader, path=self._path)
        if found not in result.fixed:
            return Mended.WITHHELD, ()
        after = said(result.result.findings, result.text)
        before = said([each for each in findings if each != found], text)
        added = after - before - self._said_of_unbroken(unbroken, self._rules)
        faults = [f"adds {each}" for each in added.elements()]
        faults += [f"leaves {each}" for each in said([found], text) if each in after]
        faults += ["breaks the syntax"] if result.file.faults else []
        return self._compared(result.text, self._mended_alone(unbroken)), tuple(faults)

    def _mended_alone(self, unbroken: str) -> str:
        """The unbroken text with its own safe fixes, which are made along with those of the fault."""
        found = self._findings_of_unbroken(unbroken, self._rules)
        if not any(each.fix and each.fix.applicability is Applicability.SAFE for each in found):
            return unbroken
        if unbroken not in self._mended:
            mended = fix(unbroken, self._catalog, self._rules, reader=self._reader, path=self._path)
            self._mended[unbroken] = mended.text
        return self._mended[unbroken]

    def _compared(self, text: str, unbroken: str) -> Mended:
        if text == unbroken:
            return Mended.EQUAL
        one = Meanings().of(self._reader.read(unbroken, self._path))
        other = Meanings().of(self._reader.read(text, self._path))
        same = keeps_meaning(one, other, [Fix("", (), intent=Intent())])
        return Mended.SAME_MEANING if same else Mended.OTHERWISE


def said(findings: Iterable[Finding], text: str, renamed: tuple[str, str] | None = None) -> Counter[Said]:
    """What findings say.

    Args:
        renamed: the name of a class and what it was before.
    """
    source = SourceText(text)

    def plain(words: str | None) -> str:
        words = COUNT.sub("N", words or "")
        return re.sub(rf"\b{renamed[0]}\b", renamed[1], words) if renamed else words

    return Counter(
        (each.code, plain(each.class_name), plain(each.message), plain(source.slice(each.range)))
        for each in findings
    )


def said_before(finding: Finding, text: str, renamed: tuple[str, str] | None) -> set[Said]:
    """What a finding may have said when its class was called otherwise; a message may name a class of
    transformers that is called what it is called now.
    """
    (found,) = said([finding], text, renamed)
    return {found, (*found[:2], COUNT.sub("N", finding.message), found[3])}


def shown(finding: Finding) -> str:
    start = finding.range.start
    return f"{finding.code} {finding.class_name} {start.line + 1}:{start.column + 1} {finding.message}"


def is_expected(finding: Finding, mutant: Mutant) -> bool:
    """Whether a finding is of the code, and stands where the operator says."""
    if finding.code != mutant.code:
        return False
    if mutant.start == mutant.end:  # Python names a point: what is underlined must touch it
        return finding.range.start <= mutant.expected.start <= finding.range.end
    return finding.range == mutant.expected


def _is_companion(finding: Finding, mutant: Mutant) -> bool:
    """Whether a further finding is of the same fault: an heir's, or one that the operator speaks of."""
    is_of_heir = finding.code == mutant.code and finding.class_name != mutant.class_name
    return is_of_heir or finding.code in mutant.companions
