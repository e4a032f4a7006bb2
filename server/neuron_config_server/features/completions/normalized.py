"""Offers: normalized configs, their names, and what these stand for in the model's own config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lsprotocol.types import CompletionItemKind

from neuron_config_server.catalog.normalized_configs import NormalizedConfigClass
from neuron_config_server.features.completions.offer import Import, Offer
from neuron_config_server.features.completions.request import Request
from neuron_config_server.features.completions.site import Bracket
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    BaseClass,
    ClassValue,
    Dotted,
    NormalizedClass,
)

_PLAIN = "NormalizedConfig"
MANAGER = "NormalizedConfigManager"
_LOOK_UP = "get_normalized_config_class"
_NORMALIZED_OF_BASES = {
    "TextEncoderNeuronConfig": "NormalizedTextConfig",
    "TextSeq2SeqNeuronConfig": "NormalizedSeq2SeqConfig",
    "VisionNeuronConfig": "NormalizedVisionConfig",
    "TextAndVisionNeuronConfig": "NormalizedTextAndVisionConfig",
    "AudioNeuronConfig": "NormalizedConfig",
}
"""What optimum-neuron's own configs of a modality mostly have."""


def classes(request: Request) -> Iterator[Offer]:
    """What ``NORMALIZED_CONFIG_CLASS`` may be: the model type's own alias, then classes."""
    if request.site.next == ".":
        yield from plain_classes(request, class_for(request))
        return
    aliases = request.catalog.normalized_aliases or {}
    alias = next((each for each in request.model_types if each in aliases), None)
    if alias is not None:
        yield Offer(
            alias_lookup(alias, request.quote),
            CompletionItemKind.Function,
            detail=aliases[alias],
            topic="alias",
            described=alias,
            imports=(import_of(request, MANAGER),),
        )
    yield from plain_classes(request, class_for(request))
    yield Offer(
        MANAGER,
        CompletionItemKind.Class,
        text=alias_lookup("$1", request.quote),
        detail="by alias",
        is_snippet=True,
        imports=(import_of(request, MANAGER),),
    )


def import_of(request: Request, name: str) -> Import:
    """What a class of optimum's module of normalized configs needs."""
    return Import(name, frozenset((*_known(request), MANAGER)))


def _known(request: Request) -> Mapping[str, NormalizedConfigClass]:
    configs = request.catalog.normalized_configs
    return configs.classes if configs is not None else {}


def alias_lookup(alias: str, quote: str) -> str:
    """The call that finds a normalized config by an alias."""
    return f"{MANAGER}.{_LOOK_UP}({quote}{alias}{quote})"


def class_for(request: Request) -> str:
    """The normalized config of the class's modality."""
    config = request.config
    names = [each.name for each in config.order if isinstance(each, BaseClass)] if config is not None else []
    return class_of_base(request, next((each for each in names if each in _NORMALIZED_OF_BASES), ""))


def class_of_base(request: Request, base: str) -> str:
    """The normalized config that suits a base class."""
    found = _NORMALIZED_OF_BASES.get(base, _PLAIN)
    return found if found in _known(request) else _PLAIN


def plain_classes(request: Request, fitting: str = _PLAIN) -> Iterator[Offer]:
    """Those of optimum, the fitting one first, and those of the file."""
    known = _known(request)
    own = [name for name, value in request.names_of_the_file() if _is_normalized(value) and name not in known]
    for name in sorted(known, key=lambda each: (each != fitting, known[each].line)):
        yield Offer(
            name,
            CompletionItemKind.Class,
            detail=_named(known[name]),
            topic="normalized config",
            imports=(import_of(request, name),),
        )
    for name in own:
        yield Offer(name, CompletionItemKind.Class, detail="of this file")


def _is_normalized(value: object) -> bool:
    if isinstance(value, NormalizedClass):
        return True
    return isinstance(value, ClassValue) and any(
        isinstance(each, NormalizedClass) or (isinstance(each, Dotted) and "Normalized" in each.last)
        for each in resolution_order(value)
    )


def _named(class_: NormalizedConfigClass) -> str | None:
    return ", ".join(sorted(name.lower() for name in class_.attributes.names)) or None


def aliases(request: Request) -> Iterator[Offer]:
    """optimum's names of normalized configs: those that the class's model types have first."""
    known = request.catalog.normalized_aliases or {}
    for name in sorted(known, key=lambda each: (each not in request.model_types, each)):
        yield Offer(name, CompletionItemKind.Value, detail=known[name], topic="alias", is_string=True)


def keywords_of_with_args(request: Request, call: Bracket, present: frozenset[str]) -> Iterator[Offer]:
    """The names that a normalized config declares, as keywords."""
    owner = request.site.head(call).rpartition(".")[0].rpartition(".")[2]
    class_ = _known(request).get(owner)
    if class_ is None:
        return
    has_value = request.site.next == "="
    for name in sorted({each.lower() for each in class_.attributes.names} - present):
        path = class_.attributes.declared.get(name.upper())
        yield Offer(
            name,
            CompletionItemKind.Property,
            text=name if has_value else f"{name}={request.quote}$1{request.quote}",
            detail=f"otherwise {path}" if path is not None else None,
            is_snippet=True,
        )
    if "allow_new" not in present:
        text = "allow_new" if has_value else "allow_new=True"
        yield Offer("allow_new", CompletionItemKind.Property, text=text, detail="for other names")


def attributes_of_hf_config(request: Request, *, is_string: bool) -> Iterator[Offer]:
    """What the config of the class's models has: what is its own first."""
    for model_type in dict.fromkeys(each.hf_model_type for each in request.effective):
        config = request.catalog.config_class(model_type)
        if config is None:
            continue
        for attribute in sorted(config.attributes, key=lambda each: each.owner != config.name):
            if not attribute.name.startswith("_"):
                default = f"{config.name}: {attribute.default}" if attribute.default else config.name
                yield _attribute(attribute.name, default, model_type, is_string=is_string)
        for name, meant in config.attribute_map.items():
            yield _attribute(name, f"{config.name}: {meant}", model_type, is_string=is_string)


def attributes_of_normalized_config(request: Request) -> Iterator[Offer]:
    """The names of the class's normalized config, then what it hands on from the model's own."""
    for effective in request.effective:
        use = effective.normalized_config.default
        if use is not None:
            for name, path in (use.attributes or {}).items():
                yield Offer(name, CompletionItemKind.Field, detail=f"{use.class_name}: {path}")
    yield from attributes_of_hf_config(request, is_string=False)


def members_of_manager(request: Request) -> Iterator[Offer]:
    """``NormalizedConfigManager.…``"""
    known = request.catalog.normalized_aliases or {}
    for alias in (each for each in request.model_types if each in known):
        written = f"{_LOOK_UP}({request.quote}{alias}{request.quote})"
        yield Offer(written, CompletionItemKind.Method, detail=known[alias], topic="alias", described=alias)
    text = f"{_LOOK_UP}({request.quote}$1{request.quote})"
    yield Offer(_LOOK_UP, CompletionItemKind.Method, text=text, is_snippet=True)


def _attribute(name: str, detail: str, model_type: str, *, is_string: bool) -> Offer:
    return Offer(
        name,
        CompletionItemKind.Field,
        detail=detail,
        topic="attribute of the model's config",
        described=f"{model_type}.{name}",
        is_string=is_string,
    )
