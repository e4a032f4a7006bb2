"""What a model class returns: its output dataclass, and what its ``forward`` computes, followed in source."""
