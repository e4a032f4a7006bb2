"""NC505 model-type-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.neuronx_cc import compiler_facts
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import ClassValue
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import (
    Applicability,
    Aspect,
    Change,
    Edit,
    Finding,
    Fix,
    Intent,
    Related,
    Severity,
)
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import assignment, is_neuron_config, range_in, subclasses
from neuron_config_server.rules.support.told_values import UNTOLD, told

_LIBRARIES = (TRANSFORMERS, "diffusers")
"""sentence_transformers registers all its models under names of its own ("transformer")."""
_TABLE = "optimum/exporters/neuron/convert.py"
_OF_TABLE = "--model-type"
_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    MODEL_TYPE = {model_type}
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


class ModelTypeMismatch(Rule):
    """
    ## What it does
    Compares `MODEL_TYPE` with the model type that the class is registered for, and with the model types that
    optimum-neuron compiles with other flags.

    ## Why is this bad?
    optimum-neuron adds `--model-type transformer` for every `MODEL_TYPE` but those in a table (`hubert`,
    `levit`, `unet`, `wav2vec2`, …), which are compared letter by letter: without `MODEL_TYPE` such a model is
    compiled as a transformer. The compiled model is also saved with `MODEL_TYPE` as its model type, and when
    it is loaded, the config registered for that name is taken.

    ## Example
    ```python
    @register_in_tasks_manager("esm", "fill-mask")
    class EsmNeuronConfig(TextEncoderNeuronConfig):
        MODEL_TYPE = "bert"
    ```
    Use instead:
    ```python
        MODEL_TYPE = "esm"
    ```

    ## When it is silent
    When `MODEL_TYPE` can't be told, when it is one of several model types that the class is registered for,
    and of libraries other than transformers and diffusers.

    ## Fix safety
    Unsafe: `MODEL_TYPE` becomes what the class is registered for, and the model may be compiled with
    other flags. There is no fix where it is inherited, where another class inherits it, or where the class is
    registered for several model types.
    """

    code = "NC505"
    name = "model-type-mismatch"
    severity = Severity.WARNING

    VALID = (_ESM.format(model_type='"esm"'), _ESM.format(model_type="None"), _ESM.format(model_type="TYPE"))
    INVALID = (Invalid(_ESM.format(model_type='"bert"'), at='"bert"', fixed=_ESM.format(model_type='"esm"')),)

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        faulty: set[object] = set()
        for config, (exported, registered) in file.judged(self.code, _doubtful):
            if exported is not None and exported not in registered:
                owner = config.owner("MODEL_TYPE")
                is_told_there = owner in faulty
                faulty.update((config.value, owner))
                if is_told_there:
                    continue
                yield self._differs(file, config, exported, registered)
            elif exported is None and any(map(_is_excepted, registered)):
                yield self._is_missing(file, config, next(filter(_is_excepted, registered)))
            else:
                yield from self._is_spelt_otherwise(file, config, exported or registered[0], catalog)

    def _differs(
        self, file: ConfigFile, config: ConfigClass, exported: str, registered: tuple[str, ...]
    ) -> Finding:
        owner = config.owner("MODEL_TYPE")
        is_own = owner is config.value
        assigned = assignment(config.value, "MODEL_TYPE") if is_own else None
        names = " and ".join(f'"{each}"' for each in registered)
        inherited = "" if is_own or not isinstance(owner, ClassValue) else f" (inherited from {owner.name})"
        return self.finding(
            f'`MODEL_TYPE` is "{exported}"{inherited}, but the class is registered for {names}: the compiled '
            f"model says it is a {exported}, and is loaded with what is registered for that"
            f"{_effect_on_flags(exported, registered)}",
            assigned.value_range if assigned is not None else config.name_range,
            class_name=config.name,
            fix=_correction(file, config, registered) if assigned is not None else None,
        )

    def _is_missing(self, file: ConfigFile, config: ConfigClass, model_type: str) -> Finding:
        return self.finding(
            f"without `MODEL_TYPE` a {model_type} is compiled with `--model-type transformer`, from which "
            f'optimum-neuron excepts "{model_type}"',
            config.name_range,
            class_name=config.name,
            fix=_addition(file, config, model_type),
        )

    def _is_spelt_otherwise(
        self, file: ConfigFile, config: ConfigClass, model_type: str, catalog: Catalog
    ) -> Iterator[Finding]:
        """The table has another spelling of the name: its exception applies to nothing."""
        entry = _respelt(model_type)
        if entry is None or file.occurrences("neuron_core"):
            return
        table, text = _table(file, catalog)
        if _line_with(f'"{model_type}"', text) is not None:
            return
        place = _line_with(f'"{entry}"', text)
        related = (
            (Related(f'the table has "{entry}"', place, table),)
            if place is not None and table is not None
            else ()
        )
        yield self.finding(
            f'optimum-neuron excepts "{entry}" from `--model-type transformer`, but compares letter by '
            f"letter: a {model_type} is compiled with it. The table in exporters/neuron/convert.py "
            "needs the name as transformers spells it",
            config.name_range,
            class_name=config.name,
            related=related,
        )


def _doubtful(config: ConfigClass) -> tuple[str | None, tuple[str, ...]] | None:
    """``MODEL_TYPE`` and the registered model types, where something may be wrong with them."""
    registered = _registered(config)
    exported = _exported(config) if registered else UNTOLD
    if exported is UNTOLD or not is_neuron_config(config):
        return None
    differs = exported is not None and exported not in registered
    is_missing = exported is None and any(map(_is_excepted, registered))
    is_doubtful = differs or is_missing or _respelt(exported or registered[0]) is not None
    return (exported, registered) if is_doubtful else None


def _registered(config: ConfigClass) -> tuple[str, ...]:
    """The model types that the class is registered for; empty if not all can be told."""
    if any(each.model_type is None or each.library not in _LIBRARIES for each in config.registrations):
        return ()
    return tuple(dict.fromkeys(each.model_type_name or "" for each in config.registrations))


def _exported(config: ConfigClass) -> Any:
    """``MODEL_TYPE``; UNTOLD if it can't be told, or is no string."""
    values = {told(each.exported_model_type) for each in config.effective}
    value = values.pop() if len(values) == 1 else UNTOLD
    return value if value is None or isinstance(value, str) else UNTOLD


