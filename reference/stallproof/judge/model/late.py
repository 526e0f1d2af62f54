"""A write that begins with the room that is made for it, and returns late: `accept` with `late_us`.

Between its beginning and its return time passes, and nothing else may be due. A deadline that came
meanwhile is judged by what the write left.

Spec: `spec/virtual.md`, SD-2.
"""

from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.frames import FOREVER
from stallproof.judge.model.state import State


def accept_late(case: State, connection: ModelConnection, wrote_bytes: int, late_us: int) -> None:
    """Make room for a write that begins now, and move the clock to its return."""
    frame, began_us = connection.flight, case.now_us
    if frame is None or connection.room is None:
        case.problem(f"accept with late_us: no send waits for room on {connection.name}")
        return
    connection.room += wrote_bytes
    wrote = min(connection.room, frame.left_bytes)
    _pass(case, connection, late_us)
    connection.wrote(frame, began_us, wrote)
    if frame.left_bytes == 0:
        if case.now_us >= frame.deadline_us:
            case.put("SD-2")
        connection.over(frame)
    elif case.now_us >= frame.deadline_us:
        case.put("SD-1", "SD-2", "SD-5", "SD-7")
        connection.time_out(frame)


def _pass(case: State, connection: ModelConnection, late_us: int) -> None:
    """Let `late_us` go by, in which only the deadline of the write itself may come."""
    frame = connection.flight
    assert frame is not None
    deadline_us, frame.deadline_us = frame.deadline_us, FOREVER
    if case.next_due_us() <= case.now_us + late_us:
        case.problem("accept with late_us: something else is due before the write returns")
    frame.deadline_us = deadline_us
    case.sends.enter(connection)
    case.now_us += late_us
