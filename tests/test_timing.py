"""Too late is too late, and only measured noise excuses it."""

import pytest

from stallproof.runner.noise import NoiseMonitor
from tests import timing
from tests.timing import GRACE_US, in_time


class Told:
    """Stands for a noise monitor that saw `noise_us` in whatever span it is asked about."""

    pid = 1

    def __init__(self, noise_us: int) -> None:
        self.noise_us = noise_us

    def worst_overrun_us(self, began_us: int, ended_us: int) -> int:
        return self.noise_us


@pytest.mark.parametrize(
    ("took_us", "noise_us", "verdict"),
    [
        (1_000 + GRACE_US, 0, True),
        (1_001 + GRACE_US, 0, False),
        (1_001 + GRACE_US, 1, True),
        (1_500 + GRACE_US, 499, False),
        (1_500 + GRACE_US, 500, True),
    ],
)
def test_bound_grace_and_noise_add_up(
    took_us: int, noise_us: int, verdict: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the microsecond, on both sides."""
    monkeypatch.setattr(timing, "NOISE_MONITOR", Told(noise_us))
    assert verdict is in_time(7, 7 + took_us, 1_000)


def test_nobody_is_excused_where_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a noise monitor the question is an error."""
    monkeypatch.setattr(timing, "NOISE_MONITOR", NoiseMonitor())
    with pytest.raises(RuntimeError, match="marked timing"):
        in_time(0, 0)
