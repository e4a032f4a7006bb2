"""Constants that importing the file changes, and ways to register."""

try:
    import no_such_package
except ImportError:
    no_such_package = None

import itertools
from typing import TYPE_CHECKING

from optimum.exporters.neuron.config import TextEncoderNeuronConfig
from optimum.exporters.tasks import TasksManager
from optimum.utils import NormalizedTextConfig, is_torch_available

if TYPE_CHECKING:
    from nowhere import Nothing

register = TasksManager.create_register("neuron", overwrite_existing=True)
for_bert = register("bert", "fill-mask")

TASKS = ["feature-extraction", "fill-mask"]
TASKS.append("question-answering")
TASKS += ["multiple-choice"]
TASKS.remove("multiple-choice")
TASKS[0] = "text-classification"

NAMES = {}
for _task in TASKS:
    NAMES[_task] = [_task.split("-")[0]]
NAMES["fill-mask"].append("added")
NAMES.update({"token-classification": []})

ALL = tuple(itertools.chain(TASKS, ["token-classification"]))
FIRST, *REST = sorted(ALL)

if no_such_package is not None:
    LIBRARY = "installed"
elif is_torch_available():
    LIBRARY = "torch"


def names_for(task, *, with_types=False):
    """A helper of the module."""
    names = list(NAMES.get(task, ["none"]))
    if with_types:
        names.append("types")
    return names


@register("bert", *TASKS)
class ConstantsNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedTextConfig

    @property
    def inputs(self) -> "Nothing":
        return names_for(self.task, with_types=self.task == "fill-mask")


@register("roberta", *[task for task in ALL if task != "fill-mask" and "-" in task])
@register("electra", *REST, library_name="transformers")
@register("albert" if False else "mpnet", *TASKS[:1])
class TwiceNeuronConfig(ConstantsNeuronConfig):
    @property
    def outputs(self):
        return [FIRST, *REST, LIBRARY]


@for_bert
class ByNameNeuronConfig(ConstantsNeuronConfig):
    pass


class CalledNeuronConfig(ConstantsNeuronConfig):
    @property
    def outputs(self):
        return [f"called {self.task}"]


register("camembert", "fill-mask")(CalledNeuronConfig)
for _type in ("xlm-roberta", "distilbert"):
    register(_type, "fill-mask")(CalledNeuronConfig)

ConstantsNeuronConfig.__doc__ = "Written later."
NAMES["fill-mask"].insert(0, "inserted after the classes")
