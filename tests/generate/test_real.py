"""Scripts on the real clock: what the peer is to do, what it cannot do, and two plays."""

import pickle
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stallproof.generate import real
from stallproof.generate.failures import Settings
from stallproof.generate.real import generated_on_the_real_clock, replayed_on_the_real_clock
from stallproof.generate.run import run_generated
from stallproof.judge.accumulator import Accumulator
from stallproof.judge.report import Report
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.play import SCENARIOS, told
from stallproof.runner.scenarios import scripted_world as sw
from stallproof.runner.scenarios.scripted import scale_of, scripted
from stallproof.runner.scenarios.scripted_plan import plan_of, unplayable
from stallproof.runner.scenarios.scripted_world import read_world
from stallproof.runner.scheduler import Scheduler
from stallproof.runner.virtual_runs import trace_header
from stallproof.wire.events import AnyEvent, ScenarioBegun
from tests.generate.generated_bench import EVERY, REFERENCE, mutated
from tests.judge.story import MS, S, Story
from tests.masked_by_noise import explanations, masked
from tests.runner.sut.virtual_bench import opened, script, step

LEAVES_IT_OPEN = (
    "stallproof.machines.send_deadline",
    "        return after, End(Outcome.TIMEOUT, True)\n    return after, Wait(",
    "        return after, End(Outcome.TIMEOUT, False)\n    return after, Wait(",
)
STALLS = script(
    opened("a", 0),
    step(100_000, "send", conn="a", send=1, size_bytes=10),
    step(200_000, "send", conn="a", send=2, size_bytes=10),
    step(900_000),
    streaming_send_timeout=0.5,
)


def test_a_send_that_is_to_wait_is_told_from_one_that_is_not() -> None:
    """What the law lets end at once is small; what has to wait is more than the kernel holds."""
    vector = script(
        opened("a", 15),
        step(0, "send", conn="a", send=1, size_bytes=10),
        step(10, "send", conn="a", send=2, size_bytes=10),
        step(20, "send", conn="a", send=3, size_bytes=10),
        step(30, "accept", conn="a", wrote_bytes=2),
        step(40, "accept", conn="a", wrote_bytes=3),
        step(50, "accept", conn="a", wrote_bytes=10),
    )
    plan = plan_of(vector)
    assert ({2, 3}, {5: 2, 6: 1}, {"a": 3}) == (plan.waits, plan.lets_go, plan.moves)


@pytest.mark.parametrize(
    ("steps", "knobs", "why"),
    [
        ([step(5, "accept", conn="a", wrote_bytes=1, late_us=2)], {}, "return late"),
        ([step(5, "open", conn="b", transport="virtual", linger_us=2)], {}, "how long it lingers"),
        ([step(5, "fail", conn="a", cause="EIO")], {}, "fail with EIO"),
        ([step(25_000_000)], {}, "longer than 20 s"),
        ([], {"streaming_send_timeout": 0.01}, "streaming_send_timeout is too short"),
        ([], {"heartbeat_interval": 1.5}, "whole number of seconds"),
        ([step(5, "config", file="{}")], {}, "configurations"),
        ([step(5, "monitor", period_us=100_000), step(9, "check")], {}, "one schedule"),
        ([step(5, "close", conn="a"), step(9, "open", conn="a", transport="virtual")], {}, "name"),
        ([step(5, "fail", conn="a", cause="EPIPE"), step(6, "accept", conn="a")], {}, "refused"),
    ],
)
def test_what_no_peer_can_do_is_left_out_and_named(
    steps: list[Any], knobs: dict[str, Any], why: str
) -> None:
    """The reason says what it is."""
    reason = unplayable(script(opened("a", 0), *steps, **knobs))
    assert reason is not None
    assert why in reason


def test_what_a_peer_can_do_is_played() -> None:
    """A plain stall, a refusal and a reset have no reason against them."""
    refused = script(opened("a"), step(9, "fail", conn="a", cause="ECONNRESET"))
    assert [None, None] == [unplayable(STALLS), unplayable(refused)]
    assert {"tcp"} == scripted(refused, "r").features


def test_streams_are_scaled_to_whole_blocks() -> None:
    """Chunks begin at a multiple of eight bytes; knobs and sizes grow alike."""
    stream = step(0, "stream", conn="a", stream=1, total_bytes=30)
    small = script(opened("a"), stream, streaming_chunk_size=10, streaming_window_size=25)
    scenario = scripted(small, "s")
    assert (8, 80, 200) == (scale_of(small), scenario.chunk_bytes, scenario.window_bytes)
    assert 1 == scale_of(script(opened("a"), stream, streaming_chunk_size=64))


def test_a_scripted_scenario_crosses_between_processes() -> None:
    """A worker is told the known ones by name, and this one as a whole."""
    scenario = scripted(STALLS, "generated-1")
    again = pickle.loads(pickle.dumps(told(scenario)))
    assert ("generated-1", 1, 0.5) == (again.name, again.repetitions, again.send_timeout_s)
    assert {one.name for one in SCENARIOS} == {told(one) for one in SCENARIOS}


# --- what generated scripts have shown of the rules -----------------------------------------------


def broken_by(story: Story) -> set[str]:
    """Return what one told run breaks."""
    header = trace_header(None, profile="hardened", selected=EVERY, clock="real")
    return set(Accumulator(header).broken_by(list(story.events())))


