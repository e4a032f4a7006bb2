"""What is offered for the config class at the cursor."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.features.actions.input_order import sorting
from neuron_config_server.features.actions.kinds import EXPORT
from neuron_config_server.features.actions.offers import Offer
from neuron_config_server.features.actions.overrides import overrides
from neuron_config_server.features.actions.refactorings import class_at
from neuron_config_server.features.actions.rename_class import renaming
from neuron_config_server.features.actions.task_lists import extracting, registering
from neuron_config_server.features.export_and_validate import ExportRequest, export_command
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.registered import tasks_of
from neuron_config_server.reading.positions import Range


def rewrites(document: OpenDocument, asked: Range) -> Iterator[Offer]:
    here = class_at(document, asked)
    if here is not None:
        for rewrite in (overrides, registering, renaming, sorting):
            yield from rewrite(here)


def extractions(document: OpenDocument, asked: Range) -> Iterator[Offer]:
    here = class_at(document, asked)
    if here is not None:
        yield from extracting(here)


def exports(document: OpenDocument, asked: Range) -> Iterator[Offer]:
    here = class_at(document, asked)
    if here is None:
        return
    title = f"Export and validate {here.name}"
    tasks = tasks_of(here.config)
    if tasks:
        request = ExportRequest(document.uri, here.name, tasks)
        yield Offer(title, EXPORT, command=export_command(title, request))
    else:
        yield Offer(title, EXPORT, refusal=f"{here.name} isn't registered for a task that is known")
