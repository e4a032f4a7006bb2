"""What is known of what a config says to a model: inputs, outputs, tasks, model types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.forward_signatures import Admission, ForwardSignature, Parameter
from neuron_config_server.catalog.generators.choice import generator_for
from neuron_config_server.catalog.outputs.model_outputs import Evidence, ModelOutputs, OutputField, Returned
from neuron_config_server.catalog.tasks import TaskTable
from neuron_config_server.features.describing.markdown import (
    code,
    codes,
    fence,
    few_codes,
    heading,
    joined,
    prose,
    table,
)
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.effective import EffectiveConfig, Possible
from neuron_config_server.reading.literals import Strings
from neuron_config_server.rules.support.task_models import (
    generators_of,
    hands_inputs_to_forward,
    takes_outputs_from_forward,
    task_of,
    uses_its_generators,
)

_ADMISSIONS = {
    Admission.TAKEN: "yes",
    Admission.REFUSED: "no: TypeError",
    Admission.SWALLOWED: "no: `**kwargs` swallows it",
    Admission.UNKNOWN: "not told: `**kwargs` may hand it on",
}
_RETURNED = {
    Returned.YES: "yes",
    Returned.NOT_NONE: "yes, but no single tensor",
    Returned.NO: "no",
    Returned.UNKNOWN: "depends on the model's config or inputs",
}
_UNTOLD = "not told"


@dataclass(frozen=True)
class ModelOfTask:
    """A model class that a registered task may load."""

    effective: EffectiveConfig
    name: str

    @property
    def task(self) -> str:
        return self.effective.task

    @property
    def model_type(self) -> str:
        return self.effective.model_type

    def forward(self, catalog: Catalog) -> ForwardSignature | None:
        return catalog.forward_signature(self.model_type, self.name)

    def outputs(self, catalog: Catalog) -> ModelOutputs | None:
        return catalog.outputs(self.model_type, self.name)


def models_of(config: ConfigClass | None, catalog: Catalog) -> Iterator[ModelOfTask]:
    """The model classes of every task that a class is registered for, as far as they are known."""
    for each in config.effective if config is not None else ():
        task = task_of(each, catalog)
        names = catalog.model_class_names(each.model_type, task) if task is not None else None
        yield from (ModelOfTask(each, name) for name in names or ())


def model_classes_of(effective: EffectiveConfig, catalog: Catalog) -> str:
    """The model classes of a registered task, for people; of ``t5-encoder`` those of ``t5``."""
    tasks, hf_type = catalog.tasks, effective.hf_model_type
    task = tasks.canonical(effective.task) if tasks is not None else None
    names = catalog.model_class_names(hf_type, task, effective.library) if task is not None else None
    if not names:
        return "none" if names is not None and effective.library == TRANSFORMERS else "unknown"
    return codes(names) + (f" (of {code(hf_type)})" if hf_type != effective.model_type else "")


def models_with_input(name: str, config: ConfigClass | None, catalog: Catalog) -> list[ModelOfTask]:
    """The models of the tasks that the class declares an input for; of all its tasks if of none."""
    models = list(models_of(config, catalog))
    return [each for each in models if _has(each.effective.inputs, name)] or models


def models_with_output(name: str, config: ConfigClass | None, catalog: Catalog) -> list[ModelOfTask]:
    """The models of the tasks that the class declares an output for; of all its tasks if of none."""
    models = list(models_of(config, catalog))
    return [each for each in models if _has(each.effective.outputs, name)] or models


def of_input(name: str, config: ConfigClass | None, catalog: Catalog) -> str | None:
    """The parameter's type, default and text, which models of the class's tasks take it, and who makes it."""
    models = models_with_input(name, config, catalog)
    known = [(each, found) for each in models if (found := each.forward(catalog)) is not None]
    parameters = {
        each.name: found for each, signature in known if (found := _parameter(signature, name)) is not None
    }
    docs = (catalog.parameter_docs(each.model_type, each.name).get(name) for each, _ in known)
    is_direct = config is None or hands_inputs_to_forward(config)
    makers = _makers(name, config, catalog)
    if not known and makers is None:
        return None
    return joined(
        heading(name, "input"),
        _forms({model: _parameter_source(each) for model, each in parameters.items()}),
        prose(next(filter(None, docs), "")),
        _table_of_models(
            ((each, _ADMISSIONS[catalog.admission(found, name)]) for each, found in known), "takes it"
        ),
        None if is_direct else "The class may decide itself how inputs reach the model.",
        makers,
    )


def of_output(name: str, config: ConfigClass | None, catalog: Catalog) -> str | None:
    """The field's type and text, and which models of the class's tasks return it."""
    models = models_with_output(name, config, catalog)
    known = [(each, found) for each in models if (found := each.outputs(catalog)) is not None]
    if config is None or not known:
        return None
    fields = [field for _, found in known if (field := _field(found, name)) is not None]
    return joined(
        heading(name, "output"),
        _forms(
            {found.output_class: _field_source(field) for _, found in known if (field := _field(found, name))}
        ),
        prose(next((field.doc for field in fields if field.doc), "")),
        _table_of_models(((each, _told_return(found, name)) for each, found in known), "returns it"),
        None
        if takes_outputs_from_forward(config)
        else "The class may decide itself what the exported model returns.",
    )


def of_task(task: str, model_type: str | None, catalog: Catalog) -> str | None:
    """The synonyms and auto classes of a task, and a model type's class for it with what that returns."""
    tasks = catalog.tasks
    canonical = tasks.canonical(task) if tasks is not None else None
    if tasks is None or canonical is None:
        return None
    return joined(
        heading(task, "task"),
        f"Synonym of {code(canonical)}." if canonical != task else _synonyms(canonical, tasks),
        _auto_classes(canonical, tasks),
        *(_of_task_for(canonical, model_type, catalog) if model_type is not None else ()),
    )


