"""Giving memory back after every n-th send: when, and which steps in which order.

The stall it guards against: a process that keeps what its sends left behind grows until the kernel
ends it, in the middle of a send, and everybody who waits for it stalls.

The intuition: cycles hold blocks, and the allocator holds free blocks. So the collection comes
first, the allocator second, and an accelerator's cache last.

The use: `decide` after each send with the number of sends so far; it remembers nothing.

The complication: only the allocator in force can give anything back. Where jemalloc stands in for
that of glibc, a trim finds an empty heap.

Spec: `spec/mm.md`.
"""

from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state


class Allocator(Enum):
    """The allocator in force; `OTHER` has no way to give anything back."""

    GLIBC = "glibc"
    JEMALLOC = "jemalloc"
    OTHER = "other"


class Step(Enum):
    """One step of a release."""

    COLLECT = "collect"
    TRIM = "trim"
    PURGE = "purge"
    EMPTY_CACHE = "empty_cache"


@state
class Release:
    """What is to be done now, in this order; nothing where no release is due."""

    steps: tuple[Step, ...]


_OF_ALLOCATOR = {Allocator.GLIBC: (Step.TRIM,), Allocator.JEMALLOC: (Step.PURGE,)}


@require(lambda every: every >= 0)
@require(lambda sends: sends >= 0)
@ensure(lambda every, result: every != 0 or result.steps == (), "MM-1: 0 is never")
@ensure(
    lambda every, sends, result: (
        every == 0 or (bool(result.steps) == (sends > 0 and sends % every == 0))
    ),
    "MM-1: after every n-th send, and no other",
)
@ensure(
    lambda result: not result.steps or result.steps[0] is Step.COLLECT,
    "MM-1: nothing is given back before it is free",
)
@ensure(
    lambda result: Step.EMPTY_CACHE not in result.steps[:-1],
    "MM-1: the accelerator's cache comes last",
)
def decide(
    every: int, sends: int, allocator: Allocator, has_accelerator: bool, asks_accelerator: bool
) -> Release:
    """Return the steps that follow the send which has just ended, the `sends`-th."""
    if every == 0 or sends == 0 or sends % every != 0:
        return Release(())
    cache = (Step.EMPTY_CACHE,) if has_accelerator and asks_accelerator else ()
    return Release((Step.COLLECT, *_OF_ALLOCATOR.get(allocator, ()), *cache))
