"""The language server's features, one file each; what they know they ask of ``lint`` and below."""
