"""Relations between knobs: each value right by itself, and the set of them wrong.

The stall it guards against is one that was configured by good values: an ACK interval greater than
the window stalls every stream, and a caller that gives up before the close window is over retries
into the same stall. So each relation is judged and told in words that an operator can act on.

The intuition: one function a relation; each compares two effective values in core units, and says
which knobs, which values, and what follows, whether it holds or not.

The complication: a broken relation is a warning and no refusal. The configuration takes effect.

Spec: `spec/cf.md`; `spec/cx.md`.
"""

from collections.abc import Mapping
from functools import lru_cache

from stallproof.configuration.severity import JobRelationName, RelationName
from stallproof.machines.close_window import (
    Case,
    Schedule,
    case_of,
    close_window,
    is_defined,
    longest_gap_us,
    outer_above_us,
)
from stallproof.machines.policy import MICROSECONDS, Policy
from stallproof.machines.states import state

_SEND = "streaming_send_timeout"
_LIMIT = "sfm_send_stall_timeout"
_CHECKS = "sfm_send_stall_consecutive_checks"
_CLOSES = "sfm_close_stalled_connection"
_PROGRESS = "streaming_ack_progress_timeout"
_ACK_WAIT = "streaming_ack_wait"
_WINDOW = "streaming_window_size"
_CHUNK = "streaming_chunk_size"
_ACK_INTERVAL = "streaming_ack_interval"
_WARN_ONLY = f"{_CLOSES} is false: the monitor never closes a connection"
_UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


@state
class Terms:
    """What the relations are judged with, beside the policy.

    `schedule`: when checks come. `outer_timeouts_us`: how long callers wait, by their names.
    `margin_us`: how much longer than the close window that has to be.
    """

    schedule: Schedule
    grace_us: int
    outer_timeouts_us: Mapping[str, int]
    margin_us: int


@state
class Relation:
    """One relation, as judged: `text` names the knobs, their values and what follows."""

    name: RelationName | JobRelationName
    holds: bool
    text: str


@lru_cache(maxsize=1024)
def seconds_text(span_us: int) -> str:
    """Return a span in seconds, exact and without noise: `75 s`, `0.05 s`."""
    whole, rest = divmod(span_us, MICROSECONDS)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".") + " s"


@lru_cache(maxsize=1024)
def bytes_text(size_bytes: int) -> str:
    """Return a size in bytes, and in the greatest unit of which it is at least one."""
    for unit_bytes, unit in _UNITS:
        if size_bytes >= unit_bytes:
            number = f"{size_bytes / unit_bytes:.2f}".rstrip("0").rstrip(".")
            return f"{size_bytes} bytes, {number} {unit}"
    return f"{size_bytes} byte{'' if size_bytes == 1 else 's'}"


def relations_of(policy: Policy, terms: Terms) -> tuple[Relation, ...]:
    """Return every relation of CF-5 on the effective values of `policy`, in the law's order."""
    return (
        _no_warning(policy, terms),
        _no_close(policy, terms),
        _progress_before_ack_wait(policy),
        _ack_interval_in_window(policy),
        _window_holds_chunk(policy),
        _outer_timeouts(policy, terms),
        _close_window_defined(policy, terms),
    )


def case_text(policy: Policy, terms: Terms) -> tuple[Case, str]:
    """Return which case of CX-5 holds, and what the monitor then does, in a sentence."""
    case = case_of(policy, terms.schedule, grace_us=terms.grace_us)
    what = {
        Case.SILENT: "the monitor never warns and never closes",
        Case.WARNS_ONLY: "the monitor can warn, and never closes",
        Case.MAY_CLOSE: "the monitor can close before the deadline ends the send",
    }[case]
    if case is Case.MAY_CLOSE and not policy.close_stalled:
        what = f"the monitor could close before the deadline ends the send, but {_CLOSES} is false"
    return case, f"where the send deadline works, {what}"


def _held_text(policy: Policy, terms: Terms) -> str:
    held = seconds_text(policy.send_timeout_us + terms.grace_us)
    grace = seconds_text(terms.grace_us)
    return f"{_SEND} ({seconds_text(policy.send_timeout_us)}) plus grace ({grace}) is {held}"


def _no_warning(policy: Policy, terms: Terms) -> Relation:
    held_us = policy.send_timeout_us + terms.grace_us
    limit, held = seconds_text(policy.stall_timeout_us), _held_text(policy, terms)
    if held_us <= policy.stall_timeout_us:
        follows = "a send that ends by its own deadline is never warned about"
        return Relation("no_warning", True, f"{held}, at most {_LIMIT} ({limit}): {follows}.")
    follows = "slow sends that end by their own deadline are warned about"
    advice = f"To avoid that, set {_LIMIT} to at least {seconds_text(held_us)}."
    return Relation(
        "no_warning", False, f"{held}, more than {_LIMIT} ({limit}): {follows}. {advice}"
    )


