"""NC503 unknown-attribute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Applicability, Edit, Finding, Fix, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.class_body import (
    any_meaning_of,
    assignments,
    is_fully_known,
    is_mentioned_beside,
    is_neuron_config,
    methods,
    names_of_bases,
    range_in,
)
from neuron_config_server.rules.support.nearest import is_exchange, nearest

_CUTOFF = 0.87
"""As similar as "INPUT_ARG" and "INPUT_ARGS", or "output" and "outputs"."""
_FORMER_NAMES = {"MANDATORY_AXES": "INPUT_ARGS"}
"""What optimum-neuron called an attribute once, and doesn't read any more."""
_OVERRIDDEN = frozenset(
    {
        "inputs",
        "outputs",
        "values_override",
        "generate_dummy_inputs",
        "patch_model_and_prepare_aliases",
        "flatten_inputs",
        "unflatten_inputs",
        "get_mandatory_axes_for_task",
        "get_input_args_for_task",
        "_create_dummy_input_generator_classes",
        "get_compiler_args",
        "is_encoder_decoder",
        "checkpoint_loader_fn",
        "get_parallel_callable",
    }
)
"""Properties and methods that configs override."""
_READS_ANY_NAME = r"\b(?:getattr|hasattr|attrgetter|vars)\(\s*[\w.()]+\s*(?:\)|,\s*[^\"'\s])|__dict__"
"""Code that may read an attribute by a name that isn't there to be seen."""
_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")
    {attribute} = {value}

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""
_OUTPUTS = """
    @property
    def {name}(self) -> list[str]:
        return self._TASK_TO_COMMON_OUTPUTS[self.task]
"""


@dataclass(frozen=True)
class _Defined:
    """A name that a class body defines."""

    name: str
    span: syntax.Span


class UnknownAttribute(Rule):
    """
    ## What it does
    Reports a class attribute, a property or a method that nothing reads, and whose name is nearly one that
    the exporter reads: `ATOL_FOR_VALIDATON`, `INPUT_ARG`, `output`.

    ## Why is this bad?
    Python accepts any name. The exporter takes what the base class has under the right one, and the author's
    value is ignored without a word. optimum-neuron itself lived with an `ATTENTION_lAYOUT` for a year.

    ## Example
    ```python
    ATOL_FOR_VALIDATON = 1e-3
    ```
    Use instead:
    ```python
    ATOL_FOR_VALIDATION = 1e-3
    ```

    ## When it is silent
    When the name stands anywhere else in the code of the file, when code reads attributes by computed names,
    when a base class isn't found, and when the class defines the right name too.

    ## Fix safety
    Unsafe: nothing reads the name as it stands, and the exporter then uses a value that it ignored so far.
    """

    code = "NC503"
    name = "unknown-attribute"
    severity = Severity.WARNING

    VALID = (
        _ESM.format(attribute="ATOL_FOR_VALIDATION", value="1e-3"),
        _ESM.format(attribute="OWN_NAME", value="1e-3"),
        _ESM.format(attribute="RTOL_FOR_VALIDATION", value="1e-3"),
    )
    INVALID = (
        Invalid(
            _ESM.format(attribute="ATOL_FOR_VALIDATON", value="1e-3"),
            at="ATOL_FOR_VALIDATON",
            fixed=_ESM.format(attribute="ATOL_FOR_VALIDATION", value="1e-3"),
        ),
        Invalid(
            _ESM.format(attribute="MODEL_type", value='"esm"'),
            at="MODEL_type",
            fixed=_ESM.format(attribute="MODEL_TYPE", value='"esm"'),
        ),
        Invalid(
            _ESM.format(attribute="ATOL_FOR_VALIDATION", value="1e-3") + _OUTPUTS.format(name="output"),
            at="output",
            fixed=_ESM.format(attribute="ATOL_FOR_VALIDATION", value="1e-3")
            + _OUTPUTS.format(name="outputs"),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        found = file.judged(self.code, _slips)
        if not found or file.occurrences(_READS_ANY_NAME):
            return
        for config, slips in found:
            for defined, meant in slips:
                if not is_mentioned_beside(file, defined.name, times=1):
                    yield self._finding(file, config, defined, meant)

    def _finding(self, file: ConfigFile, config: ConfigClass, defined: _Defined, meant: str) -> Finding:
        former = _FORMER_NAMES.get(defined.name) == meant
        reason = f"it is called `{meant}` now" if former else f"did you mean `{meant}`?"
        place = range_in(config.value, defined.span)
        fix = Fix(
            f"Rename to `{meant}`",
            (Edit(place, meant),),
            Applicability.UNSAFE,
            any_meaning_of(file, config),
        )
        return self.finding(
            f"nothing reads `{defined.name}`, {reason}", place, class_name=config.name, fix=fix
        )


def _slips(config: ConfigClass) -> list[tuple[_Defined, str]]:
    """Names that the class defines, is alone with, and probably has from a slip of the pen; what is meant."""
    if not is_neuron_config(config) or not is_fully_known(config):
        return []
    known = names_of_bases(config)
    found = ((each, _meant(each.name, known)) for each in _defined(config))
    return [(each, meant) for each, meant in found if meant is not None and meant not in config.value.names]


def _defined(config: ConfigClass) -> Iterator[_Defined]:
    for assigned in assignments(config.value):
        yield _Defined(assigned.name, assigned.span)
    for function in methods(config.value):
        yield _Defined(function.name, function.name_span)


def _meant(name: str, known: frozenset[str]) -> str | None:
    """The known name that another one is a slip of; None if it is known itself, or is none."""
    if name in known or (name.startswith("__") and name.endswith("__")):
        return None
    if _FORMER_NAMES.get(name) in known:
        return _FORMER_NAMES[name]
    targets = {each for each in known if each.isupper() or (each in _OVERRIDDEN and not name.isupper())}
    alike = {_letters(each): each for each in targets}
    found = alike.get(_letters(name)) or alike.get(nearest(_letters(name), alike, _CUTOFF) or "")
    if found is None or not _start_alike(_letters(found), _letters(name)):
        return None
    return found if found.isupper() or found.strip("_") != name.strip("_") else None


def _start_alike(name: str, other: str) -> bool:
    """Whether they begin with the same letter, or with the same two exchanged (``TAOL``, and no ``RTOL``)."""
    return name[:1] == other[:1] or is_exchange(name, other)


def _letters(name: str) -> str:
    return name.strip("_").lower()
