"""What is known of the Neuron compiler: flags, targets, error codes, and what sets them.

The facts are data, ``data/neuronx_cc.json``; each entry names its source there. Newest: SDK 2.32.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from functools import cache
from importlib import resources

from neuron_core import protocol

_CUTOFF = 0.75
"""As similar as "matmul" and "matmult", or "--optlevel" and "--opt-level"."""

_CODE = re.compile(r"NCC_[A-Z]+\d{3}|(?<=\[)[A-Z]{3}\d{3}(?=\])")


class Evidence(str, Enum):
    """How well a fact is founded. Only what is documented may be held against an author."""

    DOCUMENTED = "documented"
    SEEN = "seen"
    """Used in examples, notes or messages, and absent from the reference."""
    REPORTED = "reported"
    """By third parties."""
    INFERRED = "inferred"


class Argument(str, Enum):
    """What follows a flag."""

    NONE = "none"
    CHOICE = "choice"
    """One of its values."""
    LIST = "list"
    """Some of its values, with commas between them."""
    TEXT = "text"
    """Anything: a file, a number."""


class FlagReader(str, Enum):
    """Which program takes a flag."""

    COMPILER = "neuronx-cc"
    WRAPPER = "neuron_cc_wrapper"
    """Takes what is in NEURON_CC_FLAGS and calls the compiler; the compiler itself refuses its flags."""


@dataclass(frozen=True)
class Source:
    """Where a fact was read."""

    page: str
    repository: str
    version: str


@dataclass(frozen=True)
class Since:
    """The first version that something holds for."""

    sdk: str
    compiler: str | None = None
    """Version of neuronx-cc; None where the source gives only the SDK's."""


@dataclass(frozen=True)
class FlagValue:
    name: str
    use_instead: str | None = None
    """Set where it is an old name."""
    deprecated_since: Since | None = None
    evidence: Evidence = Evidence.DOCUMENTED


@dataclass(frozen=True)
class FlagDefault:
    """What holds when a flag isn't given; "on" and "off" for one without argument."""

    value: str
    since: Since | None = None
    """None: from the first version to where another default begins."""
    targets: tuple[str, ...] = ()
    """Empty: all."""


@dataclass(frozen=True)
class CompilerFlag:
    name: str
    doc: str
    source: str
    """Key of CompilerFacts.sources."""
    argument: Argument
    aliases: tuple[str, ...] = ()
    values: tuple[FlagValue, ...] = ()
    """All that are known; empty where anything goes."""
    defaults: tuple[FlagDefault, ...] = ()
    targets: tuple[str, ...] = ()
    """Targets that it is for; empty: all."""
    excludes: tuple[str, ...] = ()
    required: bool = False
    """On the compiler's own command line; torch_neuronx.trace gives what it can."""
    reader: FlagReader = FlagReader.COMPILER
    evidence: Evidence = Evidence.DOCUMENTED
    note: str = ""

    def default(self, compiler: str | None, target: str | None) -> str | None:
        """The value that holds when the flag isn't given; None if that can't be told.

        Args:
            compiler: version of neuronx-cc, None if unknown.
            target: None if unknown.
        """
        fitting = [each for each in self.defaults if not each.targets or target in each.targets]
        if compiler is None:
            return fitting[0].value if len(fitting) == 1 and fitting[0].since is None else None
        begun = [each for each in fitting if _has_begun(each, compiler)]
        return max(begun, key=_beginning).value if begun else None

    def closest_value(self, value: str) -> str | None:
        """The value that was probably meant: matmult for matmul."""
        return _closest(value, (each.name for each in self.values if each.use_instead is None))


@dataclass(frozen=True)
class Target:
    """A kind of Neuron instance; None is what the sources don't state."""

    name: str
    doc: str
    sources: tuple[str, ...]
    neuron_core: str
    """Generation of its cores: v2, v3, v4."""
    dtypes: tuple[str, ...]
    cores_per_chip: int | None = None
    memory_gib_per_chip: int | None = None
    sram_mib_per_core: int | None = None
    note: str = ""
    evidence: Evidence = Evidence.DOCUMENTED


@dataclass(frozen=True)
class ErrorCode:
    code: str
    meaning: str
    remedy: str
    source: str
    flag: str | None = None
    """Flag of the compiler that has to do with it."""
    targets: tuple[str, ...] = ()
    """Targets that it was seen on; empty: any."""
    is_internal: bool = False
    """The compiler's own fault, not the model's."""
    evidence: Evidence = Evidence.DOCUMENTED
    note: str = ""


@dataclass(frozen=True)
class ExitStatus:
    """What the number in "neuronx-cc failed with …" means; negative: the signal that ended it."""

    status: int
    meaning: str
    remedy: str
    source: str
    evidence: Evidence = Evidence.DOCUMENTED


