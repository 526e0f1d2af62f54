"""A harness class by its name, as a program: `python -m stallproof.harness.named`.

The use: `python -m stallproof.harness.named my_package.harness:MyHarness` is the command of a
harness for a class that has none of its own. Any class with a `main` does, such as a subclass of
`PlainHarness` or `AsyncHarness`. The module may be the path of a file that ends in `.py`; folders
where modules are looked for may follow.

Exit status: 2 for a name that leads to no such class.
"""

import importlib
import runpy
import sys
from collections.abc import Sequence
from functools import reduce
from typing import Any


def named(name: str) -> Any:
    """Return the class that `name` (module:qualified.name) leads to.

    A file is run under another name than `__main__`, so that it starts nothing by itself. Raises
    `ValueError` for a name of another form, `ImportError`, `AttributeError` and `OSError` where it
    leads nowhere, `TypeError` for what has no `main`.
    """
    module, colon, path = name.rpartition(":")
    if not (module and colon and path):
        raise ValueError("give a class as module:name")
    first, *rest = path.split(".")
    if module.endswith(".py"):
        made = runpy.run_path(module, run_name="__harness__")
        if first not in made:
            raise AttributeError(f"{module} has no {first!r}")
        start = made[first]
    else:
        start = getattr(importlib.import_module(module), first)
    found = reduce(getattr, rest, start)
    if not callable(getattr(found, "main", None)):
        raise TypeError("this is no harness: it has no main")
    return found


def main(arguments: Sequence[str]) -> None:
    """Serve the class that the first argument names, until told to stop."""
    if not arguments:
        sys.exit("usage: python -m stallproof.harness.named module:Class [FOLDER ...]")
    name, *places = arguments
    sys.path += [place for place in places if place not in sys.path]
    try:
        found = named(name)
    except (ValueError, ImportError, AttributeError, OSError, TypeError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(2)
    found.main()


if __name__ == "__main__":
    main(sys.argv[1:])
