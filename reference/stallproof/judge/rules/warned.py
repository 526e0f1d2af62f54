"""Rules for what the monitor tells an operator: SC-4."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, heard_us
from stallproof.judge.evidence.observation import Observation, broken, held
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.judge.rules import rule
from stallproof.judge.rules.counting import HEALTHY_CHECKS, Look, looks_at


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
            until_us = look.one.answered_us + run.grace_us
            warned = [
                w
                for w in conn.warned.between(look.one.asked.at_us, until_us)
                if w.count == look.checked.count and w.threshold == threshold
            ]
            if len(warned) > 1:
                yield broken(
                    "SC-4",
                    "stalled-warned",
                    f"One check of connection {conn.conn} warned {len(warned)} times with the "
                    f"count {look.checked.count}; it must warn once.",
                    [look.checked, *warned],
                )
            elif warned:
                yield held("SC-4", "stalled-warned", [look.checked, warned[0]])
            else:
                yield broken(
                    "SC-4",
                    "stalled-warned",
                    f"A check found send {look.send.send} stalled (count {look.checked.count}) and "
                    f"no warning with this count and the threshold {threshold} came.",
                    [*look.evidence, *conn.warnings[-2:]],
                )
        yield from _warned_in_health(conn, looks, limit_us)


def _warned_in_health(conn: ConnFacts, looks: list[Look], limit_us: int) -> Iterator[Observation]:
    """A check that cannot have found a stall does not warn."""
    healthy = [k for k in looks if k.most_us <= limit_us or _is_idle(k)]
    told = Timeline(conn.warnings, lambda w: w.at_us)
    wrong = [(k, w) for k in healthy for w in told.between(k.one.asked.at_us, k.one.answered_us, 1)]
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
