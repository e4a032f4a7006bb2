"""What the library's own documentation says of each parameter of a model's ``forward``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from neuron_config_server.catalog.docs.docstrings import described, uses_auto_docstring
from neuron_config_server.catalog.docs.paragraphs import one_paragraph
from neuron_config_server.catalog.docs.shared_docs import shared_texts, shared_texts_of_task
from neuron_config_server.catalog.source import ClassSource, Function, Sources

_SHARED_BY_MODELS = "ModelArgs"
_SHARED_FOR_IMAGES = ("ImageProcessorArgs", "VideoProcessorArgs")
_UNDOCUMENTED = {"kwargs", "args", "deprecated_arguments"}
"""auto_docstring's ARGS_TO_IGNORE (transformers/utils/auto_docstring.py, 5.23 and 4.57)."""


def read_parameter_docs(class_: ClassSource, sources: Sources) -> Mapping[str, str]:
    """The documentation of each parameter of the class's ``forward`` that has one, as one paragraph each.

    Texts that auto_docstring shares between models are included where it decorates ``forward``. A placeholder
    for a model's own processor or tokenizer stands as the auto class that loads it.
    """
    for owner in sources.lineage(class_):
        forward = _forward_of(owner.node)
        if forward is not None:
            texts = {**_shared(owner, forward, sources), **described(owner.module, forward)}
            docs = {name: one_paragraph(texts.get(name, "")) for name in _parameter_names(forward)}
            return {name: doc for name, doc in docs.items() if doc}
    return {}


def _forward_of(node: ast.ClassDef) -> Function | None:
    functions = [item for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return next((function for function in reversed(functions) if function.name == "forward"), None)


def _parameter_names(forward: Function) -> Iterator[str]:
    arguments = forward.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs][1:]:
        if argument.arg not in _UNDOCUMENTED and not argument.arg.startswith("_"):
            yield argument.arg


def _shared(owner: ClassSource, forward: Function, sources: Sources) -> Mapping[str, str]:
    if not uses_auto_docstring(forward):
        return {}
    return {
        **shared_texts(owner.module, sources, _SHARED_BY_MODELS),
        **shared_texts_of_task(owner.module, sources, owner.node.name),
        **shared_texts(owner.module, sources, *_SHARED_FOR_IMAGES),
    }
