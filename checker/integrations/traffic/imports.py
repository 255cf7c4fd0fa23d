"""Acting on a module when a program imports it, so that a library that is not used is not imported either."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


def on_import(names: Collection[str], action: Callable[[str], None]) -> Callable[[], None]:
    """Call an action with the name of each module that is imported already, or later; return what ends that."""
    for name in names:
        if name in sys.modules:
            action(name)
    finder = _Finder(names, action)
    sys.meta_path.insert(0, finder)
    return lambda: sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds the modules with these names as Python does, with a loader that calls the action."""

    def __init__(self, names: Collection[str], action: Callable[[str], None]) -> None:
        self._names, self._action = names, action

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _NotifyingLoader(spec.loader, self._action)
        return spec


class _NotifyingLoader(Loader):
    """Loads a module as its own loader does, and then calls the action."""

    def __init__(self, loader: Loader, action: Callable[[str], None]) -> None:
        self._loader, self._action = loader, action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self._loader
        self._action(module.__name__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
