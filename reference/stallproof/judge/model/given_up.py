"""A send that its caller gives up, in virtual time: by the words of SD-18.

What is due at that instant comes first, so a send whose deadline it is has ended already, and who
closes has cut it off. Then nothing is left to give up, and nothing may come of it.

Spec: `spec/sd.md`, SD-18.
"""

from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.keys import GIVEN_UP


def give_up(connection: ModelConnection, number: int) -> None:
    """Give up a send for its caller; one that has ended, or was never asked for, is left alone."""
    connection.world.put("SD-18")
    frame = connection.frames.get(number)
    if frame is None or frame.ended_us is not None:
        return
    if frame is not connection.flight:
        # Its turn passes on as if it had never been asked for.
        connection.queue.remove(frame)
        connection.end(frame, GIVEN_UP, raised=False)
        return
    connection.end(frame, GIVEN_UP, raised=False)
    if frame.wrote_bytes:
        connection.world.put("SD-6")
        connection.begin_closing("torn")
    else:
        connection.hand_on()
