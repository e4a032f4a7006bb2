from __future__ import annotations

import importlib
import textwrap
from pathlib import Path

import pytest

from neuron_config_server.catalog.configs.classes import AttributeKind, ConfigAttribute, ConfigClass
from neuron_config_server.catalog.configs.read_class import read_config_class
from neuron_config_server.catalog.model_types import ModelTypes
from neuron_config_server.catalog.source import ClassSource, Sources

PLAIN_BASE = '''
class PretrainedConfig:
    """Args:
        output_hidden_states (`bool`, *optional*, defaults to `False`):
            Whether all hidden-states are returned.
    """

    model_type: str = ""
    attribute_map: dict[str, str] = {}
    sub_configs: dict = {}

    def __setattr__(self, key, value):
        super().__setattr__(self.attribute_map.get(key, key), value)

    def __init__(self, *, output_hidden_states=False, pad_token_id=None, num_labels=None, **kwargs):
        self.output_hidden_states = output_hidden_states
        self.pad_token_id = pad_token_id
        self.num_labels = num_labels if num_labels is not None else 2
        self._name_or_path = str(kwargs.pop("name_or_path", ""))
        for key, value in kwargs.items():
            setattr(self, key, value)

    @property
    def num_labels(self) -> int:
        return len(self.id2label)

    @num_labels.setter
    def num_labels(self, num_labels):
        self.id2label = {i: f"LABEL_{i}" for i in range(num_labels)}
'''

DATACLASS_BASE = """
from dataclasses import dataclass
from typing import ClassVar


class SubConfigSpec:
    def __init__(self, config_class, model_type=None, optional=False):
        self.config_class = config_class
        self.optional = optional

    def create_subconfig(self, key, subconfig, **kwargs):
        return self.config_class(), kwargs


class classproperty(property):
    pass


class RopeMixin:
    default_theta = 10_000.0

    def standardize(self):
        self.rope_parameters = self.rope_parameters or {}
        self.rope_parameters.setdefault("rope_theta", self.default_theta)


@strict(accept_kwargs=True)
@dataclass(repr=False)
class PreTrainedConfig(PushToHubMixin, RopeMixin):
    model_type: ClassVar[str] = ""
    attribute_map: ClassVar[dict[str, str]] = {}
    sub_configs_defaults: ClassVar[dict[str, SubConfigSpec]] = {}
    output_hidden_states: bool | None = False
    id2label: dict | None = None

    def __init_subclass__(cls, *args, **kwargs):
        cls = dataclass(cls, repr=False, kw_only=True)

    def __post_init__(self, **kwargs):
        for key, spec in self.sub_configs_defaults.items():
            subconfig = getattr(self, key)
            if subconfig is None and spec.optional:
                continue
            subconfig, kwargs = spec.create_subconfig(key, subconfig, **kwargs)
            setattr(self, key, subconfig)
        if hasattr(self, "rope_parameters"):
            self.standardize()
        for key, value in kwargs.items():
            setattr(self, key, value)

    @classproperty
    def sub_configs(cls):
        return {key: spec.config_class for key, spec in cls.sub_configs_defaults.items()}
"""


def class_in(tmp_path: Path, source: str, name: str = "TinyConfig") -> tuple[ClassSource, Sources]:
    (tmp_path / "plain.py").write_text(PLAIN_BASE)
    (tmp_path / "modern.py").write_text(DATACLASS_BASE)
    path = tmp_path / "configuration_tiny.py"
    path.write_text(textwrap.dedent(source))
    sources = Sources([tmp_path])
    module = sources.module(path)
    assert module is not None
    return ClassSource(module, module.classes[name]), sources


def config_of(tmp_path: Path, source: str) -> ConfigClass:
    return read_config_class(*class_in(tmp_path, source))


def attribute(config: ConfigClass, name: str) -> ConfigAttribute:
    found = config.attribute(name)
    assert found is not None, name
    return found


def init(tmp_path: Path, parameters: str, *lines: str) -> ConfigClass:
    """A config with a constructor of these parameters and lines."""
    body = textwrap.indent("\n".join(lines), " " * 8)
    return config_of(
        tmp_path,
        f"from .plain import PretrainedConfig\n\n\nclass TinyConfig(PretrainedConfig):\n"
        f"    def __init__(self, {parameters}):\n{body}\n",
    )