@cache
def _excepted() -> tuple[str, ...]:
    """The model types that optimum-neuron's table excepts; a star stands for anything."""
    return next(
        (
            each.except_model_types
            for each in compiler_facts().automatic_flags
            if each.flag == _OF_TABLE and each.except_model_types
        ),
        (),
    )


def _is_excepted(model_type: str) -> bool:
    return any(fnmatchcase(model_type, each) for each in _excepted())


def _respelt(model_type: str) -> str | None:
    """What the table has in place of a name that it doesn't except."""
    entry = next((each for each in _excepted() if _is_respelling(each, model_type)), None)
    return None if _is_excepted(model_type) else entry


def _is_respelling(entry: str, model_type: str) -> bool:
    return entry != model_type and entry.replace("_", "-") == model_type.replace("_", "-")


def _effect_on_flags(exported: str, registered: tuple[str, ...]) -> str:
    (meant,) = registered if len(registered) == 1 else (None,)
    if meant is None or _is_excepted(exported) is _is_excepted(meant):
        return ""
    return (
        f"; it is compiled with `--model-type transformer`, which a {meant} is excepted from"
        if _is_excepted(meant)
        else f"; it is compiled without `--model-type transformer`, as a {exported} is"
    )


def _correction(file: ConfigFile, config: ConfigClass, registered: tuple[str, ...]) -> Fix | None:
    assigned = assignment(config.value, "MODEL_TYPE")
    if (
        assigned is None
        or not isinstance(assigned.value, syntax.Text)
        or len(registered) != 1
        or _is_inherited(file, config)
    ):
        return None
    text, range_ = assigned.value, assigned.value_range
    inner = Range(
        Position(range_.start.line, range_.start.column + text.opening),
        Position(range_.end.line, range_.end.column - text.closing),
    )
    return Fix(
        f'Replace with "{registered[0]}"',
        (Edit(inner, registered[0]),),
        Applicability.UNSAFE,
        _intent(config),
    )


def _addition(file: ConfigFile, config: ConfigClass, model_type: str) -> Fix | None:
    """The attribute, as first statement of the class."""
    statement = file.statement_at(config.range.start.line)
    if statement is None or statement.is_being_typed:
        return None
    first = config.value.node.body[0]
    decorators = first.decorators if isinstance(first, (syntax.Function, syntax.Class)) else ()
    line = min(range_in(config.value, each.span).start.line for each in (first, *decorators))
    lines = file.text.splitlines()
    indentation = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    if (
        line <= config.name_range.start.line
        or isinstance(first, syntax.Evaluate)
        or lines[line - 1].lstrip().startswith("#")
        or not lines[line - 1].rstrip().endswith(":")
        or _is_inherited(file, config)
        or len(config.registrations) != 1
    ):
        return None
    start = Position(line, len(indentation))
    gap = "\n\n" if decorators or isinstance(first, syntax.Function) else "\n"
    edit = Edit(Range(start, start), f'MODEL_TYPE = "{model_type}"{gap}{indentation}')
    return Fix(f'Add `MODEL_TYPE = "{model_type}"`', (edit,), Applicability.UNSAFE, _intent(config))


def _is_inherited(file: ConfigFile, config: ConfigClass) -> bool:
    """Whether another class has the MODEL_TYPE of this one, or would."""
    return any(
        each.owner("MODEL_TYPE") is config.value or not isinstance(each.owner("MODEL_TYPE"), ClassValue)
        for each in subclasses(file, config)
    )


def _intent(config: ConfigClass) -> Intent:
    return Intent(changes=(Change(Aspect.EXPORTED_MODEL_TYPE, frozenset({config.name})),))


def _table(file: ConfigFile, catalog: Catalog) -> tuple[Path | None, str]:
    """The file that holds the table, beside the configs or in the environment, and its text."""
    beside = file.path.with_name(Path(_TABLE).name) if file.path is not None else None
    text = file.world.text_of(beside) if beside is not None else None
    if text is not None and _OF_TABLE in text:
        return beside, text
    installed = catalog.environment.file(_TABLE)
    text = file.world.text_of(installed) if installed is not None else None
    return (installed, text) if text is not None and _OF_TABLE in text else (None, "")


@lru_cache(maxsize=16)
def _line_with(part: str, text: str) -> Range | None:
    """The first line that holds it, without the blanks around."""
    lines = text.split("\n")
    place = next((number for number, line in enumerate(lines) if part in line), None)
    if place is None:
        return None
    start = len(lines[place]) - len(lines[place].lstrip())
    return Range(Position(place, start), Position(place, len(lines[place].rstrip())))
