"""Starts the engine as a separate process: requests in, progress and reports back."""
