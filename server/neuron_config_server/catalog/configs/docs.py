"""What docstrings say about a config's attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neuron_config_server.catalog.configs.objects import ClassBody
from neuron_config_server.catalog.docs.docstrings import described
from neuron_config_server.catalog.docs.shared_docs import shared_texts
from neuron_config_server.catalog.source import Sources

_SHARED_BY_CONFIGS = "ConfigArgs"
"""Of transformers 5."""


def config_docs(classes: Sequence[ClassBody], sources: Sources) -> Mapping[str, str]:
    """Attribute -> what transformers says about it.

    Args:
        classes: a config class and its bases, in the order in which Python looks attributes up.
    """
    found = dict(shared_texts(classes[0].module, sources, _SHARED_BY_CONFIGS))
    for owner in reversed(classes):
        found.update(described(owner.module, owner.node))
    return found
