"""What an attribute of a value is.

Of classes and configs by their order of resolution, of the model's config by its class in the catalog.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from neuron_config_server.catalog.configs.classes import ConfigClass
from neuron_config_server.catalog.neuron_bases import MemberKind
from neuron_config_server.reading import syntax
from neuron_config_server.reading.evaluation.operations import CannotFollowError, RaisedError, is_plain_data
from neuron_config_server.reading.evaluation.paths import Path
from neuron_config_server.reading.evaluation.resolution_order import resolution_order
from neuron_config_server.reading.evaluation.values import (
    MISSING,
    BaseClass,
    BaseMethod,
    BoundMethod,
    BoundSetter,
    Builtin,
    Class,
    ClassValue,
    Dotted,
    ExceptionValue,
    FunctionValue,
    HfConfig,
    Instance,
    IteratorValue,
    ModuleValue,
    NativeMethod,
    NormalizedClass,
    NormalizedConfig,
    PropertyValue,
    Super,
    Symbol,
    Unknown,
)
from neuron_config_server.reading.evaluation.world import World

NATIVE_METHODS: dict[type, frozenset[str]] = {
    list: frozenset(
        {"append", "extend", "insert", "pop", "remove", "index", "count", "copy", "clear", "reverse", "sort"}
    ),
    tuple: frozenset({"index", "count"}),
    dict: frozenset(
        {"get", "items", "keys", "values", "pop", "popitem", "update", "setdefault", "copy", "clear"}
    ),
    set: frozenset(name for name in dir(set) if not name.startswith("_")) - {"pop"},
    frozenset: frozenset(name for name in dir(frozenset) if not name.startswith("_")),
    str: frozenset(name for name in dir(str) if not name.startswith("_"))
    - {"format_map", "maketrans", "translate"},
    bytes: frozenset({"decode"}),
}
_GENERATOR = (None for _ in ())
_COMMON_OUTPUTS = "_TASK_TO_COMMON_OUTPUTS"


class Attributes(ABC):
    """Looks attributes up, on one path through the code."""

    world: World
    path: Path
    hf_config: HfConfig
    is_import: bool
    unknowns: int
    """How often something wasn't known: it may have raised an exception too."""
    config_values: dict[str, Any]
    """What the code itself sets in the HF config, by its text."""

    @abstractmethod
    def call_function(
        self, function: FunctionValue, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> Any:
        """What a function of a followed file returns."""

    @abstractmethod
    def own_copy(self, value: Any) -> Any:
        """A list of a class or a module, as this run may change it without changing it for the next."""

    @abstractmethod
    def is_copied(self, value: Any) -> bool:
        """Whether there is a copy of it already, which this run may have changed."""

    def attribute(self, owner: Any, name: str) -> Any:
        """``owner.name``.

        Raises:
            RaisedError: there is none.
        """
        if name == "__dict__" and isinstance(owner, (Instance, ClassValue)):
            return self._namespace_of(owner)
        if isinstance(owner, Instance):
            return self._of_instance(owner, name)
        if isinstance(owner, Super):
            return self._of_super(owner, name)
        if isinstance(owner, (ClassValue, BaseClass)):
            return self._of_class(owner, name)
        if isinstance(owner, HfConfig):
            return self._of_hf_config(owner, name)
        if isinstance(owner, NormalizedConfig):
            return self._of_normalized_config(owner, name)
        if isinstance(owner, Dotted):
            meant = self.world.resolve(owner)
            is_name = isinstance(meant, Dotted)
            return self.world.attribute_of_name(meant, name) if is_name else self.attribute(meant, name)
        if isinstance(owner, NormalizedClass):
            return NativeMethod(owner, name)
        if isinstance(owner, ModuleValue) and name == "__dict__":
            owner.is_unreliable = True
        if isinstance(owner, ModuleValue):
            return owner.names.get(name, Unknown(f"`{name}` of another file is not found"))
        if isinstance(owner, Unknown):
            return owner
        if isinstance(owner, PropertyValue) and name in ("fget", "fset"):
            if owner.is_cached:
                return Unknown("a cached property is not followed")
            return owner.getter if name == "fget" else owner.setter
        if isinstance(owner, PropertyValue) and name in ("setter", "getter", "deleter"):
            return BoundSetter(owner, name)
        if isinstance(owner, ExceptionValue):
            return self._of_exception(owner, name)
        if isinstance(owner, Builtin):
            return owner.name if name == "__name__" else Builtin(f"{owner.name}.{name}")
        if isinstance(owner, Symbol):
            return self._of_symbol(owner, name)
        return _of_native(owner, name)

    def _namespace_of(self, owner: Instance | ClassValue) -> Unknown:
        """``__dict__``, through which anything may be set."""
        if not self.is_import or isinstance(owner, Instance):
            raise CannotFollowError("`__dict__` is not followed")
        owner.set_from_outside.add("*")
        return Unknown("`__dict__` is not followed")

    def _of_exception(self, owner: ExceptionValue, name: str) -> Any:
        if name == "__class__":
            return owner.class_
        if name == "args" and owner.arguments is not None:
            return owner.arguments
        return Unknown(f"`.{name}` of an exception is not followed")

    def _of_symbol(self, owner: Symbol, name: str) -> Any:
        if isinstance(owner.default, tuple(NATIVE_METHODS)):
            return NativeMethod(owner, name)
        return Symbol(f"{owner.operand}.{name}")

    # Classes

    def find(self, order: Sequence[Class], name: str) -> tuple[Any, Class | None]:
        """What the first class that has the name has; MISSING if none of them has it.

        A class of another package that is known by its name alone may have it: Unknown then.
        """
        for class_ in order:
            if isinstance(class_, ClassValue):
                if name in class_.set_from_outside or "*" in class_.set_from_outside:
                    return Unknown(f"`{class_.name}.{name}` is set by code that is not followed"), class_
                if name in class_.names:
                    return class_.names[name], class_
            elif isinstance(class_, BaseClass):
                if (class_.name, name) in self.world.changed_bases:
                    return Unknown(f"`{class_.name}.{name}` is set by the file"), class_
                found = self._of_base(class_, name)
                if found is not MISSING:
                    return found, class_
            elif isinstance(class_, NormalizedClass):
                continue
            elif not self.world.is_empty_base(class_):
                return Unknown(f"`{class_.name}` may have `{name}`, and is not found"), class_
        return MISSING, None

    def _of_base(self, base: BaseClass, name: str) -> Any:
        attribute = base.facts.attributes.get(name)
        if attribute is not None and attribute.owner == base.name:
            return self.world.base_value(base, attribute)
        member = base.facts.members.get(name)
        return member if member is not None and member.owner == base.name else MISSING

    def as_normalized(self, value: Any) -> NormalizedClass | None:
        """A class of normalized configs; of a class of the file, what it inherits and adds."""
        if isinstance(value, Dotted):
            value = self.world.resolve(value)
        if isinstance(value, NormalizedClass):
            return value
        if not isinstance(value, ClassValue):
            return None
        above = next((found for base in value.bases if (found := self.as_normalized(base)) is not None), None)
        if above is None:
            return None
        is_plain = len(value.bases) == 1 and not any(
            isinstance(each, FunctionValue) for each in value.names.values()
        )
        paths = {name: each for name, each in value.names.items() if name.isupper()}
        known = {
            name: str(each) if each is not None else None for name, each in paths.items() if _is_path(each)
        }
        unknown = [name for name in paths if name not in known]
        attributes = above.attributes if is_plain else None
        made = attributes.with_args(known, unknown, allow_new=True) if attributes is not None else None
        return NormalizedClass(value.name, made)

    def _of_class(self, class_: ClassValue | BaseClass, name: str) -> Any:
        normalized = self.as_normalized(class_) if name == "with_args" else None
        if normalized is not None:
            return NativeMethod(normalized, name)
        found, _ = self.find(resolution_order(class_), name)
        if found is MISSING:
            if name in ("__name__", "__qualname__"):
                return class_.name
            if name.startswith("__") or any(isinstance(each, Dotted) for each in resolution_order(class_)):
                return Unknown(f"`{class_.name}.{name}` is not followed")
            raise RaisedError("AttributeError", f"type object '{class_.name}' has no attribute '{name}'")
        if isinstance(found, FunctionValue):
            return BoundMethod(found, class_) if found.kind == "class" else found
        return self.own_copy(found)

    # Configs

    def _of_instance(self, instance: Instance, name: str) -> Any:
        order = resolution_order(instance.class_)
        found, owner = self.find(order, name)
        if isinstance(found, PropertyValue):
            return self._property(found, instance, name)
        if isinstance(found, Unknown) and isinstance(owner, ClassValue):
            return found
        if name in instance.attributes:
            return instance.attributes[name]
        if isinstance(owner, ClassValue) and self._is_set_by_base(order, name):
            return self._set_elsewhere(instance, order, name)
        special = self._special(instance, name)
        if special is not MISSING:
            return special
        if found is MISSING:
            if any(isinstance(each, ClassValue) and "__getattr__" in each.names for each in order):
                raise CannotFollowError("`__getattr__` is not followed")
            return self._set_elsewhere(instance, order, name)
        return self._bound(found, owner, instance, name)

    def _of_super(self, super_: Super, name: str) -> Any:
        order = resolution_order(_class_of(super_.instance))
        rest = order[order.index(super_.owner) + 1 :] if super_.owner in order else ()
        found, owner = self.find(rest, name)
        if found is MISSING:
            if name.startswith("__"):
                return Unknown(f"`super().{name}` is not followed")
            raise RaisedError("AttributeError", f"'super' object has no attribute '{name}'")
        if isinstance(found, PropertyValue):
            return self._property(found, super_.instance, name)
        return self._bound(found, owner, super_.instance, name)

    def _bound(self, found: Any, owner: Class | None, instance: Any, name: str) -> Any:
        """What a class has, as an instance gives it."""
        if isinstance(found, FunctionValue):
            if found.kind == "static":
                return found
            return BoundMethod(found, _class_of(instance) if found.kind == "class" else instance)
        kind = getattr(found, "kind", None)
        if isinstance(kind, MemberKind) and isinstance(owner, BaseClass):
            method = BaseMethod(owner, name, instance)
            return self.call_base(method) if kind is MemberKind.PROPERTY else method
        return self.own_copy(found)

    def _property(self, found: PropertyValue, instance: Any, name: str) -> Any:
        if found.is_cached and isinstance(instance, Instance) and name in instance.attributes:
            return instance.attributes[name]
        value = self.call_function(found.getter, [instance], {})
        if found.is_cached and isinstance(instance, Instance):
            instance.attributes[name] = value
        is_hidden = isinstance(value, Symbol) and value.default is MISSING and value.text.startswith("self._")
        return Symbol(f"self.{name}") if is_hidden and found.setter is not None else value

    def call_base(self, method: BaseMethod) -> Any:
        """What a property or a method of a Neuron base class gives."""
        is_outputs = method.name == "outputs" and isinstance(method.instance, Instance)
        task = self.attribute(method.instance, "task") if is_outputs else None
        if is_outputs and not isinstance(task, str):
            return Unknown("the task is not known")
        if isinstance(task, str):
            table = self._common_outputs(method.instance, task)
            if isinstance(table, dict) and task not in table and is_plain_data([*table]):
                raise _no_common_outputs(method.base, task)
            is_there = isinstance(table, dict) and task in table
            if (
                is_there
                and method.base.facts.module.startswith("neuron_core")
                and isinstance(table[task], list)
            ):
                return [*table[task]]
            return table[task] if is_there else Unknown(f"`{_COMMON_OUTPUTS}` is not known")
        if method.name == "inputs":
            raise RaisedError("NotImplementedError", "`inputs` is not defined")
        if method.name == "values_override":
            return None
        return self._of_base_instance(method.base, method.name) or Unknown(
            f"`{method.base.name}.{method.name}` is not followed"
        )

    def _common_outputs(self, instance: Instance, task: str) -> Any:
        """The table of common outputs, of which a run needs no copy as long as it only looks a task up."""
        found, owner = self.find(resolution_order(instance.class_), _COMMON_OUTPUTS)
        is_untouched = isinstance(owner, BaseClass) and _COMMON_OUTPUTS not in instance.attributes
        if is_untouched and isinstance(found, dict) and task in found and not self.is_copied(found):
            return {task: self.own_copy(found[task])}
        return self.attribute(instance, _COMMON_OUTPUTS)

    def _of_base_instance(self, base: BaseClass, name: str) -> Symbol | None:
        """What the base's constructor sets; a parameter of the same name tells the default."""
        if name not in base.facts.instance_attributes and name not in base.facts.members:
            return None
        constructor = base.facts.members.get("__init__")
        for parameter in constructor.parameters if constructor is not None else ():
            if parameter.name == name and parameter.value_known:
                return Symbol(f"self.{name}", parameter.value)
        return Symbol(f"self.{name}")

    def _is_set_by_base(self, order: Sequence[Class], name: str) -> bool:
        """Whether the constructor of a base sets an attribute on every instance."""
        return any(isinstance(each, BaseClass) and name in each.facts.instance_attributes for each in order)

    def _special(self, instance: Instance, name: str) -> Any:
        if name in ("task", "_config", "_normalized_config") and not instance.is_initialised:
            raise RaisedError("AttributeError", f"'{instance.class_.name}' object has no attribute '{name}'")
        if name == "task":
            instance.is_asked_for_task = True
            return instance.task
        if name == "_config":
            return self.hf_config
        if name == "_normalized_config":
            return self._normalized_config(instance)
        return instance.class_ if name == "__class__" else MISSING

    def _normalized_config(self, instance: Instance) -> Any:
        class_ = self.attribute(instance, "NORMALIZED_CONFIG_CLASS")
        normalized = self.as_normalized(class_)
        attributes = normalized.attributes if normalized is not None else None
        return NormalizedConfig("self._normalized_config", attributes, self.hf_config)

    def _set_elsewhere(self, instance: Instance, order: Sequence[Class], name: str) -> Any:
        for class_ in order:
            found = self._of_base_instance(class_, name) if isinstance(class_, BaseClass) else None
            if found is not None:
                return found
        self.unknowns += 1  # whoever uses the config may have set it, or not
        return Symbol(f"self.{name}")

    # The model's config

    def _of_hf_config(self, config: HfConfig, name: str) -> Any:
        text = f"{config.text}.{name}"
        if text in self.config_values:
            return self.config_values[text]
        class_ = config.class_
        if class_ is None:
            return Symbol(text)
        if class_.sub_configs is not None and name in class_.sub_configs:
            return HfConfig(text, self.world.sub_config(class_, name))
        is_absent = class_.is_complete and class_.attribute(name) is None and not name.startswith("__")
        if is_absent and not self.path.decide(Symbol(f"hasattr({config.text}, {name!r})", False)):
            raise RaisedError("AttributeError", f"'{class_.name}' object has no attribute '{name}'")
        return Symbol(text, _default_of(class_, name))

    def _of_normalized_config(self, config: NormalizedConfig, name: str) -> Any:
        text = f"{config.text}.{name}"
        if name == "config":
            return config.config
        if name == "has_attribute":
            return NativeMethod(config, name)
        path = config.attributes.path(name) if config.attributes is not None else None
        value: Any = config.config
        for part in path.split(".") if path is not None else ():
            value = self._of_hf_config(value, part) if isinstance(value, HfConfig) else MISSING
        if path is None or not isinstance(value, Symbol):
            return Symbol(text)
        return Symbol(text, value.default)


def _no_common_outputs(base: BaseClass, task: Any) -> RaisedError:
    """What a base raises of a task that it knows no outputs for."""
    if not base.facts.module.startswith("neuron_core"):
        return RaisedError("KeyError", task)
    kind = "UnsupportedTaskError"
    return RaisedError(kind, task, ExceptionValue(Dotted(f"neuron_core.errors.{kind}"), None))


def _default_of(class_: ConfigClass, name: str) -> Any:
    attribute = class_.attribute(name)
    if attribute is None or attribute.default is None or not attribute.is_always_there:
        return MISSING
    return attribute.value


def _class_of(instance: Any) -> Any:
    return instance.class_ if isinstance(instance, Instance) else instance


def _is_path(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _of_native(owner: Any, name: str) -> Any:
    for type_, names in NATIVE_METHODS.items():
        if isinstance(owner, type_):
            if name in names:
                return NativeMethod(owner, name)
            break
    is_iterator = isinstance(owner, IteratorValue)
    is_own = is_iterator or isinstance(owner, (list, dict, set)) or is_plain_data(owner)
    if is_own and not hasattr(_GENERATOR if is_iterator else owner, name):
        raise RaisedError("AttributeError", f"'{type(owner).__name__}' object has no attribute '{name}'")
    if isinstance(owner, (list, dict, set)):
        return NativeMethod(owner, name)
    return Unknown(f"`.{name}` of {type(owner).__name__} is not followed")


def assigned_to_self(class_: ClassValue) -> Iterator[str]:
    """The attributes that the methods of a class set on its instances; strings name none."""
    for statement in class_.written.body:
        if isinstance(statement, syntax.Function) and statement.parameters:
            yield from _assigned(statement.body, statement.parameters[0].name)


def _assigned(value: Any, self_name: str) -> Iterator[str]:
    if isinstance(value, tuple):
        for each in value:
            yield from _assigned(each, self_name)
    elif isinstance(value, (syntax.Assign, syntax.Augment)):
        targets = value.targets if isinstance(value, syntax.Assign) else (value.target,)
        for target in targets:
            if isinstance(target, syntax.Attribute) and target.owner == syntax.Name(
                self_name, target.owner.span
            ):
                yield target.name
    elif isinstance(value, (syntax.If, syntax.For, syntax.While, syntax.With)):
        yield from _assigned(value.body, self_name)
        yield from _assigned(getattr(value, "orelse", ()), self_name)
    elif isinstance(value, syntax.Try):
        for block in (value.body, value.orelse, value.finalbody, *(each.body for each in value.handlers)):
            yield from _assigned(block, self_name)
