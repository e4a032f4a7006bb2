"""What several commands ask of the catalog: a model type, a task, their classes; and what to say if not."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from typing import Any

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.commands.common import UsageError, add_environment_option
from neuron_config_server.rules.support.nearest import nearest

_OFFER_CUTOFF = 0.6
"""An offer may be further off than a fix, which is applied."""


def add_catalog_options(parser: argparse.ArgumentParser) -> None:
    """``--environment`` and ``--format``."""
    add_environment_option(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def model_types(catalog: Catalog) -> Mapping[str, str]:
    """Model type -> config class.

    Raises:
        UsageError: the environment has no transformers.
    """
    found = catalog.model_types
    if not found:
        raise UsageError(_not_there(catalog, "transformers"))
    return found


def known_model_type(catalog: Catalog, name: str) -> str:
    """The model type of that name.

    Raises:
        UsageError: there is none; offers the nearest.
    """
    known = model_types(catalog)
    if name in known:
        return name
    variants = (name.replace("_", "-"), name.replace("-", "_"))
    meant = next((each for each in variants if each in known), None) or nearest(name, known, _OFFER_CUTOFF)
    raise UsageError(f"transformers has no model type {name!r}" + _offer(meant))


def known_task(catalog: Catalog, name: str) -> str:
    """The task of that name, or that it is a synonym of.

    Raises:
        UsageError: there is none; offers the nearest.
    """
    if catalog.tasks is None:
        raise UsageError(_not_there(catalog, "optimum"))
    task = catalog.tasks.canonical(name)
    if task is not None:
        return task
    known = sorted(catalog.tasks.names)
    meant = nearest(name, known, _OFFER_CUTOFF)
    raise UsageError(f"optimum has no task {name!r}" + (_offer(meant) or f"; it has {', '.join(known)}"))


def model_classes(catalog: Catalog, model_type: str, task: str) -> tuple[str, ...]:
    """The classes that may be loaded, the usual one first.

    Raises:
        UsageError: transformers has none for the task, or the catalog can't tell.
    """
    names = catalog.model_class_names(model_type, task)
    if names is None:
        raise UsageError(f"the auto classes of the task {task} can't be read from this transformers")
    if not names:
        raise UsageError(
            f"transformers has no {model_type} for the task {task}; it has one for "
            f"{_listed(catalog.tasks_of(model_type))}"
        )
    return names


def _not_there(catalog: Catalog, package: str) -> str:
    environment = catalog.environment
    return (
        f"{package} is not installed with {environment.python} ({environment.origin}); install it, or name "
        "an environment that has it with --environment"
    )


def _offer(meant: str | None) -> str:
    return f", did you mean {meant!r}?" if meant else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "no task"
