"""``python -m neuron_config_server`` does what ``neuron-config`` does."""

import sys

from neuron_config_server.cli import main

if __name__ == "__main__":  # where processes are spawned and not forked, each imports this file
    sys.exit(main())
