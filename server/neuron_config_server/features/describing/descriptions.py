"""Markdown of what is known of one thing, for hovers and completion; None where nothing is known."""

from __future__ import annotations

from neuron_config_server.features.describing.descriptions_of_classes import (
    of_attribute,
    of_axis,
    of_base,
    of_flag,
    of_generator,
    of_library,
    of_rule,
)
from neuron_config_server.features.describing.descriptions_of_models import (
    of_input,
    of_model_type,
    of_output,
    of_task,
)
from neuron_config_server.features.describing.descriptions_of_normalized_configs import (
    of_alias,
    of_hf_attribute,
    of_normalized_class,
    of_normalized_name,
    of_paths,
    paths_of,
)

__all__ = (
    "of_alias",
    "of_attribute",
    "of_axis",
    "of_base",
    "of_flag",
    "of_generator",
    "of_hf_attribute",
    "of_input",
    "of_library",
    "of_model_type",
    "of_normalized_class",
    "of_normalized_name",
    "of_output",
    "of_paths",
    "of_rule",
    "of_task",
    "paths_of",
)
