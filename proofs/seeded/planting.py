"""Plant one mistake: a module is imported from source that was edited on the way.

The file on the disk stays as it is, and so does its cached byte code. Only this process sees the
mistake, and only if the module has not been imported yet: `plant` comes before everything else.
Nothing of the package is imported here, for the same reason.
"""

import importlib.machinery
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import CodeType, ModuleType

DOES_NOT_FIT = 3
"""The exit status of a process whose mistake does not fit: none that is taken for a verdict."""

_planted: set[tuple[str, str, str]] = set()


class _Loader(importlib.machinery.SourceFileLoader):
    """Load one module from its edited source, past any cached byte code."""

    def __init__(self, name: str, path: str, old: str, new: str) -> None:
        super().__init__(name, path)
        self._edit = (old, new)

    def get_code(self, fullname: str) -> CodeType:
        old, new = self._edit
        source = self.get_data(self.path).decode("utf-8")
        if source.count(old) != 1:
            found = f"fits {source.count(old)} times into {fullname}"
            print(f"the planted mistake {found}: {old!r}", file=sys.stderr)
            sys.exit(DOES_NOT_FIT)
        code: CodeType = compile(source.replace(old, new), self.path, "exec")
        return code


class _Finder(MetaPathFinder):
    """Find the one module that is to be edited; everything else is found as usual."""

    def __init__(self, module: str, old: str, new: str) -> None:
        self._module, self._old, self._new = module, old, new

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._old, self._new)
        return spec


def plant(module: str, old: str, new: str) -> None:
    """Make this process import `module` with `old`, which must be there exactly once, as `new`.

    A text that does not fit ends the process when the module is imported; a second time changes
    nothing. Raises `RuntimeError` when the module has been imported already, since the mistake
    would then never be seen.
    """
    if (module, old, new) in _planted:
        return
    if module in sys.modules:
        raise RuntimeError(f"{module} has been imported before its mistake was planted")
    _planted.add((module, old, new))
    sys.meta_path.insert(0, _Finder(module, old, new))