def expired(*, close_us: int | None) -> Story:
    """A send expires at 600 ms; a close is asked for at `close_us`."""
    story = Story("expired", send_timeout_us=500 * MS).open("a").mode("a", 10 * MS, "stop")
    story.send("a", 1, 100 * MS, size_bytes=3_000_000)
    if close_us is not None and close_us < 600 * MS:
        story.ask("close", close_us, close_us + 1, conn="a")
    story.closing("a", 600 * MS)
    story.ended("a", 1, 600 * MS, "timeout", raised=True)
    if close_us is not None and close_us >= 600 * MS:
        story.ask("close", close_us, close_us + 1, conn="a")
    return story.mode("a", 2 * S, "drain").end("a", 3 * S)


def test_a_close_that_is_asked_for_later_has_not_begun_the_closing() -> None:
    """The send that expired before is no send that failed while closing; one after the close is."""
    assert {"SD-10", "SD-15"}.isdisjoint(broken_by(expired(close_us=1 * S)))
    assert {"SD-10", "SD-15"} <= broken_by(expired(close_us=300 * MS))


# --- plays ----------------------------------------------------------------------------------------


def replayed(
    command: tuple[str, ...], *scripts: Vector | sw.World
) -> tuple[list[AnyEvent], set[str], Report]:
    """Play scripts on the real clock; return the events, what they break, and the report."""
    asked = Settings(command, 1, None, "hardened", EVERY, Path(), lambda step: None)
    played = replayed_on_the_real_clock(asked, scripts, None)
    report = played.report()
    assert [] == report.harness
    broken = {one.id for one in report.requirements if one.verdict == "fail"}
    return played.events, broken, report


def side_by_side(*names: str, play: Vector | sw.World) -> list[Vector | sw.World]:
    """Return `play` under several names: noise may hide in one play what others show."""
    return [msgspec.structs.replace(play, name=name) for name in names]


@pytest.mark.timing
def test_a_script_is_played_over_real_sockets(tmp_path: Path) -> None:
    """The reference breaks nothing; who leaves a connection open after a TIMEOUT is found out."""
    events, broken, _report = replayed(REFERENCE, STALLS)
    assert set() == broken
    assert {"by-hand"} == {one.name for one in events if isinstance(one, ScenarioBegun)}
    stalls = side_by_side(*"abcd", play=STALLS)
    _events, broken, report = replayed(mutated(LEAVES_IT_OPEN, tmp_path), *stalls)
    assert "SD-5" in broken | masked(report), explanations(report)["SD-5"]


@pytest.mark.timing
def test_what_is_left_out_is_named() -> None:
    """A vector that no peer can play is in the notes, and the others are played."""
    late = script(
        opened("a", 0), step(5, "accept", conn="a", wrote_bytes=1, late_us=2), name="late-write"
    )
    asked = Settings(REFERENCE, 1, None, "hardened", EVERY, Path(), lambda step: None)
    played = replayed_on_the_real_clock(asked, [late], None)
    assert [] == played.events
    assert any("late-write (no peer can make a write return late)" in one for one in played.notes)


@pytest.mark.timing
def test_a_world_is_played_over_real_sockets(tmp_path: Path) -> None:
    """The reference breaks nothing; who leaves a connection open after a TIMEOUT is found out."""
    steps = (
        sw.Open(at_us=0, conn="a"),
        sw.Read(at_us=0, conn="a", mode="stop"),
        sw.Send(at_us=50_000, conn="a", send=1, size_bytes=8, fills=True),
        sw.Talk(at_us=100_000, conn="a", kind="heartbeat", frames=2),
        sw.WallJump(at_us=200_000, by_us=-60_000_000),
        sw.Check(at_us=250_000),
        sw.Settle(at_us=300_000),
    )
    world = sw.World(name="stalls", knobs={"streaming_send_timeout": 0.5}, steps=steps)
    events, broken, _report = replayed(REFERENCE, world)
    assert set() == broken
    assert {"stalls"} == {one.name for one in events if isinstance(one, ScenarioBegun)}
    worlds = side_by_side(*"abcd", play=world)
    _events, broken, report = replayed(mutated(LEAVES_IT_OPEN, tmp_path), *worlds)
    assert "SD-5" in broken | masked(report), explanations(report)["SD-5"]


@pytest.mark.timing
def test_a_failure_of_a_world_is_shrunk_and_kept(tmp_path: Path) -> None:
    """The file is played again, and the note says where it is and what happens in it."""
    report = run_generated(
        mutated(LEAVES_IT_OPEN, tmp_path), count=12, seed=5, clock="real", profile="hardened",
        selected=frozenset({"SD-5"}), grace_us=None, trace_path=None,
        failure_dir=tmp_path / "found", progress=lambda step: None, jobs=2,
    )  # fmt: skip
    if "SD-5" in masked(report):
        pytest.skip("the machine was too noisy in every world that shows the mistake")
    (judged,) = [one for one in report.requirements if one.id == "SD-5"]
    assert "fail" == judged.verdict, explanations(report)["SD-5"]
    (path,) = (tmp_path / "found").glob("sd-5-*.json")
    world = read_world(path)
    assert any(str(path) in note and world.in_words() in note for note in report.notes)
    assert "SD-5" == world.requirement


@pytest.mark.timing
def test_as_many_play_side_by_side_as_were_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number that `--jobs` gives, and no world is played again for noise."""
    seen: list[tuple[int, int]] = []

    class Seen(Scheduler):
        def __init__(self, *given: Any, attempts_max: int, **named: Any) -> None:
            seen.append((given[2], attempts_max))
            super().__init__(*given, attempts_max=attempts_max, **named)

    monkeypatch.setattr(real, "Scheduler", Seen)
    asked = Settings(REFERENCE, 1, 1, "hardened", EVERY, tmp_path, lambda step: None, 3)
    generated_on_the_real_clock(asked, None)
    assert [(3, 1)] == seen
