"""The compiler's facts: that the data agrees with itself, and what is asked of it."""

from __future__ import annotations

import json
import re
from importlib import resources
from itertools import chain

import pytest

from neuron_config_server.catalog.neuronx_cc import (
    Argument,
    CompilerFacts,
    CompilerFlag,
    Evidence,
    FlagReader,
    compiler_facts,
    error_codes_in,
)
from neuron_core import protocol

FACTS = compiler_facts()
VERSION = re.compile(r"\d+\.\d+(\.\d+)*")
SENTENCE = re.compile(r"[A-Z`].{10,}[.)]", re.DOTALL)

ENTRIES = [
    *FACTS.flags,
    *FACTS.optimum_flags,
    *FACTS.automatic_flags,
    *FACTS.trace_options,
    *FACTS.targets,
]
CODES = [*FACTS.error_codes, *FACTS.older_error_codes, *FACTS.exit_statuses]


def flag(name: str) -> CompilerFlag:
    found = FACTS.flag(name)
    assert found is not None, name
    return found


# The data agrees with itself


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: getattr(entry, "name", None) or entry.flag)
def test_every_entry_is_explained_in_a_sentence(entry: object) -> None:
    assert SENTENCE.fullmatch(getattr(entry, "doc", "")), entry


@pytest.mark.parametrize("entry", CODES, ids=lambda entry: str(getattr(entry, "code", None) or entry.status))
def test_every_error_says_what_it_means_and_what_to_do(entry: object) -> None:
    assert SENTENCE.fullmatch(getattr(entry, "meaning", "")), entry
    assert SENTENCE.fullmatch(getattr(entry, "remedy", "")), entry


def test_every_entry_names_a_source_that_is_listed_and_no_source_is_listed_in_vain() -> None:
    named = {entry.source for entry in (*FACTS.flags, *FACTS.optimum_flags, *FACTS.automatic_flags)}
    named |= {entry.source for entry in (*FACTS.trace_options, *FACTS.releases)}
    named |= {entry.source for entry in (*FACTS.error_codes, *FACTS.older_error_codes, *FACTS.exit_statuses)}
    named |= set(chain.from_iterable(target.sources for target in FACTS.targets))
    assert named == set(FACTS.sources)
    for source in FACTS.sources.values():
        assert all((source.page, source.repository, source.version))


def test_names_and_aliases_are_unique() -> None:
    spellings = [name for each in FACTS.flags for name in (each.name, *each.aliases)]
    for names in (
        spellings,
        [each.name for each in FACTS.targets],
        [each.name for each in FACTS.optimum_flags],
        [each.name for each in FACTS.trace_options],
        [each.code for each in (*FACTS.error_codes, *FACTS.older_error_codes)],
        [str(each.status) for each in FACTS.exit_statuses],
    ):
        assert len(names) == len(set(names)), names


def test_flags_are_spelled_as_flags() -> None:
    for each in FACTS.flags:
        pattern = r"--[a-z0-9-]+" if each.reader is FlagReader.COMPILER else r"--[a-z0-9_]+"
        assert re.fullmatch(pattern, each.name), each.name
        assert all(re.fullmatch(r"--?[A-Za-z]+", alias) for alias in each.aliases), each


def test_a_flag_has_values_if_and_only_if_it_takes_one_of_them() -> None:
    for each in FACTS.flags:
        assert bool(each.values) == (each.argument in (Argument.CHOICE, Argument.LIST)), each.name
        names = [value.name for value in each.values]
        assert len(names) == len(set(names)), each.name
        assert all(value.use_instead in (None, *names) for value in each.values), each.name


def test_defaults_are_among_the_allowed_values() -> None:
    for each in FACTS.flags:
        allowed = {value.name for value in each.values if value.use_instead is None}
        if each.argument is Argument.NONE:
            allowed = {"on", "off"}
        for default in each.defaults:
            assert each.argument is Argument.TEXT or default.value in allowed, each.name
            assert set(default.targets) <= {target.name for target in FACTS.targets}, each.name
    for option in FACTS.optimum_flags:
        assert option.default is None or option.default in option.values, option.name
    for parameter in FACTS.trace_options:
        assert parameter.required == (parameter.default is None), parameter.name


