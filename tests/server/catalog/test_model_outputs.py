from __future__ import annotations

import dataclasses
import inspect
import textwrap
from pathlib import Path

import pytest

from neuron_config_server.catalog.outputs import expressions
from neuron_config_server.catalog.outputs.model_outputs import (
    Evidence,
    ModelOutputs,
    Returned,
)
from neuron_config_server.catalog.outputs.read_outputs import read_model_outputs
from neuron_config_server.catalog.source import ClassSource, Sources

YES, NOT_NONE, NO, UNKNOWN = Returned.YES, Returned.NOT_NONE, Returned.NO, Returned.UNKNOWN

OUTPUTS = '''
from dataclasses import dataclass

from .utils import ModelOutput


@dataclass
class BaseOutput(ModelOutput):
    """
    Args:
        last_hidden_state (`torch.Tensor` of shape `(batch_size, sequence_length, hidden_size)`):
            Hidden states of the
            last layer.
    """

    last_hidden_state: torch.Tensor | None = None
    pooler_output: torch.Tensor | None = None
    hidden_states: tuple[torch.Tensor, ...] | None = None
    attentions: tuple[torch.Tensor, ...] | None = None


@dataclass
class LogitsOutput(ModelOutput):
    loss: torch.Tensor | None = None
    logits: torch.Tensor | None = None
    hidden_states: tuple[torch.Tensor, ...] | None = None
'''

SHARED = '''
class ModelOutputArgs:
    logits = {
        "description": """
    Scores of the [`{processor_class}`].
    """,
        "shape": None,
    }


class ClassDocstring:
    pass
'''

PARTS = """
from dataclasses import dataclass
from typing import Optional, Union

import torch
import torch.nn as nn

from ...modeling_outputs import BaseOutput, LogitsOutput


class Pooler(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.activation = nn.Tanh()

    def forward(self, hidden_states):
        return self.activation(self.dense(hidden_states[:, 0]))


class Encoder(PreTrainedModel):
    def __init__(self, config, add_pooling_layer=True):
        super().__init__(config)
        self.embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(config.num_hidden_layers)])
        self.pooler = Pooler(config) if add_pooling_layer else None

    def forward(self, input_ids=None, output_hidden_states=None, output_attentions=None, return_dict=None):
        return_dict = return_dict if return_dict is not None else self.config.use_return_dict
        output_hidden_states = (
            output_hidden_states if output_hidden_states is not None else self.config.output_hidden_states
        )
        all_hidden_states = () if output_hidden_states else None
        hidden_states = self.embeddings(input_ids)
        for layer in self.layers:
            if output_hidden_states:
                all_hidden_states = all_hidden_states + (hidden_states,)
            hidden_states = layer(hidden_states)
        pooled = self.pooler(hidden_states) if self.pooler is not None else None
        if not return_dict:
            return (hidden_states, pooled)
        return BaseOutput(hidden_states, pooler_output=pooled, hidden_states=all_hidden_states)
"""


def package(folder: Path) -> Path:
    """A transformers package with the few files that are read."""
    (folder / "transformers/models/tiny").mkdir(parents=True)
    (folder / "transformers/utils").mkdir()
    (folder / "transformers/modeling_outputs.py").write_text(OUTPUTS)
    (folder / "transformers/utils/auto_docstring.py").write_text(SHARED)
    return folder / "transformers/models/tiny/modeling_tiny.py"


def outputs_of(tmp_path: Path, text: str, class_name: str = "Model") -> ModelOutputs | None:
    file = package(tmp_path)
    file.write_text(PARTS + textwrap.dedent(text))
    sources = Sources([tmp_path])
    module = sources.module(file)
    assert module is not None
    return read_model_outputs(ClassSource(module, module.classes[class_name]), sources)


def found(tmp_path: Path, text: str, class_name: str = "Model") -> ModelOutputs:
    result = outputs_of(tmp_path, text, class_name)
    assert result is not None
    return result


