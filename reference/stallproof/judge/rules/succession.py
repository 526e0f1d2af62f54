"""Rules for whose count it is: SC-13 and SC-15."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER, ConnFacts
from stallproof.judge.evidence.observation import Observation, broken, held
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.counting import looks_at
from stallproof.wire.events import AnyEvent


@rule("SC-13")
def sc_13(run: Run) -> Iterator[Observation]:
    """A count is never carried to another connection."""
    limit_us = run.knob("stall_timeout_us")
    counted: list[ConnFacts] = []
    for conn in sorted(
        run.conns.values(), key=lambda c: min((a.at_us for a in c.accepted), default=0)
    ):
        looks = [k for k in looks_at(run, conn) if k.send is not None and k.least_us > limit_us]
        born_us = min((a.at_us for a in conn.accepted), default=0)
        gone = [
            c
            for c in counted
            if c.checks[-1].count > 0 and c.closed_seen() is not None and _gone_us(c) < born_us
        ]
        if gone and looks:
            # The very first check that counted, even if the peer cannot prove that one stalled.
            first = next((k.checked for k in looks_at(run, conn) if k.checked.count), None)
            if first is None:
                continue
            pair: list[AnyEvent] = [gone[-1].checks[-1], first]
            if first.count == 1:
                yield held("SC-13", "successor", pair)
            elif first.count > 1:
                yield broken(
                    "SC-13",
                    "successor",
                    f"Connection {gone[-1].conn} was gone with its count at "
                    f"{gone[-1].checks[-1].count}; the first stalled check of its successor "
                    f"{conn.conn} counted {first.count} instead of 1.",
                    pair,
                )
        if looks:
            counted.append(conn)


def _gone_us(conn: ConnFacts) -> int:
    seen = conn.closed_seen()
    return FOREVER if seen is None else seen.at_us


@rule("SC-15")
def sc_15(run: Run) -> Iterator[Observation]:
    """A check that sees another send in flight than the check before counts from 1."""
    limit_us = run.knob("stall_timeout_us")
    for conn in run.conns.values():
        looks = looks_at(run, conn)
        for before, after in itertools.pairwise(looks):
            if before.send is None or after.send is None or before.send is after.send:
                continue
            if before.checked.count == 0 or after.checked.stall_us <= limit_us:
                continue
            evidence = [*before.evidence, *before.send.evidence(), *after.evidence]
            if after.checked.count == 1:
                finished = before.send.frame is not None
                yield held("SC-15", "another-send" if finished else None, evidence)
            else:
                yield broken(
                    "SC-15",
                    "another-send",
                    f"Send {before.send.send} was stalled at one check, ended, and send "
                    f"{after.send.send} was stalled at the next; the count is "
                    f"{after.checked.count} instead of 1, so two different stalls are taken for "
                    f"one.",
                    evidence,
                )
