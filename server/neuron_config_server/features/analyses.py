"""The analyses of all open documents, by the packages of one environment."""

from __future__ import annotations

import gc
import importlib
import logging
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.features.analysis import Analysis
from neuron_config_server.features.documents import path_of
from neuron_config_server.features.rule_selection import RuleSelection
from neuron_config_server.lint.cache import ResultCache
from neuron_config_server.lint.files import SourceFile
from neuron_config_server.lint.report import FileReport
from neuron_config_server.lint.work import Done, Mode, Work
from neuron_config_server.reading.positions import source_text
from neuron_config_server.reading.text_cache import drop_texts

if TYPE_CHECKING:
    from neuron_config_server.features.analyser import Analyser

logger = logging.getLogger(__name__)

_LONG = 100_000
"""Characters of a text of which so much is kept that what is left is swept up when it is closed."""


class Analyses:
    """What is known of each document, computed once a text.

    Reading and judging a text takes two thirds of a second the first time, half of it for what has to be
    imported for it. A text that was judged in an earlier session, where nothing else has changed either, has
    its findings at once.
    """

    def __init__(self, environment: Environment, kept_in: Path | None = None) -> None:
        """By an environment.

        Args:
            kept_in: the folder of findings of earlier sessions; None: none are kept.
        """
        self.environment = environment
        self._selection = RuleSelection()
        self._kept = ResultCache(kept_in) if kept_in is not None else None
        self._latest: dict[str, Analysis] = {}

    def of(self, uri: str, text: str) -> Analysis:
        """The analysis of a document's text."""
        latest = self._latest.get(uri)
        if latest is None or latest.source.text != text:
            known = self._kept_analysis(uri, text) if not self.is_ready else None
            latest = self._latest[uri] = known or self.analyser.analyse(uri, text)
        return latest

    def of_closed(self, uri: str, text: str) -> Analysis:
        """The analysis of a file that no client has open, from its text on disk; it isn't kept in memory."""
        path = path_of(uri)
        known = self._kept_analysis(uri, text)
        if known is not None or path is None:
            return known or self.analyser.analyse(uri, text)
        analysis = self.analyser.analyse(uri, text)
        self.analyser.forget(uri)
        self._put(path, analysis)
        return analysis

    def hurry(self) -> None:
        """Files on which documents hang may have changed: what is known of their texts may be wrong now."""
        self._latest.clear()
        self._selection.hurry()
        if self.is_ready:
            self.analyser.hurry()

    def forget(self, uri: str) -> None:
        """Drop what is kept for a document that was closed."""
        latest = self._latest.pop(uri, None)
        if self.is_ready:
            self.analyser.forget(uri)
        if latest is not None and len(latest.source.text) > _LONG:
            del latest
            drop_texts()
            gc.collect()  # its classes and their file hold each other

    def keep(self, uri: str) -> None:
        """Keep the findings of a document for the next session."""
        analysis, path = self._latest.get(uri), path_of(uri)
        if analysis is not None and path is not None and self.is_ready:
            self._put(path, analysis)

    def _put(self, path: Path, analysis: Analysis) -> None:
        if self._kept is not None:
            report = FileReport(path, analysis.source.text, analysis.findings)
            depended_on = self.analyser.modules.depended_on(path)
            self._kept.put(self._work(path, analysis.source.text), Done(report, depended_on))

    @property
    def is_ready(self) -> bool:
        """Whether all is imported that analysing takes."""
        return "analyser" in vars(self)

    @cached_property
    def analyser(self) -> Analyser:
        catalog = importlib.import_module("neuron_config_server.catalog.catalog").Catalog
        rules = importlib.import_module("neuron_config_server.rules").all_rules()
        made = importlib.import_module("neuron_config_server.features.analyser").Analyser
        return made(catalog.with_cache_and_releases(self.environment, os.environ), rules, self._selection)

    def _kept_analysis(self, uri: str, text: str) -> Analysis | None:
        path = path_of(uri)
        if self._kept is None or path is None:
            return None
        done = self._kept.get(self._work(path, text))
        if done is None or not isinstance(done.outcome, FileReport):
            return None
        findings = done.outcome.findings
        return Analysis(uri, source_text(text), findings, lambda: self.analyser.analyse(uri, text).insight)

    def _work(self, path: Path, text: str) -> Work:
        source = SourceFile(path, text, "utf-8")
        return Work(source, path, True, self._selection.of(path), self.environment, Mode.CHECK, False)


def folder_of_kept_findings(variables: Mapping[str, str]) -> Path | None:
    """Beside the catalog's cache."""
    from neuron_config_server.catalog.fact_cache import default_cache_file

    file = default_cache_file(variables)
    return file.parent / "findings" if file is not None else None
