from __future__ import annotations

from pathlib import Path

import pytest
from menus import menu

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.search_path import Root
from neuron_config_server.features.export_and_validate import (
    EXPORT_AND_VALIDATE,
    ExportRequest,
    what_is_missing,
)

TEXT = """\
@register_in_tasks_manager("esm", "fill-mask", "feature-extraction")
class Esm|NeuronConfig(TextEncoderNeuronConfig):
    pass
"""
REQUEST = ExportRequest("file:///my%20work/esm.py", "EsmNeuronConfig", ("fill-mask", "feature-extraction"))


def environment(folder: Path) -> Environment:
    return Environment(Path("/env/bin/python"), (Root(folder, "site-packages"),), "a test")


def test_the_action_names_class_and_tasks(small_catalog: Catalog) -> None:
    (action,) = menu(TEXT, small_catalog, only=["source.exportAndValidate"]).actions
    assert (action.title, action.kind) == (
        "Export and validate EsmNeuronConfig",
        "source.exportAndValidate.neuronConfig",
    )
    assert action.command is not None
    assert action.command.command == EXPORT_AND_VALIDATE
    assert action.command.arguments == [
        {
            "uri": "file:///workspace/configs.py",
            "className": "EsmNeuronConfig",
            "tasks": ["fill-mask", "feature-extraction"],
        }
    ]


def test_a_class_that_nothing_registers_cannot_be_exported(small_catalog: Catalog) -> None:
    text = "class Esm|NeuronConfig(TextEncoderNeuronConfig):\n    pass\n"
    assert menu(text, small_catalog, only=["source.exportAndValidate"]).reasons == {
        "Export and validate EsmNeuronConfig": "EsmNeuronConfig isn't registered for a task that is known"
    }


def test_without_torch_it_says_what_to_install(tmp_path: Path) -> None:
    assert what_is_missing(REQUEST, environment(tmp_path)) == (
        "exporting EsmNeuronConfig needs torch, which /env/bin/python doesn't have: "
        "pip install 'neuron-config-server[engine]'"
    )


def test_with_torch_it_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    assert what_is_missing(REQUEST, environment(tmp_path)) == (
        "exports from the editor aren't there yet; in a shell: neuron-config export exported-EsmNeuronConfig "
        "--config-file '/my work/esm.py' --config-class EsmNeuronConfig --task fill-mask "
        "--environment /env/bin/python (or feature-extraction)"
    )


def test_a_document_that_was_never_saved_has_no_file_to_export(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    request = ExportRequest("untitled:Untitled-1", "EsmNeuronConfig", ("fill-mask",))
    assert what_is_missing(request, environment(tmp_path)) == (
        "exports from the editor aren't there yet, and EsmNeuronConfig is in no file: save it first"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [None],
        [{}],
        [{"uri": 1, "className": "E", "tasks": ["a"]}],
        [{"uri": "u", "className": "E", "tasks": []}],
    ],
    ids=str,
)
def test_arguments_that_are_not_understood(arguments: list[object]) -> None:
    assert ExportRequest.of(arguments) is None


def test_arguments_that_are() -> None:
    given = {"uri": "u", "className": "E", "tasks": ["a", "b"], "more": 1}
    assert ExportRequest.of([given]) == ExportRequest("u", "E", ("a", "b"))
