"""NC301 unknown-task."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, Catalog
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.reading.readers import task_readers
from neuron_config_server.rules.finding import Aspect, Edit, Finding, Fix, Intent, Rename, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.nearest import nearest

_ESM = """\
@register_in_tasks_manager("esm", *["fill-mask", {task}])
class EsmNeuronConfig(TextEncoderNeuronConfig):
    pass
"""
_WITH_PAST = "-with-past"


class UnknownTask(Rule):
    """
    ## What it does
    Checks that every task in a registration is one of optimum's tasks, by its canonical name.

    ## Why is this bad?
    `TasksManager` raises a `ValueError` while the file is imported, so none of its configs can be used.
    That goes for synonyms too: the command line understands `sequence-classification`, a registration
    doesn't.

    ## Example
    ```python
    @register_in_tasks_manager("esm", "sequence-classification")
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("esm", "text-classification")
    ```

    ## Fix safety
    A synonym is replaced by its task, or taken out where that task is registered already; a slip of the pen
    is replaced by the nearest task. Both are safe: the file can't be imported as it stands. Where several
    registrations share the list and want different fixes, or something else uses it too, there is no fix.
    """

    code = "NC301"
    name = "unknown-task"
    severity = Severity.ERROR
    needs = (OPTIMUM,)

    VALID = (_ESM.format(task='"text-classification"'), _ESM.format(task="*OTHER_TASKS"))
    INVALID = (
        Invalid(
            _ESM.format(task='"sequence-classification"'),
            at='"sequence-classification"',
            fixed=_ESM.format(task='"text-classification"'),
        ),
        Invalid(
            _ESM.format(task="'token-clasification'"),
            at="'token-clasification'",
            fixed=_ESM.format(task="'token-classification'"),
        ),
        Invalid(
            _ESM.format(task='"masked-lm"'),
            at='"masked-lm"',
            fixed=_ESM.replace(", {task}", ""),
        ),
        Invalid(_ESM.format(task='"protein-folding"'), at='"protein-folding"'),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        reported: set[StringLiteral] = set()
        for config, unknown in file.judged(self.code, lambda config: _unknown(config, catalog)):
            for registration, task in unknown:
                if task not in reported:
                    reported.add(task)
                    yield self._finding(file, task, registration, config, catalog)

    def _finding(
        self,
        file: ConfigFile,
        task: StringLiteral,
        registration: Registration,
        config: ConfigClass,
        catalog: Catalog,
    ) -> Finding:
        message, meant = _diagnose(task.value, registration, catalog)
        return self.finding(
            message,
            task.range if file.holds(task) else registration.range,
            class_name=config.name,
            tasks=(meant,) if meant else (),
            fix=_fix_for_all(file, task, meant, catalog) if meant else None,
        )


def _unknown(config: ConfigClass, catalog: Catalog) -> list[tuple[Registration, StringLiteral]]:
    return [
        (registration, task)
        for registration in config.registrations
        for task in registration.tasks.literals
        if catalog.tasks is not None and task.value not in catalog.tasks.names
    ]


def _diagnose(task: str, registration: Registration, catalog: Catalog) -> tuple[str, str | None]:
    """What is wrong with a task that registrations don't accept, and the one that was probably meant."""
    canonical = _canonical(task, catalog)
    if canonical is not None and task.endswith(_WITH_PAST):
        return f'"{task}": Neuron configs don\'t support the {_WITH_PAST} variant of a task', canonical
    if canonical is not None:
        return f'"{task}" is a synonym that registrations don\'t accept: the task is "{canonical}"', canonical
    meant = nearest(task, catalog.tasks.names if catalog.tasks is not None else ())
    if meant is not None:
        return f'"{task}" is not a task of optimum, did you mean "{meant}"?', meant
    model_type = registration.model_type_name or ""
    available = ", ".join(catalog.tasks_of(model_type))
    return f'"{task}" is not a task of optimum' + (
        f"; {model_type} has {available}" if available else ""
    ), None


def _canonical(task: str, catalog: Catalog) -> str | None:
    return catalog.tasks.canonical(task.removesuffix(_WITH_PAST)) if catalog.tasks is not None else None


def _fix_for_all(file: ConfigFile, task: StringLiteral, meant: str, catalog: Catalog) -> Fix | None:
    """The fix that suits every registration that reads the task; None if they want different ones."""
    readers = task_readers(file, task) if file.holds(task) else None
    fixes = {_fix(file, task, meant, each, catalog) for each in readers or ()}
    return fixes.pop() if len(fixes) == 1 else None


def _fix(
    file: ConfigFile, task: StringLiteral, meant: str, registration: Registration, catalog: Catalog
) -> Fix | None:
    """Write the task that was meant, once."""
    literals = registration.tasks.literals
    valid = {literal.value for literal in literals}
    mended_before = {_canonical(literal.value, catalog) for literal in literals[: literals.index(task)]}
    if meant not in valid | mended_before:
        intent = Intent((Rename(task, meant, Aspect.TASKS),))
        return Fix(f'Replace with "{meant}"', (Edit(task.inner, meant),), intent=intent)
    removal = file.removal(task)
    if removal is None:
        return None
    edit = Edit(removal.range, removal.left)
    intent = Intent((Rename(task, None, Aspect.TASKS),))
    return Fix(f'Remove "{task.value}": "{meant}" is registered already', (edit,), intent=intent)
