"""``neuron-config signature MODEL_TYPE TASK``: what the model's ``forward`` takes and gives."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from neuron_config_server.catalog.catalog import TRANSFORMERS
from neuron_config_server.catalog.forward_signatures import ForwardSignature, Parameter
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, OutputField, Returned
from neuron_config_server.commands.common import ExitCode, UsageError, chosen_catalog
from neuron_config_server.commands.model_lookup import (
    add_catalog_options,
    known_model_type,
    known_task,
    model_classes,
    print_json,
)

_RETURNED = {
    Returned.YES: "",
    Returned.NOT_NONE: "",  # the annotation says what it is
    Returned.NO: "not by default",
    Returned.UNKNOWN: "can't tell whether returned",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model_type", metavar="MODEL_TYPE", help="such as esm")
    parser.add_argument("task", metavar="TASK", help="such as text-classification")
    add_catalog_options(parser)
    parser.set_defaults(run=signature)


def signature(options: argparse.Namespace) -> ExitCode:
    catalog = chosen_catalog(options)
    model_type, task = known_model_type(catalog, options.model_type), known_task(catalog, options.task)
    names = model_classes(catalog, model_type, task)
    found = catalog.forward_signature(model_type, names[0])
    if found is None:
        raise UsageError(f"the source of {names[0]} wasn't found, or it defines no forward")
    outputs = catalog.outputs(model_type, names[0])
    if options.format == "json":
        print_json(_as_json(model_type, task, names, found, outputs))
    else:
        docs = catalog.parameter_docs(model_type, names[0])
        Console(highlight=False).print(Text("\n").join(_lines(found, outputs, docs, names)), soft_wrap=True)
    return ExitCode.CLEAN


def _as_json(
    model_type: str,
    task: str,
    names: tuple[str, ...],
    found: ForwardSignature,
    outputs: ModelOutputs | None,
) -> dict[str, Any]:
    return {
        "model_type": model_type,
        "task": task,
        "library": TRANSFORMERS,
        "model_class": names[0],
        "other_classes": list(names[1:]),
        "file": str(found.file),
        "line": found.line,
        "parameters": [
            {
                "name": parameter.name,
                "kind": parameter.kind,
                "default": parameter.default,
                "annotation": parameter.annotation,
                "required": parameter.required,
            }
            for parameter in found.parameters
        ],
        "kwargs_keys": list(found.kwargs_keys),
        "accepts_any_kwargs": found.accepts_any_kwargs,
        "output_class": outputs.output_class if outputs is not None else None,
        "outputs": [
            {"name": field.name, "annotation": field.annotation, "returned": field.returned.value}
            for field in (outputs.fields if outputs is not None else ())
        ],
    }


def _lines(
    found: ForwardSignature, outputs: ModelOutputs | None, docs: Mapping[str, str], names: tuple[str, ...]
) -> Iterator[Text]:
    yield Text.assemble((f"{found.model_class}.forward", "bold"), (f"  {found.file}:{found.line}", "dim"))
    width = max((len(parameter.name) for parameter in found.parameters), default=0)
    for parameter in found.parameters:
        yield _parameter(parameter, width)
        yield from (Text(f"      {line}", "dim") for line in textwrap.wrap(docs.get(parameter.name, ""), 90))
    if found.accepts_any_kwargs:
        keys = f" that takes {', '.join(found.kwargs_keys)}" if found.kwargs_keys else ""
        yield Text(f"  **kwargs{keys}")
    if outputs is not None:
        yield Text.assemble(("returns ", "bold"), (outputs.output_class, "bold"))
        field_width = max((len(field.name) for field in outputs.fields), default=0)
        yield from (_field(field, field_width) for field in outputs.fields)
    if len(names) > 1:
        yield Text(f"Some models of this type load {' or '.join(names[1:])} instead.", "dim")


def _parameter(parameter: Parameter, width: int) -> Text:
    default = Text("required", "bold yellow") if parameter.required else Text(f"= {parameter.default}", "dim")
    return Text.assemble(f"  {parameter.name:<{width}}  {parameter.annotation or ''}  ", default)


def _field(field: OutputField, width: int) -> Text:
    note = _RETURNED[field.returned]
    return Text.assemble(
        f"  {field.name:<{width}}  {field.annotation or ''}", (f"  ({note})" if note else "", "dim")
    )
