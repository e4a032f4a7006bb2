"""``neuron-config check`` as a shell sees it: stdout, stderr, exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from neuron_config_server.cli import main
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import ConfigReader


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], small_environment: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str | Path, environment: Path = small_environment) -> tuple[int, str, str]:
        code = main(["check", *map(str, arguments), "--environment", str(environment)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def config(tmp_path: Path, esm_with_mistakes: str) -> Path:
    path = tmp_path / "esm.py"
    path.write_text(esm_with_mistakes, encoding="utf-8")
    return path


def test_three_mistakes_with_place_and_fix(check, config: Path) -> None:
    code, out, err = check(config)
    assert code == 1
    assert f"{config}:10:72: NC301 [*] " in out
    assert f"{config}:12:83: NC401 [*] " in out
    assert f"{config}:17:48: NC101 [*] " in out
    assert out.count("  fix: ") == 3
    assert "Found 3 errors.\n[*] 3 fixable with the --fix option.\n" in out
    assert err == ""


def test_the_range_is_underlined(check, config: Path) -> None:
    _, out, _ = check(config)
    lines = out.splitlines()
    shown = next(number for number, line in enumerate(lines) if line.endswith('"token_type_ids"]'))
    start = lines[shown].index('"token_type_ids"')
    assert lines[shown + 1].index("^") == start
    assert lines[shown + 1].count("^") == len('"token_type_ids"')


def test_fix_repairs_and_a_second_check_is_clean(check, config: Path) -> None:
    code, out, _ = check(config, "--fix")
    assert (code, out) == (0, "Fixed 3 findings.\nNo findings in 1 file.\n")
    code, out, _ = check(config)
    assert (code, out) == (0, "No findings in 1 file.\n")


def test_json_has_all_there_is_to_know(check, config: Path, small_environment: Path) -> None:
    forward = small_environment / "lib/python3.11/site-packages/transformers/models/esm/modeling_esm.py"
    place = {"row": 23, "column": 1}
    code, out, _ = check(config, "--output-format", "json")
    findings = json.loads(out)
    assert code == 1
    assert [finding["code"] for finding in findings] == ["NC301", "NC401", "NC101"]
    assert findings[2] == {
        "code": "NC101",
        "name": "unknown-input",
        "severity": "error",
        "message": findings[2]["message"],
        "filename": str(config),
        "location": {"row": 17, "column": 48},
        "end_location": {"row": 17, "column": 64},
        "class": "EsmNeuronConfig",
        "tasks": ["feature-extraction", "fill-mask", "text-classification", "token-classification"],
        "related": [
            {
                "message": "`EsmModel.forward` takes input_ids, attention_mask, position_ids",
                "filename": str(forward),
                "location": place,
                "end_location": place,
            }
        ],
        "url": None,
        "fix": {
            "applicability": "safe",
            "message": 'Remove "token_type_ids"',
            "edits": [
                {
                    "content": "",
                    "location": {"row": 17, "column": 46},
                    "end_location": {"row": 17, "column": 64},
                }
            ],
        },
    }


def test_json_of_a_clean_run_is_an_empty_list(check, config: Path) -> None:
    check(config, "--fix")
    assert check(config, "--output-format", "json")[:2] == (0, "[]\n")


def test_concise_has_a_line_a_finding(check, config: Path) -> None:
    _, out, _ = check(config, "--output-format", "concise")
    assert out.startswith(f'{config}:10:72: NC301 [*] "sequence-classification" is a synonym')
    assert len(out.splitlines()) == 6


def test_a_syntax_error_leaves_the_other_classes_checked(check, config: Path, esm_with_mistakes: str) -> None:
    broken = 'class BertNeuronConfig(TextEncoderNeuronConfig):\n    INPUT_ARGS = ("batch_size",\n\n\n'
    config.write_text(broken + esm_with_mistakes.partition("\n\n")[2], encoding="utf-8")
    code, out, _ = check(config, "--output-format", "json")
    found = {finding["code"]: finding["location"] for finding in json.loads(out)}
    assert code == 1
    assert set(found) == {"NC001", "NC101", "NC301", "NC401"}
    assert found["NC001"] == {"row": 2, "column": 18}


def test_a_missing_file_is_an_error(check, tmp_path: Path) -> None:
    missing = tmp_path / "missing.py"
    assert check(missing) == (2, "", f"neuron-config: {missing}: no such file or folder\n")


def test_a_missing_file_does_not_hide_the_findings_of_others(check, config: Path, tmp_path: Path) -> None:
    code, out, err = check(tmp_path / "missing.py", config)
    assert code == 2
    assert "Found 3 errors." in out
    assert "no such file" in err


def test_a_file_that_cannot_be_decoded_is_an_error(check, tmp_path: Path) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes(b"x = '\xe9'\n")
    code, out, err = check(path)
    assert (code, out) == (2, "")
    assert err.startswith(f"neuron-config: {path}: not text that Python can decode")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_an_error(check, config: Path) -> None:
    config.chmod(0)
    code, _, err = check(config)
    assert (code, err) == (2, f"neuron-config: {config}: Permission denied\n")


def test_a_folder_without_configs_has_nothing_to_check(check, tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("class ANeuronConfig")
    (tmp_path / "other.py").write_text("def broken(:\n")
    code, out, err = check(tmp_path)
    assert (code, out) == (0, "")
    assert err == f"neuron-config: nothing to check: no Python file with Neuron configs in {tmp_path}\n"


def test_folders_are_searched_but_not_environments(
    check, config: Path, tmp_path: Path, esm_with_mistakes: str
) -> None:
    for folder in ("package/deep", "venv/lib", ".hidden", "__pycache__"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "esm.py").write_text(esm_with_mistakes)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    _, out, _ = check(tmp_path, "--output-format", "json")
    files = {finding["filename"] for finding in json.loads(out)}
    assert files == {str(config), str(tmp_path / "package" / "deep" / "esm.py")}


def test_without_transformers_it_judges_by_the_snapshot_and_says_so(
    check, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty/lib/python3.11/site-packages").mkdir(parents=True)
    code, out, err = check(config, environment=tmp_path / "empty")
    assert code == 1
    assert "Found 3 errors." in out
    assert "optimum and transformers not found with" in err
    assert "configs are judged by bundled facts of optimum" in err
    assert err.endswith("name the environment that has it with --environment.\n")


def test_an_environment_that_is_none_is_a_usage_error(check, config: Path, tmp_path: Path) -> None:
    code, _, err = check(config, environment=tmp_path / "nowhere")
    assert code == 2
    assert "is no Python environment" in err


def test_unknown_options_and_formats_are_usage_errors(check, config: Path) -> None:
    with pytest.raises(SystemExit) as exit_:
        check(config, "--output-format", "telegram")
    assert exit_.value.code == 2


def test_a_read_only_folder_keeps_the_file_as_it_was(
    check, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    before = config.read_text()
    code, _, err = check(config, "--fix")
    assert code == 2
    assert err == f"neuron-config: {config}: can't be written: Permission denied; it is unchanged\n"
    assert config.read_text() == before


def test_a_file_without_write_permission_keeps_its_text(check, config: Path) -> None:
    config.chmod(0o444)
    before = config.read_text()
    code, _, err = check(config, "--fix")
    assert (code, err) == (
        2,
        f"neuron-config: {config}: can't be written: Permission denied; it is unchanged\n",
    )
    assert config.read_text() == before


def test_a_bad_escape_is_a_syntax_error_and_the_rest_is_checked(check, config: Path) -> None:
    config.write_text(config.read_text() + '\nPATH = "C:\\Users"\n')
    code, out, _ = check(config, "--output-format", "json")
    assert code == 1
    assert [each["code"] for each in json.loads(out)] == ["NC301", "NC401", "NC101", "NC001"]


def test_an_internal_error_costs_one_file_and_is_logged(
    check, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = ConfigReader.read

    def read_or_fail(reader: ConfigReader, text: str, path: Path | None = None) -> ConfigFile:
        if "boom" in text:
            raise ZeroDivisionError("a fault")
        return read(reader, text, path)

    monkeypatch.setattr(ConfigReader, "read", read_or_fail)
    bad = tmp_path / "bad.py"
    bad.write_text("boom = 1\n")
    code, out, err = check(bad, config)
    assert code == 2
    assert "Found 3 errors." in out
    assert f"{bad}: not checked: internal error (ZeroDivisionError('a fault')), please report this" in err
    assert "Traceback" in caplog.text


def test_a_statement_that_is_too_deep_is_said_and_the_rest_is_checked(check, config: Path) -> None:
    lines = config.read_text().count("\n")
    config.write_text(f"{config.read_text()}X = {'[' * 5000}{']' * 5000}\n")
    code, out, err = check(config)
    assert code == 1
    assert "Found 3 errors." in out
    assert f"{config}:{lines + 1}: a statement is not checked: brackets are nested more than" in err


def test_a_file_that_is_too_long_is_said(check, config: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.py"
    long.write_text("from x import TextEncoderNeuronConfig\n" + "x = 1\n" * 100_000)
    code, out, err = check(long, config)
    assert code == 2
    assert "Found 3 errors." in out
    assert f"{long}: not checked: it has 100,001 lines; files of up to 20,000 are read" in err
