"""How fast it is: medians over several runs, as a table. Figures of one machine compare with each other only."""

from __future__ import annotations

import argparse
import asyncio
import functools
import importlib.util
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from rich.console import Console
from rich.table import Table

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import FactCache
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.jobs.engine_process import started_engine
from neuron_config_server.lint.check import check
from neuron_config_server.reading.config_reader import ConfigReader
from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statement_reader import StatementReader
from neuron_config_server.rules import all_rules
from neuron_core.protocol import ExportRequest

CONFIG = Path(__file__).parents[1] / "data" / "esm_with_mistakes.py"
CLASSES_IN_A_BIG_FILE = 50
OPTIMUM_NEURON = Path(sys.prefix) / "optimum-neuron"
MODEL_CONFIGS = OPTIMUM_NEURON / "optimum/exporters/neuron/model_configs.py"
EXECUTED = Path(__file__).parents[1] / "truth" / "executed_configs.py"
IMPORTING_CONFIGS = """
import runpy, sys
runpy.run_path(sys.argv[1])["import_optimum_neuron"](sys.argv[2])
"""
"""With placeholders for what needs the Neuron SDK."""
Row = tuple[str, list[float], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    table = Table("what", "median", "min", "max", box=None, header_style="bold", padding=(0, 2))
    for name, times, unit in (
        *programs(options.runs),
        *linting(options.runs),
        *keystrokes(options.runs),
        *readings(options.runs),
        *catalogs(options.runs),
        *exports(),
    ):
        table.add_row(
            name, *(f"{value:,.1f} {unit}" for value in (statistics.median(times), min(times), max(times)))
        )
    Console().print(table)


def programs(runs: int) -> Iterator[Row]:
    """Whole programs, start to end; the first run, which warms the disk's cache, does not count."""
    ourselves = [sys.executable, "-m", "neuron_config_server"]
    for name, arguments in (
        ("neuron-config --version", ["--version"]),
        ("neuron-config check", ["check", CONFIG]),
    ):
        command = [*ourselves, *map(str, arguments)]
        yield name, timed(lambda command=command: subprocess.run(command, capture_output=True), runs), "ms"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield "  its memory at the most", [peak], "MiB"


def linting(runs: int) -> Iterator[Row]:
    """Whole processes: optimum-neuron's own file beside what else may be done with it, and all files installed.

    What they keep is kept in a folder of theirs; "new" names one that is empty in each run.
    """
    installed = [OPTIMUM_NEURON, *map(package_folder, ("transformers", "optimum"))]
    count = sum(1 for folder in installed for _ in folder.rglob("*.py"))
    ruff = Path(sys.executable).with_name("ruff")
    with tempfile.TemporaryDirectory() as folder:
        new, kept = (str(Path(folder) / name) for name in ("new", "kept"))
        for name, command, facts in (
            ("checking model_configs.py, all caches empty", checking(MODEL_CONFIGS, "--no-cache"), new),
            ("  with what is known of the packages", checking(MODEL_CONFIGS, "--no-cache"), kept),
            ("  with its result in the cache", checking(MODEL_CONFIGS, "--cache-dir", folder), kept),
            ("  ruff check on it", [ruff, "check", "--no-cache", "--isolated", MODEL_CONFIGS], kept),
            ("  importing it", [sys.executable, "-c", IMPORTING_CONFIGS, EXECUTED, OPTIMUM_NEURON], kept),
            (f"checking {count:,} files of packages", checking(*installed, "--no-cache"), kept),
        ):
            yield name, timed(functools.partial(run_with_facts, command, facts, new), runs), "ms"


def checking(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "neuron_config_server", "check", *arguments]


def run_with_facts(command: Sequence[str | Path], facts: str, new: str) -> None:
    """A program whose facts of packages are kept in a folder, which is empty if it is the new one."""
    shutil.rmtree(new, ignore_errors=True)
    variables = {**os.environ, "NEURON_CONFIG_CACHE_DIR": facts}
    subprocess.run(list(map(str, command)), capture_output=True, env=variables)


def package_folder(name: str) -> Path:
    (folder,) = importlib.util.find_spec(name).submodule_search_locations  # type: ignore[union-attr]
    return Path(folder)


def keystrokes(runs: int) -> Iterator[Row]:
    """A character typed into one class of a big file, up to the findings."""
    text = CONFIG.read_text(encoding="utf-8")
    head, class_ = text[: text.index("@register")], text[text.index("@register") :]
    many = head + "\n\n".join(class_.replace("Esm", f"Esm{n}") for n in range(CLASSES_IN_A_BIG_FILE))
    analyser = Analyser(Catalog(Environment.own()), all_rules())
    yield (
        f"opening {CLASSES_IN_A_BIG_FILE} classes",
        timed(lambda: analyser.analyse("opened", many), 1, warm=0),
        "ms",
    )
    versions = iter(many.replace("1e-3", f"1e-3  # {'x' * n}", 1) for n in range(1, 10_000))
    yield "  a keystroke in them", timed(lambda: analyser.analyse("opened", next(versions)), 10 * runs), "ms"


def readings(runs: int) -> Iterator[Row]:
    """optimum-neuron's own file: read as a whole, then with a character typed into each list of inputs."""
    text = MODEL_CONFIGS.read_text(encoding="utf-8")
    yield (
        f"reading {text.count(chr(10)):,} lines of configs",
        timed(lambda: StatementReader(read_statement).read(text), runs),
        "ms",
    )
    yield "  libcst on the whole file, with positions", timed(lambda: whole_file(text), runs), "ms"
    places = [found.end() - 1 for found in IN_A_LIST_OF_INPUTS.finditer(text)] * runs
    edited = [text[:place] + "x" + text[place:] for place in places]
    statements = StatementReader(read_statement)
    statements.read(text)
    yield (
        f"  a character in one of {len(places) // runs} lists of inputs",
        each(edited, text, statements.read),
        "ms",
    )
    catalog = Catalog(Environment.own())
    files = ConfigReader(catalog)
    files.read(text, MODEL_CONFIGS)
    read = lambda text: files.read(text, MODEL_CONFIGS).classes  # noqa: E731
    yield "  the same, up to the classes that it makes", each(edited, text, read), "ms"
    rules = [rule for rule in all_rules() if rule.is_on_by_default]
    checked = lambda text: check(files.read(text, MODEL_CONFIGS), catalog, rules)  # noqa: E731
    checked(text)
    yield "  the same, up to the findings of all rules", each(edited, text, checked), "ms"
    yield from rules_at_a_keystroke(edited, text, files, catalog)


def rules_at_a_keystroke(
    edited: Sequence[str], text: str, files: ConfigReader, catalog: Catalog
) -> Iterator[Row]:
    """The rules that take longest of these."""
    times: dict[str, list[float]] = {}
    for other in edited:
        file = files.read(other, MODEL_CONFIGS)
        for rule in all_rules():
            asked = functools.partial(rule.check, file, catalog)
            times.setdefault(rule.code, []).extend(timed(lambda ask=asked: list(ask()), 1, warm=0))
        check(files.read(text, MODEL_CONFIGS), catalog, all_rules())  # what the next one can use
    longest = sorted(times, key=lambda code: statistics.median(times[code]), reverse=True)
    yield from ((f"    {code}", times[code], "ms") for code in longest[:5])


IN_A_LIST_OF_INPUTS = re.compile(r'def inputs\(self\)[^\n]*\n(?:(?! *def )[^\n]*\n)*?[^\n"]*\["[a-z_]+')


def each(edited: Sequence[str], text: str, read: Callable[[str], object]) -> list[float]:
    """How long each edit takes that follows on the same text."""
    times = []
    for other in edited:
        times += timed(lambda other=other: read(other), 1, warm=0)
        read(text)
    return times


def whole_file(text: str) -> object:
    return MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True).resolve(PositionProvider)


