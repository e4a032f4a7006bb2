from __future__ import annotations

import pytest
from opened import opened

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.features import code_lens
from neuron_config_server.features.code_lens import lenses

CONFIG = "class {name}NeuronConfig(TextEncoderNeuronConfig):\n    pass\n"
CASES = {
    "one task": ('@register_in_tasks_manager("esm", "fill-mask")\n', "1 task", ["fill-mask"]),
    "the tasks of two registrations, each once": (
        '@register_in_tasks_manager("esm", "fill-mask", "text-classification")\n'
        '@register_in_tasks_manager("bert", "fill-mask")\n',
        "2 tasks",
        ["fill-mask", "text-classification"],
    ),
    "those that can be told": (
        '@register_in_tasks_manager("esm", "fill-mask", *others())\n',
        "1 task",
        ["fill-mask"],
    ),
    "none": ("", None, []),
    "none that can be told": ('@register_in_tasks_manager("esm", *others())\n', None, []),
}


@pytest.mark.parametrize(("decorators", "count", "tasks"), CASES.values(), ids=CASES)
def test_lenses(decorators: str, count: str | None, tasks: list[str], small_catalog: Catalog) -> None:
    document = opened(f"# 😋\n{decorators}{CONFIG.format(name='A')}", small_catalog)
    found = lenses(document)
    assert len(found) == (count is not None)
    for lens in found:
        assert lens.command is not None
        assert lens.command.title == f"Export and validate · {count}"
        assert lens.command.command == "neuron-config.exportAndValidate"
        assert lens.command.arguments == [{"uri": document.uri, "className": "ANeuronConfig", "tasks": tasks}]
        assert lens.range.start.line == 1, "above the decorators"


def test_the_last_verdict_is_told(small_catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_lens, "last_verdict", lambda config, document: "failed 3 minutes ago")
    text = '@register_in_tasks_manager("esm", "fill-mask")\n' + CONFIG.format(name="A")
    (lens,) = lenses(opened(text, small_catalog))
    assert lens.command is not None
    assert lens.command.title == "Export and validate · 1 task · failed 3 minutes ago"
