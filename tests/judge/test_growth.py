"""Judging is linear: four times the events take four times as long, rule by rule.

The times of n and of 4n events are compared within one run, so that no machine is too slow for it.
"""

import gc
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import pytest

from stallproof.judge.evaluate import observe
from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.offline import report_on
from stallproof.judge.rules import Rule, find_rules
from stallproof.judge.rules.fairness import HOG_BYTES_MIN
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from tests.judge import configuring
from tests.judge.story import BIG_BYTES, HOUR_US, MS, T0_US, S
from tests.judge.stream_story import CHUNK_BYTES, WINDOW_BYTES, StreamStory
from tests.judge.verdicts import JUDGED, trace_of

ROUNDS = 100
"""Of the smaller trace; each round has some sixty events."""
GROWTH_MAX = 8.0
"""Four would be linear, sixteen quadratic."""
TOO_SHORT_S = 0.004
"""What takes so little with four times the rounds is quadratic in nothing that counts."""
TRIES = 5
LEAST_OF = 3
_T = TypeVar("_T")
ROUND_US = 100 * MS


def _stalls(story: StreamStory, k: int, at_us: int) -> None:
    """One send is stalled, another waits behind it, and the monitor looks."""
    story.mode("a", at_us, "stop")
    first, second = 10_000 + 2 * k, 10_001 + 2 * k
    story.send("a", first, at_us + MS, size_bytes=BIG_BYTES).lock("a", first, at_us + MS)
    story.send("a", second, at_us + 2 * MS).check(at_us + 40 * MS, {"a": (39 * MS, 1)})
    story.mode("a", at_us + 50 * MS, "trickle").read("a", at_us + 51 * MS, 300_000)
    story.mode("a", at_us + 60 * MS, "drain")
    story.frame("a", first, at_us + 61 * MS, size_bytes=BIG_BYTES, read=False)
    story.read("a", at_us + 61 * MS, BIG_BYTES - 300_000 + 16)
    story.ended("a", first, at_us + 61 * MS, "ok").lock("a", second, at_us + 61 * MS)
    story.wrote("a", second, at_us + 61 * MS, at_us + 62 * MS)
    story.frame("a", second, at_us + 62 * MS).ended("a", second, at_us + 62 * MS, "ok")
    story.probe("a", at_us + 70 * MS)


def _flows(story: StreamStory, k: int, at_us: int) -> None:
    """Small frames go side by side, a heartbeat comes, and the peer sends something."""
    for place, conn in enumerate(("b", "d")):
        send = 30_000 + 2 * k + place
        story.send(conn, send, at_us + MS, ended_us=at_us + 3 * MS).lock(conn, send, at_us + 2 * MS)
        story.wrote(conn, send, at_us + 2 * MS, at_us + 3 * MS).frame(conn, send, at_us + 3 * MS)
    story.sent("b", at_us + 5 * MS).check(at_us + 10 * MS, {"b": (0, 0), "d": (0, 0)})
    story.heartbeat("d", at_us + 11 * MS).jump(at_us + 12 * MS, HOUR_US * (1 - 2 * (k % 2)))


def _hogs(story: StreamStory, k: int, at_us: int) -> None:
    """One frame of a thread that sends without pause, and one that waits beside it."""
    story.lock("h", 1 + k, at_us).wrote("h", 1 + k, at_us, at_us + MS)
    story.frame("h", 1 + k, at_us + MS, size_bytes=HOG_BYTES_MIN)
    story.send("h", 100_000 + k, at_us + 2 * MS, ended_us=at_us + 4 * MS)
    story.frame("h", 100_000 + k, at_us + 3 * MS)


def _closes(story: StreamStory, k: int, at_us: int) -> None:
    """What is asked for after a close, again and again, and what is refused."""
    story.send("c", 200_000 + k, at_us, ended_us=at_us + MS, outcome="suppressed")
    story.send("r", 300_000 + k, at_us, ended_us=at_us + MS, outcome="closed")
    story.warned("c", at_us, 1)


def _streams(story: StreamStory, k: int, at_us: int) -> None:
    """A chunk waits for its ACK; others of every kind come as well."""
    story.ready(at_us, conn="s")
    sent = (k + 5) * CHUNK_BYTES
    for offset in (sent - WINDOW_BYTES - CHUNK_BYTES, "no", True, -1, sent + 10**9):
        why = None if type(offset) is int and 0 <= offset <= sent else "untrue"
        story.ack(offset, at_us + 10 * MS, conn="s", why=why)
    story.ack(sent - WINDOW_BYTES, at_us + 50 * MS, conn="s").chunk(
        k + 5, at_us + 50 * MS, conn="s"
    )
    story.used(T0_US + at_us, T0_US + at_us + 2 * S, 1)
    # The same without what cannot be true.
    story.ready(at_us, conn="t").ack(sent - WINDOW_BYTES - 1, at_us + 10 * MS, conn="t")
    story.ack(sent - WINDOW_BYTES, at_us + 50 * MS, conn="t").chunk(
        k + 5, at_us + 50 * MS, conn="t"
    )


