"""The plays of group AP: every situation has one, and each provokes what it is for."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stallproof.judge.evaluate import evaluate_run
from stallproof.judge.evidence.run import Run
from stallproof.requirements.registry import load_registry
from stallproof.runner.play import play
from stallproof.runner.scenarios.scenario import GRACE_DEFAULT_US
from stallproof.runner.scenarios.stream_waits import nonsense_acks
from stallproof.runner.scenarios.streaming import STREAMING
from stallproof.runner.scenarios.suspending import SUSPENDING
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from tests.runner.scenarios.playing import on_the_reference

HERE = Path(__file__).resolve().parent
PLAYS = {s.name: s for s in (*STREAMING, *SUSPENDING) if s.streams}
EVERY = {one.id for one in load_registry().requirements}
STREAMS = {one.id for one in load_registry().requirements if one.group == "AP"}

PROVOKED = {
    "advance": "stream-progress",
    "duplicate": "stream-progress",
    "older": "stream-progress",
    "at-window": "stream-stalls",
    "above-window": "stream-stalls",
    "source-paused": "stream-pauses",
    "no-progress": "stream-stalls",
    "suspended-when-due": "stream-suspended",
    "suspended-before-due": "stream-suspended",
    "late-progress": "stream-progress",
    "paused-source": "stream-pauses",
    "queued-start": "stream-pauses",
    "ack-wait": "stream-progress",
    "both-due": "stream-both-due",
    "no-progress-found": "stream-stalls",
    "ack-wait-found": "stream-progress",
    "zero-interval": "stream-zero-interval",
    "negative-interval": "stream-negative-interval",
    "opens-exactly": "stream-opens",
    "one-byte-short": "stream-opens",
    "repeated": "stream-opens-often",
    "error-ack": "stream-stops",
    "watchdog-stop": "stream-stalls",
    "not-an-integer": "stream-nonsense",
    "boolean": "stream-nonsense",
    "negative": "stream-nonsense",
    "beyond-sent": "stream-nonsense",
    "other-origin": "stream-nonsense",
    "exactly-sent": "stream-opens",
    "window-filled": "stream-stalls",
    "last-chunk": "stream-stalls",
    "cancel-while-waiting": "stream-stops",
    "stop-while-waiting": "stream-stops",
    "completed": "stream-opens",
    "failed": "stream-stalls",
    "cancelled": "stream-stops",
    "late-ack": "stream-stalls",
    "long-interval": "stream-long-interval",
    "long-interval-ack-wait": "stream-long-interval",
    "jump-ahead-no-progress": "stream-clock-jumps-ahead",
    "jump-ahead-ack-wait": "stream-clock-jumps-ahead",
    "jump-back-no-progress": "stream-clock-jumps-back",
    "jump-back-ack-wait": "stream-clock-jumps-back",
}
"""Which play is the one for each situation of the law; others may meet it as well."""


def test_every_situation_of_the_group_has_a_play() -> None:
    """The table names each situation of the registry, and a play that is for its requirement."""
    situations = [
        (requirement.id, name)
        for requirement in load_registry().requirements
        if requirement.group == "AP" and requirement.status == "active"
        for name in requirement.situation_names
    ]
    assert set(PROVOKED) == {name for _, name in situations}
    assert [] == [
        (one, name) for one, name in situations if one not in PLAYS[PROVOKED[name]].requirements
    ]


def test_grace_is_its_default_in_every_play() -> None:
    """No bound of these plays is so small that grace has to shrink."""
    assert {GRACE_DEFAULT_US} == {s.grace_us(None) for s in STREAMING}


def test_no_nonsense_is_an_ack_that_can_be_true() -> None:
    """Every kind is there, and what comes from the receiver is no offset up to what was sent."""
    acks = nonsense_acks(8192, 40960)
    assert ["str", "NoneType", "float", "list", "dict", "bool", "bool", "int"] == [
        type(ack["offset"]).__name__ for ack in acks[:8]
    ]
    assert {True, False} <= {a["offset"] for a in acks if isinstance(a["offset"], bool)}
    offsets = [a["offset"] for a in acks if a.get("origin") is None]
    numbers = [offset for offset in offsets if type(offset) is int]
    assert {-1, 40961} <= set(numbers)
    assert [] == [number for number in numbers if 0 <= number <= 40960]
    assert [] == [offset for offset in offsets if isinstance(offset, float) and offset % 1 == 0]


def played(name: str, command: Sequence[str]) -> list[list[AnyEvent]]:
    """Play one scenario against `command` and return the events of its runs."""
    os.environ.setdefault("PYTHONPATH", str(HERE.parents[2] / "reference"))
    return [[codec.decode(line) for line in run.lines] for run in play(name, command, None).runs]


@pytest.mark.timing
def test_each_play_provokes_what_it_is_for() -> None:
    """On real sockets each situation of the table is witnessed in its play, and nothing breaks.

    No stream is left behind, and every chunk that arrived was its stream's own.
    """
    for name, runs in on_the_reference(*PLAYS.values()).items():
        _provokes_what_it_is_for(name, runs)


def _provokes_what_it_is_for(name: str, runs: list[Run]) -> None:
    assert runs, name
    assert [] == [(name, b) for r in runs for b in (*r.broken, *r.unsupported)]
    seen = {
        situation
        for run in runs
        for (requirement, situation), evaluated in evaluate_run(run, EVERY).items()
        if requirement in STREAMS and evaluated.witnessed and not evaluated.violations
    }
    expected = {key for key, place in PROVOKED.items() if place == name}
    assert (name, set()) == (name, expected - seen)
    for run in runs:
        asked = [(a.conn, a.stream) for a in run.asked("stream")]
        ended = [(e.conn, e.stream) for e in run.of(ev.StreamEnded)]
        assert sorted(map(str, ended)) == sorted(map(str, asked))
        chunks = [f for f in run.of(ev.PeerFrame) if f.stream is not None]
        assert [] == [c for c in chunks if not c.intact or (c.conn, c.stream) not in asked]


@pytest.mark.timing
def test_a_harness_that_cannot_cancel_says_so_and_is_heard() -> None:
    """The trace tells that cancelling is missing, and the harness is not taken for broken."""
    command = (sys.executable, str(HERE.parent / "harnesses" / "incomplete_streams.py"), "cancel")
    (run,) = played("stream-zero-interval", command)
    assert {"cancel"} == {e.feature for e in run if isinstance(e, ev.Unsupported)}
    assert [] == [e for e in run if isinstance(e, ev.HarnessFailed)]


@pytest.mark.timing
def test_a_harness_that_never_says_it_made_a_stream_is_broken() -> None:
    """That is the harness's failure, found once, and nothing waits for the rest of the play."""
    command = (sys.executable, str(HERE.parent / "harnesses" / "incomplete_streams.py"), "made")
    (run,) = played("stream-nonsense", command)
    failed = [e for e in run if isinstance(e, ev.HarnessFailed)]
    assert ["protocol"] == [e.what for e in failed]
    assert "never said 'stream_made'" in failed[0].detail
