"""NC103 input-without-generator."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.catalog.forward_signatures import Admission
from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig
from neuron_config_server.reading.literals import Part, StringLiteral, Untold
from neuron_config_server.rules.finding import Aspect, Change, Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.additions import element_behind, import_beside, member_behind
from neuron_config_server.rules.support.class_body import assignment
from neuron_config_server.rules.support.related_places import in_library, written_at
from neuron_config_server.rules.support.task_models import (
    forwards_of,
    generators_of,
    hands_inputs_to_forward,
    is_written_in,
    sure_inputs,
    uses_its_generators,
)
from neuron_config_server.rules.support.wording import listed

_BERT = """\
@register_in_tasks_manager("bert", "feature-extraction")
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
    CUSTOM_MODEL_WRAPPER = BertWithBoxes
    DUMMY_INPUT_GENERATOR_CLASSES = {generators}

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "bbox"]
"""
_IMPORTING = "from optimum.utils import DummyTextInputGenerator\n\n\n"
_INHERITING = _BERT.replace("    DUMMY_INPUT_GENERATOR_CLASSES = {generators}\n", "{generators}")
_GENERATORS = "DUMMY_INPUT_GENERATOR_CLASSES"


class InputWithoutGenerator(Rule):
    """
    ## What it does
    Checks that one of `DUMMY_INPUT_GENERATOR_CLASSES` answers for each declared input, by the prefixes that
    generators match by.

    ## Why is this bad?
    The export traces the model with dummy inputs. Where no generator makes one it stops with a
    `RuntimeError`.

    ## Example
    ```python
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator,)


    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "bbox"]
    ```
    Use instead:
    ```python
    DUMMY_INPUT_GENERATOR_CLASSES = (DummyTextInputGenerator, DummyBboxInputGenerator)
    ```

    ## When it is silent
    When the class overrides how generators are made, or `generate_dummy_inputs` without calling that of the
    base, and when one of its generators isn't one of optimum's and optimum-neuron's that the environment has.
    An input that no model of the task takes is NC101, and needs no generator.

    ## Fix safety
    Safe: the generator comes last, so that it makes only what none of the others does. It is offered where
    one is known that makes the input, or one that all others are special cases of.
    """

    code = "NC103"
    name = "input-without-generator"
    severity = Severity.ERROR
    needs = (OPTIMUM,)

    VALID = (
        _BERT.format(generators="(DummyTextInputGenerator, DummyBboxInputGenerator)"),
        _BERT.format(generators="(DummyTextInputGenerator, MyInputGenerator)"),
    )
    INVALID = (
        Invalid(_BERT.format(generators="(DummyTextInputGenerator,)"), at='"bbox"'),
        Invalid(
            _IMPORTING + _BERT.format(generators="(DummyTextInputGenerator,)"),
            at='"bbox"',
            fixed=_IMPORTING.replace("import ", "import DummyBboxInputGenerator, ")
            + _BERT.format(generators="(DummyTextInputGenerator, DummyBboxInputGenerator)"),
        ),
        Invalid(
            _IMPORTING + _INHERITING.format(generators=""),
            at='"bbox"',
            fixed=_IMPORTING.replace("import ", "import DummyBboxInputGenerator, ")
            + _INHERITING.format(
                generators="    DUMMY_INPUT_GENERATOR_CLASSES = "
                "TextEncoderNeuronConfig.DUMMY_INPUT_GENERATOR_CLASSES + (DummyBboxInputGenerator,)\n"
            ),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        told: set[Part] = set()
        for config, lacking in file.judged(self.code, lambda config: _lacking_of(config, catalog)):
            for part, tasks in lacking.items():
                is_here = is_written_in(file, config, part)
                if part not in told or not is_here:
                    yield self._finding(file, config, part, tasks, is_here, catalog)
                told.add(part)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        part: Part,
        tasks: dict[str, tuple[DummyGenerator, ...]],
        is_here: bool,
        catalog: Catalog,
    ) -> Finding:
        name = "" if isinstance(part, Untold) else part.value
        generators = next(iter(tasks.values()))
        maker = _maker(name, catalog)
        way_out = f"; {maker.name} makes it" if maker is not None else ""
        asked = listed(tuple(dict.fromkeys(each.name for each in generators)))
        return self.finding(
            f'{asked} {"makes" if len(generators) == 1 else "make"} no "{name}": the export raises '
            f"RuntimeError{way_out}",
            part.range if is_here and isinstance(part, StringLiteral) else config.name_range,
            class_name=config.name,
            tasks=tuple(tasks),
            fix=_addition(file, config, maker, catalog) if maker is not None else None,
            related=(
                *(() if is_here else written_at(file, part, "it is declared here")),
                *(place for each in generators for place in in_library(each.name, each.file, each.line)),
            ),
        )


def _lacking_of(config: ConfigClass, catalog: Catalog) -> dict[Part, dict[str, tuple[DummyGenerator, ...]]]:
    """Declared input that no generator makes -> the tasks, each with its generators."""
    lacking: dict[Part, dict[str, tuple[DummyGenerator, ...]]] = {}
    for each in config.effective if uses_its_generators(config) else ():
        for part, generators in _lacking(each, catalog):
            lacking.setdefault(part, {})[each.task] = generators
    return lacking


def _lacking(
    effective: EffectiveConfig, catalog: Catalog
) -> Iterator[tuple[Part, tuple[DummyGenerator, ...]]]:
    """Declared inputs that surely none of the generators makes."""
    lists = sure_inputs(effective)
    generators = generators_of(effective, catalog) if lists else ()
    for part in dict.fromkeys(part for strings in lists for part in strings.parts) if generators else ():
        is_lacking = not isinstance(part, Untold) and all(
            each.supports(part.value) is False for each in generators
        )
        if is_lacking and not _is_unknown_input(effective, part.value, catalog):
            yield part, generators


def _is_unknown_input(effective: EffectiveConfig, name: str, catalog: Catalog) -> bool:
    """Whether no model of the task takes the name: then it isn't a generator that is lacking (NC101)."""
    forwards = forwards_of(effective, catalog) if hands_inputs_to_forward(effective.config) else ()
    admissions = {catalog.admission(forward, name) for forward in forwards}
    return bool(admissions) and admissions <= {Admission.REFUSED, Admission.SWALLOWED}


