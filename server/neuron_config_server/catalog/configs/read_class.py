"""Reads what a config class offers, by following its constructor.

Apart from the values, which are read from the cache without any of this being imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from neuron_config_server.catalog.configs.attributes import SUB_CONFIGS
from neuron_config_server.catalog.configs.classes import ConfigAttribute, ConfigClass
from neuron_config_server.catalog.configs.declarations import ConstructorRun, declarations
from neuron_config_server.catalog.configs.docs import config_docs
from neuron_config_server.catalog.configs.names import Names
from neuron_config_server.catalog.configs.objects import Instance
from neuron_config_server.catalog.configs.values import python_literal
from neuron_config_server.catalog.source import ClassSource, Sources


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
