"""Rules for what the monitor tells an operator: SC-4."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.counting import HEALTHY_CHECKS, Look, looks_at
from stallproof.judge.rules.heartbeats import next_pass_us


@rule("SC-4")
def sc_4(run: Run) -> Iterator[Observation]:
    """Each stalled check warns with count and threshold; a healthy flow never warns."""
    limit_us = run.knob("stall_timeout_us")
    for conn in run.conns.values():
        looks = looks_at(run, conn)
        for look in looks:
            if look.send is None or look.least_us <= limit_us:
                continue
            yield _warned_once(run, conn, look, look.send)
        yield from _warned_in_health(run, conn, looks, limit_us)


def _warned_once(run: Run, conn: ConnFacts, look: Look, send: SendFacts) -> Observation:
    """Say whether a stalled check warned, once, with its count and the threshold."""
    threshold, slack_us = run.knob("checks_max"), run.uncertainty_us
    # A warning is dated within the pass, or in the grace after it.
    begin_us = look.one.asked.at_us
    end_us = look.one.answered_us + run.grace_us
    warned = [
        w
        for w in conn.warned.between(begin_us - slack_us, end_us + slack_us)
        if w.count == look.checked.count and w.threshold == threshold
    ]
    certain = [w for w in warned if begin_us + slack_us <= w.at_us <= end_us - slack_us]
    if len(certain) > 1:
        return broken(
            "SC-4",
            "stalled-warned",
            f"One check of connection {conn.conn} warned {len(warned)} times with the count "
            f"{look.checked.count}; it must warn once.",
            [look.checked, *warned],
        )
    if certain:
        return held("SC-4", "stalled-warned", [look.checked, certain[0]])
    if warned:
        why = "The clock cannot tell whether the warning belongs to the check."
        return unsure("SC-4", "stalled-warned", why, [look.checked, warned[0]])
    return timed(
        "SC-4",
        "stalled-warned",
        at_least(run.unheard.since_us - look.one.answered_us),
        f"A check found send {send.send} stalled (count "
        f"{look.checked.count}) and no warning with this count and the threshold {threshold} came.",
        [*look.evidence, *conn.warnings[-2:]],
    )


def _warned_in_health(
    run: Run, conn: ConnFacts, looks: list[Look], limit_us: int
) -> Iterator[Observation]:
    """A check that cannot have found a stall does not warn."""
    healthy = [k for k in looks if k.most_us <= limit_us or _is_idle(k)]
    wrong = [
        (k, w)
        for k in healthy
        for w in conn.warned.between(
            k.one.asked.at_us + run.uncertainty_us,
            min(k.one.answered_us, next_pass_us(run, k.one) - 1) - run.uncertainty_us,
            1,
        )
    ]
    flowed = all(m.mode == "drain" for m in conn.modes) and any(
        s.frame is not None for s in conn.sends.values()
    )
    for look, warning in wrong[:1]:
        yield broken(
            "SC-4",
            "healthy" if flowed else None,
            f"The check cannot have found connection {conn.conn} stalled, and it warned.",
            [warning, *look.evidence],
        )
    if not wrong and flowed and len(healthy) == len(looks) >= HEALTHY_CHECKS:
        yield held("SC-4", "healthy", looks[-1].evidence)


def _is_idle(look: Look) -> bool:
    """Tell whether no send was in flight at any time during the check."""
    begun_us, done_us = look.one.asked.at_us, heard_us(look.checked)
    return next(look.conn.asked_for.covering(done_us, begun_us), None) is None
