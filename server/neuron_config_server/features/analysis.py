"""What is known about an open document, computed once a text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pygls.uris import to_fs_path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.rule_selection import RuleSelection
from neuron_config_server.lint.check import check
from neuron_config_server.lint.fixing import Trial
from neuron_config_server.reading.config_file import ConfigFile, ConfigReader, TooLongError, mentions_configs
from neuron_config_server.reading.modules import Modules
from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules.finding import Finding
from neuron_config_server.rules.rule import Rule

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Analysis:
    """A text and what the rules say of it."""

    uri: str
    source: SourceText
    findings: tuple[Finding, ...]
    fix_holds: Callable[[Finding], bool] = lambda finding: True
    """Whether a finding's fix changes nothing but what it means to. It takes as long as reading the text, so
    it is asked only when a fix is to be offered.
    """
    file: ConfigFile | None = None
    """None where the text mentions no Neuron config, or isn't read."""
    trial: Callable[[], Trial] | None = None
    """Tries out other changes of the text, as long as it is the latest; None of a text that isn't read."""


class Analyser:
    """Analyses documents by URI; a keystroke costs the statement that it changes."""

    def __init__(self, catalog: Catalog, rules: Sequence[Rule]) -> None:
        self.catalog = catalog
        self._rules = RuleSelection(rules)
        self._readers: dict[str, ConfigReader] = {}
        self._trial_readers: dict[str, ConfigReader] = {}
        """Of their own: reading what a change would make leaves what was read before stale."""
        self._modules = Modules(catalog)
        self._latest: dict[str, Analysis] = {}

    def analyse(self, uri: str, text: str) -> Analysis:
        """The analysis of a document's text; of a text that mentions no Neuron config, nothing is said."""
        latest = self._latest.get(uri)
        if latest is None or latest.source.text != text:
            latest = self._latest[uri] = self._new_analysis(uri, text)
        return latest

    def forget(self, uri: str) -> None:
        """Drop what is kept for a document that was closed."""
        self._readers.pop(uri, None)
        self._trial_readers.pop(uri, None)
        self._latest.pop(uri, None)

    def _new_analysis(self, uri: str, text: str) -> Analysis:
        path = _path(uri)

        @cache
        def trial() -> Trial:
            reader = self._trial_readers.setdefault(uri, ConfigReader(self.catalog, self._modules))
            return Trial(reader.read(text, path), reader)

        @cache
        def holds(finding: Finding) -> bool:
            return trial().is_good([finding])

        file = self._read(uri, text, path)
        if file is None:
            return Analysis(uri, SourceText(text), ())
        findings = check(file, self.catalog, self._rules.of(path)).findings
        return Analysis(uri, SourceText(text), findings, holds, file, trial)

    def _read(self, uri: str, text: str, path: Path | None) -> ConfigFile | None:
        if not mentions_configs(text):
            return None
        reader = self._readers.setdefault(uri, ConfigReader(self.catalog, self._modules))
        try:
            return reader.read(text, path)
        except TooLongError as error:
            logger.warning("nothing is said of %s: %s", uri, error)
        except Exception:
            logger.exception("reading %s failed; nothing is said of it", uri)
        return None


def _path(uri: str) -> Path | None:
    """The file of a document; None for one that was never saved."""
    found = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(found) if found is not None else None
