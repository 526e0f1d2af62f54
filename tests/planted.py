"""A pytest plugin that plants one mistake: a module is imported from source that was edited.

`STALLPROOF_PLANTED` holds the module, the old text and the new one as a JSON list. The old text
must stand in the module exactly once: a mistake that no longer fits ends the run at once, and
nothing is taken for caught. Used by `tests/test_origin_topics.py`.

Hypothesis stops at the first example that fails: the mistake is known, so that nobody reads the
smallest one, and to look for it takes minutes where each example runs on real sockets and clocks.
"""

import importlib.machinery
import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import CodeType, ModuleType

from hypothesis import Phase, settings


class _Loader(importlib.machinery.SourceFileLoader):
    """Load one module from its edited source, past any cached byte code."""

    def __init__(self, name: str, path: str, old: str, new: str) -> None:
        super().__init__(name, path)
        self._edit = (old, new)

    def get_code(self, fullname: str) -> CodeType:
        old, new = self._edit
        source = self.get_data(self.path).decode("utf-8")
        if source.count(old) != 1:
            sys.exit(f"the planted mistake fits {source.count(old)} times into {fullname}: {old!r}")
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


if planted := os.environ.get("STALLPROOF_PLANTED"):
    sys.meta_path.insert(0, _Finder(*json.loads(planted)))
    settings.register_profile(
        "planted",
        phases=(Phase.explicit, Phase.generate),
        database=None,
        report_multiple_bugs=False,
    )
    settings.load_profile("planted")
