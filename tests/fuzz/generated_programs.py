"""Small files with config classes, made by chance from a grammar of Python: the same seed gives the same file.

What is generated is directed by types (of names: ``list``, ``dict``, ``set``, ``tuple``, ``str``, ``int``, ``bool``), so
that most programs run. A way to write an expression is a function of :data:`EXPRESSIONS`, a statement one of
:data:`STATEMENTS`, a member of a class one of :data:`MEMBERS`; each is registered with the weight of its choice.

``python tests/fuzz/generated_programs.py 17`` shows the program of a seed.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

Expression = Callable[["Generator", int], str]
Statement = Callable[["Generator"], str]

WORDS = ("a", "b", "c", "input_ids", "attention_mask", "x_1", "Mask", "logits")
TASKS = (
    "fill-mask",
    "feature-extraction",
    "text-classification",
    "token-classification",
    "question-answering",
    "multiple-choice",
)
TYPES = ("list", "str", "int", "bool", "dict", "set", "tuple")

EXPRESSIONS: dict[str, list[tuple[Expression, int]]] = {each: [] for each in TYPES}
STATEMENTS: list[tuple[Statement, int]] = []
MEMBERS: list[tuple[Statement, int]] = []
DEFINITIONS: list[tuple[Statement, int]] = []
"""What only stands at the top of a file."""

IMPORTS = """\
from __future__ import annotations
import abc, bisect, collections, contextlib, copy, dataclasses, enum, functools, itertools, json, operator, random, types
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from contextlib import suppress
from functools import cached_property, lru_cache, partial, reduce, wraps
from itertools import chain, islice
from typing import TYPE_CHECKING
from neuron_core.configs import TextEncoderNeuronConfig, register_in_tasks_manager
from optimum.utils import NormalizedTextConfig
"""


def expression(type_: str, weight: int = 4) -> Callable[[Expression], Expression]:
    def add(function: Expression) -> Expression:
        EXPRESSIONS[type_].append((function, weight))
        return function

    return add


def statement(weight: int = 4) -> Callable[[Statement], Statement]:
    def add(function: Statement) -> Statement:
        STATEMENTS.append((function, weight))
        return function

    return add


def member(weight: int = 4) -> Callable[[Statement], Statement]:
    def add(function: Statement) -> Statement:
        MEMBERS.append((function, weight))
        return function

    return add


def definition(weight: int = 4) -> Callable[[Statement], Statement]:
    def add(function: Statement) -> Statement:
        DEFINITIONS.append((function, weight))
        return function

    return add


def templates(type_: str, *texts: str, weight: int = 4) -> None:
    """Ways to write an expression as text with holes: ``{list}``, ``{str}`` … are expressions of these types."""
    for text in texts:
        EXPRESSIONS[type_].append((lambda g, depth, text=text: g.filled(text, depth), weight))


def statements(*texts: str, weight: int = 4) -> None:
    """As :func:`templates`; ``{=list}`` is the name of a new variable, ``{@list}`` that of one there is."""
    for text in texts:
        STATEMENTS.append((lambda g, text=text: g.filled(text, 2), weight))


@dataclass
class Frame:
    """The names that a piece of code binds."""

    kind: str
    """``module``, ``function``, ``method`` or ``class``."""
    names: dict[str, list[str]] = field(default_factory=lambda: {each: [] for each in TYPES})


@dataclass
class ClassFacts:
    """What later classes, and code behind it, may use of a generated class."""

    name: str
    attributes: dict[str, list[str]]


class Generator:
    """Makes one program."""

    def __init__(self, seed: str, *, with_assumptions: bool = False) -> None:
        self.dice = random.Random(seed)
        self.with_assumptions = with_assumptions
        self.frames = [Frame("module")]
        self.made = 0
        self.loops = 0
        self.functions: dict[str, list[str]] = {each: [] for each in TYPES}
        """Type -> calls of helper functions that give it, as templates."""
        self.exceptions = ["ValueError", "KeyError", "RuntimeError", "LookupError"]
        self.class_decorators: list[str] = []
        self.decorators: list[str] = []
        self.members: dict[str, list[str]] = {each: [] for each in TYPES}
        """Type -> what the class that is written has of it, as expressions of ``self``."""
        self.attributes: dict[str, list[str]] = {each: [] for each in TYPES}
        """Type -> class attributes."""
        self.classes: list[str] = []
        self.budget = 0

    # Chance

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability

    def weighted(self, table: Sequence[tuple[Callable[..., str], int]]) -> Callable[..., str]:
        return self.dice.choices([each for each, _ in table], [weight for _, weight in table])[0]

    def fresh(self, prefix: str = "v") -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    # Names

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def has_self(self) -> bool:
        return any(each.kind == "method" for each in self.frames)

    @contextmanager
    def inside(self, kind: str) -> Iterator[Frame]:
        loops, self.loops = self.loops, 0
        self.frames.append(Frame(kind))
        yield self.frames[-1]
        self.frames.pop()
        self.loops = loops

    @contextmanager
    def branch(self) -> Iterator[None]:
        """What is bound within is seldom used behind it."""
        before = {type_: list(names) for type_, names in self.frame.names.items()}
        yield
        if not self.chance(0.04):
            self.frame.names = before

    def seen(self, type_: str) -> list[str]:
        frames = [each for each in self.frames[:-1] if each.kind != "class"] + [self.frame]
        return [name for each in frames for name in each.names[type_]]

    def bind(self, type_: str) -> str:
        """A name to assign to: new, or one of the frame's."""
        own = self.frame.names[type_]
        if own and self.chance(0.25):
            return self.dice.choice(own)
        name = self.fresh(type_[0])
        for names in self.frame.names.values():
            if name in names:
                names.remove(name)
        own.append(name)
        return name

    def bound(self, type_: str) -> str:
        """An expression that stands for an object that can be changed in place."""
        choices = self.seen(type_)[-6:]
        if self.has_self and self.attributes[type_] and self.chance(0.4):
            owner = self.dice.choice(("self", "self", "self", "type(self)", "self.__class__"))
            return f"{owner}.{self.dice.choice(self.attributes[type_])}"
        if not self.has_self and self.classes and self.attributes[type_] and self.chance(0.5):
            return f"{self.dice.choice(self.classes)}.{self.dice.choice(self.attributes[type_])}"
        return self.dice.choice(choices) if choices else ""

    # Text

    def filled(self, text: str, depth: int) -> str:
        """The text with its holes filled; those of new names are bound behind it."""
        made: list[str] = []
        rest = text
        new: list[tuple[int, str]] = []
        while "{" in rest:
            before, _, rest = rest.partition("{")
            hole, _, rest = rest.partition("}")
            made.append(before)
            if hole.startswith("="):
                new.append((len(made), hole[1:]))
                made.append("")
            elif hole.startswith("@"):
                name = self.bound(hole[1:])
                if not name:
                    return "pass"
                made.append(name)
            elif hole == "word":
                made.append(repr(self.dice.choice(WORDS)))
            elif hole == "n":
                made.append(str(self.dice.randrange(-2, 4)))
            elif hole == "exception":
                made.append(self.dice.choice(self.exceptions))
            elif hole == "block":
                made.append("\n" + self.block())
            elif hole == "op":
                made.append(self.dice.choice(("==", "!=", "<", "<=", ">", ">=")))
            else:
                made.append(self.expression(hole, depth - 1))
        for place, type_ in new:
            made[place] = self.bind(type_)
        return "".join(made) + rest

    def expression(self, type_: str, depth: int = 2) -> str:
        self.budget -= 1
        if depth <= 0 or self.budget <= 0 or self.chance(0.3):
            return self.atom(type_)
        return self.weighted(EXPRESSIONS[type_])(self, depth)

    def atom(self, type_: str) -> str:
        choices = self.seen(type_)
        if choices and self.chance(0.55):
            return self.dice.choice(choices[-5:])
        if self.has_self and self.chance(0.35):
            mine = self.members[type_] + [f"self.{each}" for each in self.attributes[type_]]
            if mine:
                return self.dice.choice(mine)
        return self.literal(type_)

    def literal(self, type_: str) -> str:
        words = [repr(self.dice.choice(WORDS)) for _ in range(self.dice.choice((0, 1, 2, 2, 3, 3)))]
        if type_ == "list":
            return f"[{', '.join(words)}]"
        if type_ == "tuple":
            return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"
        if type_ == "set":
            return f"{{{', '.join(words)}}}" if words else "set()"
        if type_ == "dict":
            return "{" + ", ".join(f"{each}: {self.dice.choice(WORDS)!r}" for each in words) + "}"
        if type_ == "int":
            return str(self.dice.choice((0, 1, 1, 2, 3, -1)))
        if type_ == "bool":
            return self.dice.choice(("True", "False"))
        return repr(self.dice.choice(WORDS))

    def block(self, most: int = 2) -> str:
        with self.branch():
            lines = "\n".join(self.statement() for _ in range(self.dice.randint(1, most)))
        return textwrap.indent(lines, "    ")

    def statement(self) -> str:
        for _ in range(4):
            self.budget = 12
            made = self.weighted(STATEMENTS)(self)
            if made != "pass":  # which is said where there is nothing to change yet
                return made
        return "pass"

    def suite(self, most: int) -> str:
        return "\n".join(self.statement() for _ in range(self.dice.randint(1, most)))

    def function(
        self, name: str, parameters: str, types: dict[str, str], returned: str, most: int = 3
    ) -> str:
        """A function with a body that returns a value of a type."""
        kind = "method" if parameters.startswith("self") else "function"
        with self.inside(kind) as frame:
            for parameter, type_ in types.items():
                frame.names[type_].append(parameter)
            body = self.suite(most) if self.chance(0.8) else ""
            self.budget = 14
            result = f"return {self.expression(returned, 3)}"
        return f"def {name}({parameters}):\n" + textwrap.indent(f"{body}\n{result}".strip(), "    ")


