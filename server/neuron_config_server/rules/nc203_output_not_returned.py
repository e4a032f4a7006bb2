"""NC203 output-not-returned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import ForwardSignature
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, Returned
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.evaluation.values import BaseClass
from neuron_config_server.reading.literals import Part, StringLiteral, Untold
from neuron_config_server.reading.positions import Range
from neuron_config_server.reading.readers import output_readers
from neuron_config_server.rules.finding import Aspect, Change, Edit, Finding, Fix, Intent, Rename, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.additions import member_behind
from neuron_config_server.rules.support.common_outputs_reference import is_on_neuron_core
from neuron_config_server.rules.support.related_places import forward_of, in_library, written_at
from neuron_config_server.rules.support.task_models import (
    forwards_of,
    is_written_in,
    outputs_of,
    sure_outputs,
    takes_outputs_from_forward,
)
from neuron_config_server.rules.support.wording import listed, quoted

_ESM = """\
@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]

    @property
    def outputs(self) -> list[str]:
        return {outputs}
"""
_CHILD = """\
class LogitsNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def outputs(self) -> list[str]:
        if self.task == "feature-extraction":
            return ["last_hidden_state", "pooler_output"]
        return ["logits", "hidden_states"]


@register_in_tasks_manager("esm", {tasks})
class EsmNeuronConfig(LogitsNeuronConfig):
    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""
_OUTPUTS = """
    @property
    def outputs(self) -> list[str]:
        {body}
"""


@dataclass(frozen=True)
class _Lacking:
    """A declared output that the model of a task doesn't return."""

    part: Part
    task: str
    models: tuple[ModelOutputs, ...]
    forwards: tuple[ForwardSignature, ...]
    is_unknown: bool = False
    """Whether the models don't have it at all."""


@dataclass(frozen=True)
class _Judged:
    """What a class declares and its models don't return, wherever that is written."""

    lacking: tuple[_Lacking, ...]
    repeated: tuple[_Lacking, ...]


