"""``neuron-config models [--task TASK]``: the model types that transformers has."""

from __future__ import annotations

import argparse

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.commands.common import ExitCode, chosen_catalog
from neuron_config_server.commands.model_lookup import (
    add_catalog_options,
    known_task,
    model_types,
    print_json,
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--task", metavar="TASK", help="only those that have a model class for the task")
    add_catalog_options(parser)
    parser.set_defaults(run=models)


def models(options: argparse.Namespace) -> ExitCode:
    catalog = chosen_catalog(options)
    rows = _rows(catalog, known_task(catalog, options.task) if options.task else None)
    if options.format == "json":
        print_json(
            [
                {"model_type": name, "config_class": config, "model_classes": classes}
                for name, config, classes in rows
            ]
        )
    else:
        width = max((len(name) for name, _, _ in rows), default=0)
        for name, config, classes in rows:
            print(f"{name:<{width}}  {', '.join(classes) or config}")
    return ExitCode.CLEAN


def _rows(catalog: Catalog, task: str | None) -> list[tuple[str, str, list[str]]]:
    """Model type, config class and, for a task, the model classes."""
    known = sorted(model_types(catalog).items())
    if task is None:
        return [(name, config, []) for name, config in known]
    with_classes = ((name, config, catalog.model_class_names(name, task) or ()) for name, config in known)
    return [(name, config, list(classes)) for name, config, classes in with_classes if classes]
