"""The characters that bring completion up."""

TRIGGERS = ('"', "'", ".", "-", "[", "(", ",", " ", "=")
"""Each place says which of them bring it up; in ordinary Python, none does."""
