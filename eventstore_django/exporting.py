"""Public names of a package that are imported when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def on_demand(package: str, exports: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package: ``exports`` are its modules, each with the names that come from it.

    For a name that none of them has it raises AttributeError, as is usual.
    """
    modules = {name: module for module, names in exports.items() for name in names}

    def attribute(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(modules[name], package), name)
        # Found without this from now on.
        setattr(sys.modules[package], name, value)
        return value

    return attribute
