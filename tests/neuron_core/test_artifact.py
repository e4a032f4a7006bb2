from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig

from neuron_core.artifact import (
    PREPROCESSOR_FILES,
    check_target,
    copy_preprocessors,
    is_artifact,
    missing_parents,
    read_config,
    remove_leftovers,
    staged,
    staging_directory,
    write_config,
)
from neuron_core.backends import get_backend
from neuron_core.configs import BertNeuronConfig, InputShapesArguments
from neuron_core.errors import ArtifactError


def write_export(directory: Path, model: str) -> None:
    """The least that an export consists of."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.neuron").write_text(model)
    (directory / "config.json").write_text('{"neuron": {"task": "fill-mask"}}')


def export(output: Path, model: str = "new", *, force: bool = False) -> None:
    with staged(output, force=force) as staging:
        write_export(staging, model)


def export_and_fail(output: Path, error: type[BaseException], *, force: bool = False) -> None:
    with staged(output, force=force) as staging:
        write_export(staging, "half")
        raise error


def tree(folder: Path) -> list[str]:
    """Everything in the folder, hidden or not."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


EXPORTED = ["out", "out/config.json", "out/model.neuron"]


def test_an_artifact_appears_when_it_is_complete(tmp_path: Path) -> None:
    output = tmp_path / "out"
    with staged(output, force=False) as staging:
        write_export(staging, "new")
        assert not output.exists()
    assert tree(tmp_path) == EXPORTED


def test_the_folders_that_it_is_to_be_in_are_made(tmp_path: Path) -> None:
    export(tmp_path / "a/b/out")
    assert tree(tmp_path / "a/b") == EXPORTED
    assert tree(tmp_path)[:2] == ["a", "a/b"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_export_that_fails_leaves_nothing_behind(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(error):
        export_and_fail(tmp_path / "there/a/b/out", error)
    assert tree(tmp_path) == ["there"]


def test_a_folder_that_somebody_uses_meanwhile_stays(tmp_path: Path) -> None:
    def somebody_writes_and_it_fails() -> None:
        with staged(tmp_path / "a/b/out", force=False):
            (tmp_path / "a/notes.txt").write_text("mine")
            raise LookupError

    with pytest.raises(LookupError):
        somebody_writes_and_it_fails()
    assert tree(tmp_path) == ["a", "a/notes.txt"]


def test_an_empty_folder_becomes_the_artifact(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export(tmp_path / "out")
    assert tree(tmp_path) == EXPORTED


def test_an_earlier_export_is_replaced_with_force_alone(tmp_path: Path) -> None:
    output = tmp_path / "out"
    write_export(output, "old")
    (output / "vocab.txt").write_text("old")

    with pytest.raises(ArtifactError, match=r"holds an earlier export\. Replace it with --force"):
        export(output)
    assert (output / "model.neuron").read_text() == "old"

    export(output, force=True)
    assert (output / "model.neuron").read_text() == "new"
    assert tree(tmp_path) == EXPORTED


def test_an_earlier_export_survives_a_later_one_that_fails(tmp_path: Path) -> None:
    write_export(tmp_path / "out", "old")
    with pytest.raises(LookupError):
        export_and_fail(tmp_path / "out", LookupError, force=True)
    assert (tmp_path / "out/model.neuron").read_text() == "old"
    assert tree(tmp_path) == EXPORTED


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["notes.txt"], "is not empty, and no export made it"),
        (["model.neuron"], "is not empty, and no export made it"),
        (["config.json", "model.safetensors"], "is not empty, and no export made it"),
        (["model.neuron", "config.json", "notes.txt"], "files that no export wrote: notes.txt"),
        (["model.neuron", "config.json", ".git/HEAD"], "files that no export wrote: .git"),
    ],
)
def test_files_that_no_export_wrote_are_never_removed(
    tmp_path: Path, names: list[str], message: str, force: bool
) -> None:
    output = tmp_path / "out"
    for name in names:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_text('{"neuron": {}}')
    before = tree(tmp_path)
    with pytest.raises(ArtifactError, match=message):
        export(output, force=force)
    assert tree(tmp_path) == before


