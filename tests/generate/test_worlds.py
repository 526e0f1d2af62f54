"""Worlds: what is drawn can be played, is written and read again, and shrinks to what fails."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from stallproof.generate.real_begin import shown_by
from stallproof.generate.sampling import drawn
from stallproof.generate.shrinking_worlds import shrunk
from stallproof.generate.worlds import GROUPS, worlds
from stallproof.requirements.vectors import VectorError
from stallproof.runner.scenarios import scripted_world as sw
from stallproof.runner.scenarios.scripted_world_play import features_of, scenario_of
from tests.generate.generated_bench import EVERY, FEATURES

ALL = FEATURES | {"tcp", "tls", "give_up"}
ENOUGH = 400


def made(seed: int, count: int, features: frozenset[str] = ALL) -> list[sw.World]:
    """Return worlds for all groups."""
    return list(drawn(seed, count, worlds(features, GROUPS)))


def kinds(several: Sequence[sw.World]) -> set[str]:
    """Return the kinds of steps that occur."""
    return {type(step).__name__ for one in several for step in one.steps}


def test_the_same_seed_makes_the_same_worlds() -> None:
    """However many are asked for."""
    assert made(3, 20)[:10] == made(3, 10)
    assert made(3, 10) != made(4, 10)


def test_a_world_can_be_played() -> None:
    """Steps come in order of time and are about what there is; a monitor is asked or runs."""
    for one in made(1, ENOUGH):
        times = [step.at_us for step in one.steps]
        assert sorted(times) == times
        assert list(one.steps) == sw.without_strangers(one.steps)
        assert not {"Check", "Monitor"} <= kinds([one])
        scenario_of(one, EVERY)


def test_everything_that_may_happen_happens() -> None:
    """Each kind of step occurs, and most worlds go without most kinds."""
    found = made(1, ENOUGH)
    every = {one.__name__ for one in sw.Act.__subclasses__()}
    assert every == kinds(found)
    assert all(sum(one in kinds([world]) for world in found) > 10 for one in every)
    assert sum(len(kinds([world])) for world in found) < 8 * len(found)


def test_what_is_not_declared_does_not_happen() -> None:
    """Without features there are sends, reads and ends over a Unix socket."""
    found = made(1, ENOUGH, frozenset({"unix"}))
    assert {"unix"} == set().union(*map(features_of, found))
    assert {"Check", "Monitor", "Stream", "WallJump", "GiveUp"}.isdisjoint(kinds(found))


def test_what_a_world_shows_takes_what_is_declared() -> None:
    """Checks show SC; without them, and for what is no matter of worlds, nothing is expected."""
    assert {"SD-3", "SC-1", "AP-2"} <= shown_by(ALL, EVERY)
    assert {"SD-3"} == shown_by(frozenset({"unix"}), frozenset({"SD-3", "SC-1", "CF-1"}))


STEPS = (
    sw.Open(at_us=0, conn="a"),
    sw.Open(at_us=0, conn="b"),
    sw.Send(at_us=10, conn="b", send=1, size_bytes=8),
    sw.Read(at_us=20, conn="a", mode="stop"),
    sw.Send(at_us=30, conn="a", send=2, size_bytes=8, fills=True),
    sw.Check(at_us=40),
    sw.GiveUp(at_us=50, send=1),
)
WORLD = sw.World(name="by-hand", knobs={"streaming_send_timeout": 0.5}, steps=STEPS)


def test_a_world_is_written_and_read_again(tmp_path: Path) -> None:
    """Nothing is lost; and a file that is about nothing that there is is refused."""
    path = sw.write_world(tmp_path / "new", WORLD)
    assert sw.is_world(path)
    assert WORLD == sw.read_world(path)
    strange = msgspec.structs.replace(WORLD, name="strange", steps=STEPS[2:])
    with pytest.raises(VectorError, match="not opened"):
        sw.read_world(sw.write_world(tmp_path, strange))
    path.write_text(path.read_text().replace("stop", "stopp"), "utf-8")
    with pytest.raises(VectorError, match="stopp"):
        sw.read_world(path)


def test_what_is_begun_twice_is_a_stranger() -> None:
    """A connection is opened once."""
    assert list(STEPS) == sw.without_strangers([*STEPS, STEPS[0]])


def fails(several: Sequence[sw.World]) -> sw.World | None:
    """Return the first that sends more than the kernel holds to a peer that does not read."""
    for one in several:
        reads = True
        for step in one.steps:
            reads = step.mode != "stop" if isinstance(step, sw.Read) else reads
            if isinstance(step, sw.Send) and step.fills and not reads:
                return one
    return None


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_a_world_shrinks_to_the_steps_that_it_takes(jobs: int) -> None:
    """Also where several are tried at once."""
    found = shrunk(WORLD, fails, plays_max=100, jobs=jobs)
    assert (STEPS[0], STEPS[3], STEPS[4]) == found.steps


def test_the_budget_of_plays_is_kept() -> None:
    """What was reached by then is returned."""
    plays: list[int] = []

    def never(several: Sequence[sw.World]) -> None:
        plays.append(len(several))

    assert WORLD == shrunk(WORLD, never, plays_max=5, jobs=2)
    assert 5 <= sum(plays) <= 6
