"""Settings files as people write them, and what is told of those that can't be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.settings.files import Configurations, SettingsError, line_of, read_file
from neuron_config_server.settings.project import Host, ProjectSettings

EVERYTHING = """
[project]
name = "somebody's"

[tool.neuron-config]
select = ["NC1", "NC301"]
ignore = []
extend-select = ["NC003"]
exclude = ["generated"]
extend-exclude = ["tests/data/**"]
environment = ".venv"
output-format = "github"
fix = true
unsafe-fixes = false
cache-dir = "build/cache"
baseline = "known.json"

[tool.neuron-config.per-file-ignores]
"tests/**" = ["NC5"]

[tool.neuron-config.hosts.inf]
ssh = "me@inf2.example.com"
target = "inf2"
env = { NEURON_RT_NUM_CORES = "1" }
"""


def settings_of(folder: Path) -> ProjectSettings:
    return Configurations().of(folder).settings


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(EVERYTHING)
    assert settings_of(tmp_path) == ProjectSettings(
        select=("NC1", "NC301"),
        ignore=(),
        extend_select=("NC003",),
        per_file_ignores={"tests/**": ("NC5",)},
        exclude=("generated",),
        extend_exclude=("tests/data/**",),
        environment=".venv",
        output_format="github",
        fix=True,
        unsafe_fixes=False,
        cache_dir="build/cache",
        baseline="known.json",
        hosts={
            "inf": Host(ssh="me@inf2.example.com", target="inf2", env={"NEURON_RT_NUM_CORES": "1"}),
        },
    )


def test_our_own_file_has_the_keys_at_its_top_and_wins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.neuron-config]\nselect = ["NC1"]\n')
    (tmp_path / "neuron-config.toml").write_text('select = ["NC3"]\n')
    assert settings_of(tmp_path).select == ("NC3",)


def test_the_closest_file_wins_and_nothing_is_merged(tmp_path: Path) -> None:
    below = tmp_path / "package" / "deep"
    below.mkdir(parents=True)
    (tmp_path / "neuron-config.toml").write_text('select = ["NC1"]\nfix = true\n')
    (tmp_path / "package" / "pyproject.toml").write_text('[tool.neuron-config]\nignore = ["NC3"]\n')
    found = Configurations().of(below)
    assert found.settings == ProjectSettings(ignore=("NC3",))
    assert (found.folder, found.path("a/b")) == (tmp_path / "package", tmp_path / "package" / "a" / "b")


@pytest.mark.parametrize(
    "text",
    [
        "[project]\nname = 'neuron-config-user'\n",
        "[tool.ruff]\n",
        "not [ toml",
        "[tool]\nneuron-config = 3\n",
    ],
)
def test_a_pyproject_without_our_table_is_skipped(tmp_path: Path, text: str) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "neuron-config.toml").write_text("fix = true\n")
    (below / "pyproject.toml").write_text(text)
    assert settings_of(below).fix is True


def test_where_there_is_none_nothing_is_set(tmp_path: Path) -> None:
    found = Configurations().of(tmp_path)
    assert (found.settings, found.file) == (ProjectSettings(), None)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('fix = true\nselekt = ["NC1"]\n', 2, "there is no key `selekt`, did you mean `select`?"),
        ("output_format = 'json'\n", 1, "there is no key `output_format`, did you mean `output-format`?"),
        ("zzz = 1\n", 1, "there is no key `zzz`; there is select, ignore,"),
        ("fix = 'yes'\n", 1, "`fix` must be true or false, not 'yes'"),
        ("select = 'NC1'\n", 1, "`select` must be a list of strings, not 'NC1'"),
        ("select = ['NC1', 3]\n", 1, "`select` must contain only strings, not 3"),
        ("\n\noutput-format = 'xml'\n", 3, "`output-format` must be one of full, concise, grouped,"),
        ("per-file-ignores = ['a']\n", 1, "`per-file-ignores` must be a table, not ['a']"),
        ('[per-file-ignores]\n"a.py" = "NC1"\n', 2, "`a.py` must be a list of strings, not 'NC1'"),
        ("[hosts.inf]\npython = 'x'\n", 1, "`hosts.inf` needs the key `ssh`"),
        ("[hosts.inf]\nssh = 'x'\ntarget = 'inf1'\n", 3, "`target` must be one of inf2, trn1, trn1n, trn2"),
        (
            "[hosts.inf]\nssh = 'x'\nworkdr = 'a'\n",
            3,
            "there is no key `workdr` in `hosts.inf`, did you mean `workdir`?",
        ),
        ("[hosts.inf]\nssh = 'x'\nenv = {A = 1}\n", 3, "`A` must be a string, not 1"),
        ("fix = \n", 1, "not TOML: Invalid value"),
        ("fix = true\nfix = false\n", 2, "not TOML: Cannot overwrite a value"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    file = tmp_path / "neuron-config.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as error:
        settings_of(tmp_path)
    assert str(error.value).startswith(f"{file}:{line}: ")
    assert message in str(error.value)


def test_a_file_that_is_no_utf8(tmp_path: Path) -> None:
    (tmp_path / "neuron-config.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(SettingsError, match="not UTF-8, as TOML must be"):
        settings_of(tmp_path)


def test_a_file_asked_for_must_be_there_and_have_our_table(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        read_file(tmp_path / "gone.toml")
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n")
    with pytest.raises(SettingsError, match=r"it has no table \[tool.neuron-config\]"):
        read_file(tmp_path / "pyproject.toml")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("tool", "neuron-config", "fix"), 13),
        (("tool", "neuron-config", "per-file-ignores", "tests/**"), 19),
        (("tool", "neuron-config", "hosts", "inf", "target"), 23),
        (("tool", "neuron-config", "hosts", "inf"), 21),
        (("elsewhere",), None),
    ],
)
def test_keys_are_found_again(path: tuple[str, ...], line: int | None) -> None:
    assert line_of(EVERYTHING, path) == line
