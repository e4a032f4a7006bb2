"""NC6: what can be wrong with the options of neuronx-cc."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .evidence import Evidence
from .operators import Draft, operator
from .source import INDENT, Site

RIGHT = "--auto-cast matmult --optlevel 2 --model-type transformer"


def with_options(site: Site, options: str) -> Site:
    return site.with_member(
        "def get_compiler_args(self, instance_type) -> str:", f'{INDENT}return "{options}"'
    )


def _drafts(site: Site, evidence: Evidence, exchanges: list[tuple[str, str, str]]) -> Iterator[Draft]:
    """(what is right, what is wrong, what of it is underlined)."""
    if "get_compiler_args" in evidence.overridden(site.name):
        return
    for right, wrong, at in exchanges:
        before = with_options(site, right)
        text = with_options(site, wrong).text
        start = text.index(at, text.index(f'"{wrong}"', before.name_span[0]))
        yield Draft(before, text, (start, start + len(at)), wrong)


@operator("NC601", "an option or value that the compiler doesn't know", most=2)
def unknown(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    wrong = [
        (RIGHT, RIGHT.replace("matmult", "matmul"), "matmul"),
        (RIGHT, RIGHT.replace("auto-cast", "auto_cast"), "--auto_cast"),
        (RIGHT, RIGHT.replace("optlevel", "opt-level"), "--opt-level"),
        (RIGHT, RIGHT.replace("optlevel 2", "optlevel 4"), "4"),
        (RIGHT, RIGHT.replace("model-type", "modeltype"), "--modeltype"),
        (RIGHT, RIGHT.replace("transformer", "transfomer"), "transfomer"),
    ]
    yield from _drafts(site, evidence, wrong)


@operator("NC602", "options that exclude each other", most=1)
def excluded(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    conflicts = [
        ("--target trn2 --lnc 2", "--target trn1 --lnc 2", "--lnc"),
        (
            "--enable-mixed-precision-accumulation",
            "--enable-mixed-precision-accumulation --disable-mixed-precision-accumulation",
            "--disable-mixed-precision-accumulation",
        ),
    ]
    yield from _drafts(site, evidence, conflicts)


@operator("NC603", "a value of an old name", most=1)
def old_name(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    right = "--model-type transformer"
    yield from _drafts(site, evidence, [(right, f"{right}-inference", "transformer-inference")])
