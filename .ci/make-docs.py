"""Writes what is made from the sources: docs/rules, the table of docs/settings.md, neuron-config.schema.json.

usage: .venv/bin/python .ci/make-docs.py        (make docs)
"""

from __future__ import annotations

from pathlib import Path

from neuron_config_server.rules import all_rules
from neuron_config_server.rules.documentation import index, page
from neuron_config_server.settings.json_schema import json_schema, settings_page

ROOT = Path(__file__).parents[1]


def made() -> dict[Path, str]:
    """Path -> text, of every file that is made."""
    rules = ROOT / "docs" / "rules"
    return {
        **{rules / f"{rule.code}.md": page(rule) for rule in all_rules()},
        rules / "README.md": index(all_rules()),
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / "neuron-config.schema.json": json_schema(),
    }


def main() -> None:
    files = made()
    for stale in set((ROOT / "docs" / "rules").glob("*.md")) - set(files):
        stale.unlink()
        print(f"removed {stale.relative_to(ROOT)}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
