"""Every way to break a clean registration of optimum-neuron's file, and what is told of it.

``mutations/`` breaks the classes: it knows by construction, and by what ``executed_registrations.py`` found out of
the imported packages, that a fault is one. Here each mutant is checked as the command line checks it, mended as
``--fix`` mends it, and weighed. The table of all codes, and what isn't found, is printed behind the run.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.rules import rule_names
from neuron_config_server.rules.finding import Severity

pytestmark = pytest.mark.truth
pytest.importorskip("transformers")
pytest.importorskip("optimum")

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from mutations import Evidence, Mutant, mutants_of  # noqa: E402
from mutations.judging import Judge, Mended, Verdict  # noqa: E402

REAL = "optimum-neuron"
OURS = "neuron_core"
FOLDER = Path(os.environ.get("OPTIMUM_NEURON_SOURCE") or Path(sys.prefix) / REAL)
PATHS = {
    REAL: FOLDER / "optimum/exporters/neuron/model_configs.py",
    OURS: HERE.parents[1] / "neuron_core/configs/models.py",
}
"""The files whose classes are broken."""

MORE_IMPORTED = (
    (
        "import NormalizedConfigManager\n",
        "import (\n    DummyTimestepInputGenerator,\n    NormalizedConfigManager,\n    NormalizedTextConfig,\n"
        "    NormalizedVisionConfig,\n)\n",
    ),
    (
        "import TextEncoderNeuronConfig\n",
        "import AudioNeuronConfig, TextEncoderNeuronConfig, VisionNeuronConfig\n",
    ),
)
"""What our own file doesn't need as it stands, and mutants do."""

LEAST_MUTANTS = 2000
LEAST_FOUND = 0.98
LEAST_EQUAL = 0.95
"""The bars."""

NOT_CLEAN = {
    "ConvBertNeuronConfig": "NC504 of every task",
    "CLIPNeuronConfig": "NC405 of every task",
    "MobileNetV2NeuronConfig": "NC505 of the class",
    "ASTNeuronConfig": "NC405 of every task",
    "T5EncoderForDiffusersNeuronConfig": "NC508 of the class",
}
"""Classes without a clean registration: ``tests/server/rules/test_real_file_*.py`` prove their faults."""

CLEANED = {"CLIPNeuronConfig": "NC206"}
"""Of these, some with a code whose operator takes the fault out of the class before it puts one in."""

SURVIVORS: dict[tuple[str, str], tuple[str, dict[str, int]]] = {
    ("NC103", "an input that no generator makes, of a wrapped model"): (
        "it makes its generators itself, or adds one when the inputs are made",
        {
            "SentenceTransformersCLIPNeuronConfig": 2,
            "FluxTransformerNeuronConfig": 2,
            "T5DecoderNeuronConfig": 2,
        },
    ),
    ("NC103", "an input that no generator makes, in another way to write it"): (
        "it makes its generators itself",
        {"SentenceTransformersCLIPNeuronConfig": 2},
    ),
    ("NC103", "a generator left out"): (
        "it adds a generator when the inputs are made",
        {"FluxTransformerNeuronConfig": 2},
    ),
    ("NC203", "an output that nobody asked for"): (
        "whether the encoder gives attentions isn't told: it asks for them in a way that isn't followed",
        {"UniSpeechNeuronConfig": 1, "UniSpeechSATNeuronConfig": 1, "WavLMNeuronConfig": 1},
    ),
    ("NC204", "an output left out"): (
        "whether the model returns the field hangs on its config or constructor, so that none may be missing",
        {
            "MobileBertNeuronConfig": 2,
            "CvTNeuronConfig": 1,
            "LevitNeuronConfig": 2,
            "MobileViTNeuronConfig": 1,
        },
    ),
    ("NC308", "a task left out"): (
        "an opportunity is told of where all is known: here a field may be None, or two classes may be loaded",
        {
            "MobileBertNeuronConfig": 1,
            "XLMNeuronConfig": 1,
            "DebertaV2NeuronConfig": 1,
            "CvTNeuronConfig": 1,
            "DeiTNeuronConfig": 1,
            "LevitNeuronConfig": 2,
            "Wav2Vec2NeuronConfig": 1,
            "HubertNeuronConfig": 1,
            "UniSpeechNeuronConfig": 1,
            "UniSpeechSATNeuronConfig": 2,
            "WavLMNeuronConfig": 1,
        },
    ),
}
"""(code, operator) -> why some of its mutants aren't found, and of which class how many."""


def class_names(source: str) -> list[str]:
    """The clean classes, as the file names them; it is the fixture that skips where there is no file."""
    path = PATHS[source]
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = re.findall(r"^@register_in_tasks_manager\([^@]*?^class (\w+)\(", text, re.MULTILINE)
    return [each for each in found if source == OURS or each not in NOT_CLEAN]


EVERY_CLASS = [
    *((source, name) for source in PATHS for name in class_names(source)),
    *((REAL, name) for name in CLEANED if PATHS[REAL].is_file()),
]


@dataclass(frozen=True)
class Source:
    """A file, who reads it, and what a process says that imports it."""

    text: str
    judge: Judge
    evidence: Evidence


