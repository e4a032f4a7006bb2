"""The objects of ``json``, one a line: for programs that read while it is written."""

from __future__ import annotations

import json

from neuron_config_server.lint.output.json import as_object
from neuron_config_server.lint.report import Results


def write(results: Results) -> str:
    objects = (as_object(report, finding, results) for report, finding in results.findings)
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)
