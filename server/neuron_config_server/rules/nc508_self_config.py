"""NC508 self-config."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import (
    any_meaning_of,
    is_fully_known,
    is_neuron_config,
    methods,
    names_of_bases,
    names_of_files,
    range_in,
    subclasses,
)

_MEANT = {
    "config": "_config",
    "hf_config": "_config",
    "model_config": "_config",
    "normalized_config": "_normalized_config",
}
"""What other libraries, optimum's older exporters among them, call what a Neuron config has."""
_OF_RUNTIME_CONFIGS = frozenset({"neuron_config"})
"""Attributes that only configs of optimum-neuron's runtime models have."""
_CATCHES = frozenset({"AttributeError", "Exception", "BaseException"})
_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        if {attribute}.hidden_size == 0:
            return ["input_ids"]
        return ["input_ids", "attention_mask"]
"""


class SelfConfig(Rule):
    """
    ## What it does
    Reports `self.config` and `self.normalized_config`, which a Neuron config doesn't have: it has
    `self._config` and `self._normalized_config`.

    ## Why is this bad?
    Reading it raises an `AttributeError`. Inside a property Python then asks the base's `__getattr__`, which
    raises a second one with the property's name: what the author sees is `AttributeError: inputs`.

    ## Example
    ```python
    if self.config.type_vocab_size == 0:
    ```
    Use instead:
    ```python
    if self._config.type_vocab_size == 0:
    ```

    ## When it is silent
    When the class, one above it or one below it has the attribute, when code outside of the class sets it,
    when the error is caught, and when a base class isn't found.

    ## Fix safety
    Safe: the line raises as it stands.
    """

    code = "NC508"
    name = "self-config"
    severity = Severity.ERROR

    VALID = (
        _ESM.format(attribute="self._config"),
        _ESM.format(attribute="self.config")
        + "\n    @property\n    def config(self):\n        return self._config\n",
    )
    INVALID = (
        Invalid(
            _ESM.format(attribute="self.config"),
            at="self.config",
            fixed=_ESM.format(attribute="self._config"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, found in file.judged(self.code, _read_in):
            absent = {name for name in {each.name for each, _ in found} if not _may_have(file, config, name)}
            intent = any_meaning_of(file, config) if absent else Intent()
            for attribute, further in found:
                if attribute.name in absent:
                    yield self._finding(config, attribute, further, intent)

    def _finding(
        self, config: ConfigClass, attribute: syntax.Attribute, further: str | None, intent: Intent
    ) -> Finding:
        meant = _MEANT[attribute.name]
        edit = Edit(range_in(config.value, attribute.name_span), meant)
        fix = Fix(f"Replace with `self.{meant}`", (edit,), intent=intent)
        way_out = f"it is `self.{meant}`"
        if further in _OF_RUNTIME_CONFIGS:
            way_out, fix = f"`{further}` is of runtime models; what it holds, a config has itself", None
        return self.finding(
            f"a Neuron config has no `{attribute.name}`, reading it raises AttributeError: {way_out}",
            range_in(config.value, attribute.span),
            class_name=config.name,
            fix=fix,
        )


def _read_in(config: ConfigClass) -> list[tuple[syntax.Attribute, str | None]]:
    """What the methods of a Neuron config read that it doesn't have."""
    if not is_neuron_config(config) or not is_fully_known(config):
        return []
    found = [each for function in methods(config.value) for each in _read_from_self(function)]
    return [each for each in found if not _has(config, each[0].name)]


def _may_have(file: ConfigFile, config: ConfigClass, name: str) -> bool:
    """Whether an instance of the class, or of one that inherits from it, may have the attribute."""
    set_by_name = rf"(?:setattr|hasattr|getattr)\([^,()]+,\s*[\"']{name}[\"']"
    set_outright = rf"\.{name}\s*=[^=]"
    set_unseen = r"setattr\([^,()]+,\s*[^\"'\s]|\.__dict__\b|\bvars\("
    if file.occurrences(f"{set_by_name}|{set_outright}|{set_unseen}"):
        return True
    return any(_has(each, name) for each in subclasses(file, config))


def _has(config: ConfigClass, name: str) -> bool:
    return name in names_of_bases(config) or not names_of_files(config).isdisjoint((name, "__getattr__"))


def _read_from_self(function: syntax.Function) -> Iterator[tuple[syntax.Attribute, str | None]]:
    """What a method reads of the instance, where no handler catches that it isn't there, and what of that."""
    if function.parameters and not any(
        isinstance(each, syntax.Name) and each.name in ("staticmethod", "classmethod")
        for each in function.decorators
    ):
        yield from _attributes(function.body, function.parameters[0].name, None)


def _attributes(
    value: Any, self_name: str, further: str | None
) -> Iterator[tuple[syntax.Attribute, str | None]]:
    if isinstance(value, tuple):
        for each in value:
            yield from _attributes(each, self_name, None)
    elif isinstance(value, syntax.Attribute):
        if isinstance(value.owner, syntax.Name):
            if value.owner.name == self_name and value.name in _MEANT:
                yield value, further
        else:
            yield from _attributes(value.owner, self_name, value.name)
    elif isinstance(value, syntax.Try) and any(_catches(each) for each in value.handlers):
        handled = tuple(each.body for each in value.handlers)
        yield from _attributes((*handled, value.orelse, value.finalbody), self_name, None)
    elif isinstance(value, (syntax.Function, syntax.Class, syntax.With)):
        return  # another `self`, or a context that suppresses the error
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__slots__:
            yield from _attributes(getattr(value, name), self_name, None)


def _catches(handler: syntax.Handler) -> bool:
    names = {each.name for each in syntax.nodes_in(handler.types) if isinstance(each, syntax.Name)}
    return handler.types is None or bool(names & _CATCHES)
