"""NC304 duplicate-registration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading import syntax
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import Dotted
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.rules.finding import (
    Applicability,
    Aspect,
    Edit,
    Finding,
    Fix,
    Intent,
    Related,
    Rename,
    Severity,
)
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.registration_calls import model_type_range, with_tasks, within
from neuron_config_server.rules.support.wording import quoted

_OVERWRITES = r"\boverwrite_existing\b"
_BERT = """\
@register_in_tasks_manager("bert", {first})
class BertNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig


@register_in_tasks_manager("{model_type}", {second})
class OtherNeuronConfig(BertNeuronConfig):
    pass
"""


@dataclass(frozen=True)
class _Entry:
    """A task of a registration."""

    config: ConfigClass
    registration: Registration
    task: StringLiteral | str

    @property
    def key(self) -> tuple[str | None, str | None, str]:
        task = self.task.value if isinstance(self.task, StringLiteral) else self.task
        return (self.registration.library, self.registration.model_type_name, task)


class DuplicateRegistration(Rule):
    """
    ## What it does
    Finds a model type and a task of one library that are registered twice in a file.

    ## Why is this bad?
    One of the two registrations has no effect, and nothing says so when the file is imported: optimum's
    `TasksManager` keeps the first and passes over the second. Mostly the model type was copied and not
    changed. (`register_in_tasks_manager` of `neuron_core` is the other way round: the later one counts.)

    ## Example
    ```python
    @register_in_tasks_manager("bert", "fill-mask")
    class BertNeuronConfig(TextEncoderNeuronConfig): ...


    @register_in_tasks_manager("bert", "fill-mask")
    class AlbertNeuronConfig(BertNeuronConfig): ...
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("albert", "fill-mask")
    class AlbertNeuronConfig(BertNeuronConfig): ...
    ```

    ## When it is silent
    When the model type, the task or the library of a registration can't be told, of tasks that are none
    (NC301, NC307), and when the file registers with `overwrite_existing`.

    ## Fix safety
    Takes the task out of the later registration where it has others. Safe, as it has no effect there;
    unsafe where the later one counts.
    """

    code = "NC304"
    name = "duplicate-registration"
    severity = Severity.ERROR

    VALID = (
        _BERT.format(model_type="esm", first='"fill-mask"', second='"fill-mask"'),
        _BERT.format(model_type="bert", first='"fill-mask"', second='"text-classification"'),
        _BERT.format(
            model_type="bert", first='"fill-mask"', second='"fill-mask", library_name="sentence_transformers"'
        ),
    )
    INVALID = (
        Invalid(
            _BERT.format(model_type="bert", first="'fill-mask'", second='"text-classification", "fill-mask"'),
            at='"fill-mask"',
            fixed=_BERT.format(model_type="bert", first="'fill-mask'", second='"text-classification"'),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        configs = _with_common_keys(file.judged(self.code, lambda config: _keys(config, catalog)))
        if not configs or file.occurrences(_OVERWRITES):
            return
        first: dict[tuple[str | None, str | None, str], _Entry] = {}
        for config, registration, tasks in _in_order(configs):
            repeated: list[tuple[_Entry, _Entry]] = []
            for task in tasks:
                entry = _Entry(config, registration, task)
                if _is_none(entry, catalog):
                    continue
                earlier = first.setdefault(entry.key, entry) if None not in entry.key else entry
                if earlier is not entry:
                    repeated.append((entry, earlier))
            if repeated:
                yield self._finding(file, repeated, len(tasks))

    def _finding(self, file: ConfigFile, repeated: list[tuple[_Entry, _Entry]], of: int) -> Finding:
        entry, earlier = repeated[0]
        tasks = tuple(dict.fromkeys(each.key[2] for each, _ in repeated))
        model_type, config = entry.registration.model_type_name, entry.config
        is_last = earlier.config is not config and _last_wins(file, entry.registration)
        what = f'"{model_type}" is registered for {quoted(tasks)} already'
        if all(each.config is config for _, each in repeated):
            message = f"{what}, for this class: registering it twice has no effect"
        elif is_last:
            message = f"{what}, by {earlier.config.name}, which this registration replaces"
        else:
            message = (
                f"{what}, by {earlier.config.name}: the first registration stays, this one has no effect"
            )
        literal = entry.task if len(repeated) == 1 and isinstance(entry.task, StringLiteral) else None
        is_own = literal is not None and within(file, entry.registration, literal)
        return self.finding(
            message,
            literal.range if literal is not None and is_own else model_type_range(file, entry.registration),
            class_name=config.name,
            tasks=tasks,
            fix=_removal(file, literal, is_safe=not is_last)
            if literal is not None and is_own and of > 1
            else None,
            related=(_related(file, earlier),),
        )


def _with_common_keys(judged: Sequence[tuple[ConfigClass, list[str]]]) -> list[ConfigClass]:
    """The classes that are registered under something more than once, or that another one is too."""
    if sum(len(keys) for _, keys in judged) == len(set().union(*(keys for _, keys in judged))):
        return []
    counts = Counter(key for _, keys in judged for key in keys)
    return [config for config, keys in judged if any(counts[key] > 1 for key in keys)]


def _keys(config: ConfigClass, catalog: Catalog) -> list[str]:
    """What the class is registered under, as often as it is, in one string each: its hash is kept."""
    entries = (_Entry(config, registration, task) for registration, of in with_tasks(config) for task in of)
    return [repr(each.key) for each in entries if None not in each.key and not _is_none(each, catalog)]


def _is_none(entry: _Entry, catalog: Catalog) -> bool:
    """Whether it isn't a task at all: importing the file raises, and NC301 or NC307 say why."""
    return catalog.tasks is not None and entry.key[2] not in catalog.tasks.names


def _in_order(
    configs: Sequence[ConfigClass],
) -> list[tuple[ConfigClass, Registration, tuple[StringLiteral | str, ...]]]:
    """The registrations, in the order in which importing the file makes them."""
    found = [
        (int(value.line), config, registration, tasks)
        for config in configs
        for value, (registration, tasks) in zip(config.value.registrations, with_tasks(config))
    ]
    return [entry[1:] for entry in sorted(found, key=lambda entry: entry[0])]


def _last_wins(file: ConfigFile, registration: Registration) -> bool:
    """Whether it is registered by ``neuron_core``'s function, which replaces what is there."""
    node = registration.node
    name = node.function.name if node is not None and isinstance(node.function, syntax.Name) else ""
    function = file.followed.module.names.get(name)
    return isinstance(function, Dotted) and function.name.startswith("neuron_core")


def _related(file: ConfigFile, earlier: _Entry) -> Related:
    place = model_type_range(file, earlier.registration)
    return Related(f"registered here first, by {earlier.config.name}", place)


def _removal(file: ConfigFile, literal: StringLiteral, *, is_safe: bool) -> Fix | None:
    removal = file.removal(literal)
    if removal is None:
        return None
    return Fix(
        f'Remove "{literal.value}"',
        (Edit(removal.range, removal.left),),
        Applicability.SAFE if is_safe else Applicability.UNSAFE,
        Intent((Rename(literal, None, Aspect.TASKS),)),
    )
