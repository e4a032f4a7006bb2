"""Checks files, one after the other; one that can't be read never stops the run."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.lint.check import check
from neuron_config_server.lint.discovery import Problem, Target
from neuron_config_server.lint.files import UnreadableError, read_source, write_source
from neuron_config_server.lint.fixing import FixBrokeSyntaxError, fix
from neuron_config_server.reading.config_file import (
    ConfigReader,
    TooLongError,
    UnreadStatement,
    mentions_configs,
)
from neuron_config_server.reading.modules import Modules
from neuron_config_server.rules.finding import Finding
from neuron_config_server.rules.rule import Rule

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileReport:
    """What came of one file."""

    path: Path
    text: str
    """As it is now, fixes applied."""
    findings: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    crashed: tuple[str, ...]
    """Codes of the rules that failed on it."""
    unread: tuple[UnreadStatement, ...] = ()
    """Statements that the rules know nothing of."""


def run(
    targets: Iterable[Target], catalog: Catalog, rules: Sequence[Rule], *, apply_fixes: bool
) -> Iterator[FileReport | Problem]:
    """A report for every file that holds or may hold configs, a problem for every one that can't be read."""
    modules = Modules(catalog)
    for target in targets:
        try:
            report = _check_file(
                target, ConfigReader(catalog, modules), catalog, rules, apply_fixes=apply_fixes
            )
        except (UnreadableError, FixBrokeSyntaxError) as error:
            yield Problem(target.path, str(error))
        except TooLongError as error:
            yield Problem(target.path, f"not checked: {error}")
        except OSError as error:
            yield Problem(target.path, f"can't be written: {error.strerror or error}; it is unchanged")
        except Exception as error:
            logger.exception("checking %s failed", target.path)
            yield Problem(target.path, f"not checked: internal error ({error!r}), please report this")
        else:
            if report is not None:
                yield report


def _check_file(
    target: Target, reader: ConfigReader, catalog: Catalog, rules: Sequence[Rule], *, apply_fixes: bool
) -> FileReport | None:
    source = read_source(target.path)
    if not target.named and not mentions_configs(source.text):
        return None
    if not apply_fixes:
        file = reader.read(source.text, target.path)
        result = check(file, catalog, rules)
        return FileReport(target.path, source.text, result.findings, (), result.crashed, file.unread)
    mended = fix(source.text, catalog, rules, reader=reader, path=target.path)
    if mended.text != source.text:
        write_source(source, mended.text)
    result = mended.result
    return FileReport(
        target.path, mended.text, result.findings, mended.fixed, result.crashed, mended.file.unread
    )
