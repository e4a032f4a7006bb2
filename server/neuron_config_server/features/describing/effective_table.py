"""What a config class means, task by task, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.describing.descriptions_of_models import model_classes_of
from neuron_config_server.features.describing.markdown import (
    code,
    codes,
    fence,
    few_codes,
    heading,
    joined,
    table,
)
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.effective import (
    FACETS,
    EffectiveConfig,
    NormalizedConfigUse,
    Possible,
    Variant,
)
from neuron_config_server.reading.literals import Strings

_ATTRIBUTES = {
    "inputs": "inputs",
    "outputs": "outputs",
    "INPUT_ARGS": "axes",
    "DUMMY_INPUT_GENERATOR_CLASSES": "generators",
    "NORMALIZED_CONFIG_CLASS": "normalized config",
    "ATOL_FOR_VALIDATION": "tolerance",
    "MODEL_TYPE": "MODEL_TYPE",
    "CUSTOM_MODEL_WRAPPER": "wrapper",
    "values_override": "values override",
}
_NOTHING = "-"
_LONGEST_CONDITIONS = 300
"""Characters of all conditions of a value, so far as they are shown."""
_MOST_NAMES = 12


def of_config_class(config: ConfigClass, catalog: Catalog) -> str:
    """A config class as it stands, and its meaning for every task that it is registered for."""
    groups: dict[tuple[str, str], list[EffectiveConfig]] = {}
    for each in config.effective:
        groups.setdefault((each.library, each.model_type), []).append(each)
    bases = ", ".join(each.name.rpartition(".")[2] for each in config.value.bases)
    untold = next((each.tasks.unknown for each in config.registrations if each.tasks.unknown), None)
    return joined(
        heading(config.name, "config class"),
        fence(f"class {config.name}({bases})"),
        None if groups or config.registrations else "Registered for no task.",
        *(part for key, members in groups.items() for part in _of_group(key, members, catalog)),
        f"Not all of its tasks are known: {untold}." if untold else None,
    )


def of_facet(config: ConfigClass, attribute: str) -> str | None:
    """What an attribute is in a class, task by task where that differs; None where nothing follows it."""
    facet = next((facet for name, facet in FACETS if _ATTRIBUTES.get(attribute) == name), None)
    if facet is None or not config.effective:
        return None
    shown = {each: _shown(facet(each)) for each in config.effective}
    if len(set(shown.values())) == 1:
        return f"In {code(config.name)}: {next(iter(shown.values()))}"
    types = {each.model_type for each in shown}
    return table(
        (*(("model type",) if len(types) > 1 else ()), "task", f"in {code(config.name)}"),
        (
            (*((code(each.model_type),) if len(types) > 1 else ()), code(each.task), text)
            for each, text in shown.items()
        ),
    )


def _of_group(key: tuple[str, str], members: Sequence[EffectiveConfig], catalog: Catalog) -> Iterator[str]:
    """A table of what differs from task to task, and one of what doesn't."""
    library, model_type = key
    yield f"{code(model_type)} ({library})"
    shown = {name: [_shown(facet(each)) for each in members] for name, facet in FACETS}
    differing = [name for name, values in shown.items() if len(set(values)) > 1]
    yield table(
        ("task", "model class", *differing),
        (
            (code(each.task), model_classes_of(each, catalog), *(shown[name][place] for name in differing))
            for place, each in enumerate(members)
        ),
    )
    same = [(name, values[0]) for name, values in shown.items() if len(set(values)) == 1]
    yield table(("for every task", ""), ((name, value) for name, value in same if value != _NOTHING))


def _shown(possible: Possible[Any]) -> str:
    variants = possible.variants
    is_short = sum(len(each.when or "") for each in variants) <= _LONGEST_CONDITIONS
    values = [_variant(each) for each in variants] if is_short else [_summary(variants)]
    if possible.unknown is not None and not any(each.unknown for each in variants):
        values.append(f"and more, unknown: {possible.unknown}")
    return "; ".join(values) or _NOTHING


def _summary(variants: Sequence[Variant[Any]]) -> str:
    """Of many variants: that of the defaults, and how the others differ."""
    first, *others = variants
    text = _value(first.value) if first.raises is None and first.unknown is None else _variant(first)
    has = dict.fromkeys(_names(first.value))
    also = dict.fromkeys(name for each in others for name in _names(each.value) if name not in has)
    missing = [name for name in has if any(name not in _names(each.value) for each in others)]
    parts = [
        text,
        f"in some cases also {few_codes(also)}" if also else "",
        f"in some without {few_codes(missing)}" if missing else "",
    ]
    return f"{'; '.join(filter(None, parts))} ({len(variants)} ways)"


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, Strings):
        return value.values
    return value if isinstance(value, tuple) else ()


def _variant(variant: Variant[Any]) -> str:
    condition = f" if {code(variant.when)}" if variant.when is not None else ""
    if variant.raises is not None:
        return f"raises {variant.raises}{condition}"
    known = _value(variant.value)
    if variant.unknown is None:
        return known + condition
    return f"{known + ', ' if known not in ('', _NOTHING) else ''}unknown: {variant.unknown}{condition}"


def _value(value: Any) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, Strings):
        return few_codes(value.values, _MOST_NAMES) or "none"
    if isinstance(value, tuple):
        return codes(name.rpartition(".")[2] for name in value) or "none"
    if isinstance(value, NormalizedConfigUse):
        return code(value.class_name)
    return code(f"{value:g}" if isinstance(value, float) else str(value).lstrip("."))
