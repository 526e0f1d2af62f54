"""Whose law a connection broke: closings, the lock, the queue, what was written (SD, CX, SC)."""

from collections.abc import Iterator

from stallproof.judge.evidence.observation import ms
from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.keys import CLOSING, LOCK_TAKEN, RECEIVED, SEND_ENDED, WRITTEN
from stallproof.judge.model.scene import Blame, Scene


def closings(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for a closing that did not begin, or that nothing called for."""
    if any(scene.missing_of(CLOSING, connection.name)):
        yield from _unclosed(scene, connection)
    if any(scene.extra_of(CLOSING, connection.name)):
        was = scene.before.connections.get(connection.name)
        began_before = was is not None and was.closing_us is not None
        if began_before or connection.closing_us == scene.at_us:
            yield _closed_again(scene, connection)
        else:
            yield from _closed_for_nothing(scene, connection)


def _unclosed(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Closing had to begin now."""
    later = scene.later_of(CLOSING, connection.name)
    came = "never" if later is None else f"only at {ms(later.at_us)}"
    what = f"{connection.name} had to begin closing {scene.when}, and did so {came}"
    if connection.closed_by == "timeout":
        yield Blame("SD-5", f"{what}: a send ended with TIMEOUT.")
    elif connection.closed_by == "torn":
        yield Blame("SD-6", f"{what}: a send failed with part of its frame written.")
    elif connection.closed_by == "close":
        yield Blame("CX-2", f"{what}: it was asked to close.")
    else:
        threshold = scene.after.policy["checks_max"]
        yield Blame("SC-7", f"{what}: its count reached the threshold of {threshold}.")
        yield from _window_missed(scene, connection)


def _window_missed(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Under the premises of SC-9 a stall that outlasts the upper end has to be closed by then."""
    was = scene.before.connections[connection.name]
    monitor, frame = scene.before.monitor, was.flight
    if not scene.is_tick or frame is None or not monitor.keeps_schedule(frame):
        return
    upper_us = frame.lock_us + monitor.upper_us()
    later = scene.later_of(CLOSING, connection.name)
    closed_us = scene.end_us if later is None else later.at_us
    if closed_us > upper_us:
        why = (
            f"The stall on {connection.name} began at {ms(frame.lock_us)}; no closing had begun at "
        )
        yield Blame("SC-9", f"{why}{ms(upper_us)}, the upper end of the close window.")


def _closed_again(scene: Scene, connection: ModelConnection) -> Blame:
    """Closing began once more."""
    began = f"Closing of {connection.name} had begun at {ms(connection.closing_us or 0)}"
    why = f"{began}, and began once more {scene.when}"
    if scene.is_pass:
        return Blame("SC-8", f"{why}, at a pass of the monitor.")
    cut = any(frame.deadline_us == scene.at_us for frame in connection.frames.values())
    if (connection.closed_by == "timeout" or cut) and not (
        scene.asked_now and scene.asked is not None and scene.asked.op == "close"
    ):
        return Blame("SD-5", f"{why}: an expiry begins no second closing.")
    return Blame("CX-6", f"{why}: closed is final.")


def _closed_for_nothing(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Nothing called for a closing."""
    what = f"Closing of {connection.name} began {scene.when}"
    ended = [f for f in connection.frames.values() if f.ended_us == scene.at_us]
    if any(f.outcome == "ok" for f in ended):
        yield Blame("SD-9", f"{what}: a send ended with OK, which does not close.")
    elif any(f.outcome in ("closed", "error") and not f.wrote_bytes for f in ended):
        yield Blame("SD-8", f"{what}: a send failed with nothing written, which does not close.")
    elif scene.is_pass:
        yield from _closed_by_monitor(scene, connection, what)
    elif connection.failed_now == scene.at_us:
        yield Blame("SD-7", f"{what}: what the write met is no failure.")
    elif connection.flight is not None and scene.before.monitor.period_us is not None:
        yield Blame("SC-9", f"{what}: that is none of the moments of the declared schedule.")


def _closed_by_monitor(scene: Scene, connection: ModelConnection, what: str) -> Iterator[Blame]:
    """The monitor closed a connection that it must not close."""
    policy, monitor = scene.after.policy, scene.before.monitor
    if not policy["close_stalled"]:
        yield Blame("SC-5", f"{what} at a pass, and closing is disabled.")
        return
    reached = f"the count is {connection.count} of {policy['checks_max']}"
    yield Blame("SC-6", f"{what} at a pass, and {reached}.")
    frame = connection.flight
    if frame is None or not scene.is_tick or not monitor.keeps_schedule(frame):
        return
    lower_us = monitor.lower_us()
    if scene.at_us - frame.lock_us <= lower_us:
        since = f"{ms(scene.at_us - frame.lock_us)} after the stall began"
        why = f"{what}, {since}; the lower end of the close window is {ms(lower_us)}"
        yield Blame("SC-9", f"{why}, and a close comes after it.")
        if policy["send_timeout_us"] <= lower_us:
            yield Blame("CX-5", f"{why}, and no send can outlast that.")


def locks_too_many(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for a lock that was taken out of turn, or by two."""
    for key in scene.extra_of(LOCK_TAKEN, connection.name):
        what = f"Send {key[3]} on {connection.name} took the lock {scene.when}"
        wanted = next(scene.missing_of(LOCK_TAKEN, connection.name), None)
        frame = connection.frames.get(key[3])
        if wanted is not None and wanted[3] != key[3]:
            yield Blame("CX-4", f"{what}, and send {wanted[3]} had been waiting for longer.")
        elif connection.flight is not None and _overtook(scene, connection, key[3]):
            yield Blame("CX-4", f"{what}, before send {connection.flight.number}, which was next.")
        elif connection.flight is not None and connection.flight.number != key[3]:
            yield Blame("CX-1", f"{what}, and send {connection.flight.number} was in flight.")
        elif connection.closing_us is not None:
            yield Blame("CX-6", f"{what}, and the connection was closing.")
        elif frame is not None and frame.lock_us >= 0:
            yield Blame("CX-6", f"{what}, which it had taken at {ms(frame.lock_us)} already.")


def _overtook(scene: Scene, connection: ModelConnection, number: int) -> bool:
    """Tell whether a send had its turn, from lock to end, in the instant of a hand-over."""
    if (
        connection.flight is None
        or connection.flight.lock_us != scene.at_us
        or connection.flight.number == number
    ):
        return False
    return any(key[1:4] == (SEND_ENDED, connection.name, number) for key in scene.said)


def writes_too_many(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for bytes that were not to be written, or not so."""
    for key in scene.extra_of(WRITTEN, connection.name):
        frame = connection.frames.get(key[3])
        if frame is None:
            continue
        what = f"Send {key[3]} on {connection.name} wrote {key[5]} bytes {scene.when}"
        if connection.closing_us is not None and not any(
            scene.missing_of(WRITTEN, connection.name, key[3])
        ):
            yield _wrote_while_closing(scene, connection, key[3], what)
        elif frame.ended_us is not None and frame.ended_us < scene.at_us:
            yield Blame("CX-6", f"{what}, and it had ended at {ms(frame.ended_us)}.")
        elif connection.flight is not None and connection.flight is not frame:
            yield Blame("CX-1", f"{what}, and send {connection.flight.number} was in flight.")
        elif frame.lock_us >= 0 and key[4] >= frame.deadline_us:
            due = f"its deadline was {ms(frame.deadline_us)}"
            yield Blame("SD-2", f"{what}: that write began at {ms(key[4])}, and {due}.")
        else:
            taken = next(scene.missing_of(WRITTEN, connection.name, key[3]), None)
            room = 0 if taken is None else taken[5]
            yield Blame("SD-9", f"{what}, where there was room for {room}: the bytes differ.")


def _wrote_while_closing(
    scene: Scene, connection: ModelConnection, number: int, what: str
) -> Blame:
    frame = connection.frames[number]
    since = f"closing had begun at {ms(connection.closing_us or 0)}"
    waited = frame.asked_us < (connection.closing_us or 0) or frame.lock_us < 0
    if (
        frame.asked_us <= (connection.closing_us or 0)
        and connection.closing_us == scene.at_us
        and waited
    ):
        if connection.closed_by == "timeout":
            return Blame("SD-13", f"{what} behind a TIMEOUT: {since}.")
        if connection.closed_by == "torn":
            return Blame("SD-6", f"{what} behind a torn frame: {since}.")
    if frame.ended_us is not None and frame.ended_us < scene.at_us:
        return Blame("CX-6", f"{what}, and it had ended at {ms(frame.ended_us)}: {since}.")
    return Blame("SD-12", f"{what}: {since}, and no write succeeds after that.")


def locks_missing(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for a lock that the next in line did not take."""
    for key in scene.missing_of(LOCK_TAKEN, connection.name):
        later = scene.later_of(LOCK_TAKEN, connection.name, key[3])
        worked = any(k[1] in (WRITTEN, SEND_ENDED) and k[2:4] == key[2:4] for k in scene.said)
        if worked:
            # It wrote or ended as it should: only the word is missing, which nobody can judge.
            continue
        came = "it never did" if later is None else f"it did so only at {ms(later.at_us)}"
        why = f"Send {key[3]} on {connection.name} was next for the lock {scene.when}, and {came}"
        waited = connection.frames[key[3]].asked_us < scene.at_us
        if scene.has_blocked_neighbour(connection.name) and not (waited and later is None):
            yield Blame("CX-3", f"{why}, while another connection was stalled.")
        elif beside := scene.beside(connection.name):
            did = "waited for its window" if beside[-1].outcome is None else "was over"
            yield Blame("CX-7", f"{why}, while stream {beside[-1].number} {did}.")
        else:
            yield Blame("CX-4", f"{why}: with nobody ahead of it a send waits for nobody.")


def writes_missing(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for bytes that could have been written."""
    for key in scene.missing_of(WRITTEN, connection.name):
        later = scene.later_of(WRITTEN, connection.name, key[3])
        came = "it wrote nothing" if later is None else f"it wrote only at {ms(later.at_us)}"
        why = (
            f"There was room for {key[5]} bytes of send {key[3]} on {connection.name} {scene.when}"
        )
        if scene.has_blocked_neighbour(connection.name):
            yield Blame("CX-3", f"{why}, and {came}, while another connection was stalled.")
        else:
            yield Blame("SD-9", f"{why}, and {came}: a peer that reads gets the frame.")


def receipts(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for a frame of the peer that was not received while a send was in flight."""
    was = scene.before.connections.get(connection.name)
    for _key in scene.missing_of(RECEIVED, connection.name):
        later = scene.later_of(RECEIVED, connection.name)
        came = "it was never received" if later is None else f"it was so only at {ms(later.at_us)}"
        if was is not None and was.flight is not None:
            why = f"A frame of the peer came in on {connection.name} {scene.when}, and {came}"
            yield Blame("CX-8", f"{why}, while send {was.flight.number} was in flight.")
