from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.forward_signatures import Admission, ForwardSignature


def signature(catalog: Catalog, model_type: str, class_name: str) -> ForwardSignature:
    found = catalog.forward_signature(model_type, class_name)
    assert found is not None
    return found


def test_tasks_are_those_that_a_registration_may_name(small_catalog: Catalog) -> None:
    assert small_catalog.tasks is not None
    assert "sentence-similarity" in small_catalog.tasks.names
    assert "sequence-classification" not in small_catalog.tasks.names


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("fill-mask", "fill-mask"),
        ("masked-lm", "fill-mask"),
        ("mask-generation", "mask-generation"),  # a task itself, and a synonym of another
        ("protein-folding", None),
    ],
)
def test_what_a_name_of_a_task_stands_for(small_catalog: Catalog, name: str, task: str | None) -> None:
    assert small_catalog.tasks is not None
    assert small_catalog.tasks.canonical(name) == task


@pytest.mark.parametrize(
    ("model_type", "task", "classes"),
    [
        ("esm", "fill-mask", ("EsmForMaskedLM",)),
        ("esm", "multiple-choice", None),  # its auto class isn't in the small environment
        ("tiny-vision", "fill-mask", ()),
        ("bert", "image-classification", ("BertModel",)),  # optimum's table of custom classes
        ("bert-generation", "feature-extraction", ("BertModel", "BertLegacyModel")),
        ("esm", "mask-generation", ("EsmModel",)),
    ],
)
def test_the_classes_of_a_model_type_for_a_task(
    small_catalog: Catalog, model_type: str, task: str, classes: tuple[str, ...] | None
) -> None:
    assert small_catalog.model_class_names(model_type, task) == classes


def test_a_library_that_optimum_does_not_have_is_no_answer(small_catalog: Catalog) -> None:
    assert small_catalog.model_class_names("esm", "fill-mask", "tensorflow") is None
    assert small_catalog.tasks_of("esm", "tensorflow") == ()


def test_the_tasks_of_a_model_type(small_catalog: Catalog) -> None:
    assert small_catalog.tasks_of("esm") == (
        "feature-extraction",
        "fill-mask",
        "mask-generation",
        "text-classification",
        "token-classification",
    )


def test_parameters_have_kind_annotation_and_default(small_catalog: Catalog) -> None:
    found = signature(small_catalog, "bert", "BertForSequenceClassification")
    assert [(each.name, each.kind, each.annotation, each.default) for each in found.parameters] == [
        ("input_ids", "POSITIONAL_ONLY", None, None),
        ("attention_mask", "POSITIONAL_OR_KEYWORD", None, "None"),
        ("token_type_ids", "POSITIONAL_OR_KEYWORD", None, "None"),
        ("labels", "KEYWORD_ONLY", "Tensor | None", "None"),
    ]
    assert [each.required for each in found.parameters] == [True, False, False, False]


def test_a_forward_is_inherited_across_files(small_catalog: Catalog) -> None:
    found = signature(small_catalog, "bert", "BertForMaskedLM")
    assert found.file.name == "modeling_layers.py"
    assert [each.name for each in found.parameters] == ["input_ids", "attention_mask"]


def test_a_class_without_a_forward_in_source_has_no_signature(small_catalog: Catalog) -> None:
    assert small_catalog.forward_signature("bert-generation", "BertLegacyModel") is None
    assert small_catalog.forward_signature("bert", "NoSuchModel") is None


def test_model_types_whose_folder_has_another_name(small_catalog: Catalog) -> None:
    assert signature(small_catalog, "tiny-vision", "TinyViTForImageClassification").parameters[0].required
    assert signature(small_catalog, "bert-generation", "BertModel").line > 0


@pytest.mark.parametrize(
    ("model_type", "class_name", "name", "admission"),
    [
        ("bert", "BertModel", "token_type_ids", Admission.TAKEN),
        ("bert", "BertModel", "pixel_values", Admission.REFUSED),
        ("bert", "BertForSequenceClassification", "mask", Admission.UNKNOWN),  # a decorator names it
        ("bert", "BertForMaskedLM", "token_type_ids", Admission.UNKNOWN),  # handed on to code that takes it
        ("bert", "BertForMaskedLM", "pixel_values", Admission.SWALLOWED),
        ("esm", "EsmForMaskedLM", "output_attentions", Admission.TAKEN),  # a key of its TypedDict
        ("esm", "EsmForMaskedLM", "cu_seq_lens_q", Admission.TAKEN),  # a key that the TypedDict inherits
        ("esm", "EsmForMaskedLM", "position_ids", Admission.UNKNOWN),
        ("esm", "EsmForMaskedLM", "token_type_ids", Admission.SWALLOWED),
    ],
)
def test_what_becomes_of_an_input(
    small_catalog: Catalog, model_type: str, class_name: str, name: str, admission: Admission
) -> None:
    found = signature(small_catalog, model_type, class_name)
    assert small_catalog.admission(found, name) is admission


def test_normalized_configs_by_alias(small_catalog: Catalog) -> None:
    assert small_catalog.normalized_aliases == {
        "bert": "NormalizedTextConfig",
        "distilbert": "NormalizedTextConfig.with_args(num_layers='n_layers')",
        "vit": "NormalizedVisionConfig",
    }


def test_an_environment_without_the_packages_is_a_state_not_a_crash(empty_catalog: Catalog) -> None:
    assert empty_catalog.missing == ("optimum", "transformers")
    assert empty_catalog.tasks is None
    assert empty_catalog.normalized_aliases is None
    assert empty_catalog.model_class_names("esm", "fill-mask") is None
    assert empty_catalog.forward_signature("esm", "EsmModel") is None
    assert empty_catalog.tasks_of("esm") == ()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("optimum/exporters/tasks.py", b"def broken(:\n"),
        ("optimum/exporters/tasks.py", b"\xff\xfe\x00"),
        ("optimum/exporters/tasks.py", b"class Other: pass\n"),
        ("transformers/models/auto/modeling_auto.py", b"def broken(:\n"),
        ("transformers/models/auto/modeling_auto.py", b""),
        ("transformers/models/esm/modeling_esm.py", b"def broken(:\n"),
        ("transformers/models/esm/modeling_esm.py", None),
        ("transformers/utils/generic.py", None),
    ],
)
def test_a_damaged_package_makes_answers_unknown_never_wrong(
    small_environment: Path, tmp_path: Path, file: str, content: bytes | None
) -> None:
    shutil.copytree(small_environment, tmp_path / "copy")
    damaged = tmp_path / "copy/lib/python3.11/site-packages" / file
    damaged.unlink()
    if content is not None:
        damaged.write_bytes(content)
    catalog = Catalog(Environment.discover(None, tmp_path / "copy", {}))
    assert catalog.model_class_names("esm", "fill-mask") in (None, ("EsmForMaskedLM",))
    found = catalog.forward_signature("esm", "EsmForMaskedLM")
    assert found is None or [each.name for each in found.parameters] == ["input_ids", "attention_mask"]


def test_a_file_that_makes_models_of_other_files_may_hand_any_input_on(real_catalog: Catalog) -> None:
    found = real_catalog.forward_signature("encoder-decoder", "EncoderDecoderModel")
    assert found is not None
    assert real_catalog.admission(found, "token_type_ids") is Admission.UNKNOWN
    assert real_catalog.admission(found, "input_ids") is Admission.TAKEN
