"""What may stand at a position of a config file."""

from __future__ import annotations

from enum import Enum


class Kind(str, Enum):
    INPUT = "input"
    OUTPUT = "output"
    TASK = "task"
    MODEL_TYPE = "model type"
    LIBRARY = "library"
    ALIAS = "alias"
    AXIS = "axis"
    FLAG = "compiler flag"
    RULE = "rule"
    HF_ATTRIBUTE = "HF config attribute"
    NORMALIZED_NAME = "normalized name"
    ATTRIBUTE = "attribute"
    """Attribute, property or method of a config class."""
    BASE = "base"
    GENERATOR = "generator"
    CONFIG_CLASS = "config class"
    NORMALIZED_CLASS = "normalized config class"
    CLASS = "class"
    """Of this file or one that it imports from, and no config."""
    CONSTANT = "constant"
    """A name of the file's top level with a value that is known."""