def _asks(story: StreamStory, k: int, at_us: int) -> None:
    """A decision, and a configuration that is in force."""
    asked = {"op": "decide", "machine": "download_retry", "input": _question(k)}
    said = {"action": "retry", "wait_us": 2 * S}
    story.add(ev.requested(asked, at_us=T0_US + at_us, number=10**6 + k))
    story.add(
        ev.Decided(at_us=T0_US + at_us, machine="download_retry", input=_question(k), decision=said)
    )
    story.add(ev.Answered(at_us=T0_US + at_us, id=10**6 + k, op="decide"))
    for event in _configuration(k):
        story.add(event)


def _times_out(story: StreamStory, k: int, at_us: int) -> None:
    """A send times out with others behind it, looked at meanwhile, and nothing is closed."""
    story.mode("x", at_us, "stop")
    first = 400_000 + 4 * k
    story.send("x", first, at_us + MS, size_bytes=BIG_BYTES).lock("x", first, at_us + MS)
    for place in (1, 2, 3):
        story.send("x", first + place, at_us + place * 2 * MS)
    story.check(at_us + 30 * MS, {"x": (29 * MS, 1)}).check(at_us + 40 * MS, {"x": (39 * MS, 2)})
    story.ended("x", first, at_us + 61 * MS, "timeout")
    for place in (1, 2, 3):
        story.ended("x", first + place, at_us + 62 * MS, "suppressed")
    story.check(at_us + 70 * MS, {"x": (0, 0)}).heartbeat("d", at_us + 71 * MS)
    story.mode("x", at_us + 80 * MS, "drain").read("x", at_us + 80 * MS, 1)
    story.probe("x", at_us + 81 * MS).sent("x", at_us + 82 * MS)


def _question(k: int) -> dict[str, object]:
    return {"max_retries": 2 + k, "outcomes": ["timeout"]}


def _configuration(k: int) -> list[AnyEvent]:
    file = f'{{"{configuring.SEND}": {20 + k % 7}}}'
    effective = {**configuring.DEFAULTS, configuring.SEND: float(20 + k % 7)}
    return [
        ev.ConfigurationAsked(at_us=T0_US, id=k, case=f"number {k}", file=file, environment={}),
        ev.ConfigurationAnswered(at_us=T0_US, id=k, effective=effective, monitor_period_us=5 * S),
    ]


def meddled_with(rounds: int) -> list[AnyEvent]:
    """Return a trace with closes, refusals, jumps and ACKs that cannot be true, again and again."""
    story = StreamStory("long", send_timeout_us=30 * S, stall_timeout_us=20 * MS)
    story.requirements, story.ended_us = list(JUDGED), rounds * ROUND_US + 10 * S
    for conn in "abcdhrst":
        story.open(conn)
    story.monitor(1).send(
        "h", 1, 1, size_bytes=HOG_BYTES_MIN, repeat=rounds, ended_us=rounds * ROUND_US
    )
    story.close("c", 2).action("r", 2, "shut_read")
    for conn in "st":
        story.stream(conn=conn, at_us=3, chunks=rounds + 5).chunks(0, 4, 4, conn=conn)
    for k in range(rounds):
        for tell in (_stalls, _flows, _hogs, _closes, _streams, _asks):
            tell(story, k, MS + k * ROUND_US)
    return trace_of(story.end("c", rounds * ROUND_US).end("r", rounds * ROUND_US))


def left_alone(rounds: int) -> list[AnyEvent]:
    """Return a trace in which sends time out again and again, and the monitor is asked to look."""
    story = StreamStory(
        "long", send_timeout_us=60 * MS, stall_timeout_us=20 * MS, heartbeat_interval_us=50 * MS
    )
    story.grace_us, story.noise_us = 2 * MS, 0
    story.requirements, story.ended_us = list(JUDGED), rounds * ROUND_US + 10 * S
    for conn in "dx":
        story.open(conn)
    for k in range(rounds):
        _times_out(story, k, MS + k * ROUND_US)
    return trace_of(story)


