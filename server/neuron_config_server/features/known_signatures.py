"""The signatures of the functions that config files call, with what each parameter means."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from neuron_config_server.catalog.catalog import TRANSFORMERS, Catalog
from neuron_config_server.catalog.normalized_configs import AttributeMap
from neuron_config_server.features.tokens import OpenCall
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.evaluation.values import Dotted, NormalizedClass, RegisterFunction
from neuron_config_server.reading.evaluation.world import REGISTER_FUNCTION

_STRING = re.compile(r"""\s*(?:library_name\s*=\s*)?["']([\w.-]+)["']?\s*\Z""")
_PLAIN_TASK = "feature-extraction"


@dataclass(frozen=True)
class Parameter:
    """A parameter as it is shown."""

    name: str
    label: str
    """As in the signature, with its default."""
    doc: str
    is_keyword: bool = False
    """Whether it is given by name alone."""
    takes_many: bool = False


@dataclass(frozen=True)
class Signature:
    """What a function takes."""

    name: str
    doc: str
    parameters: tuple[Parameter, ...]


def signature_of(call: OpenCall, file: ConfigFile, catalog: Catalog) -> Signature | None:
    """The signature of the function that is called, if it is one that configs call."""
    owner, _, name = call.function.rpartition(".")
    if name == "with_args":
        return _of_with_args(owner, file, catalog)
    if name == "get_normalized_config_class":
        return _of_alias_lookup(call, catalog)
    if name == "create_register":
        return _CREATE_REGISTER
    return _of_registration(name, call, catalog) if _registers(call.function, name, file) else None


def _registers(function: str, name: str, file: ConfigFile) -> bool:
    bound = file.followed.module.names.get(function)
    return name == REGISTER_FUNCTION or isinstance(bound, RegisterFunction)


def _of_registration(name: str, call: OpenCall, catalog: Catalog) -> Signature:
    model_type = _string(call.arguments[0])
    libraries = [each for each in call.arguments if each.startswith("library_name")]
    library = _string(libraries[0]) if libraries else TRANSFORMERS
    tasks = _tasks_with_a_head(model_type, library, catalog) if model_type and library else ()
    there = f" {library} has models of `{model_type}` for {', '.join(f'`{each}`' for each in tasks)}."
    return Signature(
        name,
        "Register the class as the Neuron config of a model type, for each of the tasks.",
        (
            Parameter("model_type", "model_type", "The model type, as `model_type` of the model's config."),
            Parameter(
                "tasks",
                "*tasks",
                f"The tasks that the model can be exported for.{there if tasks else ''}",
                takes_many=True,
            ),
            Parameter(
                "library_name",
                'library_name="transformers"',
                "The library that the model comes from: `transformers`, `diffusers`, `sentence_transformers` "
                "or `timm`.",
                is_keyword=True,
            ),
        ),
    )


def _tasks_with_a_head(model_type: str, library: str, catalog: Catalog) -> tuple[str, ...]:
    """The tasks that the library has a class for; of those that the plain model stands for, the usual one."""
    plain = catalog.model_class_names(model_type, _PLAIN_TASK, library)
    return tuple(
        task
        for task in catalog.tasks_of(model_type, library)
        if task == _PLAIN_TASK or catalog.model_class_names(model_type, task, library) != plain
    )


_CREATE_REGISTER = Signature(
    "create_register",
    "Make the decorator that registers config classes for a backend.",
    (
        Parameter("backend", "backend", "The exporter that the configs are for: `neuron`."),
        Parameter(
            "overwrite_existing",
            "overwrite_existing=False",
            "Whether a class takes the place of one that is registered for the same model type and task "
            "already. If not, the first stays, and nothing is said.",
        ),
    ),
)


def _of_alias_lookup(call: OpenCall, catalog: Catalog) -> Signature | None:
    aliases = catalog.normalized_aliases or {}
    alias = _string(call.arguments[0])
    meant = f" `{alias}` is {aliases[alias]}." if alias is not None and alias in aliases else ""
    known = f" {len(aliases)} names are known; another one raises KeyError." if aliases else ""
    return Signature(
        "get_normalized_config_class",
        "The normalized config class that optimum has for a model type.",
        (Parameter("model_type", "model_type", f"A name that optimum's table has.{known}{meant}"),),
    )


def _of_with_args(owner: str, file: ConfigFile, catalog: Catalog) -> Signature | None:
    found = _normalized_config(owner, file, catalog)
    if found is None:
        return None
    name, attributes = found
    parameters = [
        Parameter(each.lower(), f"{each.lower()}={_default(attributes, each)}", _doc(attributes, each), True)
        for each in _in_order(attributes)
    ]
    allow_new = Parameter(
        "allow_new",
        "allow_new=False",
        f"Whether names are allowed that {name} doesn't declare.",
        is_keyword=True,
    )
    return Signature(
        f"{name}.with_args",
        f"{name} with other places in the model's config: each name takes a dotted path.",
        (*parameters, allow_new),
    )


def _normalized_config(owner: str, file: ConfigFile, catalog: Catalog) -> tuple[str, AttributeMap] | None:
    """The class whose ``with_args`` is called; None of what has none, or isn't known."""
    try:
        node = ast.parse(owner, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if isinstance(node, ast.Call):
        return _looked_up(node, catalog)
    bound = file.followed.module.names.get(owner, Dotted(owner, is_bound=False))
    meant = file.world.resolve(bound) if isinstance(bound, Dotted) else bound
    if not isinstance(meant, NormalizedClass) or meant.attributes is None or meant.arguments:
        return None
    return (meant.name, meant.attributes) if meant.attributes.understood else None


def _looked_up(node: ast.Call, catalog: Catalog) -> tuple[str, AttributeMap] | None:
    """Of ``get_normalized_config_class("bert")``; what ``with_args`` has made has no such method."""
    configs = catalog.normalized_configs
    name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    is_lookup = isinstance(node.func, ast.Attribute) and node.func.attr == "get_normalized_config_class"
    alias = configs.aliases.get(str(name)) if configs is not None and is_lookup else None
    if alias is None or alias.attributes is None or alias.class_name is None or alias.overrides:
        return None
    return alias.class_name, alias.attributes


def _in_order(attributes: AttributeMap) -> list[str]:
    """The names as the classes declare them, then those without a path."""
    return [*attributes.declared, *sorted(attributes.names - set(attributes.declared))]


def _default(attributes: AttributeMap, name: str) -> str:
    if name in attributes.declared:
        return f'"{attributes.declared[name]}"'
    return "None" if name in attributes.unset else "…"


def _doc(attributes: AttributeMap, name: str) -> str:
    path = attributes.declared.get(name)
    if path is None:
        return f"Where the model's config has what generators read as `{name.lower()}`."
    return f"Where the model's config has what generators read as `{name.lower()}`; without it, in `{path}`."


def _string(argument: str) -> str | None:
    """What a string says that may not be closed yet; None of another argument."""
    found = _STRING.match(argument)
    return found[1] if found is not None else None
