"""Facts of one release of transformers and optimum, which serve where an environment has neither.

Written by ``make catalog-snapshot``. Its files are named as they are within site-packages.
"""

from __future__ import annotations

import gzip
import importlib.resources
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from neuron_config_server.catalog.fact_cache import FactUnpickler

logger = logging.getLogger(__name__)

_PACKAGE = "neuron_config_server.catalog"
SNAPSHOT_FILE = "snapshot.pickle.gz"


@dataclass(frozen=True)
class Snapshot:
    """Facts by the keys that the catalog asks for them with."""

    versions: Mapping[str, str]
    """Package -> the version that the facts are of."""
    facts: Mapping[str, Any]


@cache
def bundled_snapshot() -> Snapshot | None:
    """The snapshot that comes with this package; None if it can't be read."""
    try:
        data = importlib.resources.files(_PACKAGE).joinpath("data").joinpath(SNAPSHOT_FILE).read_bytes()
        versions, facts = FactUnpickler(io.BytesIO(gzip.decompress(data))).load()
    except Exception as error:  # noqa: BLE001 - damaged bytes raise anything, and are as good as none
        logger.warning("the bundled snapshot of transformers can't be read: %s", error)
        return None
    return Snapshot(versions, facts)