def verdicts(result: ModelOutputs) -> dict[str, Returned]:
    return {field.name: field.returned for field in result.fields}


def head(body: str, parameters: str = "hidden_states, labels=None, **kwargs", init: str = "pass") -> str:
    """A model whose ``forward`` is that; it has an encoder, a linear head and what ``init`` adds."""
    lines = [
        "class Model(PreTrainedModel):",
        "    def __init__(self, config):",
        "        super().__init__(config)",
        "        self.encoder = Encoder(config, add_pooling_layer=False)",
        "        self.head = nn.Linear(8, 2)",
        *textwrap.indent(textwrap.dedent(init), " " * 8).splitlines(),
        f"    def forward(self, {parameters}):",
        *textwrap.indent(textwrap.dedent(body), " " * 8).splitlines(),
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "annotation",
    [
        "BaseOutput",
        "tuple | BaseOutput",
        "BaseOutput | tuple[torch.Tensor, ...]",
        "Union[tuple[torch.Tensor], BaseOutput]",
        "Optional[BaseOutput]",
        "'BaseOutput'",
        "'Union[tuple, BaseOutput]'",
        "Union[tuple, 'BaseOutput']",
        "Alias",
    ],
)
def test_the_annotation_names_the_output_class(tmp_path: Path, annotation: str) -> None:
    text = f"Alias = BaseOutput\n\nclass Model:\n    def forward(self) -> {annotation}:\n        return compute(self)\n"
    result = found(tmp_path, text)
    assert (result.model_class, result.output_class) == ("Model", "BaseOutput")
    assert result.file == tmp_path / "transformers/modeling_outputs.py"
    assert OUTPUTS.splitlines()[result.line - 1] == "class BaseOutput(ModelOutput):"
    assert set(verdicts(result).values()) == {UNKNOWN}


@pytest.mark.parametrize(
    "annotation", ["torch.Tensor", "tuple", "LogitsOutput | BaseOutput", "'not ('", "NoSuch"]
)
def test_an_annotation_that_names_no_single_output_tells_nothing(tmp_path: Path, annotation: str) -> None:
    text = f"class Model:\n    def forward(self) -> {annotation}:\n        return compute(self)\n"
    assert outputs_of(tmp_path, text) is None


def test_what_the_body_constructs_is_believed_before_the_annotation(tmp_path: Path) -> None:
    text = "class Model:\n    def forward(self) -> BaseOutput:\n        return LogitsOutput(logits=torch.zeros(1))\n"
    result = found(tmp_path, text)
    assert (result.output_class, result.evidence) == ("LogitsOutput", Evidence.CONSTRUCTED)


def test_a_body_that_only_half_agrees_with_the_annotation_tells_nothing(tmp_path: Path) -> None:
    text = """
    class Model:
        def forward(self, x) -> BaseOutput:
            if x.sum() > 0:
                return compute(x)
            return LogitsOutput(logits=x)
    """
    assert outputs_of(tmp_path, text) is None


def test_a_forward_is_inherited_and_super_is_followed(tmp_path: Path) -> None:
    text = """
    class Base(Encoder):
        def forward(self, input_ids=None, **kwargs):
            return super().forward(input_ids)


    class Model(Base):
        pass
    """
    assert verdicts(found(tmp_path, text))["last_hidden_state"] is YES


def test_a_class_without_a_forward_has_no_outputs(tmp_path: Path) -> None:
    assert outputs_of(tmp_path, "class Model(nn.Module):\n    pass\n") is None


def test_a_pooler_is_there_by_default(tmp_path: Path) -> None:
    result = found(tmp_path, "", "Encoder")
    expected = {"last_hidden_state": YES, "pooler_output": YES, "hidden_states": NO, "attentions": NO}
    assert verdicts(result) == expected


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("return LogitsOutput(logits=self.head(hidden_states))", YES),
        ("return LogitsOutput(None, self.head(hidden_states))", YES),
        ("return LogitsOutput(loss=None)", NO),
        ("return LogitsOutput(logits=None if labels is None else self.head(labels))", NO),
        ("return LogitsOutput(logits=hidden_states)", UNKNOWN),
        ("return LogitsOutput(logits=self.head)", NOT_NONE),
        ("return LogitsOutput(logits=(hidden_states, hidden_states))", NOT_NONE),
        ("return LogitsOutput(*parts)", UNKNOWN),
        ("return LogitsOutput(**kwargs)", UNKNOWN),
        ("return LogitsOutput(**{'logits': self.head(hidden_states)})", UNKNOWN),
        ("x = self.head(hidden_states)\nx = x.view(-1) + 1\nreturn LogitsOutput(logits=x)", YES),
        ("x, y = self.head(hidden_states).split(1, dim=-1)\nreturn LogitsOutput(logits=x.squeeze(-1))", YES),
        ("x = torch.cat([hidden_states] * 2)\nreturn LogitsOutput(logits=x)", YES),
        ("x = torch.max(hidden_states, dim=1)\nreturn LogitsOutput(logits=x)", UNKNOWN),
        ("x = torch.where(hidden_states)\nreturn LogitsOutput(logits=x)", UNKNOWN),
        ("return LogitsOutput(logits=self.encoder(hidden_states)[0])", YES),
        ("return LogitsOutput(logits=self.encoder(hidden_states)['last_hidden_state'])", YES),
        ("return LogitsOutput(logits=self.encoder(hidden_states).pooler_output)", NO),
        ("return LogitsOutput(logits=self.encoder(hidden_states)[1])", UNKNOWN),
        ("out = LogitsOutput()\nout.logits = self.head(hidden_states)\nreturn out", YES),
        ("out = LogitsOutput()\nout['logits'] = self.head(hidden_states)\nreturn out", YES),
        ("if self.config.wide:\n    x = self.head(hidden_states)\nelse:\n    x = None\nreturn LogitsOutput(logits=x)", UNKNOWN),
        ("x = None\nfor _ in self.steps:\n    x = self.head(hidden_states)\nreturn LogitsOutput(logits=x)", UNKNOWN),
        ("x = None\ntry:\n    x = self.head(hidden_states)\nexcept E:\n    pass\nreturn LogitsOutput(logits=x)", UNKNOWN),
        ("if kwargs.get('output_attentions'):\n    return compute()\nreturn LogitsOutput()", NO),
        ("if not hidden_states:\n    raise ValueError\nreturn LogitsOutput()", NO),
        ("if self.training:\n    return LogitsOutput(logits=self.head(hidden_states))\nreturn LogitsOutput()", NO),
        ("while True:\n    break\nreturn LogitsOutput(logits=self.head(hidden_states))", YES),
        ("def inner():\n    return 1\nreturn LogitsOutput(logits=inner())", UNKNOWN),
        ("return LogitsOutput(logits=self.encoder(hidden_states))", NOT_NONE),
        ("return LogitsOutput(logits=self.encoder(hidden_states) if self.config.wide else None)", UNKNOWN),
    ],
)  # fmt: skip
def test_whether_a_field_is_filled(tmp_path: Path, body: str, verdict: Returned) -> None:
    annotated = head(body).replace("**kwargs):", "**kwargs) -> LogitsOutput:")
    assert verdicts(found(tmp_path, annotated))["logits"] is verdict


