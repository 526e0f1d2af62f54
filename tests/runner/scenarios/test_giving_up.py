"""The plays about sends that are given up, against the reference."""

import pytest

from stallproof.cli.arguments import command_of
from stallproof.runner.conform import conform


@pytest.mark.timing
def test_each_play_shows_its_situation_of_the_reference() -> None:
    """The peer saw each of them, and nothing that speaks against the law."""
    report = conform(
        tuple(command_of("reference")),
        profile="hardened",
        selected=frozenset({"SD-18"}),
        grace_us=None,
        jobs=4,
        trace_path=None,
        progress=lambda told: None,
    )
    judged = next(j for j in report.requirements if j.id == "SD-18")
    assert [] == [f.explanation for f in judged.findings if f.tells == "violation"]
    assert {"queued", "unwritten", "part-written"} == {
        name for name, times in judged.situations.items() if times
    }