def test_files_that_appear_during_the_export_are_not_removed_either(tmp_path: Path) -> None:
    def somebody_writes_meanwhile() -> None:
        with staged(tmp_path / "out", force=True) as staging:
            write_export(staging, "new")
            (tmp_path / "out").mkdir()
            (tmp_path / "out/notes.txt").write_text("mine")

    with pytest.raises(ArtifactError, match="is not empty"):
        somebody_writes_meanwhile()
    assert tree(tmp_path) == ["out", "out/notes.txt"]


def test_a_file_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ArtifactError, match="is a file"):
        export(tmp_path / "out", force=True)
    assert (tmp_path / "out").read_text() == "mine"


def test_the_current_directory_is_no_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArtifactError, match="is the current directory"):
        export(Path())


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ArtifactError, match=r"file/out cannot be used: Not a directory"):
        export(tmp_path / "file/out")
    assert tree(tmp_path) == ["file"]


@pytest.mark.parametrize(
    "name", ["a" * 300, "~nobody-of-this-name/out", "loop/out"], ids=["long", "~", "loop"]
)
def test_a_place_that_cannot_be_looked_at_is_named(tmp_path: Path, name: str, monkeypatch: Any) -> None:
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArtifactError):
        export(Path(name))
    assert tree(tmp_path) == ["loop"]


def test_a_folder_that_may_not_be_written_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(os, "access", lambda path, mode: asked.append(Path(path)))
    with pytest.raises(ArtifactError, match="cannot be written, so no export can be made there"):
        check_target(tmp_path / "new/folder/out", force=False)
    assert asked == [tmp_path]


def test_a_path_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(ArtifactError, match="cannot be used: embedded null byte"):
        check_target(Path("out\0"), force=False)


def test_a_link_to_an_earlier_export_stays_a_link(tmp_path: Path) -> None:
    write_export(tmp_path / "v1", "old")
    (tmp_path / "out").symlink_to("v1")
    export(tmp_path / "out", force=True)
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "v1/model.neuron").read_text() == "new"


def test_what_a_killed_process_of_the_same_id_left_is_in_nobodys_way(tmp_path: Path) -> None:
    write_export(staging_directory(tmp_path / "out", os.getpid()), "half")
    export(tmp_path / "out")
    assert tree(tmp_path) == EXPORTED


def test_an_export_that_a_killed_process_of_the_same_id_moved_aside_is_in_the_way_at_once(
    tmp_path: Path,
) -> None:
    write_export(tmp_path / f".out.replaced-{os.getpid()}", "old")
    with pytest.raises(ArtifactError, match="holds an earlier export"), staged(tmp_path / "out", force=False):
        pytest.fail("it exports for nothing: the target is refused at the end")
    assert (tmp_path / "out/model.neuron").read_text() == "old"


def test_parents_to_be_made_are_listed_deepest_first(tmp_path: Path) -> None:
    assert missing_parents(tmp_path / "a/b/out") == (tmp_path / "a/b", tmp_path / "a")
    assert missing_parents(tmp_path / "out") == ()


def test_after_a_killed_process_the_earlier_export_is_put_back(tmp_path: Path) -> None:
    # killed between its two renames: the earlier export is aside, the new one not yet in its place
    write_export(tmp_path / ".out.replaced-123", "old")
    write_export(staging_directory(tmp_path / "out", 123), "new")
    remove_leftovers(tmp_path / "out", 123)
    assert (tmp_path / "out/model.neuron").read_text() == "old"
    assert tree(tmp_path) == EXPORTED


def test_after_a_process_that_was_killed_late_the_new_export_stays(tmp_path: Path) -> None:
    write_export(tmp_path / ".out.replaced-123", "old")
    write_export(tmp_path / "out", "new")
    remove_leftovers(tmp_path / "out", 123)
    assert (tmp_path / "out/model.neuron").read_text() == "new"
    assert tree(tmp_path) == EXPORTED


def test_what_another_process_is_at_work_on_stays(tmp_path: Path) -> None:
    write_export(staging_directory(tmp_path / "out", 456), "new")
    before = tree(tmp_path)
    remove_leftovers(tmp_path / "out", 123)
    assert tree(tmp_path) == before