def test_versions_parse() -> None:
    since = [default.since for each in FACTS.flags for default in each.defaults]
    since += [value.deprecated_since for each in FACTS.flags for value in each.values]
    since += [option.since for option in FACTS.trace_options]
    versions = [version for each in since if each is not None for version in (each.sdk, each.compiler)]
    for release in FACTS.releases:
        versions += [release.neuronx_cc, *release.sdks, *release.torch_neuronx, *release.pythons]
    assert all(version is None or VERSION.fullmatch(version) for version in versions), versions


def test_releases_are_newest_first() -> None:
    numbers = [tuple(map(int, release.neuronx_cc.split("."))) for release in FACTS.releases]
    assert numbers == sorted(numbers, reverse=True)
    sdks = [tuple(map(int, release.sdks[0].split("."))) for release in FACTS.releases]
    assert sdks == sorted(sdks, reverse=True)


def test_flags_and_targets_that_are_referred_to_exist() -> None:
    targets = {target.name for target in FACTS.targets}
    assert {value.name for value in flag("--target").values} == targets
    for each in (*FACTS.flags, *FACTS.error_codes):
        assert set(each.targets) <= targets, each
    for code in (*FACTS.error_codes, *FACTS.older_error_codes):
        assert code.flag is None or FACTS.flag(code.flag) is not None, code
    for each in FACTS.flags:
        assert all(FACTS.flag(other) is not None for other in each.excludes), each.name
    for each in FACTS.automatic_flags:
        known = {value.name for value in flag(each.flag).values} or {"on"}
        assert each.value in known, each


def test_optimums_flags_set_what_exists_to_values_that_exist() -> None:
    parameters = {option.name for option in FACTS.trace_options}
    for each in FACTS.optimum_flags:
        target = FACTS.flag(each.sets)
        assert target is not None or each.sets in {*parameters, "torch_neuronx.dynamic_batch"}, each.name
        if target is not None:
            assert set(each.values.values()) <= {value.name for value in target.values}, each.name
        assert all(FACTS.optimum_flag(other) is not None for other in each.excludes), each.name


def test_error_codes_are_spelled_as_the_compiler_does() -> None:
    assert all(re.fullmatch(r"NCC_[EI][A-Z]{3}\d{3}", each.code) for each in FACTS.error_codes)
    assert all(each.is_internal == each.code.startswith("NCC_I") for each in FACTS.error_codes)
    assert all(re.fullmatch(r"[A-Z]{3}\d{3}", each.code) for each in FACTS.older_error_codes)


def test_what_the_reference_lacks_is_marked() -> None:
    assert {value.name for value in flag("--target").values if value.evidence is Evidence.DOCUMENTED} == {
        "inf2",
        "trn1",
        "trn1n",
        "trn2",
    }
    assert flag("--tensorizer-options").evidence is Evidence.SEEN
    assert all(
        each.source == "cli"
        for each in FACTS.flags
        if each.evidence is Evidence.DOCUMENTED
        and each.reader is FlagReader.COMPILER
        and each.name != "--logical-nc-config"
    )


def test_the_data_file_is_the_packages_and_survives_the_way_to_json_and_back() -> None:
    file = resources.files("neuron_config_server.catalog") / "data" / "neuronx_cc.json"
    assert json.loads(file.read_text(encoding="utf-8"))["flags"]
    assert protocol.from_json(CompilerFacts, json.loads(json.dumps(protocol.to_json(FACTS)))) == FACTS
    assert compiler_facts() is FACTS


# What is asked of it


@pytest.mark.parametrize(
    ("compiler", "expected"),
    [
        ("2.21.33363.0+82129205", "matmult"),
        ("2.22.12471.0", "none"),
        ("2.27.5334.0", "none"),
        ("2.9", "matmult"),
        ("not a version", "matmult"),
        (None, None),
    ],
)
def test_auto_casts_default_depends_on_the_compiler(compiler: str | None, expected: str | None) -> None:
    assert flag("--auto-cast").default(compiler, "trn1") == expected


