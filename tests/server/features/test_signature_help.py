"""What an author is told while a call is being written: ``|`` is the cursor."""

from __future__ import annotations

import pytest
from lsprotocol import types
from opened import ENCODINGS, at_cursor

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.client import Client
from neuron_config_server.features.signature_help import help_at

HEAD = """\
from optimum.exporters.tasks import TasksManager
from optimum.utils import NormalizedConfig, NormalizedConfigManager, NormalizedSeq2SeqConfig

register = TasksManager.create_register("neuron")


"""
CLASS = """
class ANeuronConfig(TextEncoderNeuronConfig):
    pass
"""
IN_CLASS = (
    "class ANeuronConfig(TextEncoderNeuronConfig):\n    NORMALIZED_CONFIG_CLASS = {}\n\n\ndef f(): ...\n"
)
REGISTER = 'register(model_type, *tasks, library_name="transformers")'
SEQ2SEQ = (
    'NormalizedSeq2SeqConfig.with_args(hidden_size="hidden_size", encoder_num_layers="num_hidden_layers", '
    "allow_new=False)"
)
CASES = {
    "nothing written yet": (f"@register(|{CLASS}", REGISTER, "model_type"),
    "closed already": (f"@register(|){CLASS}", REGISTER, "model_type"),
    "in an open string": (f'@register("es|{CLASS}', REGISTER, "model_type"),
    "the first task": (f'@register("esm", |{CLASS}', REGISTER, "*tasks"),
    "the third task": (f'@register("esm", "a", "b", "c|"){CLASS}', REGISTER, "*tasks"),
    "in an unpacked list": (f'@register("esm", *["fill-mask", |{CLASS}', REGISTER, "*tasks"),
    "over several lines": (f'@register(\n    "esm",\n    |\n){CLASS}', REGISTER, "*tasks"),
    "the start of a keyword": (
        f'@register("esm", "fill-mask", lib|{CLASS}',
        REGISTER,
        'library_name="transformers"',
    ),
    "a keyword": (
        f'@register("esm", "fill-mask", library_name="|{CLASS}',
        REGISTER,
        'library_name="transformers"',
    ),
    "behind the call": (f'@register("esm", "fill-mask")|{CLASS}', None, None),
    "in a comment": (f'@register("esm",  # and |{CLASS}', None, None),
    "a bracket in a string": (f'@register("esm(", |{CLASS}', REGISTER, "*tasks"),
    "neuron_core": (
        f'@register_in_tasks_manager("esm", |{CLASS}',
        'register_in_tasks_manager(model_type, *tasks, library_name="transformers")',
        "*tasks",
    ),
    "another function within": (f"@register(str(|{CLASS}", None, None),
    "a class's bases": (CLASS.replace("(TextEncoder", "(|TextEncoder"), None, None),
    "a function that isn't known": (IN_CLASS.format("make(|"), None, None),
    "the names of a normalized config": (
        IN_CLASS.format("NormalizedSeq2SeqConfig.with_args(|"),
        SEQ2SEQ,
        'hidden_size="hidden_size"',
    ),
    "a name being typed": (
        IN_CLASS.format("NormalizedSeq2SeqConfig.with_args(enc|"),
        SEQ2SEQ,
        'encoder_num_layers="num_hidden_layers"',
    ),
    "its path": (
        IN_CLASS.format('NormalizedSeq2SeqConfig.with_args(encoder_num_layers="|")'),
        SEQ2SEQ,
        'encoder_num_layers="num_hidden_layers"',
    ),
    "the next name that isn't given": (
        IN_CLASS.format('NormalizedSeq2SeqConfig.with_args(hidden_size="d", |'),
        SEQ2SEQ,
        'encoder_num_layers="num_hidden_layers"',
    ),
    "every name given": (
        IN_CLASS.format('NormalizedSeq2SeqConfig.with_args(hidden_size="d", encoder_num_layers="n", |'),
        SEQ2SEQ,
        "allow_new=False",
    ),
    "a name that there is none of": (
        IN_CLASS.format('NormalizedSeq2SeqConfig.with_args(depth="|'),
        SEQ2SEQ,
        None,
    ),
    "a class that isn't known": (IN_CLASS.format("OurConfig.with_args(|"), None, None),
    "a lookup": (
        IN_CLASS.format('NormalizedConfigManager.get_normalized_config_class("be|'),
        "get_normalized_config_class(model_type)",
        "model_type",
    ),
    "the register function": (
        f'register = TasksManager.create_register("neuron", |{CLASS}',
        "create_register(backend, overwrite_existing=False)",
        "overwrite_existing=False",
    ),
    "outside of everything": (f"|{CLASS}", None, None),
}


@pytest.mark.parametrize(("marked", "label", "active"), CASES.values(), ids=CASES)
def test_signatures(marked: str, label: str | None, active: str | None, small_catalog: Catalog) -> None:
    cursor = at_cursor(HEAD + marked, small_catalog)
    found = help_at(cursor.document, cursor.place)
    assert (found.signatures[0].label if found else None) == label
    assert active_label(found) == active


def active_label(found: types.SignatureHelp | None) -> str | None:
    if found is None or found.active_parameter is None:
        return None
    parameters = found.signatures[0].parameters or ()
    return str(parameters[found.active_parameter].label)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_are_the_clients(encoding: str, small_catalog: Catalog) -> None:
    cursor = at_cursor(HEAD + f'@register("😋😋", |"😋"){CLASS}', small_catalog, encoding=encoding)
    assert active_label(help_at(cursor.document, cursor.place)) == "*tasks"


def docs(marked: str, catalog: Catalog, client: Client) -> list[str | types.MarkupContent | None]:
    cursor = at_cursor(HEAD + marked, catalog, client=client)
    found = help_at(cursor.document, cursor.place)
    assert found is not None
    return [each.documentation for each in found.signatures[0].parameters or ()]


def test_each_parameter_is_explained(small_catalog: Catalog) -> None:
    model_type, tasks, library = docs(f'@register("esm", |{CLASS}', small_catalog, Client())
    assert model_type == "The model type, as model_type of the model's config."
    assert tasks == (
        "The tasks that the model can be exported for. transformers has models of esm for "
        "feature-extraction, fill-mask, text-classification, token-classification."
    )
    assert library == (
        "The library that the model comes from: transformers, diffusers, sentence_transformers or timm."
    )


def test_a_name_says_where_it_is_read_without_it(small_catalog: Catalog) -> None:
    marked = IN_CLASS.format("NormalizedSeq2SeqConfig.with_args(|")
    _, layers, _ = docs(marked, small_catalog, Client(reads_markdown_in_signatures=True))
    assert layers == types.MarkupContent(
        types.MarkupKind.Markdown,
        "Where the model's config has what generators read as `encoder_num_layers`; without it, in "
        "`num_hidden_layers`.",
    )


def test_a_known_alias_says_what_it_is(real_catalog: Catalog) -> None:
    marked = IN_CLASS.format('NormalizedConfigManager.get_normalized_config_class("bert|')
    (model_type,) = docs(marked, real_catalog, Client())
    assert str(model_type).endswith("another one raises KeyError. bert is NormalizedTextConfig.")
