"""``neuron-config inspect FILE``: what each config class of a file means, task by task."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from neuron_config_server.commands.common import (
    ExitCode,
    UsageError,
    add_environment_option,
    chosen_catalog,
    note,
)
from neuron_config_server.commands.model_lookup import print_json
from neuron_config_server.lint.files import UnreadableError, read_source
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import TooLongError, read_config_file
from neuron_config_server.reading.effective import (
    FACETS,
    EffectiveConfig,
    NormalizedConfigUse,
    Possible,
    Variant,
)
from neuron_config_server.reading.literals import Strings
from neuron_config_server.rules.support.nearest import nearest

_WIDTH = 100


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a Python file with Neuron config classes")
    parser.add_argument("--class", dest="class_name", metavar="NAME", help="only this class")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_environment_option(parser)
    parser.set_defaults(run=inspect)


def inspect(options: argparse.Namespace) -> ExitCode:
    try:
        source = read_source(options.file)
    except UnreadableError as error:
        raise UsageError(f"{options.file}: {error}") from error
    catalog = chosen_catalog(options)
    try:
        file = read_config_file(source.text, catalog, options.file.resolve())
    except TooLongError as error:
        raise UsageError(f"{options.file}: {error}") from error
    for fault in file.faults:
        position = fault.range.start
        note(f"{options.file}:{position.line + 1}:{position.column + 1}: syntax error: {fault.message}")
    for unread in file.unread:
        note(f"{options.file}:{unread.line + 1}: a statement is not read: {unread.reason}")
    effective = _chosen(file, options)
    if options.format == "json":
        print_json([_as_json(each) for each in effective])
    else:
        console = Console(highlight=False)
        for text in _texts(file, effective, options):
            console.print(text, soft_wrap=True)
    if catalog.absence is not None:
        note(catalog.absence)
    return ExitCode.CLEAN


def _chosen(file: ConfigFile, options: argparse.Namespace) -> list[EffectiveConfig]:
    """The registered configs that were asked for.

    Raises:
        UsageError: there is no such class.
    """
    names = [config.name for config in file.classes]
    wanted = options.class_name
    if wanted is not None and wanted not in names:
        meant = nearest(wanted, names, 0.5)
        offer = f", did you mean {meant!r}?" if meant else f"; it has {', '.join(names) or 'none'}"
        raise UsageError(f"{options.file} has no config class {wanted!r}{offer}")
    if not names:
        raise UsageError(f"{options.file} has no Neuron config class")
    return [each for each in file.effective if wanted in (None, each.config.name)]


# JSON


def _as_json(each: EffectiveConfig) -> dict[str, Any]:
    position = each.registration.range.start
    normalized = each.normalized_config.default
    return {
        "class": each.config.name,
        "library": each.library,
        "model_type": each.model_type,
        "task": each.task,
        "line": each.config.name_range.start.line + 1,
        "inputs": _variants(each.inputs, _plain),
        "outputs": _variants(each.outputs, _plain),
        "axes": _variants(each.axes, _plain),
        "generators": _variants(each.generators, _plain),
        "normalized_config": {"class": normalized.class_name, "attributes": normalized.attributes}
        if normalized is not None
        else None,
        "atol": each.tolerance.default,
        "MODEL_TYPE": each.exported_model_type.default,
        "custom_model_wrapper": each.wrapper.default,
        "values_override": each.values_override.default,
        "unknown": {name: reason for name, facet in FACETS if (reason := facet(each).unknown) is not None},
        "registered_at": {"row": position.line + 1, "column": position.column + 1},
    }


def _variants(possible: Possible[Any], plain: Callable[[Any], Any]) -> dict[str, Any]:
    variants = [
        {"when": each.when, "value": plain(each.value), "default": each.is_default, "raises": each.raises}
        for each in possible.variants
    ]
    return {"variants": variants, "unknown": possible.unknown}


def _plain(value: Any) -> list[str] | None:
    if value is None:
        return None
    return list(value.values if isinstance(value, Strings) else value)


# Text


def _texts(
    file: ConfigFile, effective: Sequence[EffectiveConfig], options: argparse.Namespace
) -> Iterator[Text]:
    for config in file.classes:
        if options.class_name not in (None, config.name):
            continue
        where = f"  {options.file}:{config.name_range.start.line + 1}"
        groups: dict[tuple[str, str], list[EffectiveConfig]] = {}
        for each in effective:
            if each.config is config:
                groups.setdefault((each.library, each.model_type), []).append(each)
        if not groups:
            yield Text.assemble((config.name, "bold"), (where, "dim"), "\n  registered for nothing\n")
        for (library, model_type), members in groups.items():
            title = f" · {model_type} · {library}"
            yield Text("\n").join(
                [Text.assemble((config.name, "bold"), title, (where, "dim")), *_lines(members), Text()]
            )


def _lines(members: Sequence[EffectiveConfig]) -> Iterator[Text]:
    """What all the tasks have in common once, else once for each group of tasks."""
    width = max(len(name) for name, _ in FACETS)
    yield Text.assemble((f"  {'tasks':<{width}}  ", "dim"), ", ".join(each.task for each in members))
    for name, facet in FACETS:
        shown: dict[str, list[str]] = {}
        for each in members:
            shown.setdefault("\n".join(_shown(facet(each))), []).append(each.task)
        if list(shown) == ["-"]:
            continue
        label = f"  {name:<{width}}  "
        for text, tasks in shown.items():
            if len(shown) > 1:
                yield Text.assemble((label, "dim"), (f"{', '.join(tasks)}:", "italic dim"))
                label = " " * len(label)
            for line in text.split("\n"):
                for part in textwrap.wrap(line, _WIDTH, subsequent_indent="  ", break_on_hyphens=False) or [
                    ""
                ]:
                    indent = "  " if len(shown) > 1 else ""
                    yield Text.assemble((label, "dim"), indent, part)
                    label = " " * len(label)


def _shown(possible: Possible[Any]) -> Iterator[str]:
    for variant in possible.variants:
        condition = f"   if {variant.when}" if variant.when is not None else ""
        yield _value(variant) + condition
    if possible.unknown is not None and not any(each.unknown for each in possible.variants):
        yield f"… and more: {possible.unknown}"


def _value(variant: Variant[Any]) -> str:
    value = variant.value
    if variant.raises is not None:
        return f"raises {variant.raises}"
    known = _shown_value(value)
    if variant.unknown is not None:
        return f"{known + ', ' if known not in ('', '-') else ''}unknown: {variant.unknown}"
    return known


def _shown_value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, Strings):
        return ", ".join(value.values) or "none"
    if isinstance(value, tuple):
        return ", ".join(name.rpartition(".")[2] for name in value) or "none"
    if isinstance(value, NormalizedConfigUse):
        paths = (value.attributes or {}).items()
        pairs = [name if name == path else f"{name} = {path}" for name, path in paths]
        return value.class_name + (f" ({', '.join(pairs)})" if pairs else "")
    return f"{value:g}" if isinstance(value, float) else str(value)
