"""The connection's events and decisions in plain words, for counts and for histories."""

from proofs.search.connection_states import (
    CHECK,
    CLOSE,
    FAILURE,
    FRAME,
    LOCK,
    STEP,
    TIME,
    Event,
    Move,
)
from stallproof.machines.connection import Cause
from stallproof.machines.send_deadline import Outcome, Wait

_ENDS = {outcome: f"send {outcome.value}" for outcome in Outcome}
_CLOSINGS = {cause: f"closing by {cause.value}" for cause in Cause}


def decisions(move: Move) -> tuple[str, ...]:
    """Return the decisions in `move`, in the words of the report."""
    effects, kind = move.effects, move.event.kind
    decision, check, closes = effects.decision, effects.check, effects.closes
    told: tuple[str, ...] = ()
    if decision is not None:
        told = ("send waits" if isinstance(decision, Wait) else _ENDS[decision.outcome],)
    elif kind == LOCK:
        told = ("lock held",)
    elif check is not None and kind == CHECK:
        told = (
            "check closes" if check.closes else "check warns" if check.warns
            else "check queues a heartbeat" if check.heartbeat else "check finds nothing",
        )  # fmt: skip
    if closes is not None:
        return (*told, _CLOSINGS[closes])
    return (*told, "closing already") if kind == CLOSE else told


def event_words(event: Event) -> str:
    """Say what happened and when."""
    if event.kind == TIME:
        return "time passes: 1 us"
    what = {
        LOCK: f"a sender takes the lock for a frame of {event.amount} bytes",
        STEP: f"the holder has written {event.amount} bytes and looks at the clock",
        FAILURE: f"the transport fails the holder ({event.failure and event.failure.value})",
        CLOSE: "the owner closes the connection",
        CHECK: "the monitor checks",
        FRAME: "a frame arrives from the peer",
    }[event.kind]
    return f"at {event.at_us} us {what}"


def answer_words(move: Move) -> str:
    """Say what drivers were told, and what is then in flight."""
    if move.event.kind == TIME:
        return ""
    told = list(decisions(move))
    if isinstance(move.effects.decision, Wait):
        told.append(f"for {move.effects.decision.wait_us} us")
    send = move.after.conn.send
    if send is not None:
        told.append(
            f"in flight: {send.written_bytes} of {send.size_bytes} bytes, due at {send.deadline_us}"
        )
    if move.event.kind == CHECK:
        told.append(f"count {move.after.conn.count.stalled_checks}")
    return ", ".join(told)
