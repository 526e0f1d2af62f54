"""One driver, two clocks: a mutant of the drivers that ship fails vectors in virtual time.

Each of these was once found on real sockets only, for virtual time ran a copy of the drivers.
"""

import sys
from pathlib import Path

import pytest

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.plant import harness_of
from stallproof.runner.conform import conform

NEGATIVE = Path(__file__).parents[1] / "implementations" / "negative"
FOUND = {
    "the_clock_is_not_read_before_a_write": {"SD-9"},
    "a_wait_lasts_the_whole_timeout": {"SD-1", "SD-2"},
    "an_interrupted_write_is_an_error": {"SD-7"},
    "a_write_of_nothing_is_waited_for": {"SD-7"},
    "a_timeout_closes_only_what_was_begun": {"SD-5"},
    "closing_is_told_as_success": {"SD-10"},
    "every_write_uses_up_a_number": {"SD-14"},
    "a_refused_frame_uses_up_a_number": {"SD-14"},
    "frames_leave_without_the_lock": {"CX-1"},
    "closes_the_descriptor_instead": {"CX-2"},
    "a_close_waits_for_the_send": {"CX-2"},
    "every_close_closes_again": {"CX-6"},
    "a_closed_connection_is_open_again": {"SD-10", "SD-15"},
    "a_waiting_senders_clock_stands_still": {"AP-5", "AP-14"},
    "no_look_keeps_the_wait": {"AP-5"},
    "an_ack_wakes_nobody": {"AP-8"},
}
"""By the mutant's ID: requirements that vectors find broken by it."""


@pytest.mark.parametrize("name", FOUND)
def test_a_mutant_of_a_shipped_driver_fails_vectors(name: str, tmp_path: Path) -> None:
    """What is exchanged in the driver's own text breaks the law in virtual time."""
    mutant = MUTANTS[name]
    assert mutant.file.startswith("reference/stallproof/drivers/")
    assert any(one.startswith("test:tests/drivers/") for one in mutant.caught_by)
    report = conform(
        harness_of(mutant, tmp_path), profile="hardened", selected=frozenset(FOUND[name]),
        grace_us=None, jobs=1, trace_path=None, progress=lambda _told: None, clock="virtual",
    )  # fmt: skip
    assert FOUND[name] == {one.id for one in report.requirements if one.verdict == "fail"}


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("extends_its_deadline", "SD-1"),
        ("answers_late", "SD-3"),
        ("ok_while_closing", "SD-10"),
        ("heartbeats_through_the_lock", "SC-10"),
        ("loses_the_wake_up", "AP-8"),
    ],
)
def test_a_subclass_of_a_driver_is_judged_in_virtual_time(name: str, broken: str) -> None:
    """Whoever has drivers of its own is judged by these, and not by those of the reference."""
    report = conform(
        (sys.executable, str(NEGATIVE / f"{name}.py")), profile="hardened",
        selected=frozenset({broken}), grace_us=None, jobs=1, trace_path=None,
        progress=lambda _told: None, clock="virtual",
    )  # fmt: skip
    assert {broken} == {one.id for one in report.requirements if one.verdict == "fail"}
