"""The options of ``neuron-config check``, and what they come to together with the settings."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.environment import Environment, EnvironmentNotFoundError
from neuron_config_server.commands.exit_codes import UsageError
from neuron_config_server.commands.working_directory import working_directory
from neuron_config_server.lint.cache import FOLDER_NAME, ResultCache
from neuron_config_server.lint.output import FOR_PEOPLE, FORMATS
from neuron_config_server.lint.policy import Overrides, Policies
from neuron_config_server.lint.run import Plan
from neuron_config_server.lint.selection import Layer, UnknownSelectorError, normalized
from neuron_config_server.lint.work import Mode
from neuron_config_server.rules import rule_names
from neuron_config_server.settings.files import Configuration, Configurations, nothing_set, read_file

FORMAT_VARIABLE = "NEURON_CONFIG_OUTPUT_FORMAT"
"""Variable of the environment that chooses the format where no option does, as RUFF_OUTPUT_FORMAT does."""

CACHE_VARIABLE = "NEURON_CONFIG_CACHE_DIR"
"""Variable of the environment that says where the catalog keeps facts; empty, nothing at all is kept."""

_STDIN = Path("-")

_EPILOG = """\
exit code:
  0  no errors and no warnings; findings of severity info are shown, and fail no run
  1  there are some, or --diff shows a change
  2  something could not be checked, or the options or settings can't be used

