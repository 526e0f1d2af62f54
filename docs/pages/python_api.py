"""The page of the Python API: every promised name, whose docstring MkDocs puts in."""

import stallproof
from stallproof import testkit

_HEAD = """# The Python API, name by name

What can be asked for, from its docstrings. [How it is used](../api.md) is told elsewhere, and so is
[the kit for tests](../pytest.md).
"""


def pages() -> dict[str, str]:
    """Return the page by its path."""
    names = [f"stallproof.{name}" for name in stallproof.__all__ if name != "__version__"]
    names += [f"stallproof.testkit.{name}" for name in testkit.__all__]
    return {"docs/reference/python.md": "\n".join([_HEAD, *(f"::: {name}\n" for name in names)])}
