"""NC903 not-in-docs-table."""

from __future__ import annotations

from collections.abc import Iterator

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_file import ConfigFile
from neuron_config_server.rules.finding import Finding, Severity
from neuron_config_server.rules.rule import Invalid, Rule
from neuron_config_server.rules.support.optimum_neuron_checkout import DOCS_TABLE, has_row_in, left_out

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


class NotInDocsTable(Rule):
    """
    ## What it does
    Looks for every registered architecture in the table of `docs/source/supported_architectures.mdx`.

    ## Why is this bad?
    Users look the table up to see whether their model is supported. The contribution guide asks for a row.

    ## Example
    ```
    | BERT | feature-extraction |
    ```
    Use instead:
    ```
    | BERT | feature-extraction |
    | ESM | feature-extraction, fill-mask |
    ```

    ## When it is silent
    Outside of a checkout of optimum-neuron, about models of diffusers and sentence-transformers, and
    where the table has the architecture under the name of the model type or of the class, in any case.
    """

    code = "NC903"
    name = "not-in-docs-table"
    severity = Severity.INFO

    VALID = (_ESM,)
    INVALID = (
        Invalid(
            _ESM,
            at="EsmNeuronConfig",
            path="optimum/exporters/neuron/model_configs.py",
            beside=((DOCS_TABLE, "| Architecture | Task |\n|---|---|\n| BERT | fill-mask |\n"),),
        ),
    )

    def check(self, file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
        for each, page in left_out(file, DOCS_TABLE, "| Architecture", has_row_in):
            yield self.finding(
                f"{each.model_type} is in no row of the table of supported architectures, {DOCS_TABLE}",
                each.config.name_range,
                class_name=each.config.name,
                related=(page,),
            )
