"""Damages that lie close to another law than the one that they break."""

import pytest

from tests.judge.model.exact_runs import Played, run_of, told, verdict
from tests.judge.model.steps import monitor, open_, until
from tests.judge.model.test_monitor import CLOSES, OPEN, blocked, checked, cut, warned

# One long advance, with every pass of it inside.
AT_ONCE: list[Played] = [
    OPEN,
    (monitor(10, at=0), ()),
    blocked(),
    (until(99), (
        checked(10, 10, 0), checked(20, 20, 0), checked(30, 30, 0),
        checked(40, 40, 1), warned(40, 1), checked(50, 50, 2), warned(50, 2), *cut(50),
    )),
]  # fmt: skip


def test_a_pass_that_comes_early_within_one_advance_is_blamed_on_the_schedule() -> None:
    """The model just before it knows the passes before it, however long ago time was asked for."""
    (*before, (step, words)) = AT_ONCE
    early = [*words[:5], checked(45, 45, 2), *words[6:]]
    assert set() == verdict(AT_ONCE, CLOSES)
    assert {"SC-9"} == verdict([*before, (step, tuple(early))], CLOSES)


@pytest.mark.parametrize("is_busy", [True, False])
@pytest.mark.parametrize("has_schedule", [True, False])
def test_a_closing_that_nothing_called_for_breaks_the_schedule_where_both_are(
    is_busy: bool, has_schedule: bool
) -> None:
    """Without a send in flight, or without a schedule, no requirement says when it may come."""
    played: list[Played] = [OPEN if is_busy else (open_("a", heartbeats=False), ())]
    if has_schedule:
        played.append((monitor(10, at=0), ()))
    if is_busy:
        played.append(blocked())
    closing = ("closing", 5, "a")
    ends = ("send_ended", 5, "a", 1, "suppressed", False)
    played.append((until(9), (closing, ends) if is_busy else (closing,)))
    run = run_of(played, CLOSES, requirements=["SC-9"])
    assert ({"SC-9"} if is_busy and has_schedule else set()) == told(run, "broken")
    assert (set() if is_busy and has_schedule else {"SC-9"}) == told(run, "unsure")
