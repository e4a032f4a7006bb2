"""What a config class offers: attributes with defaults and texts, other names for them, sub-configs."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any


class AttributeKind(str, Enum):
    """How a config comes by an attribute."""

    PARAMETER = "parameter"
    """It can be passed to the constructor: a dataclass field, or a parameter of ``__init__``."""
    ASSIGNED = "assigned"
    """Code of the constructor sets it."""
    PROPERTY = "property"
    CLASS_ATTRIBUTE = "class attribute"


@dataclass(frozen=True)
class ConfigAttribute:
    """An attribute of a config."""

    name: str
    kind: AttributeKind
    default: str | None
    """Its value in a config made without arguments, as a Python literal; None if that can't be told."""
    expression: str | None
    """Source of what it is set to, where the default can't be told."""
    annotation: str | None
    is_always_there: bool
    """False if some ways through the constructor don't set it, or if that can't be told."""
    doc: str | None
    owner: str
    """The class, or else the file, that declares it."""
    file: Path
    line: int

    @property
    def value(self) -> Any:
        """The default itself.

        Raises:
            ValueError: the default isn't known.
        """
        if self.default is None:
            raise ValueError(f"the default of {self.name} isn't known")
        return ast.literal_eval(self.default)


@dataclass(frozen=True)
class ConfigClass:
    """A config class of transformers."""

    name: str
    file: Path
    line: int
    model_type: str | None
    attributes: tuple[ConfigAttribute, ...]
    """In the order in which the constructor sets them; then class attributes and properties."""
    attribute_map: Mapping[str, str]
    """Other name -> attribute."""
    sub_configs: Mapping[str, str] | None
    """Attribute -> config class, "AutoConfig" where the sub-config's own model type decides.

    None if a property computes it, from the values of an instance.
    """
    needs_arguments: bool
    """Without arguments the constructor raises; no default is known then."""
    is_complete: bool
    """False if the source of a base class wasn't found: there may be more attributes."""

    def attribute(self, name: str) -> ConfigAttribute | None:
        """The attribute of that name, other names resolved."""
        meant = self.attribute_map.get(name, name)
        return next((each for each in self.attributes if each.name == meant), None)
