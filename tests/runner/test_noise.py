"""The noise monitor measures how late a good sender would be; its silence excuses nothing."""

import os
import signal
import time

import pytest

from stallproof.runner.noise import PERIOD_US, NoiseMonitor


def now_us() -> int:
    return time.monotonic_ns() // 1000


def test_a_stopped_noise_monitor_tells_how_long_nothing_ran() -> None:
    """A stop of 200 ms is an overrun of at least that less one period, whatever part is asked."""
    started_us = now_us()
    with NoiseMonitor() as noise_monitor:
        assert noise_monitor.pid is not None
        begin_us = now_us()
        os.kill(noise_monitor.pid, signal.SIGSTOP)
        time.sleep(0.2)
        os.kill(noise_monitor.pid, signal.SIGCONT)
        time.sleep(0.1)
        end_us = now_us()
        least_us = 200_000 - PERIOD_US - 1_000
        # The machine may have held the noise monitor up before the stop: the overrun is one of both
        # then.
        assert least_us <= noise_monitor.worst_overrun_us(begin_us, end_us) <= now_us() - started_us
        inside_us = begin_us + 100_000
        assert (
            least_us
            <= noise_monitor.worst_overrun_us(inside_us, inside_us)
            <= now_us() - started_us
        )


def test_a_silent_noise_monitor_counts_as_noise() -> None:
    """Time for which the noise monitor has not spoken yet is lateness."""
    with NoiseMonitor() as noise_monitor:
        assert noise_monitor.pid is not None
        begin_us = now_us()
        os.kill(noise_monitor.pid, signal.SIGSTOP)
        time.sleep(0.2)
        worst_us = noise_monitor.worst_overrun_us(begin_us, begin_us + 200_000)
        os.kill(noise_monitor.pid, signal.SIGCONT)
    assert worst_us >= 200_000 - 2 * PERIOD_US


def test_a_dead_noise_monitor_counts_as_noise() -> None:
    """A noise monitor that died measures nothing, so nothing is excused by its silence."""
    with NoiseMonitor() as noise_monitor:
        assert noise_monitor.pid is not None
        os.kill(noise_monitor.pid, signal.SIGKILL)
        time.sleep(0.05)
        begin_us = now_us()
        assert noise_monitor.worst_overrun_us(begin_us, begin_us + 300_000) >= 300_000 - PERIOD_US


def test_time_before_the_noise_monitor_counts_as_noise() -> None:
    """A span that began before the noise monitor did is covered only in part."""
    begin_us = now_us()
    time.sleep(0.05)
    with NoiseMonitor() as noise_monitor:
        assert noise_monitor.worst_overrun_us(begin_us, now_us()) >= 50_000
    assert NoiseMonitor().worst_overrun_us(0, 1234) == 1234


@pytest.mark.alone
@pytest.mark.timing
def test_the_noise_monitor_answers_about_the_time_just_passed() -> None:
    """Asked about a span that ends now, it waits for its own word and then knows the whole span."""
    started_us = now_us()
    with NoiseMonitor() as noise_monitor:
        begin_us = now_us()
        time.sleep(0.2)
        end_us = now_us()
        noise_us = noise_monitor.worst_overrun_us(begin_us, end_us)
        # However noisy the machine is, nobody is held up for longer than the noise monitor has been
        # there.
        assert 0 <= noise_us < now_us() - started_us
        later_us = noise_monitor.worst_overrun_us(begin_us, end_us)
        assert later_us == noise_us


def test_stopping_twice_is_harmless() -> None:
    """What was told stays after the end."""
    noise_monitor = NoiseMonitor()
    noise_monitor.start()
    begin_us = now_us()
    time.sleep(0.1)
    noise_monitor.stop()
    noise_monitor.stop()
    assert noise_monitor.pid is None
    assert noise_monitor.worst_overrun_us(begin_us, now_us() + 1_000_000) >= 900_000