def cpu_s(make: Callable[[], _T], use: Callable[[_T], object]) -> float:
    """Return how long `use` took of what `make` made."""
    made = make()
    gc.collect()
    gc.disable()
    began = time.process_time()
    use(made)
    took_s = time.process_time() - began
    gc.enable()
    return took_s


def arranged(trace: list[AnyEvent]) -> Run:
    """Return the one run of `trace`."""
    return runs_of(trace)[1][0]


MAKERS = (meddled_with, left_alone)
FEW, MANY = ([make(rounds) for make in MAKERS] for rounds in (ROUNDS, 4 * ROUNDS))
each_trace = pytest.mark.parametrize("which", range(len(MAKERS)), ids=[m.__name__ for m in MAKERS])


@cache
def in_turn_s(which: int, *, is_many: bool) -> dict[Rule, float]:
    """Return how long each rule took of one run, which they looked at one after the other."""
    run, took_s = arranged((MANY if is_many else FEW)[which]), {}
    gc.collect()
    gc.disable()
    for rule in find_rules():
        began = time.process_time()
        list(rule.observe(run))
        took_s[rule] = time.process_time() - began
    gc.enable()
    return took_s


def looks_linear(rule: Rule, which: int) -> bool:
    """Tell the same of a rule by a look in turn, in which what rules share is made once.

    Whoever meets what is shared first pays for it, so that its growth is found as well.
    """
    many_s = in_turn_s(which, is_many=True)[rule]
    return many_s < TOO_SHORT_S or many_s < GROWTH_MAX * in_turn_s(which, is_many=False)[rule]


def is_linear(
    which: int, make: Callable[[list[AnyEvent]], _T], use: Callable[[_T], object]
) -> bool:
    """Tell whether four times the events take about four times as long, in one try of a few."""
    for _ in range(TRIES):
        many_s = cpu_s(lambda: make(MANY[which]), use)
        # The least of a few: one that was held up would let what grows like the square look linear.
        if many_s < TOO_SHORT_S or many_s < GROWTH_MAX * min(
            cpu_s(lambda: make(FEW[which]), use) for _ in range(LEAST_OF)
        ):
            return True
    return False


@each_trace
@pytest.mark.parametrize("rule", find_rules(), ids=lambda r: r.observe.__name__)
def test_each_rule_is_linear_in_the_events(rule: Rule, which: int) -> None:
    """Four times the rounds take four times as long, not sixteen times."""
    # A rule that looked slow in its turn is looked at alone, before anything is said of it.
    assert looks_linear(rule, which) or is_linear(which, arranged, lambda r: list(rule.observe(r)))


@each_trace
def test_reading_a_trace_is_linear_in_the_events(which: int) -> None:
    """So is putting every event where it belongs."""
    assert is_linear(which, lambda trace: trace, arranged)


def test_a_look_at_all_sends_for_each_send_is_not_linear() -> None:
    """What the rules did once is found here."""

    def look(run: Run) -> int:
        sends = [send for _conn, send in run.all_sends()]
        return sum(one.asked_us < other.asked_us for one in sends for other in sends[::4])

    assert not is_linear(0, arranged, look)


def test_the_traces_give_the_rules_something_to_do() -> None:
    """A rule that sees nothing takes no time, and its growth says nothing."""
    seen = {one.requirement for few in FEW for one in observe(arranged(few), set(JUDGED))}
    sends = {f"SD-{k}" for k in (3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15)}
    looks = {f"SC-{k}" for k in (1, 2, 3, 4, 10, 14, 15)}
    assert {*sends, *looks, "CX-1", "CX-3", "CX-4", "AP-2", "AP-8", "AP-10", "RT-1"} <= seen


FRAMES = 66_000


def test_many_frames_with_a_lock_and_a_write_each_are_judged_within_ten_seconds() -> None:
    """The run in which numbers wrap, of a harness that tells all there is to tell."""
    story = StreamStory("wraps").open("a")
    story.send("a", 1, 0, size_bytes=16, repeat=FRAMES, ended_us=3 * S)
    for k in range(FRAMES):
        story.lock("a", 1 + k, 40 * k).wrote("a", 1 + k, 40 * k, 40 * k + 10)
        if k % 1000 == 0:
            story.read("a", 40 * k + 20, 32_000).add(
                ev.PeerFrames(
                    at_us=T0_US + 40 * k + 20, conn="a", index=k, frames=1000, size_bytes=16,
                    first_sequence=k % 65536, first_send=1 + k,
                )
            )  # fmt: skip
    trace = trace_of(story)
    began = time.process_time()
    verdicts = {j.id: j.verdict for j in report_on(trace).requirements}
    assert "fail" not in verdicts.values()
    assert time.process_time() - began < 10
