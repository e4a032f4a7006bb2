"""How often each rule has spoken."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from neuron_config_server.lint.report import Results


@dataclass(frozen=True)
class RuleCount:
    """A rule's findings in a run."""

    code: str
    name: str
    count: int
    fixable: int
    """Of them, those with a fix."""


def count_by_rule(results: Results) -> list[RuleCount]:
    """The most frequent first."""
    counts = Counter((finding.code, finding.name) for _, finding in results.findings)
    fixable = Counter(finding.code for _, finding in results.findings if finding.fix is not None)
    found = [RuleCount(code, name, count, fixable[code]) for (code, name), count in counts.items()]
    return sorted(found, key=lambda each: (-each.count, each.code))


def as_table(counts: list[RuleCount]) -> str:
    """``3  NC101  [*]  unknown-input``; the star where every finding has a fix, ``[-]`` where some have."""
    width = max((len(str(each.count)) for each in counts), default=0)
    marks = {0: "[ ]"}
    return "".join(
        f"{each.count:>{width}}  {each.code}  "
        f"{marks.get(each.fixable, '[*]' if each.fixable == each.count else '[-]')}  {each.name}\n"
        for each in counts
    )


def as_json(counts: list[RuleCount]) -> str:
    objects = [
        {"code": each.code, "name": each.name, "count": each.count, "fixable": each.fixable}
        for each in counts
    ]
    return json.dumps(objects, indent=2) + "\n"
