"""Above each registered config class: export it and validate what comes out."""

from __future__ import annotations

from lsprotocol import types

from neuron_config_server.features.export_and_validate import ExportRequest, export_command
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.registered import counted, tasks_of
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.positions import Range


def code_lenses(ls: NeuronConfigServer, params: types.CodeLensParams) -> list[types.CodeLens]:
    document = ls.document(params.text_document.uri)
    is_wanted = document is not None and ls.settings_of(document.uri).code_lens
    return lenses(document) if document is not None and is_wanted else []


def lenses(document: OpenDocument) -> list[types.CodeLens]:
    """One for each config class of which a task is known."""
    classes = document.file.classes if document.file is not None else ()
    return [_lens(config, document) for config in classes if tasks_of(config)]


def last_verdict(config: ConfigClass, document: OpenDocument) -> str | None:
    """What the last export of the class came to, in a few words; None if there was none."""
    return None


def _lens(config: ConfigClass, document: OpenDocument) -> types.CodeLens:
    tasks = tasks_of(config)
    start = min(config.range.start, *(each.range.start for each in config.registrations))
    title = f"Export and validate · {counted(len(tasks), 'task')}"
    verdict = last_verdict(config, document)
    return types.CodeLens(
        range=document.client_range(Range(start, start)),
        command=export_command(
            f"{title} · {verdict}" if verdict is not None else title,
            ExportRequest(document.uri, config.name, tasks),
        ),
    )
