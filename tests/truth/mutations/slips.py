"""Slips of the pen, as hands make them."""

from __future__ import annotations

import random
from collections.abc import Iterator


def slips(name: str, chance: random.Random) -> Iterator[str]:
    """Names that differ from one by a letter dropped, doubled, swapped, added, or another separator."""
    places = [place for place in range(1, len(name) - 1) if name[place].isalpha()]
    place = chance.choice(places)
    yield name[:place] + name[place + 1 :]
    place = chance.choice(places)
    yield name[: place + 1] + name[place:]
    swappable = [each for each in places if name[each] != name[each - 1] and name[each - 1].isalpha()]
    if swappable:
        place = chance.choice(swappable)
        yield name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :]
    yield name[:-1] if name.endswith("s") else f"{name}s"
    for one, other in (("_", "-"), ("-", "_"), ("_", ""), ("-", "")):
        if one in name:
            yield name.replace(one, other, 1)
