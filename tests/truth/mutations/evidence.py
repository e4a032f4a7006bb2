"""What ``executed_registrations.py`` found out, in the form in which mutations ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

ROUTES = frozenset(
    {
        "patch_model_and_prepare_aliases",
        "generate_dummy_inputs",
        "flatten_inputs",
        "_create_dummy_input_generator_classes",
        "values_override",
    }
)
"""Methods that may put something between what a config declares and its model."""


@lru_cache(maxsize=256)
def words_of(path: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", Path(path).read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Registration:
    """One (class, model type, task) that importing the file registers."""

    facts: Mapping[str, Any]

    @property
    def task(self) -> str:
        return self.facts["task"]

    @property
    def model_type(self) -> str:
        return self.facts["model_type"]

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(self.facts.get("inputs", ()))

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(self.facts.get("outputs", ()))

    @property
    def models(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.facts["models"])

    def refuses(self, name: str) -> bool:
        """Whether no model of the task does anything with an input: it is no parameter, and if there is a
        ``**kwargs``, nothing in the model's file names it.
        """
        return bool(self.models) and all(
            name not in each["parameters"] and not (each["has_kwargs"] and name in words_of(each["source"]))
            for each in self.models
        )


@dataclass(frozen=True)
class Evidence:
    """Of a whole file."""

    facts: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]

    @cached_property
    def registrations(self) -> Mapping[str, tuple[Registration, ...]]:
        """By class."""
        found: dict[str, list[Registration]] = {}
        for each in self.facts["registrations"]:
            found.setdefault(each["class"], []).append(Registration(each))
        return {name: tuple(each) for name, each in found.items()}

    def overridden(self, class_name: str) -> frozenset[str]:
        """What the file's own classes define, of a class and those above it."""
        return frozenset(self.facts["classes"][class_name]["overridden"])

    def tasks_with_models(self, model_type: str) -> Mapping[str, list[str]]:
        return self.facts["tasks_with_models"].get(model_type, {})

    def makers(self, name: str, generators: Iterable[Mapping[str, Any]]) -> list[str]:
        """The generators that answer for an input, as they do themselves: by prefix, in order."""
        return [each["name"] for each in generators if any(name.startswith(one) for one in each["supported"])]
