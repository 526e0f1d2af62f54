"""A monitor that was held up tells which ticks it skipped, and keeps its schedule all the same."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.implementations.c.building import SOURCE, built
from tests.implementations.go.building import program
from tests.implementations.node.running import COMMAND as NODE
from tests.implementations.node.running import need_node
from tests.timing import noise_us

PERIOD_US, SLACK_US = 200_000, 50_000
HELD_S = 0.9
"""Longer than four periods: at least three ticks go by."""
REFERENCE = (sys.executable, "-m", "stallproof.harness")
ASKED: tuple[dict[str, Any], ...] = (
    {"op": "hello", "protocol": 1},
    {"op": "config", "knobs": {"streaming_send_timeout": 5}},
    {"op": "monitor", "period_us": PERIOD_US},
)


def command_of(language: str, folder: Path) -> Sequence[str]:
    """Return how the harness is started; without its language the test is left out."""
    if language == "node":
        need_node()
        return NODE
    if language == "go":
        return (str(program(folder)),)
    return REFERENCE if language == "python" else (str(built(SOURCE, folder)),)


def held_up(command: Sequence[str], told: Path) -> list[dict[str, Any]]:
    """Return what the monitor said of a harness that was stopped for a while, and went on."""
    asked = (json.dumps({"id": number, **each}) for number, each in enumerate(ASKED))
    with (
        told.open("wb") as out,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out) as harness,
    ):
        assert harness.stdin is not None
        harness.stdin.write("".join(f"{line}\n" for line in asked).encode())
        harness.stdin.flush()
        while b"pass_begun" not in told.read_bytes():
            assert harness.poll() is None
            time.sleep(0.01)
        os.kill(harness.pid, signal.SIGSTOP)
        time.sleep(HELD_S)
        os.kill(harness.pid, signal.SIGCONT)
        time.sleep(3 * PERIOD_US / 1e6)
        harness.stdin.close()
    lines = map(json.loads, told.read_bytes().splitlines())
    return [one for one in lines if one.get("event") in ("pass_begun", "ticks_skipped")]


@pytest.mark.timing
@pytest.mark.parametrize("language", ["python", "node", "c", "go"])
def test_a_monitor_that_was_held_up_tells_which_ticks_it_skipped(
    language: str, tmp_path: Path
) -> None:
    """Each is told once and was too late, and passes lie as far apart as the ticks that remain."""
    begun_us = time.monotonic_ns() // 1000
    said = held_up(command_of(language, tmp_path), tmp_path / "told")
    noisy_us = noise_us(begun_us, time.monotonic_ns() // 1000)
    skipped = [one for one in said if one["event"] == "ticks_skipped"]
    assert sum(one.get("ticks", 1) for one in skipped) >= 3
    assert all(SLACK_US < one["late_us"] for one in skipped)
    tick, due_us = 0, None
    for one in said:
        if one["event"] == "ticks_skipped":
            assert tick + 1 == one["tick"]
            tick += one.get("ticks", 1)
            due_us = one["at_us"] - one["late_us"]
        else:
            tick += 1
            due_us = None if due_us is None else due_us + PERIOD_US
            if due_us is not None:
                assert 0 <= one["at_us"] - due_us <= SLACK_US + noisy_us
    begun = [one["at_us"] for one in said if one["event"] == "pass_begun"]
    gaps_us = [after - before for before, after in itertools.pairwise(begun)]
    assert min(gaps_us) >= PERIOD_US - SLACK_US - noisy_us
