"""Whose law the watchdog of a stream broke: too early, too late, for the wrong reason (AP).

The laws differ by what the clock was counted from. So the blame asks which clock explains the
moment at which the stream did fail: one that an ACK moved which is no progress, one that an ACK did
not move which is, the clock of seed, or a look that came only with the check interval.
"""

from stallproof.judge.evidence.observation import ms
from stallproof.judge.model.blame_clocks import watches_by_the_wall
from stallproof.judge.model.flows import Flow
from stallproof.judge.model.keys import CHUNK_BEGUN, STREAM_ENDED
from stallproof.judge.model.scene import Blame, Later, Scene


def early_end(scene: Scene, was: Flow, said: str) -> Blame:
    """Return the blame for a watchdog that failed the stream when nothing was due."""
    what = f"stream {was.number} on {was.conn} failed {scene.when} with '{said}'"
    if was.wait_us is None:
        return Blame("AP-2", f"{what}, and it was not waiting.")
    if said == "ack_wait":
        why = f"{what}, which was due at {ms(was.ack_wait_us)}"
        if was.over_by_the_wall(scene.at_us, scene.after.jumps)[1]:
            return Blame("AP-15", f"{why}, and the wall clock had been moved.")
        return Blame("AP-5", f"{why}.")
    return _early_no_progress(scene, was, what)


def _early_no_progress(scene: Scene, was: Flow, what: str) -> Blame:
    timeout_us = scene.after.policy["ack_progress_timeout_us"]
    interval_us = scene.after.policy["ack_check_interval_us"]
    assert was.wait_us is not None
    why = f"{what}, which was due at {ms(was.no_progress_us)}"
    moments = [a.at_us for a in was.acks if a.kind == "progress" and a.at_us <= was.progress_us]
    if was.progress_us > was.wait_us and moments:
        # The clock before the last progress that moved it.
        older = max([was.wait_us, *(m for m in moments if m < was.progress_us)])
        if 0 <= scene.at_us - (older + timeout_us) <= interval_us:
            last = ms(was.progress_us)
            return Blame("AP-1", f"{why}: the progress at {last} did not count.")
    if scene.at_us >= was.progress_us + timeout_us:
        last = f"the wait began at {ms(was.wait_us)}, and what was before is no stall"
        return Blame("AP-4", f"{why}: {last}.")
    if was.over_by_the_wall(scene.at_us, scene.after.jumps)[0]:
        return Blame("AP-15", f"{why}, and the wall clock had been moved.")
    return Blame("AP-3", f"{why}.")


def late_end(scene: Scene, was: Flow, wanted: str, said: str | None) -> Blame:
    """Return the blame for a stream that the watchdog had to fail now, with another reason."""
    name = f"stream {was.number} on {was.conn}"
    due = f"{name} was due to fail {scene.when} with '{wanted}'"
    if said is not None:
        if said == "ack_wait":
            return Blame("AP-5", f"{due}, and failed with 'ack_wait'.")
        if said == "no_progress":
            return _early_no_progress(scene, was, f"{name} failed {scene.when} with '{said}'")
        return Blame("AP-3" if wanted == "no_progress" else "AP-5", f"{due}, and told '{said}'.")
    later = scene.later_of(STREAM_ENDED, was.conn, was.number)
    came = "and never failed" if later is None else f"and ended only at {ms(later.at_us)}"
    return _overdue(scene, was, wanted, later, f"{due}, {came}")


def _overdue(scene: Scene, was: Flow, wanted: str, later: Later | None, why: str) -> Blame:
    policy = scene.after.policy
    timeout_us, interval_us = policy["ack_progress_timeout_us"], policy["ack_check_interval_us"]
    assert was.wait_us is not None
    law = "AP-3" if wanted == "no_progress" else "AP-5"
    after = [a for a in was.acks if a.at_us >= was.clock_us and a.kind in ("stale", "untrue")]
    for ack in reversed(after):
        moved_us = ack.at_us + timeout_us
        if later is not None and later.at_us == moved_us:
            return _moved(ack.kind, f"{why}: the ACK of {ack.offset!r} at {ms(ack.at_us)}")
    found_us = scene.end_us if later is None else later.at_us
    by_the_wall = watches_by_the_wall(scene, was, wanted, later)
    if by_the_wall == "exactly":
        return Blame("AP-15", f"{why}: the wall clock had been moved by that much.")
    begun = scene.later_of(CHUNK_BEGUN, was.conn, was.number)
    if begun is not None and begun.at_us <= scene.at_us + interval_us:
        # An ACK ended the wait before a look by the check interval had to find it.
        return Blame("AP-14", f"{why}, and an ACK could still end the wait.")
    if found_us <= scene.at_us + interval_us:
        late = f"{why}: it is found when it is due, whatever the check interval"
        # By seed it was found in time.
        return Blame("AP-14", f"{late}.", () if later is None else (law, "AP-6"))
    if by_the_wall:
        return Blame("AP-15", f"{why}: the wall clock had been moved.")
    for ack in reversed(after):
        # A clock that this ACK had moved would have come due by now, too.
        moved_us = ack.at_us + timeout_us
        if later is None:
            explains = found_us < moved_us
        else:
            explains = 0 <= found_us - moved_us <= interval_us
        if explains:
            return _moved(ack.kind, f"{why}: the ACK of {ack.offset!r} at {ms(ack.at_us)}")
    if later is None or later.key[4] != wanted:
        return Blame(law, f"{why}.")
    return Blame("AP-6", f"{why}, more than one check interval later.")


def _moved(kind: str, why: str) -> Blame:
    if kind == "untrue":
        return Blame("AP-10", f"{why} cannot be true, and changes nothing.")
    return Blame("AP-1", f"{why} is no progress, and does not move the clock.")
