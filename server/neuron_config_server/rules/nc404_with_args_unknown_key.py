"""NC404 with-args-unknown-key."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.catalog.normalized_configs import AttributeMap
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import Dotted, NormalizedClass
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range, source_text
from neuron_config_server.rules.finding import Aspect, Change, Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.nearest import nearest
from neuron_config_server.rules.support.wording import quoted

_ALLOW_NEW = "allow_new"
_T5 = """\
class T5NeuronConfig(TextSeq2SeqNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args({arguments})
"""


class WithArgsUnknownKey(Rule):
    """
    ## What it does
    Checks the keywords of `SomeNormalizedConfig.with_args(…)` against the names that the class declares.

    ## Why is this bad?
    A name that the class doesn't declare raises an `AttributeError` when the config is made, unless
    `allow_new=True` says that it is meant to be new.

    ## Example
    ```python
    NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args(max_length="n_positions")
    ```
    Use instead:
    ```python
    NORMALIZED_CONFIG_CLASS = NormalizedSeq2SeqConfig.with_args(max_length="n_positions", allow_new=True)
    ```

    ## When it is silent
    When keywords are unpacked (`**`), and for normalized configs that aren't optimum's.

    ## Fix safety
    Safe: a slip of the pen becomes the name that was meant, for any other name `allow_new=True` is added. No
    config can be made as it stands.
    """

    code = "NC404"
    name = "with-args-unknown-key"
    severity = Severity.ERROR
    needs = (OPTIMUM,)

    VALID = (
        _T5.format(arguments='encoder_num_layers="n_layers"'),
        _T5.format(arguments='max_length="n_positions", allow_new=True'),
        _T5.format(arguments="**NAMES"),
    )
    INVALID = (
        Invalid(
            _T5.format(arguments='encoder_num_layer="n_layers"'),
            at="encoder_num_layer",
            fixed=_T5.format(arguments='encoder_num_layers="n_layers"'),
        ),
        Invalid(
            _T5.format(arguments='\n        hidden_size="d",\n        max_length="n_positions",\n    '),
            at="max_length",
            fixed=_T5.format(
                arguments='\n        hidden_size="d",\n        max_length="n_positions",\n'
                "        allow_new=True,\n    "
            ),
        ),
        Invalid(
            _T5.format(arguments='hidden_size="d", max_length="n_positions"'),
            at="max_length",
            fixed=_T5.format(arguments='hidden_size="d", max_length="n_positions", allow_new=True'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for statement, calls in file.judged_statements(self.code, _calls):
            for call in calls:
                yield from self._of_call(file, call, statement.line)

    def _of_call(self, file: ConfigFile, call: syntax.Call, line: int) -> Iterator[Finding]:
        found = _with_args(file, call)
        if found is None:
            return
        name, attributes = found
        keys = [each for each in call.arguments if each.keyword and not attributes.accepts(each.keyword)]
        if not keys:
            return
        places = [_key_range(each, line) for each in keys]
        known = {each.lower() for each in attributes.names}
        meant = nearest(keys[0].keyword or "", known) if len(keys) == 1 else None
        verb = "name" if len(keys) == 1 else "names"
        config = next((each for each in file.classes if each.range.contains(places[0])), None)
        advice = f'did you mean "{meant}"?' if meant else "a new one needs allow_new=True"
        yield self.finding(
            f"{name} has no {verb} {quoted([each.keyword or '' for each in keys])}, {advice}",
            places[0],
            class_name=config.name if config is not None else None,
            fix=_fix(file, call, places[0], meant, line),
        )


def _calls(facts: syntax.StatementFacts) -> list[syntax.Call]:
    """The calls of ``with_args`` in a statement."""
    return [
        each
        for each in syntax.nodes_in(facts.body)
        if isinstance(each, syntax.Call)
        and isinstance(each.function, syntax.Attribute)
        and each.function.name == "with_args"
    ]


def _with_args(file: ConfigFile, call: syntax.Call) -> tuple[str, AttributeMap] | None:
    """The normalized config of optimum's whose names are changed, where ``allow_new`` isn't given."""
    if any(each.star or each.keyword in (None, _ALLOW_NEW) for each in call.arguments):
        return None
    if not isinstance(call.function, syntax.Attribute) or not isinstance(call.function.owner, syntax.Name):
        return None
    name = call.function.owner.name
    value = file.followed.module.names.get(name, Dotted(name, is_bound=False))
    found = file.world.resolve(value) if isinstance(value, Dotted) else value
    if not isinstance(found, NormalizedClass) or found.attributes is None or found.arguments:
        return None
    return (name, found.attributes) if found.attributes.understood else None


def _key_range(argument: syntax.Argument, line: int) -> Range:
    start = range_of(argument.span, line).start
    return Range(start, Position(start.line, start.column + len(argument.keyword or "")))


def _fix(file: ConfigFile, call: syntax.Call, key: Range, meant: str | None, line: int) -> Fix:
    intent = Intent(changes=(Change(Aspect.NORMALIZED_CONFIG),))
    if meant is not None:
        return Fix(f"Replace with {meant}", (Edit(key, meant),), intent=intent)
    last = range_of(call.arguments[-1].span, line)
    added = f",{_gap_before(file, last.start)}{_ALLOW_NEW}=True"
    return Fix("Add allow_new=True", (Edit(Range(last.end, last.end), added),), intent=intent)


def _gap_before(file: ConfigFile, place: Position) -> str:
    """What stands before an argument: the end of a line and its indentation, or a space."""
    source = source_text(file.text)
    before = source.line(place.line)[: place.column]
    if before.strip() or not place.line:
        return " "
    above = source.lines[place.line - 1]
    return above[len(above.rstrip("\r\n")) :] + before
