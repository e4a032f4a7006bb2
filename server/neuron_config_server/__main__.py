"""``python -m neuron_config_server`` does what ``neuron-config`` does."""

import sys

from neuron_config_server.cli import main

sys.exit(main())
