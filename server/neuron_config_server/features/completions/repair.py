"""The file as it would be without the broken line that the cursor stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from neuron_config_server.features.completions.site import Site
from neuron_config_server.features.completions.surroundings import NAMELESS
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.statement_facts import read_statement
from neuron_config_server.reading.statement_reader import ReadStatement
from neuron_config_server.reading.text_cache import dropped_with_texts, kept_by_text

Statement = ReadStatement[syntax.StatementFacts]

_CLASS_HEAD = re.compile(r"class\b[ \t]*(\w*)[ \t]*(\(?)([^\r\n]*)")
_BASES = re.compile(r"[ \t]*([\w.]+)[ \t]*(?=[,)])")
_OPENS_A_BLOCK = re.compile(r"(?:if|elif|else|for|while|with|try|except|finally|def|async)\b")
_ELSE = re.compile(r"elif|else|except|finally")
_MOST_KEPT = 4

_repaired: dict[tuple[int, int, int, str], ConfigFile] = {}
"""What was read lately: without the broken line, a text stays the same while that is being typed."""
dropped_with_texts(_repaired.clear)


def readable(file: ConfigFile, statement: Statement, site: Site) -> ConfigFile:
    """The file, its statement at the cursor read without the logical line that breaks it.

    The file itself where the statement isn't broken, or is no better without that line: what was known of a
    class before it broke serves then.
    """
    if statement.facts.fault is None:
        return file
    facts = next((each for each in map(_read, _candidates(site)) if each.fault is None), statement.last_good)
    if facts is None or facts.unread is not None:
        return file
    place = next(index for index, each in enumerate(file.statements) if each is statement)
    return _file_with(file, place, replace(statement, facts=facts, last_good=None))


def _candidates(site: Site) -> Iterator[str]:
    """Texts of the statement without the broken line, one of which may be whole."""
    head, rest = site.text[: site.line_start], site.text[site.line_end :]
    line = site.text[site.line_start + len(site.indent) : site.line_end]
    class_head = _CLASS_HEAD.match(line)
    if line.startswith("@"):
        yield head + rest.lstrip("\r\n")
        return
    if class_head is not None:
        bases = ", ".join(_BASES.findall(class_head[3])) if class_head[2] else ""
        declared = f"{site.indent}class {class_head[1] or NAMELESS}({bases}):"
        yield f"{head}{declared}{rest}"
        yield f"{head}{declared}\n{site.indent}    pass\n"
        return
    if _OPENS_A_BLOCK.match(line):
        test = "else:" if _ELSE.match(line) else "if True:"
        yield f"{head}{site.indent}{test}{rest}"
        yield f"{head}{site.indent}{test}\n{site.indent}    pass{rest}"
    yield f"{head}{site.indent}pass{rest}"
    yield f"{head}{site.indent}pass\n"


_read = kept_by_text(read_statement)


def _file_with(file: ConfigFile, place: int, repaired: Statement) -> ConfigFile:
    """The file with one of its statements read in another way."""
    others = "".join(each.text for index, each in enumerate(file.statements) if index != place)
    # What is kept holds the world and the facts: while it is kept, no others have their identities.
    key = (id(file.world.catalog), id(repaired.facts), place, others)
    if key not in _repaired:
        while len(_repaired) >= _MOST_KEPT:
            del _repaired[next(iter(_repaired))]
        statements = (*file.statements[:place], repaired, *file.statements[place + 1 :])
        _repaired[key] = ConfigFile(file.text, statements, file.world)
    return _repaired[key]
