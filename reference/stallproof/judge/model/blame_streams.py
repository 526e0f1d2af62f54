"""Whose law a stream broke: its ends, its ACKs, its chunks, its notices (group AP)."""

from collections.abc import Iterator

from stallproof.judge.evidence.observation import ms
from stallproof.judge.model.blame_watchdog import early_end, late_end
from stallproof.judge.model.flows import Flow
from stallproof.judge.model.keys import ACK_RECEIVED, CHUNK_BEGUN, NOTICE_SENT, STREAM_ENDED
from stallproof.judge.model.scene import Blame, Scene

WATCHDOG = ("no_progress", "ack_wait")


def _name(flow: Flow) -> str:
    return f"stream {flow.number} on {flow.conn}"


def acks(scene: Scene, flow: Flow) -> Iterator[Blame]:
    """Yield the blame for what was said of an ACK: only one that cannot be true is refused."""
    own = (flow.conn, flow.number)
    for key in scene.missing_of(ACK_RECEIVED, *own):
        said = next(scene.extra_of(ACK_RECEIVED, *own), None)
        if not flow.acks or flow.acks[-1].at_us != scene.at_us:
            continue
        ack = flow.acks[-1]
        what = f"The ACK of {ack.offset!r} for {_name(flow)} {scene.when}"
        if said is not None and key[4]:
            yield Blame("AP-10", f"{what} can be true ({flow.sent} bytes sent), and was refused.")
        elif said is not None:
            yield Blame("AP-10", f"{what} cannot be true ({flow.sent} sent), and was accepted.")
        elif not key[4] and ack.kind == "untrue":
            yield Blame("AP-10", f"{what} cannot be true, and nothing was reported of it.")


def ends(scene: Scene, flow: Flow) -> Iterator[Blame]:
    """Yield the blame for an end that did not come, or that nothing called for."""
    own = (flow.conn, flow.number)
    said = next(scene.extra_of(STREAM_ENDED, *own), None)
    wanted = next(scene.missing_of(STREAM_ENDED, *own), None)
    was = scene.before.flows.get(own)
    if wanted is not None:
        yield from _not_ended(scene, flow, wanted[4], None if said is None else said[4])
    elif said is None:
        return
    elif flow.outcome is not None and _is_closing_at(scene, flow):
        told = f"{_name(flow)}, which ended once, ended once more with '{said[4]}'"
        yield Blame("CX-9", f"{flow.conn} was closed {scene.when}, and {told}.")
    elif flow.outcome is not None:
        ended = f"had ended at {ms(flow.ended_us or 0)} with '{flow.outcome}'"
        why = f"{_name(flow)} {ended}, and ended once more {scene.when} with '{said[4]}'"
        yield Blame("AP-13", f"{why}: a stream has one outcome.")
    elif said[4] in WATCHDOG:
        # The wait may have begun at this very instant.
        waiting = flow if was is None or flow.wait_us is not None else was
        yield early_end(scene, waiting, said[4])
    elif said[4] != "send_failed" and not any(scene.extra_of(CHUNK_BEGUN, *own)):
        # Why a chunk was not taken is judged where sends are seen.
        yield _ended_for_nothing(scene, flow, said[4])


def _is_closing_at(scene: Scene, flow: Flow) -> bool:
    """Tell whether the connection of a stream begins to close at this instant."""
    return scene.after.connections[flow.conn].closing_us == scene.at_us


def _not_ended(scene: Scene, flow: Flow, wanted: str, said: str | None) -> Iterator[Blame]:
    """The stream had to end now, in another way than it did."""
    was = scene.before.flows.get((flow.conn, flow.number))
    in_wait = was is not None and was.wait_us is not None
    if wanted in WATCHDOG:
        yield late_end(scene, flow if was is None else was, wanted, said)
        return
    if wanted == "send_failed":
        yield _not_closed(scene, flow, said)
        return
    if said == "send_failed":
        # Why a chunk was not taken is judged where sends are seen.
        return
    came = "did not end" if said is None else f"ended with '{said}'"
    later = scene.later_of(STREAM_ENDED, flow.conn, flow.number) if said is None else None
    if later is not None:
        came = f"ended only at {ms(later.at_us)} with '{later.key[4]}'"
    if wanted == "ack_error":
        why = f"An error ACK came to {_name(flow)} {scene.when}, and it {came}."
        yield Blame("AP-9", why)
        if in_wait and said is None:
            yield Blame("AP-12", f"{why} It was waiting.")
    elif wanted == "cancelled":
        why = f"{_name(flow)} was cancelled {scene.when}, and {came}."
        # A cancel that comes before the wait keeps it from beginning.
        yield Blame("AP-12" if in_wait or later is not None else "AP-13", why)
    elif scene.came_with_the_end_of(scene.beside(flow.conn, flow.number), later):
        why = f"The last chunk of {_name(flow)} began {scene.when}, and the stream {came}"
        yield Blame("CX-7", f"{why}, when another one that had waited went on or ended.")
    else:
        why = f"The last chunk of {_name(flow)} left {scene.when}, and the stream {came}."
        if not any(scene.missing_of(CHUNK_BEGUN, flow.conn, flow.number)):
            yield Blame("AP-13", why)


