"""The steps of the machines as the drivers call them: bare for speed, or with their contracts.

Evaluating the contracts of one step costs several microseconds, more than writing a small frame.
The drivers therefore call the functions beneath the contracts, which were proved, and a test or a
cautious operator passes `CHECKED` instead.

Spec: `spec/sd.md`, `spec/sc.md`.
"""

import inspect
from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from stallproof import send_deadline, stall_count
from stallproof.policy import Policy
from stallproof.send_deadline import Decision, End, Failure, Send
from stallproof.stall_count import CheckDecision, Sighting, StallCount
from stallproof.states import state

_F = TypeVar("_F", bound=Callable[..., object])


class OnLockTaken(Protocol):
    def __call__(self, policy: Policy, size_bytes: int, *, now_us: int) -> Send: ...


class OnStep(Protocol):
    def __call__(
        self, send: Send, wrote_bytes: int, *, closing: bool, now_us: int
    ) -> tuple[Send, Decision]: ...


class OnFailed(Protocol):
    def __call__(self, send: Send, failure: Failure, *, closing: bool, now_us: int) -> End: ...


class OnCheck(Protocol):
    def __call__(
        self, policy: Policy, count: StallCount, sighting: Sighting, *, now_us: int
    ) -> tuple[StallCount, CheckDecision]: ...


@state
class Steps:
    """The four steps that the drivers take."""

    on_lock_taken: OnLockTaken
    on_step: OnStep
    on_failed: OnFailed
    on_check: OnCheck


def _beneath(step: _F) -> _F:
    """Return `step` without its contracts."""
    return cast(_F, inspect.unwrap(step))


CHECKED = Steps(
    send_deadline.on_lock_taken,
    send_deadline.on_step,
    send_deadline.on_failed,
    stall_count.on_check,
)
"""The steps with every contract evaluated at every call."""

BARE = Steps(
    _beneath(send_deadline.on_lock_taken),
    _beneath(send_deadline.on_step),
    _beneath(send_deadline.on_failed),
    _beneath(stall_count.on_check),
)
"""The same steps without their contracts."""
