"""What the process beside a worker does: it plays parts, and keeps the harness between them.

Starting a harness takes as long as playing a hundred scripts. In one process all scripts are played
against one harness, and so they may be here.
"""

from stallproof.generate.parts import Part, PartPlayed
from stallproof.runner.sut.command import HarnessCommand
from stallproof.runner.sut.virtual import VirtualHarness

_Key = tuple[object, ...]
_kept: dict[_Key, VirtualHarness] = {}
"""The harness that is running, by how it is started; there is one at most."""


def played(part: Part) -> PartPlayed:
    """Play `part`; raises what `Part.played_by` does, after which the harness has ended."""
    key = _key(part.command)
    harness = _kept.pop(key, None)
    is_new = harness is None
    if harness is None:
        _end_kept()
        harness = VirtualHarness(part.command)
    try:
        if is_new:
            harness.start()
        done = part.played_by(harness)
    except BaseException:
        harness.close()
        raise
    if done.broken_in is None:
        _kept[key] = harness
    else:
        harness.close()
    return done


def _key(command: HarnessCommand) -> _Key:
    return (tuple(command), command.without, command.cwd, command.role)


def _end_kept() -> None:
    while _kept:
        _kept.popitem()[1].close()
