"""The base classes of Neuron configs: which there are, and which modality each is for.

The names are the same in ``optimum.exporters.neuron`` (0.4.5: ``base.py``, ``config.py``) and
``neuron_core.configs``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Modality:
    """What the middle-end base classes have in common with what they wrap."""

    name: str
    normalized_config: str
    """optimum's normalized config class that fits."""
    alias: str
    """The alias of that class which optimum-neuron's own configs use or would."""


TEXT = Modality("text encoder", "NormalizedTextConfig", "bert")
VISION = Modality("vision", "NormalizedVisionConfig", "vit")

_BASES: dict[str, Modality | None] = {
    "NeuronExportConfig": None,
    "NeuronDefaultConfig": None,
    "TextEncoderNeuronConfig": TEXT,
    "VisionNeuronConfig": VISION,
    "TextAndVisionNeuronConfig": None,
    "AudioNeuronConfig": None,
    "TextSeq2SeqNeuronConfig": None,
}


def are_plain_bases(dotted_names: Iterable[str]) -> bool:
    """Whether all are bases of the first two levels, which name no inputs and wrap no model of their own."""
    return all(name.rpartition(".")[2] in _BASES for name in dotted_names)


def modality_of(dotted_names: Iterable[str]) -> Modality | None:
    """The modality that the bases say; None if they say none or several."""
    found = {
        modality for name in dotted_names if (modality := _BASES.get(name.rpartition(".")[2])) is not None
    }
    return found.pop() if len(found) == 1 else None
