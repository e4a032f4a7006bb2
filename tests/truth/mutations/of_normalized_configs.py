"""NC4: what can be wrong with a normalized config."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator

from .declared import gives_inputs_to_forward
from .evidence import Evidence
from .lists import quoted, with_string_in_place
from .operators import Draft, operator
from .slips import slips
from .source import Site, end_of

ATTRIBUTE = "NORMALIZED_CONFIG_CLASS"
OF_MODALITIES = {
    "TextEncoderNeuronConfig": ("bert", "NormalizedTextConfig", "vocab_size"),
    "VisionNeuronConfig": ("vit", "NormalizedVisionConfig", "num_channels"),
}
"""Base -> the alias that fits it, the class, and one of its names."""


def modality_of(site: Site, evidence: Evidence) -> tuple[str, str, str] | None:
    """What fits a model of transformers that is made by the generators of its base."""
    if not gives_inputs_to_forward(site, evidence):
        return None
    order = evidence["classes"][site.name]["order"]
    return next((found for base, found in OF_MODALITIES.items() if base in order), None)


def with_normalized_config(site: Site, value: str) -> Site:
    """The class with a normalized config of its own."""
    assigned = site.assigned(ATTRIBUTE)
    if assigned is None:
        return site.with_attribute(f"{ATTRIBUTE} = {value}")
    return Site(site.replaced(site.span(assigned.value), value), site.name)


def _value(site: Site) -> ast.expr:
    assigned = site.assigned(ATTRIBUTE)
    assert assigned is not None
    return assigned.value


def _lookup(alias: str) -> str:
    return f'NormalizedConfigManager.get_normalized_config_class("{alias}")'


def _with_alias(site: Site, evidence: Evidence) -> tuple[Site, ast.Constant] | None:
    modality = modality_of(site, evidence)
    if modality is None:
        return None
    before = with_normalized_config(site, _lookup(modality[0]))
    call = _value(before)
    assert isinstance(call, ast.Call)
    assert isinstance(call.args[0], ast.Constant)
    return before, call.args[0]


@operator("NC401", "an alias misspelt", most=3)
def alias_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    found = _with_alias(site, evidence)
    for name in slips(found[1].value, chance) if found is not None else ():
        if found is not None and name not in evidence["aliases"]:
            yield with_string_in_place(*found, name, name)


@operator("NC401", "an alias that isn't there", most=1)
def alias_of_another(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """Mostly that of the model type itself."""
    found = _with_alias(site, evidence)
    if found is not None:
        name = evidence.registrations[site.name][0].model_type
        if name in evidence["aliases"]:
            name = "esm" if found[1].value == "bert" else "beit"
        yield with_string_in_place(*found, name, name)


@operator("NC402", "an attribute that the model's config lacks", most=2)
def attribute_missing(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """``DummyTextInputGenerator`` can't be made without a size of the vocabulary (executed: see below)."""
    modality = modality_of(site, evidence)
    if modality is None or modality[0] != "bert" or not evidence["text_generator_needs_vocab_size"]:
        return
    before = with_normalized_config(site, 'NormalizedTextConfig.with_args(vocab_size="vocab_size")')
    for name in ("vocabulary_size_of_nobody", "n_words_in_the_book"):
        text = with_normalized_config(site, f'NormalizedTextConfig.with_args(vocab_size="{name}")').text
        yield Draft(before, text, before.name_span, name)


@operator("NC403", "no normalized config", most=1)
def none(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    text = with_normalized_config(site, "None").text
    yield Draft(site, text, site.name_span)


@operator("NC403", "the normalized config left out", most=1)
def left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """Of a class that inherits none."""
    assigned = site.assigned(ATTRIBUTE)
    if assigned is not None and not any(each in evidence.registrations for each in site.base_names):
        yield Draft(site, site.without_statement(assigned), site.name_span)


@operator("NC404", "allow_new left out", most=1)
def allow_new_left_out(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    assigned = site.assigned(ATTRIBUTE)
    call = assigned.value if assigned is not None else None
    if not isinstance(call, ast.Call) or not call.keywords or call.keywords[-1].arg != "allow_new":
        return
    known = {name.lower() for name in evidence["normalized_names"][ast.unparse(call.func).split(".")[0]]}
    unknown = [each for each in call.keywords[:-1] if each.arg not in known]
    if unknown:
        first = call.keywords[-2]
        start, end = end_of(site.text, first.value), end_of(site.text, call.keywords[-1].value)
        place = site.span(unknown[0])[0]
        yield Draft(site, site.replaced((start, end), ""), (place, place + len(unknown[0].arg or "")))


@operator("NC404", "a key that is new", most=1)
def new_key(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    modality = modality_of(site, evidence)
    if modality is not None:
        _, class_name, name = modality
        start = f'{class_name}.with_args({name}="{name}", of_tokens="{name}"'
        before = with_normalized_config(site, f"{start}, allow_new=True)")
        text = with_normalized_config(site, f"{start})").text
        place = text.index("of_tokens", before.name_span[0])
        yield Draft(before, text, (place, place + len("of_tokens")))


@operator("NC404", "a key misspelt", most=2)
def key_misspelt(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    modality = modality_of(site, evidence)
    if modality is None:
        return
    _, class_name, name = modality
    before = with_normalized_config(site, f'{class_name}.with_args({name}="{name}")')
    for key in slips(name, chance):
        if key.isidentifier():
            text = with_normalized_config(site, f'{class_name}.with_args({key}="{name}")').text
            place = text.index(f"({key}=", before.name_span[0]) + 1
            yield Draft(before, text, (place, place + len(key)), key)


@operator("NC405", "axes that the model's config decides", most=2)
def inert_axes(site: Site, evidence: Evidence, chance: random.Random) -> Iterator[Draft]:
    """The generator, executed, gives what the config says whatever it is asked for."""
    registrations = evidence.registrations[site.name]
    inert = evidence["inert_axes"].get(registrations[0].model_type, [])
    if not gives_inputs_to_forward(site, evidence) or "VisionNeuronConfig" not in _order(site, evidence):
        return
    for axes in (["width", "height"], ["num_channels"]):
        if set(axes) <= set(inert):
            before = _with_axes(site, ["batch_size"])
            text = _with_axes(site, ["batch_size", *axes]).text
            place = text.index(quoted(axes[0]), before.name_span[0])
            yield Draft(before, text, (place, place + len(quoted(axes[0]))), axes[0])


def _order(site: Site, evidence: Evidence) -> list[str]:
    return evidence["classes"][site.name]["order"]


def _with_axes(site: Site, axes: list[str]) -> Site:
    value = f"({', '.join(map(quoted, axes))}{',' if len(axes) == 1 else ''})"
    assigned = site.assigned("INPUT_ARGS")
    if assigned is None:
        return site.with_attribute(f"INPUT_ARGS = {value}")
    return Site(site.replaced(site.span(assigned.value), value), site.name)
