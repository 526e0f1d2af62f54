"""Whether a stream failed before it was due: the ground of several rules of group AP."""

from typing import Literal

from stallproof.judge.evidence.flow import Flow

Early = Literal["early", "unsure", "due"]


def side_of(flow: Flow, clock_us: int, bound_us: int) -> Early:
    """Say on which side of `clock_us` plus `bound_us` the stream ended, by its own word.

    Neither grace nor noise excuses being early; the clock uncertainty of both moments does.
    """
    lasted_us = flow.facts.ended_us - clock_us
    slack_us = 2 * flow.run.uncertainty_us
    if lasted_us + slack_us < bound_us:
        return "early"
    return "unsure" if lasted_us - slack_us < bound_us else "due"
