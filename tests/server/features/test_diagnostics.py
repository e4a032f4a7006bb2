from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from lsprotocol import types
from opened import EVERYTHING
from pygls.protocol import default_converter

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.features.actions.quick_fixes import fixes
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.features.analysis import Analysis, Insight
from neuron_config_server.features.diagnostics import Written, diagnostics, document_report
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.reading.positions import Position, Range, SourceText
from neuron_config_server.rules import all_rules, home
from neuron_config_server.rules.finding import Finding, Related, Severity

CONVERTER = default_converter()
PLACE = Range(Position(0, 1), Position(0, 2))
WHOLE = Range(Position(0, 0), Position(1000, 0))


def document(*findings: Finding, text: str = "𝕏x = 1\n", encoding: str = "utf-16") -> OpenDocument:
    catalog = Catalog(Environment(Path("python"), (), "none"))
    insight = Insight(catalog, None, findings)
    analysis = Analysis("file:///a.py", SourceText(text), findings, lambda: insight)
    return OpenDocument(analysis, 1, encoding, EVERYTHING)


def document_of(analysis: Analysis) -> OpenDocument:
    return OpenDocument(analysis, 1, "utf-16", EVERYTHING)


def finding(**more: object) -> Finding:
    return Finding("NC101", "some", Severity.INFO, "m", PLACE, None, (), None, **more)  # type: ignore[arg-type]


def test_related_places_are_in_the_clients_units_in_their_own_file(tmp_path: Path) -> None:
    other = tmp_path / "other file.py"
    other.write_text("𝕏𝕏 = 1\n", encoding="utf-8")
    gone = tmp_path / "gone.py"
    related = (Related("here", PLACE), Related("there", PLACE, other), Related("nowhere", PLACE, gone))
    (found,) = diagnostics(document(finding(related=related)))
    assert found.related_information is not None
    here, there, nowhere = (each.location for each in found.related_information)
    assert (here.uri, here.range.start.character, here.range.end.character) == ("file:///a.py", 2, 3)
    assert (there.uri, there.range.end.character) == (other.as_uri(), 4)
    assert nowhere.uri == gone.as_uri()


def test_what_does_nothing_is_faded() -> None:
    (faded,), (plain,) = (diagnostics(document(finding(is_unnecessary=each))) for each in (True, False))
    assert faded.tags == [types.DiagnosticTag.Unnecessary]
    assert (plain.tags, plain.related_information) == (None, None)
    assert plain.severity is types.DiagnosticSeverity.Information


def test_a_code_leads_to_its_page_where_the_project_has_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    (without,) = diagnostics(document(finding()))
    monkeypatch.setattr(home, "HOME", "https://example.com/project")
    (found,) = diagnostics(document(finding()))
    assert without.code_description is None
    assert found.code_description == types.CodeDescription(
        "https://example.com/project/blob/main/docs/rules/NC101.md"
    )


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", [1, 4]), ("utf-16", [1, 2]), ("utf-32", [1, 1])]
)
def test_the_same_finding_is_somewhere_else_when_its_line_has_changed(
    encoding: str, expected: list[int]
) -> None:
    written, found = Written(), finding()
    texts = [
        written.of(document(found, text=text, encoding=encoding))[0] for text in ("ax = 1\n", "𝕏x = 1\n")
    ]
    assert [json.loads(each)["range"]["start"]["character"] for each in texts] == expected


def test_it_ends_with_its_line() -> None:
    """Of a statement that is being typed, a finding may be of an earlier text."""
    written, found = Written(), finding()
    ends = [
        json.loads(written.of(document(found, text=text))[0])["range"]["end"]["character"]
        for text in ("ax\n", "a\n")
    ]
    assert ends == [2, 1]


