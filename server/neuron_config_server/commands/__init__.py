"""The commands of ``neuron-config``: one module each, with ``add_to(commands)``."""

from __future__ import annotations

from neuron_config_server.commands import check, explain, export, rules, serve
from neuron_config_server.commands.common import ExitCode, UsageError

COMMANDS = (check, export, serve, explain, rules)

__all__ = ["COMMANDS", "ExitCode", "UsageError"]
