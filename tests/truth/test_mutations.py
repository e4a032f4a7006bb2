"""Every way to break a clean registration of optimum-neuron's file, and what is told of it.

``mutations/`` breaks the classes: it knows by construction, and by what ``executed_registrations.py`` found out of
the imported packages, that a fault is one. Here each is checked as the command line does it, mended, and weighed::

    python -m pytest tests/truth/test_mutations.py -s        # prints the table
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.environment import Environment

pytestmark = pytest.mark.truth
pytest.importorskip("transformers")
pytest.importorskip("optimum")

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from mutations import OPERATORS, Evidence, mutants_of  # noqa: E402
from mutations.judging import Judge, Mended, Verdict  # noqa: E402

MODEL_CONFIGS = "optimum/exporters/neuron/model_configs.py"
