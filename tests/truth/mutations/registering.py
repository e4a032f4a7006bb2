"""The decorator that registers a class, and its parts."""

from __future__ import annotations

import ast

from .evidence import Evidence
from .lists import written
from .source import Site


def with_written_tasks(site: Site, evidence: Evidence) -> Site:
    """The class with its tasks in the decorator, as a list of strings, where it has a constant's there."""
    arguments = site.registration.args[1:]
    if any(isinstance(each, ast.Starred) and not isinstance(each.value, ast.List) for each in arguments):
        (starred,) = arguments
        tasks = [each.task for each in evidence.registrations[site.name]]
        return Site(site.replaced(site.span(starred), f"*{written(tasks)}"), site.name)
    return site


def task_group(site: Site) -> ast.List | None:
    """The list that is unpacked in the decorator."""
    starred = [each.value for each in site.registration.args[1:] if isinstance(each, ast.Starred)]
    return next((each for each in starred if isinstance(each, ast.List)), None)


def task_strings(site: Site) -> list[ast.Constant]:
    """The tasks that stand in the decorator."""
    group = task_group(site)
    found = group.elts if group is not None else site.registration.args[1:]
    return [each for each in found if isinstance(each, ast.Constant)]


def library_argument(site: Site) -> ast.keyword | None:
    return next((each for each in site.registration.keywords if each.arg == "library_name"), None)


def model_type_of(site: Site) -> ast.Constant:
    found = site.registration.args[0]
    assert isinstance(found, ast.Constant)
    return found
