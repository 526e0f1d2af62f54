"""A wrong implementation: each time bytes leave, its deadline starts again.

A peer that trickles keeps the send lock for as long as it likes, writes begin after the deadline,
the lock is not free in time, and who queues waits beyond the bound.
"""

from typing import Any

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.steps import BARE, Steps
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Decision, Send, Wait


def on_step(send: Send, wrote_bytes: int, *, closing: bool, now_us: int) -> tuple[Send, Decision]:
    """Step as the reference does, and start the deadline again after progress."""
    after, decision = BARE.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    if not wrote_bytes or not isinstance(decision, Wait):
        return after, decision
    timeout_us = send.deadline_us - send.taken_us
    return (
        Send(now_us, now_us + timeout_us, after.size_bytes, after.written_bytes),
        Wait(timeout_us),
    )


class ExtendingConnection(GuardedConnection):
    """Take the steps above instead of the reference's."""

    def __init__(self, *given: Any, **named: Any) -> None:
        steps = Steps(
            BARE.on_lock_taken, on_step, BARE.on_failed, BARE.on_given_up, BARE.on_check
        )  # fmt: skip
        super().__init__(*given, **named, steps=steps)


class ExtendsItsDeadline(Reference):
    """The reference with a deadline for each write instead of one for the frame."""

    name = "extends-its-deadline"
    connection_class = ExtendingConnection


if __name__ == "__main__":
    main(ExtendsItsDeadline)
