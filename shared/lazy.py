"""Lets modules wait until something of them is used: what a function loads is what its cold start costs.

A function names in its imports all that any of its routes may need; one request needs a part of it.
`install` makes the imports of these folders wait: `import` gives the module at once, and its code is run at
the first attribute that is asked of it (`from module import name` asks at once). importlib.util.LazyLoader
does the same, but lets two threads that ask at once see half a module in some releases of Python 3.11
(python/cpython#114763).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

FOLDERS: Final = (
    "shared.auth.",
    "shared.services.",
    "shared.mail.",
    "shared.gmail.",
    "shared.keys.",
    "shared.audit.",
)

# One lock for all, held while a module's code runs: what it imports in turn may wait as well, and with a lock
# each, two threads that start at two ends would wait for each other.
_lock: Final = threading.RLock()


def install() -> None:
    """Let modules of FOLDERS that are imported from now on wait for their first use."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def waits(module: ModuleType) -> bool:
    """Tell whether a module was imported and has not run yet."""
    return type(module) is _Waiting


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(FOLDERS):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and not spec.submodule_search_locations:
            spec.loader = _Later(spec.loader)
        return spec


class _Later(Loader):
    """A loader that runs a module's code at its first use."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.running = False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Waiting


class _Waiting(ModuleType):
    """A module whose code has not run. Its dunders are there: importing looks at them and uses nothing."""

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("__"):
            _run(self)
        return ModuleType.__getattribute__(self, name)  # its class may be another by now


def _run(module: ModuleType) -> None:
    with _lock:
        spec = module.__spec__
        later = spec.loader if spec is not None else None
        # Another thread ran it meanwhile; or it is running, and imports what imports it.
        if type(module) is not _Waiting or not isinstance(later, _Later) or later.running:
            return
        later.running = True
        try:
            later.loader.exec_module(module)
        finally:
            later.running = False
        module.__class__ = ModuleType  # type: ignore[assignment]  # narrowed above, and no more true
