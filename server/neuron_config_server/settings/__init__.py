"""What may be set: by a client of the language server, and by a project in a file of its own."""

from __future__ import annotations

from neuron_config_server.settings.client import Settings, read_settings

__all__ = ["Settings", "read_settings"]