# Lists

templates(
    "list",
    "{list} + {list}",
    "[*{list}, {str}]",
    "[*{tuple}, *{list}]",
    "[{str}, {str}]",
    "[{str}, *{list}]",
    "{list}[{n}:]",
    "{list}[:{n}]",
    "{list}[::-1]",
    "{list}[{n}:{n}]",
    "list({list})",
    "list({tuple})",
    "{list}.copy()",
    "({list} if {bool} else {list})",
    "({list} or {list})",
    "({list} and {list})",
    "sorted({list})",
    "sorted({set})",
    "sorted({list}, key=len)",
    "sorted({list}, key=lambda w: (len(w), w), reverse=True)",
    "[w + {word} for w in {list}]",
    "[w for w in {list} if w != {word}]",
    "[w for w in {list} if w not in {list}]",
    "[x + y for x in {list} for y in {list}]",
    "[w for w in {list} if (w := w + 'q') != {word}]",
    "[x for x in [x.upper() for x in {list}]]",
    "list({dict})",
    "list({dict}.values())",
    "[k + v for k, v in {dict}.items()]",
    "[k for k in {dict} if {dict}.get(k)]",
    "list(dict.fromkeys({list}))",
    "list({dict}.keys())",
    "{str}.split('_')",
    "[str({int})]",
    "[str({bool}), str({int})]",
    weight=4,
)


def braced(type_: str, *texts: str, weight: int = 4) -> None:
    """As :func:`templates`, holes written ``«list»``, for texts that have braces of their own."""

    def fill(g: Generator, depth: int, text: str) -> str:
        protected = text.replace("{", "\x01").replace("}", "\x02").replace("«", "{").replace("»", "}")
        return g.filled(protected, depth).replace("\x01", "{").replace("\x02", "}")

    for text in texts:
        EXPRESSIONS[type_].append((lambda g, depth, text=text: fill(g, depth, text), weight))


def braced_statements(*texts: str, weight: int = 4) -> None:
    for text in texts:
        made: list[tuple[Expression, int]] = []
        EXPRESSIONS["?"] = made
        braced("?", text)
        del EXPRESSIONS["?"]
        STATEMENTS.append((lambda g, fill=made[0][0]: fill(g, 3), weight))


braced(
    "list",
    '[f"{w}{i}" for i, w in enumerate(«list»)]',
    '[f"{w!r:>8}" for w in «list»]',
    '[f"{w:_<6}" for w in «list»]',
    "[{**«dict», «word»: «str»}[k] for k in «dict»]",
    "list({w: w.upper() for w in «list»}.items())[0:1] and «list»",
    "sorted({w for w in «list»})",
    "list({«word»: 1, **dict.fromkeys(«list», 2)})",
    "sorted({*«list», *«tuple»})",
)
templates(
    "list",
    "[x + y for x, y in zip({list}, {list})]",
    "list(map(str.upper, {list}))",
    "list(map(lambda w: w + {str}, {list}))",
    "list(filter(None, {list}))",
    "list(filter(lambda w: w != {str}, {list}))",
    "list(reversed({list}))",
    "list(chain({list}, {tuple}))",
    "list(chain.from_iterable([{list}, {list}]))",
    "list(islice({list}, abs({int})))",
    "[x + y for x, y in itertools.product({list}, {list})]",
    "[str(x) for x, y in itertools.zip_longest({list}, {list}, fillvalue='z')]",
    "reduce(lambda x, y: x + [y], {list}, [])",
    "reduce(operator.add, [{list}, {list}])",
    "copy.copy({list})",
    "copy.deepcopy({list})",
    "list(OrderedDict.fromkeys({list}))",
    "[w for w, _ in Counter({list}).most_common()]",
    "list(deque({list}, maxlen=2))",
    "list(ChainMap({dict}, {dict}))",
    "sorted(ChainMap({dict}, {dict}).values())",
    "(lambda *ws, k={list}: [*ws, *k])({str}, {str})",
    "partial(sorted, reverse=True)({list})",
    "[*{dict}]",
    "[*map(str, range({int}))]",
    "[w for w in {list} if isinstance(w, str)]",
    "[c for c in {str}]",
    "[w for ws in [{list}, {tuple}] for w in ws]",
    "sum([{list}, {list}], [])",
    "{list} * {int}",
    "[None, *{list}][1:]",
    "next(iter([{list}]))",
    "max({list}, {list}, key=len)",
    "[f() for f in [lambda w=w: w for w in {list}]]",
    "[f() for f in [lambda: w for w in {list}]]",
    "[getattr({str}, m)() for m in ('upper', 'title')]",
    "list(iter({list}))",
    "[*(w for w in {list})]",
    "list({str}.partition('_'))",
    "[x for x, in zip({list})]",
    "[a for a, *b in [{list}] if b]",
    weight=2,
)


templates("list", 'json.loads(\'["u", "v"]\')', "list(json.loads('[]'))", weight=1)  # what no reader follows


@expression("list", 14)
def call_for_list(g: Generator, depth: int) -> str:
    return called(g, "list", depth)


@expression("list", 6)
def inherited(g: Generator, depth: int) -> str:
    return "super().inputs" if g.has_self and g.frame.kind == "method" else g.atom("list")


def called(g: Generator, type_: str, depth: int) -> str:
    calls = g.functions[type_]
    return g.filled(g.dice.choice(calls), depth) if calls else g.atom(type_)


# The other types

templates(
    "str",
    "{str} + {str}",
    "{str} * {int}",
    "{list}[0]",
    "{list}[-1]",
    "{tuple}[{n}]",
    "{str}.upper()",
    "{str}.replace('a', {str})",
    "{str}.removeprefix('in')",
    "{str}.strip('ab_')",
    "{str}.partition('_')[0]",
    "{str}.zfill(4)",
    "{str}.center(9, '*')",
    "{str}.title()",
    "{str}[::-1]",
    "{str}[{n}:]",
    "'_'.join({list})",
    "'-'.join(sorted({set}))",
    "''.join({tuple})",
    "({str} if {bool} else {str})",
    "({str} or {str})",
    "str({int})",
    "str({bool})",
    "str({list})",
    "repr({str})",
    "str({tuple})",
    "str({dict})",
    "'%s-%s' % ({str}, {int})",
    "'%5s|%-4s' % ({str}, {str})",
    "'%r' % {str}",
    "'%(k)s' % dict(k={str})",
    "'%03d' % {int}",
    "'%s' % {bool}",
    "min({list}, default={word})",
    "max({list}, key=len, default={word})",
    "next(iter({list}), {word})",
    "next((w for w in {list} if w != {word}), {str})",
    "{dict}.get({str}, {str})",
    "{dict}.get({word}) or {word}",
    "type({list}).__name__",
    "type({int}).__name__",
    "(lambda w: w + 'l')({str})",
    "(lambda w, *, k='k': w + k)({str}, k={str})",
    "chr(97 + {int})",
    "str({list} == {list})",
    "str({str} in {list})",
    "str({int} / 2)",
    "str({int} ** 2)",
    "str({int} // 2)",
    "str(round({int} / 3, 2))",
    "format({int}, '03')",
    "copy.copy({str})",
    "{str}.join(('x', 'y'))",
    "str(1 if {bool} else None)",
    weight=2,
)
braced(
    "str",
    'f"{«str»}"',
    'f"{«str»!r}"',
    'f"{«str»:>7}"',
    'f"{«int»:03d}"',
    'f"{«int»:>{«int» + 3}}"',
    'f"{«bool»}_{«int»}"',
    'f"{«str»}-{«str»:.2}"',
    'f"{«list»}"',
    'f"{len(«list»)=}"',
    "'{}-{}'.format(«str», «int»)",
    "'{0}{k}{0!r}'.format(«str», k=«str»)",
    "'{k[0]}'.format(k=«str»)",
    weight=2,
)


