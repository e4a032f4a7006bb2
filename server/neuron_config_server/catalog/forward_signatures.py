"""What a model's ``forward`` takes, read from the source of its class."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from neuron_config_server.catalog.source import ClassSource, Function, ModuleSource, Sources


class Admission(Enum):
    """What becomes of a keyword argument that is passed to ``forward``."""

    TAKEN = "taken"
    """A parameter, or a key that ``**kwargs`` is annotated with."""
    REFUSED = "refused"
    """TypeError."""
    SWALLOWED = "swallowed"
    """``**kwargs`` lets it in, and no code of the model's file names it."""
    UNKNOWN = "unknown"
    """``**kwargs`` lets it in, and some code it may be handed to names it."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of ``forward``, ``self`` left out."""

    name: str
    kind: str
    """As in :mod:`inspect`: ``POSITIONAL_OR_KEYWORD``, ``KEYWORD_ONLY``, …."""
    annotation: str | None
    default: str | None
    """Source of the default; None where there is none."""

    @property
    def required(self) -> bool:
        return self.default is None and self.kind != "VAR_POSITIONAL"

    @property
    def takes_keyword(self) -> bool:
        """Whether it can be passed by name, which is how exporters pass inputs."""
        return self.kind in ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")


@dataclass(frozen=True)
class ForwardSignature:
    """The parameters of a model class's ``forward``."""

    model_class: str
    file: Path
    line: int
    """Of the ``def``, from 1."""
    parameters: tuple[Parameter, ...]
    accepts_any_kwargs: bool
    kwargs_keys: tuple[str, ...]
    """Keys of the TypedDict that ``**kwargs`` is annotated with."""
    decorator_strings: frozenset[str]
    """Strings in the decorators of ``forward``: names that they may rename or take out."""
    kwargs_files: tuple[Path, ...]
    """Files whose code ``**kwargs`` may be handed to."""

    def admission(self, name: str, names_in: Callable[[Path], frozenset[str] | None]) -> Admission:
        """What happens to an input of that name when it is passed by keyword.

        Args:
            names_in: every name that the code of a file could take; None if that can't be told.
        """
        by_name = (parameter.name for parameter in self.parameters if parameter.takes_keyword)
        if name in self.kwargs_keys or name in by_name:
            return Admission.TAKEN
        if name in self.decorator_strings:
            return Admission.UNKNOWN
        if not self.accepts_any_kwargs:
            return Admission.REFUSED
        known = [names_in(path) for path in self.kwargs_files]
        is_named = any(names is None or name in names for names in known)
        return Admission.UNKNOWN if is_named else Admission.SWALLOWED


def read_forward_signature(class_: ClassSource, sources: Sources) -> ForwardSignature | None:
    """The signature of the class's ``forward``, inherited if need be; None if its source isn't found."""
    for owner in sources.lineage(class_):
        forward = _forward_of(owner.node)
        if forward is not None:
            return _signature(class_, owner.module, forward, sources)
    return None


def _forward_of(node: ast.ClassDef) -> Function | None:
    functions = [item for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return next((function for function in reversed(functions) if function.name == "forward"), None)


def _signature(
    class_: ClassSource, module: ModuleSource, forward: Function, sources: Sources
) -> ForwardSignature:
    kwargs = forward.args.kwarg
    decorators = {
        node.value
        for decorator in forward.decorator_list
        for node in ast.walk(decorator)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    files = dict.fromkeys((module.path, class_.module.path)) if kwargs is not None else ()
    return ForwardSignature(
        model_class=class_.node.name,
        file=module.path,
        line=forward.lineno,
        parameters=tuple(_parameters(forward.args)),
        accepts_any_kwargs=kwargs is not None,
        kwargs_keys=tuple(_typed_keys(kwargs, module, sources)) if kwargs is not None else (),
        decorator_strings=frozenset(decorators),
        kwargs_files=tuple(files),
    )


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    for place, (argument, default) in enumerate(zip(positional, defaults)):
        kind = "POSITIONAL_ONLY" if place < len(arguments.posonlyargs) else "POSITIONAL_OR_KEYWORD"
        if place > 0:
            yield _parameter(argument, kind, default)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, "VAR_POSITIONAL", None)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        yield _parameter(argument, "KEYWORD_ONLY", default)


def _parameter(argument: ast.arg, kind: str, default: ast.expr | None) -> Parameter:
    annotation = ast.unparse(argument.annotation) if argument.annotation is not None else None
    return Parameter(argument.arg, kind, annotation, ast.unparse(default) if default is not None else None)


def _typed_keys(kwargs: ast.arg, module: ModuleSource, sources: Sources) -> Iterator[str]:
    """Keys of ``X`` in ``**kwargs: Unpack[X]``, with those that X inherits."""
    annotation = kwargs.annotation
    if not isinstance(annotation, ast.Subscript) or not ast.unparse(annotation.value).endswith("Unpack"):
        return
    typed_dict = sources.class_named(module, ast.unparse(annotation.slice))
    for owner in sources.lineage(typed_dict) if typed_dict is not None else ():
        for item in owner.node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                yield item.target.id
