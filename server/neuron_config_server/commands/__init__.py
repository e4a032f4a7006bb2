"""The commands of ``neuron-config``: one module each, with ``configure(parser)``, imported when called."""

from __future__ import annotations

COMMANDS = {
    "check": "find mistakes in Neuron config classes",
    "export": "export a model by its config and validate it against PyTorch",
    "serve": "run the language server",
    "explain": "say what a rule is about",
    "rules": "list the rules",
}
"""Name of a command, which is its module's too, and what it does in a line."""
