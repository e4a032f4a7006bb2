"""NC501 class-name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Range
from neuron_config_server.rules.finding import (
    Applicability,
    Aspect,
    Change,
    Edit,
    Finding,
    Fix,
    Intent,
    Severity,
)
from neuron_config_server.rules.rule import Invalid, Rule

_SUFFIX = "NeuronConfig"
_ENDINGS = re.compile(r"_?(?:neuron|onnx)?_?(?:export)?_?(?:config(?:uration)?)?$", re.IGNORECASE)
"""What authors write in place of the suffix."""
_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class {name}(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


class ClassName(Rule):
    """
    ## What it does
    Checks that a registered config class is called `ArchitectureNameNeuronConfig`.

    ## Why is this bad?
    It is the name that the contribution guide of optimum-neuron asks for, and that reviewers and tools look
    for. `EsmConfig` is besides the name of the model's own config in transformers.

    ## Example
    ```python
    class EsmConfig(TextEncoderNeuronConfig):
    ```
    Use instead:
    ```python
    class EsmNeuronConfig(TextEncoderNeuronConfig):
    ```

    ## When it is silent
    Of classes that nothing registers: a common base may be called anything.

    ## Fix safety
    Unsafe: the class is renamed with everything that refers to it in the file; other files may import it.
    There is no fix where the name stands in a string or a comment too, or the new name is taken.
    """

    code = "NC501"
    name = "class-name"
    severity = Severity.WARNING

    VALID = (
        _ESM.format(name="EsmNeuronConfig"),
        "class AnyBase(TextEncoderNeuronConfig):\n    pass\n",
    )
    INVALID = (
        Invalid(_ESM.format(name="EsmConfig"), at="EsmConfig", fixed=_ESM.format(name="EsmNeuronConfig")),
        Invalid(
            _ESM.format(name="esmNeuronConfig"),
            at="esmNeuronConfig",
            fixed=_ESM.format(name="EsmNeuronConfig"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, meant in file.judged(self.code, _better_name):
            yield self.finding(
                f"a config class is called ArchitectureName{_SUFFIX}: `{meant}`",
                config.name_range,
                class_name=config.name,
                fix=_fix(file, config, meant),
            )


def _better_name(config: ConfigClass) -> str:
    """What a registered class would be called; empty if it is called that."""
    meant = conventional_name(config.name)
    return meant if config.registrations and meant != config.name else ""


def conventional_name(name: str) -> str:
    """The name as the guide would have it; the name itself if it is that already."""
    private = name[: len(name) - len(name.lstrip("_"))]
    bare = name[len(private) :]
    stem = bare.removesuffix(_SUFFIX) if bare.endswith(_SUFFIX) else _ENDINGS.sub("", bare)
    stem = "".join(part[:1].upper() + part[1:] for part in stem.split("_")) if "_" in stem else stem
    return f"{private}{stem[:1].upper()}{stem[1:]}{_SUFFIX}"


def _fix(file: ConfigFile, config: ConfigClass, meant: str) -> Fix | None:
    places = [config.name_range, *references(file, config.name)]
    mentions = file.occurrences(rf"\b{re.escape(config.name)}\b")
    if mentions != len(places) or file.occurrences(rf"\b{re.escape(meant)}\b"):
        return None
    edits = tuple(Edit(place, meant) for place in places)
    intent = Intent(changes=(Change(Aspect.CLASS_NAME, frozenset({config.name})),))
    return Fix(f"Rename to `{meant}`", edits, Applicability.UNSAFE, intent)


def references(file: ConfigFile, name: str) -> Iterator[Range]:
    for statement in file.statements:
        for node in syntax.nodes_in(statement.facts.body):
            if isinstance(node, syntax.Name) and node.name == name:
                yield range_of(node.span, statement.line)
