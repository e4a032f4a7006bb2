"""NC303 unknown-model-type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import StringLiteral
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
from neuron_config_server.rules.support.nearest import nearest
from neuron_config_server.rules.support.registration_calls import model_type_range, within

_HALVES = ("-encoder", "-decoder")
"""What optimum-neuron puts after the model type of an encoder-decoder model, for each of its parts."""
_CONFIG = """\
@register_in_tasks_manager({model_type}, "fill-mask")
class ANeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
"""


class UnknownModelType(Rule):
    """
    ## What it does
    Checks the model type of a registration against those of transformers.

    ## Why is this bad?
    A config is looked up by the `model_type` of the model's own config, letter by letter. Under a name that
    no model has it is never found, and the registration says nothing about it: `mobilenet-v2` instead of
    `mobilenet_v2` stood in optimum-neuron for months.

    ## Example
    ```python
    @register_in_tasks_manager("xlm_roberta", "fill-mask")
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("xlm-roberta", "fill-mask")
    ```

    ## When it is silent
    For the other libraries, whose model types are optimum-neuron's own. A repository may bring its own code
    and with it a model type that transformers doesn't have: a name that merely resembles a known one is a
    warning, and one that resembles none is an information.

    ## Fix safety
    Dashes, underscores and capitals are put right safely. A name that resembles a known one is replaced on
    request only.
    """

    code = "NC303"
    name = "unknown-model-type"
    severity = Severity.ERROR
    needs = (TRANSFORMERS,)

    VALID = (
        _CONFIG.format(model_type='"esm"'),
        _CONFIG.format(model_type='"bert-encoder"'),
        _CONFIG.format(model_type="MODEL_TYPE"),
        _CONFIG.format(model_type='"B-ert"').replace('"fill-mask"', '"fill-mask", library_name="diffusers"'),
    )
    INVALID = (
        Invalid(_CONFIG.format(model_type='"ESM"'), at='"ESM"', fixed=_CONFIG.format(model_type='"esm"')),
        Invalid(
            _CONFIG.format(model_type='"Bert"'),
            at='"Bert"',
            fixed=_CONFIG.format(model_type='"bert"'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        known = catalog.model_types
        if not known:
            return
        for config, unknown in file.judged(self.code, lambda config: _unknown(config, known)):
            for registration, name in unknown:
                yield self._finding(file, config, registration, name, known)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        registration: Registration,
        name: str,
        known: Mapping[str, str],
    ) -> Finding:
        same = _spelt_otherwise(name, known)
        meant = same or nearest(name, known)
        message = f'transformers has no model type "{name}"'
        if same is not None:
            message += f': it is spelt "{same}", and only that name is looked up'
        elif meant is not None:
            message += f', did you mean "{meant}"?'
        else:
            message += ": only a model that brings its own code (trust_remote_code) can have it"
        severity = Severity.ERROR if same else Severity.WARNING if meant else Severity.INFO
        return self.finding(
            message,
            model_type_range(file, registration),
            class_name=config.name,
            fix=_fix(file, registration, meant, is_sure=same is not None) if meant else None,
            severity=severity,
        )


def _unknown(config: ConfigClass, known: Mapping[str, str]) -> list[tuple[Registration, str]]:
    """The registrations for a model type of transformers that it doesn't have."""
    return [
        (each, each.model_type_name)
        for each in config.registrations
        if each.library == TRANSFORMERS
        and each.model_type_name
        and not _is_known(each.model_type_name, known)
    ]


def _is_known(name: str, known: Mapping[str, str]) -> bool:
    return name in known or any(name.removesuffix(half) in known for half in _HALVES)


def _spelt_otherwise(name: str, known: Mapping[str, str]) -> str | None:
    """The one model type that differs by dashes, underscores and capitals alone."""
    found = [each for each in known if _plain(each) == _plain(name)]
    return found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _fix(file: ConfigFile, registration: Registration, meant: str, *, is_sure: bool) -> Fix | None:
    literal = registration.model_type
    if not isinstance(literal, StringLiteral) or not within(file, registration, literal):
        return None
    return Fix(
        f'Replace with "{meant}"',
        (Edit(literal.inner, meant),),
        Applicability.SAFE if is_sure else Applicability.UNSAFE,
        Intent(changes=(Change(Aspect.MODEL_TYPES),)),
    )
