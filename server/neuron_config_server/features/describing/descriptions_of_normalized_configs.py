"""What is known of normalized configs, and of what they read in a model's config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.configs.classes import ConfigAttribute
from neuron_config_server.catalog.configs.classes import ConfigClass as HfConfigClass
from neuron_config_server.catalog.normalized_configs import AttributeMap
from neuron_config_server.features.describing.markdown import code, fence, heading, joined, prose, table
from neuron_config_server.rules.support.wording import listed

_MISSING = "missing"
_UNTOLD = "not told"


@dataclass(frozen=True)
class HfAttribute:
    """Where a path in a model's config leads."""

    owner: HfConfigClass
    attribute: ConfigAttribute | None
    """None where there is none of that name, though all are known."""


def of_alias(alias: str, model_type: str | None, catalog: Catalog) -> str | None:
    """Where the names of an alias's normalized config are in the model's config."""
    found = catalog.normalized_configs.aliases.get(alias) if catalog.normalized_configs is not None else None
    if found is None:
        return None
    return joined(
        heading(alias, "alias of a normalized config"),
        fence(found.source),
        of_paths(paths_of(found.attributes), model_type, catalog),
    )


def of_normalized_class(
    name: str, paths: Mapping[str, str] | None, model_type: str | None, catalog: Catalog
) -> str:
    """A class of normalized configs."""
    return joined(heading(name, "normalized config"), of_paths(paths or {}, model_type, catalog))


def of_paths(paths: Mapping[str, str], model_type: str | None, catalog: Catalog) -> str | None:
    """The names of a normalized config, where they are read from, and what is there in a model's config."""
    hf_config = catalog.config_class(model_type) if model_type is not None else None
    if not paths:
        return None
    if hf_config is None:
        return table(("name", "read from"), ((code(name), code(path)) for name, path in paths.items()))
    values = {name: _value_at(path, hf_config, catalog) for name, path in paths.items()}
    missing = [code(paths[name]) for name, value in values.items() if value == _MISSING]
    return joined(
        table(
            ("name", "read from", f"`{hf_config.name}()`"),
            ((code(name), code(path), values[name]) for name, path in paths.items()),
        ),
        f"`{hf_config.name}` has no {listed(missing)}." if missing else None,
    )


def paths_of(attributes: AttributeMap | None) -> Mapping[str, str]:
    """Name -> path, of the names that a normalized config declares; empty if they can't be told."""
    if attributes is None or not attributes.understood:
        return {}
    return {name.lower(): path for name, path in attributes.paths.items()}


def of_hf_attribute(path: str, model_type: str, catalog: Catalog) -> str | None:
    """An attribute of a model's config: its type, default and text."""
    class_ = catalog.config_class(model_type)
    found = hf_attribute(path, class_, catalog) if class_ is not None else None
    if found is None:
        return None
    if found.attribute is None:
        return joined(heading(path, f"missing in `{found.owner.name}`"))
    return joined(
        heading(path, f"{found.attribute.kind.value} of `{found.owner.name}`"),
        fence(_attribute_source(found.attribute)),
        prose(found.attribute.doc or ""),
        None if found.attribute.is_always_there else "Not every config has it.",
    )


def of_normalized_name(name: str, path: str, model_type: str | None, catalog: Catalog) -> str:
    """A name of a normalized config: where it is read from, and what is there."""
    attribute = of_hf_attribute(path, model_type, catalog) if model_type is not None else None
    return joined(heading(name, "name in the normalized config"), f"Read from {code(path)}.", attribute)


def hf_attribute(path: str, class_: HfConfigClass, catalog: Catalog) -> HfAttribute | None:
    """What a dotted path in a model's config leads to; None if that can't be told."""
    above, _, last = path.rpartition(".")
    owner = sub_config(above, class_, catalog)
    attribute = owner.attribute(last) if owner is not None else None
    if owner is None or (attribute is None and not owner.is_complete):
        return None
    return HfAttribute(owner, attribute)


def sub_config(path: str, class_: HfConfigClass, catalog: Catalog) -> HfConfigClass | None:
    """The class of the config that a path leads to within a config; that config's own for an empty path."""
    found: HfConfigClass | None = class_
    for part in filter(None, path.split(".")):
        name = (found.sub_configs or {}).get(part) if found is not None else None
        types = catalog.model_types or {}
        model_type = next((each for each, config in types.items() if config == name), None)
        found = catalog.config_class(model_type) if model_type is not None else None
    return found


def _attribute_source(attribute: ConfigAttribute) -> str:
    annotation = f": {attribute.annotation}" if attribute.annotation is not None else ""
    value = attribute.default if attribute.default is not None else attribute.expression
    return attribute.name + annotation + (f" = {value}" if value is not None else "")


def _value_at(path: str, hf_config: HfConfigClass, catalog: Catalog) -> str:
    found = hf_attribute(path, hf_config, catalog)
    if found is None:
        return _UNTOLD
    if found.attribute is None:
        return _MISSING
    return code(found.attribute.default) if found.attribute.default is not None else _UNTOLD
