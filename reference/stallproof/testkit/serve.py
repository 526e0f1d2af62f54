"""A harness class by its name, served as a program: `python -m stallproof.testkit.serve`.

The use: `python -m stallproof.testkit.serve my_package.harness:MyHarness` is the command of a
harness for a class that has none of its own. Any class with a `main` does, such as a subclass of
`PlainHarness`.

Exit status: 2 for a name that leads to no such class.
"""

import importlib
import sys
from functools import reduce
from typing import Any, NoReturn


def served(name: str) -> Any:
    """Return the class that `name` (module:qualified.name) leads to.

    Raises `ValueError` for a name of another form, `ImportError` and `AttributeError` where it
    leads nowhere, `TypeError` for what has no `main`.
    """
    module, colon, path = name.partition(":")
    if not (module and colon and path):
        raise ValueError("give a class as module:name")
    found = reduce(getattr, path.split("."), importlib.import_module(module))
    if not callable(getattr(found, "main", None)):
        raise TypeError("this is no harness: it has no main")
    return found


def main(arguments: list[str]) -> NoReturn:
    """Serve the class that the one argument names, until told to stop."""
    if len(arguments) != 1:
        sys.exit("usage: python -m stallproof.testkit.serve module:Class")
    try:
        found = served(arguments[0])
    except (ValueError, ImportError, AttributeError, TypeError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        sys.exit(2)
    found.main()
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
