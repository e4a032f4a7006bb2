from __future__ import annotations

import gc
import weakref

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features.analyser import Analyser
from neuron_config_server.reading.config_reader import ConfigReader
from neuron_config_server.rules import all_rules
from neuron_config_server.rules.nc101_unknown_input import UnknownInput


def test_an_internal_error_is_logged_and_the_next_text_is_read(
    esm_with_mistakes: str,
    small_catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    analyser = Analyser(small_catalog, all_rules())
    with monkeypatch.context() as broken:
        broken.setattr(ConfigReader, "read", lambda *_, **__: 1 / 0)
        assert analyser.analyse("file:///a.py", esm_with_mistakes).findings == ()
    assert "ZeroDivisionError" in caplog.text
    assert len(analyser.analyse("file:///a.py", esm_with_mistakes + "\n").findings) == 3


def test_a_rule_that_fails_is_named_and_costs_its_own_findings_alone(
    esm_with_mistakes: str, small_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyser = Analyser(small_catalog, all_rules())
    before = analyser.analyse("file:///a.py", esm_with_mistakes).findings
    monkeypatch.setattr(UnknownInput, "check", lambda *_: 1 / 0)
    analysis = analyser.analyse("file:///a.py", esm_with_mistakes + "\n")
    assert analysis.crashed == ("NC101",)
    assert [each.code for each in analysis.findings] == [each.code for each in before if each.code != "NC101"]


OVERRIDING = """\
print(0)


@register_in_tasks_manager("esm", "fill-mask")
class EsmNeuronConfig(TextEncoderNeuronConfig):
    @property
    def inputs(self):
        names = ["input_ids", "attention_mask"]  # neuron: ignore[NC106]
        if self.task == "multiple-choice":
            names.append("token_type_ids")
        return names


@register_in_tasks_manager("bert", "fill-mask")
class BertNeuronConfig(EsmNeuronConfig):
    @property
    def inputs(self):
        return [*super().inputs, "token_type_id"]
"""


def test_what_an_earlier_text_came_to_is_kept_by_nobody(small_catalog: Catalog) -> None:
    """All of it hangs together: who keeps a function of a class keeps the whole file."""
    analyser = Analyser(small_catalog, all_rules())
    worlds = []
    for number in range(5):
        file = analyser.analyse("file:///a.py", OVERRIDING.replace("0", f"{number}")).insight.file
        assert file is not None
        worlds.append(weakref.ref(file.world))
    del file
    gc.collect()
    kept = [world() is not None for world in worlds]
    assert kept == [False, False, False, True, True], "what the last one was compared with, and the last one"
    analyser.forget("file:///a.py")
    gc.collect()
    assert [world() for world in worlds] == [None] * 5, "the document was closed"
