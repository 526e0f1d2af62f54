"""Rules for when the monitor closes: SC-5 to SC-8."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, heard_us
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.counting import Look, looks_at
from stallproof.wire.events import AnyEvent

NOT_THE_MONITOR = ("send_timeout", "torn_frame", "local")
"""The causes of `closing` that name someone else."""


def _stalled_looks(run: Run, conn: ConnFacts) -> list[Look]:
    """Return the checks at which the peer proves a stall beyond the limit."""
    limit_us = run.knob("stall_timeout_us")
    return [k for k in looks_at(run, conn) if k.send is not None and k.least_us > limit_us]


def _has_own_reason(run: Run, conn: ConnFacts) -> bool:
    """Tell whether something other than the monitor may have closed the connection."""
    if run.asked("close", conn.conn) or conn.meddling:
        return True
    if conn.closings and conn.closings[0].cause == "monitor":
        # A send that then ended with CLOSED or ERROR, as in seed, is a consequence.
        return False
    own = ("timeout", "closed", "error", "given_up")
    return any(s.outcome in own for s in conn.sends.values())


def _is_by_the_monitor(run: Run, conn: ConnFacts, seen: AnyEvent) -> bool:
    """Tell whether it says so itself, and a check had been asked for before it was seen."""
    watched = any(one.asked.at_us <= heard_us(seen) for one in run.passes)
    says = bool(conn.closings) and conn.closings[0].cause == "monitor"
    return says and (watched or bool(run.asked("monitor")))


@rule("SC-5")
def sc_5(run: Run) -> Iterator[Observation]:
    """In warn-only mode the monitor never closes."""
    if run.knob("close_stalled"):
        return
    for conn in run.conns.values():
        if _has_own_reason(run, conn):
            continue
        looks = _stalled_looks(run, conn)
        seen = conn.closings[0] if conn.closings else conn.closed_seen()
        if not looks:
            if seen is not None and _is_by_the_monitor(run, conn, seen):
                yield broken(
                    "SC-5",
                    "warn-only",
                    f"Closing is off, no check has found connection {conn.conn} stalled, and the "
                    f"monitor closed it.",
                    [seen],
                )
            continue
        last = looks[-1].checked
        proof = conn.was_open_at(heard_us(last))
        if seen is not None:
            yield broken(
                "SC-5",
                "warn-only",
                f"Closing is off, and connection {conn.conn} was closed after {len(looks)} stalled "
                f"checks.",
                [last, seen],
            )
        elif len(looks) <= run.knob("checks_max"):
            continue
        elif proof is not None:
            yield held("SC-5", "warn-only", [last, proof])


@rule("SC-6")
def sc_6(run: Run) -> Iterator[Observation]:
    """The monitor never closes before the threshold of consecutive stalled checks."""
    if not run.knob("close_stalled"):
        return
    threshold = run.knob("checks_max")
    for conn in run.conns.values():
        if _has_own_reason(run, conn) or not run.passes or run.asked("monitor"):
            continue
        looks = looks_at(run, conn)
        closing = conn.closings[0] if conn.closings else conn.closed_seen()
        if closing is not None:
            before = _maybe_stalled_in_a_row(run, looks, heard_us(closing))
            if len(before) < threshold:
                yield broken(
                    "SC-6",
                    "before-threshold",
                    f"Connection {conn.conn} was closed after {len(before)} checks in a row that "
                    f"can have found it stalled; the threshold is {threshold}.",
                    [*[k.checked for k in before], closing],
                )
                continue
        for look in _stalled_looks(run, conn)[: threshold - 1]:
            proof = conn.was_open_at(look.one.answered_us)
            if proof is not None:
                yield held("SC-6", "before-threshold", [look.checked, proof])


def _maybe_stalled_in_a_row(run: Run, looks: list[Look], until_us: int) -> list[Look]:
    """Return the last checks in a row that can have found a stall, the closing one included."""
    row: list[Look] = []
    for look in looks:
        if look.one.asked.at_us > until_us:
            break
        if _may_be_stalled(look, run.knob("stall_timeout_us")):
            row.append(look)
        elif look.checked.count == 0:
            row = []
    return row


def _may_be_stalled(look: Look, limit_us: int) -> bool:
    """Tell whether a check can have found a stall: by the peer's proof, or else by its own word."""
    if look.send is not None:
        return look.most_us > limit_us
    done_us = heard_us(look.checked)
    first = next(look.conn.asked_for.covering(done_us, look.one.asked.at_us), None)
    return first is not None and look.checked.count > 0 and done_us - first.asked_us > limit_us


@rule("SC-7")
def sc_7(run: Run) -> Iterator[Observation]:
    """With closing enabled, a check whose count reaches the threshold closes."""
    if not run.knob("close_stalled"):
        return
    threshold = run.knob("checks_max")
    for conn in run.conns.values():
        looks = _stalled_looks(run, conn)
        if len(looks) < threshold or len({id(k.send) for k in looks[:threshold]}) != 1:
            continue
        reached = looks[threshold - 1]
        evidence: list[AnyEvent] = [k.checked for k in looks[:threshold]]
        open_still = conn.was_open_at(reached.one.answered_us + run.grace_us + run.noise_us)
        seen = conn.closed_seen()
        if seen is not None and seen.at_us < reached.one.asked.at_us:
            continue
        if open_still is not None:
            yield timed(
                "SC-7",
                "at-threshold",
                at_least(open_still.at_us - reached.one.answered_us),
                f"{threshold} checks in a row found the same send stalled, closing is on, and the "
                f"connection was still open {ms(open_still.at_us - reached.one.answered_us)} after "
                f"the last of them.",
                [*evidence, open_still],
            )
        elif seen is not None:
            yield held("SC-7", "at-threshold", [*evidence, seen])


@rule("SC-8")
def sc_8(run: Run) -> Iterator[Observation]:
    """The monitor closes once: a stall that outlasts the closing is not closed again."""
    if not run.knob("close_stalled"):
        return
    for conn in run.conns.values():
        if not conn.closings or _has_own_reason(run, conn) or not run.passes:
            continue
        first = conn.closings[0]
        later = [p for p in run.passes if p.asked.at_us > heard_us(first) and p.answered]
        again = [c for c in conn.closings[1:] if c.cause not in NOT_THE_MONITOR]
        reached = len(_stalled_looks(run, conn)) >= run.knob("checks_max")
        if again:
            yield broken(
                "SC-8",
                "checked-after-closing",
                f"The closing of connection {conn.conn} had begun, and {len(again)} more began "
                f"while checks were made.",
                [*conn.closings],
            )
        elif later and reached and conn.closed_seen() is not None:
            yield held("SC-8", "checked-after-closing", [first, later[-1].asked])
