"""CX-4: what a queue of k sends costs at most. Spec: `spec/cx.md`.

The lock is served in order of arrival; that is the lock's own (`drivers/ticket_lock.py`) and is
tested on threads. Given that, the wait is a sum of holds. By induction: when j of those ahead have
released, no more than j times (S + G) have gone by since the frame asked. What one hold costs is
asked of the real machine.
"""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import send_deadline
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End


def share_us(policy: Policy, grace_us: int) -> int:
    """Return S + G: what each send ahead may cost."""
    return policy.send_timeout_us + grace_us


def handing_over(
    policy: Policy, size_bytes: int, released: int, asked_us: int, taken_us: int, late_us: int,
    grace_us: int,
) -> bool:  # fmt: skip
    return (
        (policy.send_timeout_us >= 1)
        & (size_bytes >= 1)
        & (released >= 0)
        & (asked_us >= 0)
        & (taken_us >= 0)
        & (grace_us >= 0)
        & (late_us >= 0)
        & (late_us <= grace_us)
    )


@obligation("CX-4", given=handing_over)
def cx4_the_send_in_flight_costs_at_most_one_share(
    policy: Policy, size_bytes: int, released: int, asked_us: int, taken_us: int, late_us: int,
    grace_us: int,
) -> Claim:  # fmt: skip
    """The send that held the lock already has released one share after the frame asked."""
    if taken_us > asked_us:
        return None
    send = send_deadline.on_lock_taken(policy, size_bytes, now_us=taken_us)
    _, decision = send_deadline.on_step(send, 0, closing=False, now_us=send.deadline_us + late_us)
    over_us = send.deadline_us + late_us
    return isinstance(decision, End) and over_us <= asked_us + share_us(policy, grace_us)


@obligation("CX-4", given=handing_over)
def cx4_each_send_ahead_costs_at_most_one_share(
    policy: Policy, size_bytes: int, released: int, asked_us: int, taken_us: int, late_us: int,
    grace_us: int,
) -> Claim:  # fmt: skip
    """If j shares covered the first j holds, j + 1 shares cover the next one."""
    spent_us = released * share_us(policy, grace_us)
    if taken_us > asked_us + spent_us:
        return None
    send = send_deadline.on_lock_taken(policy, size_bytes, now_us=taken_us)
    over_us = send.deadline_us + late_us
    _, decision = send_deadline.on_step(send, 0, closing=False, now_us=over_us)
    return isinstance(decision, End) and over_us <= asked_us + spent_us + share_us(policy, grace_us)


@obligation("CX-4", given=handing_over)
def cx4_a_share_cannot_be_less(
    policy: Policy, size_bytes: int, released: int, asked_us: int, taken_us: int, late_us: int,
    grace_us: int,
) -> Claim:  # fmt: skip
    """The bound is tight: a send that is held up holds the lock until its deadline, not shorter."""
    send = send_deadline.on_lock_taken(policy, size_bytes, now_us=taken_us)
    before_us = taken_us + policy.send_timeout_us - 1
    _, decision = send_deadline.on_step(send, 0, closing=False, now_us=before_us)
    return not isinstance(decision, End)
