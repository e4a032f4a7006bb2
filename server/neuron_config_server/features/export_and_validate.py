"""The command that exports a config class and validates the artifact.

Jobs aren't run from the editor yet: the answer says what is missing, or what to run in a shell.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from neuron_config_server.catalog.environment import Environment
from neuron_config_server.features.documents import path_of
from neuron_config_server.features.session import NeuronConfigServer

EXPORT_AND_VALIDATE = "neuron-config.exportAndValidate"
"""Takes one object: ``{"uri": …, "className": …, "tasks": […]}``."""


@dataclass(frozen=True)
class ExportRequest:
    """What the command is given."""

    uri: str
    class_name: str
    tasks: tuple[str, ...]

    @classmethod
    def of(cls, arguments: Sequence[Any]) -> ExportRequest | None:
        """None if the arguments aren't those of the command."""
        given = arguments[0] if len(arguments) == 1 else None
        if not isinstance(given, Mapping):
            return None
        uri, name, tasks = given.get("uri"), given.get("className"), given.get("tasks")
        is_well_formed = isinstance(uri, str) and isinstance(name, str) and isinstance(tasks, (list, tuple))
        return cls(uri, name, tuple(map(str, tasks))) if is_well_formed and tasks else None


def export_and_validate(ls: NeuronConfigServer, *arguments: Any) -> None:
    request = ExportRequest.of(arguments)
    if request is None:
        ls.tell(types.MessageType.Error, f"{EXPORT_AND_VALIDATE} takes {{uri, className, tasks}}")
    else:
        ls.tell(types.MessageType.Info, what_is_missing(request, ls.folders.of(request.uri).environment))


def export_command(title: str, request: ExportRequest) -> types.Command:
    """The command, as an action or a lens has it."""
    arguments = {"uri": request.uri, "className": request.class_name, "tasks": [*request.tasks]}
    return types.Command(title, EXPORT_AND_VALIDATE, arguments=[arguments])


def what_is_missing(request: ExportRequest, environment: Environment) -> str:
    """Why nothing is exported, and what to do about it."""
    if not any((root / "torch").is_dir() for root in environment.roots):
        return (
            f"exporting {request.class_name} needs torch, which {environment.python} doesn't have: "
            "pip install 'neuron-config-server[engine]'"
        )
    path = path_of(request.uri)
    if path is None:
        return (
            f"exports from the editor aren't there yet, and {request.class_name} is in no file: save it first"
        )
    command = (
        *("neuron-config", "export", f"exported-{request.class_name}"),
        *("--config-file", str(path), "--config-class", request.class_name),
        *("--task", request.tasks[0], "--environment", str(environment.python)),
    )
    others = f" (or {', '.join(request.tasks[1:])})" if len(request.tasks) > 1 else ""
    return f"exports from the editor aren't there yet; in a shell: {shlex.join(command)}{others}"
