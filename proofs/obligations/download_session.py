"""A whole download, and its longest time by one-step induction. Spec: `spec/rt.md`.

`latest_us` is the moment by which a download is over if nothing is late from now on. It begins as
the longest time, and no event that is not late ever moves it to a later moment.
"""

from proofs.prover.statement import BASE, INDUCTION, Claim, obligation
from stallproof.machines import download_session
from stallproof.machines.download_retry import Outcome
from stallproof.machines.download_session import Action, Limits, Report, Session

SECOND_US = 1_000_000
ROW_US = (0, 2, 6, 14, 30, 62)
"""What so many waits in a row take together, in seconds."""


def waits_us(retries: int) -> int:
    row = min(retries, 5)
    return (ROW_US[row] + (retries - row) * 60) * SECOND_US


def row_us(limits: Limits, retries: int) -> int:
    """Return what a row of requests still takes from its time-out after `retries` retries."""
    left = limits.max_retries - retries
    return left * limits.timeout_us + waits_us(limits.max_retries) - waits_us(retries)


def latest_us(limits: Limits, session: Session) -> int:
    if session.action not in (Action.ASK, Action.RETRY):
        return session.at_us
    this_us = limits.timeout_us + row_us(limits, session.retries)
    others = limits.pieces - session.receipts - 1
    return session.at_us + this_us + others * (limits.timeout_us + row_us(limits, 0))


def possible(limits: Limits, session: Session) -> bool:
    """Tell whether a download by these limits can have come so far."""
    return (
        (limits.max_retries >= 0) & (limits.timeout_us >= 1)
        & (0 <= session.receipts < limits.pieces)
        & (0 <= session.retries <= limits.max_retries)
        & (session.request >= 1)
    )  # fmt: skip


def follows(limits: Limits, before: Session, after: Session, now_us: int) -> bool:
    """Tell whether what a step made is possible, and over no later than before."""
    is_over = after.action not in (Action.ASK, Action.RETRY)
    in_time = now_us <= latest_us(limits, after) <= latest_us(limits, before)
    return in_time and (is_over or possible(limits, after))


def asking(limits: Limits, session: Session) -> bool:
    return possible(limits, session) & (session.action is Action.ASK)


@obligation(
    "RT-5",
    by=BASE,
    given=lambda limits, now_us: possible(limits, download_session.new_session(now_us=now_us)),
)
def rt5_the_longest_time_begins_as_stated(limits: Limits, now_us: int) -> Claim:
    """What is left of a new download is the longest time: the induction starts here."""
    session = download_session.new_session(now_us=now_us)
    return latest_us(limits, session) == now_us + download_session.longest_us(limits)


@obligation(
    "RT-5",
    by=INDUCTION,
    given=lambda limits, session, now_us: (
        asking(limits, session) and now_us <= session.at_us + limits.timeout_us
    ),
)
def rt5_an_answer_in_time_never_moves_the_end(
    limits: Limits, session: Session, now_us: int
) -> Claim:
    """An answer by the timeout of its request leaves the download over no later than before."""
    after, _ = download_session.on_answer(limits, session, session.request, now_us=now_us)
    return follows(limits, session, after, now_us)


@obligation(
    "RT-5",
    by=INDUCTION,
    given=lambda limits, session, outcome: asking(limits, session) and outcome is not Outcome.OK,
)
def rt5_a_time_out_never_moves_the_end(limits: Limits, session: Session, outcome: Outcome) -> Claim:
    """A request that ends at its timeout leaves the download over no later than before."""
    now_us = session.at_us + limits.timeout_us
    after, _ = download_session.on_failure(limits, session, outcome, now_us=now_us)
    return follows(limits, session, after, now_us)


@obligation(
    "RT-5",
    by=INDUCTION,
    given=lambda limits, session: possible(limits, session) and session.action is Action.RETRY,
)
def rt5_a_wait_in_time_never_moves_the_end(limits: Limits, session: Session) -> Claim:
    """A wait that ends when it is due leaves the download over when it was before."""
    after = download_session.on_waited(session, now_us=session.at_us)
    return follows(limits, session, after, session.at_us)


@obligation(
    "RT-5",
    by=INDUCTION,
    given=lambda limits, session, now_us: (
        possible(limits, session)
        and now_us <= latest_us(limits, session)
        and (session.action is not Action.RETRY or now_us <= session.at_us)
    ),
)
def rt5_an_abort_never_moves_the_end(limits: Limits, session: Session, now_us: int) -> Claim:
    """An abort in a request, or by the end of a wait, leaves the download over no later."""
    if session.action not in (Action.ASK, Action.RETRY):
        return None
    after = download_session.on_abort(session, now_us=now_us)
    return follows(limits, session, after, now_us)


@obligation(
    "RT-5",
    given=lambda limits, session, request: (
        possible(limits, session) and 1 <= request <= session.request
    ),
)
def rt5_a_late_answer_changes_nothing(limits: Limits, session: Session, request: int) -> Claim:
    """An answer to another request than the one in flight leaves the download as it was."""
    after, report = download_session.on_answer(limits, session, request, now_us=session.at_us)
    if session.action is Action.ASK and request == session.request:
        return None
    return after == session and report is None


@obligation("RT-3", "RT-5", given=possible)
def rt3_an_abort_ends_a_wait(limits: Limits, session: Session, now_us: int) -> Claim:
    """An abort during a wait ends it and the download at that moment."""
    after = download_session.on_abort(session, now_us=now_us)
    if session.action is not Action.RETRY:
        return None
    return after.action is Action.ABORT and after.at_us == now_us


@obligation("RT-3", given=asking)
def rt3_nothing_begins_after_an_abort(
    limits: Limits, session: Session, outcome: Outcome, now_us: int
) -> Claim:
    """Whatever ends the request in which an abort came, no wait, request or failure follows."""
    session = download_session.on_abort(session, now_us=session.at_us)
    if outcome is Outcome.OK:
        after, _ = download_session.on_answer(limits, session, session.request, now_us=now_us)
    else:
        after, _ = download_session.on_failure(limits, session, outcome, now_us=now_us)
    return after.action in (Action.ABORT, Action.DONE)


@obligation(
    "RT-4",
    given=lambda limits, session, outcome: asking(limits, session) and outcome is not Outcome.OK,
)
def rt4_what_fails_is_reported_as_what_it_is(
    limits: Limits, session: Session, outcome: Outcome, now_us: int
) -> Claim:
    """A failure is reported, or its retry, and an abort in place of either is neither."""
    _, report = download_session.on_failure(limits, session, outcome, now_us=now_us)
    if session.is_abort_asked:
        return report is None
    is_last = outcome is Outcome.ERROR or session.retries == limits.max_retries
    return report is (Report.FAILED if is_last else Report.RETRY)


@obligation("RT-4", given=asking)
def rt4_a_recovery_is_reported_once(limits: Limits, session: Session, now_us: int) -> Claim:
    """The answer to a retry is reported, and the next one is none."""
    request = session.request
    after, report = download_session.on_answer(limits, session, request, now_us=now_us)
    _, again = download_session.on_answer(limits, after, after.request, now_us=now_us)
    recovered = Report.RECOVERED if session.retries > 0 else None
    return report is recovered and again is None
