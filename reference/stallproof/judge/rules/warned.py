"""Rules for what the monitor tells an operator: SC-4."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, heard_us
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.counting import HEALTHY_CHECKS, Look, looks_at
from stallproof.judge.rules.heartbeats import next_pass_us
from stallproof.wire.events import Warned


@rule("SC-4")
def sc_4(run: Run) -> Iterator[Observation]:
    """Each stalled check warns with count and threshold; a healthy flow never warns."""
    limit_us = run.knob("stall_timeout_us")
    threshold = run.knob("checks_max")
    for conn in run.conns.values():
        looks = looks_at(run, conn)
        for look in looks:
            if look.send is None or look.least_us <= limit_us:
                continue
            warned = [
                w
                for w in conn.warnings
                if _is_of(run, look, w, run.uncertainty_us)
                and w.count == look.checked.count
                and w.threshold == threshold
            ]
            certain = [w for w in warned if _is_of(run, look, w, -run.uncertainty_us)]
            if len(certain) > 1:
                yield broken(
                    "SC-4",
                    "stalled-warned",
                    f"One check of connection {conn.conn} warned {len(warned)} times with the "
                    f"count {look.checked.count}; it must warn once.",
                    [look.checked, *warned],
                )
            elif certain:
                yield held("SC-4", "stalled-warned", [look.checked, certain[0]])
            elif warned:
                why = "The clock cannot tell whether the warning belongs to the check."
                yield unsure("SC-4", "stalled-warned", why, [look.checked, warned[0]])
            else:
                yield timed(
                    "SC-4",
                    "stalled-warned",
                    at_least(run.unheard.since_us - look.one.answered_us),
                    f"A check found send {look.send.send} stalled (count {look.checked.count}) and "
                    f"no warning with this count and the threshold {threshold} came.",
                    [*look.evidence, *conn.warnings[-2:]],
                )
        yield from _warned_in_health(run, conn, looks, limit_us)


def _is_of(run: Run, look: Look, warning: Warned, slack_us: int) -> bool:
    """Tell whether a warning is dated within the pass, and the grace after it, within a slack."""
    until_us = look.one.answered_us + run.grace_us + run.noise_us + slack_us
    return look.one.asked.at_us - slack_us <= warning.at_us <= until_us


def _warned_in_health(
    run: Run, conn: ConnFacts, looks: list[Look], limit_us: int
) -> Iterator[Observation]:
    """A check that cannot have found a stall does not warn."""
    healthy = [k for k in looks if k.most_us <= limit_us or _is_idle(k)]
    wrong = [
        (k, w)
        for k in healthy
        for w in conn.warnings
        if k.one.asked.at_us + run.uncertainty_us <= w.at_us
        and w.at_us + run.uncertainty_us <= k.one.answered_us
        and w.at_us + run.uncertainty_us < next_pass_us(run, k.one)
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
    return all(
        s.ended_us < look.one.asked.at_us or s.asked_us > heard_us(look.checked)
        for s in look.conn.sends.values()
    )
