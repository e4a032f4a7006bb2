from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.lint.policy import Overrides, Policies
from neuron_config_server.lint.selection import Layer
from neuron_config_server.rules import all_rules
from neuron_config_server.settings.files import Configurations, SettingsError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "neuron-config.toml").write_text(
        'select = ["NC1", "NC3"]\nexclude = ["generated", "data/old/**"]\n[per-file-ignores]\n"tests/**" = ["NC1"]\n'
    )
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "neuron-config.toml").write_text('select = ["NC4"]\n')
    return tmp_path


def policies(project: Path, **said: object) -> Policies:
    return Policies(Configurations(), Overrides(project, **{"layer": Layer(), **said}))  # type: ignore[arg-type]


def codes(found: Policies, path: Path) -> set[str]:
    """Of the rules that these tests speak of."""
    known = [rule for rule in all_rules() if rule.code in ("NC101", "NC301", "NC401")]
    return {rule.code for rule in found.of(path).selection(path).rules(known)}


def test_each_file_is_checked_by_its_own_settings(project: Path) -> None:
    found = policies(project)
    assert codes(found, project / "a.py") == {"NC101", "NC301"}
    assert codes(found, project / "tests" / "deep" / "a.py") == {"NC301"}
    assert codes(found, project / "other" / "a.py") == {"NC401"}


def test_the_command_line_is_above_all_of_them(project: Path) -> None:
    found = policies(project, layer=Layer(select=("NC3", "NC4")), per_file_ignores={"other/*": ("NC4",)})
    assert codes(found, project / "tests" / "a.py") == {"NC301", "NC401"}
    assert codes(found, project / "other" / "a.py") == {"NC301"}


@pytest.mark.parametrize(
    ("path", "is_excluded"),
    [
        ("generated/a.py", True),
        ("data/old/a.py", True),
        ("data/new/a.py", False),
        ("other/generated/a.py", False),
    ],
)
def test_what_settings_exclude(project: Path, path: str, is_excluded: bool) -> None:
    assert policies(project).excludes(project / path) is is_excluded


def test_exclude_replaces_and_extend_exclude_adds(project: Path) -> None:
    replaced = policies(project, exclude=("x.py",), extend_exclude=("y.py",))
    assert not replaced.excludes(project / "generated" / "a.py")
    assert replaced.excludes(project / "x.py")
    assert replaced.excludes(project / "other" / "y.py")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('select = ["NC9999"]\n', "neuron-config.toml: select: there is no rule NC9999"),
        ('exclude = ["a[b"]\n', "neuron-config.toml: exclude: the pattern 'a[b' has a [ that isn't closed"),
        ('[per-file-ignores]\n"a" = ["X"]\n', "neuron-config.toml: per-file-ignores: there is no rule X"),
    ],
)
def test_what_settings_cannot_mean_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "neuron-config.toml").write_text(text)
    with pytest.raises(SettingsError) as error:
        policies(tmp_path).of(tmp_path / "a.py")
    assert message in str(error.value)
