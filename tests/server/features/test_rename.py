from __future__ import annotations

import pytest
from lsprotocol import types
from opened import ENCODINGS, Cursor, applied, at_cursor, underlined
from two_configs import CONFIGS, marked

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.client import Client
from neuron_config_server.features.rename import RenameRefusedError, prepare_rename, renamed

SCOPES = """\
from optimum.utils import NormalizedTextConfig

TASKS = ["fill-mask"]
TASKS += ["feature-extraction"]
OTHERS = [TASK for TASK in TASKS if "TASKS" not in TASK]  # TASKS


def names(TASKS):
    return TASKS


def more(count=len(TASKS)) -> list[TASKS]:
    def inner():
        TASKS = []
        return TASKS

    global TASKS
    TASKS = inner()
    return lambda TASKS: TASKS, lambda x: TASKS


class HolderNeuronConfig(TextEncoderNeuronConfig):
    TASKS = TASKS
    first = TASKS[0]

    @property
    def inputs(self):
        note = f"{TASKS} and {TASKS!r}"
        return [*TASKS, *self.TASKS, *[TASKS for TASKS in OTHERS]]
"""
RENAMED_SCOPES = """\
from optimum.utils import NormalizedTextConfig

ALL = ["fill-mask"]
ALL += ["feature-extraction"]
OTHERS = [TASK for TASK in ALL if "TASKS" not in TASK]  # TASKS


def names(TASKS):
    return TASKS


def more(count=len(ALL)) -> list[ALL]:
    def inner():
        TASKS = []
        return TASKS

    global ALL
    ALL = inner()
    return lambda TASKS: TASKS, lambda x: ALL


class HolderNeuronConfig(TextEncoderNeuronConfig):
    TASKS = TASKS
    first = TASKS[0]

    @property
    def inputs(self):
        note = f"{ALL} and {ALL!r}"
        return [*ALL, *self.TASKS, *[TASKS for TASKS in OTHERS]]
"""


def test_a_config_class(small_catalog: Catalog) -> None:
    text = CONFIGS + '\n\n__all__ = ["EsmNeuronConfig"]  # EsmNeuronConfig\nUSED = (EsmNeuronConfig, )\n'
    expected = (
        text.replace("class EsmNeuronConfig", "class MyNeuronConfig")
        .replace("(EsmNeuronConfig)", "(MyNeuronConfig)")
        .replace("(EsmNeuronConfig, )", "(MyNeuronConfig, )")
    )
    for words in ("class Esm|NeuronConfig", "class |EsmNeuronConfig", "(EsmNeuronConfig|)"):
        assert _renamed(at_cursor(marked(text, words), small_catalog), "MyNeuronConfig") == expected


def test_a_constant(small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, "*COMMON|_TASKS"), small_catalog)
    assert _renamed(cursor, "TASKS") == CONFIGS.replace("COMMON_TASKS", "TASKS")


def test_a_class_that_is_no_config(small_catalog: Catalog) -> None:
    text = CONFIGS + "\n\nclass Wrapper:\n    pass\n\n\nWRAPPERS = [Wrapper]\n"
    cursor = at_cursor(marked(text, "class Wrap|per"), small_catalog)
    assert _renamed(cursor, "Outer") == text.replace("Wrapper", "Outer")


def test_the_same_name_changes_nothing(small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, "*COMMON|_TASKS"), small_catalog)
    assert _renamed(cursor, "COMMON_TASKS") == CONFIGS


def test_scopes(small_catalog: Catalog) -> None:
    """Python decides: parameters, functions and comprehensions have names of their own.

    A class body that assigns the name reads the file's until then: that isn't sure, and left alone.
    """
    cursor = at_cursor(marked(SCOPES, "in TAS|KS if"), small_catalog)
    text = SCOPES.replace("    TASKS = TASKS\n    first = TASKS[0]\n\n", "")
    expected = RENAMED_SCOPES.replace("    TASKS = TASKS\n    first = TASKS[0]\n\n", "")
    assert _renamed(at_cursor(marked(text, "in TAS|KS if"), small_catalog), "ALL") == expected
    with pytest.raises(RenameRefusedError, match="line 23"):
        _renamed(cursor, "ALL")