@pytest.fixture(scope="module")
def sources(optimum_neuron: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    catalog = Catalog(
        Environment.of_sys_path(Path(sys.executable), [*sys.path, str(optimum_neuron)], "a test")
    )
    folder = tmp_path_factory.mktemp("evidence")
    return {
        name: Source(text_of(name), Judge(catalog, path), executed(name, optimum_neuron, folder / name))
        for name, path in PATHS.items()
    }


def text_of(source: str) -> str:
    text = PATHS[source].read_text(encoding="utf-8")
    for some, more in MORE_IMPORTED if source == OURS else ():
        assert some in text
        text = text.replace(some, more)
    return text


def executed(source: str, optimum_neuron: Path, answer: Path) -> Evidence:
    """What a process that imports everything says."""
    run = subprocess.run(
        [sys.executable, HERE / "executed_registrations.py", source, optimum_neuron, answer],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return Evidence(json.loads(answer.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the run have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "mutations"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize("name", PATHS)
def test_these_classes_are_clean_and_the_others_are_not(sources: dict[str, Source], name: str) -> None:
    source = sources[name]
    faults = [each for each in source.judge.findings_of(source.text) if each.severity is not Severity.INFO]
    clean = {
        class_name
        for class_name, registrations in source.evidence.registrations.items()
        if any(
            all(
                each.class_name != class_name or (each.tasks and one.task not in each.tasks)
                for each in faults
            )
            for one in registrations
        )
    }
    assert clean == set(class_names(name))
    assert set(source.evidence.registrations) - clean == (set(NOT_CLEAN) if name == REAL else set())


def judged_codes() -> set[str]:
    """All codes of a text; NC9 is about files beside it, and NC7 and NC8 about an export."""
    return {code for code in rule_names() if not code.startswith(("NC7", "NC8", "NC9"))}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("source", "class_name"), EVERY_CLASS)
def test_mutants_of_a_class(
    sources: dict[str, Source],
    shared: Path,
    source: str,
    class_name: str,
    record_property: Callable[[str, object], None],
) -> None:
    text, judge = sources[source].text, sources[source].judge
    mutants = mutants_of(text, class_name, sources[source].evidence)
    if class_name in CLEANED:
        mutants = [each for each in mutants if each.code == CLEANED[class_name]]
    unbroken = {mutant.unbroken: mutant for mutant in mutants}.values()
    assert {str(each): faults for each in unbroken if (faults := judge.faults_before(each, text))} == {}
    verdicts = [judge.judge(mutant) for mutant in mutants]
    assert unexpected(verdicts) == []
    assert survivors(verdicts) == expected_survivors(source, class_name)
    one = any_of(verdicts, class_name)
    assert judge.finds_in_the_whole(one.mutant), one.mutant
    assert replace(judge.judge(on_windows(one.mutant)), mutant=one.mutant) == one
    (shared / f"{source}.{class_name}.json").write_text(json.dumps([row(each) for each in verdicts]))
    rows = rows_of_all(shared)
    if rows:  # whoever comes last weighs them all
        record_property("table", f"{table(rows)}\n{survivors_shown()}")
        weigh(rows)


def unexpected(verdicts: Iterable[Verdict]) -> list[str]:
    """Findings that nobody expected, and faults of fixes."""
    return [f"{each.mutant}: {what}" for each in verdicts for what in (*each.surprising, *each.faults_of_fix)]


def survivors(verdicts: Iterable[Verdict]) -> Counter[tuple[str, str]]:
    return Counter((each.mutant.code, each.mutant.operator) for each in verdicts if not each.is_found)


def expected_survivors(source: str, class_name: str) -> dict[tuple[str, str], int]:
    if source == OURS:
        return {}
    return {key: of[class_name] for key, (_, of) in SURVIVORS.items() if class_name in of}


def any_of(verdicts: Iterable[Verdict], class_name: str) -> Verdict:
    """One of those found, for what is the same whatever the fault is."""
    return random.Random(class_name).choice([each for each in verdicts if each.is_found])


def on_windows(mutant: Mutant) -> Mutant:
    return replace(mutant, newline="\r\n")


def row(verdict: Verdict) -> dict[str, Any]:
    return {
        "code": verdict.mutant.code,
        "found": verdict.is_found,
        "mended": verdict.mended.value if verdict.mended is not None else None,
    }


def rows_of_all(shared: Path) -> list[dict[str, Any]]:
    """What all processes found out, once every class is done."""
    files = [shared / f"{source}.{name}.json" for source, name in EVERY_CLASS]
    if not all(each.is_file() for each in files):
        return []
    return [row for each in files for row in json.loads(each.read_text(encoding="utf-8"))]


def weigh(rows: Sequence[dict[str, Any]]) -> None:
    """The bars."""
    assert {row["code"] for row in rows} == judged_codes()
    assert len(rows) >= LEAST_MUTANTS
    assert sum(row["found"] for row in rows) >= LEAST_FOUND * len(rows)
    mended = Counter(row["mended"] for row in rows)
    fixed = sum(mended[each.value] for each in Mended if each is not Mended.WITHHELD)
    assert mended[Mended.EQUAL.value] >= LEAST_EQUAL * fixed


def survivors_shown() -> str:
    lines = ["not found:"]
    for (code, operator), (reason, of) in SURVIVORS.items():
        lines.append(f"  {sum(of.values())} of {code}, {operator}: {reason} ({', '.join(of)})")
    return "\n".join(lines)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Mutants, those found, those with a safe fix, and what came of it, by code."""
    heads = ("found", "fixed", *(each.value for each in Mended))
    lines = [f"{'':6}{'mutants':>9}" + "".join(f"{each:>14}" for each in heads)]
    for code in [*sorted({row["code"] for row in rows}), "all"]:
        of = [row for row in rows if code in (row["code"], "all")]
        mended = Counter(row["mended"] for row in of)
        counts = (
            sum(row["found"] for row in of),
            sum(mended[each.value] for each in Mended if each is not Mended.WITHHELD),
            *(mended[each.value] for each in Mended),
        )
        lines.append(f"{code:6}{len(of):>9}" + "".join(f"{each:>14}" for each in counts))
    return "\n".join(lines)
