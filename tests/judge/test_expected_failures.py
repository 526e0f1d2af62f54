"""Expected failures: what the file may say, and what each entry makes of a report."""

from pathlib import Path

import pytest

from stallproof.judge.expected_failures import (
    UNFILED,
    ExpectationsError,
    Known,
    evaluated,
    first_version,
    read_expectations,
)
from stallproof.judge.report import Expectation, HarnessTrouble, Report, Verdict, exit_code
from stallproof.reports.expected import counted
from stallproof.reports.terminal import render
from stallproof.requirements.registry import load_registry
from tests.reports.samples import make_finding, make_judgement, make_report

REGISTRY = load_registry()


def entry(table: str = "expected", **fields: str) -> str:
    """Return one entry as text; a field that is given as an empty text is left out."""
    told = {"requirement": "SD-3", "reason": "why", "link": "unfiled"} | fields
    return f"[[{table}]]\n" + "".join(f'{k} = "{v}"\n' for k, v in told.items() if v != "-")


def known(expected: tuple[str, ...] = (), flaky: tuple[str, ...] = ()) -> Known:
    """Return what a file says that names these requirements."""
    return Known(
        file="known.toml",
        expected=tuple(Expectation(requirement=i, reason="r", link="l") for i in expected),
        flaky=tuple(Expectation(requirement=i, reason="r", link="l") for i in flaky),
    )


def report_of(**verdicts: Verdict) -> Report:
    """Return a report in which SD_1, SD_2 and SD_3 came out as told, `pass` by default."""
    told = {"SD_1": "pass", "SD_2": "pass", "SD_3": "pass"} | verdicts
    judgements = [
        make_judgement(name.replace("_", "-"), verdict)  # type: ignore[arg-type]
        for name, verdict in told.items()
    ]
    failed = "fail" in told.values()
    whole = "fail" if failed else "pass" if set(told.values()) == {"pass"} else "incomplete"
    return make_report(*judgements, verdict=whole)  # type: ignore[arg-type]


