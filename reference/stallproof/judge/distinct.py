"""How many different names there were of very many, in little memory."""

from array import array
from hashlib import blake2b
from heapq import merge
from itertools import groupby

RECENT_MAX = 16_384
"""So many are held as they are; eight bytes are kept of each of the others."""


class Distinct:
    """Counts different texts: two of a million count as one with a chance of 3 in 100 million."""

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._older = array("Q")

    def add(self, text: str) -> None:
        """Count `text`, unless it was counted before."""
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self._recent.add(int.from_bytes(digest, "big"))
        if len(self._recent) >= RECENT_MAX:
            self._put_away()

    def __len__(self) -> int:
        """Return how many there were."""
        self._put_away()
        return len(self._older)

    def _put_away(self) -> None:
        both = merge(self._older, sorted(self._recent))
        self._older = array("Q", (one for one, _alike in groupby(both)))
        self._recent.clear()
