"""The side that accepts is judged like the side that connects, and by its own connections."""

import os
import sys
from pathlib import Path

import pytest

from stallproof.runner.conform import conform
from stallproof.runner.smoke import is_sound, smoked
from stallproof.runner.sut.command import REFERENCE_COMMAND, HarnessCommand
from stallproof.wire.request import Role

HERE = Path(__file__).resolve().parent
WRONG = (sys.executable, str(HERE / "negative" / "late_when_accepting.py"))
EXAMPLE = (sys.executable, str(HERE / "python" / "harness.py"))
NAKED = (sys.executable, str(HERE / "python" / "settimeout_sendall.py"))
TRICKLED = frozenset({"SD-1"})
NOTE = "Judged as the side that accepts: the peer connected to it."


@pytest.fixture(autouse=True)
def _finds_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "PYTHONPATH", os.environ.get("PYTHONPATH") or str(HERE.parents[1] / "reference")
    )


def verdict(command: tuple[str, ...], role: Role) -> tuple[str, bool]:
    """Return how SD-1 comes out in a role, and whether the report says that it accepted."""
    report = conform(
        HarnessCommand(command, role=role), profile="hardened", selected=TRICKLED, grace_us=None,
        jobs=4, trace_path=None, progress=lambda told: None,
    )  # fmt: skip
    found = {one.id: one.verdict for one in report.requirements}["SD-1"]
    return found, any(NOTE in note for note in report.notes)


@pytest.mark.timing
def test_the_reference_passes_as_the_side_that_accepts() -> None:
    """The report says so."""
    assert ("pass", True) == verdict(REFERENCE_COMMAND, "accept")


@pytest.mark.timing
def test_who_is_wrong_only_where_he_accepts_fails_only_there() -> None:
    """The same plays find it, once the peer is the one that connects."""
    assert ("pass", False) == verdict(WRONG, "connect")
    assert ("fail", True) == verdict(WRONG, "accept")


@pytest.mark.parametrize("command", [REFERENCE_COMMAND, EXAMPLE], ids=["reference", "example"])
def test_a_harness_that_accepts_is_sound(command: tuple[str, ...]) -> None:
    """It listens at the address that it is given, over Unix sockets and TCP."""
    checks = list(smoked(HarnessCommand(command, role="accept")))
    assert is_sound(checks), checks
    assert {"sends-unix", "sends-tcp"} <= {one.name for one in checks if one.state == "sound"}


def test_who_does_not_accept_is_told_so() -> None:
    """Nothing is asked of it, and no requirement passes or fails by it."""
    (check,) = smoked(HarnessCommand(NAKED, role="accept"))
    assert "does not declare accepting" in check.seen
