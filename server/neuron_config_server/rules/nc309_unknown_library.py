"""NC309 unknown-library."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Aspect, Change, Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.nearest import nearest
from neuron_config_server.rules.support.registration_calls import keyword_argument, place_in

_CONFIG = """\
@register_in_tasks_manager("transformer", "feature-extraction", library_name={library})
class ANeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
"""


class UnknownLibrary(Rule):
    """
    ## What it does
    Checks `library_name` of a registration against the libraries that optimum loads models of.

    ## Why is this bad?
    Registering raises a `KeyError` while the file is imported, so none of its configs can be used.

    ## Example
    ```python
    @register_in_tasks_manager("transformer", "feature-extraction", library_name="sentence-transformers")
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("transformer", "feature-extraction", library_name="sentence_transformers")
    ```

    ## Fix safety
    Safe: the file can't be imported as it stands.
    """

    code = "NC309"
    name = "unknown-library"
    severity = Severity.ERROR
    needs = (OPTIMUM,)

    VALID = (_CONFIG.format(library='"sentence_transformers"'), _CONFIG.format(library="LIBRARY"))
    INVALID = (
        Invalid(
            _CONFIG.format(library='"sentence-transformers"'),
            at='"sentence-transformers"',
            fixed=_CONFIG.format(library='"sentence_transformers"'),
        ),
        Invalid(_CONFIG.format(library='"jax"'), at='"jax"'),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        if catalog.tasks is None:
            return
        known = tuple(catalog.tasks.auto_classes)
        for config, unknown in file.judged(self.code, lambda config: _unknown(config, known)):
            for registration, library in unknown:
                yield self._finding(config, registration, library, known)

    def _finding(
        self, config: ConfigClass, registration: Registration, library: str, known: tuple[str, ...]
    ) -> Finding:
        meant = nearest(library.lower().replace("-", "_"), known)
        argument = keyword_argument(registration, "library_name")
        advice = f'did you mean "{meant}"?' if meant else f"it knows {', '.join(known)}"
        literal = argument.value if argument is not None and isinstance(argument.value, syntax.Text) else None
        return self.finding(
            f'optimum has no library "{library}", {advice}',
            place_in(registration, argument.value.span) if argument is not None else registration.range,
            class_name=config.name,
            fix=_fix(registration, literal, meant) if literal is not None and meant is not None else None,
        )


def _unknown(config: ConfigClass, known: tuple[str, ...]) -> list[tuple[Registration, str]]:
    """The registrations for a library that optimum doesn't know."""
    return [
        (each, each.library)
        for each in config.registrations
        if each.library is not None and each.library not in known
    ]


def _fix(registration: Registration, literal: syntax.Text, meant: str) -> Fix:
    whole = place_in(registration, literal.span)
    inner = Range(
        Position(whole.start.line, whole.start.column + literal.opening),
        Position(whole.end.line, whole.end.column - literal.closing),
    )
    intent = Intent(changes=(Change(Aspect.MODEL_TYPES),))
    return Fix(f'Replace with "{meant}"', (Edit(inner, meant),), intent=intent)
