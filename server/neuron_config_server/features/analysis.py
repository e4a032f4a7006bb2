"""What is known of an open document, by its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from neuron_config_server.reading.positions import SourceText
from neuron_config_server.rules.finding import Finding

if TYPE_CHECKING:
    from neuron_config_server.catalog.catalog import Catalog
    from neuron_config_server.lint.fixing import Trial
    from neuron_config_server.reading.config_file import ConfigFile


@dataclass(frozen=True)
class Insight:
    """What reading the text gave."""

    catalog: Catalog
    file: ConfigFile | None
    """None where the text mentions no Neuron config, or isn't read."""
    findings: tuple[Finding, ...]
    fix_holds: Callable[[Finding], bool] = lambda finding: True
    """Whether a finding's fix changes nothing but what it means to. It takes as long as reading the text, so
    it is asked only when a fix is to be offered.
    """
    trial: Callable[[], Trial] | None = None
    """Tries out other changes of the text, as long as it is the latest; None of a text that isn't read."""


@dataclass(frozen=True)
class Analysis:
    """A text and what the rules say of it. The findings may be known from an earlier session: then the text
    is read only when more is asked for.
    """

    uri: str
    source: SourceText
    findings: tuple[Finding, ...]
    read: Callable[[], Insight]
    crashed: tuple[str, ...] = ()
    """Codes of the rules that failed: their findings are missing."""

    @cached_property
    def insight(self) -> Insight:
        return self.read()
