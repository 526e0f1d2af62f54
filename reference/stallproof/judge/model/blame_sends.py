"""Whose law a send broke: how and when it ended.

The first rule that speaks names the root; what else differs at the same instant is consequence.
"""

from collections.abc import Iterator

from stallproof.judge.model.blame_clocks import early_timeout, sends_by_the_wall
from stallproof.judge.model.connections import FOREVER, Frame, ModelConnection
from stallproof.judge.model.keys import CLOSING, LOCK_TAKEN, SEND_ENDED, WRITTEN, Key
from stallproof.judge.model.scene import Blame, Scene
from stallproof.wire.units import count, ms


def ends(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for the end of a send that had the lock, or that ended twice."""
    for rule in (_due, _again, _too_early):
        found = list(rule(scene, connection))
        if found:
            # What else is wrong with the same send follows from it.
            yield from found
            return


def other_ends(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for ends that come of closing, and for those that nothing called for."""
    yield from _suppressed(scene, connection)
    yield from _uncalled(scene, connection)


def _again(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """A send has one end."""
    was = scene.before.connections.get(connection.name)
    for key in scene.extra_of(SEND_ENDED, connection.name):
        old = None if was is None else was.frames.get(key[3])
        now = connection.frames.get(key[3])
        twice = (
            now is not None and now.ended_us == scene.at_us and not _missing(scene, connection, now)
        )
        if (old is not None and old.ended_us is not None) or twice:
            why = f"Send {key[3]} on {connection.name} had ended, and ended once more {scene.when}"
            yield Blame("CX-6", f"{why} ('{key[4]}'): a send has exactly one end.")


def _missing(scene: Scene, connection: ModelConnection, frame: Frame) -> Key | None:
    return next(scene.missing_of(SEND_ENDED, connection.name, frame.number), None)


def _due(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """The send that had the lock had to end now, and not because of a closing by others."""
    for frame in connection.frames.values():
        wanted = _missing(scene, connection, frame)
        if wanted is None or frame.outcome == "suppressed":
            continue
        said = next(scene.extra_of(SEND_ENDED, connection.name, frame.number), None)
        if said is not None:
            yield from _otherwise(scene, connection, frame, wanted, said)
        elif frame.outcome == "ok":
            yield _unfinished(scene, connection, frame)
        elif frame.outcome == "timeout" and scene.at_us >= frame.deadline_us:
            yield _late(scene, connection, frame)
        else:
            why = f"A write of send {frame.number} on {connection.name} failed {scene.when}"
            yield Blame("SD-7", f"{why}, and the send did not end with '{frame.outcome}'.")


def _otherwise(
    scene: Scene, connection: ModelConnection, frame: Frame, wanted: Key, said: Key
) -> Iterator[Blame]:
    """It ended now with another outcome, or told its caller otherwise."""
    what = f"Send {frame.number} on {connection.name} ended {scene.when} with '{said[4]}'"
    if said[4] == wanted[4]:
        if frame.outcome == "ok":
            yield Blame("SD-9", f"{what}, and raised all the same: its last byte was written.")
        else:
            yield Blame("SD-15", f"{what} before any closing, and its caller was not told.")
    elif said[4] == "ok" and _said_written(scene, connection, frame) >= frame.size_bytes:
        yield Blame("SD-7", f"{what}; a write of it had failed, which is '{frame.outcome}'.")
    elif said[4] == "ok":
        missing = f"{frame.left_bytes} of its {frame.size_bytes} bytes were never taken"
        yield Blame("SD-10", f"{what}, and {missing}.")
    elif frame.outcome == "ok" and _said_written(scene, connection, frame) >= frame.size_bytes:
        yield Blame("SD-9", f"{what}, although its last byte was written.")
    elif frame.outcome == "ok":
        yield from _without_a_cause(scene, connection, frame, said, what)
    elif frame.outcome == "timeout" and scene.at_us > frame.deadline_us:
        learnt = f"with bytes left after its deadline at {ms(frame.deadline_us)}"
        yield Blame("SD-2", f"{what}; it came back {learnt}, which is TIMEOUT.")
    else:
        yield Blame("SD-7", f"{what}; by the error table its cause is '{frame.outcome}'.")


def _without_a_cause(
    scene: Scene, connection: ModelConnection, frame: Frame, said: Key, what: str
) -> Iterator[Blame]:
    """It could have been written to the end, and failed instead: with nothing that had failed."""
    if said[4] == "timeout" and scene.at_us < frame.deadline_us:
        yield early_timeout(scene, frame, f"{what}, and its deadline was {ms(frame.deadline_us)}")
    elif any(scene.extra_of(CLOSING, connection.name)):
        # The closing cut it off, and is judged where closings are.
        return
    elif connection.failed_now == scene.at_us:
        yield Blame("SD-7", f"{what}: what its write met is no failure.")
    else:
        yield Blame("SD-7", f"{what}: a write would have taken the rest, and none had failed.")


def _said_written(scene: Scene, connection: ModelConnection, frame: Frame) -> int:
    """Return how much of a frame was written by the implementation's own word."""
    own = (WRITTEN, connection.name, frame.number)
    now: int = sum(key[5] for key in scene.said if key[1:4] == own)
    was = scene.before.connections[connection.name].frames.get(frame.number)
    return now + (0 if was is None else was.wrote_bytes)


def _unfinished(scene: Scene, connection: ModelConnection, frame: Frame) -> Blame:
    """All its bytes could be taken now, and it did not end with OK now."""
    later = scene.later_of(SEND_ENDED, connection.name, frame.number)
    what = f"Everything of send {frame.number} on {connection.name} could be written {scene.when}"
    ended = later and f"ended only at {ms(later.at_us)} with '{later.key[4]}'"
    came = f"and it {ended or 'never ended'}"
    waits = later is None or later.key[4] == "ok"
    if waits and scene.has_blocked_neighbour(connection.name):
        return Blame("CX-3", f"{what}, {came}, while another connection was stalled.")
    lacks_lock = any(scene.missing_of(LOCK_TAKEN, connection.name, frame.number))
    if waits and lacks_lock and (flow := next(iter(scene.beside(connection.name)), None)):
        return Blame("CX-7", f"{what}, {came}, beside stream {flow.number} (waiting or over).")
    if frame.ended_us is not None and frame.ended_us >= frame.deadline_us and later is not None:
        return Blame("SD-3", f"{what}, {came}: the lock has to be free by then.")
    return Blame("SD-9", f"{what}, {came}: the last byte makes it OK.")


def _late(scene: Scene, connection: ModelConnection, frame: Frame) -> Blame:
    """The TIMEOUT did not come when it was due: what moved the deadline?"""
    due_us = frame.deadline_us
    later = scene.later_of(SEND_ENDED, connection.name, frame.number)
    timeout_us = scene.after.policy["send_timeout_us"]
    moments, left = frame.moments_us, count(frame.left_bytes, "byte")
    law = f"Send {frame.number} on {connection.name} took the lock at {ms(frame.lock_us)}"
    law += f", so that its deadline was {ms(due_us)}; it had {left} left then"
    if later is None:
        ended = f"and it had not ended at {ms(scene.end_us)}, the end of the case"
    else:
        ended = f"and it ended at {ms(later.at_us)} with '{later.key[4]}'"
    if scene.at_us > due_us:
        why = f"{law}. A write returned at {ms(scene.at_us)} with bytes still left"
        return Blame("SD-2", f"{why}, {ended}: at or after the deadline that is TIMEOUT.")
    moved = later is not None and later.at_us - timeout_us in moments
    if moved:
        return Blame("SD-1", f"{law}, {ended}: a wake moved the deadline.")
    if sends_by_the_wall(scene, frame, later):
        return Blame("SD-17", f"{law}, {ended}: the wall clock had been moved.")
    if (later is not None and later.at_us == due_us + 1) or (
        scene.end_us == due_us and not moments
    ):
        return Blame("SD-2", f"{law}, {ended}: the deadline itself is inclusive.")
    if moments:
        return Blame("SD-1", f"{law}, {ended}: no wake and no progress extends it.")
    return Blame("SD-3", f"{law}, {ended}: the lock was not free again in time.")


def _too_early(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """A TIMEOUT before its time closes a connection that was only slow."""
    for key in scene.extra_of(SEND_ENDED, connection.name):
        frame = connection.frames.get(key[3])
        if frame is None or key[4] != "timeout":
            continue
        # The monitor may close at the instant at which the deadline seemed to have come.
        closed = connection.closed_by == "monitor" and scene.at_us == frame.ended_us
        if frame.ended_us is not None and not (closed and frame.lock_us >= 0):
            continue
        if frame.lock_us < 0:
            due = "it did not have the lock yet"
        else:
            due = f"its deadline was {ms(frame.deadline_us)}"
        why = f"Send {key[3]} on {connection.name} ended with TIMEOUT {scene.when}, and {due}"
        yield early_timeout(scene, frame, f"{why} (asked for at {ms(frame.asked_us)})")


def _suppressed(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """A send that closing cuts off ends now, quietly, and says what it is."""
    for frame in connection.frames.values():
        wanted = _missing(scene, connection, frame)
        if wanted is None or frame.outcome != "suppressed":
            continue
        said = next(scene.extra_of(SEND_ENDED, connection.name, frame.number), None)
        if said is None:
            yield _still_blocked(scene, connection, frame)
            continue
        what = f"Send {frame.number} on {connection.name} failed {scene.when} while it was closing"
        if said[5]:
            yield Blame("SD-15", f"{what}, and raised: closing is quiet.")
        written = _said_written(scene, connection, frame) >= frame.size_bytes
        if said[4] == "ok" and written and connection.closing_us != scene.at_us:
            yield Blame("CX-6", f"{what}, and was sent all the same: closed is final.")
        elif said[4] == "ok":
            yield Blame("SD-10", f"{what}, and ended with OK: not every byte was handed over.")
        elif said[4] != "suppressed":
            why = f"{what}, and ended with '{said[4]}' instead of SUPPRESSED."
            # For seed this is right, as long as it is quiet: the case goes on.
            yield Blame("SD-10", why, _cut_by(scene, connection, frame), ends=bool(said[5]))


def _cut_by(scene: Scene, connection: ModelConnection, frame: Frame) -> tuple[str, ...]:
    """Return what a send shows all the same that ended in time and quietly, with seed's word."""
    if frame.asked_us == scene.at_us and connection.closing_us != scene.at_us:
        return ("SD-15", "CX-6")
    return ("SD-15", "SD-13" if connection.closed_by == "timeout" else "CX-2")


def _still_blocked(scene: Scene, connection: ModelConnection, frame: Frame) -> Blame:
    """A send did not end although its connection closes: it hangs, or waits for its deadline."""
    later = scene.later_of(SEND_ENDED, connection.name, frame.number)
    came = "and never ended" if later is None else f"and ended only at {ms(later.at_us)}"
    began = ms(connection.closing_us or 0)
    what = (
        f"Send {frame.number} on {connection.name} was left when closing began at {began}, {came}"
    )
    if connection.linger_us and frame.lock_us >= 0:
        return Blame("CX-2", f"{what}: its transport had let it go {scene.when}.")
    if connection.closing_us is not None and connection.closing_us < scene.at_us:
        what = (
            f"Send {frame.number} was asked for {scene.when} on {connection.name}, closing since "
        )
        what += f"{began}, {came}"
        return Blame("CX-6" if later is None else "CX-2", f"{what}: it cannot be sent any more.")
    if connection.closed_by == "timeout":
        return Blame("SD-13", f"{what}: after a TIMEOUT the queue empties at once.")
    return Blame("CX-2", f"{what}: closing ends a blocked send.")


def _uncalled(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """A send ended now, and nothing called for it."""
    for key in scene.extra_of(SEND_ENDED, connection.name):
        frame = connection.frames.get(key[3])
        if frame is None or frame.ended_us is not None or connection.let_go_us < FOREVER:
            continue
        what = f"Send {key[3]} on {connection.name} ended {scene.when} with '{key[4]}'"
        if key[4] == "ok" and _said_written(scene, connection, frame) >= frame.size_bytes:
            # It was written, out of turn or beyond the room: that is what is wrong.
            continue
        if key[4] == "ok":
            left = f"{frame.left_bytes} of its {frame.size_bytes} bytes were not taken yet"
            yield Blame("SD-10", f"{what}, and {left}.")
        elif connection.failed_now == scene.at_us:
            yield Blame("SD-7", f"{what}: what its write met is no failure.")
        elif any(scene.extra_of(CLOSING, connection.name)):
            yield Blame("SD-7", f"{what}: it was cut off by a closing that nothing called for.")
        else:
            yield Blame("SD-7", f"{what}, and no write had failed.")
