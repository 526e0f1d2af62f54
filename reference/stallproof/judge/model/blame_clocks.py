"""Whether a jump of the wall clock explains that something came too early, or did not come: SD-17.

By the wall a bound comes as much earlier as the clock went ahead, and as much later as it went
back. What comes at another moment is nobody's who reads a wall.
"""

from typing import Literal

from stallproof.judge.model.flows import Flow
from stallproof.judge.model.frames import Frame, moved_us
from stallproof.judge.model.scene import Blame, Later, Scene

WATCHDOG = ("no_progress", "ack_wait")


def early_timeout(scene: Scene, frame: Frame, why: str) -> Blame:
    """Return the blame for a TIMEOUT that came before its time."""
    if _came_by_the_wall(scene, frame):
        return Blame("SD-17", f"{why}; the wall clock had been moved.")
    return Blame("SD-4", f"{why}.")


def _came_by_the_wall(scene: Scene, frame: Frame) -> bool:
    """Tell whether by the wall its time was over.

    The send timeout after the request it is over for whoever counts from there, by any clock. Who
    measures the time in the queue by the wall, to add it, adds too little after a jump back.
    """
    jumps, timeout_us = scene.after.jumps, scene.after.policy["send_timeout_us"]
    if scene.at_us == frame.asked_us + timeout_us:
        return False
    if frame.lock_us >= 0:
        added_us = _moved_in_queue_us(scene, frame)
        too_little = added_us < 0 and scene.at_us >= frame.deadline_us + added_us
        return too_little or frame.is_over_by_the_wall(scene.at_us, jumps)
    jumped_us = moved_us(jumps, frame.asked_jumps)
    return jumped_us > 0 and scene.at_us + jumped_us >= frame.asked_us + timeout_us


def _moved_in_queue_us(scene: Scene, frame: Frame) -> int:
    """Return how far the wall clock was moved while the send, which has the lock, was queued."""
    return moved_us(scene.after.jumps[: frame.lock_jumps], frame.asked_jumps)


def sends_by_the_wall(scene: Scene, frame: Frame, later: Later | None) -> bool:
    """Tell whether a jump explains that the TIMEOUT of a send did not come when it was due."""
    back_us = -moved_us(scene.after.jumps, frame.lock_jumps)
    late_us = max(back_us, _moved_in_queue_us(scene, frame))
    return _comes_later(scene, frame.deadline_us, late_us, later, ("timeout",))


def watches_by_the_wall(
    scene: Scene, was: Flow, wanted: str, later: Later | None
) -> Literal["exactly", True, False]:
    """Tell whether a jump back explains that the watchdog did not fail a stream when it was due.

    `exactly`: it came so much later as the clock went back.
    """
    back_us = -was.moved_us(scene.after.jumps)[wanted == "ack_wait"]
    if back_us > 0 and later is not None and later.at_us == scene.at_us + back_us:
        return "exactly"
    return _comes_later(scene, scene.at_us, back_us, later, WATCHDOG)


def _comes_later(
    scene: Scene, due_us: int, back_us: int, later: Later | None, ends: tuple[str, ...]
) -> bool:
    """Tell whether what was due at `due_us` came as late as the clock went back, or not yet."""
    if back_us <= 0:
        return False
    if later is None:
        return scene.end_us < due_us + back_us
    by_itself = later.key[4] in ends
    return later.at_us >= due_us + back_us if by_itself else later.at_us <= due_us + back_us
