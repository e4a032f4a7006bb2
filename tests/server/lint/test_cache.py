"""Results are used again only while nothing has changed that decided them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.lint import stamps
from neuron_config_server.lint.cache import ResultCache
from neuron_config_server.lint.files import read_source
from neuron_config_server.lint.following import RecordingModules
from neuron_config_server.lint.report import FileReport
from neuron_config_server.lint.selection import Layer, Selection
from neuron_config_server.lint.work import Done, Mode, Work
from neuron_config_server.lint.workshop import Workshop
from neuron_config_server.rules.finding import Finding

MakeWork = Callable[..., Work]


@pytest.fixture
def environment(tmp_path: Path, small_environment: Path) -> Environment:
    """A copy, so that a test can change it."""
    copy = tmp_path / "environment"
    shutil.copytree(small_environment, copy)
    return Environment.discover(None, copy, {})


@pytest.fixture
def config(tmp_path: Path, esm_with_mistakes: str) -> Path:
    path = tmp_path / "project" / "esm.py"
    path.parent.mkdir()
    path.write_text(esm_with_mistakes, encoding="utf-8")
    return path


@pytest.fixture
def work(config: Path, environment: Environment) -> MakeWork:
    def make(selection: Selection = Selection()) -> Work:  # noqa: B008 - it is frozen
        source = read_source(config)
        return Work(source, Path("esm.py"), True, selection, environment, Mode.CHECK, False)

    return make


def remembered(folder: Path, work: Work) -> Done | None:
    """As a later process would ask."""
    return ResultCache(folder).get(work)


def checked(folder: Path, work: Work) -> FileReport:
    done = Workshop().do(work)
    ResultCache(folder).put(work, done)
    assert isinstance(done.outcome, FileReport)
    return done.outcome


def without_intent(finding: Finding) -> Finding:
    fix = replace(finding.fix, intent=None) if finding.fix is not None else None
    return replace(finding, fix=fix)


def test_what_was_found_is_found_again(tmp_path: Path, work: MakeWork) -> None:
    report = checked(tmp_path / "cache", work())
    known = remembered(tmp_path / "cache", work())
    assert len(report.findings) == 3
    assert known is not None
    assert known.outcome == replace(report, findings=tuple(map(without_intent, report.findings)))


def test_another_text_is_checked(tmp_path: Path, work: MakeWork, config: Path) -> None:
    checked(tmp_path / "cache", work())
    config.write_text(config.read_text() + "\n")
    assert remembered(tmp_path / "cache", work()) is None


def test_other_rules_are_asked(tmp_path: Path, work: MakeWork) -> None:
    checked(tmp_path / "cache", work())
    assert remembered(tmp_path / "cache", work(Selection((Layer(select=("NC1",)),)))) is None


@pytest.mark.parametrize(
    "path",
    [
        "transformers/models/esm/modeling_esm.py",
        "optimum/exporters/tasks.py",
        "transformers/models/new/modeling_new.py",
    ],
)
def test_a_package_that_changes_is_read_again(
    tmp_path: Path, work: MakeWork, environment: Environment, path: str
) -> None:
    checked(tmp_path / "cache", work())
    changed = environment.roots[0] / path
    changed.parent.mkdir(exist_ok=True)
    changed.write_text((changed.read_text() if changed.exists() else "") + "\n# changed\n")
    assert remembered(tmp_path / "cache", work()) is None


def test_a_package_that_is_removed_is_noticed(
    tmp_path: Path, work: MakeWork, environment: Environment
) -> None:
    checked(tmp_path / "cache", work())
    shutil.rmtree(environment.roots[0] / "optimum")
    assert remembered(tmp_path / "cache", work()) is None


PARENT = """\
class ParentNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        return ["input_ids", "attention_mask"{more}]
"""
CHILD = """\
from {module} import ParentNeuronConfig

@register_in_tasks_manager("esm", "feature-extraction", "fill-mask", "token-classification")
class EsmNeuronConfig(ParentNeuronConfig):
    pass