def _no_close(policy: Policy, terms: Terms) -> Relation:
    if not policy.close_stalled:
        return Relation("no_close", True, f"{_WARN_ONLY}.")
    held_us = policy.send_timeout_us + terms.grace_us
    after_us = close_window(policy, terms.schedule).after_us
    held = _held_text(policy, terms)
    lower = f"the lower end of the close window, {seconds_text(after_us)} ({_window_text(policy)})"
    if held_us <= after_us:
        follows = "the deadline ends a send before the monitor can close its connection"
        return Relation("no_close", True, f"{held}, at most {lower}: {follows}.")
    follows = "the monitor can close before the deadline ends the send, and hides its TIMEOUT"
    more = seconds_text(policy.stall_timeout_us + held_us - after_us)
    advice = f"To avoid that, set {_LIMIT} to at least {more}, or raise {_CHECKS}."
    return Relation("no_close", False, f"{held}, more than {lower}: {follows}. {advice}")


def _window_text(policy: Policy) -> str:
    limit = seconds_text(policy.stall_timeout_us)
    return f"from {_LIMIT} {limit}, {_CHECKS} {policy.checks_max}, with {_CLOSES} true"


def _progress_before_ack_wait(policy: Policy) -> Relation:
    holds = policy.ack_progress_timeout_us <= policy.ack_wait_us
    progress = f"{_PROGRESS} ({seconds_text(policy.ack_progress_timeout_us)})"
    wait = f"{_ACK_WAIT} ({seconds_text(policy.ack_wait_us)})"
    if holds:
        text = f"{progress} is at most {wait}: a receiver that gets nowhere ends as NO_PROGRESS."
    else:
        text = (
            f"{progress} is more than {wait}: ACK_WAIT always comes first, and NO_PROGRESS is "
            f"never seen. To avoid that, set {_PROGRESS} no higher than {_ACK_WAIT}."
        )
    return Relation("progress_before_ack_wait", holds, text)


def _ack_interval_in_window(policy: Policy) -> Relation:
    holds = policy.ack_interval_bytes <= policy.window_bytes
    interval = f"{_ACK_INTERVAL} ({bytes_text(policy.ack_interval_bytes)})"
    window = f"{_WINDOW} ({bytes_text(policy.window_bytes)})"
    if holds:
        text = f"{interval} is at most {window}: the receiver owes an ACK before the sender waits."
    else:
        text = (
            f"{interval} is more than {window}: the sender can stop at the window before the "
            f"receiver owes an ACK, and the stream stalls for good. To avoid that, set "
            f"{_ACK_INTERVAL} no higher than {_WINDOW}, at the receiver too."
        )
    return Relation("ack_interval_in_window", holds, text)


def _window_holds_chunk(policy: Policy) -> Relation:
    holds = policy.chunk_bytes <= policy.window_bytes
    chunk = f"{_CHUNK} ({bytes_text(policy.chunk_bytes)})"
    window = f"{_WINDOW} ({bytes_text(policy.window_bytes)})"
    if holds:
        text = f"{chunk} is at most {window}: more than one chunk can be on its way."
    else:
        text = (
            f"{chunk} is more than {window}: each chunk waits for the ACK of the one before it. "
            f"To avoid that, set {_WINDOW} to several times {_CHUNK}."
        )
    return Relation("window_holds_chunk", holds, text)


def _outer_timeouts(policy: Policy, terms: Terms) -> Relation:
    if not policy.close_stalled:
        return Relation(
            "outer_timeouts", True, f"{_WARN_ONLY}, so that no window has to be outlasted."
        )
    above_us = outer_above_us(policy, terms.schedule, margin_us=terms.margin_us)
    upper = seconds_text(above_us - terms.margin_us)
    need = (
        f"{seconds_text(above_us)}, the upper end of the close window ({upper}, "
        f"{_window_text(policy)}) plus the margin ({seconds_text(terms.margin_us)})"
    )
    given = terms.outer_timeouts_us
    short = [f"{name} ({seconds_text(us)})" for name, us in given.items() if us <= above_us]
    if short:
        text = (
            f"{', '.join(short)}: not more than {need}. The caller gives up before the connection "
            f"is closed, and retries into the same stall. To avoid that, set each outer timeout to "
            f"more than {seconds_text(above_us)}."
        )
    elif given:
        told = ", ".join(f"{name} ({seconds_text(us)})" for name, us in given.items())
        text = f"{told}: more than {need}, so that the connection is closed before callers give up."
    else:
        text = f"No outer timeout was given; each has to be more than {need}."
    return Relation("outer_timeouts", not short, text)


def _close_window_defined(policy: Policy, terms: Terms) -> Relation:
    if not policy.close_stalled:
        return Relation("close_window_defined", True, f"{_WARN_ONLY}, so that there is no window.")
    gap = f"the longest time between two checks ({seconds_text(longest_gap_us(terms.schedule))})"
    limit = f"{_LIMIT} ({seconds_text(policy.stall_timeout_us)})"
    if is_defined(policy, terms.schedule):
        text = f"{limit} is at least {gap}: the ends of the close window are promised."
        return Relation("close_window_defined", True, text)
    text = (
        f"{limit} is less than {gap}: a check may not fall inside a stall before the limit, and "
        f"the ends of the close window are not promised, with {_CLOSES} true. To avoid that, "
        f"raise {_LIMIT}."
    )
    return Relation("close_window_defined", False, text)
