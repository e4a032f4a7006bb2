"""The commands of ``neuron-config``: one module each, with ``configure(parser)``, imported when called."""

from __future__ import annotations

COMMANDS = {
    "check": "find mistakes in Neuron config classes",
    "inspect": "say what each config class of a file means, task by task",
    "export": "export a model by its config and validate it against PyTorch",
    "serve": "run the language server",
    "signature": "say what a model's forward takes and gives",
    "tasks": "list the tasks that a model type has model classes for",
    "models": "list the model types",
    "env": "say which environment configs are judged by, and what is there",
    "explain": "say what a rule is about",
    "rules": "list the rules",
}
"""Name of a command, which is its module's too, and what it does in a line."""
