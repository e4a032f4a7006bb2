"""Which generator a name stands for, and which of a config's generators makes an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neuron_config_server.catalog.generators.dummy_generators import DummyGenerator


def generator_for(input_name: str, generators: Sequence[DummyGenerator]) -> DummyGenerator | None:
    """The generator that makes an input: the first that supports its name, in the order given.

    None if none does, or if that can't be told: ``is_decided`` says which.
    """
    for generator in generators:
        supports = generator.supports(input_name)
        if supports is not False:
            return generator if supports else None
    return None


def is_decided(input_name: str, generators: Sequence[DummyGenerator]) -> bool:
    """Whether ``generator_for`` can tell: no generator before the first that supports the name is unknown."""
    verdicts = (generator.supports(input_name) for generator in generators)
    return next((verdict for verdict in verdicts if verdict is not False), True) is not None


def generator_named(dotted_name: str, generators: Mapping[str, DummyGenerator]) -> DummyGenerator | None:
    """The generator that a name stands for, as imported: ``optimum.utils.DummyTextInputGenerator``.

    None if there is none, or if several have the name and the package doesn't say which is meant.
    """
    package, _, name = dotted_name.rpartition(".")
    found = [generator for generator in generators.values() if generator.name == name]
    within = [each for each in found if package and f"{each.module}.".startswith(f"{package}.")]
    candidates = within if len(within) == 1 else found
    return candidates[0] if len(candidates) == 1 else None
