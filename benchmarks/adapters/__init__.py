"""Adapters, one tool a file, found by name.

The protocol
    `Adapter`, `Settings`, `Predictions`: what is asked, told and given back.
    `SCRIPT`, `LABELS`: the names of the artifacts that are checked.

Finding
    `ADAPTERS`: the names.
    `adapter_module`: the file of one, which says what it needs.
    `check_adapter`, `check_source`, `load_adapter`: by name, or ``module:Class`` for one of your
    own.
"""

from benchmarks.adapters.adapter import LABELS, SCRIPT, Adapter, Predictions, Settings
from benchmarks.adapters.registry import (
    ADAPTERS,
    adapter_module,
    check_adapter,
    check_source,
    load_adapter,
)

__all__ = [
    "ADAPTERS",
    "LABELS",
    "SCRIPT",
    "Adapter",
    "Predictions",
    "Settings",
    "adapter_module",
    "check_adapter",
    "check_source",
    "load_adapter",
]