def post_init(tmp_path: Path, fields: str, *lines: str) -> ConfigClass:
    """A dataclass-style config with these fields, and a ``__post_init__`` of these lines."""
    body = textwrap.indent("\n".join(lines or ("pass",)), " " * 8)
    return config_of(
        tmp_path,
        "from .modern import PreTrainedConfig\n\n\nclass TinyConfig(PreTrainedConfig):\n"
        f"{textwrap.indent(textwrap.dedent(fields), ' ' * 4)}\n"
        f"    def __post_init__(self, **kwargs):\n{body}\n        super().__post_init__(**kwargs)\n",
    )


# Plain constructors, transformers 4.57


def test_a_parameter_that_is_assigned(tmp_path: Path) -> None:
    config = init(tmp_path, "hidden_size: int = 768", "self.hidden_size = hidden_size")
    found = attribute(config, "hidden_size")
    assert (found.kind, found.default, found.value, found.annotation) == (
        AttributeKind.PARAMETER,
        "768",
        768,
        "int",
    )
    assert (found.owner, found.file.name, found.line) == ("TinyConfig", "configuration_tiny.py", 5)


def test_what_the_base_sets_comes_with_its_place(tmp_path: Path) -> None:
    config = init(tmp_path, "**kwargs", "super().__init__(pad_token_id=1, **kwargs)")
    found = attribute(config, "output_hidden_states")
    assert (found.default, found.owner, found.file.name) == ("False", "PretrainedConfig", "plain.py")
    assert found.doc == "Whether all hidden-states are returned."
    assert attribute(config, "pad_token_id").default == "1"


def test_keywords_that_the_base_does_not_know_become_attributes(tmp_path: Path) -> None:
    config = init(tmp_path, "**kwargs", "super().__init__(bos_token_id=3, **kwargs)")
    assert attribute(config, "bos_token_id").default == "3"


def test_properties_and_their_setters(tmp_path: Path) -> None:
    config = init(tmp_path, "**kwargs", "super().__init__(**kwargs)")
    found = attribute(config, "num_labels")
    assert (found.kind, found.default, found.annotation) == (AttributeKind.PROPERTY, "2", "int")
    assert attribute(config, "id2label").value == {0: "LABEL_0", 1: "LABEL_1"}


def test_a_property_that_raises_spoils_no_other(tmp_path: Path) -> None:
    properties = "".join(
        f"    @property\n    def broken_{i}(self):\n        raise ValueError\n" for i in range(40)
    )
    config = config_of(
        tmp_path,
        f"class TinyConfig:\n    def __init__(self):\n        self.size = 1\n{properties}"
        "    @property\n    def twice(self):\n        return self.size * 2\n",
    )
    assert attribute(config, "broken_39").default is None
    assert attribute(config, "twice").default == "2"


def test_private_attributes_are_left_out(tmp_path: Path) -> None:
    config = init(tmp_path, "**kwargs", "super().__init__(**kwargs)")
    assert config.attribute("_name_or_path") is None


@pytest.mark.parametrize(
    ("expression", "default"),
    [
        ("size // heads", "64"),
        ("size if layers is None else layers", "768"),
        ("layers or heads", "12"),
        ("[1, *range(2, 4)]", "[1, 2, 3]"),
        ("[size * 2**i for i in range(2)]", "[768, 1536]"),
        ("['stem'] + [f'stage{i}' for i in range(1, 3)]", "['stem', 'stage1', 'stage2']"),
        ("{'type': 'linear', **{'factor': 2.0}}", "{'type': 'linear', 'factor': 2.0}"),
        ("(size, heads)[::-1]", "(12, 768)"),
        ("not layers", "True"),
        ("0 < heads <= 12", "True"),
        ("'a' in {'a': 1}", "True"),
        ("len([1, 2]) + max(1, 2) + int('3')", "7"),
        ("isinstance(layers, dict)", "False"),
        ("hasattr(self, 'size')", "True"),
        ("getattr(self, 'nothing', 5)", "5"),
        ("helper(heads)", "13"),
        ("LIMIT", "512"),
        ("(half := size // 2) + half", "768"),
        ("kwargs.pop('extra', 4)", "4"),
        ("'gelu'.upper()", "'GELU'"),
        ("float('inf')", None),
        ("list({3, 1, 2})", None),
        ("unknown_function(size)", None),
        ("size if unknown_function() else heads", None),
        ("size if unknown_function() else 768", "768"),
        ("[unknown_function()] == [1]", None),
        ("1 // 0", None),
        ("[0] * 10**9", None),
        ("10 ** 10 ** 10", None),
        ("lambda: 1", None),
    ],
)
def test_expressions(tmp_path: Path, expression: str, default: str | None) -> None:
    config = config_of(
        tmp_path,
        f"""
        from .plain import PretrainedConfig

        LIMIT = 512

        def helper(number, by=1):
            return number + by

        class TinyConfig(PretrainedConfig):
            def __init__(self, size=768, heads=12, layers=None, **kwargs):
                self.size = size
                self.result = {expression}
        """,
    )
    found = attribute(config, "result")
    assert found.default == default
    assert (found.expression is None) is (default is not None)


def test_a_condition_that_can_not_be_told_leaves_what_both_ways_agree_on(tmp_path: Path) -> None:
    config = init(
        tmp_path,
        "size=1",
        "self.same = 1",
        "if unknown():",
        "    self.same, self.other, self.only_here = 1, 2, 3",
        "else:",
        "    self.same, self.other = 1, 4",
    )
    assert attribute(config, "same").default == "1"
    assert attribute(config, "other").default is None
    assert attribute(config, "other").is_always_there
    assert not attribute(config, "only_here").is_always_there


def test_a_way_that_raises_is_not_taken(tmp_path: Path) -> None:
    config = init(
        tmp_path, "size=1", "if unknown():", "    self.size = 0", "    raise ValueError", "self.size = size"
    )
    assert attribute(config, "size").default == "1"
    assert not config.needs_arguments


def test_what_a_call_without_arguments_does_not_set_may_still_be_there(tmp_path: Path) -> None:
    config = init(tmp_path, "rope=None", "if rope is not None:", "    self.rope = rope")
    found = attribute(config, "rope")
    assert (found.default, found.is_always_there) == (None, False)


@pytest.mark.parametrize(
    "line",
    [
        "unknown(self)",
        "self.__dict__.update(size=2)",
        "self.__dict__['size'] = 2",
        "object.__setattr__(self, 'size', 2)",
        "setattr(self, unknown(), 2)",
        "for name in unknown():\n    setattr(self, name, 2)",
        "def change():\n    self.size = 2\nchange()",
        "self.unknown_method()",
        "[unknown(self) for _ in range(1)]",
    ],
)
def test_a_default_is_unknown_once_the_object_was_in_hands_that_are_not_followed(
    tmp_path: Path, line: str
) -> None:
    config = config_of(
        tmp_path,
        "class TinyConfig(Nowhere):\n    def __init__(self):\n        self.size = 1\n"
        + textwrap.indent(line, " " * 8),
    )
    assert attribute(config, "size").default is None


@pytest.mark.parametrize(
    "lines",
    [
        ("other = sizes", "other.append(4)"),
        ("change(sizes)",),
        ("if unknown():", "    sizes.clear()"),
        ("for each in unknown():", "    sizes.append(each)"),
        ("while unknown():", "    sizes.pop()"),
        ("try:", "    unknown()", "    sizes = [9]", "except ValueError:", "    pass"),
        ("with unknown() as sizes:", "    pass"),
        ("sizes += unknown()",),
    ],
)
def test_a_list_that_is_or_may_be_changed(tmp_path: Path, lines: tuple[str, ...]) -> None:
    config = init(tmp_path, "", "sizes = [1, 2, 3]", *lines, "self.sizes = sizes")
    assert attribute(config, "sizes").default in (None, "[1, 2, 3, 4]")


def test_a_constructor_that_needs_arguments_has_names_and_no_defaults(tmp_path: Path) -> None:
    config = init(
        tmp_path,
        "size=1, **kwargs",
        "self.size = size",
        "if 'encoder' not in kwargs:",
        "    raise ValueError('no encoder')",
        "self.encoder = kwargs.pop('encoder')",
    )
    assert config.needs_arguments
    assert [each.default for each in config.attributes if each.name in ("size", "encoder")] == [None, None]


def test_another_name_for_an_attribute(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
        from .plain import PretrainedConfig

        class TinyConfig(PretrainedConfig):
            model_type = "tiny"
            attribute_map = {"hidden_size": "d_model"}

            def __init__(self, d_model=16, **kwargs):
                self.hidden_size = d_model
                self.head_dim = self.hidden_size // 4
        """,
    )
    assert (config.model_type, config.attribute_map) == ("tiny", {"hidden_size": "d_model"})
    assert attribute(config, "hidden_size") == attribute(config, "d_model")
    assert attribute(config, "hidden_size").default == "16"
    assert attribute(config, "head_dim").default == "4"


def test_the_order_of_bases_is_pythons(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
        class Base:
            size = 1
        class Left(Base):
            pass
        class Right(Base):
            size = 2
        class TinyConfig(Left, Right):
            pass
        """,
    )
    assert attribute(config, "size").default == "2"
    assert attribute(config, "size").kind is AttributeKind.CLASS_ATTRIBUTE


