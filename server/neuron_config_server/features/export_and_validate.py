"""The command that exports a config class and validates the artifact."""

EXPORT_AND_VALIDATE = "neuron-config.exportAndValidate"