"""


@pytest.mark.parametrize("module", [".parent", "parent", ".middle"])
def test_a_neighbour_that_changes_decides_anew(
    tmp_path: Path, work: MakeWork, config: Path, module: str
) -> None:
    folder, parent = tmp_path / "cache", config.with_name("parent.py")
    config.write_text(CHILD.format(module=module))
    config.with_name("middle.py").write_text("from .parent import ParentNeuronConfig\n")
    parent.write_text(PARENT.format(more=""))
    assert checked(folder, work()).findings == ()
    assert remembered(folder, work()) is not None
    parent.write_text(PARENT.format(more=', "token_type_ids"'))
    assert remembered(folder, work()) is None
    assert [finding.code for finding in checked(folder, work()).findings] == ["NC101"]


@pytest.mark.parametrize("module", [".parent", "parent", ".package.parent"])
def test_a_neighbour_that_appears_decides_anew(
    tmp_path: Path, work: MakeWork, config: Path, module: str
) -> None:
    folder = tmp_path / "cache"
    config.write_text(CHILD.format(module=module))
    (config.parent / "package").mkdir()
    assert checked(folder, work()).findings == ()
    assert remembered(folder, work()) is not None
    config.parent.joinpath(*module.strip(".").split(".")).with_suffix(".py").write_text(
        PARENT.format(more=', "token_type_ids"')
    )
    assert remembered(folder, work()) is None


def test_files_that_share_a_neighbour_depend_on_it_each(tmp_path: Path, work: MakeWork, config: Path) -> None:
    """The second file finds the neighbour followed already; what that looked for counts for it as well."""
    config.with_name("middle.py").write_text("from .parent import ParentNeuronConfig\n")
    config.with_name("parent.py").write_text(PARENT.format(more=""))
    config.write_text(CHILD.format(module=".middle"))
    workshop = Workshop()
    first, second = workshop.do(work()), None
    other = config.with_name("other.py")
    other.write_text(config.read_text().replace("esm", "bert").replace("Esm", "Bert"))
    second = workshop.do(replace(work(), source=read_source(other)))
    assert config.with_name("parent.py") in first.depended_on
    assert config.with_name("parent.py") in second.depended_on


def test_another_version_of_ours_asks_again(
    tmp_path: Path, work: MakeWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(tmp_path / "cache", work())
    monkeypatch.setattr("neuron_config_server.lint.cache.tool_stamp", lambda: "another")
    assert remembered(tmp_path / "cache", work()) is None


def test_the_stamp_of_ours_changes_with_our_files(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = list(stamps._file_stamps([tmp_path]))
    (tmp_path / "a.py").write_text("22")
    assert list(stamps._file_stamps([tmp_path])) != before


def test_the_folder_is_marked_as_a_cache_and_kept_out_of_git(tmp_path: Path, work: MakeWork) -> None:
    checked(tmp_path / "cache", work())
    assert (tmp_path / "cache/.gitignore").read_text() == "*\n"
    tag = (tmp_path / "cache/CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55")


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"key": 3}', b"\xff\xfe", b"null"])
def test_a_damaged_result_is_as_good_as_none(tmp_path: Path, work: MakeWork, damage: bytes) -> None:
    checked(tmp_path / "cache", work())
    (file,) = (tmp_path / "cache").glob("*.json")
    file.write_bytes(damage)
    assert remembered(tmp_path / "cache", work()) is None


def test_a_result_of_another_form_is_as_good_as_none(tmp_path: Path, work: MakeWork) -> None:
    checked(tmp_path / "cache", work())
    (file,) = (tmp_path / "cache").glob("*.json")
    data = json.loads(file.read_text())
    data["report"]["findings"][0].pop("range")
    file.write_text(json.dumps(data))
    assert remembered(tmp_path / "cache", work()) is None


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_said(
    tmp_path: Path, work: MakeWork, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file, where the folder would be")
    cache = ResultCache(tmp_path / "cache")
    done = Workshop().do(work())
    cache.put(work(), done)
    cache.put(work(), done)
    assert cache.get(work()) is None
    assert caplog.text == ""


def test_a_run_in_which_a_rule_failed_is_not_kept(tmp_path: Path, work: MakeWork) -> None:
    done = Workshop().do(work())
    assert isinstance(done.outcome, FileReport)
    ResultCache(tmp_path / "cache").put(
        work(), replace(done, outcome=replace(done.outcome, crashed=("NC101",)))
    )
    assert remembered(tmp_path / "cache", work()) is None


def test_a_neighbour_that_changes_while_it_is_followed_decides_anew(
    tmp_path: Path, work: MakeWork, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found belongs to the text that was read, not to the one that is there afterwards."""
    config.write_text(CHILD.format(module=".parent"))
    parent = config.with_name("parent.py")
    parent.write_text(PARENT.format(more=""))
    depended_on = RecordingModules.depended_on

    def changed_meanwhile(self: RecordingModules, file: Path) -> Mapping[Path, str | None]:
        parent.write_text(PARENT.format(more=', "token_type_ids"'))
        return depended_on(self, file)

    monkeypatch.setattr(RecordingModules, "depended_on", changed_meanwhile)
    assert checked(tmp_path / "cache", work()).findings == ()
    assert remembered(tmp_path / "cache", work()) is None
