from __future__ import annotations

import pytest
from opened import ENCODINGS, opened, underlined

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.client import Client
from neuron_config_server.features.document_link import links, model_page
from neuron_config_server.rules import home

PAGES = "https://huggingface.co/docs/transformers/model_doc"
CONFIG = """\
from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager

@register_in_tasks_manager({arguments})
class ANeuronConfig(TextEncoderNeuronConfig):
    pass
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('"deberta", "fill-mask"', {"deberta": f"{PAGES}/deberta"}),
        ('"deberta", "fill-mask", library_name="diffusers"', {}),
        ('"no_such_model", "fill-mask"', {}),
        ('NAME, "fill-mask"', {}),
        ('"deberta", *["fill-mask"', {}),
    ],
    ids=["a model type", "of another library", "unknown", "unknown name", "broken"],
)
def test_a_model_type_leads_to_its_page(
    arguments: str, expected: dict[str, str], small_catalog: Catalog
) -> None:
    document = opened(CONFIG.format(arguments=arguments), small_catalog)
    found = links(document)
    assert {underlined(document, each.range): each.target for each in found} == expected
    assert all(each.tooltip == "deberta in transformers' documentation" for each in found)
    plain = links(opened(document.source.text, small_catalog, client=Client()))
    assert all(each.tooltip is None for each in plain), "a client that shows none gets none"


@pytest.mark.parametrize(
    ("model_type", "page"),
    [
        ("bert", "bert"),
        ("deberta-v2", "deberta-v2"),
        ("big_bird", "big_bird"),
        ("xlm-roberta", "xlm-roberta"),
        ("clip_text_model", "clip"),
        ("data2vec-text", "data2vec"),
        ("audio-spectrogram-transformer", "audio-spectrogram-transformer"),
        ("donut-swin", "donut"),
    ],
)
def test_pages_are_named_as_transformers_names_them(
    model_type: str, page: str, real_catalog: Catalog
) -> None:
    assert model_page(model_type, real_catalog) == f"{PAGES}/{page}"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_code_in_a_comment_leads_to_its_rule(
    encoding: str, small_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'x = "😋NeuronConfig"  # neuron: ignore[NC101, nc305, NC999] because\n'
    document = opened(text, small_catalog, encoding=encoding)
    assert links(document) == [], "the project has no address"
    monkeypatch.setattr(home, "HOME", "https://example.com/project")
    found = links(document)
    pages = "https://example.com/project/blob/main/docs/rules"
    assert [(underlined(document, each.range), each.target, each.tooltip) for each in found] == [
        ("NC101", f"{pages}/NC101.md", "NC101 unknown-input"),
        ("nc305", f"{pages}/NC305.md", "NC305 not-registered"),
    ]