def of_model_type(model_type: str, file: ConfigFile | None, catalog: Catalog) -> str | None:
    """The config class of a model type, and its tasks: which there are, and who is registered for them."""
    class_name = (catalog.model_types or {}).get(model_type)
    registered = (
        [each for each in file.effective if each.model_type == model_type] if file is not None else []
    )
    if class_name is None and not registered:
        return None
    rows = {task: _row_of_task(task, model_type, catalog) for task in catalog.tasks_of(model_type)}
    for task in dict.fromkeys(each.task for each in registered):
        rows[task] = _row_of_registered([each for each in registered if each.task == task], catalog)
    return joined(
        heading(model_type, "model type"),
        f"Config class: {code(class_name)}." if class_name is not None else _meant(registered, catalog),
        table(("task", "model class", "registered in this file"), rows.values()) if rows else None,
    )


def _row_of_task(task: str, model_type: str, catalog: Catalog) -> tuple[str, str, str]:
    return code(task), codes(catalog.model_class_names(model_type, task) or ()), ""


def _row_of_registered(registered: Sequence[EffectiveConfig], catalog: Catalog) -> tuple[str, str, str]:
    """A task, with the classes that are registered for it."""
    models = dict.fromkeys(model_classes_of(each, catalog) for each in registered)
    names = dict.fromkeys(each.config.name for each in registered)
    return code(registered[0].task), ", ".join(models), codes(names)


def _meant(registered: Sequence[EffectiveConfig], catalog: Catalog) -> str | None:
    """Of a model type that transformers doesn't have: the one whose config it has (``t5-encoder``)."""
    types = catalog.model_types or {}
    found = {each.hf_model_type for each in registered if each.hf_model_type in types}
    names = [f"{code(types[each])}, of {code(each)}" for each in sorted(found)]
    if names:
        return f"Config class: {', '.join(names)}."
    is_of_transformers = all(each.library == TRANSFORMERS for each in registered)
    return "transformers has no such model type." if types and is_of_transformers else None


def _has(possible: Possible[Strings], name: str) -> bool:
    return any(each.value is not None and name in each.value.values for each in possible.variants)


def _parameter(signature: ForwardSignature, name: str) -> Parameter | None:
    return next((each for each in signature.parameters if each.name == name and each.takes_keyword), None)


