"""optimum's dummy input generators: which inputs each makes, and what it needs for them.

From ``optimum/utils/input_generators.py`` and ``optimum/neuron/utils/input_generators.py``. A config creates
each of its generators with ``Generator(task, normalized_config, **axes)``, and asks the first that supports
an input's name to generate it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuron_config_server.catalog.generators.methods import find_method, generator_order
from neuron_config_server.catalog.generators.needs import GeneratorAxis, NormalizedRead
from neuron_config_server.catalog.generators.supported_names import (
    ROOT,
    SUPPORTED_NAMES,
    Matching,
    matching_of,
    supported_names,
)
from neuron_config_server.catalog.method_parameters import MethodParameter, parameters_of
from neuron_config_server.catalog.normalized_configs import base_names
from neuron_config_server.catalog.source import ClassSource, ModuleSource, Sources

_GENERATOR_NAME = re.compile(r"InputGenerator$|Dummy\w*Generator$")


@dataclass(frozen=True)
class DummyGenerator:
    """A class that generates dummy inputs."""

    name: str
    module: str
    """Dotted name of the module."""
    file: Path
    line: int
    """From 1."""
    bases: tuple[str, ...]
    """As written."""
    ancestors: tuple[str, ...]
    """Names in the order in which Python looks attributes up, its own first."""
    supported_names: tuple[str, ...] | None
    """None if they can't be told."""
    matching: Matching
    parameters: tuple[MethodParameter, ...] | None
    """Of the constructor, ``self`` left out; None if they can't be told."""
    axes: tuple[GeneratorAxis, ...]
    reads: tuple[NormalizedRead, ...]
    complete: bool
    """False if it may take or read more than is listed here: a base class isn't found, or the code can't be
    followed.
    """

    def supports(self, input_name: str) -> bool | None:
        """Whether it generates an input of that name; None if that can't be told."""
        if self.supported_names is None or self.matching is Matching.UNKNOWN:
            return None
        if self.matching is Matching.EXACT:
            return input_name in self.supported_names
        return input_name.startswith(self.supported_names)


def read_dummy_generators(
    modules: Mapping[str, ModuleSource], sources: Sources
) -> Mapping[str, DummyGenerator]:
    """The generators that modules define, by dotted name: two of them are ``DummyTimestepInputGenerator``.

    Args:
        modules: by dotted name, such as ``optimum.utils.input_generators``.
    """
    return {
        f"{dotted}.{name}": generator
        for dotted, module in modules.items()
        for name in module.classes
        if (generator := read_dummy_generator(name, dotted, module, sources)) is not None
    }


def read_dummy_generator(
    name: str, dotted_module: str, module: ModuleSource, sources: Sources
) -> DummyGenerator | None:
    """One generator; None if the module has no class of that name, or if it is no generator."""
    node = module.classes.get(name)
    if node is None:
        return None
    order, complete = generator_order(ClassSource(module, node), sources)
    if not _is_generator(order, complete):
        return None
    # Not imported where the generators come from the cache.
    from neuron_config_server.catalog.generators.walk_statements import GeneratorWalk

    init = find_method(order, "__init__")
    walk = GeneratorWalk(order, complete)
    walk.construct_and_generate()
    return DummyGenerator(
        name=name,
        module=dotted_module,
        file=module.path,
        line=node.lineno,
        bases=tuple(ast.unparse(base) for base in node.bases),
        ancestors=tuple(class_.node.name for class_ in order),
        supported_names=None if walk.sets(SUPPORTED_NAMES) else supported_names(order, complete, sources),
        matching=matching_of(order, complete),
        parameters=tuple(parameters_of(init.node, init.module))
        if init is not None
        else ()
        if complete
        else None,
        axes=tuple(walk.axes_taken()),
        reads=tuple(walk.attributes_read()),
        complete=walk.is_complete,
    )


def _is_generator(order: Sequence[ClassSource], complete: bool) -> bool:
    if any(class_.node.name == ROOT for class_ in order):
        return True
    # A base may be defined in a package that isn't there; its name tells.
    unfound = base_names(order[-1].node) if order and not complete else ()
    return any(_GENERATOR_NAME.search(name) for name in unfound)
