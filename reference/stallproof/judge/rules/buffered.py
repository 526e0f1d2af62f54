"""Rules for frames that are said to be sent and lie in a buffer of the implementation: SD-10.

The intuition: a thread sends frame after frame, the peer reads nothing, and the connection is
closed. The implementation then says how many frames were OK, and the peer counts the bytes that
came. What is OK and did not come was never handed to the transport, however small the frames are.

Whoever keeps nothing back serves his lock in the order that the peer sees (CX-4).
"""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.observation import Observation, broken
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.wire.events import PeerFrames, PeerUnread


@rule("SD-10")
def sd_10_kept_back(run: Run) -> Iterator[Observation]:
    """Of many frames no more are OK than had been handed over."""
    for send, look, came in _cut_off(run):
        assert send.ended is not None
        if (send.ended.completed or 0) > came:
            yield broken(
                "SD-10",
                "ok-delivered",
                f"Send {send.send} was to send {send.repeat} frames, the peer read nothing, and "
                f"the connection was closed: {send.ended.completed} of them were reported as OK, "
                f"and no more than {came} had left.",
                [*send.evidence(), look],
            )


def keeps_nothing_back(run: Run) -> bool:
    """Tell whether the peer proves that all frames that were OK had been handed over."""
    counted = [(send.ended, came) for send, _look, came in _cut_off(run)]
    return bool(counted) and all(
        ended is not None and (ended.completed or 0) <= came for ended, came in counted
    )


def _cut_off(run: Run) -> Iterator[tuple[SendFacts, PeerUnread, int]]:
    """Yield repeated sends that ended while the peer did not read, with how many frames had come.

    Over a Unix socket all that was written lies in the peer's buffer.
    """
    sizes = {bytes_of_each(conn) for conn in run.conns.values()} - {None}
    if len(sizes) != 1:
        return
    frame_bytes = sizes.pop()
    assert frame_bytes is not None
    for conn in run.conns.values() if frame_bytes else ():
        for send in conn.sends.values() if conn.transport == "unix" else ():
            if send.repeat == 1 or send.ended is None or send.ended.completed is None:
                continue
            look = conn.found_unread.first_from(send.ended_us)
            if look is None or not conn.stopped_between(send.asked_us, look.at_us):
                continue
            came_bytes = conn.read_by(look.at_us) + look.unread_bytes
            yield send, look, came_bytes // frame_bytes


def bytes_of_each(conn: ConnFacts) -> int | None:
    """Return how long each frame is on the wire, `None` where they are not all alike."""
    sizes = {frame.size_bytes for frame in conn.frames}
    frames = sum(f.frames if isinstance(f, PeerFrames) else 1 for f in conn.frames)
    read_bytes = conn.read_by(FOREVER)
    if len(sizes) != 1 or not 0 < read_bytes // frames < frames or read_bytes % frames:
        # The rest of a frame would be told by the division: there are more frames than its bytes.
        return None
    return read_bytes // frames