@expression("str", 6)
def call_for_str(g: Generator, depth: int) -> str:
    return called(g, "str", depth)


@expression("str", 5)
def of_self(g: Generator, depth: int) -> str:
    if not g.has_self:
        return g.atom("str")
    return g.dice.choice(
        (
            "self.task",
            "self.task.split('-')[0]",
            "type(self).__name__",
            "self.__class__.__name__",
            "self._config.model_type",
            "str(self._config.num_hidden_layers)",
            "getattr(self._config, 'position_embedding_type', 'absolute')",
            "str(getattr(self._config, 'no_such', None))",
            "getattr(self, 'no_such', 'none')",
            "self.LIBRARY_NAME",
            "str(self.MODEL_TYPE)",
            "str(self._config.emb_layer_norm_before)",
        )
    )


templates(
    "int",
    "len({list})",
    "len({set})",
    "len({dict})",
    "{list}.count({str})",
    "{list}.index({list}[0])",
    "{str}.find('a')",
    "{str}.count('a')",
    "{int} + {int}",
    "{int} - {int}",
    "{int} * 2",
    "{int} % 3",
    "-{int}",
    "abs({int})",
    "sum(len(w) for w in {list})",
    "sum(1 for _ in {list})",
    "sum([{int}, {int}])",
    "int({bool})",
    "({int} if {bool} else {int})",
    "max({int}, {int})",
    "min([{int}, {int}, 1])",
    "divmod({int}, 2)[1]",
    "bool({list}) + {int}",
    "Counter({list})[{str}]",
    "bisect.bisect({list}, {str})",
    "int('3') - {int}",
    "hash({int})",
    "ord('a') - 96",
    "{int} & 3 | {int}",
    "({int} or {int})",
    "len(str({int}))",
    "round(2.5) + {int}",
    weight=2,
)


@expression("int", 3)
def call_for_int(g: Generator, depth: int) -> str:
    return called(g, "int", depth)


@expression("int", 2)
def int_of_config(g: Generator, depth: int) -> str:
    if not g.has_self:
        return g.atom("int")
    return g.dice.choice(
        (
            "self._config.num_hidden_layers",
            "self._config.num_attention_heads // 6",
            "getattr(self._config, 'no_such', 2)",
            "self._normalized_config.num_layers",
            "int(self.output_attentions)",
            "self.tensor_parallel_size",
        )
    )


templates(
    "bool",
    "{int} {op} {int}",
    "{str} {op} {str}",
    "{list} == {list}",
    "{str} in {list}",
    "{str} not in {list}",
    "{str} in {dict}",
    "{str} in {set}",
    "{str} in {str}",
    "not {bool}",
    "not {list}",
    "({bool} and {bool})",
    "({bool} or {bool})",
    "bool({list})",
    "bool({str})",
    "any({list})",
    "all(w.islower() for w in {list})",
    "any(w == {str} for w in {list})",
    "isinstance({list}, list)",
    "isinstance({str}, (str, int))",
    "isinstance({bool}, int)",
    "isinstance({tuple}, list)",
    "0 <= {int} < 3",
    "{list} is {list}",
    "{str} is not None",
    "{str}.startswith('a')",
    "{str}.isupper()",
    "{str}.endswith(('b', 'k'))",
    "hasattr({str}, 'upper')",
    "hasattr({list}, 'add')",
    "callable({str})",
    "set({list}) <= {set}",
    "{set} == {set}",
    "{tuple} < {tuple}",
    "{dict} == {dict}",
    "issubclass(bool, int)",
    "{set}.isdisjoint({list})",
    "{set} & {set} == set()",
    "type({str}) is str",
    "type({list}) == list",
    "{int} == True",
    weight=2,
)


@expression("bool", 14)
def bool_of_self(g: Generator, depth: int) -> str:
    if not g.has_self:
        return g.atom("bool")
    return g.dice.choice(
        (
            "self.task == 'fill-mask'",
            "self.task in ('fill-mask', 'feature-extraction')",
            "self.task.startswith('t')",
            "self.output_attentions",
            "self.output_hidden_states",
            "self._config.token_dropout",
            "self._config.position_embedding_type == 'rotary'",
            "self._config.is_decoder",
            "self._config.num_hidden_layers > 6",
            "getattr(self._config, 'is_folding_model', False)",
            "getattr(self._config, 'no_such', True)",
            "hasattr(self, 'no_such')",
            "hasattr(self._config, 'vocab_list')",
            "hasattr(self._config, 'no_such')",
            "self._config.vocab_size is None",
            "self.MODEL_TYPE is None",
            "isinstance(self, Base)",
            "isinstance(self, TextEncoderNeuronConfig)",
            "issubclass(type(self), Base)",
            "callable(self.get_mandatory_axes_for_task)",
        )
    )


templates(
    "dict",
    "dict(zip({list}, {list}))",
    "dict.fromkeys({list}, {str})",
    "dict(a={str}, b={str})",
    "({dict} | {dict})",
    "{dict}.copy()",
    "dict({dict})",
    "dict({dict}, c={str})",
    "dict(sorted({dict}.items()))",
    "({dict} if {bool} else {dict})",
    "OrderedDict({dict})",
    "dict(Counter({list}))and{dict}",
    "dict(ChainMap({dict}, {dict}))",
    "copy.deepcopy({dict})",
    "defaultdict(str, {dict})",
    weight=2,
)
braced(
    "dict",
    "{**«dict», «word»: «str»}",
    "{w: w.upper() for w in «list»}",
    "{k: v for k, v in «dict».items() if k != «word»}",
    "{v: k for k, v in «dict».items()}",
    "{«word»: «str», **«dict»}",
    weight=3,
)
templates(
    "set",
    "set({list})",
    "{set} | {set}",
    "{set} & {set}",
    "{set} - {set}",
    "{set} ^ {set}",
    "{dict}.keys() - {set}",
    "{dict}.keys() & {dict}.keys()",
    "{set}.union({list})",
    "{set}.difference({tuple})",
    "frozenset({list})",
    "{set}.copy()",
    weight=2,
)
braced("set", "{w for w in «list»}", "{*«list», «str»}", "{w for w in «str»}", weight=2)
templates(
    "tuple",
    "tuple({list})",
    "({str}, {str})",
    "{tuple} + {tuple}",
    "{tuple}[{n}:]",
    "tuple(sorted({set}))",
    "tuple({dict})",
    "(*{list}, {str})",
    "tuple(w for w in {list})",
    "({tuple} if {bool} else {tuple})",
    "{tuple} * {int}",
    "{str}.partition('_')",
    "tuple(map(str, {list}))",
    "tuple(enumerate({list}))[0:0]",
    "({str},)",
    weight=2,
)


# Statements

