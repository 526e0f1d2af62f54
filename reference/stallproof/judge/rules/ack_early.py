"""Whether a stream failed before it was due: the ground of several rules of group AP."""

from typing import Literal

from stallproof.judge.evidence.flow import Flow

Early = Literal["early", "unsure", "due"]


def side_of(flow: Flow, clock_us: int, bound_us: int, perhaps_us: int | None = None) -> Early:
    """Say on which side of `clock_us` plus `bound_us` the stream ended, by its own word.

    Neither grace nor noise excuses being early; the clock uncertainty of both moments does.
    `perhaps_us`: where the clock stood if all that seems to have come before the end did so.
    """
    slack_us = 2 * flow.run.uncertainty_us
    if flow.facts.ended_us - clock_us + slack_us < bound_us:
        return "early"
    lasted_us = flow.facts.ended_us - (clock_us if perhaps_us is None else perhaps_us)
    return "unsure" if lasted_us - slack_us < bound_us else "due"
