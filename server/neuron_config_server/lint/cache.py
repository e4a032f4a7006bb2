"""Results of earlier runs, a small file each, used as long as nothing has changed that decided them.

Those are: the file's text, which rules are selected, this program and the Python that runs it, the packages
of the environment, and the other files that were followed or looked for. A cache that can't be used costs
time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neuron_config_server.lint.report import FileReport
from neuron_config_server.lint.report_json import report_from_json, report_to_json
from neuron_config_server.lint.stamps import content_stamp, environment_stamp, tool_stamp
from neuron_config_server.lint.work import Done, Work

logger = logging.getLogger(__name__)

FOLDER_NAME = ".neuron_config_cache"
_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of neuron-config. See https://bford.info/cachedir/
"""
"""What tells backup programs that a folder needs no backup (Cache Directory Tagging, bford.info/cachedir)."""


class ResultCache:
    """Results in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment_stamps: dict[tuple[Path, ...], str] = {}
        self._is_writable = True

    def get(self, work: Work) -> Done | None:
        """What came of the same work earlier; None if that isn't known for sure."""
        try:
            data = json.loads(self._file(work).read_bytes())
            if data["key"] != self._key(work) or not _are_current(data["depended_on"]):
                return None
            report = report_from_json(data["report"], work.display, work.source.text)
            return Done(report, absence=data["absence"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.info("a result in the cache can't be read: %s", error)
            return None

    def put(self, work: Work, done: Done) -> None:
        """Keep a result, if it is one of checking alone and every rule was heard."""
        report = done.outcome
        if not self._is_writable or not isinstance(report, FileReport) or report.crashed or report.fixed:
            return
        data = {
            "key": self._key(work),
            "depended_on": {str(path): stamp for path, stamp in done.depended_on.items()},
            "absence": done.absence,
            "report": report_to_json(report),
        }
        try:
            self._write(self._file(work), json.dumps(data))
        except OSError as error:
            self._is_writable = False
            logger.info("results can't be kept in %s: %s", self._folder, error)

    def _file(self, work: Work) -> Path:
        return self._folder / f"{_digest(os.path.abspath(work.source.path))}.json"  # noqa: PTH100 - keeps links

    def _key(self, work: Work) -> str:
        roots = work.environment.roots
        if roots not in self._environment_stamps:
            self._environment_stamps[roots] = environment_stamp(work.environment)
        parts = (
            tool_stamp(),
            self._environment_stamps[roots],
            repr(work.selection),
            str(work.named),
            work.source.encoding,
            work.source.text,
        )
        return _digest("\0".join(parts))

    def _write(self, file: Path, text: str) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True)
            (self._folder / "CACHEDIR.TAG").write_text(_TAG, encoding="utf-8")
            (self._folder / ".gitignore").write_text("*\n", encoding="utf-8")
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                opened.write(text)
            Path(name).replace(file)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def _are_current(depended_on: Mapping[str, Any]) -> bool:
    return all(content_stamp(Path(path)) == stamp for path, stamp in depended_on.items())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
