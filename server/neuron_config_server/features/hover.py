"""What is known of the thing under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.describing import descriptions
from neuron_config_server.features.describing.effective_table import of_config_class, of_facet
from neuron_config_server.features.describing.judged_models import (
    judged_config,
    model_types_of,
    normalized_path,
)
from neuron_config_server.features.describing.markdown import fence, few_codes, heading, joined, plain_text
from neuron_config_server.features.open_document import OpenDocument
from neuron_config_server.features.session import NeuronConfigServer
from neuron_config_server.features.subjects.subject import Subject, subject_at
from neuron_config_server.features.subjects.subject_kinds import Kind
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import ClassValue, NormalizedClass

_LONGEST_VALUE = 1000
"""Characters of a constant's value that are shown."""
_DEEPEST_VALUE = 5
"""Lists within lists; one may hold itself."""


def hover(ls: NeuronConfigServer, params: types.HoverParams) -> types.Hover | None:
    document = ls.document(params.text_document.uri)
    return hover_at(document, params.position) if document is not None else None


def hover_at(document: OpenDocument, place: types.Position) -> types.Hover | None:
    """What is known of what stands at a position; None if nothing is."""
    subject = subject_at(document, document.position(place))
    if subject is None or document.file is None:
        return None
    file = document.file.as_before
    text = _DESCRIBE[subject.kind](subject, file, document.catalog)
    if text is None:
        return None
    reads_markdown = document.client.reads_markdown_in_hover
    contents = types.MarkupContent(
        types.MarkupKind.Markdown if reads_markdown else types.MarkupKind.PlainText,
        text if reads_markdown else plain_text(text),
    )
    return types.Hover(contents, document.client_range(subject.range))


def _input(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    text = descriptions.of_input(subject.name, judged_config(subject, file), catalog)
    return joined(text, _readers(subject)) if text is not None else None


def _output(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    text = descriptions.of_output(subject.name, judged_config(subject, file), catalog)
    return joined(text, _readers(subject)) if text is not None else None


def _readers(subject: Subject) -> str | None:
    """The classes that a string reaches, where it isn't just the one that it stands in."""
    if set(subject.readers) <= {subject.config}:
        return None
    return f"Used by {few_codes([each.name for each in subject.readers])}."


def _task(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    config = judged_config(subject, file)
    model_types = model_types_of(config) if subject.config is not None or len(subject.readers) == 1 else ()
    text = descriptions.of_task(subject.name, model_types[0] if model_types else None, catalog)
    return joined(text, _readers(subject)) if text is not None else None


def _alias(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    return descriptions.of_alias(subject.name, _model_type(subject, file), catalog)


def _attribute(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    text = descriptions.of_attribute(subject.name, catalog)
    config = judged_config(subject, file)
    facet = of_facet(config, subject.name) if config is not None else None
    return joined(text or heading(subject.name, "attribute"), facet) if text or facet else None


def _hf_attribute(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    model_types = model_types_of(judged_config(subject, file))
    texts = (descriptions.of_hf_attribute(subject.name, each, catalog) for each in model_types)
    return next((text for text in texts if text is not None), None)


def _normalized_name(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    path = normalized_path(subject, file)
    model_type = _model_type(subject, file)
    return (
        descriptions.of_normalized_name(subject.name, path, model_type, catalog) if path is not None else None
    )


def _normalized_class(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    """A class of normalized configs, against the model that it is used for."""
    users = [each for each in file.effective if _uses(each, subject.name)]
    user = next((each for each in users if each.config is subject.config), users[0] if users else None)
    if isinstance(subject.value, NormalizedClass):
        paths = descriptions.paths_of(subject.value.attributes)
    else:
        use = user.normalized_config.default if user is not None else None
        paths = (use.attributes or {}) if use is not None else {}
    is_certain = user is not None and (
        user.config is subject.config or len({each.hf_model_type for each in users}) == 1
    )
    model_type = user.hf_model_type if user is not None and is_certain else None
    return descriptions.of_normalized_class(subject.name, paths, model_type, catalog)


def _uses(effective: EffectiveConfig, class_name: str) -> bool:
    use = effective.normalized_config.default
    return use is not None and use.class_name == class_name


def _config_class(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    config = next((each for each in file.classes if each.value is subject.value), None)
    return of_config_class(config, catalog) if config is not None else None


def _class(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    value = subject.value
    if not isinstance(value, ClassValue):
        return None
    bases = ", ".join(name for each in value.bases if (name := getattr(each, "name", "")))
    path = value.module.path
    where = f"\n# {path.name}" if path is not None and path != file.path else ""
    return joined(heading(value.name, "class"), fence(f"class {value.name}({bases}){where}"))


def _constant(subject: Subject, file: ConfigFile, catalog: Catalog) -> str | None:
    text = _source_of(subject.value)
    return joined(heading(subject.name, "constant"), fence(f"{subject.name} = {text}")) if text else None


def _source_of(value: Any) -> str | None:
    """A value as Python writes it; None if parts of it are none of Python's own, or if it is long."""
    if not _is_plain(value, _DEEPEST_VALUE):
        return None
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else None


def _is_plain(value: Any, depth: int) -> bool:
    if isinstance(value, dict):
        value = [each for pair in value.items() for each in pair]
    if isinstance(value, (list, tuple, set)):
        return depth > 0 and all(_is_plain(each, depth - 1) for each in value)
    return isinstance(value, (str, int, float, type(None)))


def _model_type(subject: Subject, file: ConfigFile) -> str | None:
    return next(iter(model_types_of(judged_config(subject, file))), None)


_Describe = Callable[[Subject, ConfigFile, Catalog], "str | None"]
_DESCRIBE: Mapping[Kind, _Describe] = {
    Kind.INPUT: _input,
    Kind.OUTPUT: _output,
    Kind.TASK: _task,
    Kind.MODEL_TYPE: lambda subject, file, catalog: descriptions.of_model_type(subject.name, file, catalog),
    Kind.LIBRARY: lambda subject, file, catalog: descriptions.of_library(subject.name, catalog),
    Kind.ALIAS: _alias,
    Kind.AXIS: lambda subject, file, catalog: descriptions.of_axis(subject.name, catalog),
    Kind.FLAG: lambda subject, file, catalog: descriptions.of_flag(subject.name, catalog),
    Kind.RULE: lambda subject, file, catalog: descriptions.of_rule(subject.name),
    Kind.HF_ATTRIBUTE: _hf_attribute,
    Kind.NORMALIZED_NAME: _normalized_name,
    Kind.ATTRIBUTE: _attribute,
    Kind.BASE: lambda subject, file, catalog: descriptions.of_base(subject.name, catalog),
    Kind.GENERATOR: lambda subject, file, catalog: descriptions.of_generator(subject.value.name, catalog),
    Kind.CONFIG_CLASS: _config_class,
    Kind.NORMALIZED_CLASS: _normalized_class,
    Kind.CLASS: _class,
    Kind.CONSTANT: _constant,
}