statements("{=list} = {list}", weight=12)
statements("{=list} = {list}\n{=list} = {list}", weight=3)
statements("{=str} = {str}", "{=dict} = {dict}", weight=6)
statements("{=int} = {int}", "{=bool} = {bool}", "{=set} = {set}", "{=tuple} = {tuple}", weight=4)
statements("{=list} = {@list}", weight=12)  # an alias
statements("{=dict} = {@dict}", "{=set} = {@set}", "{=list} = {=list} = {list}", weight=3)
statements("{@list}.append({str})", weight=14)
statements(
    "{@list}.extend({list})",
    "{@list}.insert({n}, {str})",
    "{@list} += {list}",
    "{@list} += [{str}]",
    weight=8,
)
statements(
    "{@list}.pop()",
    "{@list}.pop({n})",
    "{@list}.remove({str})",
    "{@list}.remove({@list}[0])",
    "{@list}.reverse()",
    "{@list}.sort()",
    "{@list}.sort(key=len)",
    "{@list}.sort(key=lambda w: w[::-1], reverse={bool})",
    "{@list}.clear()",
    "{@list}.extend({tuple})",
    "{@list}.extend({dict})",
    "{@list}.extend(w for w in {list})",
    "{@list}.extend({@list})",
    "{@list} *= {int}",
    "{@list} += {tuple}",
    "{@list} += {str}",
    "{@list}[{n}] = {str}",
    "{@list}[0] += {str}",
    "{@list}[{n}:{n}] = {list}",
    "{@list}[:] = {list}",
    "{@list}[:0] = {tuple}",
    "{@list}[::2] = [w + '2' for w in {@list}[::2]]",
    "del {@list}[0]",
    "del {@list}[{n}:]",
    "del {@list}[::2]",
    "{=str} = {@list}.pop(0)",
    "{=str} = {@list}.pop()",
    "{=int} = {@list}.append({str}) or 1",
    "list.append({@list}, {str})",
    "{=list} = {@list}\n{@list} = {list}",
    weight=3,
)
statements(
    "{@dict}[{str}] = {str}",
    "{@dict}.update({dict})",
    "{@dict}.update(k={str})",
    "{@dict} |= {dict}",
    "{@dict}.setdefault({str}, {str})",
    "{@list}.append({@dict}.setdefault({word}, {str}))",
    "{@dict}.pop({word}, None)",
    "{=str} = {@dict}.pop({str}, {word})",
    "{@dict}.pop({str})",
    "del {@dict}[{str}]",
    "{@dict}.popitem()",
    "{@dict}.clear()",
    "{@dict}.setdefault({word}, '')\n{@dict}[{word}] = {str}",
    "{@set}.add({str})",
    "{@set} |= {set}",
    "{@set} -= {set}",
    "{@set}.discard({str})",
    "{@set}.update({list})",
    "{@set}.remove({str})",
    weight=3,
)
statements("{@dict}[{word}] = {str}", "{@set}.add({word})", "{@int} += {int}", "{@str} += {str}", weight=4)
statements(
    "{@tuple} += {tuple}",
    "{@int} -= 1",
    "{@int} *= {int}",
    "{@str} *= 2",
    "{@bool} |= {bool}",
    "{@tuple} *= 2",
)
statements(
    "{=str}, {=str} = {list}",
    "{=str}, *{=list} = {list}",
    "*{=list}, {=str} = {tuple}",
    "({=str}, {=str}), {=list} = ({str}, {str}), {list}",
    "{=str}, {=str} = {str}, {str}",
    "[{=list}, {=list}] = {list}, {list}",
    "{=list}: list = {list}",
    "{=list} = {=list} = {list}",
    weight=2,
)
statements(
    "if {bool}:{block}",
    "if {bool}:{block}\nelse:{block}",
    "if {bool}:{block}\nelif {bool}:{block}\nelse:{block}",
    weight=6,
)
statements(
    "if ({=list} := {list}):{block}",
    "assert {bool} or True",
    "pass",
    "print({str})",
    "assert {int} > -9, {str}",
)


@statement(8)
def for_loop(g: Generator) -> str:
    iterable = g.dice.choice(
        (
            "{list}",
            "{list}",
            "{tuple}",
            "{@list}[:]",
            "list({@list})",
            "{dict}",
            "sorted({set})",
            "iter({list})",
        )
    )
    head = g.filled(iterable, 2)
    return looped(g, "str", f"in {head}")


@statement(4)
def for_pairs(g: Generator) -> str:
    head = g.filled(
        g.dice.choice(
            (
                "enumerate({list})",
                "zip({list}, {list})",
                "{dict}.items()",
                "list({@dict}.items())",
                "enumerate({list}, 1)",
            )
        ),
        2,
    )
    first = "int" if head.startswith("enumerate") else "str"
    return looped(g, f"{first} str", f"in {head}")


def looped(g: Generator, types: str, head: str) -> str:
    with g.branch():
        names = ", ".join(g.bind(each) for each in types.split())
        g.loops += 1
        body = g.block()
        g.loops -= 1
    text = f"for {names} {head}:\n{body}"
    return f"{text}\nelse:\n{g.block(1)}" if g.chance(0.15) else text


@statement(3)
def while_loop(g: Generator) -> str:
    counter = g.fresh("n")
    g.loops += 1
    body = g.block()
    g.loops -= 1
    text = f"{counter} = 0\nwhile {counter} < {g.dice.choice((1, 2, 3))}:\n    {counter} += 1\n{body}"
    return f"{text}\nelse:\n{g.block(1)}" if g.chance(0.2) else text


@statement(2)
def while_popping(g: Generator) -> str:
    changed = g.bound("list")
    if not changed:
        return "pass"
    g.loops += 1
    with g.branch():
        popped = g.bind("str")
        body = g.block(1)
    g.loops -= 1
    return f"{changed} = {changed}[:3]\nwhile {changed}:\n    {popped} = {changed}.pop()\n{body}"


@statement(4)
def jump(g: Generator) -> str:
    if not g.loops:
        return "pass"
    return f"if {g.expression('bool', 2)}:\n    {g.dice.choice(('break', 'continue'))}"


@statement(3)
def early_return(g: Generator) -> str:
    if g.frame.kind != "method" or not g.has_self:
        return "pass"
    return f"if {g.expression('bool', 2)}:\n    return {g.expression('list', 2)}"


@statement(8)
def guarded(g: Generator) -> str:
    risky = g.filled(
        g.dice.choice(
            (
                "raise {exception}({str})",
                "raise {exception}",
                "{=str} = {list}[{int}]",
                "{=str} = {dict}[{str}]",
                "{=int} = {list}.index({str})",
                "{=int} = 1 // {int}",
                "int({str})",
                "{=str}, {=str} = {list}",
                "import not_installed_anywhere" if g.with_assumptions else "import json",
                "if {bool}:\n    raise {exception}({str}, {int})",
                "{str} + {int}",
                "None.missing",
                "raise {exception}({str}) from None",
                "{block}",
            )
        ),
        2,
    )
    lines = ["try:"]
    before = f"{g.statement()}\n" if g.chance(0.4) else ""
    behind = f"\n{g.statement()}" if g.chance(0.3) else ""
    lines.append(textwrap.indent(before + risky.strip("\n") + behind, "    "))
    caught = g.dice.choice(
        (
            "{exception}",
            "Exception",
            "({exception}, {exception})",
            "",
            "LookupError",
            "(ValueError, TypeError)",
            "ArithmeticError",
            "CAUGHT",
            "ImportError",
        )
    )
    kind = g.filled(caught, 1)
    name = " as error" if kind and g.chance(0.5) else ""
    lines.append(f"except {kind}{name}:".replace("except :", "except:"))
    with g.branch():
        if name:
            g.frame.names["str"].append("str(error)")
            g.frame.names["str"].append("type(error).__name__")
            g.frame.names["str"].append("str(error.args)")
        body = g.block()
        if g.chance(0.2):
            body += g.dice.choice(
                ("\n    raise", "\n    raise RuntimeError('again')", "\n    raise KeyError('k') from None")
            )
    for used in ("str(error)", "type(error).__name__", "str(error.args)"):
        while used in g.frame.names["str"]:
            g.frame.names["str"].remove(used)
    lines.append(body)
    if g.chance(0.2):
        lines += ["else:", g.block(1)]
    if g.chance(0.3):
        lines += ["finally:", g.block(1)]
        if g.frame.kind == "method" and g.chance(0.2):
            lines.append(f"    return {g.expression('list', 1)}")
    return "\n".join(lines)


statements(
    "with suppress({exception}, {exception}):{block}",
    "with suppress(Exception):{block}",
    "with contextlib.suppress(LookupError):\n    {@list}.append({dict}[{word}])",
    "with contextlib.nullcontext({list}) as {=list}:{block}",
    weight=2,
)


@statement(5)
def matched(g: Generator) -> str:
    subject = g.filled(g.dice.choice(("{str}", "{list}", "{int}", "{tuple}", "{dict}", "{str}")), 1)
    patterns = (
        "'a'",
        "'a' | 'b'",
        "1",
        "[]",
        "[_]",
        "[first, *rest]",
        "[first, second]",
        "str()",
        "str(first)",
        "['a', *_]",
        "{'a': first}",
        "{**rest}",
        "first if first",
        "None",
        "(first, _) as rest",
        "int() | float()",
        "True",
        "list()",
    )
    lines = [f"match {subject}:"]
    for pattern in g.dice.sample(patterns, g.dice.randint(1, 3)):
        lines += [f"    case {pattern}:", textwrap.indent(g.block(1), "    ")]
    lines += ["    case _:", textwrap.indent(g.block(1), "    ")]
    return "\n".join(lines)


