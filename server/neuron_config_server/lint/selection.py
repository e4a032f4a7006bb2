"""Which rules are checked: selectors as ruff has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from neuron_config_server.rules.rule import Rule

ALL = "ALL"


class UnknownSelectorError(Exception):
    """A selector that selects no rule there is; the message names the nearest that does."""


@dataclass(frozen=True)
class Layer:
    """What one place says about which rules are checked: a settings file, or the command line."""

    select: tuple[str, ...] | None = None
    """None: what the layer below selects."""
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """What is said about a file's rules, the last layer having the last word."""

    layers: tuple[Layer, ...] = ()
    ignored: tuple[str, ...] = ()
    """By ``per-file-ignores``."""

    def rules(self, among: Sequence[Rule]) -> tuple[Rule, ...]:
        """The rules that are checked, in the order in which they are given."""
        chosen = {rule.code for rule in among if rule.is_on_by_default}
        codes = [rule.code for rule in among]
        for layer in self.layers:
            chosen = _after(layer, chosen, codes)
        return tuple(
            rule
            for rule in among
            if rule.code in chosen and not any(_means(selector, rule.code) for selector in self.ignored)
        )


def normalized(selectors: Iterable[str], codes: Collection[str], where: str) -> tuple[str, ...]:
    """Selectors in capitals.

    Args:
        codes: of the rules there are.
        where: who said so, for the error.

    Raises:
        UnknownSelectorError: one means no rule.
    """
    found = tuple(selector.strip().upper() for selector in selectors if selector.strip())
    for selector in found:
        if not any(_means(selector, code) for code in codes):
            raise UnknownSelectorError(f"{where}: there is no rule {selector}{_hint(selector, codes)}")
    return found


def _hint(selector: str, codes: Collection[str]) -> str:
    prefixes = {code[:length] for code in codes for length in (3, len(code))}
    close = get_close_matches(selector, sorted(prefixes), n=1)
    return (f", did you mean {close[0]}?" if close else "") + " (neuron-config rules lists them)"


def _after(layer: Layer, chosen: set[str], codes: Sequence[str]) -> set[str]:
    """From the least specific selector to the most; of two that are alike, to ignore wins."""
    result = set() if layer.select is not None else set(chosen)
    said = [(selector, True) for selector in (*(layer.select or ()), *layer.extend_select)]
    said += [(selector, False) for selector in layer.ignore]
    for selector, is_selected in sorted(said, key=lambda each: _specificity(each[0])):
        meant = {code for code in codes if _means(selector, code)}
        result = result | meant if is_selected else result - meant
    return result


def _specificity(selector: str) -> int:
    return 0 if selector == ALL else len(selector)


def _means(selector: str, code: str) -> bool:
    return selector == ALL or (selector.startswith("NC") and code.startswith(selector))
