"""What moves the close window: ticks that a monitor skips, and its being suspended: SC-9."""

import itertools
from bisect import bisect_right
from collections.abc import Iterator

from stallproof.judge.evidence.observation import Observation, broken, ms
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.wire.events import TicksSkipped


class SkippedTicks:
    """The ticks that the monitor of one run says it skipped, for many questions about them."""

    def __init__(self, run: Run) -> None:
        """Put them in the order of their moments."""
        self._period_us = run.knob("monitor_period_us")
        self.said = run.of(TicksSkipped)
        spans = sorted(
            (one.at_us - one.late_us - (one.ticks - 1) * self._period_us, one.ticks)
            for one in self.said
        )
        self._firsts_us = [first_us for first_us, _ticks in spans]
        self._ticks = [ticks for _first_us, ticks in spans]
        self._before = [0, *itertools.accumulate(self._ticks)]

    def between(self, after_us: int, by_us: int) -> int:
        """Return how many of them lay later than `after_us` and by `by_us`."""
        return max(0, self._by(by_us) - self._by(after_us))

    def _by(self, at_us: int) -> int:
        place = bisect_right(self._firsts_us, at_us) - 1
        if place < 0:
            return 0
        begun = (at_us - self._firsts_us[place]) // self._period_us + 1
        return self._before[place] + min(begun, self._ticks[place])


def moved_by_skips(
    run: Run, skips: SkippedTicks, asked_us: int, began_us: int, gone_us: int
) -> tuple[int, int] | None:
    """Return how far skipped ticks move both ends of the close window of a stall.

    It began between `asked_us` and `began_us`. The lower end moves by the ticks that certainly lay
    beyond the limit, the upper one by those that may have. `None`: so many were skipped up to the
    limit that the window is not promised.
    """
    limit_us, period_us = run.knob("stall_timeout_us"), run.knob("monitor_period_us")
    unsure_us = 2 * run.uncertainty_us
    early = skips.between(asked_us - unsure_us, began_us + limit_us)
    if limit_us < (1 + early) * period_us + run.monitor_slack_us:
        return None
    sure = skips.between(began_us + limit_us + unsure_us, gone_us - unsure_us)
    maybe = skips.between(asked_us + limit_us - unsure_us, gone_us + unsure_us)
    return sure * period_us, maybe * period_us


def moved_by_suspensions(
    run: Run, asked_us: int, began_us: int, gone_us: int
) -> tuple[int, int] | None:
    """Return how far suspensions move both ends of the close window of a stall.

    Who is suspended makes no check, and no tick is made up afterwards (b), nor a gap shortened (a).
    `None`: it was suspended up to the limit, where the window is not promised.
    """
    limit_us, period_us = run.knob("stall_timeout_us"), run.knob("monitor_period_us")
    if run.suspensions.at_most(asked_us, began_us + limit_us):
        return None
    slack_us = run.monitor_slack_us if run.monitor_form == "b" else 0
    lower_us = upper_us = 0
    for one in run.suspensions.told:
        if not began_us + limit_us < one.began_us < gone_us:
            continue
        surely_us = one.continued_us - one.stopped_us if one.at_us <= gone_us else 0
        perhaps_us = one.at_us - one.began_us
        if run.monitor_form == "b":
            # No tick has a check that lies in it by more than the slack before its end.
            lower_us += max(0, (surely_us - slack_us) // period_us) * period_us
            upper_us += ((perhaps_us + slack_us) // period_us + 1) * period_us
        else:
            lower_us += max(0, surely_us - period_us)
            upper_us += perhaps_us
    return lower_us, upper_us


@rule("SC-9")
def sc_9_skips(run: Run) -> Iterator[Observation]:
    """A tick is skipped only where its check would have come later than the declared lateness."""
    if run.monitor_form != "b" or run.monitor_slack_us >= run.knob("monitor_period_us"):
        return
    for said in run.of(TicksSkipped):
        if said.late_us <= run.monitor_slack_us:
            allowed = f"a check may be {ms(run.monitor_slack_us)} late, and only a later one goes"
            what = f"Tick {said.tick + said.ticks - 1} was skipped, {ms(said.late_us)} late"
            yield broken("SC-9", None, f"{what}; {allowed}.", [said])
