"""The words that name requirements, features and the like, in one text or in several."""

from collections.abc import Iterable


def parted(given: Iterable[str]) -> list[str]:
    """Return the words in `given`, which commas and blanks part."""
    return [name for word in given for name in word.replace(",", " ").split()]
