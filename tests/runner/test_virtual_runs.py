"""Vectors are played one after the other, and a harness that breaks spoils only its own."""

from pathlib import Path

import msgspec

from stallproof.requirements.vectors.format import Vector
from stallproof.runner.progress import Progress
from stallproof.runner.virtual_runs import BREAKAGES_MAX, Played, chosen, play_vectors, trace_header
from stallproof.wire import events as ev
from tests.runner.sut.virtual_bench import ARRIVAL, REFERENCE, STALL, command_of


def _ignored(step: Progress) -> None:
    pass


def _broken(played: Played) -> list[str]:
    return [event.what for event in played.events if isinstance(event, ev.HarnessFailed)]


def _many(count: int) -> list[Vector]:
    return [msgspec.structs.replace(ARRIVAL, name=f"arrival-{k}") for k in range(count)]


def test_a_harness_that_broke_once_is_started_anew(tmp_path: Path) -> None:
    """The vector in which it broke is trouble, all others are played."""
    played = play_vectors(command_of("dies-once", str(tmp_path)), _many(3), _ignored)
    names = [event.name for event in played.events if isinstance(event, ev.ScenarioBegun)]
    assert ["arrival-0", "arrival-1", "arrival-2"] == names
    assert ["died"] == _broken(played)
    assert 2 == sum(isinstance(event, ev.Received) for event in played.events)


def test_a_harness_that_breaks_again_and_again_is_given_up() -> None:
    """The notes say how many vectors were not played for it."""
    played = play_vectors(command_of("exit"), _many(BREAKAGES_MAX + 2), _ignored)
    assert ["died"] * BREAKAGES_MAX == _broken(played)
    assert "was given up: 2 vectors were not played" in played.notes[-1]


def test_a_harness_that_never_says_hello_gives_one_run_that_says_so() -> None:
    """There is nothing else to say of it."""
    played = play_vectors(["/nowhere/harness"], _many(2), _ignored)
    assert ["missing"] == _broken(played)
    assert played.hello is None
    assert not played.has_virtual_time


def test_who_is_judged_is_asked_even_without_vectors() -> None:
    """A selection that no vector speaks of still gets a report of somebody."""
    played = play_vectors(command_of("good"), [], _ignored)
    assert played.hello is not None
    assert ["made for tests"] == played.notes
    assert [] == played.events


def test_each_vector_is_told_of() -> None:
    """Whoever looks on may end the run at any of them, and sees that it is over."""
    told: list[Progress] = []
    play_vectors(command_of("good"), _many(4), told.append)
    assert [(1, 4), (2, 4), (3, 4), (4, 4)] == [(one.done, one.total) for one in told]


def test_two_plays_of_the_reference_are_equal() -> None:
    """Nothing in a run in virtual time depends on the machine."""
    first, second = (play_vectors(REFERENCE, [STALL, ARRIVAL, STALL], _ignored) for _ in range(2))
    assert first.events == second.events
    headers = [trace_header(p.hello, profile="seed", selected=["SD-3"]) for p in (first, second)]
    assert headers[0] == headers[1]
    assert (0, 0, "virtual") == (
        headers[0].at_us,
        headers[0].clock_uncertainty_us,
        headers[0].clock,
    )


def test_only_vectors_of_the_selection_are_played() -> None:
    """A vector that is for nothing in scope is left out, whatever its profile."""
    seed = msgspec.structs.replace(STALL, profile="seed", requirements=["SD-3", "SD-5"])
    hardened = msgspec.structs.replace(STALL, requirements=["SD-5"])
    assert [seed, hardened] == chosen([seed, hardened], {"SD-5"})
    assert [seed] == chosen([seed, hardened], {"SD-3", "AP-1"})
    assert [] == chosen([seed, hardened], {"AP-1"})
