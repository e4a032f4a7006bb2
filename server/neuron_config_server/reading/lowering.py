"""libcst's tree of a statement -> :mod:`.syntax`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Union

import libcst as cst

from neuron_config_server.reading import syntax
from neuron_config_server.reading.node_spans import node_spans
from neuron_config_server.reading.syntax import Span

_LINE_END = re.compile(r"\r\n?")
_Function = Union[cst.FunctionDef, cst.Lambda]
_WITHOUT_YIELD = (
    syntax.Function,
    syntax.Class,
    syntax.Lambda,
    syntax.Import,
    syntax.Jump,
    syntax.Text,
    syntax.Name,
)


class Lowering:
    """Turns the nodes of one statement's tree into syntax.

    Raises:
        RecursionError: the tree is deeper than the interpreter's stack.
    """

    def __init__(self, module: cst.Module) -> None:
        self._module = module
        self._spans = node_spans(module)
        self._classes: list[str] = []

    def statements(self) -> syntax.Block:
        return self._block(self._module.body)

    # Statements

    def _block(self, nodes: Iterable[cst.CSTNode]) -> syntax.Block:
        return tuple(lowered for node in nodes for lowered in self._lines(node))

    def _suite(self, node: cst.BaseSuite) -> syntax.Block:
        return self._block(node.body if isinstance(node, cst.IndentedBlock) else (node,))

    def _lines(self, node: cst.CSTNode) -> Iterator[syntax.Statement]:
        if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            for small in node.body:
                yield self._statement(small)
        else:
            yield self._statement(node)

    def _statement(self, node: cst.CSTNode) -> syntax.Statement:
        lower = _STATEMENTS.get(type(node))
        return lower(self, node) if lower is not None else self._other(node)

    def _assign(self, node: cst.Assign) -> syntax.Assign:
        targets = tuple(self._expression(target.target) for target in node.targets)
        return syntax.Assign(targets, self._expression(node.value), self._span(node))

    def _annotated(self, node: cst.AnnAssign) -> syntax.Assign | syntax.Declare:
        target = self._expression(node.target)
        if node.value is None:
            return syntax.Declare(target, self._span(node))
        return syntax.Assign((target,), self._expression(node.value), self._span(node))

    def _augment(self, node: cst.AugAssign) -> syntax.Augment:
        operator = _AUGMENTS.get(type(node.operator), "")
        return syntax.Augment(
            self._expression(node.target), operator, self._expression(node.value), self._span(node)
        )

    def _evaluate(self, node: cst.Expr) -> syntax.Evaluate:
        return syntax.Evaluate(self._expression(node.value), self._span(node))

    def _return(self, node: cst.Return) -> syntax.Return:
        return syntax.Return(self._optional(node.value), self._span(node))

    def _if(self, node: cst.If) -> syntax.If:
        return syntax.If(
            self._expression(node.test), self._suite(node.body), self._orelse(node.orelse), self._span(node)
        )

    def _orelse(self, node: cst.If | cst.Else | None) -> syntax.Block:
        if isinstance(node, cst.If):
            return (self._if(node),)
        return self._suite(node.body) if node is not None else ()

    def _for(self, node: cst.For) -> syntax.For:
        return syntax.For(
            self._expression(node.target),
            self._expression(node.iter),
            self._suite(node.body),
            self._orelse(node.orelse),
            self._span(node),
        )

    def _while(self, node: cst.While) -> syntax.While:
        return syntax.While(
            self._expression(node.test), self._suite(node.body), self._orelse(node.orelse), self._span(node)
        )

    def _try(self, node: cst.Try) -> syntax.Try:
        handlers = (
            syntax.Handler(self._optional(each.type), self._handler_name(each), self._suite(each.body))
            for each in node.handlers
        )
        return syntax.Try(
            self._suite(node.body),
            tuple(handlers),
            self._orelse(node.orelse),
            self._suite(node.finalbody.body) if node.finalbody is not None else (),
            self._span(node),
        )

    def _handler_name(self, node: cst.ExceptHandler) -> str | None:
        name = _as_name(node.name)
        return self._mangled(name) if name is not None else None

    def _with(self, node: cst.With) -> syntax.With:
        items = tuple(
            (self._expression(each.item), self._expression(each.asname.name) if each.asname else None)
            for each in node.items
        )
        return syntax.With(items, self._suite(node.body), self._span(node))

    def _raise(self, node: cst.Raise) -> syntax.Raise:
        return syntax.Raise(self._optional(node.exc), self._span(node))

    def _assert(self, node: cst.Assert) -> syntax.Assert:
        return syntax.Assert(self._expression(node.test), self._span(node))

    def _delete(self, node: cst.Del) -> syntax.Delete:
        target = self._expression(node.target)
        is_several = isinstance(target, syntax.Display)
        return syntax.Delete(target.elements if is_several else (target,), self._span(node))

    def _jump(self, node: cst.CSTNode) -> syntax.Jump:
        return syntax.Jump(type(node).__name__.lower(), self._span(node))

    def _import(self, node: cst.Import) -> syntax.Import:
        names = []
        for alias in node.names:
            dotted = _dotted(alias.name)
            first = dotted.partition(".")[0]
            asname = _as_name(alias.asname)
            names.append((self._mangled(asname), dotted) if asname else (self._mangled(first), first))
        return syntax.Import(
            tuple(names), tuple(_dotted(alias.name) for alias in node.names), self._span(node)
        )

    def _import_from(self, node: cst.ImportFrom) -> syntax.Import:
        module = "." * len(node.relative) + (_dotted(node.module) if node.module is not None else "")
        prefix = module if not module or module.endswith(".") else f"{module}."
        if isinstance(node.names, cst.ImportStar):
            return syntax.Import((("*", f"{prefix}*"),), (module,), self._span(node))
        names = tuple(
            (self._mangled(_as_name(alias.asname) or _dotted(alias.name)), prefix + _dotted(alias.name))
            for alias in node.names
        )
        return syntax.Import(names, (module,), self._span(node))

    def _function(self, node: cst.FunctionDef) -> syntax.Function:
        body = self._suite(node.body)
        return syntax.Function(
            self._mangled(node.name.value),
            self._span(node.name),
            self._parameters(node.params),
            tuple(self._expression(each.decorator) for each in node.decorators),
            body,
            node.asynchronous is not None,
            _yields(body),
            self._span(node),
        )

    def _parameters(self, node: cst.Parameters) -> tuple[syntax.Parameter, ...]:
        found = [self._parameter(each, "positional-only") for each in node.posonly_params]
        found += [self._parameter(each, "positional") for each in node.params]
        if isinstance(node.star_arg, cst.Param):
            found.append(self._parameter(node.star_arg, "*"))
        found += [self._parameter(each, "keyword") for each in node.kwonly_params]
        if node.star_kwarg is not None:
            found.append(self._parameter(node.star_kwarg, "**"))
        return tuple(found)

    def _parameter(self, node: cst.Param, kind: str) -> syntax.Parameter:
        return syntax.Parameter(self._mangled(node.name.value), kind, self._optional(node.default))

    def _class(self, node: cst.ClassDef) -> syntax.Class:
        name = self._mangled(node.name.value)
        bases = tuple(self._argument(each) for each in (*node.bases, *node.keywords))
        decorators = tuple(self._expression(each.decorator) for each in node.decorators)
        self._classes.append(node.name.value)
        body = self._suite(node.body)
        self._classes.pop()
        return syntax.Class(name, self._span(node.name), bases, decorators, body, self._span(node))

    def _mangled(self, name: str) -> str:
        """The name that Python means by it: within a class, ``__x`` is ``_Class__x``."""
        if not self._classes or not name.startswith("__") or name.endswith("__"):
            return name
        owner = self._classes[-1].lstrip("_")
        return f"_{owner}{name}" if owner else name

    # Expressions

    def _optional(self, node: cst.BaseExpression | None) -> syntax.Expression | None:
        return self._expression(node) if node is not None else None

    def _expression(self, node: cst.CSTNode) -> syntax.Expression:
        lower = _EXPRESSIONS.get(type(node))
        return lower(self, node) if lower is not None else self._other(node)

    def _name(self, node: cst.Name) -> syntax.Name | syntax.Constant:
        if node.value in _NAMED_CONSTANTS:
            return syntax.Constant(_NAMED_CONSTANTS[node.value], self._span(node))
        return syntax.Name(self._mangled(node.value), self._span(node))

    def _number(self, node: cst.Integer | cst.Float | cst.Imaginary) -> syntax.Expression:
        try:
            return syntax.Constant(node.evaluated_value, self._span(node))
        except (ValueError, SyntaxError, MemoryError):  # more digits than Python converts
            return self._other(node)

    def _ellipsis(self, node: cst.Ellipsis) -> syntax.Constant:
        return syntax.Constant(..., self._span(node))

    def _text(self, node: cst.SimpleString) -> syntax.Expression:
        quote = len(node.quote)
        if not node.prefix and "\\" not in node.value:  # most of them: to evaluate them takes longer
            value: str | bytes = _LINE_END.sub("\n", node.value[quote:-quote])
        else:
            value = node.evaluated_value
        if not isinstance(value, str):
            return syntax.Constant(value, self._span(node))
        return syntax.Text(value, self._span(node), len(node.prefix) + quote, quote)

    def _side_by_side(self, node: cst.ConcatenatedString) -> syntax.Expression:
        left, right = self._expression(node.left), self._expression(node.right)
        strings = (syntax.Text, syntax.Formatted)
        if not isinstance(left, strings) or not isinstance(right, strings):
            return self._other(node)
        return syntax.Formatted((left, right), self._span(node))

    def _formatted(self, node: cst.FormattedString) -> syntax.Formatted:
        return self._interpolated(node.parts, self._span(node), is_raw="r" in node.prefix.lower())

    def _interpolated(
        self, parts: Sequence[cst.BaseFormattedStringContent], span: Span, *, is_raw: bool
    ) -> syntax.Formatted:
        return syntax.Formatted(tuple(self._interpolated_part(part, is_raw) for part in parts), span)

    def _interpolated_part(
        self, node: cst.BaseFormattedStringContent, is_raw: bool
    ) -> syntax.Text | syntax.Interpolation:
        if isinstance(node, cst.FormattedStringExpression):
            specification = None
            if node.format_spec is not None:
                specification = self._interpolated(node.format_spec, self._span(node), is_raw=is_raw)
            label = self._module.code_for_node(node.expression) if node.equal is not None else None
            if node.equal is not None:
                label = f"{label}{self._module.code_for_node(node.equal)}"
            return syntax.Interpolation(
                self._expression(node.expression), node.conversion, specification, label, self._span(node)
            )
        text = node.value if isinstance(node, cst.FormattedStringText) else ""
        return syntax.Text(_unescaped(text, is_raw), self._span(node), 0, 0)

    def _display(self, node: cst.List | cst.Tuple | cst.Set) -> syntax.Display:
        elements = tuple(self._element(each) for each in node.elements)
        return syntax.Display(type(node).__name__.lower(), elements, self._span(node))

    def _element(self, node: cst.BaseElement) -> syntax.Expression:
        value = self._expression(node.value)
        return syntax.Starred(value, self._span(node)) if isinstance(node, cst.StarredElement) else value

    def _dict(self, node: cst.Dict) -> syntax.Dict:
        items = tuple(
            (
                self._expression(each.key) if isinstance(each, cst.DictElement) else None,
                self._expression(each.value),
            )
            for each in node.elements
        )
        return syntax.Dict(items, self._span(node))

    def _attribute(self, node: cst.Attribute) -> syntax.Attribute:
        return syntax.Attribute(
            self._expression(node.value),
            self._mangled(node.attr.value),
            self._span(node),
            self._span(node.attr),
        )

    def _call(self, node: cst.Call) -> syntax.Call:
        arguments = tuple(self._argument(each) for each in node.args)
        return syntax.Call(self._expression(node.func), arguments, self._span(node))

    def _argument(self, node: cst.Arg) -> syntax.Argument:
        keyword = self._mangled(node.keyword.value) if node.keyword is not None else None
        return syntax.Argument(self._expression(node.value), keyword, node.star, self._span(node))

    def _binary(self, node: cst.BinaryOperation) -> syntax.Expression:
        operator = _BINARIES.get(type(node.operator))
        if operator is None:
            return self._other(node)
        return syntax.Binary(
            self._expression(node.left), operator, self._expression(node.right), self._span(node)
        )

    def _conjunction(self, node: cst.BooleanOperation) -> syntax.Conjunction:
        operator = "and" if isinstance(node.operator, cst.And) else "or"
        return syntax.Conjunction(
            operator, self._expression(node.left), self._expression(node.right), self._span(node)
        )

    def _unary(self, node: cst.UnaryOperation) -> syntax.Unary:
        return syntax.Unary(
            _UNARIES[type(node.operator)], self._expression(node.expression), self._span(node)
        )

    def _comparison(self, node: cst.Comparison) -> syntax.Comparison:
        rest = tuple(
            (_COMPARISONS[type(each.operator)], self._expression(each.comparator))
            for each in node.comparisons
        )
        return syntax.Comparison(self._expression(node.left), rest, self._span(node))

    def _conditional(self, node: cst.IfExp) -> syntax.Conditional:
        return syntax.Conditional(
            self._expression(node.test),
            self._expression(node.body),
            self._expression(node.orelse),
            self._span(node),
        )

    def _subscript(self, node: cst.Subscript) -> syntax.Subscript:
        indices = tuple(self._index(each.slice) for each in node.slice)
        span = self._span(node)
        is_one = len(indices) == 1 and not isinstance(node.slice[0].comma, cst.Comma)
        index = indices[0] if is_one else syntax.Display("tuple", indices, span)
        return syntax.Subscript(self._expression(node.value), index, span)

    def _index(self, node: cst.BaseSlice) -> syntax.Expression:
        if isinstance(node, cst.Slice):
            ends = (self._optional(end) for end in (node.lower, node.upper, node.step))
            return syntax.Slice(*ends, self._span(node))
        return self._expression(node.value) if isinstance(node, cst.Index) else self._other(node)

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> syntax.Expression:
        if _is_asynchronous(node.for_in):
            return self._other(node)
        kind = {cst.ListComp: "list", cst.SetComp: "set"}.get(type(node), "generator")
        clauses = tuple(self._clauses(node.for_in))
        return syntax.Comprehension(kind, self._expression(node.elt), None, clauses, self._span(node))

    def _dict_comprehension(self, node: cst.DictComp) -> syntax.Expression:
        if _is_asynchronous(node.for_in):
            return self._other(node)
        return syntax.Comprehension(
            "dict",
            self._expression(node.key),
            self._expression(node.value),
            tuple(self._clauses(node.for_in)),
            self._span(node),
        )

    def _clauses(self, node: cst.CompFor | None) -> Iterator[syntax.Clause]:
        while node is not None:
            conditions = tuple(self._expression(each.test) for each in node.ifs)
            yield syntax.Clause(self._expression(node.target), self._expression(node.iter), conditions)
            node = node.inner_for_in

    def _lambda(self, node: cst.Lambda) -> syntax.Lambda:
        span = self._span(node)
        body = syntax.Return(self._expression(node.body), span)
        parameters = self._parameters(node.params)
        return syntax.Lambda(
            syntax.Function("<lambda>", span, parameters, (), (body,), False, False, span), span
        )

    def _walrus(self, node: cst.NamedExpr) -> syntax.Expression:
        if not isinstance(node.target, cst.Name):
            return self._other(node)
        return syntax.Walrus(self._mangled(node.target.value), self._expression(node.value), self._span(node))

    def _yield(self, node: cst.Yield) -> syntax.Yield:
        is_from = isinstance(node.value, cst.From)
        value = node.value.item if isinstance(node.value, cst.From) else node.value
        return syntax.Yield(self._optional(value), is_from, self._span(node))

    def _borrow(self, node: cst.Nonlocal | cst.Global) -> syntax.Borrow:
        names = tuple(self._mangled(each.name.value) for each in node.names)
        return syntax.Borrow(type(node).__name__.lower(), names, self._span(node))

    def _match(self, node: cst.Match) -> syntax.Statement:
        cases = [self._case(each) for each in node.cases]
        if None in cases:
            return self._other(node)
        found = tuple(case for case in cases if case is not None)
        return syntax.Match(self._expression(node.subject), found, self._span(node))

    def _case(self, node: cst.MatchCase) -> syntax.Case | None:
        """None for a pattern that looks into its subject."""
        pattern, capture = node.pattern, None
        if isinstance(pattern, cst.MatchAs):
            capture = self._mangled(pattern.name.value) if pattern.name is not None else None
            pattern = pattern.pattern
        alternatives = (
            [each.pattern for each in pattern.patterns] if isinstance(pattern, cst.MatchOr) else [pattern]
        )
        plain = [
            each.value for each in alternatives if isinstance(each, (cst.MatchValue, cst.MatchSingleton))
        ]
        if pattern is not None and len(plain) != len(alternatives):
            return None
        patterns = tuple(self._expression(each) for each in plain)
        return syntax.Case(patterns, capture, self._optional(node.guard), self._suite(node.body))

    def _other(self, node: cst.CSTNode) -> syntax.Other:
        return syntax.Other(self._module.code_for_node(node).strip(), self._span(node))

    def _span(self, node: cst.CSTNode) -> Span:
        return self._spans[node]


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _as_name(node: cst.AsName | cst.Name | None) -> str | None:
    name = node.name if isinstance(node, cst.AsName) else node
    return name.value if isinstance(name, cst.Name) else None


def _is_asynchronous(node: cst.CompFor | None) -> bool:
    while node is not None:
        if node.asynchronous is not None:
            return True
        node = node.inner_for_in
    return False


def _yields(value: Any) -> bool:
    """Whether a function's own body has a ``yield``, nested functions and classes left out."""
    if isinstance(value, tuple):
        return any(map(_yields, value))
    if isinstance(value, syntax.Yield):
        return True
    parts = syntax.parts_of(type(value))
    if parts is None or isinstance(value, _WITHOUT_YIELD):
        return False
    return any(_yields(getattr(value, name)) for name in parts)