@dataclass(frozen=True)
class OptimumFlag:
    """A flag of ``optimum-cli export neuron`` that reaches the compiler or the trace."""

    name: str
    doc: str
    source: str
    argument: Argument
    sets: str
    """A compiler flag, an option of torch_neuronx.trace, or a function that wraps its result."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Its own value -> the value over there; "on" and "off" for one without argument."""
    default: str | None = None
    """Of its own values, also where optimum-neuron fills it in later; None: not set."""
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AutomaticFlag:
    """A compiler flag that optimum-neuron adds by itself."""

    flag: str
    value: str
    doc: str
    source: str
    except_model_types: tuple[str, ...] = ()
    """Compared with MODEL_TYPE literally; * stands for anything."""


@dataclass(frozen=True)
class TraceOption:
    """A parameter of torch_neuronx.trace."""

    name: str
    annotation: str
    doc: str
    source: str
    default: str | None = None
    """As Python writes it; None where it is required."""
    required: bool = False
    since: Since | None = None


@dataclass(frozen=True)
class Release:
    """What belongs together: releases of the SDK, their compiler, and torch-neuronx."""

    sdks: tuple[str, ...]
    neuronx_cc: str
    torch_neuronx: tuple[str, ...]
    """Empty where the SDK doesn't bring it."""
    pythons: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class CompilerFacts:
    """Everything in the data file."""

    about: str
    sources: Mapping[str, Source]
    releases: tuple[Release, ...]
    """Newest first."""
    targets: tuple[Target, ...]
    flags: tuple[CompilerFlag, ...]
    optimum_flags: tuple[OptimumFlag, ...]
    automatic_flags: tuple[AutomaticFlag, ...]
    trace_options: tuple[TraceOption, ...]
    error_codes: tuple[ErrorCode, ...]
    older_error_codes: tuple[ErrorCode, ...]
    """Of compilers that printed [XTP002]."""
    exit_statuses: tuple[ExitStatus, ...]

    def flag(self, name: str) -> CompilerFlag | None:
        """The compiler flag of that name or alias, spelled exactly so."""
        return next((each for each in self.flags if name in (each.name, *each.aliases)), None)

    def optimum_flag(self, name: str) -> OptimumFlag | None:
        return next((each for each in self.optimum_flags if each.name == name), None)

    def target(self, name: str) -> Target | None:
        return next((each for each in self.targets if each.name == name), None)

    def error_code(self, code: str) -> ErrorCode | None:
        """The error code; ``evrf035``, ``NCC_EVRF035`` and ``[NCC_EVRF035]`` are the same."""
        bare = code.strip("[] ").upper().removeprefix("NCC_")
        known = (*self.error_codes, *self.older_error_codes)
        return next((each for each in known if each.code.removeprefix("NCC_") == bare), None)

    def exit_status(self, status: int) -> ExitStatus | None:
        return next((each for each in self.exit_statuses if each.status == status), None)

    def closest(self, name: str) -> CompilerFlag | None:
        """The flag of the compiler that was probably meant: --auto-cast for --auto_cast."""
        names = [name for each in self.flags for name in (each.name, *each.aliases)]
        found = _closest(name.replace("_", "-"), names) or _closest(name, names)
        return self.flag(found) if found is not None else None

    def release_of(self, neuronx_cc: str) -> Release | None:
        """The release that brought a compiler: that very one, else the first of its minor version."""
        same_minor = [
            each for each in self.releases if _version(each.neuronx_cc)[:2] == _version(neuronx_cc)[:2]
        ]
        exact = (each for each in same_minor if each.neuronx_cc == neuronx_cc.partition("+")[0])
        return next(exact, same_minor[-1] if same_minor else None)


@cache
def compiler_facts() -> CompilerFacts:
    """The facts, read once per process."""
    file = resources.files("neuron_config_server.catalog") / "data" / "neuronx_cc.json"
    return protocol.from_json(CompilerFacts, json.loads(file.read_text(encoding="utf-8")))


def error_codes_in(text: str) -> tuple[str, ...]:
    """The error codes in what the compiler printed, in order, each once; also ones that aren't known."""
    return tuple(dict.fromkeys(_CODE.findall(text)))


def _has_begun(default: FlagDefault, compiler: str) -> bool:
    if default.since is None:
        return True
    begins = default.since.compiler
    return begins is not None and _version(begins) <= _version(compiler)


def _beginning(default: FlagDefault) -> tuple[int, ...]:
    return _version(default.since.compiler or "") if default.since is not None else ()


def _version(text: str) -> tuple[int, ...]:
    """ "2.21.33363.0+fe56a45a" -> (2, 21, 33363, 0); ends where something else than a number stands."""
    match = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def _closest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=_CUTOFF)), None)
