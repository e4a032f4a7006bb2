"""NC302 task-without-model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.reading.config_class import ConfigClass, Registration
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import StringLiteral
from neuron_config_server.rules.finding import (
    Aspect,
    Edit,
    Finding,
    Fix,
    Intent,
    Rename,
    Severity,
)
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.registration_calls import (
    model_classes_of,
    model_type_range,
    with_tasks,
    within,
)
from neuron_config_server.rules.support.wording import quoted

_ESM = """\
@register_in_tasks_manager("esm", {tasks})
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig
"""


class TaskWithoutModel(Rule):
    """
    ## What it does
    Checks that transformers has a class of the model type for every task that it is registered for.

    ## Why is this bad?
    The exporter loads the model by the auto class of the task (`AutoModelForImageClassification`), which
    raises a `ValueError` for a model type that it has no class for. The registration promises an export that
    fails.

    ## Example
    ESM has no class for images:
    ```python
    @register_in_tasks_manager("esm", "fill-mask", "image-classification")
    ```
    Use instead:
    ```python
    @register_in_tasks_manager("esm", "fill-mask")
    ```

    ## When it is silent
    For the other libraries, for model types that transformers doesn't have (a repository may bring its own
    code), and for the two halves of an encoder-decoder model (`t5-encoder`).

    ## Fix safety
    Safe: takes the task out where it stands in the registration and isn't its only one. No export is lost.
    """

    code = "NC302"
    name = "task-without-model"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (
        _ESM.format(tasks='"fill-mask", "text-classification"'),
        _ESM.format(tasks='"image-classification"').replace('"esm"', '"protein-model"'),
        _ESM.format(tasks='"image-classification", library_name="sentence_transformers"'),
    )
    INVALID = (
        Invalid(
            _ESM.format(tasks='*["fill-mask", "image-classification"]'),
            at='"image-classification"',
            fixed=_ESM.format(tasks='*["fill-mask"]'),
        ),
        Invalid(_ESM.format(tasks='"image-classification"'), at='"image-classification"'),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for config, found in file.judged(self.code, lambda config: _without_model(config, catalog)):
            for registration, missing, of in found:
                yield self._finding(file, config, registration, missing, of, catalog)

    def _finding(
        self,
        file: ConfigFile,
        config: ConfigClass,
        registration: Registration,
        missing: list[StringLiteral | str],
        of: int,
        catalog: Catalog,
    ) -> Finding:
        names = tuple(dict.fromkeys(map(_name, missing)))
        first = missing[0]
        literal = first if isinstance(first, StringLiteral) and len(missing) == 1 else None
        own = literal if literal is not None and within(file, registration, literal) else None
        model_type = registration.model_type_name or ""
        available = catalog.tasks_of(model_type)
        has = f": there are classes for {', '.join(available)}" if available else ": it has no class for any"
        return self.finding(
            f"transformers has no {model_type} model for {quoted(names)}{has}",
            own.range if own is not None else model_type_range(file, registration),
            class_name=config.name,
            tasks=names,
            fix=_fix(file, own) if own is not None and of > 1 else None,
        )


_Missing = tuple[Registration, list[Union[StringLiteral, str]], int]
"""A registration, its tasks that have no model, and how many it has in all."""


def _without_model(config: ConfigClass, catalog: Catalog) -> list[_Missing]:
    found: list[_Missing] = []
    for registration, tasks in with_tasks(config):
        missing = [each for each in tasks if _has_no_model(registration, _name(each), catalog)]
        if missing:
            found.append((registration, missing, len(tasks)))
    return found


def _name(task: StringLiteral | str) -> str:
    return task.value if isinstance(task, StringLiteral) else task


def _has_no_model(registration: Registration, task: str, catalog: Catalog) -> bool:
    model_type = registration.model_type_name or ""
    is_known = model_type in (catalog.model_types or {})
    return is_known and model_classes_of(model_type, registration.library or "", task, catalog) == ()


def _fix(file: ConfigFile, literal: StringLiteral) -> Fix | None:
    removal = file.removal(literal)
    if removal is None:
        return None
    return Fix(
        f'Remove "{literal.value}"',
        (Edit(removal.range, removal.left),),
        intent=Intent((Rename(literal, None, Aspect.TASKS),)),
    )
