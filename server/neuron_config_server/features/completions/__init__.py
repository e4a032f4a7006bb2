"""Completion, part by part: where the cursor stands, what belongs there, and how a client is told."""