@statement(5)
def iterator_used_twice(g: Generator) -> str:
    made = g.filled(
        g.dice.choice(
            (
                "iter({list})",
                "map(str.upper, {list})",
                "filter(None, {list})",
                "(w for w in {list})",
                "(w + 'g' for w in {@list} if w)",
                "reversed({@list})",
                "zip({list})",
                "enumerate({list})",
                "chain({list}, {list})",
                "islice({list}, 2)",
                "{@dict}.keys()",
                "{@dict}.values()",
                "{@dict}.items()",
                "iter({@list})",
                "iter({dict})",
            )
        ),
        2,
    )
    name, one, two = g.fresh("it"), g.bind("list"), g.bind("list")
    used = g.dice.choice(
        (
            f"{one} = [str(w) for w in {name}]\n{two} = [str(w) for w in {name}]",
            f"{one} = [str(w) for w, _ in zip({name}, {name})]\n{two} = [str(w) for w in {name}]",
            f"{one} = [str(next(iter({name}), 'none'))]\n{two} = [str(w) for w in {name}]",
            f"{one} = list(map(str, {name}))\n{two} = [str(len(list({name})))]",
            f"{one} = ['yes'] if 'a' in {name} else []\n{two} = list(map(str, {name}))",
            f"{one} = [str(any({name}))]\n{two} = [str(w) for w in {name}]",
            f"{one} = []\nfor w in {name}:\n    {one}.append(str(w))\n    break\n{two} = [str(w) for w in {name}]",
            f"{one} = [str(bool({name}))]\n{two} = [*map(str, {name})]",
        )
    )
    between = f"\n{g.statement()}" if g.chance(0.5) else ""
    return f"{name} = {made}{between}\n{used}"


@statement(5)
def inner_function(g: Generator) -> str:
    name = g.fresh("f")
    kind = g.dice.randrange(6)
    own = g.frame.names
    if kind == 0 and g.frame.kind != "module":
        counted = g.bind("int")
        body = f"nonlocal {counted}\n{counted} += 1\nreturn str({counted})"
        if g.chance(0.3):
            body = f"def deeper():\n{textwrap.indent(body, '    ')}\nreturn deeper()"
        use = g.bind("list")
        return f"{counted} = 1\ndef {name}():\n{textwrap.indent(body, '    ')}\n{use} = [{name}(), {name}(), str({counted})]"
    if kind == 1:
        use = g.bind("list")
        body = "w.append(n)\nreturn w"
        return f"def {name}(n, w=[]):\n{textwrap.indent(body, '    ')}\n{name}('d1')\n{use} = {name}('d2')"
    if kind == 2:
        use = g.bind("list")
        body = g.filled("yield {str}\nyield from {list}\nif {bool}:\n    return\nyield {str}", 2)
        return f"def {name}():\n{textwrap.indent(body, '    ')}\n{use} = {g.dice.choice((f'list({name}())', f'[*{name}()]', f'[w for w in {name}()]'))}"
    if kind == 3 and own["list"]:
        outer = g.dice.choice(own["list"])
        use = g.bind("list")
        return f"def {name}():\n    return {outer} + ['in']\n{outer} = {g.expression('list', 1)}\n{use} = {name}()"
    if kind == 4:
        use = g.bind("list")
        defaults = g.expression("list", 1)
        return f"{name} = [lambda k={defaults}: k for _ in range(2)]\n{name}[0]().append('L')\n{use} = {name}[1]()"
    changed = g.bound("list")
    if not changed:
        return "pass"
    body = g.filled("{@list}.append({str})", 2)
    return f"def {name}(w):\n    {body}\n    w.append('p')\n{name}({changed})"


@statement(4)
def changing_helper(g: Generator) -> str:
    return g.filled(
        g.dice.choice(
            (
                "bisect.insort({@list}, {str})",
                "random.shuffle({@list})",
                "operator.iadd({@list}, {list})",
                "{=list} = operator.iadd({@list}, {list})",
                "operator.setitem({@list}, 0, {str})",
                "list(map({@list}.append, {list}))",
                "any({@list}.append(w) for w in {list})",
                "[{@list}.append(w) for w in {list}]",
                "deque(map({@list}.append, {tuple}), maxlen=0)",
                "setattr(types.SimpleNamespace(), 'x', {@list})",
                "partial({@list}.append, {str})()",
                "getattr({@list}, 'append')({str})",
                "{=dict} = vars(types.SimpleNamespace(a={str}))",
                "reduce(lambda acc, w: acc.append(w) or acc, {list}, {@list})",
                "collections.deque({@list}).append({str})",
            )
        ),
        2,
    )


@statement(4)
def library_value(g: Generator) -> str:
    return g.filled(
        g.dice.choice(
            (
                "q = deque({list})\nq.appendleft({str})\n{=list} = list(q)",
                "dd = defaultdict(list)\ndd[{str}].append({str})\ndd[{word}].append({str})\n{=list} = sorted(dd)",
                "dd = defaultdict(list)\ndd[{str}] += {list}\n{=list} = [w for ws in dd.values() for w in ws]",
                "ct = Counter({list})\nct.update({list})\n{=list} = [w for w in ct if ct[w] > 1]",
                "od = OrderedDict({dict})\nod[{word}] = {str}\nod.move_to_end({word})\n{=list} = list(od)",
                "cm = ChainMap({@dict}, {dict})\n{@dict}[{word}] = {str}\n{=list} = sorted(cm.values())",
                "ns = types.SimpleNamespace(w={@list})\nns.w.append({str})\n{=list} = ns.w",
                "ns = types.SimpleNamespace(w={@list})\nns.w += [{str}]\n{=list} = ns.w",
                "cp = copy.copy([{@list}])\ncp[0].append({str})\n{=list} = cp[0]",
                "cp = copy.deepcopy([{@list}])\ncp[0].append({str})\n{=list} = cp[0]",
                "nest = [{@list}] * 2\nnest[0].append({str})\n{=list} = nest[1]",
                "tab = dict.fromkeys({list}, {@list})\nfor w in tab:\n    tab[w].append(w)\n{=list} = sum(tab.values(), [])",
                "tab = dict.fromkeys(('p', 'q'), [])\ntab['p'].append({str})\n{=list} = tab['q']",
                "tab = dict(k={@list})\ntab['k'] += [{str}]\n{=list} = tab['k']",
                "tup = ({@list}, {list})\ntup[0].extend(tup[1])\n{=list} = tup[1]",
                "sl = {@list}[:]\nsl.append({str})\n{=list} = sl",
                "for w in {@list}:\n    if len({@list}) < 5:\n        {@list}.append(w + 'm')",
                "for w in list({@dict}):\n    {@dict}[w + 'x'] = w",
                "{=list} = [w for w in {@dict}.keys() - {set}]",
                "{=list} = list({set})",
                "{=list} = list({set} | {set})",
                "{=list} = [*{set}]",
                "for w in {set}:\n    {@list}.append(w)",
                "{=str} = ', '.join({set})",
                "{=str} = {set}.copy().pop()",
                "{=list} = list(globals())[:0] + {list}",
                "exec({str!r})".replace("{str!r}", "'w = 1'"),
                "{=list} = eval({word!r})".replace("{word!r}", "'[1][:0]'"),
                "sw = [{str}, {str}]\nsw[0], sw[1] = sw[1], sw[0]\n{=list} = sw",
                "{=list} = [i for i in ['1', '2']]\ni = 'out'\n{=list} = [i, *[i for i in {list}], i]",
            )
        ),
        3,
    )


@statement(3)
def global_change(g: Generator) -> str:
    own = g.frames[0].names["list"]
    if not own or g.frame.kind == "module":
        return "pass"
    name = g.dice.choice(own)
    if any(name in each.names["list"] for each in g.frames[1:]):
        return "pass"
    return f"globals()[{name!r}].append({g.expression('str', 1)})"


