"""Generated scenarios: what fails is found, shrunk, written, and fails when played again."""

import json
from pathlib import Path

import msgspec
import pytest

from stallproof.cli.vetting import vet_files
from stallproof.judge.offline import check_traces
from stallproof.judge.report import Report
from stallproof.judge.rules.machines import REQUIREMENTS
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import VectorError, read_vector
from tests.generate.generated_bench import (
    DIES,
    FORGETS_ONE_TORN_BYTE,
    HEARTBEAT_AT_THE_INTERVAL,
    LEAVES_THE_TORN_ONE_OPEN,
    NOW_AND_THEN,
    REFERENCE,
    TEXT_IS_A_NUMBER,
    failed,
    generated,
    mutated,
    replayed,
)
from tests.runner.sut.virtual_bench import command_of

CONFIGURED = frozenset(load_registry().select(["CF"]))
SHORT = frozenset({"SD-5", "SD-6", "SD-7", "SD-8", "SC-10"})


def test_the_reference_breaks_nothing(tmp_path: Path) -> None:
    """No script of three hundred finds anything, and nothing is written."""
    report = generated(REFERENCE, 300, tmp_path / "failures")
    assert ([], "pass") == (failed(report), _verdict_of(report, "SD-4"))
    assert not (tmp_path / "failures").exists()


def _verdict_of(report: Report, requirement: str) -> str:
    return next(one.verdict for one in report.requirements if one.id == requirement)


@pytest.mark.parametrize(
    ("mistake", "requirement", "steps_most"),
    [(HEARTBEAT_AT_THE_INTERVAL, "SC-10", 4), (FORGETS_ONE_TORN_BYTE, "SD-6", 4)],
)
def test_a_mistake_is_found_shrunk_and_replayed(
    tmp_path: Path, mistake: tuple[str, str, str], requirement: str, steps_most: int
) -> None:
    """The vector is minimal and in order; it fails again, and passes when the mistake is mended."""
    wrong = mutated(mistake, tmp_path)
    report = generated(wrong, 500, tmp_path / "failures", selected=SHORT)
    assert (["fail"], [requirement]) == ([report.verdict], failed(report))
    (file,) = (tmp_path / "failures").iterdir()
    vector = read_vector(file)
    assert [requirement] == vector.requirements
    assert len(vector.steps) <= steps_most
    assert ([], 1) == vet_files([file])
    assert any(str(file) in note and "generated, seed 1, case" in note for note in report.notes)
    again, mended = replayed(wrong, file), replayed(REFERENCE, file)
    assert ("fail", [requirement]) == (again.verdict, failed(again))
    assert ("pass", [requirement]) == (mended.verdict, mended.selected)


def test_a_mistake_in_reading_is_shrunk_to_one_line_of_a_file(tmp_path: Path) -> None:
    """Of files, variables and keys that were mixed at random, the one that matters is left."""
    wrong = mutated(TEXT_IS_A_NUMBER, tmp_path)
    report = generated(wrong, 150, tmp_path / "failures", selected=CONFIGURED)
    assert ("fail", ["CF-3"]) == (report.verdict, failed(report))
    (file,) = (tmp_path / "failures").iterdir()
    (step,) = read_vector(file).steps
    assert step.do is not None
    assert {"op", "file"} == set(step.do)
    assert [True] == [isinstance(value, str) for value in json.loads(step.do["file"]).values()]
    assert ([], 1) == vet_files([file])
    again, mended = replayed(wrong, file), replayed(REFERENCE, file)
    assert ("fail", ["CF-3"]) == (again.verdict, failed(again))
    assert ("pass", ["CF-3"]) == (mended.verdict, mended.selected)


def test_configurations_are_not_asked_of_those_who_take_none(tmp_path: Path) -> None:
    """All of CF is unsupported then, and none of it is passed."""
    report = generated(tuple(command_of("real-only")), 10, tmp_path, selected=CONFIGURED | {"SD-1"})
    verdicts = {one.id: one.verdict for one in report.requirements if one.selected}
    assert {"unsupported"} == set(verdicts.values())


def test_the_minimal_scenario_is_what_a_reader_sees_first(tmp_path: Path) -> None:
    """Its finding comes before those of the scripts that were generated before it."""
    report = generated(
        mutated(FORGETS_ONE_TORN_BYTE, tmp_path), 400, tmp_path / "failures", selected=SHORT
    )
    findings = next(one.findings for one in report.requirements if one.id == "SD-6")
    assert [True, False] == [one.scenario.startswith("sd-6-") for one in findings[:2]]


def test_the_same_seed_makes_the_same_report(tmp_path: Path) -> None:
    """Reports but for what is volatile, traces and vector files are equal byte for byte."""
    made = []
    wrong = mutated(HEARTBEAT_AT_THE_INTERVAL, tmp_path)
    for run in ("first", "second"):
        folder, trace = tmp_path / "failures", tmp_path / f"{run}.jsonl"
        report = generated(wrong, 400, folder, seed=3, trace_path=trace)
        assert {"duration_s", "scenarios_per_second"} == set(report.volatile)
        plain = msgspec.json.encode(msgspec.structs.replace(report, volatile={}))
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        made.append((plain, trace.read_bytes(), files))
        assert files
    assert made[0] == made[1]
    other = generated(wrong, 400, tmp_path / "other", seed=4)
    assert made[0][0] != msgspec.json.encode(msgspec.structs.replace(other, volatile={}))


def test_the_trace_is_judged_again_to_the_same_verdicts(tmp_path: Path) -> None:
    """Offline, too, the same requirements fail and pass, as often exercised."""
    trace = tmp_path / "run.jsonl"
    wrong = mutated(HEARTBEAT_AT_THE_INTERVAL, tmp_path)
    live = generated(wrong, 300, tmp_path / "failures", trace_path=trace)
    again = check_traces([trace], profile=None, selected=None)
    assert ("virtual", 1) == (again.clock, again.seed)
    assert [(one.id, one.verdict, one.exercised) for one in live.requirements] == [
        (one.id, one.verdict, one.exercised) for one in again.requirements
    ]


def test_what_does_not_fail_again_is_reported_as_such(tmp_path: Path) -> None:
    """An implementation that errs now and then fails, and nothing of it is shrunk."""
    report = generated(mutated(NOW_AND_THEN, tmp_path), 500, tmp_path / "failures", selected=SHORT)
    assert ["SC-10"] == failed(report)
    assert any("did not fail so when it was played again" in note for note in report.notes)


def test_a_harness_that_breaks_ends_the_run(tmp_path: Path) -> None:
    """It is the harness's trouble and nobody's verdict, and the script in question is kept."""
    report = generated(mutated(DIES, tmp_path), 300, tmp_path / "failures")
    assert ([], "incomplete") == (failed(report), report.verdict)
    assert ["died"] == [trouble.what for trouble in report.harness]
    assert 10 < report.scenarios < 300
    assert 1 == len(list((tmp_path / "failures").iterdir()))


def test_a_refusal_that_follows_from_a_break_does_not_end_the_run(tmp_path: Path) -> None:
    """Who leaves open what the law has closed refuses its name, and is judged to the end."""
    wrong = mutated(LEAVES_THE_TORN_ONE_OPEN, tmp_path)
    trace = tmp_path / "run.jsonl"
    report = generated(wrong, 250, tmp_path / "failures", selected=SHORT, seed=4, trace_path=trace)
    assert b"harness_failed" in trace.read_bytes()
    assert (["SD-6"], [], True) == (failed(report), report.harness, report.scenarios > 250)
    assert any("SD-6" in note and "shrunk from" in note for note in report.notes)


def test_who_knows_no_virtual_time_is_not_judged_by_it(tmp_path: Path) -> None:
    """What takes a feature that is declared missing is unsupported, and the report incomplete."""
    report = generated(tuple(command_of("real-only")), 10, tmp_path, selected=SHORT)
    assert ("incomplete", {"unsupported"}) == (
        report.verdict,
        {one.verdict for one in report.requirements if one.selected},
    )


def test_what_no_script_decides_is_left_out_by_name(tmp_path: Path) -> None:
    """It is no part of the verdict, and the notes say so."""
    report = generated(REFERENCE, 20, tmp_path)
    left_out = {*REQUIREMENTS, "SD-11", "SD-16"}
    assert left_out.isdisjoint(report.selected)
    said = f"{', '.join(sorted(left_out))}: left out"
    assert any(note.startswith(said) for note in report.notes)


@pytest.mark.parametrize("damage", ["outcome", "missing", "script"])
def test_a_file_that_expects_what_the_law_does_not_is_not_played(
    tmp_path: Path, damage: str
) -> None:
    """Expectations that differ, that are missing, and a script against the rules are refused."""
    wrong = mutated(FORGETS_ONE_TORN_BYTE, tmp_path)
    generated(wrong, 800, tmp_path / "failures", selected=frozenset({"SD-6"}))
    (file,) = (tmp_path / "failures").iterdir()
    raw = json.loads(file.read_text("utf-8"))
    if damage == "outcome":
        ended = next(d for d in raw["steps"][-1]["expect"] if d["event"] == "send_ended")
        ended["raised"] = not ended["raised"]
    elif damage == "missing":
        del raw["steps"][-1]["expect"]
    else:
        raw["steps"] = raw["steps"][1:]
    file.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(VectorError, match=file.name):
        replayed(REFERENCE, file)


def test_a_file_about_nothing_that_is_selected_is_refused(tmp_path: Path) -> None:
    """A verdict about nothing would pass for one about something."""
    generated(mutated(FORGETS_ONE_TORN_BYTE, tmp_path), 400, tmp_path / "f", selected=SHORT)
    (file,) = (tmp_path / "f").iterdir()
    with pytest.raises(VectorError, match="nothing of what is selected"):
        replayed(REFERENCE, file, selected=frozenset({"AP-1"}))
