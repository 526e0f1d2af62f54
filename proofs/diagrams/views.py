"""What a reader sees of a move: which box it starts and ends in, under which facts.

A view returns `None` for a move that is not part of its diagram. The boxes are read from the
machine's own states, the facts from what happened: that an arrow leads where it leads is the
machine's doing.
"""

from proofs.diagrams.arrows import Seen
from proofs.search import connection_states as states
from proofs.search import stream_moves
from proofs.search.connection_states import Moment, Move
from proofs.search.stream_moves import StreamMoment, StreamMove, true_offset
from stallproof.machines.connection import Connection
from stallproof.machines.send_deadline import End, Failure, Wait
from stallproof.machines.stream import AckVerdict, AwaitAck, BeginChunk, StreamOutcome

_FAILURES = {
    Failure.TIMEOUT: "it is a time-out",
    Failure.CLOSED: "it is closed",
    Failure.ERROR: "it is anything else",
}


def _due(move: Move) -> str:
    record, policy = move.before.record, move.before.setting.policy
    due = move.event.at_us >= record.taken_us + policy.send_timeout_us
    return "the deadline has come" if due else "before the deadline"


def _bytes(move: Move) -> str:
    record = move.before.record
    written = record.written_bytes + move.event.amount
    return "every byte written" if written == record.size_bytes else "bytes left"


def _part(move: Move) -> str:
    written = move.before.record.written_bytes + move.event.amount
    return "part of it written" if written > 0 else "nothing written"


def _closing(moment: Moment) -> str:
    return "closing has begun" if moment.record.cause is not None else "open"


def send_view(move: Move) -> Seen | None:
    """See one send: from the lock to its outcome."""
    kind, decision = move.event.kind, move.effects.decision
    if kind not in (states.LOCK, states.STEP, states.FAILURE):
        return None
    ended = decision.outcome.value if isinstance(decision, End) else None
    target = ended or ("held" if move.after.conn.send is not None else "lost")
    facts: tuple[str, ...] = (_closing(move.before),)
    if kind == states.LOCK:
        return Seen("[*]", "the lock is taken", facts, "", target)
    if kind == states.STEP:
        waits = "wait for the time left" if isinstance(decision, Wait) else ""
        return Seen("held", "step", (_bytes(move), *facts, _due(move)), waits, target)
    assert move.event.failure is not None
    facts = (_FAILURES[move.event.failure], *facts, _due(move))
    return Seen("held", "failure", facts, "", target)


def _stalled(move: Move) -> str:
    record, limit_us = move.before.record, move.before.setting.policy.stall_timeout_us
    held = record.holder is not None
    return "stalled" if held and move.event.at_us - record.taken_us > limit_us else "not stalled"


def _mode(move: Move) -> str:
    return "closing enabled" if move.before.setting.policy.close_stalled else "warn-only"


def count_view(move: Move) -> Seen | None:
    """See the monitor's count of one connection, up to one beyond the threshold."""
    check = move.effects.check
    if move.event.kind != states.CHECK or check is None:
        return None
    record = move.before.record
    facts = (
        _stalled(move),
        "same send" if record.seen == record.holder else "another send",
        _mode(move),
        _closing(move.before),
    )
    told = [word for word, said in (("warns", check.warns), ("closes", check.closes)) if said]
    source, target = (
        f"count {moment.conn.count.stalled_checks}" for moment in (move.before, move.after)
    )
    return Seen(source, "check", facts, " and ".join(told), target)


def _box(conn: Connection) -> str:
    lock = "idle" if conn.send is None else "holding"
    return f"{lock}, " + ("torn" if conn.torn else "closing" if conn.closed_by else "open")


def connection_view(move: Move) -> Seen | None:
    """See the connection as a whole: the lock, the closing, and whether a frame was torn."""
    source, target = _box(move.before.conn), _box(move.after.conn)
    closes = move.effects.closes
    suppressed = move.event.kind == states.LOCK and isinstance(move.effects.decision, End)
    action = f"closing by {closes.value}" if closes else "the send is suppressed" * suppressed
    kind, facts = move.event.kind, tuple[str, ...]()
    if kind == states.STEP:
        facts = (_bytes(move), _part(move), _due(move))
    elif kind == states.FAILURE:
        assert move.event.failure is not None
        timeout = move.event.failure is Failure.TIMEOUT or _due(move) != "before the deadline"
        reason = "it is a time-out, or the deadline has come" if timeout else "any other, in time"
        facts = (reason, _part(move))
    elif kind == states.CHECK:
        reached = move.after.record.streak >= move.before.setting.policy.checks_max
        facts = (
            "the count reaches the threshold" if reached else "below the threshold",
            _mode(move),
        )
    return Seen(source, kind, facts, action, target)


def _stream_box(moment: StreamMoment) -> str:
    stream = moment.stream
    if stream.outcome in (StreamOutcome.NO_PROGRESS, StreamOutcome.ACK_WAIT):
        return str(stream.outcome.value)
    if stream.outcome is not None:
        return "ended from outside"
    return "no wait" if stream.wait_us is None else "waiting"


def stream_view(move: StreamMove) -> Seen | None:
    """See one stream: no wait, waiting, and its ends."""
    kind, before = move.event.kind, move.before
    source, target = _stream_box(before), _stream_box(move.after)
    if kind == stream_moves.TIME:
        return None
    record, policy, at_us = before.record, before.setting.policy, move.event.at_us
    facts, action = tuple[str, ...](), ""
    if kind == stream_moves.LOOK:
        room = record.sent - record.acked <= policy.window_bytes
        began_us = at_us if record.wait_us is None else record.wait_us
        clock_us = max(record.progress_us, record.progress_us if before.setting.seed else began_us)
        stuck = at_us >= clock_us + policy.ack_progress_timeout_us
        facts = (
            "room in the window" if room else "window full",
            "no progress for Tp" if stuck else "progress within Tp",
            "waited for Tw" if at_us >= began_us + policy.ack_wait_us else "waited less than Tw",
        )
        action = (
            "a chunk begins" if isinstance(move.look, BeginChunk)
            else "sleep until due, or for I" if isinstance(move.look, AwaitAck) else ""
        )  # fmt: skip
    elif kind == stream_moves.ACK:
        offset = true_offset(record, move.event)
        greater = offset is not None and offset > record.acked
        facts = ("true and greater" if greater else "any other",)
        action = "progress" if move.verdict is AckVerdict.PROGRESS else ""
    elif kind == stream_moves.STOP:
        kind = "stop (done, error ACK, cancel, failed send)"
    return Seen(source, kind, facts, action, target)
