"""NC307 not-unpacked."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import RegisterFunction
from neuron_config_server.reading.evaluation.world import REGISTER_FUNCTION
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range
from neuron_config_server.rules.finding import Aspect, Change, Edit, Finding, Fix, Intent, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.registration_calls import place_in

_LISTS = (list, tuple, set, frozenset)
_GIVE_NONE = ("append", "clear", "extend", "insert", "remove", "reverse", "sort")
"""Methods that change a list and return None."""
_FILE = """\
TASKS = ["fill-mask", "text-classification"]


@register_in_tasks_manager({arguments})
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
"""


class NotUnpacked(Rule):
    """
    ## What it does
    Finds registrations whose tasks don't arrive as single strings: a list without its star, the star before
    something that is no list, no task at all.

    ## Why is this bad?
    A list where a task is expected raises an `AttributeError` while the file is imported, and `*` before
    `TASKS.remove(…)`, which returns None, a `TypeError`. Without a task, or with everything packed into the
    model type, optimum registers nothing and says nothing.

    ## Example
    ```python
    @register_in_tasks_manager("esm", ["fill-mask", "text-classification"])
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("esm", *["fill-mask", "text-classification"])
    ```

    ## When it is silent
    When it can't be told what an argument is.

    ## Fix safety
    Safe, as nothing is registered as it stands: the star is added, taken away from a string, or
    `TASKS.remove("…")` becomes the list without that task. `TASKS` itself stays whole then.
    """

    code = "NC307"
    name = "not-unpacked"
    severity = Severity.ERROR

    VALID = (
        _FILE.format(arguments='"esm", *TASKS'),
        _FILE.format(arguments='"esm", "fill-mask"'),
        _FILE.format(arguments='"esm", *OTHER_TASKS'),
        _FILE.format(arguments='*("esm", "fill-mask")'),
        _FILE.format(arguments='"esm", *[task for task in TASKS if task != "fill-mask"]'),
    )
    INVALID = (
        Invalid(
            _FILE.format(arguments='"esm", TASKS + []'),
            at="TASKS + []",
            fixed=_FILE.format(arguments='"esm", *TASKS + []'),
        ),
        Invalid(
            _FILE.format(arguments='"esm", ["fill-mask"]'),
            at='["fill-mask"]',
            fixed=_FILE.format(arguments='"esm", *["fill-mask"]'),
        ),
        Invalid(
            _FILE.format(arguments='("esm", "fill-mask")'),
            at='("esm", "fill-mask")',
            fixed=_FILE.format(arguments='*("esm", "fill-mask")'),
        ),
        Invalid(
            _FILE.format(arguments='"esm", *TASKS.remove("fill-mask")'),
            at='TASKS.remove("fill-mask")',
            fixed=_FILE.format(arguments='"esm", *[task for task in TASKS if task != "fill-mask"]'),
        ),
        Invalid(
            _FILE.format(arguments='"esm", *"fill-mask"'),
            at='*"fill-mask"',
            fixed=_FILE.format(arguments='"esm", "fill-mask"'),
        ),
        Invalid(_FILE.format(arguments='"esm"'), at='register_in_tasks_manager("esm")'),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, _ in file.judged(self.code, lambda config: any(self._of_class(file, config))):
            yield from self._of_class(file, config)

    def _of_class(self, file: ConfigFile, config: ConfigClass) -> Iterator[Finding]:
        for value, registration in zip(config.value.registrations, config.registrations):
            yield from self._of_registration(file, config, registration, value.model_type, value.tasks)
        yield from self._of_results(file, config)

    def _of_registration(
        self,
        file: ConfigFile,
        config: ConfigClass,
        registration: Registration,
        model_type: object,
        tasks: list[object],
    ) -> Iterator[Finding]:
        """The faults of a call that is followed."""
        arguments = registration.node.arguments if registration.node is not None else ()
        positional = [each for each in arguments if each.keyword is None]
        strings = [each for each in positional if each.star == "*" and isinstance(each.value, syntax.Text)]
        if strings:
            yield self._starred_string(config, registration, strings[0])
        elif isinstance(model_type, _LISTS) and positional:
            message = (
                "the model type is a list: the star is missing that unpacks it, and nothing is registered"
            )
            yield self._missing_star(config, registration, message, [positional[0]])
        elif any(isinstance(each, _LISTS) for each in tasks):
            message = (
                "a list is no task: the star is missing that unpacks it, and importing raises AttributeError"
            )
            packed = [each for each in positional if not each.star and _is_list(file, each.value)]
            yield self._missing_star(config, registration, message, packed)
        elif not tasks:
            yield self.finding(
                "no task is named: this registers nothing", registration.range, class_name=config.name
            )

    def _missing_star(
        self, config: ConfigClass, registration: Registration, message: str, packed: list[syntax.Argument]
    ) -> Finding:
        places = [place_in(registration, each.span) for each in packed]
        edits = tuple(Edit(Range(place.start, place.start), "*") for place in places)
        intent = Intent(changes=(Change(Aspect.TASKS),))
        return self.finding(
            message,
            places[0] if places else registration.range,
            class_name=config.name,
            fix=Fix("Unpack it with *", edits, intent=intent) if edits else None,
        )

    def _starred_string(
        self, config: ConfigClass, registration: Registration, argument: syntax.Argument
    ) -> Finding:
        inside = place_in(registration, argument.value.span)
        start = Position(inside.start.line, inside.start.column - 1)
        intent = Intent(changes=(Change(Aspect.TASKS),))
        return self.finding(
            "the star unpacks a string into its letters: importing raises ValueError",
            Range(start, inside.end),
            class_name=config.name,
            fix=Fix("Remove the *", (Edit(Range(start, inside.start), ""),), intent=intent),
        )

    def _of_results(self, file: ConfigFile, config: ConfigClass) -> Iterator[Finding]:
        """``*TASKS.remove("…")``: the call raises, so that there is no registration to look at."""
        for decorator in config.value.node.decorators:
            if not isinstance(decorator, syntax.Call) or not _registers(file, decorator.function):
                continue
            for argument in decorator.arguments:
                call = argument.value
                if argument.star == "*" and isinstance(call, syntax.Call) and _gives_none(file, call):
                    yield self._result(config, call)

    def _result(self, config: ConfigClass, call: syntax.Call) -> Finding:
        place = range_of(call.span, config.value.line)
        method = call.function
        name = method.name if isinstance(method, syntax.Attribute) else ""
        return self.finding(
            f"`{name}` changes the list and returns None: unpacking that raises TypeError",
            place,
            class_name=config.name,
            fix=_without(call, place),
        )


def _is_list(file: ConfigFile, node: syntax.Expression) -> bool:
    """Whether an argument is a list, a tuple or a set."""
    if isinstance(node, syntax.Name):
        return isinstance(file.followed.module.names.get(node.name), _LISTS)
    if isinstance(node, syntax.Binary):
        return node.operator == "+" and _is_list(file, node.left)
    if isinstance(node, syntax.Comprehension):
        return node.kind in ("list", "set")
    return isinstance(node, syntax.Display)


def _registers(file: ConfigFile, function: syntax.Expression) -> bool:
    if not isinstance(function, syntax.Name):
        return False
    value = file.followed.module.names.get(function.name)
    return function.name == REGISTER_FUNCTION or isinstance(value, RegisterFunction)


def _gives_none(file: ConfigFile, call: syntax.Call) -> bool:
    """Whether it calls a method of a list that returns None."""
    method = call.function
    if not isinstance(method, syntax.Attribute) or method.name not in _GIVE_NONE:
        return False
    owner = method.owner
    if isinstance(owner, syntax.Name):
        return isinstance(file.followed.module.names.get(owner.name), list)
    return isinstance(owner, syntax.Display) and owner.kind == "list"


def _without(call: syntax.Call, place: Range) -> Fix | None:
    """The list without what ``remove`` would have taken out of it."""
    method, arguments = call.function, call.arguments
    if not isinstance(method, syntax.Attribute) or method.name != "remove" or len(arguments) != 1:
        return None
    removed = arguments[0].value
    if not isinstance(method.owner, syntax.Name) or not isinstance(removed, syntax.Text):
        return None
    text = f'[task for task in {method.owner.name} if task != "{removed.value}"]'
    return Fix(f'Leave "{removed.value}" out', (Edit(place, text),))
