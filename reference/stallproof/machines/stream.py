"""What a stream is between two steps, how it can end, and what a look at it decides.

The steps themselves are those of `ack_progress`. Spec: `spec/ap.md`.
"""

from enum import Enum

from stallproof.machines.states import state


class StreamOutcome(Enum):
    """How a stream ended, in the words of the trace."""

    DONE = "done"
    NO_PROGRESS = "no_progress"
    ACK_WAIT = "ack_wait"
    ACK_ERROR = "ack_error"
    SEND_FAILED = "send_failed"
    CANCELLED = "cancelled"


class AckVerdict(Enum):
    """What an ACK was: progress, true but no news, or one that changes nothing."""

    PROGRESS = "progress"
    NO_NEWS = "no news"
    NOT_AN_INTEGER = "the offset is not an integer"
    NEGATIVE = "the offset is negative"
    BEYOND_SENT = "the offset lies beyond what was sent"
    OTHER_ORIGIN = "it comes from another origin"
    AFTER_THE_END = "the stream has ended"


@state
class Stream:
    """One stream between two steps. Offsets count bytes from its beginning.

    `sent_bytes` is the end of the last chunk whose send has begun; `progress_us` the last progress,
    at first the moment when the stream was made; `wait_us` when the wait under way began, `None`
    when there is none; `outcome` stays `None` until the stream is over. `seed`: the progress clock
    is the seed profile's.
    """

    sent_bytes: int
    acknowledged_bytes: int
    progress_us: int
    wait_us: int | None
    outcome: StreamOutcome | None
    seed: bool


@state
class BeginChunk:
    """The window has room: no wait is under way, and the ready chunk may begin."""


@state
class AwaitAck:
    """The window is full: look again after `wait_us`, or when an ACK or a stop comes."""

    wait_us: int


@state
class StreamOver:
    """The stream has its terminal outcome; nothing more may begin."""

    outcome: StreamOutcome


Look = BeginChunk | AwaitAck | StreamOver


def is_stream(stream: Stream) -> bool:
    """Tell whether `stream` is a state this machine can be in between two steps."""
    return (
        0 <= stream.acknowledged_bytes <= stream.sent_bytes
        and stream.progress_us >= 0
        and (stream.wait_us is None or (stream.wait_us >= 0 and stream.outcome is None))
    )


def offset_of(raw: object) -> int | None:
    """Return the offset that an ACK names, `None` if it is no integer; a boolean is none.

    Neither is 5.0: a receiver that counts bytes has no reason to send one.
    """
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def is_notified(outcome: StreamOutcome) -> bool:
    """Tell whether the receiver is told: one that is still waiting for the rest is.

    It knows of an error that it reported itself, and a connection that failed carries no notice.
    """
    return outcome in (StreamOutcome.NO_PROGRESS, StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED)