@pytest.mark.parametrize(
    ("init", "verdict"),
    [
        ("self.head = nn.Linear(8, config.num_labels) if config.num_labels > 0 else nn.Identity()", YES),
        ("self.head = Pooler(config) if config.pool else nn.Linear(8, 8)", YES),
        ("self.head = nn.Sequential(nn.Linear(8, 8), nn.GELU(), nn.Identity())", YES),
        ("self.head = nn.Sequential(*[nn.Linear(8, 8) for _ in range(2)])", YES),
        ("self.head = nn.LSTM(8, 8)", UNKNOWN),
        ("self.head = nn.Sequential(nn.Linear(8, 8), nn.LSTM(8, 8))", UNKNOWN),
        ("self.head = AutoModel.from_config(config)", UNKNOWN),
        ("self.head = AutoModel._from_config(config)", UNKNOWN),
        ("self.head = Encoder._from_config(config.text_config)", NOT_NONE),
        ("self.head = Pooler._from_config(config, attn_implementation='eager')", YES),
        ("Pooler = config.kind\nself.head = Pooler._from_config(config)", UNKNOWN),
        ("self.head = ACT2FN[config.act]", YES),
        ("self.head = nn.MaxPool2d(2, return_indices=True)", UNKNOWN),
        ("kind = Pooler if config.pool else Encoder\nself.head = kind(config)", NOT_NONE),
    ],
)
def test_what_a_module_returns_depends_on_how_it_was_made(
    tmp_path: Path, init: str, verdict: Returned
) -> None:
    body = "x = torch.zeros(2)\nreturn LogitsOutput(logits=self.head(x))"
    assert verdicts(found(tmp_path, head(body, init=init)))["logits"] is verdict


def test_a_part_that_is_taken_away_later_is_not_claimed(tmp_path: Path) -> None:
    body = "return LogitsOutput(logits=self.encoder(hidden_states).pooler_output)"
    init = "self.encoder = Encoder(config)\nself.encoder.pooler = None"
    annotated = head(body, init=init).replace("**kwargs):", "**kwargs) -> LogitsOutput:")
    assert verdicts(found(tmp_path, annotated))["logits"] is UNKNOWN


def test_flags_passed_on_are_followed(tmp_path: Path) -> None:
    passes_true = head("return self.encoder(hidden_states, output_hidden_states=True)")
    assert verdicts(found(tmp_path, passes_true))["hidden_states"] is NOT_NONE


def test_a_class_with_its_own_way_from_a_config_may_make_anything(tmp_path: Path) -> None:
    text = """
    class Made(Pooler):
        @classmethod
        def _from_config(cls, config):
            return other_than(cls)


    """
    body = "return LogitsOutput(logits=self.head(torch.zeros(2)))"
    model = head(body, init="self.head = Made._from_config(config)")
    assert verdicts(found(tmp_path, textwrap.dedent(text) + model))["logits"] is UNKNOWN


@pytest.mark.parametrize(
    ("use", "verdict"),
    [
        ("size = x.size", NOT_NONE),
        ("size = x.size()", NOT_NONE),
        ("first = x[0]", NOT_NONE),
        ("x.pooled = self.head(hidden_states)", NOT_NONE),
        ("x['pooled'] = self.head(hidden_states)", NOT_NONE),
        ("if x.size > 1:\n    pass", NOT_NONE),
        ("if hidden_states.sum() > 0:\n    size = x.size", UNKNOWN),
        ("size = hidden_states is not None and x.size", UNKNOWN),
        ("size = x.size if self.config.wide else 0", UNKNOWN),
        ("for _ in self.steps:\n    size = x.size", UNKNOWN),
        ("size = getattr(x, 'size', None)", UNKNOWN),
        ("kind = x.__class__", UNKNOWN),
        ("x.size\nx = compute(hidden_states)", UNKNOWN),
        ("try:\n    x.size\nexcept AttributeError:\n    pass", UNKNOWN),
    ],
)
def test_what_has_parts_is_not_none(tmp_path: Path, use: str, verdict: Returned) -> None:
    body = f"x = compute(hidden_states)\n{use}\nreturn LogitsOutput(logits=x)"
    assert verdicts(found(tmp_path, head(body)))["logits"] is verdict


