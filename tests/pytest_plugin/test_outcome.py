"""How a test comes out, against the exit code of the command line."""

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.expected_failures import Known, evaluated
from stallproof.judge.report import (
    Allowable,
    Expectation,
    Finding,
    HarnessTrouble,
    Judgement,
    Report,
    Standing,
    exit_code,
)
from stallproof.judge.standing import worst
from stallproof.pytest_plugin.outcome import Outcome, outcome_of, outcome_of_run
from stallproof.wire.protocol import TRANSPORTS

STANDINGS: tuple[Standing, ...] = (
    "pass", "pass", "fail", "inconclusive", "not-exercised", "unsupported", "left-out",
)  # fmt: skip
OPEN: tuple[Allowable, ...] = ("inconclusive", "not-exercised", "unsupported")
Cells = dict[str, dict[str, Standing]]
"""How each situation came out on each transport; "": on none."""
IDS = ("SD-1", "SD-2", "SD-3")


def scenarios_on(scenario: str) -> Collection[str]:
    """Each finding of these reports names its transport."""
    return (scenario,) if scenario in TRANSPORTS else ()


def judged(name: str, cells: Cells) -> Judgement:
    """Return a judgement by the standing of each situation on each transport; "": on none."""
    standings = {situation: worst(there.values()) for situation, there in cells.items()}
    on = {
        transport: worst([there[transport] for there in cells.values() if transport in there])
        for transport in TRANSPORTS
        if any(transport in there for there in cells.values())
    }
    verdict = worst(standings.values())
    return Judgement(
        id=name, title="A title", level="MUST", profile="seed", exercised=1, selected=True,
        verdict="unsupported" if verdict == "left-out" else verdict,
        findings=[
            Finding(scenario=transport, explanation=f"It is {standing} {transport}.")
            for there in cells.values()
            for transport, standing in there.items()
            if standing != "pass"
        ],
        standings=standings,
        transports=on,
    )  # fmt: skip


def report_of(
    *judgements: Judgement,
    allowed: Collection[Allowable] = (),
    expected: Collection[str] = (),
    flaky: Collection[str] = (),
    harness: Collection[HarnessTrouble] = (),
    interrupted: str | None = None,
) -> Report:
    """Return the report of a run with these judgements."""
    entries = {
        one: Expectation(requirement=one, reason="we know", link="unfiled")
        for one in (*expected, *flaky)
    }
    known = Known(
        file="known.toml",
        expected=tuple(entries[one] for one in expected),
        flaky=tuple(entries[one] for one in flaky),
    )
    report = Report(
        schema="stallproof.report/1", verdict="pass", profile="hardened", implementation={},
        selected=[], grace_us=0, noise_us=0, clock_uncertainty_us=0, scenarios=1,
        harness=list(harness), requirements=list(judgements), allowed=list(allowed),
        interrupted=interrupted,
    )  # fmt: skip
    return evaluated(report, known)


def outcomes(report: Report) -> dict[tuple[str, str | None], Outcome]:
    """Return the outcome of each test of the report's requirements."""
    return {
        (one.id, transport): outcome_of(report, one.id, transport, scenarios_on)
        for one in report.requirements
        for transport in (*TRANSPORTS, None)
    }


CELLS = st.dictionaries(
    st.sampled_from(["first", "second"]),
    st.dictionaries(
        st.sampled_from(["", *TRANSPORTS]), st.sampled_from(STANDINGS), min_size=1, max_size=3
    ),
    min_size=1,
)


@given(
    cells=st.lists(CELLS, min_size=1, max_size=3),
    allowed=st.sets(st.sampled_from(OPEN)),
    known=st.lists(st.sampled_from(["expected", "flaky", None]), min_size=3, max_size=3),
    breaks=st.booleans(),
    interrupted=st.sampled_from([None, None, "by SIGINT"]),
)
def test_the_tests_are_green_exactly_where_the_exit_code_is_zero(
    cells: list[Cells],
    allowed: set[Allowable],
    known: list[str | None],
    breaks: bool,
    interrupted: str | None,
) -> None:
    """Whatever comes out where, one test at least fails unless the whole is a PASS."""
    names = IDS[: len(cells)]
    named = dict(zip(names, known, strict=False))
    trouble = HarnessTrouble(scenario="s", what="crashed", detail="d")
    report = report_of(
        *map(judged, names, cells),
        allowed=allowed,
        expected=[one for one in names if named[one] == "expected"],
        flaky=[one for one in names if named[one] == "flaky"],
        harness=[trouble] if breaks else [],
        interrupted=interrupted,
    )
    kinds = [one.kind for one in (outcome_of_run(report), *outcomes(report).values())]
    assert (exit_code(report) == 0) == ("failed" not in kinds)


def test_a_failure_shows_on_its_transport_with_its_own_findings() -> None:
    """The other transport is green, and the whole says where to look."""
    report = report_of(judged("SD-1", {"first": {"unix": "pass", "tcp": "fail"}}))
    found = outcomes(report)
    assert found["SD-1", "unix"].kind == "passed"
    assert found["SD-1", "tcp"].kind == "failed"
    assert "It is fail tcp." in found["SD-1", "tcp"].why
    assert found["SD-1", "tls"] == ("skipped", "nothing of it was judged over tls alone")
    assert found["SD-1", None].kind == "skipped"
    assert "fail on tcp" in found["SD-1", None].why


def test_what_shows_on_no_transport_fails_the_whole() -> None:
    """A failure that no transport has is not lost."""
    report = report_of(judged("SD-1", {"first": {"unix": "pass"}, "second": {"": "fail"}}))
    found = outcomes(report)
    assert found["SD-1", "unix"].kind == "passed"
    assert found["SD-1", None].kind == "failed"


def test_what_is_left_open_fails_unless_it_is_allowed() -> None:
    """INCOMPLETE is not green, and the message says what would make a skip of it."""
    cells: Cells = {"first": {"": "inconclusive"}}
    strict = outcomes(report_of(judged("SD-1", cells)))["SD-1", None]
    assert strict.kind == "failed"
    assert "--stallproof-allow inconclusive makes this a skip" in strict.why
    other = judged("SD-2", {"first": {"": "pass"}})
    allowing = report_of(judged("SD-1", cells), other, allowed=["inconclusive"])
    assert outcomes(allowing)["SD-1", None].kind == "skipped"


def test_a_known_failure_is_expected_strictly() -> None:
    """It may fail, it may not pass; what is flaky may do both."""
    broken: Cells = {"first": {"": "fail"}}
    whole: Cells = {"first": {"": "pass"}}
    failing = report_of(judged("SD-1", broken), expected=["SD-1"])
    assert outcomes(failing)["SD-1", None] == ("xfailed", "we know [unfiled]")
    passing = outcomes(report_of(judged("SD-1", whole), expected=["SD-1"]))["SD-1", None]
    assert passing.kind == "failed"
    assert passing.why.startswith("[XPASS(strict)] SD-1 passed")
    for cells, kind in ((broken, "xfailed"), (whole, "passed")):
        report = report_of(judged("SD-1", cells), flaky=["SD-1"])
        assert outcomes(report)["SD-1", None].kind == kind


def test_what_a_harness_says_cannot_command_the_terminal() -> None:
    """Control characters are shown and not obeyed."""
    trouble = HarnessTrouble(scenario="s", what="crashed", detail="\x1b[2J")
    outcome = outcome_of_run(report_of(judged("SD-1", {"first": {"": "pass"}}), harness=[trouble]))
    assert outcome.kind == "failed"
    assert "\\x1b[2J" in outcome.why
