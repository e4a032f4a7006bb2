"""What the rules of the class, of compilation and of contribution say of optimum-neuron's own configs."""

from __future__ import annotations

import time
from pathlib import Path

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules import all_rules

FINDINGS = {
    (
        "NC504",
        "ConvBertNeuronConfig",
        "1e-1",
        # The line's own comment: "TODO: why accuracy more off than other arch".
    ),
    (
        "NC505",
        "MobileNetV2NeuronConfig",
        "MobileNetV2NeuronConfig",
        # convert.py: `if config.MODEL_TYPE not in exception_models`, which holds "mobilenet-v2"; the class
        # has "mobilenet_v2", as transformers has it, so that it gets `--model-type transformer`.
    ),
    (
        "NC508",
        "T5EncoderForDiffusersNeuronConfig",
        "self.config.neuron_config.world_size)",
        # base.py sets `_config` and no `config`, `__getattr__` serves `_axes` only, and nothing in
        # optimum-neuron assigns `.config` of a Neuron config: on trn2 `get_compiler_args` raises.
    ),
    (
        "NC508",
        "T5EncoderForDiffusersNeuronConfig",
        "self.config.neuron_config.logical_nc_config)",
        # As above.
    ),
}
"""Code, class, and what stands where the finding starts; the comment is the proof."""


def read(optimum_neuron: Path, catalog: Catalog) -> ConfigFile:
    path = optimum_neuron / "optimum/exporters/neuron/model_configs.py"
    return read_config_file(path.read_text(encoding="utf-8"), catalog, path)


def is_ours(code: str) -> bool:
    return code.startswith(("NC5", "NC6", "NC9"))


def test_every_finding_is_a_fault_that_is_proved(optimum_neuron: Path, real_catalog: Catalog) -> None:
    file = read(optimum_neuron, real_catalog)
    lines = file.text.split("\n")
    found = [
        (rule.code, finding, lines[finding.range.start.line][finding.range.start.column :])
        for rule in all_rules()
        if is_ours(rule.code)
        for finding in rule.check(file, real_catalog)
    ]
    assert len(found) == len(FINDINGS)
    for code, class_name, start in FINDINGS:
        assert any(
            (code, class_name) == (each, finding.class_name) and text.startswith(start)
            for each, finding, text in found
        ), (code, class_name, start)


def test_the_flag_table_is_pointed_at(optimum_neuron: Path, real_catalog: Catalog) -> None:
    file = read(optimum_neuron, real_catalog)
    rule = next(each for each in all_rules() if each.code == "NC505")
    (finding,) = rule.check(file, real_catalog)
    (related,) = finding.related
    assert related.path is not None
    table = related.path.read_text(encoding="utf-8").split("\n")
    assert '"mobilenet-v2"' in table[related.range.start.line]


def test_nothing_of_it_is_unresolved(optimum_neuron: Path, real_catalog: Catalog) -> None:
    file = read(optimum_neuron, real_catalog)
    rule = next(each for each in all_rules() if each.code == "NC003")
    assert [finding.message for finding in rule.check(file, real_catalog)] == []


def test_they_cost_little_once_the_file_is_read(optimum_neuron: Path, real_catalog: Catalog) -> None:
    file = read(optimum_neuron, real_catalog)
    rules = [each for each in all_rules() if is_ours(each.code)]
    for rule in rules:
        list(rule.check(file, real_catalog))
    start = time.perf_counter()
    for rule in rules:
        list(rule.check(file, real_catalog))
    assert time.perf_counter() - start < 1.5
