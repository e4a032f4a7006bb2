"""What transformers' docstrings say, and the texts that they share."""
