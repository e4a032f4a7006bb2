"""What the code of a config file would do, followed without running it."""
