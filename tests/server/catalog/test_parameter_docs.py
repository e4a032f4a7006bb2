from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import FactCache
from neuron_config_server.catalog.model_classes import ModelClasses
from neuron_config_server.catalog.parameter_docs import read_parameter_docs
from neuron_config_server.catalog.source import ClassSource, Sources

SHARED = '''
"""The texts that models share."""


class ImageProcessorArgs:
    size = {"description": """
    Size of images.
    """, "shape": None}


class ModelArgs:
    input_ids = {
        "description": """
    Indices of tokens.

    [What are input IDs?](../glossary#input-ids)
    """,
        "shape": "of shape `(batch_size, sequence_length)`",
    }

    input_values = {
        "description": """
    See [`{processor_class}.__call__`] and {other_thing}.
    """,
        "shape": None,
    }

    labels = {
        "description": """
    Labels of any task.
    """,
    }

    broken = compute()


class ModelForArgs:
    class ForClassification:
        labels = {
            "description": """
    Labels of classes.
    """,
        }

    class ForTokenClassification:
        labels = {
            "description": """
    Labels of tokens.
    """,
        }

    ForVideoClassification = ForTokenClassification


def parse():
    pass
'''


def package(folder: Path) -> Path:
    (folder / "transformers/models/tiny").mkdir(parents=True)
    (folder / "transformers/utils").mkdir()
    (folder / "transformers/utils/auto_docstring.py").write_text(SHARED)
    return folder / "transformers/models/tiny/modeling_tiny.py"


def docs_of(tmp_path: Path, text: str, class_name: str = "Model") -> Mapping[str, str]:
    file = package(tmp_path)
    file.write_text(textwrap.dedent(text))
    return docs_in(tmp_path, file, class_name)


def docs_in(root: Path, file: Path, class_name: str = "Model") -> Mapping[str, str]:
    sources = Sources([root])
    module = sources.module(file)
    assert module is not None
    return read_parameter_docs(ClassSource(module, module.classes[class_name]), sources)


@pytest.mark.parametrize("heading", ["Args", "Arguments", "Parameters", "Inputs"])
def test_a_section_of_a_docstring(tmp_path: Path, heading: str) -> None:
    text = f'''
    class Model:
        def forward(self, pixels, mask=None, size=1, undocumented=None):
            """Does it.

            {heading}:
                pixels (`torch.Tensor` of shape `(batch_size, channels)`):
                    Pixels of
                    images.

                    - one per channel
                mask (`torch.Tensor`, *optional*, defaults to `None` (none at all)): Where to look.
                size (`int`,
                    *optional*):
                    Of images.
                gone (`int`):
                    No parameter any more.

            Returns:
                size (`int`): Not this one.
            """
    '''
    assert docs_of(tmp_path, text) == {
        "pixels": "Pixels of images. - one per channel",
        "mask": "Where to look.",
        "size": "Of images.",
    }


def test_auto_docstring_adds_shared_texts_and_the_own_ones_win(tmp_path: Path) -> None:
    text = '''
    class Model(PreTrainedModel):
        @can_return_tuple
        @auto_docstring
        def forward(self, input_ids=None, input_values=None, labels=None, own=None, *, size=None, **kwargs):
            r"""
            own (`torch.Tensor` of shape `(batch_size, {0})`, *optional*):
                Own {tokenizer_class} text.
            labels (`torch.LongTensor`):
                Own labels.

            Example:

            ```python
            >>> input_ids (`int`): no
            ```"""
    '''
    assert docs_of(tmp_path, text) == {
        "input_ids": "Indices of tokens. [What are input IDs?](../glossary#input-ids)",
        "input_values": "See [`AutoProcessor.__call__`] and .",
        "labels": "Own labels.",
        "own": "Own AutoTokenizer text.",
        "size": "Size of images.",
    }


def test_shared_texts_are_those_of_the_task_of_the_defining_class(tmp_path: Path) -> None:
    text = """
    class ModelForTokenClassification:
        @auto_docstring(checkpoint="x")
        def forward(self, labels=None):
            pass


    class ModelForVideoClassification:
        @auto_docstring
        def forward(self, labels=None):
            pass


    class ModelForClassification:
        @auto_docstring
        def forward(self, labels=None):
            pass


    class Plain:
        def forward(self, labels=None):
            pass


    class Inherits(ModelForTokenClassification):
        pass
    """
    file = package(tmp_path)
    file.write_text(textwrap.dedent(text))
    found = {name: docs_in(tmp_path, file, name) for name in re.findall(r"class (\w+)", text)}
    assert found == {
        "ModelForTokenClassification": {"labels": "Labels of tokens."},
        "ModelForVideoClassification": {"labels": "Labels of tokens."},
        "ModelForClassification": {"labels": "Labels of classes."},
        "Plain": {},
        "Inherits": {"labels": "Labels of tokens."},
    }


