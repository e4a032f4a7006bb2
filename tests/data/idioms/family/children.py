"""Uses its neighbours in every way that an import has."""

from . import VERSION, parents
from .parents import NAMES as PARENTS_NAMES
from .parents import SHARED, Mixin, joined
from .parents import ParentNeuronConfig as Parent
from .parents import registered as register

NAMES = ["of the children"]
MORE = [*SHARED, "token-classification"]


@register("roberta", *SHARED)
class ChildNeuronConfig(Mixin, Parent):
    @property
    def outputs(self):
        return NAMES + PARENTS_NAMES + [joined("x", VERSION)]


@register("electra", *MORE[1:])
class ByModuleNeuronConfig(parents.ParentNeuronConfig):
    MODEL_TYPE = parents.joined("by", "module")
    ATOL_FOR_VALIDATION = {task: 0.1 for task in parents.SHARED} | {"token-classification": 0.2}
