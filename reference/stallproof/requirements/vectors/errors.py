"""The one error of this package: a vector, or the set of them, that cannot be used.

The message names the file, and the place in it where there is one.
"""


class VectorError(ValueError):
    """A vector file or a manifest that cannot be used: which one, where in it, and why."""
