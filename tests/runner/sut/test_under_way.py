"""Several plays under way at once: each is what it would be alone, and who broke is found."""

from collections.abc import Iterable
from pathlib import Path

from stallproof.runner.breaking import who_broke
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.player import begun, broken_run
from stallproof.runner.sut.virtual import AHEAD, Play, VirtualHarness
from stallproof.runner.virtual_runs import play_vectors
from stallproof.wire.events import HarnessFailed, ScenarioBegun
from tests.generate.generated_bench import REFERENCE, mutated
from tests.runner.sut.virtual_bench import S, opened, script, step

COUNT = AHEAD + 8
FATAL = 5
"""The place of the script in which the mutant dies."""
VECTORS = [
    script(
        opened("a"), step(S, "check"), step(2 * S, "close", conn="a"),
        name=f"checked-{place}", heartbeat_interval=7 if place == FATAL else 60,
    )
    for place in range(COUNT)
]  # fmt: skip
DIES_OF_SEVEN = (
    "stallproof.machines.stall_count",
    "    return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
    "    if policy.heartbeat_interval_us == 7_000_000:\n"
    "        __import__('os')._exit(7)\n"
    "    return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
)


def test_runs_under_way_are_those_of_one_after_the_other() -> None:
    """Whatever is written before it is heard, each run holds its own words, in their order."""
    with VirtualHarness(REFERENCE) as harness:
        expected = [harness.play(vector) for vector in VECTORS]
        plays = [harness.begin(vector) for vector in VECTORS]
        assert expected == [harness.run_of(play) for play in plays]


def test_the_vector_that_broke_it_is_named_among_those_under_way(tmp_path: Path) -> None:
    """What it had said of the others and not written is played again, and they are sound."""
    command = mutated(DIES_OF_SEVEN, tmp_path)
    played = play_vectors(command, VECTORS, lambda step: None)
    begun = [one.name for one in played.events if isinstance(one, ScenarioBegun)]
    assert [one.name for one in VECTORS] == begun
    assert [f"checked-{FATAL}"] == _broken(played.events)


def test_the_case_that_broke_it_is_found_among_those_lost(tmp_path: Path) -> None:
    """Those before it have their runs; where none breaks again it is the first one lost."""
    error = HarnessBroken("died", "It is gone.")
    lost = [(place, one, Play(begun(one, None, 1))) for place, one in enumerate(VECTORS)][3:9]
    found = who_broke(mutated(DIES_OF_SEVEN, tmp_path), lost, error)
    assert [3, 4, FATAL] == [place for place, _script, _run in found]
    assert [f"checked-{FATAL}"] == _broken(event for _, _, run in found for event in run)
    found = who_broke(REFERENCE, lost, error)
    assert [(3, broken_run(lost[0][2].begin, error))] == [(one[0], one[2]) for one in found]


def _broken(events: Iterable[object]) -> list[str]:
    """Return the names of the scenarios in which the harness broke."""
    found: list[str] = []
    name = ""
    for event in events:
        if isinstance(event, ScenarioBegun):
            name = event.name
        elif isinstance(event, HarnessFailed):
            found.append(name)
    return found