def _not_closed(scene: Scene, flow: Flow, said: str | None) -> Blame:
    """The closing of its connection had to end the stream now, with nothing but a failed send."""
    what = f"{flow.conn} began to close {scene.when}"
    if said in WATCHDOG:
        return early_end(scene, scene.before.flows.get((flow.conn, flow.number), flow), said)
    if said is not None:
        return Blame("AP-13", f"{what}, and {_name(flow)}, which was not over, told '{said}'.")
    later = scene.later_of(STREAM_ENDED, flow.conn, flow.number)
    came = "never ended" if later is None else f"ended only at {ms(later.at_us)}"
    return Blame("CX-9", f"{what}, and {_name(flow)} {came}.")


def _ended_for_nothing(scene: Scene, flow: Flow, outcome: str) -> Blame:
    """Nothing called for this end."""
    why = f"{_name(flow)} ended {scene.when} with '{outcome}', and nothing called for it"
    ack = flow.acks[-1] if flow.acks and flow.acks[-1].at_us == scene.at_us else None
    if ack is not None and ack.kind == "untrue":
        return Blame("AP-10", f"{why}: the ACK of {ack.offset!r} cannot be true.")
    return Blame("AP-13", f"{why}.")


def chunks(scene: Scene, flow: Flow) -> Iterator[Blame]:
    """Yield the blame for a chunk that did not begin, or was not to begin."""
    own = (flow.conn, flow.number)
    window = scene.after.policy["window_bytes"]
    if any(scene.extra_of(STREAM_ENDED, *own, "send_failed")):
        return
    for key in scene.missing_of(CHUNK_BEGUN, *own):
        yield _not_begun(scene, flow, key[4])
        return
    for key in scene.extra_of(CHUNK_BEGUN, *own):
        why = f"A chunk up to {key[4]} of {_name(flow)} began {scene.when}"
        if flow.outcome is not None:
            ended = f"the stream had ended at {ms(flow.ended_us or 0)} with '{flow.outcome}'"
            yield Blame("AP-13", f"{why}, and {ended}.")
        elif flow.wait_us is not None:
            left = f"{flow.sent - flow.acked} bytes were outstanding, and the window is {window}"
            untrue = any(a.kind == "untrue" for a in flow.acks)
            yield Blame("AP-10" if untrue else "AP-11", f"{why}, and {left}.")
        return


def _not_begun(scene: Scene, flow: Flow, end: int) -> Blame:
    """The chunk up to `end` had to begin now."""
    own, window = (flow.conn, flow.number), scene.after.policy["window_bytes"]
    was = scene.before.flows.get(own)
    later = scene.later_of(CHUNK_BEGUN, *own)
    came = "did not begin" if later is None else f"began only at {ms(later.at_us)}"
    why = f"The chunk up to {end} of {_name(flow)} {came}; it was its turn {scene.when}"
    said = next(scene.extra_of(CHUNK_BEGUN, *own), None)
    if said is not None:
        size = f"a chunk is {scene.after.policy['chunk_bytes']} bytes"
        why = f"A chunk up to {said[4]} of {_name(flow)} began {scene.when}; {size}"
        return Blame("AP-11", f"{why}, and this one ends at {end}.")
    if was is not None and was.wait_us is not None:
        return Blame("AP-8", f"{why}, when an ACK had opened the window.")
    beside = scene.beside(*own)
    is_first = was is None or not was.sent
    if (is_first and beside) or scene.came_with_the_end_of(beside, later):
        return Blame("CX-7", f"{why}, and other streams of {flow.conn} waited or were over.")
    if any(
        a.kind == "stale" and a.offset < a.acked_before and flow.sent - a.offset > window
        for a in flow.acks
    ):
        return Blame("AP-1", f"{why}: an older ACK does not move the offset back.")
    left = f"no more than the window of {window} bytes was outstanding"
    return Blame("AP-2", f"{why}: {left}, which is no wait.")


def notices(scene: Scene, flow: Flow) -> Iterator[Blame]:
    """Yield the blame for notices: one for a watchdog's stop, none for the receiver's error."""
    own = (flow.conn, flow.number)
    if any(scene.missing_of(NOTICE_SENT, *own)):
        why = f"The watchdog stopped {_name(flow)} {scene.when}, and the receiver was not told"
        yield Blame("AP-9", f"{why}.")
    elif any(scene.extra_of(NOTICE_SENT, *own)):
        why = f"A notice of {_name(flow)} was sent {scene.when}"
        if flow.outcome in WATCHDOG:
            yield Blame("AP-9", f"{why}, and the receiver had been told.")
        elif flow.outcome == "ack_error":
            yield Blame("AP-9", f"{why}: the receiver had told of the error itself.")
        elif flow.outcome == "cancelled":
            yield Blame("AP-13", f"{why}, more than the one that a cancel allows.")
        else:
            yield Blame("AP-13", f"{why}: nothing but its chunks is sent of such a stream.")
