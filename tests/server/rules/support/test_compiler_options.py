from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules.nc601_compiler_flag import UnknownCompilerFlag
from neuron_config_server.rules.nc602_flag_conflict import FlagConflict

CLASS = "class ANeuronConfig(TextEncoderNeuronConfig):\n    def get_compiler_args(self, instance_type):\n"


@pytest.mark.parametrize(
    "body",
    [
        'return f"--model-type trans{self.former}"',
        'return "--model-type trans" "former"',
        'return "--model-type trans" + "former"',
        'return "--target {}".format(instance_type)',
        'return "--target %s" % instance_type',
        'return "-O1" if "--auto_cast" in FLAGS else "-O2"',
        '"--auto_cast is what the command calls it"\n        return "-O1"',
        'logger.info("use --auto_cast of the command")\n        return "-O1"',
        'return " ".join(["--auto-cast", mode])',
        "return \"--tensorizer-options='--auto_cast matmul'\"",
    ],
)
def test_it_is_silent_where_a_string_is_no_option_or_not_all_of_it(small_catalog: Catalog, body: str) -> None:
    file = read_config_file(f"{CLASS}        {body}\n", small_catalog)
    assert list(UnknownCompilerFlag().check(file, small_catalog)) == []


@pytest.mark.parametrize("joined", ['args += " --auto_cast=none"', 'args = args + " --auto_cast=none "'])
def test_options_are_found_where_they_are_added(small_catalog: Catalog, joined: str) -> None:
    file = read_config_file(
        f'{CLASS}        args = "-O1"\n        {joined}\n        return args\n', small_catalog
    )
    (finding,) = UnknownCompilerFlag().check(file, small_catalog)
    assert finding.message == "neuronx-cc has no `--auto_cast`, did you mean `--auto-cast`?"
    assert finding.class_name == "ANeuronConfig"


def test_the_environment_variable_takes_options_of_the_wrapper(small_catalog: Catalog) -> None:
    text = 'os.environ["NEURON_CC_FLAGS"] = "--cache_dir=/tmp --auto-cast matmul"\n'
    (finding,) = UnknownCompilerFlag().check(read_config_file(text, small_catalog), small_catalog)
    assert finding.message == "`--auto-cast` of neuronx-cc takes none, matmult, all, and no `matmul`"


def test_options_of_different_strings_may_be_kept_apart(small_catalog: Catalog) -> None:
    text = f'{CLASS}        return "--target trn1" if instance_type == "trn1" else "--target trn2 --lnc 2"\n'
    assert list(FlagConflict().check(read_config_file(text, small_catalog), small_catalog)) == []
