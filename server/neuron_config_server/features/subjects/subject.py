"""What stands at a position of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.subjects.string_roles import (
    hf_path,
    is_normalized_config,
    kind_by_place,
    roles_of,
)
from neuron_config_server.features.subjects.subject_kinds import Kind
from neuron_config_server.features.subjects.syntax_places import Token, token_at, tokens_named
from neuron_config_server.lint.suppressions import suppressions
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.bindings import bound_names, target_names
from neuron_config_server.reading.evaluation.values import (
    BaseClass,
    ClassValue,
    Dotted,
    NormalizedClass,
)
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.reading.statement_reader import ReadStatement
from neuron_config_server.rules.support.compiler_options import option_strings

_STRING = re.compile(r"\"(?P<double>[^\"\\\r\n]*)\"|'(?P<single>[^'\\\r\n]*)'")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_CODE = re.compile(r"[A-Za-z]+\d+")


@dataclass(frozen=True)
class Subject:
    """A thing that has a name, where it stands."""

    kind: Kind
    name: str
    """Of an HF config attribute the whole path, of a compiler flag the flag alone."""
    range: Range
    """What is underlined: a string with its quotes."""
    config: ConfigClass | None = None
    """The config class that it stands in."""
    readers: tuple[ConfigClass, ...] = ()
    """Of a string: the registered classes that it reaches."""
    value: Any = None
    """Of a name: what it stands for."""
    is_of_super: bool = False
    """Whether it is an attribute that ``super()`` is asked for."""

    @property
    def is_string(self) -> bool:
        return self.kind in _STRINGS


_STRINGS = frozenset(
    {Kind.INPUT, Kind.OUTPUT, Kind.TASK, Kind.MODEL_TYPE, Kind.LIBRARY, Kind.ALIAS, Kind.AXIS}
)
"""What stands in the source as a string, and is one and the same thing wherever it stands."""


def subject_at(document: OpenDocument, position: Position) -> Subject | None:
    """What stands at a position; None where that is nothing of ours, or can't be told."""
    file = document.file
    statement = file.statement_at(position.line) if file is not None else None
    if file is None or statement is None:
        return None
    in_comment = _rule_in_comment(document, file, position)
    if in_comment is not None:
        return in_comment
    find = _in_statement if statement.facts.fault is None else _in_broken
    return find(document, file.as_before, statement, position)


def subject_of_name(
    name: str, range_: Range, file: ConfigFile, catalog: Catalog, config: ConfigClass | None = None
) -> Subject | None:
    """What a name of the file's top level stands for; one that nothing binds, what is usually called so."""
    value = file.followed.module.names.get(name, Dotted(name, is_bound=False))
    value = file.world.resolve(value) if isinstance(value, Dotted) else value
    kind = _kind_of_value(value, file, catalog)
    return Subject(kind, name, range_, config, value=value) if kind is not None else None


def _kind_of_value(value: Any, file: ConfigFile, catalog: Catalog) -> Kind | None:
    if isinstance(value, ClassValue):
        if any(each.value is value for each in file.classes):
            return Kind.CONFIG_CLASS
        is_normalized = any(isinstance(each, NormalizedClass) for each in value.bases)
        return Kind.NORMALIZED_CLASS if is_normalized else Kind.CLASS
    if isinstance(value, BaseClass):
        return Kind.BASE
    if isinstance(value, NormalizedClass):
        return Kind.NORMALIZED_CLASS
    if isinstance(value, Dotted):
        return Kind.GENERATOR if value.name in catalog.dummy_generators else None
    return Kind.CONSTANT if isinstance(value, (str, int, float, list, tuple, dict, set)) else None


def _rule_in_comment(document: OpenDocument, file: ConfigFile, position: Position) -> Subject | None:
    line = document.source.line(position.line)
    code = _match_at(_CODE, line, position.column)
    if code is None or "neuron:" not in line:
        return None
    place = _on_line(position.line, code)
    if not any(each.range.contains(place) for each in suppressions(file)):
        return None
    return Subject(Kind.RULE, code[0].upper(), place)


def _flag_at(file: ConfigFile, position: Position) -> Subject | None:
    for string in option_strings(file):
        for option in string.options:
            if option.range.start <= position <= option.range.end:
                return Subject(Kind.FLAG, option.name, option.range, file.config(string.class_name))
    return None


def _in_statement(
    document: OpenDocument, file: ConfigFile, statement: ReadStatement[syntax.StatementFacts], at: Position
) -> Subject | None:
    body, line = statement.facts.body, at.line - statement.line
    token = token_at(body, line, at.column)
    if token is not None and token.is_string and token.text.lstrip().startswith("-"):
        return _flag_at(file, at)
    if token is not None:
        return _subject(token, file, statement, document.catalog)
    imports = (each for each in body if isinstance(each, syntax.Import))
    word = _match_at(_IDENTIFIER, document.source.line(at.line), at.column)
    if word is not None and any(each.span[0] <= line <= each.span[2] for each in imports):
        return subject_of_name(word[0], _on_line(at.line, word), file, document.catalog)
    return None


