"""The headless run: which files, what the rules say of them, how it is written down."""
