"""``neuron-config export``: trace, compile, save and validate a model by its Neuron config."""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from neuron_config_server.catalog.neuron_bases import SHAPE_AXES
from neuron_config_server.commands.common import (
    ExitCode,
    UsageError,
    add_environment_option,
    chosen_environment,
)
from neuron_config_server.commands.report_text import report_text
from neuron_config_server.jobs.engine_process import EngineError, ProgressListener, started_engine
from neuron_core import protocol
from neuron_core.protocol import ExportRequest, Failure, Report, Verdict


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "output", type=Path, metavar="OUT", help="folder to make; must not exist, or be empty"
    )
    parser.add_argument("--task", required=True, help="such as text-classification")
    parser.add_argument("--config-file", type=Path, metavar="FILE", help="Python file with the config class")
    parser.add_argument(
        "--config-class",
        metavar="NAME",
        help="class in that file; default: the one it registers for the task",
    )
    parser.add_argument(
        "-m", "--model", help="local folder or hub id; default: a tiny random model of the config's type"
    )
    parser.add_argument("--model_type", help="model type of the tiny model, where the file registers several")
    parser.add_argument("--backend", choices=["cpu"], default="cpu", help="default: cpu")
    parser.add_argument(
        "--atol", type=float, help="absolute tolerance; default: the class's ATOL_FOR_VALIDATION"
    )
    parser.add_argument("--disable-validation", action="store_true", help="don't compare with PyTorch")
    parser.add_argument(
        "--seed", type=int, default=0, help="of the tiny model and the dummy inputs (default: 0)"
    )
    parser.add_argument("--force", action="store_true", help="replace what an earlier export left in OUT")
    parser.add_argument("--report", type=Path, metavar="FILE", help="also write the report there, as JSON")
    add_environment_option(parser)
    shapes = parser.add_argument_group("input shapes")
    for axis in SHAPE_AXES:
        shapes.add_argument(f"--{axis}", type=int, metavar="N")
    parser.set_defaults(run=export)


def export(options: argparse.Namespace) -> ExitCode:
    """Run the export with a progress bar, then print what validation found."""
    if options.config_file is None and options.model is None and options.model_type is None:
        raise UsageError("say what to export: --config-file FILE, --model MODEL or --model_type TYPE")
    if options.config_file is not None and not options.config_file.is_file():
        raise UsageError(f"there is no file {options.config_file}")
    if options.atol is not None and not 0 <= options.atol < math.inf:
        raise UsageError(f"--atol is {options.atol:g}: pass a number of 0 or more, such as 1e-3")
    if options.report is not None:
        _check_report(options.report, options.output)
    python = chosen_environment(options).python
    try:
        with _progress_bar() as bar:
            report = asyncio.run(_run(python, _request(options), _listener(bar)))
    except EngineError as error:
        _print_failure(error.failure)
        return ExitCode.ERROR
    Console(highlight=False).print(report_text(report), soft_wrap=True)
    if options.report is not None:
        _write_report(options.report, report)
    return ExitCode.FINDINGS if report.verdict is Verdict.FAIL else ExitCode.CLEAN


def _request(options: argparse.Namespace) -> ExportRequest:
    return ExportRequest(
        task=options.task,
        output=str(options.output.absolute()),
        config_file=str(options.config_file.absolute()) if options.config_file is not None else None,
        config_class=options.config_class,
        model=_absolute_if_folder(options.model),
        model_type=options.model_type,
        shapes={axis: value for axis in SHAPE_AXES if (value := getattr(options, axis)) is not None},
        atol=options.atol,
        validate=not options.disable_validation,
        backend=options.backend,
        seed=options.seed,
        force=options.force,
    )


def _absolute_if_folder(model: str | None) -> str | None:
    """The engine may run elsewhere: a local folder is named in full, anything else is a hub id."""
    return str(Path(model).absolute()) if model is not None and Path(model).is_dir() else model


async def _run(python: Path, request: ExportRequest, listener: ProgressListener) -> Report:
    async with started_engine(python) as engine:
        return await engine.export(request, listener)


def _progress_bar() -> Progress:
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _listener(bar: Progress) -> ProgressListener:
    """Moves the bar; where nobody looks at it, writes a line when the message changes."""
    task = bar.add_task("starting the engine", total=1.0)
    printed: set[str] = set()

    def listen(progress: protocol.Progress) -> None:
        bar.update(task, completed=progress.fraction, description=progress.message)
        if bar.disable and progress.message not in printed:
            printed.add(progress.message)
            print(f"[{progress.fraction:4.0%}] {progress.message}", file=sys.stderr)

    return listen


def _print_failure(failure: Failure) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if failure.detail.strip() not in failure.message:
        console.print(failure.detail.rstrip(), style="dim", markup=False)
    stage = f" ({failure.stage.value})" if failure.stage is not None else ""
    console.print(Text.assemble((f"neuron-config: not exported{stage}: ", "bold red"), failure.message))
    if failure.hint:
        console.print(Text(f"  {failure.hint}"))


def _check_report(path: Path, output: Path) -> None:
    """Refuse a place where the report can't be, before minutes of exporting."""
    place, artifact = path.resolve(), output.resolve()
    if place == artifact or artifact in place.parents:
        raise UsageError(
            f"--report {path} lies within {output}, which is the export's alone: name another place"
        )
    if not place.parent.is_dir():
        raise UsageError(f"--report {path}: there is no folder {path.parent}")
    if place.is_dir():
        raise UsageError(f"--report {path} is a folder: name a file")


def _write_report(path: Path, report: Report) -> None:
    try:
        path.write_text(json.dumps(protocol.to_json(report), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the report can't be written to {path}: {error.strerror or error}") from error