def test_texts_that_decorators_add(tmp_path: Path) -> None:
    text = '''
    COMMON = r"""
    common (`int`):
        Custom args.
    """
    INPUTS_DOCSTRING = r"""
        Args:
            input_ids (`torch.LongTensor` of shape `({0})`):
                Indices, {0}.
    """


    class Custom:
        @auto_docstring(custom_args=COMMON, custom_intro="common (`int`): an intro")
        def forward(self, common=None, own=None):
            """
            own (`int`):
                Own args.
            """


    class Old:
        @add_start_docstrings_to_model_forward(INPUTS_DOCSTRING.format("batch_size"))
        def forward(self, input_ids=None):
            r"""
            Returns:
            """


    class Unknown:
        @add_start_docstrings_to_model_forward(compute(), UNDEFINED, f"x")
        def forward(self, input_ids=None):
            pass
    '''
    file = package(tmp_path)
    file.write_text(textwrap.dedent(text))
    assert docs_in(tmp_path, file, "Custom") == {"common": "Custom args.", "own": "Own args."}
    assert docs_in(tmp_path, file, "Old") == {"input_ids": "Indices, batch_size."}
    assert docs_in(tmp_path, file, "Unknown") == {}


@pytest.mark.parametrize("content", [b"class ModelArgs:\n    x = (\n", b"\xff\xfe\x00", b"", None, "link"])
def test_without_shared_texts_the_own_ones_are_left(tmp_path: Path, content: bytes | str | None) -> None:
    file = package(tmp_path)
    file.write_text(
        'class Model:\n    @auto_docstring\n    def forward(self, labels, own):\n        "own (`int`): Own."\n'
    )
    shared = tmp_path / "transformers/utils/auto_docstring.py"
    shared.unlink()
    if isinstance(content, bytes):
        shared.write_bytes(content)
    elif content == "link":
        shared.symlink_to(shared)
    assert docs_in(tmp_path, file) == {"own": "Own."}


@pytest.mark.parametrize(
    "text",
    [
        "class Model(Model):\n    pass\n",
        "class A(B):\n    pass\n\n\nclass B(A):\n    pass\n\n\nclass Model(A):\n    pass\n",
        "class Model:\n    def forward():\n        '''x (`int`): y'''\n",
        "class Model:\n    forward = other\n",
    ],
)
def test_odd_sources_document_nothing(tmp_path: Path, text: str) -> None:
    assert docs_of(tmp_path, text) == {}


def test_a_file_outside_of_transformers_has_no_shared_texts(tmp_path: Path) -> None:
    file = tmp_path / "modeling_own.py"
    file.write_text("class Model:\n    @auto_docstring\n    def forward(self, labels):\n        pass\n")
    assert docs_in(tmp_path, file) == {}


AUTO_MODEL = 'MODEL_MAPPING_NAMES = OrderedDict([("tiny", "Model")])\n'
DECORATED = "class Model:\n    @auto_docstring\n    def forward(self, labels=None):\n        pass\n"


def labels_of_a_new_process(root: Path) -> str | None:
    """What a process says that starts now, with the cache that earlier ones have left."""
    cache = FactCache(root / "catalog.sqlite")
    catalog = Catalog(Environment.discover(None, root, {}), cache)
    try:
        return catalog.parameter_docs("tiny", "Model").get("labels")
    finally:
        cache.close()


def test_a_shared_text_that_changes_is_read_again_despite_the_cache(tmp_path: Path) -> None:
    packages = tmp_path / "lib/python3.11/site-packages"
    package(packages).write_text(DECORATED)
    (packages / "transformers/models/auto").mkdir()
    (packages / "transformers/models/auto/modeling_auto.py").write_text(AUTO_MODEL)
    shared = packages / "transformers/utils/auto_docstring.py"
    assert labels_of_a_new_process(tmp_path) == "Labels of any task."
    shared.write_text(SHARED.replace("Labels of any task.", "Labels, as they are called now."))
    assert labels_of_a_new_process(tmp_path) == "Labels, as they are called now."
    shared.unlink()
    assert labels_of_a_new_process(tmp_path) is None
    shared.write_text(SHARED)
    assert labels_of_a_new_process(tmp_path) == "Labels of any task."


MODEL_TYPES = (
    "albert",
    "bert",
    "clip",
    "distilbert",
    "electra",
    "esm",
    "llama",
    "roberta",
    "vit",
    "wav2vec2",
)


def test_documented_parameters_are_those_of_the_real_docstring() -> None:
    """Of some sixty classes; of all of them in tests/truth."""
    modeling_auto = pytest.importorskip("transformers.models.auto.modeling_auto")
    import transformers

    models_folder = Path(modeling_auto.__file__).parents[1]
    sources = Sources([models_folder.parents[1]])
    models = ModelClasses(models_folder, sources)
    tables = [table for name, table in vars(modeling_auto).items() if name.endswith("_MAPPING_NAMES")]
    pairs = {(model_type, table.get(model_type)) for table in tables for model_type in MODEL_TYPES}
    compared = 0
    for model_type, class_name in pairs:
        source = models.source(model_type, class_name) if isinstance(class_name, str) else None
        if source is not None:
            forward = getattr(transformers, class_name).forward
            taken = inspect.signature(inspect.unwrap(forward)).parameters
            listed = re.findall(r"^ {12}(\w+) \(", forward.__doc__, re.MULTILINE)
            expected = {name for name in listed if name in taken}
            assert set(read_parameter_docs(source, sources)) == expected, class_name
            compared += 1
    assert compared > 55
