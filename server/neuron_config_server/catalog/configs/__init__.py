"""HF config classes: what a constructor sets, followed without running it."""