def test_a_default_may_depend_on_the_target() -> None:
    size = flag("-lnc")
    assert size.default("2.27.5334.0", "trn2") == "2"
    assert size.default(None, "trn2") == "2"
    assert size.default("2.27.5334.0", "trn1") is None
    assert size.default("2.27.5334.0", None) is None


def test_a_default_that_never_changed_needs_no_version() -> None:
    assert flag("--auto-cast-type").default(None, None) == "bf16"
    assert flag("--framework").default(None, None) is None


def test_a_flag_is_found_by_its_name_or_alias_spelled_exactly() -> None:
    assert flag("-O").name == "--optlevel"
    for name in ("--auto_cast", "auto-cast", "--AUTO-CAST", "", "--"):
        assert FACTS.flag(name) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("--auto_cast", "--auto-cast"),
        ("--auto-cast-typ", "--auto-cast-type"),
        ("--opt-level", "--optlevel"),
        ("--model_type", "--model-type"),
        ("--logical-nc", "--logical-nc-config"),
        ("--retry-failed-compilation", "--retry_failed_compilation"),
        ("--batch_size", None),
        ("", None),
    ],
)
def test_a_misspelt_flags_closest(written: str, meant: str | None) -> None:
    found = FACTS.closest(written)
    assert (found.name if found is not None else None) == meant


def test_a_misspelt_values_closest() -> None:
    assert flag("--auto-cast").closest_value("matmul") == "matmult"
    assert flag("--model-type").closest_value("transformers") == "transformer"
    assert flag("--auto-cast").closest_value("fp8") is None
    assert flag("--logfile").closest_value("x") is None


def test_targets_say_what_the_sources_say() -> None:
    targets = {target.name: target for target in FACTS.targets}
    assert (targets["inf2"].cores_per_chip, targets["inf2"].memory_gib_per_chip) == (2, 32)
    assert (targets["trn2"].cores_per_chip, targets["trn2"].memory_gib_per_chip) == (None, 96)
    assert "int64" not in targets["trn1"].dtypes
    assert "int64" in targets["trn2"].dtypes
    assert all("fp64" not in target.dtypes for target in FACTS.targets)
    assert FACTS.target("inf1") is None


def test_optimums_spelling_leads_to_the_compilers() -> None:
    cast = FACTS.optimum_flag("--auto_cast")
    assert cast is not None
    assert (cast.sets, cast.values["matmul"]) == ("--auto-cast", "matmult")
    assert FACTS.optimum_flag("--auto-cast") is None


@pytest.mark.parametrize("written", ["NCC_EVRF035", "evrf035", "[NCC_EVRF035]", "ncc_evrf035"])
def test_an_error_code_is_found_however_it_is_written(written: str) -> None:
    found = FACTS.error_code(written)
    assert found is not None
    assert (found.code, found.flag) == ("NCC_EVRF035", "--implicit-integer-downcast")


def test_unknown_codes_and_statuses_are_unknown() -> None:
    for code in ("", "NCC_", "NCC_XXXX999", "[]"):
        assert FACTS.error_code(code) is None
    assert FACTS.exit_status(0) is None
    killed = FACTS.exit_status(-9)
    assert killed is not None
    assert "memory" in killed.meaning


def test_error_codes_are_found_in_what_the_compiler_printed() -> None:
    text = "ERROR: [NCC_EVRF029] sort is not … NCC_IBIR229: see\n[XTP002] Number of … NCC_EVRF029 [INFO]"
    assert error_codes_in(text) == ("NCC_EVRF029", "NCC_IBIR229", "XTP002")
    assert error_codes_in("") == ()


@pytest.mark.parametrize(
    ("compiler", "sdk"),
    [
        ("2.21.33363.0+fe56a45a", "2.26.1"),
        ("2.24.8799.0", "2.29.1"),
        ("2.24.1.0", "2.29.0"),
        ("2.27", "2.32.0"),
        ("2.1.0", None),
        ("?", None),
    ],
)
def test_the_release_that_brought_a_compiler(compiler: str, sdk: str | None) -> None:
    release = FACTS.release_of(compiler)
    assert (release.sdks[0] if release is not None else None) == sdk