def test_a_file_names_who_fails_and_who_may(tmp_path: Path) -> None:
    """Both tables are read, with requirement, reason and link."""
    path = tmp_path / "known.toml"
    path.write_text(entry() + entry("flaky", requirement="SD-1", link="there"))
    read = read_expectations(path, REGISTRY)
    assert ["SD-3"] == [e.requirement for e in read.expected]
    assert [("SD-1", "why", "there")] == [(e.requirement, e.reason, e.link) for e in read.flaky]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[expected]\n", "line 1"),
        ("[[hoped]]\nrequirement = 'SD-3'\n", "'hoped' is none of"),
        ("[expected]\nrequirement = 'SD-3'\n", "two brackets"),
        (entry(requirement="SD-99"), "number 1: no requirement has the ID 'SD-99'"),
        (entry(requirement="sd-3"), "no requirement has the ID 'sd-3'"),
        (entry(reason="-"), "number 1 has to have requirement, reason, link; it has link, req"),
        (entry(link=" "), "link has to be a text"),
        (entry(extra="x"), "it has extra, link"),
        (entry() + entry(), "SD-3 is named twice"),
        (entry() + entry("flaky"), "SD-3 is named twice"),
        (entry(requirement="SD-1") + entry(reason="-"), "number 2 has to have"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_place(
    text: str, says: str, tmp_path: Path
) -> None:
    """The message names the file, the entry and what is wrong with it."""
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(ExpectationsError) as refused:
        read_expectations(path, REGISTRY)
    assert str(path) in str(refused.value)
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A path that cannot be read is refused, not taken for an empty list."""
    with pytest.raises(ExpectationsError, match="No such file"):
        read_expectations(tmp_path / "none.toml", REGISTRY)


@pytest.mark.parametrize(
    ("verdicts", "expected", "flaky", "whole"),
    [
        ({"SD_1": "fail"}, (), (), "fail"),
        ({"SD_1": "fail"}, ("SD-1",), (), "pass"),
        ({"SD_1": "fail"}, (), ("SD-1",), "pass"),
        ({"SD_1": "fail"}, ("SD-2",), (), "fail"),
        ({"SD_1": "fail", "SD_2": "fail"}, ("SD-1",), (), "fail"),
        ({"SD_1": "fail", "SD_2": "fail"}, ("SD-1",), ("SD-2",), "pass"),
        ({}, ("SD-1",), (), "fail"),
        ({}, (), ("SD-1",), "pass"),
        ({"SD_1": "inconclusive"}, ("SD-1",), (), "incomplete"),
        ({"SD_1": "not-exercised"}, (), ("SD-1",), "incomplete"),
        ({"SD_1": "fail", "SD_2": "unsupported"}, ("SD-1",), (), "incomplete"),
        ({"SD_1": "fail", "SD_2": "fail", "SD_3": "fail"}, ("SD-1", "SD-2", "SD-3"), (), "pass"),
    ],
)  # fmt: skip
def test_only_what_is_known_is_excused(
    verdicts: dict[str, Verdict], expected: tuple[str, ...], flaky: tuple[str, ...], whole: str
) -> None:
    """New failures and stale entries fail the run; what is open stays open."""
    assert whole == evaluated(report_of(**verdicts), known(expected, flaky)).verdict


def test_no_verdict_is_masked() -> None:
    """A requirement that is expected to fail stays a failure in the report."""
    report = evaluated(report_of(SD_1="fail"), known(("SD-1",)))
    assert "fail" == report.requirements[0].verdict
    assert 0 == exit_code(report)
    text = render(report, width=100)
    assert "expected, and failed" in text
    assert "PASS: nothing fails but what was known to" in text


def test_a_stale_entry_is_said_and_fails_the_run() -> None:
    """An entry whose requirement passes tells which one is to be deleted."""
    report = evaluated(report_of(), known(("SD-2",)))
    assert 1 == exit_code(report)
    text = render(report, width=100)
    assert "STALE: SD-2" in text
    assert "FAIL: what was expected to fail has passed" in text


def test_no_new_failure_hides_behind_a_stale_entry() -> None:
    """The last line names what nobody expected to fail, and not only the entry to be deleted."""
    report = evaluated(report_of(SD_1="fail"), known(("SD-2",)))
    assert "FAIL: not expected to fail: SD-1; the file is stale" in render(report, width=100)


def test_flaky_is_counted_apart_however_it_came_out() -> None:
    """Neither a flaky failure nor a flaky pass goes uncounted."""
    report = evaluated(report_of(SD_1="fail"), known((), ("SD-1", "SD-2")))
    assert report.expectations is not None
    assert "0 expected, 0 stale, 2 flaky (1 failed)" == counted(report.expectations)


def test_what_is_not_in_scope_is_neither_stale_nor_met() -> None:
    """An entry of a requirement that this run does not judge is set aside, and counted."""
    report = report_of(SD_1="fail")
    report.requirements.append(make_judgement("SC-1", "not-exercised", selected=False))
    met = evaluated(report, known(("SD-1", "SC-1"))).expectations
    assert met is not None
    assert ["SC-1"] == [e.requirement for e in met.left_out]
    assert [] == met.stale


def test_a_broken_harness_is_never_excused() -> None:
    """Whatever was expected, a run with a broken harness is incomplete."""
    trouble = [HarnessTrouble(scenario="s", what="died", detail="d")]
    report = make_report(
        make_judgement("SD-1", "fail"), make_judgement("SD-2"), verdict="fail", harness=trouble
    )
    assert "incomplete" == evaluated(report, known(("SD-1",))).verdict


@pytest.mark.parametrize(
    ("text", "without"),
    [("", ()), ('without = ["tls"]\n', ("tls",)), ('without = ["tls", "tcp"]\n', ("tls", "tcp"))],
)
def test_a_file_names_the_features_that_nobody_wants(
    text: str, without: tuple[str, ...], tmp_path: Path
) -> None:
    """They stand before the tables, none of them needs one."""
    path = tmp_path / "known.toml"
    path.write_text(text)
    assert without == read_expectations(path, REGISTRY).without


@pytest.mark.parametrize("text", ['without = "tls"', "without = [1]", 'without = ["tsl"]'])
def test_a_feature_that_nobody_knows_makes_the_file_unusable(text: str, tmp_path: Path) -> None:
    """A misspelt one would leave out nothing, and say so to nobody."""
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(ExpectationsError, match="without"):
        read_expectations(path, REGISTRY)


def test_the_first_version_excuses_exactly_what_failed(tmp_path: Path) -> None:
    """What is written from a report can be read, and makes the same report pass."""
    said = 'It said "no" \\ \x1b[31m, and\nmore.'
    report = make_report(
        make_judgement("SD-1", "fail", findings=[make_finding(said)]),
        make_judgement("SD-2"),
        verdict="fail",
    )
    path = tmp_path / "known.toml"
    path.write_text(first_version(report))
    read = read_expectations(path, REGISTRY)
    assert [("SD-1", said, UNFILED)] == [(e.requirement, e.reason, e.link) for e in read.expected]
    assert "pass" == evaluated(report, read).verdict
