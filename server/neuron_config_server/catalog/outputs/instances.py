"""Modules of a model: the attributes that their constructors bind, and their methods."""

from __future__ import annotations

from collections.abc import Mapping

from neuron_config_server.catalog.outputs.classes import Method, ancestry_of, find_method
from neuron_config_server.catalog.outputs.frames import Frame
from neuron_config_server.catalog.outputs.functions import Functions
from neuron_config_server.catalog.outputs.syntax import bound_in_class, decorators_of
from neuron_config_server.catalog.outputs.torch_names import is_torch_layer
from neuron_config_server.catalog.outputs.values import (
    FALSE,
    TENSOR_MODULE,
    UNKNOWN,
    Arguments,
    BoundMethod,
    Instance,
    Value,
)
from neuron_config_server.catalog.source import ClassSource, Sources


class Instances(Functions):
    """Looks up what an instance has."""

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self._attributes: dict[Instance, Mapping[str, Value]] = {}

    def attribute_of(self, instance: Instance, name: str) -> Value:
        if name == "training":
            return FALSE
        found = self._attributes_of(instance)
        return found[name] if name in found else self.bound_method(instance, name, None)

    def bound_method(self, instance: Instance | None, name: str, behind: ClassSource | None) -> Value:
        if instance is None:
            return UNKNOWN
        method = find_method(instance.class_, name, self.sources, behind)
        if method is None and name == "forward" and is_torch_layer(instance.class_, self.sources):
            return TENSOR_MODULE
        if method is None or decorators_of(method.function) & {"property", "cached_property", "classmethod"}:
            return UNKNOWN
        return BoundMethod(instance, method)

    def initialised(self, method: Method, instance: Instance, arguments: Arguments) -> Mapping[str, Value]:
        self.count_step()
        frame = Frame(method.owner.module, method.owner, instance, is_init=True)
        names = self.bind(method.function, False, arguments, frame)
        for owner in ancestry_of(instance.class_, self.sources):
            names.update({f"{next(iter(names))}.{name}": UNKNOWN for name in bound_in_class(owner.node)})
        self.block(method.function.body, names, frame)
        own = next(iter(names))
        return {name[len(own) + 1 :]: value for name, value in names.items() if name.startswith(f"{own}.")}

    def _attributes_of(self, instance: Instance) -> Mapping[str, Value]:
        """What ``__init__`` binds on ``self``."""
        if instance not in self._attributes:
            self._attributes[instance] = {}
            method = find_method(instance.class_, "__init__", self.sources)
            if method is not None:
                self._attributes[instance] = self.initialised(method, instance, instance.arguments)
        return self._attributes[instance]
