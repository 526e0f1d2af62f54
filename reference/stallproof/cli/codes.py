"""The exit codes of all commands, the line that tells trouble, and the words that were typed.

No command is imported here, so that the program starts without them.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar

UNUSABLE = 2
INCOMPLETE = 3
_TYPED: ContextVar[tuple[str, ...]] = ContextVar("typed", default=())


@contextmanager
def typed(words: Sequence[str]) -> Iterator[None]:
    """Have each report that is delivered meanwhile name `words` as the command that made it."""
    before = _TYPED.set(tuple(words))
    try:
        yield
    finally:
        _TYPED.reset(before)


def words_typed() -> tuple[str, ...]:
    """Return the command line that is carried out now; empty outside of any."""
    return _TYPED.get()


def complain(message: str, code: int) -> int:
    """Say `message` on standard error and return `code`."""
    with suppress(OSError):
        print(f"stallproof: {message}", file=sys.stderr, flush=True)
    return code
