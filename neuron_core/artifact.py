"""The exported directory: ``model.neuron``, ``config.json``, preprocessors; complete or not there at all.

Everything is written to a staging directory beside the target and becomes the target by renaming.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuron_core.errors import ArtifactError

if TYPE_CHECKING:
    from neuron_core.backends.base import BackendInfo
    from neuron_core.configs.base import NeuronDefaultConfig

MODEL_FILE = "model.neuron"
CONFIG_FILE = "config.json"
PREPROCESSOR_FILES = (
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
    "merges.txt",
    "preprocessor_config.json",
    "processor_config.json",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
)
"""Files of a model's directory that its tokenizer or image processor needs, and that go with the artifact."""

_WRITTEN_BY_EXPORTS = {MODEL_FILE, CONFIG_FILE, "generation_config.json", *PREPROCESSOR_FILES}


def check_target(output: Path, *, force: bool) -> None:
    """Refuse a target that an export may not become.

    A missing or empty directory is taken. An earlier export is replaced only with ``force``; anything else
    never.

    Raises:
        ArtifactError: says what is in the way, or that the place cannot be written.
    """
    output = resolved(output)
    _check_writable(next((parent for parent in output.parents if parent.exists()), output))
    if not output.exists():
        return
    if not output.is_dir():
        raise ArtifactError(f"{output} is a file.", "Name a directory that does not exist yet.")
    if output == Path.cwd():
        raise ArtifactError(
            f"{output} is the current directory.", "Name a directory that does not exist yet."
        )
    entries = sorted(entry.name for entry in output.iterdir())
    if not entries:
        return
    if not is_artifact(output):
        raise ArtifactError(f"{output} is not empty, and no export made it.", "Name another directory.")
    foreign = [name for name in entries if name not in _WRITTEN_BY_EXPORTS]
    if foreign:
        raise ArtifactError(
            f"{output} holds an earlier export and files that no export wrote: {', '.join(foreign[:5])}.",
            "Move them away, or name another directory.",
        )
    if not force:
        raise ArtifactError(
            f"{output} holds an earlier export.", "Replace it with --force, or name another directory."
        )


def resolved(output: Path) -> Path:
    """The place that a path names, with no ``..``, no ``~`` and no link in it.

    Raises:
        ArtifactError: it names none.
    """
    try:
        place = Path(output).expanduser().resolve()
        place.stat()
    except FileNotFoundError:
        return place
    except (OSError, RuntimeError, ValueError) as error:
        # RuntimeError: no such user's home, a loop of links; ValueError: a NUL
        said = str(getattr(error, "strerror", None) or error).rstrip(".")
        raise ArtifactError(f"{output} cannot be used: {said}.", "Name another directory.") from error
    return place


def is_artifact(directory: Path) -> bool:
    """Whether the directory is an export, ours or optimum-neuron's."""
    return (directory / MODEL_FILE).is_file() and "neuron" in _read_json(directory / CONFIG_FILE)


@contextmanager
def staged(output: Path, *, force: bool) -> Generator[Path]:
    """A fresh directory that becomes ``output`` when the block ends well, and vanishes when it doesn't.

    Raises:
        ArtifactError: the target is in the way, or cannot be written.
    """
    remove_leftovers(output, os.getpid())  # of a killed process that had the same id; may put an export back
    check_target(output, force=force)
    output = resolved(output)
    staging = staging_directory(output, os.getpid())
    created = missing_parents(output)
    try:
        with _said("create", output):
            staging.mkdir(parents=True)
        yield staging
        check_target(output, force=force)  # somebody may have put something there meanwhile
        with _said("write", output):
            _replace(output, staging)
    finally:
        remove_leftovers(output, os.getpid(), created)


def staging_directory(output: Path, pid: int) -> Path:
    """Where the process ``pid`` stages an export to ``output``."""
    output = resolved(output)
    return output.with_name(f".{output.name}.export-{pid}")


def missing_parents(output: Path) -> tuple[Path, ...]:
    """The parents that an export to ``output`` would have to create, the deepest first."""
    return tuple(parent for parent in resolved(output).parents if not parent.exists())