@statement(4)
def self_change(g: Generator) -> str:
    if not g.has_self:
        return "pass"
    attribute = g.dice.choice(g.attributes["list"] or ["NAMES"])
    return g.filled(
        g.dice.choice(
            (
                "self.mine = {list}\n{=list} = self.mine",
                "self.mine = {@list}\nself.mine.append({str})\n{=list} = self.mine",
                f"self.{attribute} = {{list}}",
                f"self.{attribute} += {{list}}",
                f"self.{attribute}.append({{str}})",
                f"type(self).{attribute} = {{list}}",
                f"type(self).{attribute}.append({{str}})",
                f"setattr(self, '{attribute}', {{list}})",
                f"getattr(self, '{attribute}').append({{str}})",
                f"self.__dict__['{attribute}'] = {{list}}",
                f"self.{attribute} = self.{attribute} + {{list}}\ndel self.{attribute}",
                f"vars(self).update({attribute}={{list}})",
                "self.task = 'fill-mask'",
                "self.mine = {list}\ndel self.mine\n{=list} = getattr(self, 'mine', {list})",
                "self.__secret = {list}\n{=list} = self.__secret",
                "self.many = self.also = {list}\nself.many.append({str})\n{=list} = self.also",
                "self.count = {int}\nself.count += 1\n{=str} = str(self.count)",
                f"object.__setattr__(self, '{attribute}', {{list}})",
            )
        ),
        2,
    )


# Definitions at the top of a file


@definition(10)
def helper(g: Generator) -> str:
    name = g.fresh("helper")
    returned = g.dice.choice(("list", "list", "list", "str", "int"))
    parameters, types, call = g.dice.choice(
        (
            ("names", {"names": "list"}, "({list})"),
            ("names, word='w'", {"names": "list", "word": "str"}, "({list}, word={str})"),
            ("names=[], word='w'", {"names": "list", "word": "str"}, "()"),
            ("names=[], /, *, word='w'", {"names": "list", "word": "str"}, "(word={str})"),
            ("*words, **more", {"words": "tuple", "more": "dict"}, "({str}, {str}, k={str})"),
            ("*words, last='z'", {"words": "tuple", "last": "str"}, "(*{list}, last={str})"),
            ("word, /, other='o'", {"word": "str", "other": "str"}, "({str}, other={str})"),
            ("word, number=1", {"word": "str", "number": "int"}, "({str})"),
            ("names, *rest", {"names": "list", "rest": "tuple"}, "({list}, *{tuple})"),
            ("**more", {"more": "dict"}, "(**{dict})"),
            ("names, table", {"names": "list", "table": "dict"}, "({list}, table={dict})"),
        )
    )
    text = g.function(name, parameters, types, returned)
    if g.decorators and g.chance(0.3):
        text = f"@{g.dice.choice(g.decorators)}\n{text}"
    elif g.chance(0.4) and parameters in ("word, number=1", "word, /, other='o'", "*words, last='z'"):
        text = f"@{g.dice.choice(('lru_cache', 'lru_cache(maxsize=None)', 'functools.cache'))}\n{text}"
    g.functions[returned].append(f"{name}{call}")
    return text


@definition(4)
def generator_function(g: Generator) -> str:
    name = g.fresh("generate")
    with g.inside("function") as frame:
        frame.names["list"].append("names")
        body = g.suite(2)
        body += "\n" + g.filled(
            g.dice.choice(
                (
                    "for w in names:\n    yield w\n    if w == {word}:\n        return",
                    "yield from names\nyield {str}",
                    "yield {str}\ntry:\n    yield {str}\nfinally:\n    names.append('done')",
                    "while names:\n    yield names.pop()",
                    "got = yield {str}\nyield str(got)",
                )
            ),
            2,
        )
    g.functions["list"] += [f"list({name}({{list}}))", f"[*{name}({{list}})]"]
    g.functions["str"].append(f"next({name}({{list}}), {{word}})")
    return f"def {name}(names):\n{textwrap.indent(body, '    ')}"


@definition(4)
def function_decorator(g: Generator) -> str:
    name = g.fresh("decorate")
    g.decorators.append(name)
    what = g.dice.choice(
        (
            "result = function(*args, **kwargs)\nreturn result",
            "result = function(*args, **kwargs)\nif isinstance(result, list):\n    return result + ['deco']\nreturn result",
            "result = function(*args, **kwargs)\nif isinstance(result, list):\n    result.append('deco')\nreturn result",
            "try:\n    return function(*args, **kwargs)\nexcept Exception:\n    return ['failed']",
        )
    )
    inner = "def wrapper(*args, **kwargs):\n" + textwrap.indent(what, "    ")
    if g.chance(0.5):
        inner = "@wraps(function)\n" + inner
    text = f"def {name}(function):\n{textwrap.indent(inner, '    ')}\n    return wrapper"
    if g.chance(0.2):
        text = f"class {name}:\n    def __init__(self, function):\n        self.function = function\n    def __call__(self, *args, **kwargs):\n        return self.function(*args, **kwargs)"
        g.decorators.remove(name)
    if g.chance(0.2) and name in g.decorators:
        outer = g.fresh("decorate")
        text = f"def {outer}(*_):\n{textwrap.indent(text, '    ')}\n    return {name}"
        g.decorators.remove(name)
        g.decorators.append(f"{outer}({g.expression('str', 1)})")
    return text


@definition(4)
def class_decorator(g: Generator) -> str:
    name = g.fresh("marked")
    body = g.filled(
        g.dice.choice(
            (
                "cls.NAMES = cls.NAMES + [{str}]\nreturn cls",
                "cls.NAMES.append({str})\nreturn cls",
                "cls.outputs = property(lambda self: {list})\nreturn cls",
                "class Sub(cls):\n    @property\n    def outputs(self):\n        return [{str}, *super().outputs]\nreturn Sub",
                "setattr(cls, 'NAMES', {list})\nreturn cls",
                "before = cls.inputs\ncls.inputs = property(lambda self: before.fget(self) + [{str}])\nreturn cls",
                "return type(cls.__name__, (cls,), dict(NAMES={list}))",
                "for k, v in list(vars(cls).items()):\n    if k.isupper() and isinstance(v, list):\n        setattr(cls, k, v + [{str}])\nreturn cls",
                "return cls",
            )
        ),
        2,
    )
    text = f"def {name}(cls):\n{textwrap.indent(body, '    ')}"
    g.class_decorators.append(name)
    if g.chance(0.3):
        outer = g.fresh("marked")
        text = f"def {outer}(*names):\n{textwrap.indent(text, '    ')}\n    return {name}"
        g.class_decorators[-1] = f"{outer}({g.expression('str', 1)})"
    elif g.chance(0.15):
        text = f"class {name}:\n    def __init__(self, cls):\n        cls.NAMES = {g.expression('list', 1)}\n        self.cls = cls\n    def __call__(self, *a, **k):\n        return self.cls(*a, **k)"
    return text


@definition(4)
def exception_class(g: Generator) -> str:
    name = g.fresh("Error")
    base = g.dice.choice((*g.exceptions, "Exception", "Exception"))
    g.exceptions.append(name)
    if g.chance(0.3):
        return f"class {name}({base}):\n    def __str__(self):\n        return 'own text'"
    if g.chance(0.2):
        return f"class {name}({base}):\n    def __init__(self, *a):\n        super().__init__('init', *a)"
    return f"class {name}({base}):\n    pass"


@definition(3)
def enum_class(g: Generator) -> str:
    name = g.fresh("Kind")
    base = g.dice.choice(("enum.Enum", "str, enum.Enum", "enum.IntEnum" if False else "enum.Enum"))
    g.functions["str"] += [f"{name}.ONE.value", f"{name}.TWO.name", f"{name}('two').value"]
    g.functions["list"].append(f"[each.value for each in {name}]")
    g.functions["bool"].append(f"{name}.ONE == 'one'")
    return f"class {name}({base}):\n    ONE = 'one'\n    TWO = 'two'\n    ALSO = 'one'"


@definition(3)
def data_class(g: Generator) -> str:
    name = g.fresh("Data")
    made = g.fresh("data")
    g.functions["list"] += [f"{name}({{str}}).names", f"{made}.names", f"list(dataclasses.asdict({made}))"]
    g.functions["str"] += [f"{made}.word", f"{name}({{str}}).word"]
    return (
        f"@dataclasses.dataclass\nclass {name}:\n    word: str\n    names: list = dataclasses.field(default_factory=list)\n"
        f"{made} = {name}({g.expression('str', 1)}, {g.expression('list', 1)})"
    )