def test_and_so_is_what_it_speaks_of(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    below = Range(Position(1, 1), Position(1, 2))
    found = finding(related=(Related("below", below), Related("there", PLACE, other)))
    written, starts = Written(), []
    for text, elsewhere in (("a\nax\n", "ax"), ("a\n𝕏x\n", "ax"), ("a\n𝕏x\n", "𝕏𝕏 # longer")):
        other.write_text(elsewhere, encoding="utf-8")
        os.utime(other, (len(elsewhere), len(elsewhere)))
        (one,) = written.of(document(found, text=text))
        related = json.loads(one)["relatedInformation"]
        starts.append([each["location"]["range"]["start"]["character"] for each in related])
    assert starts == [[1, 1], [2, 1], [2, 2]]


def test_every_finding_is_written_in_its_order() -> None:
    one, other = finding(), finding(is_unnecessary=True)
    written = Written()
    for findings in ((one, other), (other, replace(one)), (one, one, other), (), (other,)):
        opened = document(*findings)
        expected = [json.loads(json.dumps(CONVERTER.unstructure(each))) for each in diagnostics(opened)]
        assert [json.loads(each) for each in written.of(opened)] == expected


def test_it_is_written_once_while_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written()
    line = Range(Position(7, 0), Position(7, 0))
    found = finding(related=(Related("here", PLACE), Related("there", line, Path("/other.py"))))
    first = written.of(document(found, text="ax = 1\n"))
    monkeypatch.setattr("neuron_config_server.features.diagnostics.diagnostic", lambda *_: 1 / 0)
    for same in (found, replace(found)):
        assert written.of(document(same, text="ax = 1\n𝕏 = 2\n")) == first
    written.forget("file:///a.py")
    with pytest.raises(ZeroDivisionError):
        written.of(document(found, text="ax = 1\n"))


def test_a_report_is_another_one_when_something_else_is_shown() -> None:
    ids = {
        document_report(document(*findings)).result_id
        for findings in ((), (finding(),), (finding(), finding()), (finding(is_unnecessary=True),))
    }
    assert len(ids) == 4
    assert document_report(document(finding())).result_id == document_report(document(finding())).result_id


CONFIG = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        {body}
"""
LIST = CONFIG.format(body='return ["input_ids", "token_type_ids"]')
UNPACKED = CONFIG.format(body='x, y = ["input_ids", "token_type_ids"]; return [x, y]')


def titles(found: Analysis) -> list[str]:
    return [offer.title for offer in fixes(document_of(found), WHOLE)]


def test_a_fix_that_would_break_the_class_is_not_offered(small_catalog: Catalog) -> None:
    analyser = Analyser(small_catalog, all_rules())
    assert titles(analyser.analyse("file:///a.py", LIST)) == ['Remove "token_type_ids" (NC101)']
    unpacked = analyser.analyse("file:///a.py", UNPACKED)
    assert [each.code for each in unpacked.findings] == ["NC101"]
    assert titles(unpacked) == []
    assert titles(analyser.analyse("file:///a.py", LIST)) == ['Remove "token_type_ids" (NC101)']


def test_comments_and_settings_silence_the_editor_too(small_catalog: Catalog, tmp_path: Path) -> None:
    analyser = Analyser(small_catalog, all_rules())
    uri = (tmp_path / "esm.py").as_uri()

    def codes(text: str) -> list[str]:
        return [each.code for each in analyser.analyse(uri, text).findings]

    assert codes(f"# neuron: ignore-file[NC101]\n{LIST}") == []
    assert codes(LIST) == ["NC101"]
    (tmp_path / "neuron-config.toml").write_text('ignore = ["NC101"]\n')
    assert codes(f"{LIST}\n") == [], "from the next keystroke on"


def test_settings_that_cannot_be_used_are_logged_once_and_rules_speak(
    small_catalog: Catalog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "neuron-config.toml").write_text("nonsense = 1\n")
    analyser = Analyser(small_catalog, all_rules())
    uri = (tmp_path / "esm.py").as_uri()
    assert [each.code for each in analyser.analyse(uri, LIST).findings] == ["NC101"]
    assert [each.code for each in analyser.analyse(uri, f"{LIST}\n").findings] == ["NC101"]
    assert caplog.text.count("there is no key `nonsense`") == 1