def test_sub_configs_of_both_kinds(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
        from .plain import PretrainedConfig
        from ..auto import AutoConfig

        class TinyTextConfig(PretrainedConfig):
            def __init__(self, hidden_size=8, **kwargs):
                self.hidden_size = hidden_size

        class TinyConfig(PretrainedConfig):
            sub_configs = {"text_config": TinyTextConfig, "vision_config": AutoConfig}

            def __init__(self, text_config=None, **kwargs):
                if text_config is None:
                    text_config = TinyTextConfig()
                self.text_config = text_config
                self.hidden_size = text_config.hidden_size
        """,
    )
    assert config.sub_configs == {"text_config": "TinyTextConfig", "vision_config": "AutoConfig"}
    assert attribute(config, "text_config").default is None
    assert attribute(config, "hidden_size").default == "8"


def test_a_class_that_reroutes_access_has_unknown_defaults(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
        class TinyConfig:
            def __init__(self):
                self.size = 1
            def __getattribute__(self, name):
                return 2
        """,
    )
    assert attribute(config, "size").default is None
    assert not config.is_complete


# Dataclass-style configs, transformers 5


def test_fields_come_in_the_order_of_the_dataclass(tmp_path: Path) -> None:
    config = post_init(
        tmp_path, "size: int = 4\noutput_hidden_states: bool = True\nkind: ClassVar[str] = 'a'"
    )
    assert [each.name for each in config.attributes][:3] == ["output_hidden_states", "id2label", "size"]
    found = attribute(config, "output_hidden_states")
    assert (found.default, found.owner, found.kind) == ("True", "TinyConfig", AttributeKind.PARAMETER)
    assert attribute(config, "kind").kind is AttributeKind.CLASS_ATTRIBUTE


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ("size: int = 4", "4"),
        ("size: int = interval(min=0)(default=5)", "5"),
        ("size: int = positive_int(default=6)", "6"),
        ("size: list = field(default_factory=lambda: [1, 2])", "[1, 2]"),
        ("size: list = field(default_factory=list)", "[]"),
        ("size: int = field(default=7)", "7"),
        ("output_hidden_states: bool", "False"),  # the base's
    ],
)
def test_defaults_of_fields(tmp_path: Path, field: str, default: str) -> None:
    assert attribute(post_init(tmp_path, field), field.split(":")[0]).default == default


def test_a_name_without_annotation_is_no_field(tmp_path: Path) -> None:
    config = post_init(tmp_path, "output_hidden_states = True")
    assert attribute(config, "output_hidden_states").default == "False"


def test_post_init_computes_from_fields(tmp_path: Path) -> None:
    config = post_init(
        tmp_path,
        "size: int = 64\nheads: int = 4\nhead_dim: int | None = None",
        "if self.head_dim is None:",
        "    self.head_dim = self.size // self.heads",
        "self.factor = kwargs.pop('factor', 2)",
        "kwargs['late'] = 3",
    )
    assert [attribute(config, name).default for name in ("head_dim", "factor", "late")] == ["16", "2", "3"]


def test_mixins_work_on_what_subclasses_declare(tmp_path: Path) -> None:
    config = post_init(tmp_path, "default_theta = 500.0\nrope_parameters: dict | None = None")
    assert attribute(config, "rope_parameters").value == {"rope_theta": 500.0}
    assert attribute(post_init(tmp_path, "size: int = 1"), "default_theta").default == "10000.0"


