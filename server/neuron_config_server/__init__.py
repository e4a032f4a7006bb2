"""A language server and a linter for the classes that export Hugging Face models to AWS Neuron."""

__version__ = "0.1.0"
