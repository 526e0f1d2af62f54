"""SD-5, SC-8: a connection is closed exactly once, whoever closes it. Spec: `spec/cx.md`.

One event asks for the closing exactly when it begins it. Since a closing that has begun stays, no
history asks twice. The same is then shown of any two closers in a row.
"""

from enum import Enum

from proofs.assumptions.shapes import (
    Rest,
    breaking,
    checking,
    connected,
    failing,
    holding,
    limited,
    numbered,
    taking,
    writable,
)
from proofs.prover.statement import TWO_STEPS, Claim, obligation
from stallproof.machines import connection
from stallproof.machines.connection import Connection, Effects
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Failure, Send
from stallproof.machines.stall_count import StallCount


def asks_as_it_begins(rest: Rest, after: Connection, effects: Effects) -> bool:
    """Tell whether the closing was asked for exactly if it began now, by the cause that it has."""
    if rest.closing or after.closed_by is None:
        return effects.closes is None
    return effects.closes is after.closed_by


@obligation("SD-5", "SD-6", given=holding)
def sd5_a_step_asks_exactly_for_the_closing_it_begins(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """A step asks for the closing if and only if it begins it, and names the same cause."""
    after, effects = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    return asks_as_it_begins(rest, after, effects)


@obligation("SD-5", "SD-6", given=breaking)
def sd5_a_failure_asks_exactly_for_the_closing_it_begins(
    send: Send, rest: Rest, failure: Failure, now_us: int
) -> Claim:
    """A failure asks for the closing if and only if it begins it, and names the same cause."""
    after, effects = connection.on_failed(connected(rest, send), failure, now_us=now_us)
    return asks_as_it_begins(rest, after, effects)


@obligation("SC-8", given=checking)
def sc8_a_check_asks_exactly_for_the_closing_it_begins(
    policy: Policy, send: Send, rest: Rest, now_us: int
) -> Claim:
    """A check asks for the closing if and only if it begins it, and names the same cause."""
    after, effects = connection.on_check(policy, connected(rest, send), now_us=now_us)
    return asks_as_it_begins(rest, after, effects)


@obligation("SC-8", "CX-6", given=lambda policy, rest, now_us: limited(policy) & numbered(rest))
def sc8_a_check_of_an_idle_connection_begins_no_closing(
    policy: Policy, rest: Rest, now_us: int
) -> Claim:
    """With nothing in flight, no check begins a closing, asks for one or moves its cause."""
    before = connected(rest, None)
    after, effects = connection.on_check(policy, before, now_us=now_us)
    return effects.closes is None and after.closed_by is before.closed_by


@obligation("SD-5", given=lambda send, rest: numbered(rest))
def sd5_a_close_asks_exactly_for_the_closing_it_begins(send: Send, rest: Rest) -> Claim:
    """A close with a send in flight asks for the closing if and only if it begins it."""
    after, effects = connection.on_close(connected(rest, send))
    return asks_as_it_begins(rest, after, effects) and after.closed_by is not None


@obligation("SD-5", "CX-6", given=taking)
def sd5_taking_the_lock_begins_no_closing(
    policy: Policy, rest: Rest, size_bytes: int, now_us: int
) -> Claim:
    """Taking the lock neither begins a closing nor asks for one."""
    before = connected(rest, None)
    after, effects = connection.on_lock_taken(policy, before, size_bytes, now_us=now_us)
    return effects.closes is None and after.closed_by is before.closed_by


class Closer(Enum):
    """An event that can begin a closing."""

    STEP = 1
    FAILURE = 2
    CHECK = 3
    CLOSE = 4


def befallen(
    policy: Policy,
    conn: Connection,
    closer: Closer,
    failure: Failure,
    wrote_bytes: int,
    now_us: int,
) -> tuple[Connection, Effects]:
    """Let the event befall `conn`; where nobody holds the lock, the next sender takes it first."""
    if closer is Closer.CHECK:
        return connection.on_check(policy, conn, now_us=now_us)
    if closer is Closer.CLOSE:
        return connection.on_close(conn)
    if conn.send is None:
        conn, effects = connection.on_lock_taken(policy, conn, 1, now_us=now_us)
        if conn.send is None:
            return conn, effects
    if closer is Closer.STEP:
        return connection.on_step(conn, wrote_bytes, now_us=now_us)
    return connection.on_failed(conn, failure, now_us=now_us)


def closing_twice(
    policy: Policy, send: Send, checks: int, first: Closer, second: Closer, failure: Failure,
    now_us: int, then_us: int,
) -> bool:  # fmt: skip
    return (
        limited(policy) & failing(send, now_us) & writable(send, 0) & (checks >= 0) & (then_us >= 0)
    )


@obligation("SD-5", "SD-6", "SC-8", "CX-6", by=TWO_STEPS, given=closing_twice)
def sd5_two_closers_in_a_row_close_once(
    policy: Policy, send: Send, checks: int, first: Closer, second: Closer, failure: Failure,
    now_us: int, then_us: int,
) -> Claim:  # fmt: skip
    """After a step, a failure, a check or a close that closed, none of the four closes again."""
    conn = Connection(send, 1, 1, None, False, 0, 0, True, StallCount(checks, 1))
    between, effects = befallen(policy, conn, first, failure, 0, now_us)
    if effects.closes is None:
        return None
    after, again = befallen(policy, between, second, failure, 0, then_us)
    return again.closes is None and after.closed_by is between.closed_by
