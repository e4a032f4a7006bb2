from __future__ import annotations

import pytest

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.reading.config_reader import read_config_file
from neuron_config_server.rules.nc401_unknown_alias import UnknownAlias

LOOKUP = 'C = NormalizedConfigManager.get_normalized_config_class("esm")\n'


def aliases_found(catalog: Catalog, text: str) -> int:
    return len(list(UnknownAlias().check(read_config_file(text, catalog), catalog)))


@pytest.mark.parametrize(
    "text",
    [
        LOOKUP,
        "from optimum.utils import NormalizedConfigManager as M\n"
        + LOOKUP.replace("NormalizedConfigManager", "M"),
        "M = NormalizedConfigManager\n" + LOOKUP.replace("NormalizedConfigManager", "M"),
        LOOKUP.replace("Normalized", "optimum.utils.Normalized", 1),
        f"try:\n    {LOOKUP}except ImportError:\n    C = None\n",
    ],
)
def test_an_unknown_alias_is_found(small_catalog: Catalog, text: str) -> None:
    assert aliases_found(small_catalog, text) == 1


@pytest.mark.parametrize(
    "text",
    [
        LOOKUP.replace("NormalizedConfigManager", "MyManager"),
        "class NormalizedConfigManager: ...\n" + LOOKUP,
        f"try:\n    {LOOKUP}except KeyError:\n    C = None\n",
        f"try:\n    {LOOKUP}except (ImportError, LookupError):\n    C = None\n",
        f"try:\n    {LOOKUP}except:\n    C = None\n",
        f"try:\n    import x\nexcept ImportError:\n    {LOOKUP}",  # runs only where that import fails
        f"class ANeuronConfig(X):\n    try:\n        {LOOKUP}    except Exception:\n        C = None\n",
        f"with suppress(KeyError):\n    {LOOKUP}",
        'NormalizedConfigManager._conf["esm"] = N\n' + LOOKUP,
    ],
)
def test_it_is_silent_where_nothing_need_fail(small_catalog: Catalog, text: str) -> None:
    assert aliases_found(small_catalog, text) == 0
