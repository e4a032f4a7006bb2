from __future__ import annotations

from pathlib import Path

import pytest

from neuron_config_server.catalog.docs.shared_docs import shared_texts, shared_texts_of_task
from neuron_config_server.catalog.source import ModuleSource, Sources

SHARED = '''
def broken(:


class ConfigArgs:
    size = {"description": """
    The size.

    - in pixels
    """, "type": "int"}
    dim = size
    other = 3
    unknown = missing


class MoreArgs:
    size = {"description": "Another size."}


class ModelForArgs:
    class ForClassification:
        labels = {"description": "Labels of classes."}

    class ForTokenClassification:
        labels = {"description": "Labels of tokens."}

    ForVideoClassification = ForTokenClassification
'''


def module_in(folder: Path, shared: str | bytes | None = SHARED) -> ModuleSource:
    """A file of a transformers package with these shared texts."""
    file = folder / "transformers/models/tiny/modeling_tiny.py"
    file.parent.mkdir(parents=True)
    (folder / "transformers/utils").mkdir()
    if shared is not None:
        content = shared.encode() if isinstance(shared, str) else shared
        (folder / "transformers/utils/auto_docstring.py").write_bytes(content)
    return ModuleSource(file, "")


def test_the_texts_of_a_class(tmp_path: Path) -> None:
    found = shared_texts(module_in(tmp_path), Sources([]), "ConfigArgs")
    assert found == {"size": "The size.\n\n- in pixels", "dim": "The size.\n\n- in pixels"}


def test_of_several_classes_the_later_win(tmp_path: Path) -> None:
    found = shared_texts(module_in(tmp_path), Sources([]), "ConfigArgs", "NoSuchArgs", "MoreArgs")
    assert found["size"] == "Another size."
    assert found["dim"].startswith("The size.")


@pytest.mark.parametrize(
    ("model_class", "labels"),
    [
        ("TinyForTokenClassification", "Labels of tokens."),
        ("TinyForVideoClassification", "Labels of tokens."),
        ("TinyForClassification", "Labels of classes."),
        ("TinyModel", None),
    ],
)
def test_the_texts_of_a_task(tmp_path: Path, model_class: str, labels: str | None) -> None:
    found = shared_texts_of_task(module_in(tmp_path), Sources([]), model_class)
    assert found.get("labels") == labels


@pytest.mark.parametrize("content", [b"class ConfigArgs:\n    def broken(:\n", b"\xff\xfe", b"", None])
def test_where_they_can_not_be_read_there_are_none(tmp_path: Path, content: bytes | None) -> None:
    module = module_in(tmp_path, content)
    assert shared_texts(module, Sources([]), "ConfigArgs") == {}
    assert shared_texts_of_task(module, Sources([]), "TinyForClassification") == {}


def test_outside_of_transformers_there_are_none(tmp_path: Path) -> None:
    assert shared_texts(ModuleSource(tmp_path / "modeling_own.py", ""), Sources([]), "ConfigArgs") == {}


@pytest.mark.parametrize("shared", [SHARED, None])
def test_the_file_is_recorded_as_read_whether_it_is_there_or_not(tmp_path: Path, shared: str | None) -> None:
    module, sources = module_in(tmp_path, shared), Sources([])
    for _ in range(2):  # the second time nothing is read any more
        with sources.recording() as files:
            shared_texts(module, sources, "ConfigArgs")
        assert files == {tmp_path / "transformers/utils/auto_docstring.py"}