Settings are read from [tool.neuron-config] of pyproject.toml or from neuron-config.toml, the closest
one above each file; options win over them. docs/linter.md has the whole story.
"""


@dataclass(frozen=True)
class Request:
    """What a run is asked to do."""

    paths: tuple[Path, ...]
    folder: Path
    """The working directory."""
    reads_stdin: bool
    stdin_filename: Path
    force_exclude: bool
    plan: Plan
    shows_diffs: bool
    output_format: str
    output_file: Path | None
    statistics: bool
    exits_zero: bool
    baseline: Path | None
    writes_baseline: bool
    configurations: Configurations

    @property
    def applies_unsafe(self) -> bool:
        return self.plan.applies_unsafe


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        default=[Path()],
        metavar="PATH",
        help="files or folders (default: .); - reads one file from stdin",
    )
    _add_fix_options(parser.add_argument_group("fixes"))
    _add_rule_options(parser.add_argument_group("rules"))
    _add_file_options(parser.add_argument_group("files"))
    _add_output_options(parser.add_argument_group("output"))
    _add_other_options(parser.add_argument_group("the run"))


def _add_fix_options(group: argparse._ArgumentGroup) -> None:
    both = argparse.BooleanOptionalAction
    group.add_argument("--fix", action=both, default=None, help="apply the fixes that are safe")
    group.add_argument(
        "--unsafe-fixes", action=both, default=None, help="count unsafe fixes among those to apply"
    )
    group.add_argument("--diff", action="store_true", help="show what --fix would change, and write nothing")


def _add_rule_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--select",
        action="append",
        metavar="CODES",
        help="check these rules alone: NC101, a beginning (NC1), or ALL",
    )
    group.add_argument(
        "--ignore",
        action="append",
        metavar="CODES",
        help="don't check these; the more specific selector wins",
    )
    group.add_argument("--extend-select", action="append", metavar="CODES", help="check these too")
    group.add_argument(
        "--per-file-ignores",
        action="append",
        metavar="GLOB:CODES",
        help="don't check these rules in some files: 'tests/**:NC5'; commas separate more of them",
    )


def _add_file_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--exclude",
        action="append",
        metavar="GLOBS",
        help="pass over these files and folders, not those of the settings",
    )
    group.add_argument("--extend-exclude", action="append", metavar="GLOBS", help="pass over these too")
    group.add_argument(
        "--force-exclude",
        action="store_true",
        help="treat files given by name as if they had been found in a folder: pass over those that are "
        "excluded or hold no configs (for pre-commit)",
    )
    group.add_argument(
        "--stdin-filename", type=Path, metavar="PATH", help="the path of the file that comes by stdin"
    )


def _add_output_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--output-format",
        choices=FORMATS,
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)} (default: full, or what {FORMAT_VARIABLE} says)",
    )
    group.add_argument(
        "--output-file", type=Path, metavar="FILE", help="write the findings there, not to stdout"
    )
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule instead")
    group.add_argument(
        "--exit-zero", action="store_true", help="end with 0 in spite of findings (never in spite of errors)"
    )


def _add_other_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--environment",
        type=Path,
        metavar="PATH",
        help="Python environment (its folder or interpreter) that has transformers and optimum; default: "
        "what the settings name, else VIRTUAL_ENV, else a .venv of this folder or one above, else the one "
        "that runs neuron-config",
    )
    group.add_argument(
        "--baseline", type=Path, metavar="FILE", help="findings that are known, and not reported"
    )
    group.add_argument("--write-baseline", action="store_true", help="take all findings down in the baseline")
    group.add_argument("--no-cache", action="store_true", help="use no results of earlier runs")
    group.add_argument(
        "--cache-dir", type=Path, metavar="DIR", help=f"where to keep results (default: {FOLDER_NAME})"
    )
    settings = group.add_mutually_exclusive_group()
    settings.add_argument("--config", type=Path, metavar="FILE", help="the settings file for everything")
    settings.add_argument("--isolated", action="store_true", help="read no settings files")
    group.add_argument("--watch", action="store_true", help="check again whenever a file changes")


def requested(options: argparse.Namespace) -> Request:
    """What the options and the settings of the working directory ask for.

    Raises:
        UsageError: options that can't be used, or not together.
        SettingsError: settings that can't.
    """
    folder = working_directory()
    configurations = _configurations(options, folder)
    found = configurations.of(folder)
    _refuse_contradictions(options)
    reads_stdin = _STDIN in options.paths
    baseline = folder / options.baseline if options.baseline else found.path(found.settings.baseline)
    if options.write_baseline and baseline is None:
        raise UsageError("--write-baseline needs to know where: name the file with --baseline FILE")
    wants_fixes = found.settings.fix if options.fix is None else options.fix
    if options.write_baseline:
        wants_fixes = False
    unsafe = found.settings.unsafe_fixes if options.unsafe_fixes is None else options.unsafe_fixes
    previews = options.diff or (reads_stdin and wants_fixes)
    mode = Mode.PREVIEW if previews else Mode.FIX if wants_fixes else Mode.CHECK
    return Request(
        paths=tuple(options.paths),
        folder=folder,
        reads_stdin=reads_stdin,
        stdin_filename=options.stdin_filename or Path("<stdin>"),
        force_exclude=options.force_exclude,
        plan=Plan(
            Policies(configurations, _overrides(options, folder)),
            _Environments(options.environment, folder).of,
            mode,
            unsafe,
            None if reads_stdin else _cache(options, found, folder),
        ),
        shows_diffs=options.diff,
        output_format=_format(options, found),
        output_file=_output_file(options.output_file, folder),
        statistics=options.statistics,
        exits_zero=options.exit_zero,
        baseline=baseline,
        writes_baseline=options.write_baseline,
        configurations=configurations,
    )


def _refuse_contradictions(options: argparse.Namespace) -> None:
    if _STDIN in options.paths and len(options.paths) > 1:
        raise UsageError("- stands for stdin, and goes with no other path")
    if options.stdin_filename is not None and _STDIN not in options.paths:
        raise UsageError("--stdin-filename is for a file that comes by stdin: give - as the path")
    if options.watch and (_STDIN in options.paths or options.diff or options.write_baseline):
        raise UsageError("--watch goes neither with stdin nor with --diff or --write-baseline")
    if options.write_baseline and (options.fix or options.diff):
        raise UsageError(
            "--write-baseline goes neither with --fix nor with --diff: fix first, then take down"
        )


def _configurations(options: argparse.Namespace, folder: Path) -> Configurations:
    if options.isolated:
        return Configurations(nothing_set(folder))
    return Configurations(read_file(folder / options.config) if options.config else None)


def _overrides(options: argparse.Namespace, folder: Path) -> Overrides:
    layer = Layer(
        _codes(options.select, "--select") if options.select is not None else None,
        _codes(options.ignore, "--ignore"),
        _codes(options.extend_select, "--extend-select"),
    )
    ignores = _per_file_ignores(options.per_file_ignores) if options.per_file_ignores is not None else None
    exclude = tuple(_listed(options.exclude)) if options.exclude is not None else None
    return Overrides(folder, layer, ignores, exclude, tuple(_listed(options.extend_exclude)))


def _codes(said: list[str] | None, option: str) -> tuple[str, ...]:
    try:
        return normalized(_listed(said), rule_names(), option)
    except UnknownSelectorError as error:
        raise UsageError(str(error)) from error


def _per_file_ignores(said: list[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in _listed(said):
        glob, colon, code = each.rpartition(":")
        if not colon or not glob or not code:
            raise UsageError(f"--per-file-ignores: {each!r} is no GLOB:CODE, such as 'tests/**:NC101'")
        found[glob] = (*found.get(glob, ()), code)
    return found


def _listed(said: list[str] | None) -> Iterable[str]:
    return [part.strip() for each in said or () for part in each.split(",") if part.strip()]


def _format(options: argparse.Namespace, found: Configuration) -> str:
    from_variable = os.environ.get(FORMAT_VARIABLE)
    chosen = options.output_format or from_variable or found.settings.output_format or "full"
    if chosen not in FORMATS:
        raise UsageError(f"{FORMAT_VARIABLE} is {chosen!r}; there is {', '.join(FORMATS)}")
    if options.statistics and chosen not in (*FOR_PEOPLE, "json"):
        raise UsageError(f"--statistics can't be written as {chosen}; take full or json")
    return chosen


def _output_file(asked: Path | None, folder: Path) -> Path | None:
    """Found out before anything is checked that takes its time."""
    if asked is None:
        return None
    if not (folder / asked).parent.is_dir():
        raise UsageError(f"--output-file: there is no folder {asked.parent}; make it first")
    if (folder / asked).is_dir():
        raise UsageError(f"--output-file: {asked} is a folder")
    return folder / asked


def _cache(options: argparse.Namespace, found: Configuration, folder: Path) -> ResultCache | None:
    if options.no_cache:
        return None
    if options.cache_dir is not None:
        return ResultCache(folder / options.cache_dir)
    if os.environ.get(CACHE_VARIABLE) == "":
        return None
    project = found.folder if found.file is not None else folder
    return ResultCache(found.path(found.settings.cache_dir) or project / FOLDER_NAME)


class _Environments:
    """The environment that the options name, else the settings, else the working directory suggests."""

    def __init__(self, asked_for: Path | None, folder: Path) -> None:
        self._asked_for = asked_for
        self._folder = folder
        self._found: dict[Path | None, Environment] = {}

    def of(self, configuration: Configuration) -> Environment:
        """Raises UsageError where there is none."""
        set_path = configuration.path(configuration.settings.environment)
        asked = self._asked_for or set_path
        if asked not in self._found:
            from neuron_config_server.jobs.interpreter_paths import find_environment

            try:
                self._found[asked] = find_environment(self._folder, asked, os.environ)
            except EnvironmentNotFoundError as error:
                where = f"{configuration.file}: environment: " if self._asked_for is None and set_path else ""
                raise UsageError(f"{where}{error}") from error
        return self._found[asked]
