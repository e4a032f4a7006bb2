"""Mutations: every way in which a clean registration can be broken, with what should be told of it."""

from __future__ import annotations

from . import (  # noqa: F401 - they add their operators
    of_annotations,
    of_classes,
    of_compiler_flags,
    of_idioms,
    of_inputs,
    of_normalized_configs,
    of_other_registrations,
    of_outputs,
    of_registrations,
    of_texts,
)
from .evidence import Evidence
from .mutant import Mutant
from .operators import OPERATORS
from .source import Site

__all__ = ["OPERATORS", "Evidence", "Mutant", "Site", "mutants_of"]


def mutants_of(text: str, class_name: str, evidence: Evidence) -> list[Mutant]:
    """Those of a class, of every operator; those of the same unbroken text follow each other."""
    site = Site(text, class_name)
    found = [mutant for each in OPERATORS for mutant in each.mutants(site, evidence)]
    return sorted(found, key=lambda each: each.unbroken)