@definition(3)
def named_tuple(g: Generator) -> str:
    name, made = g.fresh("Pair"), g.fresh("pair")
    g.functions["str"] += [f"{made}.left", f"{made}[1]", f"{made}._replace(left={{str}}).left"]
    g.functions["list"] += [f"list({made})", f"list({name}._fields)"]
    return f"{name} = namedtuple('{name}', 'left right')\n{made} = {name}({g.expression('str', 1)}, right={g.expression('str', 1)})"


@definition(3)
def plain_class(g: Generator) -> str:
    name, made = g.fresh("Box"), g.fresh("box")
    g.functions["list"] += [
        f"{made}.names",
        f"{name}({{list}}).names",
        f"{made}.added({{str}})",
        f"{name}.shared",
    ]
    g.functions["str"] += [f"str({made})"]
    g.functions["int"] += [f"len({made})"]
    return (
        f"class {name}:\n    shared = {g.expression('list', 1)}\n    def __init__(self, names):\n        self.names = names\n"
        "    def added(self, word):\n        self.names.append(word)\n        return self.names\n"
        "    def __len__(self):\n        return len(self.names)\n    def __str__(self):\n        return '+'.join(self.names)\n"
        f"{made} = {name}({g.expression('list', 1)})"
    )


@definition(3)
def conditional_import(g: Generator) -> str:
    as_here = (
        "try:\n    import json\n    {=bool} = True\nexcept ImportError:\n    {=bool} = False",
        "try:\n    import json\nexcept ImportError:\n    json = None\n{=list} = ['json'] if json is not None else []",
        "if TYPE_CHECKING:\n    from typing import Any\nelse:\n    Any = object\n{=list} = {list}",
        "try:\n    import not_installed_anywhere\nexcept ImportError:\n    pass\n{=list} = {list}",
    )
    assumed = (
        "try:\n    import not_installed_anywhere\nexcept ImportError:\n    {=list} = {list}",
        "try:\n    from not_installed_anywhere import thing\n    HAS = True\nexcept ImportError:\n    HAS = False\n"
        "{=list} = ['has'] if HAS else {list}",
        "{=list} = ['before']\nif TYPE_CHECKING:\n    {=str} = 'checking'\nelse:\n    {=str} = 'running'",
        "{=list} = {list}\nif not TYPE_CHECKING:\n    {@list}.append({str})",
        "try:\n    import neuronx_distributed\nexcept ImportError:\n    neuronx_distributed = None\n"
        "{=bool} = neuronx_distributed is None",
    )
    return g.filled(g.dice.choice(as_here + assumed if g.with_assumptions else as_here), 2)


@definition(5)
def global_helper(g: Generator) -> str:
    own = g.frames[0].names["list"]
    first = "" if own else g.filled("{=list} = {list}\n", 1)
    name, changed = g.fresh("change"), g.dice.choice(own)
    body = g.dice.choice(
        (
            f"global {changed}\n{changed} = {changed} + ['global']",
            f"{changed}.append('outer')",
            f"global {changed}\n{changed} += ['global']",
            f"globals()['{changed}'] = ['via globals']",
            f"bisect.insort({changed}, 'k')",
            f"with contextlib.nullcontext():\n    {changed}.append('with')",
            f"for w in iter('xy'):\n    {changed}.append(w)",
        )
    )
    g.functions["str"].append(f"str({name}())")
    return f"{first}def {name}():\n{textwrap.indent(body, '    ')}\n{name}()"


# Classes


@member(8)
def list_attribute(g: Generator) -> str:
    name = g.dice.choice(("NAMES", "MORE", g.fresh("ATTR")))
    text = f"{name} = {g.expression('list', 2)}"
    if name not in g.attributes["list"]:
        g.attributes["list"].append(name)
    g.frame.names["list"].append(name)
    return text


@member(4)
def other_attribute(g: Generator) -> str:
    type_ = g.dice.choice(("str", "dict", "tuple", "int", "bool"))
    name = g.fresh("ATTR")
    text = f"{name} = {g.expression(type_, 2)}"
    g.attributes[type_].append(name)
    g.frame.names[type_].append(name)
    return text


@member(3)
def class_body_code(g: Generator) -> str:
    text = g.filled(
        g.dice.choice(
            (
                "for w in {list}:\n    NAMES.append(w)",
                "NAMES = [w + 'c' for w in NAMES]",
                "MORE = [x + y for x in NAMES for y in ('1', '2')]",
                "if {bool}:\n    NAMES = {list}\nelse:\n    MORE = {list}",
                "MORE = NAMES\nMORE.append({str})",
                "MORE = [w for w in ('m',) if w not in {list}] + NAMES",
                "NAMES += {list}",
                "NAMES[0:0] = {list}",
                "MODEL_TYPE = {str}",
                "locals()['MORE'] = {list}",
                "try:\n    MORE = NAMES[7]\nexcept IndexError:\n    MORE = {list}",
            )
        ),
        2,
    )
    return text if "NAMES" in g.frame.names["list"] else "NAMES = ['n']\n" + text


@member(10)
def method(g: Generator) -> str:
    returned = g.dice.choice(("list", "list", "str", "int", "bool"))
    name = g.fresh("method")
    text = g.function(name, "self", {}, returned, most=2)
    if g.decorators and g.chance(0.2):
        text = f"@{g.dice.choice(g.decorators)}\n{text}"
    g.members[returned].append(f"self.{name}()")
    return text


@member(4)
def static_or_class_method(g: Generator) -> str:
    name = g.fresh("method")
    if g.chance(0.5):
        text = "@staticmethod\n" + g.function(name, "names=('s',)", {"names": "list"}, "list", most=2)
        g.members["list"].append(f"self.{name}(['g'])")
    else:
        text = f"@classmethod\ndef {name}(cls, *words):\n    cls.NAMES.append('cls')\n    return [*cls.NAMES, *words, cls.__name__]"
        g.members["list"] += [f"self.{name}('w')", f"type(self).{name}()"]
    return text


@member(6)
def other_property(g: Generator) -> str:
    name = g.fresh("prop")
    kind = g.dice.choice(("property", "property", "cached_property", "functools.cached_property"))
    text = f"@{kind}\n" + g.function(name, "self", {}, "list", most=2)
    if kind == "property" and g.chance(0.4):
        text += f"\n@{name}.setter\ndef {name}(self, value):\n    self._{name} = value"
        if g.chance(0.4):
            text += f"\n@{name}.deleter\ndef {name}(self):\n    self._{name} = []"
    if g.decorators and g.chance(0.2):
        text = f"@{kind}\n@{g.dice.choice(g.decorators)}\n{text.partition(chr(10))[2]}"
    g.members["list"].append(f"self.{name}")
    return text


@member(5)
def constructor(g: Generator) -> str:
    with g.inside("method"):
        body = g.filled(
            g.dice.choice(
                (
                    "self.own = {list}",
                    "self.own = self.NAMES\nself.own.append({str})",
                    "self.NAMES = self.NAMES + {list}",
                    "self.NAMES = {list}\nself.own = self.NAMES",
                    "self.own = [self.task, *{list}]",
                    "self.own = list({list})\nif self.task == 'fill-mask':\n    self.own.append({str})",
                    "self.own = {list}\n{block}",
                    "self.own = {list}\nself.MODEL_TYPE = {str}",
                )
            ),
            2,
        )
    head, call = g.dice.choice(
        (
            ("self, *args, **kwargs", "super().__init__(*args, **kwargs)"),
            ("self, config, task, **kwargs", "super().__init__(config, task=task, **kwargs)"),
            (
                "self, config, task='fill-mask', *args, **kwargs",
                "super().__init__(config, task, *args, **kwargs)",
            ),
            ("self, *args, extra='e', **kwargs", "super().__init__(*args, **kwargs)"),
        )
    )
    g.members["list"].append("self.own")
    order = f"{body}\n{call}" if "self.task" not in body and g.chance(0.2) else f"{call}\n{body}"
    return f"def __init__({head}):\n{textwrap.indent(order, '    ')}"