def test_an_optional_input_that_is_used_was_passed(tmp_path: Path) -> None:
    body = "shape = input_ids.shape\nreturn LogitsOutput(logits=input_ids)"
    used = head(body, "input_ids: torch.Tensor | None = None")
    unused = used.replace("input_ids.shape", "None")
    assert verdicts(found(tmp_path / "used", used))["logits"] is YES
    assert verdicts(found(tmp_path / "unused", unused))["logits"] is UNKNOWN


def test_a_flag_that_is_on_by_default_is_on(tmp_path: Path) -> None:
    body = "return LogitsOutput(logits=self.head(hidden_states) if use_cache else None)"
    on, off = (head(body, f"hidden_states, use_cache={default}") for default in ("True", "None"))
    assert verdicts(found(tmp_path / "on", on))["logits"] is YES
    assert verdicts(found(tmp_path / "off", off))["logits"] is NO


def test_all_returns_must_agree(tmp_path: Path) -> None:
    body = """
    if hidden_states.sum() > 0:
        return LogitsOutput(logits=self.head(hidden_states))
    return LogitsOutput()
    """
    assert verdicts(found(tmp_path, head(body))) == {"loss": NO, "logits": UNKNOWN, "hidden_states": NO}


def test_capture_outputs_fills_nothing_while_its_flags_are_off(tmp_path: Path) -> None:
    text = """
    class Base(PreTrainedModel):
        _can_record_outputs = {"hidden_states": Layer, "loss": Router}


    class Model(Base):
        @merge_with_config_defaults
        @capture_outputs
        def forward(self, input_ids, **kwargs):
            return LogitsOutput()
    """
    assert verdicts(found(tmp_path, text)) == {"loss": UNKNOWN, "logits": NO, "hidden_states": NO}


def test_a_decorator_that_is_not_known_may_change_the_result(tmp_path: Path) -> None:
    text = "class Model:\n    @cached\n    def forward(self, x) -> LogitsOutput:\n        return LogitsOutput()\n"
    assert set(verdicts(found(tmp_path, text)).values()) == {UNKNOWN}


def test_fields_have_annotation_default_documentation_and_nested_outputs(tmp_path: Path) -> None:
    text = '''
    @auto_docstring
    @dataclass
    class OwnOutput(BaseOutput):
        """
        pooler_output (`torch.Tensor`, *optional*):
            Pooled
            states.
        """

        kind: ClassVar[str] = "own"
        logits: torch.Tensor = None
        pooler_output: Optional[tuple] = None
        vision_output: "BaseOutput" = None
        parts: tuple[torch.Tensor] = field(default=None)
        size: int


    class NotADataclass(OwnOutput):
        more: int = 0


    class Model:
        def forward(self) -> NotADataclass:
            return compute()
    '''
    fields = {field.name: field for field in found(tmp_path, text).fields}
    expected = ["last_hidden_state", "pooler_output", "hidden_states", "attentions"]
    assert list(fields) == [*expected, "logits", "vision_output", "parts", "size"]
    assert fields["pooler_output"].annotation == "Optional[tuple]"
    assert fields["pooler_output"].doc == "Pooled states."
    assert fields["last_hidden_state"].doc == "Hidden states of the last layer."
    assert fields["logits"].doc == "Scores of the [`AutoProcessor`]."
    assert fields["hidden_states"].doc is None
    assert fields["vision_output"].nested == "BaseOutput"
    assert fields["logits"].nested is None
    assert (fields["logits"].default, fields["size"].default) == ("None", None)