def _unescaped(text: str, is_raw: bool) -> str:
    """The text between the braces of an f-string."""
    text = text.replace("{{", "{").replace("}}", "}")
    if is_raw or "\\" not in text:
        return text
    escaped = text.replace('"""', r"\"\"\"")
    try:
        return ast.literal_eval(f'"""{escaped} """')[:-1]
    except (SyntaxError, ValueError):
        return text


_NAMED_CONSTANTS: dict[str, bool | None] = {"None": None, "True": True, "False": False}

_BINARIES: dict[type[cst.CSTNode], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.BitOr: "|",
    cst.BitAnd: "&",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
}
_AUGMENTS: dict[type[cst.CSTNode], str] = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.BitOrAssign: "|",
    cst.BitAndAssign: "&",
    cst.BitXorAssign: "^",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
}
_UNARIES: dict[type[cst.CSTNode], str] = {
    cst.Not: "not",
    cst.Minus: "-",
    cst.Plus: "+",
    cst.BitInvert: "~",
}
_COMPARISONS: dict[type[cst.CSTNode], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}
_Lower = Callable[[Lowering, Any], Any]
_STATEMENTS: dict[type[cst.CSTNode], _Lower] = {
    cst.Assign: Lowering._assign,
    cst.AnnAssign: Lowering._annotated,
    cst.AugAssign: Lowering._augment,
    cst.Expr: Lowering._evaluate,
    cst.Return: Lowering._return,
    cst.If: Lowering._if,
    cst.For: Lowering._for,
    cst.While: Lowering._while,
    cst.Try: Lowering._try,
    cst.With: Lowering._with,
    cst.Raise: Lowering._raise,
    cst.Assert: Lowering._assert,
    cst.Del: Lowering._delete,
    cst.Break: Lowering._jump,
    cst.Continue: Lowering._jump,
    cst.Pass: Lowering._jump,
    cst.Import: Lowering._import,
    cst.ImportFrom: Lowering._import_from,
    cst.Nonlocal: Lowering._borrow,
    cst.Global: Lowering._borrow,
    cst.Match: Lowering._match,
    cst.FunctionDef: Lowering._function,
    cst.ClassDef: Lowering._class,
}
_EXPRESSIONS: dict[type[cst.CSTNode], _Lower] = {
    cst.Name: Lowering._name,
    cst.Integer: Lowering._number,
    cst.Float: Lowering._number,
    cst.Imaginary: Lowering._number,
    cst.Ellipsis: Lowering._ellipsis,
    cst.SimpleString: Lowering._text,
    cst.ConcatenatedString: Lowering._side_by_side,
    cst.FormattedString: Lowering._formatted,
    cst.List: Lowering._display,
    cst.Tuple: Lowering._display,
    cst.Set: Lowering._display,
    cst.Dict: Lowering._dict,
    cst.Attribute: Lowering._attribute,
    cst.Call: Lowering._call,
    cst.BinaryOperation: Lowering._binary,
    cst.BooleanOperation: Lowering._conjunction,
    cst.UnaryOperation: Lowering._unary,
    cst.Comparison: Lowering._comparison,
    cst.IfExp: Lowering._conditional,
    cst.Subscript: Lowering._subscript,
    cst.ListComp: Lowering._comprehension,
    cst.SetComp: Lowering._comprehension,
    cst.GeneratorExp: Lowering._comprehension,
    cst.DictComp: Lowering._dict_comprehension,
    cst.Lambda: Lowering._lambda,
    cst.NamedExpr: Lowering._walrus,
    cst.Yield: Lowering._yield,
}
