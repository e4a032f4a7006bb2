"""Parsing no more of a file than a question needs gives the same answers as parsing all of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from neuron_config_server.catalog.source import ModuleSource, Sources

TEXT = '''\
"""A module
class NotOne(Base):
    in its docstring."""
from a import b as c
TABLE: dict[str, int] = {
    "x": 1,
}
TABLE_2 = [
1,
]
if True:
    from d import e
    class Conditional: ...
    MAYBE = 1
else:
    MAYBE = 2


@decorated(
    "x"
)
@twice
class Decorated(Base):
    """Its docstring is
not indented; it speaks of
class Inner and of
def something() = 5
    """

    def forward(self): pass


def function():
    class Local: ...


class Last(Decorated): x = 1
'''


def module(text: str) -> ModuleSource:
    return ModuleSource(Path("module.py"), text)


@pytest.mark.parametrize("name", ["Decorated", "Last", "Conditional"])
def test_a_class_is_the_same_as_in_the_whole_file(name: str) -> None:
    whole = {node.name: node for node in ast.walk(ast.parse(TEXT)) if isinstance(node, ast.ClassDef)}
    found = module(TEXT).classes[name]
    assert ast.dump(found, include_attributes=True) == ast.dump(whole[name], include_attributes=True)


def test_what_is_not_at_the_top_level_is_no_class_of_the_module() -> None:
    found = module(TEXT)
    assert found.class_node("Local") is None
    assert found.class_node("Inner") is None
    assert "Local" not in found.classes
    assert {"Decorated", "Last", "Conditional"} <= set(found.classes)


@pytest.mark.parametrize(
    ("name", "value"),
    [("TABLE", "{'x': 1}"), ("TABLE_2", "[1]"), ("MAYBE", "2"), ("x", None), ("nothing", None)],
)
def test_the_last_value_of_a_name(name: str, value: str | None) -> None:
    found = module(TEXT).value(name)
    assert (found and ast.unparse(found)) == value


def test_imports_are_those_of_the_top_level_and_of_its_conditions() -> None:
    assert {name: original for name, (_, original) in module(TEXT).imports.items()} == {"c": "b", "e": "e"}


def test_of_a_class_defined_twice_the_last_counts() -> None:
    assert module("class A:\n    x = 1\nclass A:\n    x = 2\n").classes["A"].lineno == 3
    assert module("class A:\n    x = 1\nif True:\n    class A:\n        x = 2\n").classes["A"].lineno == 4
    assert ast.unparse(module("x = 1\nx = 2\n").value("x") or ast.Pass()) == "2"


def test_a_class_that_does_not_parse_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    found = module("class A:\n    x = (\n\nclass B:\n    y = 1\n")
    assert found.class_node("A") is None
    assert found.class_node("B") is not None
    assert "A can't be parsed" in caplog.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00bad", "can't be read"),
        (b"# -*- coding: no-such-codec -*-\n", "can't be read"),
        (b"x" * 9_000_000, "more than 8,388,608 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, data: bytes, said: str
) -> None:
    (tmp_path / "a.py").write_bytes(data)
    sources = Sources([tmp_path])
    assert sources.module(tmp_path / "a.py") is None
    assert sources.module(tmp_path / "a.py") is None
    assert caplog.text.count(said) == 1


def test_other_encodings_and_line_ends_are_read_as_python_reads_them(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("# coding: latin-1\r\nX = 'é'\r\nclass A: pass\r".encode("latin-1"))
    found = Sources([tmp_path]).module(tmp_path / "a.py")
    assert found is not None
    assert ast.unparse(found.value("X") or ast.Pass()) == "'é'"
    assert found.classes["A"].lineno == 3


@pytest.mark.parametrize("name", ["missing.py", "loop.py", "folder.py"])
def test_what_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "folder.py").mkdir()
    assert Sources([tmp_path]).module(tmp_path / name) is None


def test_names_are_followed_through_imports_and_inheritance(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("from .base import Base as Exported\n")
    (package / "base.py").write_text("from .circle import Circle\nclass Base(Circle): ...\n")
    (package / "circle.py").write_text("from .base import Base\nclass Circle(Base): ...\n")
    (tmp_path / "user.py").write_text("from package import Exported\nclass Mine(Exported): ...\n")
    sources = Sources([tmp_path])
    user = sources.module(tmp_path / "user.py")
    assert user is not None
    mine = sources.class_named(user, "Mine")
    assert mine is not None
    assert [each.node.name for each in sources.lineage(mine)] == ["Mine", "Base", "Circle"]
    assert sources.class_named(user, "Nobody") is None


def test_a_circle_of_imports_ends(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from b import X\n")
    (tmp_path / "b.py").write_text("from a import X\n")
    sources = Sources([tmp_path])
    module_a = sources.module(tmp_path / "a.py")
    assert module_a is not None
    assert sources.class_named(module_a, "X") is None


def test_a_recording_names_the_files_that_an_answer_depends_on(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from b import X\n")
    (tmp_path / "b.py").write_text("class X: ...\n")
    sources = Sources([tmp_path])
    for _ in range(2):  # also when they are in memory already
        with sources.recording() as files:
            module_a = sources.module(tmp_path / "a.py")
            assert module_a is not None
            sources.class_named(module_a, "X")
        assert files == {tmp_path / "a.py", tmp_path / "b.py"}
