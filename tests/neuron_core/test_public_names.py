"""What ``import neuron_core`` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("names", ["main_export, export", "export, main_export", "export"])
def test_export_is_the_function_whatever_was_imported_before(names: str) -> None:
    check = (
        f"from neuron_core import {names}; assert export.__name__ == 'export' and callable(export), export"
    )
    completed = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr
