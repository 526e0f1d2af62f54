"""Mutants before generated scripts: who is killed, who is not asked, what is kept and shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.generated import kept, lines, page
from proofs.mutants.generated.play import NOTHING, UNREACHED, Fate, Played, is_of_an_implementation
from proofs.mutants.mutant import ROOT
from tests.proofs.mutant_sample import LATE

COUNT = 30
SPEAKS_LESS = replace(
    LATE, id="speaks-less", old="        return after, End(Outcome.TIMEOUT, True)\n",
    new="        return after, End(Outcome.TIMEOUT, bool(1))\n",
)  # fmt: skip


@pytest.fixture(scope="module")
def played() -> Played:
    """Thirty scripts, for every test."""
    return Played(COUNT, 1, is_swarm=True)


def test_a_mutant_is_killed_by_the_first_script_that_breaks_something(played: Played) -> None:
    """The deadline of every send comes from another knob."""
    fate = played.fate_of(LATE)
    assert 0 < fate.script <= COUNT
    assert {"SD-1", "SD-2", "SD-4"} & {*fate.broken}
    assert fate.is_known(1000)


def test_what_changes_nothing_is_never_killed(played: Played) -> None:
    """It was played to the end, and more scripts may tell more."""
    fate = played.fate_of(SPEAKS_LESS)
    assert Fate(played=COUNT) == fate
    assert (True, False) == (fate.is_known(COUNT), fate.is_known(COUNT + 1))
    assert Fate(played=COUNT) == played.fate_of(SPEAKS_LESS, fate)


def test_what_no_script_runs_is_not_played(played: Played) -> None:
    """TLS does not exist in virtual time; what does not fit is no fate either."""
    secure = next(one for one in MUTANTS.values() if one.file.endswith("drivers/tls_connection.py"))
    assert UNREACHED == played.fate_of(secure).why
    assert "does not fit" in played.fate_of(replace(LATE, old="no such text")).why


def test_only_mutants_of_implementations_are_asked() -> None:
    """The reference and the examples; neither the judge nor the models."""
    files = {one.file.split("/")[0] for one in MUTANTS.values() if is_of_an_implementation(one)}
    assert {"reference", "tests"} == files
    assert not is_of_an_implementation(
        replace(LATE, file="reference/stallproof/judge/rules/wire.py")
    )


def test_a_line_beside_an_insertion_counts_as_changed() -> None:
    """The statement that is changed has to be run, or one of those beside what is put in."""
    text = (ROOT / LATE.file).read_text("utf-8")
    place = text[: text.index(LATE.old)].count("\n") + 1
    assert lines.is_reached(LATE, {LATE.file: {place}})
    assert not lines.is_reached(LATE, {LATE.file: {1}})
    assert not lines.is_reached(LATE, {})
    inserted = replace(LATE, new="pass\n    " + LATE.old)
    assert lines.is_reached(inserted, {LATE.file: {place}})


def test_what_was_played_is_kept(tmp_path: Path) -> None:
    """Each series under its name, and none where nothing was kept."""
    series = {"swarm 1": {"one": Fate(3, ("SD-1",)), "two": Fate(played=5)}, "plain 1": {}}
    kept.write(series, tmp_path / "generated.json")
    assert series == kept.load(tmp_path / "generated.json")
    assert {} == kept.load(tmp_path / "none.json")
    assert NOTHING.played == 0


def test_the_page_counts_and_names_who_is_never_killed() -> None:
    """Of mutants that all series have: how many are killed when, and why the rest is not."""
    found = replace(LATE, id="found", caught_by=("vectors:SD-1",))
    unseen, other = replace(LATE, id="unseen"), replace(LATE, id="other")
    series = {
        "plain 1": {"late": Fate(31), "found": Fate(played=9), "unseen": Fate(played=9)},
        "swarm 1": {"late": Fate(9), "found": NOTHING, "unseen": NOTHING, "other": Fate(2)},
    }
    text = page.document([LATE, found, unseen, other], series)
    assert "| plain 1 | 0 | 0 | 1 | 1 | 1 | 3 |" in text
    assert "| swarm 1 | 1 | 1 | 1 | 1 | 1 | 3 |" in text
    missed, seen = text.split("### Missed")[1].split("### Not seen")
    assert "`found`" in missed
    assert "`unseen`" in seen
    assert "`other`" not in text