def test_sub_config_specs(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
        from .modern import PreTrainedConfig, SubConfigSpec

        class TinyTextConfig(PreTrainedConfig):
            size: int = 1

        class TinyConfig(PreTrainedConfig):
            sub_configs_defaults = {
                "text_config": TinyTextConfig,
                "audio_config": SubConfigSpec(TinyTextConfig, optional=True),
                "vision_config": SubConfigSpec(config_class=AutoConfig, model_type="vit"),
            }
            text_config: dict | None = None
            audio_config: dict | None = None
            vision_config: dict | None = None
        """,
    )
    assert config.sub_configs == {
        "text_config": "TinyTextConfig",
        "audio_config": "TinyTextConfig",
        "vision_config": "AutoConfig",
    }
    assert attribute(config, "text_config").default is None
    assert attribute(config, "audio_config").default == "None"
    assert attribute(config, "id2label").default == "None"


def test_a_field_without_default_needs_an_argument(tmp_path: Path) -> None:
    config = post_init(tmp_path, "size: int")
    assert config.needs_arguments
    assert attribute(config, "size").default is None


# Texts


def test_the_text_of_an_attribute_is_the_class_s_own_else_a_base_s_else_the_shared_one(
    tmp_path: Path,
) -> None:
    package = tmp_path / "transformers/models/tiny"
    package.mkdir(parents=True)
    (tmp_path / "transformers/utils").mkdir()
    (tmp_path / "transformers/utils/auto_docstring.py").write_text(
        'class ConfigArgs:\n    size = {"description": """\n    A shared size.\n\n    In two parts.\n    """}\n'
        "    heads = size\n    layers = size\n"
    )
    config = config_of(
        package,
        '''
        class Base:
            """
            Args:
                heads (`int`): The base's heads.
                layers (`int`): The base's layers.
            """

        class TinyConfig(Base):
            r"""
            layers (`int`, *optional*):
                Own layers.
            """
            size: int = 1
            heads: int = 2
            layers: int = 3
            undocumented: int = 4
        ''',
    )
    docs = {each.name: each.doc for each in config.attributes}
    assert docs["size"] == "A shared size.\n\nIn two parts."
    assert docs["heads"] == "The base's heads."
    assert docs["layers"] == "Own layers."
    assert docs["undocumented"] is None


# Bad input


@pytest.mark.parametrize(
    "base",
    [
        b"def broken(:\n",
        b"\xff\xfe\x00",
        b"",
        None,
        b"from .configuration_tiny import TinyConfig as PretrainedConfig\n",
    ],
)
def test_a_base_that_is_not_found_makes_the_class_incomplete(tmp_path: Path, base: bytes | None) -> None:
    class_, sources = class_in(
        tmp_path,
        """
        from .other import PretrainedConfig

        class TinyConfig(PretrainedConfig):
            def __init__(self, size=1, **kwargs):
                super().__init__(**kwargs)
                self.late = size
        """,
    )
    if base is not None:
        (tmp_path / "other.py").write_bytes(base)
    config = read_config_class(class_, sources)
    assert not config.is_complete
    assert attribute(config, "late").default == "1"


def test_a_base_that_is_not_found_may_change_what_was_set_before(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        "class TinyConfig(Nowhere):\n    def __init__(self):\n        self.size = 1\n        super().__init__()\n",
    )
    assert attribute(config, "size").default is None


@pytest.mark.parametrize(
    "source",
    [
        "class TinyConfig(TinyConfig):\n    size = 1\n",
        "class Other(TinyConfig):\n    pass\nclass TinyConfig(Other):\n    size = 1\n",
        "class A: pass\nclass B(A): pass\nclass TinyConfig(A, B):\n    size = 1\n",
        "from .configuration_tiny import Base\nclass TinyConfig(Base):\n    size = 1\n",
    ],
)
def test_inheritance_that_python_would_refuse(tmp_path: Path, source: str) -> None:
    config = config_of(tmp_path, source)
    assert not config.is_complete
    assert attribute(config, "size").default in ("1", None)


@pytest.mark.parametrize(
    "lines",
    [
        ("while True:", "    self.late = 1"),
        ("self.again()",),
        ("for a in range(9999):", "    for b in range(9999):", "        self.late = a * b"),
        ("text = 'x'", "for i in range(9999):", "    text = text + text", "self.late = text"),
        ("self.late = " + "+".join(["1"] * 500),),
        ("loop = []", "loop.append(loop)", "self.late = loop"),
        ("match size:", "    case 1:", "        self.size = 3"),
        ("numbers = [list(range(9999)) for _ in range(9999)]",),
    ],
)
def test_code_without_end_is_given_up(tmp_path: Path, lines: tuple[str, ...]) -> None:
    config = config_of(
        tmp_path,
        "class TinyConfig:\n    def __init__(self, size=1):\n        self.size = size\n"
        + textwrap.indent("\n".join(lines), " " * 8)
        + "\n    def again(self):\n        self.again()\n",
    )
    assert attribute(config, "size").default in (None, "1")
    late = config.attribute("late")
    assert late is None or late.default is None


# Model types


def auto_files(tmp_path: Path, files: dict[str, str]) -> ModelTypes:
    for name, text in files.items():
        path = tmp_path / "models" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return ModelTypes(tmp_path / "models", Sources([tmp_path]))


def test_model_types_of_transformers_4(tmp_path: Path) -> None:
    types = auto_files(
        tmp_path,
        {
            "auto/configuration_auto.py": 'CONFIG_MAPPING_NAMES = OrderedDict[str, str]([("a-b", "AConfig"), ("old", "OldConfig"), ("a_text", "ATextConfig"), ("a2", "AConfig"), ("gone", "GoneConfig")])\n'
            'SPECIAL_MODEL_TYPE_TO_MODULE_NAME = OrderedDict[str, str]([("a_text", "a_b")])\n',
            "a_b/configuration_a_b.py": "class AConfig: pass\nclass ATextConfig: pass\n",
            "deprecated/old/configuration_old.py": "class OldConfig: pass\n",
        },
    )
    assert list(types.config_class_names or ()) == ["a-b", "old", "a_text", "a2", "gone"]
    found = {name: types.config_class(name) for name in types.config_class_names or ()}
    assert {name: each.module.path.name for name, each in found.items() if each is not None} == {
        "a-b": "configuration_a_b.py",
        "old": "configuration_old.py",
        "a_text": "configuration_a_b.py",
        "a2": "configuration_a_b.py",  # its class is in another model's folder
    }
    assert types.config_class("unheard-of") is None


def test_model_types_of_transformers_5(tmp_path: Path) -> None:
    types = auto_files(
        tmp_path,
        {
            "auto/auto_mappings.py": 'CONFIG_MAPPING_NAMES = OrderedDict([("a", "AConfig")])\nSPECIAL_MODEL_TYPE_TO_MODULE_NAME = OrderedDict([("b", "a")])\n',
            "auto/configuration_auto.py": "from .auto_mappings import CONFIG_MAPPING_NAMES\n"
            'CONFIG_MAPPING_NAMES.update({"b": "BConfig", "c": "CConfig"})\n'
            'CONFIG_MAPPING_NAMES = OrderedDict(**{"first": "AConfig"}, **CONFIG_MAPPING_NAMES)\n'
            'SPECIAL_MODEL_TYPE_TO_MODULE_NAME.update({"c": "a"})\n',
            "a/configuration_a.py": "class AConfig: pass\nclass BConfig: pass\nclass CConfig: pass\n",
        },
    )
    assert list((types.config_class_names or {}).items()) == [
        ("first", "AConfig"),
        ("a", "AConfig"),
        ("b", "BConfig"),
        ("c", "CConfig"),
    ]
    assert all(types.config_class(name) is not None for name in types.config_class_names or ())


@pytest.mark.parametrize("content", ["", "def broken(:\n", "CONFIG_MAPPING_NAMES = read_them()\n", None])
def test_model_types_that_can_not_be_read(tmp_path: Path, content: str | None) -> None:
    types = auto_files(tmp_path, {} if content is None else {"auto/configuration_auto.py": content})
    assert types.config_class_names is None
    assert types.config_class("bert") is None


def test_a_folder_that_links_to_itself(tmp_path: Path) -> None:
    types = auto_files(tmp_path, {"auto/configuration_auto.py": 'CONFIG_MAPPING_NAMES = {"a": "AConfig"}\n'})
    (tmp_path / "models/a").mkdir()
    (tmp_path / "models/a/configuration_a.py").symlink_to(tmp_path / "models/a/configuration_a.py")
    assert types.config_class("a") is None


# The real thing, a sample


@pytest.mark.parametrize(
    "model_type", ["bert", "clip", "distilbert", "esm", "llama", "swin", "t5", "vit", "wav2vec2", "whisper"]
)
def test_attributes_are_those_of_a_real_config(model_type: str) -> None:
    pytest.importorskip("transformers")
    auto = importlib.import_module("transformers.models.auto.configuration_auto")
    models = Path(auto.__file__ or "").parent.parent
    sources = Sources([models.parent.parent])
    class_ = ModelTypes(models, sources).config_class(model_type)
    assert class_ is not None
    config = read_config_class(class_, sources)
    real = auto.CONFIG_MAPPING[model_type]()
    assert (config.name, config.model_type) == (type(real).__name__, model_type)
    assert config.attribute_map == real.attribute_map
    assert {name for name in vars(real) if not name.startswith("_")} <= {
        each.name for each in config.attributes
    }
    known = [each for each in config.attributes if each.default is not None]
    assert {each.name: each.default for each in known} == {
        each.name: repr(getattr(real, each.name)) for each in known
    }
    assert len([each for each in known if each.kind is AttributeKind.PARAMETER]) > 10
