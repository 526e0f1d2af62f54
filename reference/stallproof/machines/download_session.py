"""One whole download: what follows each event, what is reported, and how long all of it may take.

The stall it guards against: a download that nobody can end sleeps on for a minute after its job
was aborted; and one without a bound outlives every timeout around it.

The intuition: a piece is asked for, and asked for again after the waits of `download_retry`. An
abort takes the place of what would be begun next, and of a failure. A wait ends at once.

The use: `new_session`, then one step for each event; or `decide` on a whole history.

The complication: an answer may come after its request has timed out. Only that to the request in
flight counts, so that a retry is no second receipt.

Spec: `spec/rt.md`.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from stallproof.machines import download_retry
from stallproof.machines.contracts import ensure, require
from stallproof.machines.download_retry import Outcome
from stallproof.machines.states import state


class Action(Enum):
    """What follows: a request, or the same one after a wait, or the end of the download."""

    ASK = "ask"
    RETRY = "retry"
    DONE = "done"
    ABORT = "abort"
    FAIL = "fail"


class Report(Enum):
    """What is reported."""

    RETRY = "retry"
    RECOVERED = "recovered"
    FAILED = "failed"


class Happened(Enum):
    """What may happen."""

    ANSWERED = "answered"
    TIMED_OUT = "timed_out"
    FAILED = "failed"
    WAITED = "waited"
    ABORT = "abort"


@state
class Event:
    """Something that happened; `request` says which one was answered, and is 0 otherwise."""

    event: Happened
    at_us: int
    request: int = 0


@state
class Limits:
    """How often a request is retried in a row, how long it may take, how many pieces there are."""

    max_retries: int
    timeout_us: int
    pieces: int


@state
class Session:
    """A download so far; `request` numbers the last one, from 1. `at_us`: as in `spec/rt.md`."""

    action: Action
    at_us: int
    request: int
    retries: int
    receipts: int
    is_abort_asked: bool


Step = tuple[Session, Report | None]
"""The download after an event, and what is to be reported."""


@state
class SessionDecision:
    """What follows, all that was reported so far, how many receipts count, the longest time."""

    action: Action
    at_us: int
    reports: tuple[Report, ...]
    receipts: int
    longest_us: int


def are_possible(limits: Limits) -> bool:
    """Tell whether a download can have these limits."""
    return limits.max_retries >= 0 and limits.timeout_us >= 1 and limits.pieces >= 1


def is_asking(session: Session) -> bool:
    """Tell whether a request is in flight."""
    return session.action is Action.ASK


@require(are_possible)
@ensure(lambda limits, result: result >= limits.pieces * limits.timeout_us, "RT-5")
def longest_us(limits: Limits) -> int:
    """Return the longest that a download can take by these limits, where nothing is late."""
    requests_us = (limits.max_retries + 1) * limits.timeout_us
    return limits.pieces * (requests_us + download_retry.waits_us(limits.max_retries))


def new_session(*, now_us: int) -> Session:
    """Return a download whose first request is asked for now."""
    return Session(Action.ASK, now_us, 1, 0, 0, False)


def _next(session: Session, action: Action, now_us: int) -> Session:
    """Return the session with what follows from now on."""
    return replace(session, action=action, at_us=now_us)


@require(lambda limits: are_possible(limits))
@require(lambda session, request: 1 <= request <= session.request)
@ensure(
    lambda session, request, result: (
        result[0].receipts - session.receipts
        == (1 if is_asking(session) and request == session.request else 0)
    ),
    "RT-5: only the answer to the request in flight is a receipt",
)
@ensure(
    lambda session, result: (
        (result[1] is Report.RECOVERED) == (result[0] is not session and session.retries > 0)
    ),
    "RT-4",
)
def on_answer(limits: Limits, session: Session, request: int, *, now_us: int) -> Step:
    """Return what an answer to `request` changes: nothing, unless that one is in flight."""
    if not is_asking(session) or request != session.request:
        return session, None
    report = Report.RECOVERED if session.retries else None
    after = replace(session, receipts=session.receipts + 1, retries=0)
    if after.receipts >= limits.pieces:
        return _next(after, Action.DONE, now_us), report
    if session.is_abort_asked:
        return _next(after, Action.ABORT, now_us), report
    return _next(replace(after, request=after.request + 1), Action.ASK, now_us), report


@require(lambda limits: are_possible(limits))
@require(is_asking)
@require(lambda session, outcome: session.retries >= 0 and outcome is not Outcome.OK)
@ensure(
    lambda session, result: not session.is_abort_asked or result[0].action is Action.ABORT,
    "RT-3: neither a wait nor a failure follows an abort",
)
@ensure(lambda result: (result[1] is Report.RETRY) == (result[0].action is Action.RETRY), "RT-4")
@ensure(lambda result: (result[1] is Report.FAILED) == (result[0].action is Action.FAIL), "RT-4")
def on_failure(limits: Limits, session: Session, outcome: Outcome, *, now_us: int) -> Step:
    """Return what follows a request that timed out, or that failed otherwise."""
    if session.is_abort_asked:
        return _next(session, Action.ABORT, now_us), None
    most = limits.max_retries
    retries, next_ = download_retry.on_outcome(session.retries, outcome, max_retries=most)
    if next_.action is not download_retry.Action.RETRY:
        return _next(session, Action.FAIL, now_us), Report.FAILED
    waiting = _next(session, Action.RETRY, now_us + next_.wait_us)
    return replace(waiting, retries=retries), Report.RETRY


@require(lambda session, now_us: session.action is Action.RETRY and now_us >= session.at_us)
@ensure(lambda result: is_asking(result), "RT-3: a wait that nobody aborted ends in a request")
def on_waited(session: Session, *, now_us: int) -> Session:
    """Return the session with the same piece asked for again."""
    return _next(replace(session, request=session.request + 1), Action.ASK, now_us)


@ensure(
    lambda session, now_us, result: (
        session.action is not Action.RETRY
        or (result.action is Action.ABORT and result.at_us == now_us)
    ),
    "RT-3: a wait ends with the abort, and no request follows",
)
@ensure(lambda session, result: result.receipts == session.receipts, "RT-5")
def on_abort(session: Session, *, now_us: int) -> Session:
    """Return what an abort changes: it ends a wait at once, and a request when that is over."""
    if session.action is Action.RETRY:
        return _next(session, Action.ABORT, now_us)
    return replace(session, is_abort_asked=True)


def _check(limits: Limits, session: Session, event: Event) -> None:
    """Raise `ValueError` for an event that cannot be, or not now."""
    what, asks, waits = event.event, is_asking(session), session.action is Action.RETRY
    due_us = session.at_us + (limits.timeout_us if asks else 0)
    late_us = event.at_us - due_us if asks or waits else 0
    asked = range(1, session.request + 1) if what is Happened.ANSWERED else (0,)
    for is_wrong, why in (
        (event.request not in asked, f"the request {event.request} is none that it can name"),
        (what in (Happened.TIMED_OUT, Happened.FAILED) and not asks, "no request is in flight"),
        (what is Happened.WAITED and not waits, "nobody waits"),
        (late_us > 0, f"a time-out or the end of the wait comes before, at {due_us}"),
        (late_us < 0 and what in (Happened.TIMED_OUT, Happened.WAITED), f"too early by {-late_us}"),
    ):
        if is_wrong:
            raise ValueError(f"{what.value} at {event.at_us}: {why}")


def _step(limits: Limits, session: Session, event: Event) -> Step:
    _check(limits, session, event)
    at_us, what = event.at_us, event.event
    if what is Happened.ANSWERED:
        return on_answer(limits, session, event.request, now_us=at_us)
    if what is Happened.ABORT:
        return on_abort(session, now_us=at_us), None
    if what is Happened.WAITED:
        return on_waited(session, now_us=at_us), None
    outcome = Outcome.TIMEOUT if what is Happened.TIMED_OUT else Outcome.ERROR
    return on_failure(limits, session, outcome, now_us=at_us)


def decide(
    max_retries: int, timeout_us: int, pieces: int, events: Sequence[Event]
) -> SessionDecision:
    """Return what follows a download that began at 0 and to which these events happened.

    Raises `ValueError` for what cannot have happened.
    """
    limits = Limits(max_retries, timeout_us, pieces)
    if not are_possible(limits):
        raise ValueError("max_retries is 0 or more, timeout_us and pieces are 1 or more")
    session, reports, last_us = new_session(now_us=0), [], 0
    for event in events:
        if event.at_us < last_us:
            raise ValueError(f"{event.event.value} at {event.at_us}: time never goes back")
        last_us = event.at_us
        session, report = _step(limits, session, event)
        reports += [report] if report is not None else []
    what, receipts = session.action, session.receipts
    return SessionDecision(what, session.at_us, tuple(reports), receipts, longest_us(limits))
