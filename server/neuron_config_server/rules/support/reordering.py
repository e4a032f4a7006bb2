"""The fix of names in the wrong order: each string takes the name that belongs in its place."""

from __future__ import annotations

from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import Part, StringLiteral
from neuron_config_server.rules.finding import Aspect, Change, Edit, Fix, Intent


def reordered(
    file: ConfigFile,
    config: ConfigClass,
    parts: tuple[Part, ...],
    ordered: list[str],
    aspect: Aspect,
    title: str,
) -> Fix | None:
    """None where a part is no string that stands in the class itself.

    Args:
        aspect: what the names are, which the fix changes on purpose.
    """
    edits = []
    for part, name in zip(parts, ordered):
        is_own = isinstance(part, StringLiteral) and file.holds(part) and config.range.contains(part.range)
        if not isinstance(part, StringLiteral) or not is_own:
            return None
        if part.value != name:
            edits.append(Edit(part.inner, name))
    intent = Intent(changes=(Change(aspect, frozenset({config.name})),))
    return Fix(title, tuple(edits), intent=intent)
