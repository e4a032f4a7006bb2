"""The options of ``neuron-config check``, as a shell sees them."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from neuron_config_server.cli import main
from neuron_config_server.rules.finding import Severity
from neuron_config_server.rules.nc101_unknown_input import UnknownInput

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, esm_with_mistakes: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a config that has three mistakes."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "esm.py").write_text(esm_with_mistakes, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], small_environment: Path, project: Path) -> Check:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main(["check", *map(str, arguments), "--environment", str(small_environment)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def codes(check: Check, *arguments: str) -> list[str]:
    _, out, _ = check(*arguments, "--output-format", "json")
    return [finding["code"] for finding in json.loads(out)]


# Which rules, which files


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["NC301", "NC401", "NC101"]),
        (["--select", "NC1"], ["NC101"]),
        (["--select", "nc1,NC401"], ["NC401", "NC101"]),
        (["--select", "NC1", "--select", "NC4"], ["NC401", "NC101"]),
        (["--ignore", "NC3,NC4"], ["NC101"]),
        (["--select", "NC1", "--extend-select", "NC301"], ["NC301", "NC101"]),
        (["--per-file-ignores", "*.py:NC1,esm.py:NC401"], ["NC301"]),
        (["--select", "NC8"], []),
    ],
)
def test_rules_are_selected(check: Check, arguments: list[str], expected: list[str]) -> None:
    assert codes(check, *arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "NC9999"], "--select: there is no rule NC9999"),
        (["--per-file-ignores", "esm.py"], "--per-file-ignores: 'esm.py' is no GLOB:CODE"),
        (["--per-file-ignores", "esm.py:X1"], "--per-file-ignores: there is no rule X1"),
        (["--exclude", "a[b"], "--exclude: the pattern 'a[b' has a [ that isn't closed"),
        (["--config", "gone.toml"], "gone.toml: there is no such file"),
        (["--baseline", "gone.json"], "gone.json; --write-baseline makes it"),
        (["--write-baseline"], "--write-baseline needs to know where: name the file with --baseline FILE"),
        (["--output-file", "gone/out.txt"], "--output-file: there is no folder gone; make it first"),
        (["--output-file", "."], "--output-file: . is a folder"),
        (["--statistics", "--output-format", "sarif"], "--statistics can't be written as sarif"),
        (["-", "esm.py"], "- stands for stdin, and goes with no other path"),
        (["esm.py", "--stdin-filename", "a.py"], "--stdin-filename is for a file that comes by stdin"),
        (["--watch", "--diff"], "--watch goes neither with stdin nor with --diff"),
        (["--write-baseline", "--baseline", "b.json", "--fix"], "--write-baseline goes neither with --fix"),
    ],
)
def test_options_that_cannot_be_used_end_with_2_and_say_why(
    check: Check, arguments: list[str], message: str
) -> None:
    code, out, err = check(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_settings_are_read_and_options_win(check: Check, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.neuron-config]\nselect = ["NC1"]\noutput-format = "concise"\nextend-exclude = ["old"]\n'
    )
    (project / "old").mkdir()
    (project / "esm.py").rename(project / "old" / "esm.py")
    assert check()[2].startswith("neuron-config: nothing to check")
    (project / "old" / "esm.py").rename(project / "esm.py")
    assert check()[1].splitlines()[0].startswith("esm.py:17:48: NC101")
    assert codes(check, "--select", "NC3") == ["NC301"]
    assert codes(check, "--isolated") == ["NC301", "NC401", "NC101"]


def test_a_slip_in_the_settings_is_said_with_its_line(check: Check, project: Path) -> None:
    (project / "neuron-config.toml").write_text('fix = false\nslect = ["NC1"]\n')
    code, _, err = check()
    assert code == 2
    assert err == (
        f"neuron-config: {project}/neuron-config.toml:2: there is no key `slect`, did you mean `select`?\n"
    )


def test_an_environment_that_settings_name_is_used(
    project: Path, small_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = project / "neuron-config.toml"
    settings.write_text(f'environment = "{os.path.relpath(small_environment, project)}"\n')
    assert main(["check", "--output-format", "concise"]) == 1
    assert capsys.readouterr().err == "", "it has all that is needed"
    settings.write_text('environment = "gone"\n')
    assert main(["check"]) == 2
    assert f"{settings}: environment: {project}/gone is no Python environment" in capsys.readouterr().err


def test_a_file_given_by_name_is_checked_though_excluded_unless_exclusion_is_forced(check: Check) -> None:
    assert check("esm.py", "--exclude", "esm.py")[0] == 1
    code, out, err = check("esm.py", "--exclude", "esm.py", "--force-exclude")
    assert (code, out) == (0, "")
    assert "nothing to check" in err


def test_a_file_without_configs_given_by_name_is_passed_over_if_exclusion_is_forced(
    check: Check, project: Path
) -> None:
    (project / "broken.py").write_text("def (\n")
    assert check("broken.py")[0] == 1
    assert check("broken.py", "--force-exclude")[0] == 0


# Fixes


def test_a_diff_is_a_patch_and_writes_nothing(check: Check, project: Path) -> None:
    before = (project / "esm.py").read_text()
    code, out, err = check("--diff")
    assert code == 1
    assert (project / "esm.py").read_text() == before
    assert err == "neuron-config: would fix 3 findings in 1 file\n"
    subprocess.run(["git", "apply"], input=out, text=True, cwd=project, check=True)
    assert check() == (0, "No findings in 1 file.\n", "")
    assert check("--diff") == (0, "", "")


def test_a_diff_of_a_file_that_ends_without_a_line_end_can_be_applied(check: Check, project: Path) -> None:
    file = project / "esm.py"
    file.write_text(file.read_text().rstrip("\n"))
    _, out, _ = check("--diff")
    subprocess.run(["git", "apply"], input=out, text=True, cwd=project, check=True)
    assert check()[0] == 0
    assert not file.read_text().endswith("\n")


def test_settings_may_ask_for_fixes_and_options_may_refuse_them(check: Check, project: Path) -> None:
    (project / "neuron-config.toml").write_text("fix = true\n")
    assert check("--no-fix")[0] == 1
    assert check()[1].startswith("Fixed 3 findings.")


# stdin


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def give(data: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


def test_a_file_from_stdin(check: Check, stdin, esm_with_mistakes: str) -> None:
    stdin(esm_with_mistakes.encode())
    code, out, _ = check("-", "--output-format", "concise")
    assert code == 1
    assert out.startswith("<stdin>:10:72: NC301 [*] ")
    stdin(esm_with_mistakes.encode())
    _, out, _ = check("-", "--output-format", "concise", "--stdin-filename", "package/a.py")
    assert out.startswith("package/a.py:10:72: NC301 [*] ")


def test_settings_hold_for_the_name_of_a_file_from_stdin(
    check: Check, stdin, project: Path, esm_with_mistakes: str
) -> None:
    (project / "neuron-config.toml").write_text('[per-file-ignores]\n"package/*" = ["NC3", "NC4"]\n')
    stdin(esm_with_mistakes.encode())
    assert codes(check, "-", "--stdin-filename", "package/a.py") == ["NC101"]


def test_a_file_from_stdin_is_fixed_to_stdout_and_findings_go_to_stderr(
    check: Check, stdin, esm_with_mistakes: str
) -> None:
    text = esm_with_mistakes.replace('"fill-mask"', '"fill-mask", "protein-folding"')
    stdin(text.encode())
    code, out, err = check("-", "--fix", "--output-format", "concise")
    assert code == 1
    assert '"text-classification"' in out
    assert '"protein-folding"' in out
    assert '<stdin>:10:72: NC301 "protein-folding" is not a task' in err


def test_stdin_that_is_no_text_is_said(check: Check, stdin) -> None:
    stdin(b"x = '\xe9'\n")
    code, out, err = check("-")
    assert (code, out) == (2, "")
    assert err.startswith("neuron-config: <stdin>: not text that Python can decode")


def test_an_empty_stdin_is_clean(check: Check, stdin) -> None:
    stdin(b"")
    assert check("-") == (0, "No findings in 1 file.\n", "")


# Output


def test_an_output_file_gets_the_findings_and_stdout_nothing(check: Check, project: Path) -> None:
    code, out, _ = check("--output-format", "sarif", "--output-file", "out.sarif")
    assert (code, out) == (1, "")
    assert len(json.loads((project / "out.sarif").read_text())["runs"][0]["results"]) == 3


def test_an_output_file_may_be_a_device(check: Check) -> None:
    assert check("--output-file", "/dev/null")[:2] == (1, "")


def test_a_variable_chooses_the_format(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEURON_CONFIG_OUTPUT_FORMAT", "pylint")
    assert check()[1].startswith("esm.py:10: [NC301] ")
    assert check("--output-format", "json-lines")[1].startswith("{")
    monkeypatch.setenv("NEURON_CONFIG_OUTPUT_FORMAT", "telegram")
    assert "NEURON_CONFIG_OUTPUT_FORMAT is 'telegram'; there is full, concise" in check()[2]


def test_statistics_count_by_rule(check: Check, project: Path) -> None:
    (project / "more.py").write_text((project / "esm.py").read_text().replace("esm", "bert"))
    code, out, _ = check("--statistics")
    assert code == 1
    assert (
        out
        == "2  NC101  [-]  unknown-input\n2  NC301  [*]  unknown-task\n1  NC302  [*]  task-without-model\n1  NC401  [*]  unknown-alias\n"
    )
    _, out, _ = check("--statistics", "--output-format", "json")
    assert json.loads(out)[0] == {"code": "NC101", "name": "unknown-input", "count": 2, "fixable": 1}


def test_exit_zero_hides_findings_and_no_errors(check: Check) -> None:
    assert check("--exit-zero")[0] == 0
    assert check("--exit-zero", "gone.py")[0] == 2


@pytest.mark.parametrize(
    ("severity", "code", "summary"),
    [
        (Severity.INFO, 0, "Found 1 note.\n"),
        (Severity.WARNING, 1, "Found 1 warning.\n"),
        (Severity.ERROR, 1, "Found 1 error.\n"),
    ],
)
def test_notes_are_shown_and_fail_no_run(
    check: Check, monkeypatch: pytest.MonkeyPatch, severity: Severity, code: int, summary: str
) -> None:
    monkeypatch.setattr(UnknownInput, "severity", severity)
    found, out, _ = check("--select", "NC1")
    assert found == code
    assert "esm.py:17:48: NC101" in out
    assert summary in out


def test_a_baseline_hides_what_is_known_and_shows_what_is_new(check: Check, project: Path) -> None:
    code, out, err = check("--baseline", "known.json", "--write-baseline")
    assert (code, out) == (0, "")
    assert err == f"neuron-config: {project}/known.json holds 3 findings\n"
    assert check("--baseline", "known.json")[:2] == (
        0,
        "No new findings in 1 file; 3 in the baseline.\n",
    )
    file = project / "esm.py"
    file.write_text(file.read_text().replace('"fill-mask"', '"nonsense"').replace('"token_type_ids"', ""))
    code, out, err = check("--baseline", "known.json", "--output-format", "concise", "--ignore", "NC308")
    assert code == 1
    assert out.splitlines()[0].startswith("esm.py:10:59: NC301")
    assert "Found 1 error; 2 in the baseline.\n" in out
    assert err == (
        f"neuron-config: 1 of the findings in {project}/known.json is there no longer; "
        "renew it with --write-baseline\n"
    )


# The cache


def test_results_are_kept_beside_the_settings_and_used(
    check: Check, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURON_CONFIG_CACHE_DIR", str(project / "facts"))
    before = check("--output-format", "full")
    assert (project / ".neuron_config_cache" / "CACHEDIR.TAG").is_file()
    monkeypatch.setattr("neuron_config_server.lint.run._new_workshop", lambda: pytest.fail("it was checked"))
    assert check("--output-format", "full") == before


@pytest.mark.parametrize("arguments", [["--no-cache"], []])
def test_no_cache_keeps_nothing(check: Check, project: Path, arguments: list[str]) -> None:
    """Nor does an empty NEURON_CONFIG_CACHE_DIR, as the tests run with."""
    check(*arguments)
    assert not (project / ".neuron_config_cache").exists()


def test_a_cache_folder_that_cannot_be_made_costs_nothing_else(check: Check, project: Path) -> None:
    (project / "file").write_text("")
    code, out, err = check("--cache-dir", "file/cache")
    assert code == 1
    assert "Found 3 errors." in out
    assert err == ""


# How it ends


def started(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """A check as a terminal starts it; behind ``nohup … &``, Ctrl-C would be ignored."""
    return subprocess.Popen(
        [sys.executable, "-m", "neuron_config_server", "check", *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait_for(line: str, stream: io.TextIOBase) -> None:
    while read := stream.readline():
        if line in read:
            return
    pytest.fail(f"it ended without {line!r}")


def test_watch_checks_again_when_a_file_changes_and_ends_with_ctrl_c(
    project: Path, small_environment: Path
) -> None:
    process = started(
        "--watch", "--environment", str(small_environment), "--output-format", "concise", cwd=project
    )
    try:
        wait_for("Found 3 errors.", process.stdout)
        wait_for("watching for changes", process.stderr)
        (project / "neuron-config.toml").write_text('select = ["NC1"]\n')
        wait_for("Found 1 error.", process.stdout)
        wait_for("watching for changes", process.stderr)
        (project / "neuron-config.toml").write_text("nonsense = 1\n")
        wait_for("there is no key `nonsense`", process.stderr)
        wait_for("watching for changes", process.stderr)
        (project / "neuron-config.toml").unlink()
        wait_for("Found 3 errors.", process.stdout)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err


def test_ctrl_c_ends_a_run_in_processes_without_a_traceback(
    project: Path, small_environment: Path, esm_with_mistakes: str
) -> None:
    for number in range(400):
        (project / f"config_{number}.py").write_text(esm_with_mistakes * 20)
    process = started("--environment", str(small_environment), "--no-cache", cwd=project)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err


def test_a_reader_that_has_gone_is_no_error_to_talk_about(project: Path, small_environment: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m neuron_config_server check --environment {small_environment} --output-format json | head -c 1",
        shell=True,
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[", "")
