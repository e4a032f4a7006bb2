"""Analyses of documents: computed once a text, and known from an earlier session."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path

import pytest

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.features.analyses import Analyses, folder_of_kept_findings
from neuron_config_server.reading.positions import source_text

TEXT = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids", "token_type_ids"]
"""


class Session:
    """A server that is started anew, in an environment of its own."""

    def __init__(self, folder: Path, environment: Path) -> None:
        self.folder = folder
        self.packages = folder / "environment"
        shutil.copytree(environment, self.packages, symlinks=True)
        self.uri = (folder / "esm.py").as_uri()

    def started(self) -> Analyses:
        environment = Environment.discover(None, self.packages, {})
        return Analyses(environment, self.folder / "kept")

    def ended(self, text: str = TEXT) -> None:
        analyses = self.started()
        assert [each.code for each in analyses.of(self.uri, text).insight.findings] == ["NC101"]
        analyses.keep(self.uri)


@pytest.fixture
def session(tmp_path: Path, small_environment: Path) -> Session:
    return Session(tmp_path, small_environment)


def test_an_unchanged_text_has_its_findings_before_anything_is_imported(session: Session) -> None:
    session.ended()
    again = session.started()
    analysis = again.of(session.uri, TEXT)
    assert [each.code for each in analysis.findings] == ["NC101"]
    assert not again.is_ready
    assert analysis.insight.file is not None, "what else is asked for is worked out then"
    assert again.is_ready


@pytest.mark.parametrize("change", ["text", "package", "settings", "neighbour"])
def test_findings_of_something_else_are_not_taken(change: str, session: Session) -> None:
    text = f"from .lists import INPUTS\n{TEXT}".replace('_ids"]', '_ids", *INPUTS]')
    session.ended(text)
    if change == "text":
        text += "\n"
    elif change == "package":
        (file,) = session.packages.rglob("modeling_esm.py")
        file.write_text(file.read_text() + "\n")
    elif change == "settings":
        (session.folder / "neuron-config.toml").write_text('select = ["NC101"]\n')
    else:
        (session.folder / "lists.py").write_text("INPUTS = []\n")
    again = session.started()
    assert [each.code for each in again.of(session.uri, text).findings] == ["NC101"]
    assert again.is_ready, "it was worked out anew"


def test_a_text_is_analysed_once(session: Session) -> None:
    analyses = session.started()
    assert analyses.of(session.uri, TEXT) is analyses.of(session.uri, TEXT)
    assert analyses.of(session.uri, TEXT) is not analyses.of(session.uri, TEXT + "\n")


def test_nothing_is_kept_of_a_long_text_that_was_closed(session: Session) -> None:
    text = "class C:\n    names = [" + '"a", ' * 25_000 + f"]\n\n{TEXT}"
    analyses = session.started()
    analysis = analyses.of(session.uri, text)
    assert analysis.insight.file is not None
    statement = weakref.ref(analysis.insight.file.statements[0])
    source = weakref.ref(source_text(text))
    assert source() is not None, "texts asked for lately are known"
    del analysis
    analyses.forget(session.uri)
    assert (statement(), source()) == (None, None)


def test_damaged_findings_and_a_folder_that_cannot_be_written_cost_time_alone(session: Session) -> None:
    session.ended()
    for file in (session.folder / "kept").rglob("*.json"):
        file.write_bytes(b"\x00")
    assert [each.code for each in session.started().of(session.uri, TEXT).findings] == ["NC101"]
    shutil.rmtree(session.folder / "kept")
    (session.folder / "kept").write_text("a file")
    session.ended()


def test_nothing_is_kept_where_the_user_wants_no_cache() -> None:
    assert folder_of_kept_findings({"NEURON_CONFIG_CACHE_DIR": ""}) is None
    assert folder_of_kept_findings({"NEURON_CONFIG_CACHE_DIR": "/x"}) == Path("/x/findings")
