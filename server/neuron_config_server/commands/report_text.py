"""An export's report as people read it in a terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from neuron_core.protocol import OutputComparison, Report, Stage, Verdict

_STYLES = {Verdict.PASS: "bold green", Verdict.FAIL: "bold red", Verdict.SKIPPED: "bold yellow"}
_HEADLINES = {
    Verdict.PASS: "validated: every output agrees with PyTorch",
    Verdict.FAIL: "VALIDATION FAILED: the exported model does not do what PyTorch does",
    Verdict.SKIPPED: "NOT VALIDATED: no output was compared with PyTorch",
}
_AS_ASKED = "not validated, as asked"


def report_text(report: Report) -> Text:
    """What was exported, how each output compares, what was warned of, the verdict, where the artifact is."""
    blocks = [_facts(report)]
    if report.outputs:
        blocks.append(_comparisons(report.outputs))
    if report.warnings:
        blocks.append(Text("\n").join(_note(warning) for warning in report.warnings))
    blocks.append(_conclusion(report))
    return Text("\n\n").join(blocks)


def _facts(report: Report) -> Text:
    inputs = ", ".join(f"{name} {_shape(shape)}" for name, shape in report.inputs.items())
    facts = {
        "model": f"{report.model}, {report.parameters:,} parameters",
        "backend": f"{report.backend} ({report.route})",
        "inputs": inputs,
    }
    heading = Text.assemble((report.config_class, "bold"), f" · {report.model_type} · {report.task}")
    return Text("\n").join([heading, *_labelled(facts)])


def _comparisons(outputs: Sequence[OutputComparison]) -> Text:
    heading = tuple(
        Text(name, "bold") for name in ("output", "shape", "max abs diff", "tolerance", "verdict")
    )
    rows = [heading, *(_row(output) for output in outputs)]
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows)]
    lines: list[Text] = []
    for row, output in zip(rows, [None, *outputs]):
        lines.append(_aligned(row, widths))
        if output is not None and output.reason:
            lines.append(Text(f"    {output.reason}"))
    return Text("\n").join(lines)


def _note(warning: str) -> Text:
    return Text.assemble(("note: ", "yellow"), warning)


def _row(output: OutputComparison) -> tuple[Text, ...]:
    difference = "-" if output.max_abs_diff is None else _difference(output.max_abs_diff)
    shape = "-" if output.shape is None else _shape(output.shape)
    plain = (output.name, shape, difference, f"{output.tolerance:g}")
    return (*map(Text, plain), Text(output.verdict.value, _STYLES[output.verdict]))


def _difference(difference: float) -> str:
    return "0" if difference == 0 else f"{difference:.1e}"


def _conclusion(report: Report) -> Text:
    stages = ", ".join(f"{stage.stage.value} {stage.seconds:.1f}" for stage in report.stages)
    seconds = sum(stage.seconds for stage in report.stages)
    facts = {"saved to": _nearby(report.output), "took": f"{seconds:.1f} s ({stages})"}
    headline = Text(_headline(report), _STYLES[report.verdict])
    return Text("\n").join([headline, *_labelled(facts)])


def _headline(report: Report) -> str:
    validation_began = any(stage.stage is Stage.VALIDATE for stage in report.stages)
    if report.verdict is Verdict.SKIPPED and not validation_began:
        return _AS_ASKED
    return _HEADLINES[report.verdict]


def _labelled(facts: dict[str, str]) -> list[Text]:
    width = max(map(len, facts))
    return [Text.assemble((f"  {label:<{width}}  ", "dim"), text) for label, text in facts.items()]


def _aligned(row: Sequence[Text], widths: Sequence[int]) -> Text:
    padded = [Text.assemble(cell, " " * (width - cell.cell_len)) for cell, width in zip(row[:-1], widths)]
    return Text.assemble("  ", Text("   ").join([*padded, row[-1]]))


def _nearby(path: str) -> str:
    """The path as a person here would write it."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else f"{Path(relative)}{os.sep}"


def _shape(shape: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]"
