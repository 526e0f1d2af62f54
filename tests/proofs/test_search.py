"""The exhaustive search: it passes, and finds a mutant of a machine, by a short history."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import icontract
import pytest

from proofs.search import LAWS, SEARCHES
from proofs.search.bare import without_contracts
from proofs.search.breadth import Findings, search
from proofs.search.laws import NEVER_RAISES, Book
from proofs.search.outcome import Outcome, exit_status
from proofs.search.printed import report
from stallproof.machines import connection
from stallproof.machines.send_deadline import Failure
from stallproof.requirements.registry import load_registry
from tests.proofs.mutant_sample import under

ROOT = Path(__file__).resolve().parents[2]

MISTAKES = [
    # Search, module, old, new, the law that is broken, and the length of the shortest history.
    (
        "connection", "stallproof.machines.send_deadline",
        "if now_us >= after.deadline_us:", "if now_us > after.deadline_us:",
        "a_way_out_by_the_deadline", 1,
    ),
    (
        "connection", "stallproof.machines.connection",
        "    after = Connection(\n        None, None, conn.sends, closed_by",
        "    after = Connection(\n        conn.send, conn.send_id, conn.sends, closed_by",
        "a_way_out_by_the_deadline", 1,
    ),
    (
        "connection", "stallproof.machines.connection",
        '@require(lambda conn: conn.send is None, "CX-1: the lock is free")\n', "",
        "a_held_lock_is_refused", 1,
    ),
    (
        "connection", "stallproof.machines.connection",
        "closes = Cause.LOCAL if conn.closed_by is None else None", "closes = Cause.LOCAL",
        "the_first_close_closes", 1,
    ),
    (
        "connection", "stallproof.machines.connection",
        "return (sequence + 1) % SEQUENCES", "return (sequence + 1) % 65535",
        "numbers_rise_by_one", 2,
    ),
    (
        # Two sends, a check in each while it is stalled, and none between: take the lock, 2 us,
        # check, end; take it again, 2 us, check. Equal neighbours are one line.
        "monitor", "stallproof.machines.stall_count",
        "same = snapshot.send_id == count.send_id", "same = True",
        "another_send_counts_from_one", 7,
    ),
    (
        "agreement", "stallproof.machines.close_window",
        "if held_us <= policy.stall_timeout_us:", "if held_us < policy.stall_timeout_us:",
        "the_case_is_the_laws", 1,
    ),
    (
        "stream", "stallproof.machines.ack_progress",
        "if offset <= stream.acknowledged_bytes:", "if offset < stream.acknowledged_bytes:",
        "only_a_greater_offset_is_progress", 1,
    ),
    (
        "stream", "stallproof.machines.ack_progress",
        "    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:",
        "    if stream.sent_bytes - stream.acknowledged_bytes < policy.window_bytes:",
        "a_chunk_begins_exactly_with_room", 3,
    ),
]  # fmt: skip


def command(*arguments: str, start: tuple[str, ...] = (sys.executable, "-m")) -> Any:
    """Run the command in a process of its own, which `start` begins."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'reference'}{os.pathsep}{ROOT}"}
    return subprocess.run(
        [*start, "proofs.search", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def quickly(name: str) -> Outcome:
    """Return what comes of the quick settings of the search called `name`, in this process."""
    wanted = SEARCHES[name]
    settings = wanted.settings[: wanted.quick]
    with without_contracts():
        found = tuple(search(wanted.world_of(setting)) for setting in settings)
    return Outcome(wanted, settings, found)


@pytest.mark.parametrize("name", SEARCHES)
def test_the_quick_settings_break_no_law_and_reach_everything(name: str) -> None:
    """Every event type, every decision and the situation of every law occurs, and no law breaks."""
    outcome = quickly(name)
    assert (None, [], "passed") == (outcome.violation, outcome.missing, outcome.status)
    assert 0 == exit_status([outcome])


@pytest.mark.parametrize(
    ("name", "module", "old", "new", "law", "steps"), MISTAKES, ids=[each[3] for each in MISTAKES]
)
def test_a_mutant_is_found_by_the_shortest_history(
    name: str, module: str, old: str, new: str, law: str, steps: int, tmp_path: Path
) -> None:
    """With a wrong machine the command exits 1, names the law and tells the history."""
    told = tmp_path / "search.json"
    wrong = under((module, old, new), tmp_path)
    done = command("--only", name, "--json", str(told), start=wrong)
    assert 1 == done.returncode, done.stdout + done.stderr
    (entry,) = json.loads(told.read_text("utf-8"))["searches"]
    assert ("violated", law) == (entry["status"], entry["violation"]["law"])
    assert steps == len(entry["violation"]["history"]), entry["violation"]["history"]
    assert f"BROKEN: {law}" in done.stdout


def test_a_mutant_that_does_not_fit_is_no_verdict(tmp_path: Path) -> None:
    """A text that the module does not hold ends the run with 3, neither a pass nor a catch."""
    wrong = under(("stallproof.machines.stream", "not there", ""), tmp_path)
    done = command("--only", "stream", "--quick", start=wrong)
    assert 3 == done.returncode
    assert "fits 0 times" in done.stdout + done.stderr


def test_a_machine_that_raises_breaks_a_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that ends in an exception is a violation, told with the history that leads there."""

    def raising(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake")

    wanted = SEARCHES["connection"]
    with without_contracts():
        monkeypatch.setattr(connection, "on_close", raising)
        found = search(wanted.world(wanted.settings[0], {}))
    assert found.violation is not None
    assert (NEVER_RAISES, 1) == (found.violation.law, len(found.violation.history))


def test_a_law_that_raises_is_no_violation() -> None:
    """A mistake in a law or in the account is an error of the search, and never a verdict."""
    book = Book()

    @book.law("CX-1", looks_at=("close",))
    def broken(move: object) -> bool | None:
        """A law with a mistake."""
        raise RuntimeError("a mistake")

    wanted = SEARCHES["connection"]
    with without_contracts(), pytest.raises(RuntimeError):
        search(wanted.world(wanted.settings[0], book.laws))


@pytest.mark.parametrize("what", ["events", "decisions"])
def test_an_event_or_decision_that_is_never_reached_fails(what: str) -> None:
    """A search that was to reach more than it does exits 1 and says what is missing."""
    outcome = quickly("connection")
    more: dict[str, Any] = {what: (*getattr(outcome.search, what), "an earthquake")}
    lacking = replace(outcome, search=replace(outcome.search, **more))
    assert [f"{what[:-1]} never reached: an earthquake"] == lacking.missing
    assert 1 == exit_status([lacking])
    assert any("an earthquake" in line for line in report(lacking))


def test_a_law_whose_situation_never_arises_fails() -> None:
    """A law that was never judged holds because nothing happened, and that is no pass."""
    outcome = quickly("connection")
    law = next(iter(outcome.search.laws))
    silent = tuple(replace(each, laws=Counter({**each.laws, law: 0})) for each in outcome.found)
    assert 1 == exit_status([replace(outcome, found=silent)])


def test_a_search_cut_short_is_no_pass() -> None:
    """A search that meets its limit on states is truncated and exits 3."""
    wanted = SEARCHES["connection"]
    with without_contracts():
        found = search(wanted.world_of(wanted.settings[0]), states_max=100)
    outcome = Outcome(wanted, wanted.settings[:1], (found,))
    assert ("truncated", 3) == (outcome.status, exit_status([outcome]))


def test_a_violation_counts_also_beside_a_search_cut_short() -> None:
    """What was found stays found: the exit status is 1."""
    wanted = SEARCHES["connection"]
    cut = Outcome(wanted, wanted.settings[:1], (Findings(truncated=True),))
    outcome = quickly("connection")
    lacking = replace(outcome, search=replace(outcome.search, events=("an earthquake",)))
    assert 1 == exit_status([cut, lacking])


def test_the_contracts_are_back_after_a_search() -> None:
    """Whoever asked for the search may rely on the contracts as before."""
    quickly("agreement")
    idle = connection.new_connection(heartbeats=True)
    with pytest.raises(icontract.ViolationError):
        connection.on_failed(idle, Failure.ERROR, now_us=0)


def test_every_law_serves_a_requirement_that_exists() -> None:
    """The IDs of the laws are those of the registry, and no law is without one."""
    known = {one.id for one in load_registry().requirements}
    assert {} == {name: tags for name, tags in LAWS.items() if not tags or set(tags) - known}


@pytest.mark.parametrize("arguments", [("--only", "nothing"), ("--json", "/no/such/folder/x")])
def test_unusable_arguments_exit_with_2(arguments: tuple[str, ...]) -> None:
    """A search that nobody knows and a file that cannot be written are refused at once."""
    assert 2 == command(*arguments).returncode


def test_the_command_lists_settings_and_laws() -> None:
    """`--list` searches nothing and names every law."""
    done = command("--list")
    assert 0 == done.returncode, done.stderr
    assert [] == [law for law in LAWS if law not in done.stdout]
