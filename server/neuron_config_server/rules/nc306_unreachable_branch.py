"""NC306 unreachable-branch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import ClassValue, FunctionValue, PropertyValue
from neuron_config_server.reading.literals import range_of
from neuron_config_server.reading.positions import Position, Range, split_lines
from neuron_config_server.rules.finding import (
    Applicability,
    Edit,
    Finding,
    Fix,
    Intent,
    Related,
    Severity,
)
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.registration_calls import model_type_range
from neuron_config_server.rules.support.wording import quoted

_ESM = """\
@register_in_tasks_manager("esm", {tasks})
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self):
        names = ["input_ids"]
{branch}        return names
"""
_BRANCH = """\
        if self.task == "multiple-choice":
            names.append("attention_mask")
"""


@dataclass(frozen=True)
class _Branch:
    """What runs for some tasks only."""

    tasks: tuple[str, ...]
    span: syntax.Span
    goes_whole: bool
    """Whether it is a statement of its own among others: it can be taken out."""


class UnreachableBranch(Rule):
    """
    ## What it does
    Finds branches on `self.task` for tasks that no class with this method is registered for.

    ## Why is this bad?
    The branch never runs. Either the task was forgotten in the registration, or the branch was copied from
    a class that has it.

    ## Example
    ```python
    @register_in_tasks_manager("vit", "feature-extraction", "image-classification")
    class ViTNeuronConfig(VisionNeuronConfig):
        @property
        def inputs(self):
            names = ["pixel_values"]
            if self.task == "masked-im":
                names.append("bool_masked_pos")
            return names
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("vit", "feature-extraction", "image-classification", "masked-im")
    ```

    ## When it is silent
    When the tasks of a class that has the method can't all be told, when none is registered, and when the
    file makes configs itself, for tasks of its own choice.

    ## Fix safety
    Takes the branch out where nothing else hangs on it. Unsafe: the task may be what is missing.
    """

    code = "NC306"
    name = "unreachable-branch"
    severity = Severity.WARNING

    VALID = (
        _ESM.format(tasks='"multiple-choice"', branch=_BRANCH),
        _ESM.format(tasks='"fill-mask", *MORE_TASKS', branch=_BRANCH),
        _ESM.format(tasks='"fill-mask"', branch=_BRANCH)
        + '\n\n@register_in_tasks_manager("bert", "multiple-choice")\n'
        "class BertNeuronConfig(EsmNeuronConfig):\n    pass\n",
    )
    INVALID = (
        Invalid(
            _ESM.format(tasks='"fill-mask"', branch=_BRANCH),
            at=_BRANCH.strip(),
            fixed=_ESM.format(tasks='"fill-mask"', branch=""),
        ),
        Invalid(
            _ESM.format(tasks='"fill-mask"', branch="").replace(
                '["input_ids"]', '[] if self.task == "text-generation" else ["input_ids"]'
            ),
            at='[] if self.task == "text-generation"',
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, doubtful in file.judged(self.code, _doubtful):
            heirs = [each for each in file.classes if each.registrations and config.value in each.lineage]
            for name, branches in doubtful:
                users = [each for each in heirs if _uses(each, config.value, name)]
                tasks = {each.task for user in users for each in user.effective}
                dead = [each for each in branches if tasks and tasks.isdisjoint(each.tasks)]
                untold = file.judged(f"{self.code} untold", _is_untold) if dead else []
                if not dead or any(each in users for each, _ in untold) or _are_made(file, users):
                    continue
                for branch in dead:
                    yield self._finding(file, config, branch, users)

    def _finding(
        self, file: ConfigFile, config: ConfigClass, branch: _Branch, users: list[ConfigClass]
    ) -> Finding:
        who = config.name if users == [config] else f"none of the {len(users)} classes that use it"
        verb = "isn't" if users == [config] else "is"
        range_ = range_of(branch.span, config.value.line)
        related = tuple(
            Related(f"{user.name} is registered here", model_type_range(file, user.registrations[0]))
            for user in users[:4]
        )
        return self.finding(
            f"never runs: {who} {verb} registered for {quoted(branch.tasks)}",
            range_,
            class_name=config.name,
            tasks=branch.tasks,
            fix=_fix(file, range_) if branch.goes_whole else None,
            related=related,
            is_unnecessary=True,
        )


def _doubtful(config: ConfigClass) -> list[tuple[str, list[_Branch]]]:
    """The functions of a class with their branches that don't run for a task of the class itself."""
    tasks = {each.task for each in config.effective} if config.registrations else set()
    found = (
        (name, [each for each in _branches(function.node.body) if tasks.isdisjoint(each.tasks)])
        for name, function in _functions(config.value)
    )
    return [(name, branches) for name, branches in found if branches]


