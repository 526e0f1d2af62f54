"""Shrinking a world: steps are left out, as long as what is left still fails.

The complication: a play takes seconds, and a machine that is busy may hide a failure once. So there
is a budget of plays, big pieces go first, and as many as play side by side are tried at once.

Spec: `spec/virtual.md`, "Worlds".
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import msgspec

from stallproof.runner.scenarios.scripted_world import Open, Step, World, without_strangers


def shrunk(
    world: World, failing: Callable[[Sequence[World]], World | None], *, plays_max: int, jobs: int
) -> World:
    """Return the smallest world found; `failing` plays some and returns one that fails as well."""
    known, plays = {world.steps}, 0
    is_smaller = True
    while is_smaller:
        is_smaller = False
        candidates = (one for one in _smaller(world) if one.steps not in known)
        while plays < plays_max and (batch := list(islice(candidates, jobs))):
            known |= {one.steps for one in batch}
            plays += len(batch)
            if (found := failing(batch)) is not None:
                world, is_smaller = found, True
                break
    return world


def _smaller(world: World) -> Iterator[World]:
    """Yield worlds without a connection, then without some steps, from many to one."""
    steps = world.steps
    for conn in sorted({one.conn for one in steps if isinstance(one, Open)}):
        yield _of(world, [one for one in steps if getattr(one, "conn", None) != conn])
    size = len(steps) // 2
    while size:
        for place in range(len(steps) - size, -1, -max(1, size // 2)):
            yield _of(world, [*steps[:place], *steps[place + size :]])
        size //= 2


def _of(world: World, steps: Sequence[Step]) -> World:
    """Return `world` with `steps`, but for those that are about what was left out."""
    return msgspec.structs.replace(world, steps=tuple(without_strangers(steps)))
