"""Writes the skeleton of a rule, and of its test.

usage: .venv/bin/python .ci/make-rule.py NC999-some-name        (make rule NC999-some-name)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from neuron_config_server.rules import rule_names

ROOT = Path(__file__).parents[1]
_NAME = re.compile(r"(?P<code>NC\d{3})-(?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)$")

_RULE = '''"""{code} {name}."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule


class {class_name}(Rule):
    """
    ## What it does
    Checks TODO.

    ## Why is this bad?
    TODO: what happens at the export, or later.

    ## Example
    ```python
    TODO
    ```
    """

    code = "{code}"
    name = "{name}"
    severity = Severity.WARNING

    VALID = ("TODO\\n",)
    INVALID = (Invalid("TODO = TODO\\n", at="TODO"),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config in file.classes:
            yield self.finding("TODO", config.name_range, class_name=config.name)
'''

_TEST = '''"""What the examples of {code} don't show."""

from __future__ import annotations

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules.{module} import {class_name}


def test_nothing_is_said_of_a_file_without_configs(small_catalog: Catalog) -> None:
    assert list({class_name}().check(read_config_file("x = 1\\n", small_catalog), small_catalog)) == []
'''


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        raise SystemExit("usage: make rule NC999-some-name")
    match = _NAME.match(arguments[0])
    if match is None:
        raise SystemExit(f"{arguments[0]!r} is no code and name in kebab case, such as NC999-some-name")
    code, name = match["code"], match["name"]
    known = rule_names()
    if code in known or name in known.values():
        taken = f"{code} {known[code]}" if code in known else name
        raise SystemExit(f"there is a rule {taken}; codes and names are never used twice")
    module = f"{code.lower()}_{name.replace('-', '_')}"
    words = {
        "code": code,
        "name": name,
        "module": module,
        "class_name": "".join(word.capitalize() for word in name.split("-")),
    }
    for path, text in (
        (ROOT / "server" / "neuron_config_server" / "rules" / f"{module}.py", _RULE),
        (ROOT / "tests" / "server" / "rules" / f"test_{module}.py", _TEST),
    ):
        path.write_text(text.format(**words), encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    print("next: its documentation and examples, then `make docs`; tests/server/rules runs the examples")


if __name__ == "__main__":
    main(sys.argv[1:])