def _maker(name: str, catalog: Catalog) -> DummyGenerator | None:
    """The generator that makes an input; of several the one that the others are special cases of."""
    makers = {
        each.name: each for each in catalog.dummy_generators.values() if name in (each.supported_names or ())
    }
    roots = [each for each in makers.values() if makers.keys().isdisjoint(each.ancestors[1:])]
    return roots[0] if len(roots) == 1 else None


def _addition(file: ConfigFile, config: ConfigClass, maker: DummyGenerator, catalog: Catalog) -> Fix | None:
    """Name the generator behind those that the class has, and import it if need be."""
    edits = [_in_class(file, config, maker.name)]
    if not file.occurrences(rf"\b{maker.name}\b"):
        siblings = {each.name for each in catalog.dummy_generators.values() if each.module == maker.module}
        edits.append(import_beside(file, frozenset(siblings), maker.name))
    made = tuple(edit for edit in edits if edit is not None)
    intent = Intent(changes=(Change(Aspect.GENERATORS, frozenset({config.name})),))
    return Fix(f"Add {maker.name}", made, intent=intent) if len(made) == len(edits) else None


def _in_class(file: ConfigFile, config: ConfigClass, name: str) -> Edit | None:
    own = assignment(config.value, _GENERATORS)
    if own is None:
        return None if _GENERATORS in config.value.names else _of_its_own(file, config, name)
    written = own.value.right if isinstance(own.value, syntax.Binary) else own.value
    if not isinstance(written, syntax.Display) or written.kind != "tuple":
        return None
    return element_behind(file, written, config.value.line, name)


def _of_its_own(file: ConfigFile, config: ConfigClass, name: str) -> Edit | None:
    """Behind the attributes of a class that stands on one base: what that has, and this generator."""
    bases, body = config.value.node.bases, config.value.node.body
    attributes = [each for each in body if isinstance(each, syntax.Assign)]
    if len(bases) != 1 or not isinstance(bases[0].value, syntax.Name) or not attributes:
        return None
    line = f"{_GENERATORS} = {bases[0].value.name}.{_GENERATORS} + ({name},)"
    return member_behind(file, config, attributes[-1], (line,))