SIGNATURES = (
    ("esm", "EsmForMaskedLM"),
    ("bert", "BertForSequenceClassification"),
    ("vit", "ViTForImageClassification"),
    ("llama", "LlamaForCausalLM"),
    ("whisper", "WhisperForConditionalGeneration"),
    ("wav2vec2", "Wav2Vec2ForCTC"),
    ("clip", "CLIPModel"),
    ("t5", "T5ForConditionalGeneration"),
)
IMPORTING = "import inspect, transformers; print(inspect.signature(transformers.{}.forward))"


def catalogs(runs: int) -> Iterator[Row]:
    """One signature from its sources, from the cache, and by importing; then all of them."""
    environment = Environment.own()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.sqlite"
        pairs = SIGNATURES * runs
        fresh = iter([Catalog(environment) for _ in pairs])
        asked = iter(pairs)
        yield (
            "a signature, uncached",
            timed(lambda: next(fresh).forward_signature(*next(asked)), len(pairs), warm=0),
            "ms",
        )
        for pair in SIGNATURES:
            Catalog(environment, FactCache(file)).forward_signature(*pair)
        cached, asked = Catalog(environment, FactCache(file)), iter(SIGNATURES)
        yield (
            "  from the cache on disk",
            timed(lambda: cached.forward_signature(*next(asked)), len(SIGNATURES), warm=0),
            "ms",
        )
        command = [sys.executable, "-c", IMPORTING.format(SIGNATURES[0][1])]
        yield "  by importing", timed(lambda: subprocess.run(command, capture_output=True), 3), "ms"
        command = [sys.executable, "-c", INDEXING, str(Path(folder) / "index.sqlite")]
        answers = [subprocess.run(command, capture_output=True, text=True).stdout.split() for _ in range(3)]
        yield f"the index of {answers[0][2]} classes", [float(answer[0]) for answer in answers[:1]], "s"
        yield "  when it is cached", [float(answer[0]) for answer in answers[1:]], "s"
        yield "  memory of its process at the most", [float(answer[1]) for answer in answers], "MiB"


INDEXING = r"""
import re, sys, time
from pathlib import Path
from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import FactCache
from neuron_config_server.catalog.index import index
since = time.perf_counter()
done = sum(1 for _ in index(Catalog(Environment.own(), FactCache(Path(sys.argv[1])))))
# Not getrusage: its peak includes that of the process which started this one.
peak = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
print(time.perf_counter() - since, int(peak[1]) / 1024, done)
"""


def exports() -> Iterator[Row]:
    """The first export pays for the imports of torch and transformers, the second doesn't."""
    with tempfile.TemporaryDirectory() as folder:
        first, *others = asyncio.run(_exports(Path(folder)))
    yield "export, the first of a worker", [first], "ms"
    yield "  the next ones", others, "ms"


async def _exports(folder: Path) -> list[float]:
    times: list[float] = []
    since = time.perf_counter()
    async with started_engine(Path(sys.executable)) as engine:
        for number in range(4):
            shapes = {"batch_size": 1, "sequence_length": 16}
            output = str(folder / str(number))
            await engine.export(
                ExportRequest(task="fill-mask", output=output, model_type="esm", shapes=shapes)
            )
            times.append(1000 * (time.perf_counter() - since))
            since = time.perf_counter()
    return times


def timed(action: Callable[[], object], runs: int, warm: int = 1) -> list[float]:
    """Milliseconds of each run."""
    times: list[float] = []
    for _ in range(warm + runs):
        since = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - since))
    return times[warm:]


if __name__ == "__main__":
    main()
