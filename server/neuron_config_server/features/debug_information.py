"""What somebody who helps needs to know: the command ``neuron-config.debugInformation``."""

from __future__ import annotations

import gc
import hashlib
import platform
import sys
from typing import Any

from neuron_config_server import __version__
from neuron_config_server.features.session import NeuronConfigServer

_PACKAGES = ("transformers", "optimum", "optimum-neuron", "torch")


def debug_information(ls: NeuronConfigServer, *arguments: object) -> dict[str, Any]:
    """The versions, the environment of each folder, and the open documents with digests of their texts.

    What is garbage goes first: the memory that the process has then is what it needs.
    """
    gc.collect()
    return {
        "version": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "platform": platform.platform(),
        "positionEncoding": ls.encoding,
        "folders": [
            {
                "path": str(folder.path) if folder.path is not None else None,
                "interpreter": str(folder.environment.python),
                "origin": folder.environment.origin,
                "packages": dict(folder.environment.describe(_PACKAGES).versions),
            }
            for folder, _ in ls.folders.all_analyses()
        ],
        "documents": [
            {
                "uri": document.uri,
                "version": document.version,
                "digest": hashlib.sha256(document.source.encode("utf-8", "surrogatepass")).hexdigest(),
            }
            for document in ls.workspace.text_documents.values()
        ],
    }
