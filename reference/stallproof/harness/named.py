"""A harness class by its name, as a program: `python -m stallproof.harness.named`.

The use: the oracle's Python interface judges a class in a process of its own. It tells the module,
or the file where the class was written in the program itself, the name within it, and where the
modules lie.
"""

import importlib
import runpy
import sys
from collections.abc import Sequence
from functools import reduce
from typing import Any


def found(module: str, name: str) -> Any:
    """Return what `name` is in `module`, which is the path of a file where it ends in `.py`.

    A file is run under another name than `__main__`, so that it starts nothing by itself. Raises
    `ImportError`, `AttributeError` and `KeyError` where there is no such thing.
    """
    first, *rest = name.split(".")
    if module.endswith(".py"):
        start = runpy.run_path(module, run_name="__harness__")[first]
    else:
        start = getattr(importlib.import_module(module), first)
    return reduce(getattr, rest, start)


def main(arguments: Sequence[str]) -> None:
    """Serve the class that `arguments` name: module, name, and where modules are looked for."""
    module, name, *places = arguments
    sys.path += [place for place in places if place not in sys.path]
    found(module, name).main()


if __name__ == "__main__":
    main(sys.argv[1:])
