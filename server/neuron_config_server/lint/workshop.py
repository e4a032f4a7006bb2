"""Does the work: reads a file, asks the rules, makes the fixes. What is slow to import is imported here."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.lint.check import CheckResult, check
from neuron_config_server.lint.discovery import Problem
from neuron_config_server.lint.files import write_source
from neuron_config_server.lint.fixing import (
    ALL_FIXES,
    SAFE_ONLY,
    FixBrokeSyntaxError,
    fix,
    with_fixes_that_hold,
)
from neuron_config_server.lint.following import RecordingModules
from neuron_config_server.lint.report import FileReport, Unread
from neuron_config_server.lint.work import Done, Mode, Work
from neuron_config_server.reading.config_file import ConfigFile, mentions_configs
from neuron_config_server.reading.config_reader import ConfigReader, TooLongError
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.rule import Rule

logger = logging.getLogger(__name__)


class Workshop:
    """Does one work after the other; what is known of an environment and of its files is kept."""

    def __init__(self) -> None:
        self._catalogs: dict[tuple[Path, ...], Catalog] = {}
        self._modules: dict[int, RecordingModules] = {}

    def do(self, work: Work) -> Done:
        """A report, or the problem that there is instead; nothing that a file holds is raised."""
        try:
            return self._done(work)
        except FixBrokeSyntaxError as error:
            return Done(Problem(work.display, str(error)))
        except TooLongError as error:
            return Done(Problem(work.display, f"not checked: {error}"))
        except OSError as error:
            reason = error.strerror or error
            return Done(Problem(work.display, f"can't be written: {reason}; it is unchanged"))
        except Exception as error:
            logger.exception("checking %s failed", work.display)
            message = f"not checked: internal error ({error!r}), please report this"
            return Done(Problem(work.display, message))

    def _done(self, work: Work) -> Done:
        if not work.named and not mentions_configs(work.source.text):
            return Done(None)
        catalog = self._catalog(work.environment)
        modules = self._modules.setdefault(id(catalog), RecordingModules(catalog))
        reader = ConfigReader(catalog, modules)
        rules = work.selection.rules(all_rules())
        report = _report(work, reader, catalog, rules)
        return Done(report, modules.depended_on(work.source.path), catalog.absence)

    def _catalog(self, environment: Environment) -> Catalog:
        if environment.roots not in self._catalogs:
            found = Catalog.with_cache_and_releases(environment, os.environ)
            self._catalogs[environment.roots] = found
        return self._catalogs[environment.roots]


def _report(work: Work, reader: ConfigReader, catalog: Catalog, rules: tuple[Rule, ...]) -> FileReport:
    text, path = work.source.text, work.source.path
    if work.mode is Mode.CHECK:
        file = reader.read(text, path)
        unread = _unread(file)
        return _written_down(work, with_fixes_that_hold(file, check(file, catalog, rules), reader), unread)
    apply = ALL_FIXES if work.applies_unsafe else SAFE_ONLY
    mended = fix(text, catalog, rules, reader=reader, path=path, apply=apply)
    if mended.text == text:
        return _written_down(work, mended.result, _unread(mended.file))
    if work.mode is Mode.FIX:
        write_source(work.source, mended.text)
    result = mended.result
    return FileReport(
        work.display,
        mended.text,
        result.findings,
        mended.fixed,
        result.crashed,
        _unread(mended.file),
        original=text,
    )


def _written_down(work: Work, result: CheckResult, unread: tuple[Unread, ...]) -> FileReport:
    return FileReport(work.display, work.source.text, result.findings, crashed=result.crashed, unread=unread)


def _unread(file: ConfigFile) -> tuple[Unread, ...]:
    return tuple(Unread(each.line, each.reason) for each in file.unread)
