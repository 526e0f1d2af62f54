"""The rule for a pass that looks twice at one connection: SC-3.

The intuition: as many passes as were asked for can have made as many checks of a connection. One
more that is heard is the second of a pass, whatever both say.

The complication: passes run side by side, one may be answered too soon, and a monitor makes passes
that nobody asked for. So all passes asked for by then count that were not over before the
connection was opened, and where a monitor was asked for, nothing is said.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, heard_us
from stallproof.judge.evidence.observation import Observation, broken
from stallproof.judge.evidence.run import Pass, Run
from stallproof.judge.rules import rule
from stallproof.wire.events import Checked


@rule("SC-3")
def sc_3_once_a_pass(run: Run) -> Iterator[Observation]:
    """One check raises the count once: a pass makes one of each connection."""
    for conn in run.conns.values() if run.passes and not run.asked("monitor") else ():
        for one, first, second in _looked_twice(run, conn):
            yield broken(
                "SC-3",
                None,
                f"In one pass connection {conn.conn} was checked twice: with the count "
                f"{first.count}, and once more with {second.count}.",
                [one.asked, first, second],
            )


def _looked_twice(run: Run, conn: ConnFacts) -> Iterator[tuple[Pass, Checked, Checked]]:
    """Yield the first check too many with the one before it, both dated within one pass."""
    opened = run.asked("open", conn.conn)
    if len(opened) != 1:
        # The predecessor of the same name is checked in the same pass.
        return
    passes = [one for one in run.passes if one.answered_us >= opened[0].at_us]
    passes.sort(key=lambda one: one.asked.at_us)
    checks, asked = sorted(conn.checks, key=heard_us), 0
    for place, second in enumerate(checks):
        while asked < len(passes) and passes[asked].asked.at_us <= heard_us(second):
            asked += 1
        if not 0 < asked <= place:
            continue
        one, first = passes[asked - 1], checks[place - 1]
        begun_us = one.asked.at_us + run.uncertainty_us
        over_us = one.answered_us - run.uncertainty_us
        if begun_us <= min(first.at_us, second.at_us) and second.at_us <= over_us:
            yield one, first, second
            return