REFUSED = [
    (
        "an imported generator",
        "= (Dummy|Text",
        "New",
        "`DummyTextInputGenerator` is imported: it is renamed where it is defined.",
    ),
    (
        "an imported normalized config",
        "= Normalized|Seq2Seq",
        "New",
        "`NormalizedSeq2SeqConfig` is imported: it is renamed where it is defined.",
    ),
    (
        "a base that nothing binds",
        "(TextEncoder|NeuronConfig",
        "New",
        "Only classes and constants of this file can be renamed.",
    ),
    (
        "a string",
        '"in|put_ids", "attention',
        "New",
        "Only classes and constants of this file can be renamed.",
    ),
    ("a local variable", "nam|es = super", "new", "Only classes and constants of this file can be renamed."),
    ("a method", "def in|puts", "new", "Only classes and constants of this file can be renamed."),
    ("white space", "return| names", "new", "Only classes and constants of this file can be renamed."),
    ("to a keyword", "*COMMON|_TASKS", "class", "`class` is a keyword of Python."),
    ("to no name", "*COMMON|_TASKS", "MY TASKS", "`MY TASKS` is no name in Python."),
    ("to nothing", "*COMMON|_TASKS", "", "`` is no name in Python."),
    ("to one of Python's names", "*COMMON|_TASKS", "list", "`list` is one of Python's own names."),
    (
        "to a name of the file",
        "*COMMON|_TASKS",
        "EsmNeuronConfig",
        "`EsmNeuronConfig` is taken: it stands on line 7.",
    ),
    (
        "to a name that is imported",
        "*COMMON|_TASKS",
        "DummyTextInputGenerator",
        "`DummyTextInputGenerator` is taken: it stands on line 1.",
    ),
    ("to a name that a function has", "*COMMON|_TASKS", "names", "`names` is taken: it stands on line 21."),
    (
        "to a name that is used and not bound",
        "*COMMON|_TASKS",
        "TextEncoderNeuronConfig",
        "`TextEncoderNeuronConfig` is taken: it stands on line 7.",
    ),
    (
        "to a mangled name",
        "*COMMON|_TASKS",
        "__TASKS",
        "`__TASKS` would mean something else within classes: Python mangles it there.",
    ),
]


@pytest.mark.parametrize(
    ("words", "new_name", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused(words: str, new_name: str, message: str, small_catalog: Catalog) -> None:
    with pytest.raises(RenameRefusedError) as refused:
        _renamed(at_cursor(marked(CONFIGS, words), small_catalog), new_name)
    assert str(refused.value) == message


UNSURE = [
    ("a star import", "from x import *\n", "The file imports `*`: what its names stand for isn't sure."),
    (
        "eval",
        'eval("COMMON_TASKS")\n',
        "Line 1 may look names up by strings: what reads `COMMON_TASKS` isn't sure.",
    ),
    (
        "a broken statement",
        "x = (COMMON_TASKS\n",
        "The statement on line 1 mentions `COMMON_TASKS` and can't be read: mend it first.",
    ),
    (
        "imported too",
        "from x import COMMON_TASKS\n",
        "`COMMON_TASKS` is imported: it is renamed where it is defined.",
    ),
    (
        "imported as another",
        "from x import y as COMMON_TASKS\n",
        "`COMMON_TASKS` is imported: it is renamed where it is defined.",
    ),
]


@pytest.mark.parametrize(("line", "message"), [case[1:] for case in UNSURE], ids=[case[0] for case in UNSURE])
def test_a_binding_that_is_not_sure(line: str, message: str, small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(line + CONFIGS, "*COMMON|_TASKS"), small_catalog)
    for ask in (lambda: _renamed(cursor, "NEW"), lambda: prepare_rename(cursor.document, cursor.place)):
        with pytest.raises(RenameRefusedError) as refused:
            ask()
        assert str(refused.value) == message


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str, small_catalog: Catalog) -> None:
    text = CONFIGS.replace("COMMON_TASKS = [", 'face = "😋"; COMMON_TASKS = [').replace(
        '("esm", *', '("esm", "😋", *'
    )
    cursor = at_cursor(marked(text, "*COMMON|_TASKS"), small_catalog, encoding=encoding)
    prepared = prepare_rename(cursor.document, cursor.place)
    assert (underlined(cursor.document, prepared.range), prepared.placeholder) == ("COMMON_TASKS",) * 2
    assert _renamed(cursor, "TASKS") == text.replace("COMMON_TASKS", "TASKS")


def test_a_client_without_versions_gets_plain_changes(small_catalog: Catalog) -> None:
    cursor = at_cursor(marked(CONFIGS, "*COMMON|_TASKS"), small_catalog, client=Client())
    edit = renamed(cursor.document, cursor.place, "TASKS")
    assert edit.document_changes is None
    assert [each.range.start.line for each in (edit.changes or {})[cursor.document.uri]] == [2, 5]


def _renamed(cursor: Cursor, new_name: str) -> str:
    (changes,) = renamed(cursor.document, cursor.place, new_name).document_changes or ()
    assert isinstance(changes, types.TextDocumentEdit)
    assert changes.text_document.version == 1
    edits = [each for each in changes.edits if isinstance(each, types.TextEdit)]
    return applied(cursor.document, edits)
