"""``neuron-config tasks MODEL_TYPE``: the tasks that a model type has model classes for."""

from __future__ import annotations

import argparse

from neuron_config_server.commands.common import ExitCode, UsageError, chosen_catalog
from neuron_config_server.commands.model_lookup import add_catalog_options, known_model_type, print_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model_type", metavar="MODEL_TYPE", help="such as esm")
    add_catalog_options(parser)
    parser.set_defaults(run=tasks)


def tasks(options: argparse.Namespace) -> ExitCode:
    catalog = chosen_catalog(options)
    model_type = known_model_type(catalog, options.model_type)
    if catalog.tasks is None:
        raise UsageError(f"optimum is not installed with {catalog.environment.python}")
    rows = [
        (task, list(catalog.model_class_names(model_type, task) or ()))
        for task in catalog.tasks_of(model_type)
    ]
    if options.format == "json":
        print_json([{"task": task, "model_classes": classes} for task, classes in rows])
    else:
        width = max((len(task) for task, _ in rows), default=0)
        for task, classes in rows:
            print(f"{task:<{width}}  {', '.join(classes)}")
    return ExitCode.CLEAN
