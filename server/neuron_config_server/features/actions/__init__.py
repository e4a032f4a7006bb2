"""Code actions, by what they do."""
