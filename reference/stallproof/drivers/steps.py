"""The steps of the machines as the drivers call them: bare for speed, or with their contracts.

Evaluating the contracts of one step costs several microseconds, more than writing a small frame.
The drivers therefore call the functions beneath the contracts, which were proved, and a test or a
cautious operator passes `CHECKED` instead.

Spec: `spec/sd.md`, `spec/sc.md`, `spec/ap.md`.
"""

import inspect
from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from stallproof.machines import ack_progress, send_deadline, stall_count
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Decision, End, Failure, Send
from stallproof.machines.stall_count import CheckDecision, Snapshot, StallCount
from stallproof.machines.states import state
from stallproof.machines.stream import AckVerdict, Look, Stream, StreamOutcome

_F = TypeVar("_F", bound=Callable[..., object])


class OnLockTaken(Protocol):
    def __call__(self, policy: Policy, size_bytes: int, *, now_us: int) -> Send: ...


class OnStep(Protocol):
    def __call__(
        self, send: Send, wrote_bytes: int, *, closing: bool, now_us: int
    ) -> tuple[Send, Decision]: ...


class OnFailed(Protocol):
    def __call__(self, send: Send, failure: Failure, *, closing: bool, now_us: int) -> End: ...


class OnGivenUp(Protocol):
    def __call__(self, send: Send, *, closing: bool, now_us: int) -> End: ...


class OnCheck(Protocol):
    def __call__(
        self, policy: Policy, count: StallCount, snapshot: Snapshot, *, now_us: int
    ) -> tuple[StallCount, CheckDecision]: ...


class OnMade(Protocol):
    def __call__(self, *, seed: bool = False, now_us: int) -> Stream: ...


class OnLook(Protocol):
    def __call__(self, policy: Policy, stream: Stream, *, now_us: int) -> tuple[Stream, Look]: ...


class OnChunkBegun(Protocol):
    def __call__(self, policy: Policy, stream: Stream, chunk_bytes: int) -> Stream: ...


class OnAck(Protocol):
    def __call__(
        self, stream: Stream, offset: int | None, *, from_receiver: bool, now_us: int
    ) -> tuple[Stream, AckVerdict]: ...


class OnStop(Protocol):
    def __call__(self, stream: Stream, outcome: StreamOutcome) -> Stream: ...


@state
class Steps:
    """The five steps that a connection and its monitor take."""

    on_lock_taken: OnLockTaken
    on_step: OnStep
    on_failed: OnFailed
    on_given_up: OnGivenUp
    on_check: OnCheck


@state
class StreamSteps:
    """The five steps that the sender of a stream takes."""

    on_made: OnMade
    on_look: OnLook
    on_chunk_begun: OnChunkBegun
    on_ack: OnAck
    on_stop: OnStop


def _beneath(step: _F) -> _F:
    """Return `step` without its contracts."""
    return cast(_F, inspect.unwrap(step))


CHECKED = Steps(
    send_deadline.on_lock_taken,
    send_deadline.on_step,
    send_deadline.on_failed,
    send_deadline.on_given_up,
    stall_count.on_check,
)
"""The steps with every contract evaluated at every call."""

BARE = Steps(
    _beneath(send_deadline.on_lock_taken),
    _beneath(send_deadline.on_step),
    _beneath(send_deadline.on_failed),
    _beneath(send_deadline.on_given_up),
    _beneath(stall_count.on_check),
)
"""The same steps without their contracts."""

CHECKED_STREAM = StreamSteps(
    ack_progress.on_made,
    ack_progress.on_look,
    ack_progress.on_chunk_begun,
    ack_progress.on_ack,
    ack_progress.on_stop,
)
"""The steps of a stream with every contract evaluated at every call."""

BARE_STREAM = StreamSteps(
    _beneath(ack_progress.on_made),
    _beneath(ack_progress.on_look),
    _beneath(ack_progress.on_chunk_begun),
    _beneath(ack_progress.on_ack),
    _beneath(ack_progress.on_stop),
)
"""The same steps without their contracts."""
