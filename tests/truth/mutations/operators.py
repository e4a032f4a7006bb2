"""What a mutation operator is, and the list of all of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from .evidence import Evidence
from .mutant import Mutant
from .source import Site

SEED = "NC5"


@dataclass(frozen=True)
class Draft:
    """A fault that an operator made."""

    before: Site
    text: str
    span: tuple[int, int]
    detail: str = ""
    renamed: tuple[str, str] | None = None


Make = Callable[[Site, Evidence, random.Random], Iterator[Draft]]


@dataclass(frozen=True)
class Operator:
    """A way to break a class that is clean."""

    code: str
    name: str
    make: Make
    most: int
    """So many of what it makes of a class are taken, by chance."""
    companions: Mapping[str, str] = field(default_factory=dict)
    """Codes that may be reported beside its own -> why."""

    def mutants(self, site: Site, evidence: Evidence) -> list[Mutant]:
        """Always the same ones of a class."""
        chance = random.Random(f"{SEED} {self.code} {self.name} {site.name}")
        drafts = {each.text: each for each in self.make(site, evidence, chance)}
        chosen = list(drafts.values())
        if len(chosen) > self.most:
            chosen = chance.sample(chosen, self.most)
        return [
            Mutant(
                self.code,
                self.name,
                site.name,
                each.before.text,
                each.text,
                *each.span,
                each.detail,
                self.companions,
                each.renamed,
            )
            for each in chosen
        ]


OPERATORS: list[Operator] = []


def operator(
    code: str, name: str, *, most: int = 2, companions: Mapping[str, str] | None = None
) -> Callable[[Make], Make]:
    """Adds a function to the operators."""

    def add(make: Make) -> Make:
        OPERATORS.append(Operator(code, name, make, most, companions or {}))
        return make

    return add
