"""What a config has for sure where nobody says otherwise."""

from __future__ import annotations

from typing import Any

from neuron_config_server.reading.effective import Possible, Variant

UNTOLD: Any = object()
"""The value can't be told, differs, or is an exception."""


def told(possible: Possible[Any]) -> Any:
    """The value on every way that the defaults leave open; UNTOLD if that isn't one, and known."""
    likely = [each for each in possible.variants if each.is_default]
    if possible.unknown is not None or not likely or not all(map(_is_known, likely)):
        return UNTOLD
    value = likely[0].value
    return value if all(each.value == value for each in likely) else UNTOLD


def _is_known(variant: Variant[Any]) -> bool:
    return variant.is_understood and variant.unknown is None and variant.raises is None
