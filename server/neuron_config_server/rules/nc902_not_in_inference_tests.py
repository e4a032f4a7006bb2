"""NC902 not-in-inference-tests."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.optimum_neuron_checkout import INFERENCE_TESTS, is_quoted_in, left_out

_ESM = """\
@register_in_tasks_manager(
    "esm", "feature-extraction", "fill-mask", "text-classification", "token-classification"
)
class EsmNeuronConfig(TextEncoderNeuronConfig):
    NORMALIZED_CONFIG_CLASS = NormalizedConfigManager.get_normalized_config_class("bert")

    @property
    def inputs(self) -> list[str]:
        return ["input_ids", "attention_mask"]
"""


class NotInInferenceTests(Rule):
    """
    ## What it does
    Looks for every registered model type among the models of `tests/inference/inference_utils.py`.

    ## Why is this bad?
    A model that exports may still not load, or answer wrongly: the inference tests are what shows it. The
    contribution guide asks for an entry.

    ## Example
    ```
    MODEL_NAMES = {}
    ```
    Use instead:
    ```
    MODEL_NAMES = {"esm": "hf-internal-testing/tiny-random-EsmModel"}
    ```

    ## When it is silent
    Outside of a checkout of optimum-neuron, about models of diffusers and sentence-transformers, and
    where the name stands in the file in a comment: it is left out on purpose then.
    """

    code = "NC902"
    name = "not-in-inference-tests"
    severity = Severity.INFO

    VALID = (_ESM,)
    INVALID = (
        Invalid(
            _ESM,
            at="EsmNeuronConfig",
            path="optimum/exporters/neuron/model_configs.py",
            beside=(
                (
                    INFERENCE_TESTS,
                    'MODEL_NAMES = {\n    "bert": "hf-internal-testing/tiny-random-BertModel",\n}\n',
                ),
            ),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for each, page in left_out(file, INFERENCE_TESTS, "MODEL_NAMES", is_quoted_in):
            yield self.finding(
                f"{each.model_type} is in none of the inference tests: `MODEL_NAMES` in "
                f"{INFERENCE_TESTS} has no entry",
                each.config.name_range,
                class_name=each.config.name,
                related=(page,),
            )
