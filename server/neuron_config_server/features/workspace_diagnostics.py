"""Diagnostics of the workspace's files that aren't open, for a client that asks for them.

A client asks again and again. What hasn't changed is told to be unchanged, and where nothing at all has, the
answer waits until something does: so long the client asks nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from lsprotocol import types

from neuron_config_server.features.analyses import Analyses
from neuron_config_server.features.diagnostics import document_report
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.lint.discovery import Target, find_targets
from neuron_config_server.lint.files import UnreadableError, decode_source, read_bytes
from neuron_config_server.lint.run import may_mention_configs

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 30.0
"""A client that watches no files is asked to wait no longer than that for what it doesn't tell."""

_Report = Union[types.WorkspaceFullDocumentDiagnosticReport, types.WorkspaceUnchangedDocumentDiagnosticReport]


@dataclass(frozen=True)
class _Known:
    """What was said of a file."""

    stamp: tuple[int, int]
    analyses: Analyses
    report: types.RelatedFullDocumentDiagnosticReport | None
    """None of a file that mentions no config."""


class _Files(dict[Path, _Known]):
    """What was said of the files that aren't open."""

    are_told = False
    """Whether the client has had an answer: from then on, it gets news."""


async def check(
    ls: NeuronConfigServer, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """The diagnostics of every file with configs; it gives way to other requests after each file."""
    previous = {each.uri: each.value for each in params.previous_result_ids}
    await ls.settings_known.wait()
    while True:
        ls.workspace_changed.clear()
        reports = await _reports(ls, previous, params)
        has_news = any(isinstance(each, types.WorkspaceFullDocumentDiagnosticReport) for each in reports)
        files = ls.kept(_Files)
        if has_news or not files.are_told:
            files.are_told = True
            return types.WorkspaceDiagnosticReport([] if params.partial_result_token is not None else reports)
        try:
            await asyncio.wait_for(ls.workspace_changed.wait(), _SECONDS_BETWEEN_LOOKS)
        except asyncio.TimeoutError:
            logger.debug("looking for changed files")


async def _reports(
    ls: NeuronConfigServer, previous: Mapping[str, str], params: types.WorkspaceDiagnosticParams
) -> list[_Report]:
    """A report for each file; in parts where the client takes parts."""
    reports: list[_Report] = []
    targets = _targets(ls)
    token = params.work_done_token if not ls.kept(_Files).are_told else None
    with _Progress(ls, token, len(targets)) as progress:
        for target in targets:
            report = _report(ls, target.path, previous)
            if report is not None:
                reports.append(report)
                if params.partial_result_token is not None:
                    part = types.WorkspaceDiagnosticReportPartialResult([report])
                    ls.progress(types.ProgressParams(params.partial_result_token, part))
            progress.step(target.path.name)
            await asyncio.sleep(0)
    found = {target.path.as_uri() for target in targets}
    gone = [uri for uri in previous if uri not in found and not ls.has_open(uri)]
    return [*reports, *(types.WorkspaceFullDocumentDiagnosticReport(uri, []) for uri in gone)]


def _targets(ls: NeuronConfigServer) -> list[Target]:
    if not ls.settings.workspace_diagnostics:
        return []
    found, problems = find_targets(list(ls.folders.paths()))
    for problem in problems:
        logger.info("%s is passed over: %s", problem.path, problem.message)
    return found


def _report(ls: NeuronConfigServer, path: Path, previous: Mapping[str, str]) -> _Report | None:
    """The file's diagnostics; None where there is nothing to say of it: the client has it open, say."""
    uri = path.as_uri()
    if ls.has_open(uri):
        return None
    full = _full_report(ls, uri, path)
    if full is None or (not full.items and uri not in previous):
        return None
    if full.result_id is not None and previous.get(uri) == full.result_id:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri, full.result_id)
    return types.WorkspaceFullDocumentDiagnosticReport(uri, full.items, result_id=full.result_id)


def _full_report(
    ls: NeuronConfigServer, uri: str, path: Path
) -> types.RelatedFullDocumentDiagnosticReport | None:
    analyses = ls.folders.analyses(uri)
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of files, each time that a client asks
        stamp = status.st_mtime_ns, status.st_size
        files = ls.kept(_Files)
        known = files.get(path)
        if known is None or known.stamp != stamp or known.analyses is not analyses:
            known = files[path] = _Known(stamp, analyses, _judged(ls, analyses, uri, path))
    except (OSError, UnreadableError) as error:
        logger.info("%s is passed over: %s", path, error)
        return None
    return known.report


def _judged(
    ls: NeuronConfigServer, analyses: Analyses, uri: str, path: Path
) -> types.RelatedFullDocumentDiagnosticReport | None:
    data = read_bytes(path)
    if not may_mention_configs(data):
        return None
    analysis = analyses.of_closed(uri, decode_source(path, data).text)
    return document_report(OpenDocument(analysis, None, ls.encoding, ls.client))


class _Progress:
    """The progress that a client shows, if it gave a token for it."""

    def __init__(self, ls: NeuronConfigServer, token: int | str | None, total: int) -> None:
        self._ls = ls
        self._token = token
        self._total = total
        self._done = 0

    def __enter__(self) -> _Progress:
        if self._token is not None:
            begin = types.WorkDoneProgressBegin("Checking Neuron configs", percentage=0)
            self._ls.work_done_progress.begin(self._token, begin)
        return self

    def step(self, name: str) -> None:
        self._done += 1
        percentage = 100 * self._done // max(1, self._total)
        if self._token is not None and percentage != 100 * (self._done - 1) // max(1, self._total):
            report = types.WorkDoneProgressReport(message=name, percentage=percentage)
            self._ls.work_done_progress.report(self._token, report)

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            self._ls.work_done_progress.end(self._token, types.WorkDoneProgressEnd())
            self._ls.work_done_progress.tokens.pop(self._token, None)  # pygls 2.1.1 keeps it for ever