def test_parents_that_a_killed_process_made_go_if_they_are_empty(tmp_path: Path) -> None:
    created = missing_parents(tmp_path / "a/b/out")
    write_export(staging_directory(tmp_path / "a/b/out", 123), "half")
    (tmp_path / "a/notes.txt").write_text("mine")
    remove_leftovers(tmp_path / "a/b/out", 123, created)
    assert tree(tmp_path) == ["a", "a/notes.txt"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (None, r"There is no directory"),
        ({"model.neuron": ""}, r"has no config\.json\. Export the model again"),
        ({"config.json": '{"neuron": {}}'}, r"has no model\.neuron\. Export the model again"),
        ({"model.neuron": "", "config.json": '{"model_type": "bert"}'}, r"has no `neuron` section.*--model"),
        ({"model.neuron": "", "config.json": '{"neuron": null}'}, r"has no `neuron` section"),
        ({"model.neuron": "", "config.json": "[1]"}, r"has no `neuron` section"),
        ({"model.neuron": "", "config.json": '{"neuron": '}, r"has no `neuron` section"),
    ],
)
def test_what_is_missing_from_an_export_is_named(
    tmp_path: Path, files: dict[str, str] | None, message: str
) -> None:
    directory = tmp_path / "out"
    if files is not None:
        directory.mkdir()
    for name, text in (files or {}).items():
        (directory / name).write_text(text)
    with pytest.raises(ArtifactError, match=message):
        read_config(directory)


def test_the_files_of_a_tokenizer_go_with_the_artifact_and_no_others(tmp_path: Path) -> None:
    model, staging = tmp_path / "model", tmp_path / "staging"
    model.mkdir()
    staging.mkdir()
    for name in ["tokenizer.json", "vocab.txt", "model.safetensors", "config.json", "README.md"]:
        (model / name).write_text(name)
    assert copy_preprocessors(model, staging) == ("tokenizer.json", "vocab.txt")
    assert tree(staging) == ["tokenizer.json", "vocab.txt"]
    assert (staging / "vocab.txt").read_text() == "vocab.txt"


def test_an_export_with_a_tokenizer_can_be_replaced(tmp_path: Path) -> None:
    write_export(tmp_path / "out", "old")
    for name in PREPROCESSOR_FILES:
        (tmp_path / "out" / name).write_text("")
    check_target(tmp_path / "out", force=True)


def test_config_json_says_how_the_model_was_exported(tmp_path: Path, bert: Any) -> None:
    shapes = InputShapesArguments(batch_size=2, sequence_length=16, num_beams=4)
    config = BertNeuronConfig(bert.config, "question-answering", shapes, int_dtype="int32")
    write_config(tmp_path, config, bert, get_backend("cpu").describe())
    (tmp_path / "model.neuron").write_text("")

    section = read_config(tmp_path)["neuron"]
    expected = {
        "compiler_type": "cpu-torchscript",
        "compiler_version": torch.__version__,
        "static_batch_size": 2,
        "static_sequence_length": 16,
        "dynamic_batch_size": False,
        "int_dtype": "int32",
        "float_dtype": "fp32",
        "model_type": "bert",
        "task": "question-answering",
    }
    assert {name: section.get(name) for name in expected} == expected
    assert [name for name in section if name.startswith("static_")] == [
        "static_batch_size",
        "static_sequence_length",
    ]
    assert is_artifact(tmp_path)


def test_transformers_reads_the_config_of_an_export(tmp_path: Path, bert: Any, bert_config: Any) -> None:
    write_config(tmp_path, bert_config, bert, get_backend("cpu").describe())
    config = AutoConfig.from_pretrained(tmp_path)
    assert config.architectures == ["BertForQuestionAnswering"]
    assert (config.hidden_size, config.vocab_size) == (bert.config.hidden_size, bert.config.vocab_size)


def test_a_class_may_name_another_model_type_than_the_models(tmp_path: Path, bert: Any) -> None:
    class Renamed(BertNeuronConfig):
        MODEL_TYPE = "bert-encoder"

    config = Renamed(bert.config, "question-answering", InputShapesArguments(batch_size=1, sequence_length=8))
    write_config(tmp_path, config, bert, get_backend("cpu").describe())
    assert json.loads((tmp_path / "config.json").read_text())["neuron"]["model_type"] == "bert-encoder"
