"""Renames a class or a constant of the file, where every place that means it is known."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence

from lsprotocol import types

from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.protocol import RefusedRequestError
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.subjects.names_in_file import NameInFile, Occurrence, name_in_file
from neuron_config_server.features.subjects.subject import subject_at
from neuron_config_server.features.subjects.subject_kinds import Kind
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Edit

_RENAMED = frozenset({Kind.CONFIG_CLASS, Kind.NORMALIZED_CLASS, Kind.CLASS, Kind.CONSTANT})
_LOOKS_NAMES_UP = re.compile(r"\b(?:exec|eval|globals|locals|vars)\s*\(")
"""Code that may reach a name by a string."""


class RenameRefusedError(Exception):
    """A rename isn't safe, or impossible; the message says why."""


def prepare(
    ls: NeuronConfigServer, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder | None:
    document = ls.document(params.text_document.uri)
    try:
        return prepare_rename(document, params.position) if document is not None else None
    except RenameRefusedError as error:
        raise RefusedRequestError(str(error)) from error


def rename(ls: NeuronConfigServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    document = ls.document(params.text_document.uri)
    try:
        return renamed(document, params.position, params.new_name) if document is not None else None
    except RenameRefusedError as error:
        raise RefusedRequestError(str(error)) from error


def prepare_rename(document: OpenDocument, place: types.Position) -> types.PrepareRenamePlaceholder:
    """What would be renamed.

    Raises:
        RenameRefusedError: nothing that can be renamed stands there.
    """
    occurrence, name, _ = _renameable(document, document.position(place))
    return types.PrepareRenamePlaceholder(document.client_range(occurrence.range), name)


def renamed(document: OpenDocument, place: types.Position, new_name: str) -> types.WorkspaceEdit:
    """The edits that rename what stands at a position.

    Raises:
        RenameRefusedError: nothing that can be renamed stands there, or the new name is none or is taken.
    """
    _, name, found = _renameable(document, document.position(place))
    if document.file is None:
        raise RenameRefusedError("The file is not read.")
    if new_name != name:
        _check_new_name(new_name, document.file)
    return document.workspace_edit(tuple(Edit(each.range, new_name) for each in found.occurrences))


def _renameable(document: OpenDocument, at: Position) -> tuple[Occurrence, str, NameInFile]:
    """The name at a position, and everywhere that it stands."""
    file, subject = document.file, subject_at(document, at)
    if file is None or subject is None or subject.kind not in (_RENAMED | {Kind.BASE, Kind.GENERATOR}):
        raise RenameRefusedError("Only classes and constants of this file can be renamed.")
    found = name_in_file(file, subject.name)
    occurrence = next((each for each in found.occurrences if _touches(each.range, at)), None)
    if any(each.is_import for each in found.occurrences):
        raise RenameRefusedError(f"`{subject.name}` is imported: it is renamed where it is defined.")
    if found.unread_lines:
        _refuse_unread(subject.name, found.unread_lines)
    if found.unsure:
        line = found.unsure[0].start.line + 1
        raise RenameRefusedError(f"`{subject.name}` on line {line} may be the class's own, or the file's.")
    if occurrence is None or not any(each.is_binding for each in found.occurrences):
        raise RenameRefusedError("Only classes and constants of this file can be renamed.")
    _check_binding(subject.name, file)
    return occurrence, subject.name, found


def _check_binding(name: str, file: ConfigFile) -> None:
    """That nothing else may bind or look up the name."""
    if name.startswith("__"):
        raise RenameRefusedError(f"`{name}` means something else within classes: Python mangles it there.")
    if any(_imports_all(each.facts.body) for each in file.statements):
        raise RenameRefusedError("The file imports `*`: what its names stand for isn't sure.")
    found = _LOOKS_NAMES_UP.search(file.text)
    if found is not None:
        line = file.text.count("\n", 0, found.start()) + 1
        raise RenameRefusedError(f"Line {line} may look names up by strings: what reads `{name}` isn't sure.")


def _imports_all(body: syntax.Block) -> bool:
    imports = (each for each in syntax.nodes_in(body) if isinstance(each, syntax.Import))
    return any(local == "*" for each in imports for local, _ in each.names)


def _check_new_name(name: str, file: ConfigFile) -> None:
    if not name.isidentifier():
        raise RenameRefusedError(f"`{name}` is no name in Python.")
    if keyword.iskeyword(name):
        raise RenameRefusedError(f"`{name}` is a keyword of Python.")
    if name.startswith("__"):
        raise RenameRefusedError(
            f"`{name}` would mean something else within classes: Python mangles it there."
        )
    if hasattr(builtins, name):
        raise RenameRefusedError(f"`{name}` is one of Python's own names.")
    taken = name_in_file(file, name)
    if taken.unread_lines:
        _refuse_unread(name, taken.unread_lines)
    places = sorted([*(each.range for each in taken.occurrences), *taken.others])
    if places:
        raise RenameRefusedError(f"`{name}` is taken: it stands on line {places[0].start.line + 1}.")


def _refuse_unread(name: str, lines: Sequence[int]) -> None:
    raise RenameRefusedError(
        f"The statement on line {lines[0] + 1} mentions `{name}` and can't be read: mend it first."
    )


def _touches(range_: Range, at: Position) -> bool:
    return range_.start <= at <= range_.end
