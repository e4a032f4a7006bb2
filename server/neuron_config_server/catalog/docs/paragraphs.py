"""A text of transformers' documentation as one paragraph."""

from __future__ import annotations

import re

_PLACEHOLDERS = {
    "processor_class": "AutoProcessor",
    "image_processor_class": "AutoImageProcessor",
    "video_processor_class": "AutoVideoProcessor",
    "feature_extractor_class": "AutoFeatureExtractor",
    "tokenizer_class": "AutoTokenizer",
    "config_class": "AutoConfig",
    "model_class": "AutoModel",
}
"""Placeholder of a shared text -> the class that loads what auto_docstring would put there."""
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def one_paragraph(text: str) -> str:
    """The text on one line, placeholders of shared texts replaced."""
    return " ".join(_PLACEHOLDER.sub(_without_placeholder, text).split())


def _without_placeholder(match: re.Match[str]) -> str:
    return _PLACEHOLDERS.get(match[1], match[1] if match[1].isalpha() else "")
