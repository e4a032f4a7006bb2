"""What a config class offers: attributes with defaults and texts, other names for them, sub-configs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuron_config_server.catalog.configs.attributes import SUB_CONFIGS
from neuron_config_server.catalog.configs.declarations import AttributeKind, ConstructorRun, declarations
from neuron_config_server.catalog.configs.docs import config_docs
from neuron_config_server.catalog.configs.names import Names
from neuron_config_server.catalog.configs.objects import Instance
from neuron_config_server.catalog.configs.values import python_literal
from neuron_config_server.catalog.source import ClassSource, Sources


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


def read_config_class(class_: ClassSource, sources: Sources) -> ConfigClass:
    """Reads a config class and its bases."""
    names = Names(sources)
    run = ConstructorRun.of(names.class_value(class_), names)
    attribute_map = run.class_attribute("attribute_map")
    model_type = run.class_attribute("model_type")
    return ConfigClass(
        name=class_.node.name,
        file=class_.module.path,
        line=class_.node.lineno,
        model_type=model_type if isinstance(model_type, str) else None,
        attributes=tuple(_attributes(run, config_docs(run.class_.mro, sources))),
        attribute_map=_strings(attribute_map),
        sub_configs=_sub_configs(run),
        needs_arguments=run.needs_arguments,
        is_complete=run.class_.complete and (run.is_known or run.needs_arguments),
    )


def _attributes(run: ConstructorRun, docs: Mapping[str, str]) -> Iterator[ConfigAttribute]:
    for declared in declarations(run):
        value = run.final(declared.name)
        default = python_literal(value)
        yield ConfigAttribute(
            name=declared.name,
            kind=declared.kind,
            default=default,
            expression=declared.expression if default is None else None,
            annotation=declared.annotation,
            is_always_there=declared.is_always_there,
            doc=docs.get(declared.name),
            owner=declared.owner,
            file=declared.file,
            line=declared.line,
        )


def _sub_configs(run: ConstructorRun) -> Mapping[str, str] | None:
    """The names of the classes in ``sub_configs``, or in ``sub_configs_defaults`` where that computes it."""
    member = run.class_.member("sub_configs")
    if member is None or member.getter is None:
        table = run.class_attribute("sub_configs") if member is not None else {}
    elif run.class_.member(SUB_CONFIGS) is not None:
        table = run.class_attribute(SUB_CONFIGS)
    else:
        table = run.final("sub_configs")
    if not isinstance(table, dict) or not all(isinstance(name, str) for name in table):
        return None
    return {name: _class_name(value) for name, value in table.items()}


def _class_name(value: Any) -> str:
    """The name of a class, or of the one that a ``SubConfigSpec`` holds."""
    class_ = value.attributes.get("config_class") if isinstance(value, Instance) else value
    return getattr(class_, "text", "") or "AutoConfig"


def _strings(table: Any) -> Mapping[str, str]:
    entries = table.items() if isinstance(table, dict) else ()
    return {key: value for key, value in entries if isinstance(key, str) and isinstance(value, str)}
