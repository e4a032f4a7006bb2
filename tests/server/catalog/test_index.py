"""The index: every answer is in the cache afterwards, and little is in memory."""

from __future__ import annotations

from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment
from neuron_config_server.catalog.fact_cache import FactCache
from neuron_config_server.catalog.index import index, reachable_classes


def test_every_class_is_read_and_kept_on_disk_alone(small_environment: Path, tmp_path: Path) -> None:
    catalog = Catalog(Environment.discover(None, small_environment, {}), FactCache(tmp_path / "facts.sqlite"))
    steps = list(index(catalog))
    pairs = reachable_classes(catalog)
    assert ("esm", "EsmForMaskedLM") in pairs
    assert [step.done for step in steps] == list(range(1, len(pairs) + 1))
    assert {step.total for step in steps} == {len(pairs)}

    class Untouchable(Catalog):
        def _fact_of_class(self, *arguments, **more):
            fact = super()._fact_of_class(*arguments, **more)
            assert not self._sources._modules, "a source file was read"
            return fact

    after = Untouchable(catalog.environment, FactCache(tmp_path / "facts.sqlite"))
    for model_type, name in pairs:
        assert after.forward_signature(model_type, name) == catalog.forward_signature(model_type, name)


def test_without_optimum_there_is_nothing_to_index(empty_catalog: Catalog) -> None:
    assert list(index(empty_catalog)) == []
