"""Memory release. Spec: `spec/mm.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import memory_release
from stallproof.machines.memory_release import Allocator, Step


def counted(every: int, sends: int) -> bool:
    return every >= 0 and sends >= 0


@obligation("MM-1", given=lambda sends: sends >= 0)
def mm1_nothing_is_released_when_n_is_zero(
    sends: int, allocator: Allocator, has: bool, asks: bool
) -> Claim:
    """With 0 there is no release, whatever was sent, asked for and there."""
    return memory_release.decide(0, sends, allocator, has, asks).steps == ()


@obligation("MM-1", given=lambda every, sends: every >= 1 and sends >= 0)
def mm1_a_release_follows_every_nth_send(every: int, sends: int, allocator: Allocator) -> Claim:
    """After a send there is a release exactly if their number is divisible by n."""
    made = memory_release.decide(every, sends, allocator, False, False).steps != ()
    return made == (sends >= every and sends // every * every == sends)


@obligation("MM-1", given=counted)
def mm1_collection_comes_before_the_allocator_and_the_cache(
    every: int, sends: int, allocator: Allocator, has: bool, asks: bool
) -> Claim:
    """A release collects, then trims or purges by the allocator, then empties the cache."""
    steps = memory_release.decide(every, sends, allocator, has, asks).steps
    if not steps:
        return None
    frees = {Allocator.GLIBC: Step.TRIM, Allocator.JEMALLOC: Step.PURGE}.get(allocator)
    wanted = [Step.COLLECT]
    if frees is not None:
        wanted.append(frees)
    if has and asks:
        wanted.append(Step.EMPTY_CACHE)
    return list(steps) == wanted