def remove_leftovers(output: Path, pid: int, created: Sequence[Path] = ()) -> None:
    """Remove what the process ``pid`` staged, and put back an earlier export that it had moved aside.

    Args:
        created: directories to remove too, if they are empty.
    """
    output = resolved(output)
    backup = _backup(output, pid)
    if backup.exists() and not output.exists():
        backup.rename(output)
    for leftover in (backup, staging_directory(output, pid)):
        shutil.rmtree(leftover, ignore_errors=True)
    for directory in created:
        with suppress(OSError):  # not there, or not empty because an export is in it
            directory.rmdir()


def copy_preprocessors(model: Path, staging: Path) -> tuple[str, ...]:
    """Copy the tokenizer's or image processor's files of a local model; gives their names."""
    present = tuple(name for name in PREPROCESSOR_FILES if (model / name).is_file())
    with _said("write", staging):
        for name in present:
            shutil.copyfile(model / name, staging / name)
    return present


def write_config(staging: Path, config: NeuronDefaultConfig, model: Any, backend: BackendInfo) -> None:
    """Write the model's ``config.json`` with the ``neuron`` section that optimum-neuron 0.4.5 writes."""
    content = model.config.to_diff_dict()
    content["architectures"] = [type(model).__name__]
    content["neuron"] = neuron_section(config, backend)
    text = json.dumps(content, indent=2, sort_keys=True, default=str) + "\n"
    with _said("write", staging):
        (staging / CONFIG_FILE).write_text(text, encoding="utf-8")


def neuron_section(config: NeuronDefaultConfig, backend: BackendInfo) -> dict[str, Any]:
    """How the model was exported, under the keys that optimum-neuron reads it by."""
    from neuron_core.configs.dtypes import DTYPE_MAPPER

    axes = config.get_all_input_args()
    static = {f"static_{axis}": size for axis, size in config.input_shapes.items() if axis in axes}
    return {
        "compiler_type": backend.compiler_type,
        "compiler_version": backend.compiler_version,
        "inline_weights_to_neff": True,
        **static,
        "dynamic_batch_size": config.dynamic_batch_size,
        "tensor_parallel_size": config.tensor_parallel_size,
        "optlevel": "2",
        "auto_cast": None,
        "auto_cast_type": None,
        "instance_type": None,
        "int_dtype": DTYPE_MAPPER.str(config.int_dtype),
        "float_dtype": DTYPE_MAPPER.str(config.float_dtype),
        "model_type": config.MODEL_TYPE or config._config.model_type,
        "output_attentions": config.output_attentions,
        "output_hidden_states": config.output_hidden_states,
        "task": config.task,
    }


def read_config(directory: Path) -> dict[str, Any]:
    """An export's ``config.json``.

    Raises:
        ArtifactError: the directory or a file is missing, or it is no export.
    """
    if not directory.is_dir():
        raise ArtifactError(
            f"There is no directory {directory}.", "Export a model to it: neuron-config export."
        )
    for name in (CONFIG_FILE, MODEL_FILE):
        if not (directory / name).is_file():
            raise ArtifactError(
                f"{directory} has no {name}.", "Export the model again: neuron-config export."
            )
    content = _read_json(directory / CONFIG_FILE)
    if not isinstance(content.get("neuron"), dict):
        raise ArtifactError(
            f"{directory / CONFIG_FILE} has no `neuron` section.",
            "This is a model that was not exported yet: neuron-config export --model.",
        )
    return content


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # for both callers, unreadable is the same as not being an export's
    return content if isinstance(content, dict) else {}


def _replace(output: Path, staging: Path) -> None:
    if not output.exists():
        staging.rename(output)
        return
    backup = _backup(output, os.getpid())
    output.rename(backup)
    staging.rename(output)
    shutil.rmtree(backup)


def _backup(output: Path, pid: int) -> Path:
    return output.with_name(f".{output.name}.replaced-{pid}")


def _check_writable(parent: Path) -> None:
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ArtifactError(
            f"{parent} cannot be written, so no export can be made there.",
            "Check its permissions, or name a directory elsewhere.",
        )


@contextmanager
def _said(action: str, path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ArtifactError(
            f"Cannot {action} {path}: {error.strerror or error}.",
            "Check its permissions and the space left on the disk.",
        ) from error
