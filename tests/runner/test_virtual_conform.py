"""`stallproof conform` in virtual time: exact, repeatable to the byte, judged offline alike."""

import json
from pathlib import Path
from typing import Any

import pytest

from stallproof import cli
from stallproof.judge.report import Report
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import load_all
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.conform import conform, decidable
from stallproof.wire.codec import read_trace
from stallproof.wire.events import Requested, ScenarioBegun, TraceBegun
from tests.runner.sut.virtual_bench import REFERENCE, STALL, command_of

SD = frozenset({"SD-1", "SD-2", "SD-3", "SD-4"})


def _conform(
    command: list[str] | tuple[str, ...], selected: frozenset[str] = SD, **more: Any
) -> Report:
    options: dict[str, Any] = {
        "profile": "hardened", "grace_us": None, "jobs": 1, "trace_path": None,
        "progress": lambda step: None, "clock": "virtual",
    }  # fmt: skip
    return conform(command, selected=selected, **options | more)


def _without_volatile(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(path.read_bytes())
    assert report.pop("volatile")
    return report


def test_two_runs_in_virtual_time_are_equal_byte_for_byte(tmp_path: Path) -> None:
    """The trace is the same file, and the report differs in its volatile fields at most."""
    for run in ("first", "second"):
        code = cli.run(
            ["conform", "--clock", "virtual", "--only", "SD,SC,CX", "--json",
             str(tmp_path / f"{run}.json"), "--trace", str(tmp_path / f"{run}.jsonl")]
        )  # fmt: skip
        assert code in (0, 3)
    first, second = ((tmp_path / f"{run}.jsonl").read_bytes() for run in ("first", "second"))
    assert first == second
    reports = [_without_volatile(tmp_path / f"{run}.json") for run in ("first", "second")]
    assert reports[0] == reports[1]


def test_a_trace_in_virtual_time_is_judged_again_to_the_same_verdicts(tmp_path: Path) -> None:
    """Offline equals online, and nothing in the trace is of the wall clock."""
    live, trace, again = (tmp_path / name for name in ("live.json", "run.jsonl", "again.json"))
    cli.run(
        [
            "conform",
            "--clock",
            "virtual",
            "--only",
            "SD",
            "--json",
            str(live),
            "--trace",
            str(trace),
        ]
    )
    cli.run(["check", str(trace), "--json", str(again)])
    first, second = _without_volatile(live), json.loads(again.read_bytes())
    assert first["requirements"] == second["requirements"]
    assert ("virtual", None, 0) == (second["clock"], second["seed"], second["grace_us"])
    header = next(iter(read_trace(trace)))
    assert isinstance(header, TraceBegun)
    assert (0, "virtual") == (header.at_us, header.clock)


def test_the_reference_passes_what_virtual_time_can_decide() -> None:
    """No requirement fails, and those of the send deadline all pass, by every vector for them."""
    report = _conform(REFERENCE)
    assert ("pass", 0, 0, 0) == (
        report.verdict, report.grace_us, report.noise_us, report.clock_uncertainty_us,
    )  # fmt: skip
    assert len([v for v in load_all() if SD & set(v.requirements)]) == report.scenarios
    assert set(report.volatile) == {"duration_s"}


def test_a_mistake_fails_by_its_requirement(tmp_path: Path) -> None:
    """One number of the trace changed, a TIMEOUT one microsecond early, and SD-4 is broken."""
    trace = tmp_path / "run.jsonl"
    _conform(REFERENCE, trace_path=trace)
    lines = trace.read_text().splitlines()
    at = next(k for k, line in enumerate(lines) if '"outcome":"timeout"' in line)
    moment = json.loads(lines[at])["at_us"]
    begin = max(k for k in range(at) if '"event":"scenario",' in lines[k])
    end = next(k for k in range(at, len(lines)) if '"event":"scenario_ended"' in lines[k])
    for k in range(begin, end):
        for event in ("send_ended", "closing", "closed"):
            early = f'"event":"{event}","at_us":{moment - 1},'
            lines[k] = lines[k].replace(f'"event":"{event}","at_us":{moment},', early)
    trace.write_text("\n".join(lines) + "\n")
    again = tmp_path / "again.json"
    assert 1 == cli.run(["check", str(trace), "--json", str(again)])
    verdicts = {r["id"]: r["verdict"] for r in json.loads(again.read_bytes())["requirements"]}
    assert ["SD-4"] == [name for name, verdict in verdicts.items() if verdict == "fail"]


def test_what_virtual_time_cannot_decide_is_left_out_and_named() -> None:
    """Descriptors and TLS do not exist in it: SD-11 and SD-16 are out of scope, SD-12 in half."""
    report = _conform(REFERENCE, frozenset({"SD-3", "SD-11", "SD-12", "SD-16"}))
    assert ["SD-12", "SD-3"] == sorted(report.selected)
    assert "left out: SD-11, SD-16: decided on the real clock only" in report.notes
    assert any("SD-12 says of secure connections" in note for note in report.notes)
    assert frozenset() == decidable(frozenset({"SD-11", "SD-16"}))


def test_without_virtual_time_nothing_is_decided() -> None:
    """An implementation that lacks it is unsupported, which is no pass."""
    report = _conform(command_of("real-only"))
    assert "incomplete" == report.verdict
    chosen = [one for one in report.requirements if one.selected]
    assert {"unsupported"} == {one.verdict for one in chosen}
    assert "virtual_time" in chosen[0].findings[0].explanation
    assert "misbehaving" == report.implementation["name"]


@pytest.mark.parametrize("way", ["good", "fails", "exit"])
def test_one_that_does_nothing_passes_nothing(way: str) -> None:
    """Answers without actions, refusals and breakages are no evidence for anything."""
    report = _conform(command_of(way))
    assert report.verdict != "pass"
    assert [] == [one.id for one in report.requirements if one.verdict == "pass"]


def test_a_broken_harness_is_no_verdict() -> None:
    """The report names the vectors it broke in and says that the others were not played."""
    report = _conform(command_of("early-event"))
    assert "incomplete" == report.verdict
    assert [("protocol", 3, 3)] == [(t.what, t.times, t.scenarios) for t in report.harness]
    assert any("was given up" in note for note in report.notes)
    missing = _conform(["/nowhere/harness"])
    assert ["missing"] == [trouble.what for trouble in missing.harness]
    assert "incomplete" == missing.verdict


@pytest.mark.parametrize(("way", "clock"), [("good", "both"), ("real-only", "real")])
def test_auto_plays_the_vectors_too_where_virtual_time_is_declared(
    way: str, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report says which clocks it rests on, and a note why there were no vectors."""
    monkeypatch.setattr("stallproof.runner.conform.SCENARIOS", ())
    report = _conform(command_of(way), clock="auto", vectors=[STALL])
    assert (clock, int(clock == "both")) == (report.clock, report.scenarios)
    said = "virtual time is not declared: the vectors were not played" in report.notes
    assert (clock == "real") == said
    assert {"duration_s", "jobs", "jobs_why"} == set(report.volatile)
    alone = _conform(command_of(way), clock="real", vectors=[STALL])
    assert ("real", 0) == (alone.clock, alone.scenarios)


def test_named_vectors_are_played_alone(tmp_path: Path) -> None:
    """`--vectors` narrows the play, and the scope to what they speak of."""
    vector = next(v for v in load_all() if "SD-4" in v.requirements)
    trace, out = tmp_path / "run.jsonl", tmp_path / "out.json"
    code = cli.run(["conform", "--vectors", vector.name, "--trace", str(trace), "--json", str(out)])
    assert 0 == code
    report = json.loads(out.read_bytes())
    assert sorted(vector.requirements) == report["selected"]
    begun = [e.name for e in read_trace(trace) if isinstance(e, ScenarioBegun)]
    assert [vector.name] == begun


def test_every_request_of_the_vectors_fits_the_trace() -> None:
    """What a script can say of a request is in the trace, or it could not be judged from there."""
    left_out = {"op", "transport", "kind", "file", "environment", "knobs"}
    left_out |= {"grace_us", "outer_timeouts_us", "margin_us"}
    fields = {name for v in load_all() for step in v.steps if step.do for name in step.do}
    assert fields - left_out <= set(Requested.__struct_fields__)


def test_every_decidable_requirement_is_passed_by_the_reference() -> None:
    """The vectors leave nothing open that virtual time can decide, in either profile."""
    registry = load_registry()
    for profile in ("seed", "hardened"):
        scope = frozenset(one.id for one in registry.applicable(profile))
        report = _conform(REFERENCE, scope, profile=profile)
        open_ones = {
            one.id: one.verdict
            for one in report.requirements
            if one.selected and one.verdict != "pass"
        }
        assert {} == open_ones
        assert "pass" == report.verdict


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "3"], "--seed belongs to --generate"),
        (["--failures", "x"], "--failures belongs to --generate"),
        (["--generate", "0"], "--generate"),
        (["--generate", "x"], "--generate"),
        (["--generate", "5", "--seed", "-1"], "--seed"),
        (["--generate", "5", "--replay", "x.json"], "one of them at a time"),
        (["--generate", "5", "--vectors", "x"], "one of them at a time"),
        (["--replay"], "--replay"),
        (["--clock", "virtual", "--grace-ms", "5"], "--grace-ms"),
        (["--clock", "virtual", "--jobs", "2"], "--jobs"),
        (["--clock", "sundial"], "--clock"),
        (["--clock", "real", "--vectors", "x"], "--clock real"),
        (["--vectors", "no-such-vector"], "no vector is called 'no-such-vector'"),
        (["--clock", "virtual", "--only", "SD-11,SD-16"], "virtual time cannot decide"),
    ],
)
def test_options_that_do_not_go_together_are_unusable(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says what is wrong, nothing is played, and the code is 2."""
    assert 2 == cli.run(["conform", *arguments])
    caught = capsys.readouterr()
    assert "" == caught.out
    assert words in caught.err
    assert 1 == len(caught.err.splitlines())


def test_vectors_that_cannot_be_read_are_the_installations_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The code is 3: neither the arguments nor the implementation are to blame."""
    from stallproof.api import judging
    from stallproof.requirements.vectors import VectorError

    def unreadable() -> list[Vector]:
        raise VectorError("manifest.json: it lists no vector")

    monkeypatch.setattr(judging, "load_all", unreadable)
    assert 3 == cli.run(["conform", "--clock", "virtual"])
    assert "the installed vectors cannot be read: manifest.json" in capsys.readouterr().err
