"""Reads documents and asks the rules; a keystroke costs the statement that it changes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.analysis import Analysis, Insight
from neuron_config_server.features.documents import path_of
from neuron_config_server.features.rule_selection import RuleSelection
from neuron_config_server.features.seldom import Seldom
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fixing import Trial
from neuron_config_server.lint.following import RecordingModules
from neuron_config_server.lint.selection import Selection
from neuron_config_server.reading.config_file import ConfigFile, mentions_configs
from neuron_config_server.reading.config_reader import ConfigReader, TooLongError
from neuron_config_server.reading.positions import source_text
from neuron_config_server.rules.finding import Finding
from neuron_config_server.rules.rule import Rule

logger = logging.getLogger(__name__)


class Analyser:
    """Analyses documents by URI, by the packages of one environment."""

    def __init__(
        self, catalog: Catalog, rules: Sequence[Rule], selection: RuleSelection | None = None
    ) -> None:
        self.catalog = catalog
        self.modules = RecordingModules(catalog)
        self._rules = tuple(rules)
        self._selection = selection or RuleSelection()
        self._chosen: tuple[Selection, tuple[Rule, ...]] | None = None
        self._seldom = Seldom()
        self._readers: dict[str, ConfigReader] = {}
        self._trial_readers: dict[str, ConfigReader] = {}
        """Of their own: reading what a change would make leaves what was read before stale."""

    def analyse(self, uri: str, text: str) -> Analysis:
        """The analysis of a document's text; of a text that mentions no Neuron config, nothing is said."""
        path = path_of(uri)
        file = self._read(uri, text, path)
        if file is None:
            nothing = Insight(self.catalog, None, ())
            return Analysis(uri, source_text(text), (), lambda: nothing)
        result = check(file, self.catalog, self._rules_for(path))
        insight = self._insight(file, result.findings, uri, path)
        return Analysis(uri, source_text(text), result.findings, lambda: insight, result.crashed)

    def hurry(self) -> None:
        """Other files have changed."""
        self._seldom.hurry()
        self._selection.hurry()

    def _rules_for(self, path: Path | None) -> tuple[Rule, ...]:
        """The rules that are checked in a file; choosing them takes longer than most rules."""
        selection = self._selection.of(path)
        if self._chosen is None or self._chosen[0] is not selection:
            self._chosen = (selection, selection.rules(self._rules))
        return self._chosen[1]

    def forget(self, uri: str) -> None:
        """Drop what is kept for a document that was closed."""
        self._readers.pop(uri, None)
        self._trial_readers.pop(uri, None)

    def _insight(
        self, file: ConfigFile, findings: tuple[Finding, ...], uri: str, path: Path | None
    ) -> Insight:
        @cache
        def trial() -> Trial:
            reader = self._trial_readers.setdefault(uri, ConfigReader(self.catalog, self.modules))
            return Trial(reader.read(file.text, path), reader)

        @cache
        def holds(finding: Finding) -> bool:
            return trial().is_good([finding])

        return Insight(self.catalog, file, findings, holds, trial)

    def _read(self, uri: str, text: str, path: Path | None) -> ConfigFile | None:
        if not mentions_configs(text):
            return None
        reader = self._readers.setdefault(uri, ConfigReader(self.catalog, self.modules))
        try:
            return reader.read(text, path, look_around=self._seldom.is_time())
        except TooLongError as error:
            logger.warning("nothing is said of %s: %s", uri, error)
        except Exception:
            logger.exception("reading %s failed; nothing is said of it", uri)
        return None
