"""A Python file -> the Neuron config classes in it, statement by statement, also while the file is being
typed.
"""