def _functions(class_: ClassValue) -> Iterator[tuple[str, FunctionValue]]:
    """The methods and properties that a class defines itself."""
    for name, value in class_.names.items():
        function = value.getter if isinstance(value, PropertyValue) else value
        if isinstance(function, FunctionValue) and function.owner is class_ and function.node.name == name:
            yield name, function


def _uses(user: ConfigClass, class_: ClassValue, name: str) -> bool:
    """Whether a class gets at the method of another: no class before it has one that doesn't call on."""
    for each in user.order:
        if each is class_:
            return True
        own = each.names.get(name) if isinstance(each, ClassValue) else None
        if own is not None and not _calls_on(own):
            return False
    return False


def _calls_on(value: object) -> bool:
    """Whether a method may call the one that it overrides."""
    function = value.getter if isinstance(value, PropertyValue) else value
    return not isinstance(function, FunctionValue) or _mentions_bases(function)


_mentioning: WeakKeyDictionary[FunctionValue, bool] = WeakKeyDictionary()
"""What was told of functions, no longer than these are there: each holds all that its file came to."""


def _mentions_bases(function: FunctionValue) -> bool:
    if function not in _mentioning:
        names = (each.name for each in syntax.nodes_in(function.node.body) if isinstance(each, syntax.Name))
        _mentioning[function] = any(name == "super" or name.endswith("Config") for name in names)
    return _mentioning[function]


def _is_untold(config: ConfigClass) -> bool:
    """Whether not everything is known that it is registered for."""
    return "*" in config.value.set_from_outside or any(
        each.tasks.unknown is not None or each.library is None or each.model_type_name is None
        for each in config.registrations
    )


def _are_made(file: ConfigFile, users: list[ConfigClass]) -> bool:
    """Whether code of the file makes an instance, or assigns its task."""
    names = "|".join(re.escape(each.name) for each in users)
    return file.occurrences(rf"(?<!class )\b(?:{names})\(|\.task\s*=[^=]") > 0


def _branches(body: syntax.Block) -> Iterator[_Branch]:
    """The branches on ``self.task`` in a piece of code."""
    for node in syntax.nodes_in(body):
        if isinstance(node, syntax.If):
            tasks = _needed(node.test)
            if tasks:
                end = node.span if not node.orelse else node.body[-1].span
                yield _Branch(tasks, (*node.span[:2], *end[2:]), _stands_free(body, node))
        elif isinstance(node, syntax.Conditional):
            tasks = _needed(node.test)
            if tasks:
                start, end = node.body.span, node.test.span
                yield _Branch(tasks, (*start[:2], *end[2:]), goes_whole=False)


def _needed(test: syntax.Expression) -> tuple[str, ...]:
    """The tasks of which the task must be one for a condition to hold; none if it asks something else."""
    if isinstance(test, syntax.Conjunction) and test.operator == "and":
        return _needed(test.left) or _needed(test.right)
    if isinstance(test, syntax.Conjunction) and test.operator == "or":
        left, right = _needed(test.left), _needed(test.right)
        return left + right if left and right else ()
    if not isinstance(test, syntax.Comparison) or len(test.rest) != 1:
        return ()
    (operator, right) = test.rest[0]
    if operator == "==":
        pairs = ((test.left, right), (right, test.left))
        found = (value.value for task, value in pairs if _is_task(task) and isinstance(value, syntax.Text))
        return tuple(found)
    if operator == "in" and _is_task(test.left) and isinstance(right, syntax.Display):
        texts = [each.value for each in right.elements if isinstance(each, syntax.Text)]
        return tuple(texts) if len(texts) == len(right.elements) else ()
    return ()


def _is_task(node: syntax.Expression) -> bool:
    return (
        isinstance(node, syntax.Attribute)
        and node.name == "task"
        and isinstance(node.owner, syntax.Name)
        and node.owner.name == "self"
    )


def _stands_free(body: syntax.Block, statement: syntax.If) -> bool:
    """Whether the statement, without ``else``, stands among others of the function's own block."""
    return not statement.orelse and len(body) > 1 and any(each is statement for each in body)


def _fix(file: ConfigFile, range_: Range) -> Fix | None:
    """Cut the lines of a statement that fills them."""
    first, last = range_.start.line, range_.end.line
    statement = file.statement_at(first)
    if statement is None or statement.is_being_typed:
        return None
    lines = split_lines(statement.text)
    before = lines[first - statement.line][: range_.start.column]
    after = lines[last - statement.line][range_.end.column :]
    if before.strip() or after.strip():
        return None
    cut = Range(Position(first, 0), Position(last + 1, 0))
    return Fix("Remove the branch", (Edit(cut, ""),), Applicability.UNSAFE, Intent())