class OutputNotReturned(Rule):
    """
    ## What it does
    Finds declared outputs that the model of a registered task leaves out: the output of a pooler that it
    doesn't have, hidden states that nobody asked for, a second one of a name.

    ## Why is this bad?
    The exported model returns what isn't `None`. A name too many makes the number of outputs differ from the
    number of tensors, and the validation fails. A name that is declared twice is a warning where only
    optimum-neuron reads it, whose validation looks at it once; neuron_core refuses it.

    ## Example
    `DistilBertModel` has no pooler:
    ```python
    @register_in_tasks_manager("distilbert", "feature-extraction")
    class DistilBertNeuronConfig(TextEncoderNeuronConfig): ...
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("distilbert", "feature-extraction")
    class DistilBertNeuronConfig(TextEncoderNeuronConfig):
        @property
        def outputs(self) -> list[str]:
            return ["last_hidden_state"]
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER`, overrides `values_override` or how the model is patched, when
    it isn't seen in the model's source that the field stays `None`, and for libraries other than
    transformers. A name that the class writes itself and that is no field at all is NC201.

    ## Fix safety
    Safe. A name that the class writes is taken out, where no model of a class that reads it returns it. A
    class that inherits the name gets `outputs` of its own: what it had, without the name.
    """

    code = "NC203"
    name = "output-not-returned"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_ESM.format(outputs='["logits"]'),)
    INVALID = (
        Invalid(
            _ESM.format(outputs='["logits", "hidden_states"]'),
            at='"hidden_states"',
            fixed=_ESM.format(outputs='["logits"]'),
        ),
        Invalid(
            _CHILD.format(tasks='"fill-mask"'),
            at="EsmNeuronConfig",
            fixed=_CHILD.format(tasks='"fill-mask"') + _OUTPUTS.format(body='return ["logits"]'),
        ),
        Invalid(
            _CHILD.format(tasks='"fill-mask", "feature-extraction"'),
            at="EsmNeuronConfig",
            fixed=_CHILD.format(tasks='"fill-mask", "feature-extraction"')
            + _OUTPUTS.format(
                body='if self.task == "fill-mask":\n            return ["logits"]\n'
                "        return super().outputs"
            ),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        told: set[Part] = set()
        for config, judged in file.judged(self.code, lambda config: _judged(config, catalog)):
            found: dict[str, list[_Lacking]] = {}
            for lacking in judged.lacking:
                if not _is_of_its_own(file, config, lacking):
                    found.setdefault(_name(lacking.part), []).append(lacking)
            inherited: list[_Lacking] = []
            for lackings in found.values():
                part = lackings[0].part
                if not is_written_in(file, config, part):
                    inherited += lackings
                elif part not in told:
                    told.add(part)
                    removal = _removal(file, part, catalog)
                    yield self._finding(file, config, lackings, removal, is_here=True)
            if inherited:
                override = _override(file, config, inherited)
                yield self._finding(file, config, inherited, override, is_here=False)
            for literal, lackings in _written_again(file, config, judged.repeated).items():
                if literal not in told:
                    told.add(literal)
                    yield self._of_repetition(config, literal, lackings)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        lackings: list[_Lacking],
        fix: Fix | None,
        *,
        is_here: bool,
    ) -> Finding:
        part = lackings[0].part
        names = quoted(list(dict.fromkeys(_name(each.part) for each in lackings)))
        classes = list(dict.fromkeys(model.model_class for each in lackings for model in each.models))
        way_out = ": take it out" if is_here else f", which {_source(config)}: define `outputs`"
        range_: Range = part.range if is_here and isinstance(part, StringLiteral) else config.name_range
        return self.finding(
            f"{listed(classes)} {'returns' if len(classes) == 1 else 'return'} no {names}{way_out}",
            range_,
            class_name=config.name,
            tasks=tuple(dict.fromkeys(each.task for each in lackings)),
            fix=fix,
            related=(
                *(() if is_here else written_at(file, part, "it is declared here")),
                *(place for forward in lackings[0].forwards[:1] for place in forward_of(forward)),
            ),
        )

    def _of_repetition(
        self, config: ConfigClass, literal: StringLiteral, lackings: list[_Lacking]
    ) -> Finding:
        classes = list(dict.fromkeys(model.model_class for each in lackings for model in each.models))
        first = lackings[0].models[0]
        return self.finding(
            f'{listed(classes)} {"returns" if len(classes) == 1 else "return"} "{literal.value}" once, which '
            "is declared twice: take the second out",
            literal.range,
            class_name=config.name,
            tasks=tuple(dict.fromkeys(each.task for each in lackings)),
            related=in_library(f"the fields of {first.output_class}", first.file, first.line),
            severity=None if is_on_neuron_core(config) else Severity.WARNING,
        )


def _judged(config: ConfigClass, catalog: Catalog) -> _Judged | None:
    if not takes_outputs_from_forward(config):
        return None
    lacking = tuple(found for each in config.effective for found in _lacking(each, catalog))
    repeated = tuple(_repeated(config, catalog))
    return _Judged(lacking, repeated) if lacking or repeated else None


def _is_of_its_own(file: ConfigFile, config: ConfigClass, lacking: _Lacking) -> bool:
    """Whether the class writes a name that no model has: that is another fault (NC201)."""
    return lacking.is_unknown and is_written_in(file, config, lacking.part)


def _written_again(
    file: ConfigFile, config: ConfigClass, repeated: tuple[_Lacking, ...]
) -> dict[StringLiteral, list[_Lacking]]:
    """Fields that the class writes a second time."""
    found: dict[StringLiteral, list[_Lacking]] = {}
    for each in repeated:
        if isinstance(each.part, StringLiteral) and is_written_in(file, config, each.part):
            found.setdefault(each.part, []).append(each)
    return found


def _repeated(config: ConfigClass, catalog: Catalog) -> Iterator[_Lacking]:
    """Fields that are declared a second time, of models that are known."""
    for each in config.effective:
        for strings in sure_outputs(each):
            seen: set[str] = set()
            for part in strings.parts:
                name = _name(part)
                if name in seen and isinstance(part, StringLiteral):
                    models = outputs_of(each, catalog)
                    if models and all(name in {field.name for field in model.fields} for model in models):
                        yield _Lacking(part, each.task, models, ())
                seen.add(name)


def _lacking(effective: EffectiveConfig, catalog: Catalog) -> Iterator[_Lacking]:
    lists = sure_outputs(effective)
    models = outputs_of(effective, catalog) if lists else ()
    parts = dict.fromkeys(part for strings in lists for part in strings.parts)
    for part in parts if models else ():
        name = _name(part)
        fields = [next((field for field in model.fields if field.name == name), None) for model in models]
        if all(field is None or field.returned is Returned.NO for field in fields):
            is_unknown = all(field is None for field in fields)
            yield _Lacking(part, effective.task, models, forwards_of(effective, catalog), is_unknown)


def _name(part: Part) -> str:
    return "" if isinstance(part, Untold) else part.value


def _source(config: ConfigClass) -> str:
    """What gives the class a name that it doesn't write."""
    owner = config.owner("outputs")
    if isinstance(owner, BaseClass):
        return "is among the common outputs"
    return "its own `outputs` give" if owner is config.value else "the inherited `outputs` give"


def _removal(file: ConfigFile, part: Part, catalog: Catalog) -> Fix | None:
    """Take a name out of its list; None unless no task of any class that reads it returns it."""
    removal = file.removal(part) if isinstance(part, StringLiteral) else None
    if removal is None or not isinstance(part, StringLiteral):
        return None
    readers = output_readers(file, part)
    if not all(_lacks(file, reader, part, catalog) for reader in readers):
        return None
    edit = Edit(removal.range, removal.left)
    return Fix(f'Remove "{part.value}"', (edit,), intent=Intent((Rename(part, None, Aspect.OUTPUTS),)))


def _lacks(file: ConfigFile, reader: EffectiveConfig, part: Part, catalog: Catalog) -> bool:
    return any(
        each.part == part and not _is_of_its_own(file, reader.config, each)
        for each in _lacking(reader, catalog)
    )


def _override(file: ConfigFile, config: ConfigClass, lackings: list[_Lacking]) -> Fix | None:
    """Define ``outputs`` in the class, without the names that aren't returned."""
    if "outputs" in config.value.names or not all(map(_is_field, lackings)):
        return None
    lacking = {
        each.task: {_name(other.part) for other in lackings if other.task == each.task} for each in lackings
    }
    left = {
        tuple(name for name in strings.values if name not in lacking[each.task])
        for each in config.effective
        if each.task in lacking
        for strings in sure_outputs(each)
    }
    if len(left) != 1:
        return None
    (names,) = left
    others = [each.task for each in config.effective if each.task not in lacking]
    edit = member_behind(
        file, config, config.value.node.body[-1], _property(names, tuple(lacking), bool(others))
    )
    intent = Intent(changes=(Change(Aspect.OUTPUTS, frozenset({config.name})),))
    return Fix("Define `outputs`", (edit,), intent=intent) if edit is not None and names else None


def _is_field(lacking: _Lacking) -> bool:
    """Whether some model has the name at all; a slip of the pen is mended where it is written (NC201)."""
    return any(field.name == _name(lacking.part) for model in lacking.models for field in model.fields)


def _property(names: tuple[str, ...], tasks: tuple[str, ...], has_others: bool) -> tuple[str, ...]:
    """The lines of an ``outputs`` that gives these names, for these tasks only if there are others."""
    value = f"return [{_elements(names)}]"
    head = ("", "@property", "def outputs(self) -> list[str]:")
    if not has_others:
        return (*head, f"    {value}")
    test = f'== "{tasks[0]}"' if len(tasks) == 1 else f"in ({_elements(tasks)})"
    return (*head, f"    if self.task {test}:", f"        {value}", "    return super().outputs")


def _elements(names: tuple[str, ...]) -> str:
    """Source of the elements of a list or tuple of several."""
    return ", ".join(f'"{each}"' for each in names)
