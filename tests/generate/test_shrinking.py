"""Shrinking: what does not matter goes, what matters stays, and the budget is kept."""

from collections.abc import Callable

import msgspec

from stallproof.generate.describe import in_words
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts import FAMILIES, scripts
from stallproof.generate.shrinking import shrunk
from stallproof.generate.shrinking_requests import renamed
from stallproof.judge.model import expected_of, problems_of
from stallproof.requirements.vectors.format import Step, Vector
from tests.generate.generated_bench import FEATURES
from tests.runner.sut.virtual_bench import opened, script, step


def outcomes(vector: Vector) -> list[str]:
    """Return how the sends of a script end by the law."""
    return [
        decision["outcome"]
        for one in expected_of(vector)
        for decision in one.decisions
        if decision["event"] == "send_ended"
    ]


def times_out(vector: Vector) -> bool:
    """Tell whether a send expires: the failure that these tests shrink."""
    return "timeout" in outcomes(vector)


LONG = script(
    opened("b", 3),
    opened("a", 5),
    step(10, "send", conn="b", send=4, size_bytes=2),
    step(700, "send", conn="a", send=9, size_bytes=70),
    step(900, "accept", conn="a", wrote_bytes=7),
    step(900, "check"),
    step(2_000_000, "close", conn="b"),
    step(2_000_000),
    streaming_send_timeout=0.5,
    sfm_send_stall_timeout=0.2,
)


def test_only_what_the_failure_takes_is_left() -> None:
    """One connection, one send of as little as will do, and the time that it takes to expire."""
    found = shrunk(LONG, times_out)
    assert [
        Step(at_us=0, do={"op": "open", "conn": "a", "transport": "virtual", "room_bytes": 0}),
        Step(at_us=0, do={"op": "send", "conn": "a", "send": 1, "size_bytes": 1}),
        Step(at_us=500_000),
    ] == found.vector.steps
    assert {"streaming_send_timeout": 0.5} == found.vector.knobs


def test_a_boundary_is_found_exactly() -> None:
    """The shortest time is that of the deadline, and not 1 us more."""
    found = shrunk(LONG, times_out)
    steps = [*found.vector.steps[:-1], Step(at_us=499_999)]
    assert not times_out(msgspec.structs.replace(found.vector, steps=steps))


def test_no_candidate_breaks_a_rule() -> None:
    """What is played keeps the rules of virtual time, whatever is dropped."""
    played: list[Vector] = []

    def fails(vector: Vector) -> bool:
        played.append(vector)
        return len(vector.steps) > 2

    for vector in drawn(9, 10, scripts(FEATURES, tuple(FAMILIES))):
        shrunk(vector, fails, plays_max=60)
    assert len(played) > 100
    assert [] == [problem for vector in played for problem in problems_of(vector)]


def counting(fails: Callable[[Vector], bool], seen: list[Vector]) -> Callable[[Vector], bool]:
    """Return `fails` with each play noted in `seen`."""

    def counted(vector: Vector) -> bool:
        seen.append(vector)
        return fails(vector)

    return counted


def test_nothing_is_played_twice_and_the_budget_is_kept() -> None:
    """A play on the real clock takes seconds: not one more than is allowed."""
    seen: list[Vector] = []
    whole = shrunk(LONG, counting(times_out, seen))
    assert (whole.plays, len({in_words(one) for one in seen})) == (len(seen), len(seen))
    seen.clear()
    part = shrunk(LONG, counting(times_out, seen), plays_max=5, is_coarse=True)
    assert 5 == part.plays == len(seen)
    assert times_out(part.vector)


def test_coarse_shrinking_drops_steps_and_leaves_the_rest() -> None:
    """Times and knobs stay, since on the real clock they were drawn to be told apart."""
    found = shrunk(LONG, times_out, is_coarse=True)
    assert LONG.knobs == found.vector.knobs
    assert all(one in LONG.steps for one in found.vector.steps)
    assert 3 == len(found.vector.steps)


def test_names_come_in_the_order_of_their_coming() -> None:
    """Connections are a, b, c, and sends and streams count from 1."""
    steps = renamed(
        script(opened("c"), opened("a"), step(1, "send", conn="a", send=7, size_bytes=1))
    )
    does = [one.do for one in steps.steps if one.do is not None]
    assert ["a", "b", "b"] == [do["conn"] for do in does]
    assert 1 == does[-1]["send"]