def _in_broken(
    document: OpenDocument, file: ConfigFile, statement: ReadStatement[syntax.StatementFacts], at: Position
) -> Subject | None:
    """By the nearest equal token of the statement from before it broke; else by what a name stands for."""
    text = document.source.line(at.line)
    string = _match_at(_STRING, text, at.column)
    word = string or _match_at(_IDENTIFIER, text, at.column)
    if word is None:
        return None
    place = _on_line(at.line, word)
    name = (string["double"] or string["single"] or "") if string is not None else word[0]
    before = file.statement_at(statement.line)
    body = before.facts.body if before is not None else ()
    tokens = list(tokens_named(body, name, is_string=string is not None))
    if before is None or not tokens:
        return None if string is not None else subject_of_name(name, place, file, document.catalog)
    line = at.line - statement.line
    nearest = min(tokens, key=lambda each: (abs(each.span[0] - line), abs(each.span[1] - place.start.column)))
    found = _subject(nearest, file, before, document.catalog)
    return replace(found, range=place) if found is not None else None


def _subject(
    token: Token, file: ConfigFile, statement: ReadStatement[syntax.StatementFacts], catalog: Catalog
) -> Subject | None:
    place = range_of(token.span, statement.line)
    config = _config_around(token, file)
    if token.is_string:
        return _string(token, place, file, config)
    node = token.node
    if isinstance(node, syntax.Attribute):
        return _attribute(node, place, config, file)
    if isinstance(node, syntax.Argument):
        is_name = token.text != "allow_new" and _is_argument_of(token, "with_args")
        return Subject(Kind.NORMALIZED_NAME, token.text, place, config) if is_name else None
    if _is_of_class_body(token):
        if config is not None:
            return Subject(Kind.ATTRIBUTE, token.text, place, config)
        if isinstance(node, syntax.Name):
            return None
    if isinstance(node, syntax.Function) or _is_local(token):
        return None
    return subject_of_name(token.text, place, file, catalog, config)


def _string(token: Token, place: Range, file: ConfigFile, config: ConfigClass | None) -> Subject | None:
    roles = roles_of(file).get(place, {})
    by_place = kind_by_place(token)
    kind = by_place if by_place in roles or not roles else next(iter(roles))
    if kind is None:
        return None
    name = token.text
    call = token.nearest(syntax.Call)
    if kind is Kind.HF_ATTRIBUTE and call is not None and call.arguments:
        above = hf_path(call.arguments[0].value)
        name = f"{above}.{name}".lstrip(".") if above else name
    return Subject(kind, name, place, config, roles.get(kind, ()))


def _attribute(
    node: syntax.Attribute, place: Range, config: ConfigClass | None, file: ConfigFile
) -> Subject | None:
    path = hf_path(node)
    if path:
        return Subject(Kind.HF_ATTRIBUTE, path, place, config)
    owner = node.owner
    if is_normalized_config(owner):
        return Subject(Kind.NORMALIZED_NAME, node.name, place, config)
    if isinstance(owner, syntax.Name):
        if owner.name in ("self", "cls") and config is not None:
            return Subject(Kind.ATTRIBUTE, node.name, place, config)
        named = file.config(owner.name)
        return Subject(Kind.ATTRIBUTE, node.name, place, named) if named is not None else None
    if isinstance(owner, syntax.Call) and isinstance(owner.function, syntax.Name):
        is_super = owner.function.name == "super" and config is not None
        return Subject(Kind.ATTRIBUTE, node.name, place, config, is_of_super=True) if is_super else None
    return None


def _config_around(token: Token, file: ConfigFile) -> ConfigClass | None:
    """The config class that a token stands in; a class's own decorators and bases stand in it too."""
    classes = [each for each in token.around if isinstance(each, syntax.Class)]
    return next((each for each in file.classes if classes and each.value.node is classes[0]), None)


def _is_argument_of(token: Token, method: str) -> bool:
    call = token.nearest(syntax.Call)
    function = call.function if call is not None else None
    return isinstance(function, syntax.Attribute) and function.name == method


def _is_of_class_body(token: Token) -> bool:
    """Whether it is what a class body defines: a method's name, or a name that it assigns to."""
    around = token.without_conditions[:-1]
    if not around:
        return False
    if isinstance(token.node, syntax.Function):
        return isinstance(around[-1], syntax.Class)
    if not isinstance(token.node, syntax.Name) or len(around) < 2 or not isinstance(around[-2], syntax.Class):
        return False
    statement = around[-1]
    if isinstance(statement, syntax.Assign):
        return token.node in statement.targets
    return isinstance(statement, (syntax.Augment, syntax.Declare)) and token.node is statement.target


def _is_local(token: Token) -> bool:
    """Whether a function or a comprehension around it binds the name for itself."""
    return any(token.text in _bound_by(each) for each in token.around[:-1])


def _bound_by(node: Any) -> set[str]:
    """The names that a piece of syntax has for itself."""
    if isinstance(node, syntax.Function):
        return {each.name for each in node.parameters} | bound_names(node.body)
    if isinstance(node, syntax.Comprehension):
        return set().union(*(target_names(each.target) for each in node.clauses))
    return set()


def _match_at(pattern: re.Pattern[str], line: str, column: int) -> re.Match[str] | None:
    """The match that a column is in, or that ends there."""
    return next((each for each in pattern.finditer(line) if each.start() <= column <= each.end()), None)


def _on_line(line: int, match: re.Match[str]) -> Range:
    return Range(Position(line, match.start()), Position(line, match.end()))
