"""The obligations, one file a machine; importing this package finds and registers them all."""

import importlib
import pkgutil

for _one in sorted(one.name for one in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_one}")