def _parameter_source(parameter: Parameter) -> str:
    annotation = f": {parameter.annotation}" if parameter.annotation is not None else ""
    equals = " = " if annotation else "="
    return (
        parameter.name
        + annotation
        + (f"{equals}{parameter.default}" if parameter.default is not None else "")
    )


def _field_source(field: OutputField) -> str:
    return f"{field.name}: {field.annotation}" + (f" = {field.default}" if field.default is not None else "")


def _forms(sources: Mapping[str, str]) -> str | None:
    """Each way in which something is declared, with the classes that have it if there are several."""
    forms: dict[str, list[str]] = {}
    for class_name, source in sources.items():
        forms.setdefault(source, []).append(class_name)
    if len(forms) <= 1:
        return fence(next(iter(forms))) if forms else None
    return fence("\n".join(f"{source}  # {', '.join(names)}" for source, names in forms.items()))


def _table_of_models(verdicts: Iterable[tuple[ModelOfTask, str]], head: str) -> str | None:
    rows = list(verdicts)
    if not rows:
        return None
    has_types = len({each.model_type for each, _ in rows}) > 1
    types = ("model type",) if has_types else ()
    return table(
        (*types, "task", "model class", head),
        dict.fromkeys(
            (*((code(each.model_type),) if has_types else ()), code(each.task), code(each.name), verdict)
            for each, verdict in rows
        ),
    )


def _makers(name: str, config: ConfigClass | None, catalog: Catalog) -> str | None:
    """Who makes dummy inputs of that name: of the class's generators, or else of all."""
    if config is None:
        names = sorted({each.name for each in catalog.dummy_generators.values() if each.supports(name)})
        return f"Generators that make it: {few_codes(names)}." if names else None
    if not config.effective:
        return None
    if uses_its_generators(config):
        found = {generator_for(name, generators_of(each, catalog)) for each in config.effective}
        only = found.pop() if len(found) == 1 else None
        return f"Dummy inputs are made by {code(only.name)}." if only is not None else None
    known = {maker.name: maker for each in config.effective for maker in generators_of(each, catalog)}
    able = [maker for maker, generator in known.items() if generator.supports(name)]
    return f"Of the class's generators, {codes(able)} can make it." if able else None


def _field(outputs: ModelOutputs, name: str) -> OutputField | None:
    return next((each for each in outputs.fields if each.name == name), None)


def _told_return(outputs: ModelOutputs, name: str) -> str:
    field = _field(outputs, name)
    if field is not None:
        return _RETURNED[field.returned]
    certain = outputs.evidence is Evidence.CONSTRUCTED
    return f"no: {code(outputs.output_class)} has no such field" if certain else _UNTOLD


def _synonyms(task: str, tasks: TaskTable) -> str | None:
    names = [name for name, meant in tasks.synonyms.items() if meant == task and name not in tasks.names]
    return f"Synonyms: {codes(names)}." if names else None


def _auto_classes(task: str, tasks: TaskTable) -> str | None:
    loaders = {
        library: names.get(tasks.loads_models_of(task) if library == TRANSFORMERS else task)
        for library, names in tasks.auto_classes.items()
    }
    found = [f"{' or '.join(map(code, names))} ({library})" for library, names in loaders.items() if names]
    return f"Loaded by {', '.join(found)}." if found else None


def _of_task_for(task: str, model_type: str, catalog: Catalog) -> Iterator[str]:
    names = catalog.model_class_names(model_type, task)
    if not names:
        if names is not None and model_type in (catalog.model_types or {}):
            yield f"transformers has no class of {code(model_type)} for it."
        return
    for name in names:
        outputs = catalog.outputs(model_type, name)
        yield f"Of {code(model_type)}: {code(name)}" + (
            f", which returns {code(outputs.output_class)}." if outputs is not None else "."
        )
        if outputs is not None:
            yield _table_of_fields(outputs)


def _table_of_fields(outputs: ModelOutputs) -> str:
    return table(
        ("output", "type", "returned"),
        ((code(each.name), code(each.annotation), _RETURNED[each.returned]) for each in outputs.fields),
    )
