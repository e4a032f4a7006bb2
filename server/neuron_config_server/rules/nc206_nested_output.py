"""NC206 nested-output."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import OPTIMUM, TRANSFORMERS, Catalog
from neuron_config_server.catalog.outputs.model_outputs import ModelOutputs, OutputField, Returned
from neuron_config_server.reading.config_class import ConfigClass
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.reading.literals import Part, StringLiteral, Untold
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.related_places import in_library
from neuron_config_server.rules.support.task_models import (
    is_written_in,
    outputs_of,
    sure_outputs,
    takes_outputs_from_forward,
)

_CLIP = """\
class CLIPNormalizedConfig(NormalizedTextAndVisionConfig):
    TEXT_CONFIG = "text_config"
    VISION_CONFIG = "vision_config"


@register_in_tasks_manager("clip", "feature-extraction")
class CLIPNeuronConfig(TextAndVisionNeuronConfig):
    NORMALIZED_CONFIG_CLASS = CLIPNormalizedConfig

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "pixel_values", "attention_mask"]

    @property
    def outputs(self) -> list[str]:
        return [{rest}]
{override}"""
_OVERRIDE = """
    @property
    def values_override(self) -> dict[str, bool]:
        return {"return_dict": False}
"""


class NestedOutput(Rule):
    """
    ## What it does
    Finds declared outputs that are no tensor but the output dataclass of a part of the model.

    ## Why is this bad?
    Tracing takes tensors, and tuples, lists and dictionaries of tensors. The model returns the dataclass as
    it is, declared or not, and tracing refuses it.

    ## Example
    ```python
    return ["text_embeds", "image_embeds", "text_model_output", "vision_model_output"]
    ```
    Wrap the model instead, and declare the tensors that the wrapper returns:
    ```python
    CUSTOM_MODEL_WRAPPER = CLIPNeuronWrapper
    ```

    ## When it is silent
    When the class sets `CUSTOM_MODEL_WRAPPER`, overrides `values_override` or how the model is patched, when
    it isn't seen in the model's source that the field is filled, and for libraries other than transformers.
    """

    code = "NC206"
    name = "nested-output"
    severity = Severity.ERROR
    needs = (OPTIMUM, TRANSFORMERS)

    VALID = (_CLIP.format(rest='"logits_per_image", "text_model_output"', override=_OVERRIDE),)
    INVALID = (
        Invalid(
            _CLIP.format(rest='"logits_per_image", "text_model_output"', override=""),
            at='"text_model_output"',
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        told: set[Part] = set()
        for config, nested in file.judged(self.code, lambda config: _nested(config, catalog)):
            for part, (field, model, tasks) in nested.items():
                is_here = is_written_in(file, config, part)
                if part not in told or not is_here:
                    yield self._finding(config, part, field, model, tuple(tasks), is_here)
                told.add(part)

    def _finding(
        self,
        config: ConfigClass,
        part: Part,
        field: OutputField,
        model: ModelOutputs,
        tasks: tuple[str, ...],
        is_here: bool,
    ) -> Finding:
        return self.finding(
            f'"{field.name}" of {model.model_class} is a {field.nested}, which tracing refuses: wrap the '
            "model (CUSTOM_MODEL_WRAPPER) and declare the tensors that the wrapper returns",
            part.range if is_here and isinstance(part, StringLiteral) else config.name_range,
            class_name=config.name,
            tasks=tasks,
            related=in_library(f"the fields of {model.output_class}", model.file, model.line),
        )


_Nested = tuple[OutputField, ModelOutputs, dict[str, None]]
"""The field, the model that fills it with a dataclass, and the tasks."""


def _nested(config: ConfigClass, catalog: Catalog) -> dict[Part, _Nested]:
    """Declared names that are filled with a dataclass."""
    found: dict[Part, _Nested] = {}
    for each in config.effective if takes_outputs_from_forward(config) else ():
        lists = sure_outputs(each)
        models = outputs_of(each, catalog) if lists else ()
        filled = {
            field.name: (field, model)
            for model in models
            for field in model.fields
            if field.nested is not None and field.returned is Returned.NOT_NONE
        }
        for part in dict.fromkeys(part for strings in lists for part in strings.parts):
            if len(models) == 1 and not isinstance(part, Untold) and part.value in filled:
                field, model = filled[part.value]
                found.setdefault(part, (field, model, {}))[2][each.task] = None
    return found