@member(3)
def hook(g: Generator) -> str:
    return g.filled(
        g.dice.choice(
            (
                "def __init_subclass__(cls, **kwargs):\n    super().__init_subclass__(**kwargs)\n    cls.NAMES = [*cls.NAMES, {str}]",
                "def __init_subclass__(cls, **kwargs):\n    super().__init_subclass__()\n    cls.NAMES.append(cls.__name__)",
                "def __getattr__(self, name):\n    if name.startswith('dyn'):\n        return [name]\n    return super().__getattr__(name)",
                "def __getattribute__(self, name):\n    if name == 'NAMES':\n        return ['intercepted']\n    return super().__getattribute__(name)",
                "def __setattr__(self, name, value):\n    if name == 'mine':\n        value = ['set']\n    super().__setattr__(name, value)",
                "__slots__ = ('slot',)",
                "__private = ['private']\n@property\ndef secret(self):\n    return self.__private",
                "def __new__(cls, *args, **kwargs):\n    made = super().__new__(cls)\n    made.born = ['new']\n    return made",
                "def __call__(self, word):\n    return word + '()'",
                "def __len__(self):\n    return {int}",
                "def __eq__(self, other):\n    return True\n__hash__ = None",
                "def __contains__(self, word):\n    return {bool}",
                "def __bool__(self):\n    return False",
                "def __iter__(self):\n    return iter({list})",
                "def __getitem__(self, key):\n    return {list}[key]",
            )
        ),
        2,
    )


def listed_property(g: Generator, name: str) -> str:
    """``inputs`` or ``outputs``."""
    text = g.function(name, "self", {}, "list", most=4)
    decorator = "@property\n"
    if g.decorators and g.chance(0.12):
        decorator += f"@{g.dice.choice(g.decorators)}\n"
    text = text.replace("super().inputs", "super().outputs") if name == "outputs" else text
    if g.chance(0.03):
        decorator = decorator.replace("property", "cached_property")
    return decorator + text


def base_class(g: Generator) -> str:
    lines = ["NORMALIZED_CONFIG_CLASS = NormalizedTextConfig"]
    with g.inside("class"):
        g.attributes["list"].append("NAMES")
        lines.append(f"NAMES = {g.expression('list', 2)}")
        g.frame.names["list"].append("NAMES")
        lines += [g.weighted(MEMBERS)(g) for _ in range(g.dice.randint(0, 2))]
        lines.append(listed_property(g, "inputs").replace("super().inputs", "['base']"))
    keywords = ""
    text = ""
    if g.chance(0.06):
        name = g.fresh("Meta")
        body = g.dice.choice(
            (
                "def __new__(mcls, name, bases, namespace, **kwargs):\n    namespace['MORE'] = ['meta']\n    return super().__new__(mcls, name, bases, namespace)",
                "def __init__(cls, name, bases, namespace):\n    super().__init__(name, bases, namespace)\n    cls.NAMES = ['meta', *cls.NAMES]",
                "@property\ndef NAMES(cls):\n    return ['meta property']",
            )
        )
        text = f"class {name}(abc.ABCMeta):\n{textwrap.indent(body, '    ')}\n"
        keywords = f", metaclass={name}"
        g.attributes["list"].append("MORE")
    g.classes.append("Base")
    return f"{text}class Base(TextEncoderNeuronConfig{keywords}):\n{textwrap.indent(chr(10).join(lines), '    ')}"


def mixin(g: Generator, name: str) -> str:
    with g.inside("class"):
        lines = [g.weighted(MEMBERS)(g) for _ in range(g.dice.randint(0, 2))]
        which = g.dice.choice(("inputs", "outputs"))
        text = f"return [*super().{which}, {g.literal('str')}]"
        if g.chance(0.3):
            text = f"found = super().{which}\nfound.append({g.literal('str')})\nreturn found"
        lines.append(f"@property\ndef {which}(self):\n{textwrap.indent(text, '    ')}")
    return f"class {name}:\n{textwrap.indent(chr(10).join(lines), '    ')}"


def config_class(g: Generator, name: str, bases: str, tasks: Sequence[str]) -> str:
    members = {type_: list(names) for type_, names in g.members.items()}
    with g.inside("class"):
        lines = [g.weighted(MEMBERS)(g) for _ in range(g.dice.randint(0, 3))]
        if g.chance(0.8):
            lines.append(listed_property(g, "inputs"))
        if g.chance(0.8):
            lines.append(listed_property(g, "outputs"))
    g.members = members
    decorators = [f"@register_in_tasks_manager('esm', {', '.join(map(repr, tasks))})"]
    if g.class_decorators and g.chance(0.35):
        decorators.insert(g.dice.randrange(2), f"@{g.dice.choice(g.class_decorators)}")
    body = textwrap.indent("\n".join(lines) or "pass", "    ")
    g.classes.append(name)
    return "\n".join(decorators) + f"\nclass {name}({bases}):\n{body}"


def module_change(g: Generator) -> str:
    """Code behind classes that changes them."""
    one, every = g.dice.choice(g.classes), ", ".join(g.classes)
    plain = (
        f"{one}.NAMES.append({{str}})",
        f"{one}.NAMES = {{list}}",
        f"{one}.NAMES += {{list}}",
        f"setattr({one}, 'NAMES', {{list}})",
        f"for C in ({every},):\n    C.NAMES = [*C.NAMES, C.__name__]",
        f"{one}.MODEL_TYPE = {{str}}",
        f"if {{bool}}:\n    {one}.NAMES = {{list}}",
        f"{one}.outputs = property(lambda self: {{list}})",
        f"def patched(self):\n    return {{list}}\n{one}.inputs = property(patched)",
        f"with suppress(Exception):\n    {one}.NAMES.append({{str}})\n    {one}.NAMES.remove('none such')",
        f"try:\n    {one}.NAMES.insert(0, {{str}})\nfinally:\n    {one}.NAMES.append({{str}})",
        f"[C.NAMES.append('z') for C in ({every},)]",
        f"{one}.INPUT_ARGS = ('batch_size', *{{list}})",
        f"getattr({one}, 'NAMES').extend({{list}})",
        f"held = {one}\nheld.NAMES = {{list}}\nheld.NAMES.append({{str}})",
    )
    odd = (
        f"for C in {one}.__mro__[:2]:\n    C.MORE = {{list}}",
        f"del {one}.NAMES",
        f"list(map(lambda C: setattr(C, 'NAMES', {{list}}), [{one}]))",
        f"vars({one})['NAMES'].append({{str}})",
        f'exec("{one}.NAMES = []")',
        f"globals()['{one}'].NAMES.append('g')",
        f"random.shuffle({one}.NAMES)",
        f"bisect.insort({one}.NAMES, {{str}})",
    )
    return g.filled(g.dice.choice(odd if g.chance(0.2) else plain), 2)


def generated_program(seed: int, *, with_assumptions: bool = False) -> str:
    """The source of one file, which Python can parse.

    Args:
        with_assumptions: with code that the reader takes to run otherwise than here, on purpose: as with everything
            installed that a file imports, and as a type checker sees it.
    """
    for attempt in itertools.count():
        source = written(Generator(f"{seed} {attempt}", with_assumptions=with_assumptions))
        with contextlib.suppress(SyntaxError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "generated", "exec")
            return source
    raise AssertionError


def written(g: Generator) -> str:
    g.budget = 12
    parts = [IMPORTS]
    has_caught = g.dice.choice(("ValueError", "(KeyError, IndexError)", "(ValueError, (LookupError,))"))
    parts.append(f"CAUGHT = {has_caught}")
    for _ in range(g.dice.randint(1, 4)):
        g.budget = 12
        parts.append(g.weighted(DEFINITIONS)(g) if g.chance(0.5) else g.statement())
    parts.append(base_class(g))
    bases = ["Base"]
    if g.chance(0.3):
        parts.append(mixin(g, "Mixin"))
        bases.append("Mixin, Base")
    if g.chance(0.1):
        parts.append(mixin(g, "OtherMixin"))
        bases.append("Mixin, OtherMixin, Base" if "Mixin, Base" in bases else "OtherMixin, Base")
    tasks = g.dice.sample(TASKS, 3)
    for name in ("First", "Second")[: g.dice.choice((1, 1, 2))]:
        if g.chance(0.3):
            parts.append(g.weighted(DEFINITIONS)(g) if g.chance(0.5) else g.statement())
        if g.chance(0.25):
            parts.append(module_change(g))
        chosen = g.dice.choice(bases) if name == "First" else g.dice.choice([*bases, "First"])
        given = tasks[:1] if name == "First" else tasks[1:2]
        parts.append(
            config_class(g, name, chosen, [*given, tasks[2]] if name == "First" and g.chance(0.3) else given)
        )
    for _ in range(g.dice.choice((0, 0, 1, 2))):
        g.budget = 12
        parts.append(module_change(g) if g.chance(0.7) else g.statement())
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(generated_program(int(sys.argv[1])))
