"""In which script a harness broke, where several were under way.

The intuition: a harness that dies takes with it what it had to say of earlier scripts and had not
written yet. So those that were under way are played again, by a harness of their own and one after
the other, and the one in which that breaks is it. Each is a case of its own: what the others come
to is what they would have come to.

The complication: what breaks by the number of scripts, say, does not break again. Then the first
script of which nothing more was heard stands for it.

Spec: `spec/virtual.md`, rules 2 and 4.
"""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from stallproof.requirements.vectors.format import Vector
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.ending import at_once
from stallproof.runner.sut.player import broken_run
from stallproof.runner.sut.virtual import Play, VirtualHarness
from stallproof.wire.events import AnyEvent

Case = tuple[int, Vector, list[AnyEvent]]
"""The number of a case, its script, and its run."""


def who_broke(
    command: Sequence[str], lost: Sequence[tuple[int, Vector, Play]], error: HarnessBroken
) -> list[Case]:
    """Return the cases of `lost` up to the one that breaks a harness, and that one broken.

    `error`: what came of the first of them.
    """
    case, script, play = lost[0]
    found = [] if len(lost) == 1 or play.is_heard else _again(command, lost)
    return found or [(case, script, broken_run(play.begin, error))]


def _again(command: Sequence[str], lost: Sequence[tuple[int, Vector, Play]]) -> list[Case]:
    """Play `lost` one by one and return the cases up to the one that breaks, none if none does."""
    found: list[Case] = []
    harness = VirtualHarness(command)
    with suppress(HarnessBroken), at_once(harness.abandon), harness:
        for case, script, play in lost:
            named = msgspec.structs.replace(script, name=play.begin.name)
            try:
                found.append((case, script, harness.play(named)))
            except HarnessBroken as error:
                return [*found, (case, script, broken_run(play.begin, error))]
    return []
