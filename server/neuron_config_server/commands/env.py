"""``neuron-config env``: which environment configs are judged by, and what is there."""

from __future__ import annotations

import argparse
import os

from neuron_config_server.catalog.catalog import Catalog
from neuron_config_server.catalog.fact_cache import default_cache_file
from neuron_config_server.commands.common import ExitCode, chosen_catalog
from neuron_config_server.commands.model_lookup import add_catalog_options, print_json

_PACKAGES = (
    "transformers",
    "optimum",
    "optimum-neuron",
    "torch",
    "diffusers",
    "sentence-transformers",
    "neuron-config-server",
)


def configure(parser: argparse.ArgumentParser) -> None:
    add_catalog_options(parser)
    parser.set_defaults(run=env)


def env(options: argparse.Namespace) -> ExitCode:
    catalog = chosen_catalog(options)
    described = catalog.environment.describe(_PACKAGES)
    cache = default_cache_file(os.environ)
    if options.format == "json":
        print_json(
            {
                "python": str(described.python),
                "origin": described.origin,
                "search_path": [{"path": str(root.path), "why": root.why} for root in described.search_path],
                "versions": dict(described.versions),
                "missing": list(catalog.missing),
                "cache": str(cache) if cache is not None else None,
            }
        )
        return ExitCode.CLEAN
    print(f"python       {described.python}\nchosen as    {described.origin}")
    for label, root in zip(("packages in", *[""] * len(described.search_path)), described.search_path):
        print(f"{label:<13}{root.path}  ({root.why})")
    for name, version in described.versions.items():
        print(f"  {name:<22}{version or _absence(name, catalog)}")
    print(f"cache        {cache or 'none (NEURON_CONFIG_CACHE_DIR is empty)'}")
    return ExitCode.CLEAN


def _absence(name: str, catalog: Catalog) -> str:
    return "not installed: rules that need it are silent" if name in catalog.missing else "-"