def test_a_field_of_two_bases_keeps_the_place_that_python_gives_it(tmp_path: Path) -> None:
    text = """
    @dataclass
    class Mixed(LogitsOutput, BaseOutput):
        last: int = 0


    class Model:
        def forward(self):
            return Mixed()
    """
    names = [field.name for field in found(tmp_path, text).fields]
    assert names == [
        "last_hidden_state",
        "pooler_output",
        "hidden_states",
        "attentions",
        "loss",
        "logits",
        "last",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "class A(B):\n    pass\n\n\nclass B(A):\n    pass\n\n\nclass Model(A):\n    pass\n",
        "class Model(Model):\n    pass\n",
        "class Model:\n    def forward(self):\n        return self.forward()\n",
        "class Model:\n    def __init__(self):\n        self.part = Model()\n\n    def forward(self):\n        return self.part()\n",
        "class Model:\n    def forward():\n        return LogitsOutput\n",
        "class Model:\n    def forward(self):\n        return " + "(" * 80 + "1" + ")" * 80 + "\n",
        "Alias = Alias\n\n\nclass Model:\n    def forward(self) -> Alias:\n        return Alias()\n",
        "class Model:\n    def __init__(*args):\n        pass\n\n    def forward(self):\n        return self.x\n",
    ],
)  # fmt: skip
def test_odd_sources_have_no_outputs_and_end(tmp_path: Path, text: str) -> None:
    assert outputs_of(tmp_path, text) is None


def test_a_model_that_takes_too_long_falls_back_on_its_annotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expressions, "_MOST_STEPS", 5)
    text = head("return self.encoder(hidden_states)").replace("**kwargs):", "**kwargs) -> BaseOutput:")
    assert set(verdicts(found(tmp_path, text)).values()) == {UNKNOWN}


@pytest.mark.parametrize("content", [b"def broken(:\n", b"\xff\xfe\x00", b"", None])
@pytest.mark.parametrize("file", ["modeling_outputs.py", "utils/auto_docstring.py"])
def test_a_damaged_package_makes_answers_unknown_never_wrong(
    tmp_path: Path, file: str, content: bytes | None
) -> None:
    modeling = package(tmp_path)
    modeling.write_text(PARTS)
    (tmp_path / "transformers" / file).unlink()
    if content is not None:
        (tmp_path / "transformers" / file).write_bytes(content)
    sources = Sources([tmp_path])
    module = sources.module(modeling)
    assert module is not None
    result = read_model_outputs(ClassSource(module, module.classes["Encoder"]), sources)
    assert result is None or verdicts(result)["pooler_output"] is YES


def test_values_are_frozen_and_comparable(tmp_path: Path) -> None:
    result = found(tmp_path, "", "Encoder")
    assert dataclasses.replace(result) == result
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.line = 0  # ty: ignore[invalid-assignment]


@pytest.mark.parametrize(
    ("model_type", "task", "name"),
    [
        ("bert", "feature-extraction", "input_ids"),
        ("esm", "fill-mask", "input_ids"),
        ("distilbert", "question-answering", "input_ids"),
        ("vit", "image-classification", "pixel_values"),
    ],
)
def test_a_real_model_returns_what_is_told(model_type: str, task: str, name: str) -> None:
    """Some ninety in tests/truth, and every class's fields."""
    torch = pytest.importorskip("torch")
    tiny = pytest.importorskip("neuron_core.tiny")
    model = tiny.tiny_model(tiny.tiny_config(model_type, {"image_size": 32}), task)
    file = Path(inspect.getfile(type(model)))
    sources = Sources([file.parents[3]])
    module = sources.module(file)
    assert module is not None
    result = read_model_outputs(ClassSource(module, module.classes[type(model).__name__]), sources)
    with torch.no_grad():
        inputs = {"input_ids": torch.randint(3, 30, (2, 10)), "pixel_values": torch.randn(2, 3, 32, 32)}
        returned = model(**{name: inputs[name]}, output_attentions=False, output_hidden_states=False)
    assert result is not None
    assert result.output_class == type(returned).__name__
    assert [field.name for field in result.fields] == [field.name for field in dataclasses.fields(returned)]
    for field in result.fields:
        value = getattr(returned, field.name)
        if field.returned is YES:
            assert isinstance(value, torch.Tensor), field.name
        elif field.returned is NOT_NONE:
            assert value is not None, field.name
        elif field.returned is NO:
            assert value is None, field.name
