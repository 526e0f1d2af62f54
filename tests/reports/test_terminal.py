"""What a person reads in a terminal, a pipe and a narrow window."""

import unicodedata

import msgspec
import pytest

from stallproof.judge.evaluate import IN_THIS_RUN
from stallproof.judge.report import Finding, HarnessTrouble, Report, Verdict
from stallproof.judge.standing import INSTEAD, LACKS, NOT_PLAYED
from stallproof.reports.ranges import ranges
from stallproof.reports.terminal import EVENTS_MAX, render
from stallproof.reports.undecided import REASONS_MAX
from stallproof.wire.events import PeerUnread
from tests.reports.built import hostile
from tests.reports.samples import STALL, make_finding, make_judgement, make_report

VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "inconclusive", "not-exercised", "unsupported")


def _failing() -> Report:
    return make_report(make_judgement(verdict="fail", findings=[make_finding()]), verdict="fail")


def test_every_verdict_is_a_word_and_not_only_a_colour() -> None:
    """Each of the five verdicts can be read without colour."""
    judgements = [make_judgement(f"SD-{n}", verdict) for n, verdict in enumerate(VERDICTS, 1)]
    text = render(make_report(*judgements), width=100)
    rows = {line.split()[0]: line for line in text.splitlines() if line.strip().startswith("SD-")}
    for judgement in judgements:
        assert judgement.verdict in rows[judgement.id].split()


def test_a_pipe_gets_no_terminal_codes() -> None:
    """Without colour nothing that a terminal obeys is in the text; with colour there is."""
    assert "\x1b" not in render(_failing(), width=100)
    assert "\x1b[" in render(_failing(), width=100, color=True)


@pytest.mark.parametrize("width", [40, 41, 60, 89, 90, 100, 200])
def test_no_line_is_wider_than_asked(width: int) -> None:
    """The report keeps to its width however long the words in it are."""
    finding = make_finding("long " * 40 + "x" * 300)
    report = make_report(
        make_judgement(verdict="fail", findings=[finding], title="Title " * 12),
        harness=[HarnessTrouble(scenario="s/1", what="garbage", detail="y" * 200)],
        notes=["z" * 200],
    )
    lines = render(report, width=width).splitlines()
    assert max(len(line) for line in lines) <= width


def test_a_terminal_narrower_than_the_least_still_shows_all_verdicts() -> None:
    """A width of one column is laid out as the least width, not refused."""
    assert "fail" in render(_failing(), width=1)


def test_evidence_is_told_in_the_order_of_time_from_its_first_event() -> None:
    """Events are sorted by their times, which count from the first one in milliseconds."""
    lines = render(_failing(), width=120).splitlines()
    evidence = [line.split() for line in lines if " ms " in line and line.strip()[0] == "+"]
    assert [words[0] for words in evidence] == ["+0.000", "+1.000", "+1.900", "+1,205.300"]
    assert [words[2] for words in evidence] == ["peer", "oracle", "impl", "impl"]


def test_equal_explanations_are_told_once_with_their_number() -> None:
    """Three repetitions that say the same take one paragraph."""
    report = make_report(make_judgement(verdict="fail", findings=[make_finding()] * 3))
    text = render(report, width=120)
    assert text.count("654.3 ms too late") == 1
    assert "(3 times)" in text


def test_findings_that_differ_in_numbers_and_places_are_told_once_with_their_places() -> None:
    """One stands for repetitions and transports; what else happened in a run makes no new one."""
    findings = [
        Finding(
            scenario=f"trickles-{transport} #{n}",
            explanation=f"In never-reads-{transport} send {n} was {n}.5 ms late.{jumped}",
            events=list(STALL),
        )
        for transport in ("unix", "tcp")
        for n, jumped in ((1, ""), (2, f"{IN_THIS_RUN}the wall clock jumped."))
    ]
    situations = {"never-reads-unix": 2, "never-reads-tcp": 2}
    judged = make_judgement(verdict="fail", findings=findings, situations=situations)
    text = render(make_report(judged, verdict="fail"), width=140)
    assert 1 == text.count("ms late.")
    assert "VIOLATION in trickles-unix #1, #2, trickles-tcp #1, #2 (4 times): In nev" in text
    assert 1 == text.count("send_started")


def test_each_root_is_told_with_its_events_and_a_consequence_without() -> None:
    """Two violations that say different things are two, in one requirement as in several."""
    findings = [make_finding("It was late."), make_finding("It was early.")]
    follows = msgspec.structs.replace(make_finding("So was this."), tells="consequence", of="SD-3")
    text = render(
        make_report(
            make_judgement("SD-3", "fail", findings=findings),
            make_judgement("SD-4", "fail", findings=[follows, make_finding("It was early.")]),
            verdict="fail",
        ),
        width=140,
    )
    assert 2 == text.count("send_started")
    assert "CONSEQUENCE of SD-3 in never-reads-unix/1: So was this." in text
    assert "VIOLATION: the same as under SD-3." in text


@pytest.mark.parametrize(
    ("verdict", "follows", "times"),
    [("fail", [], 1), ("fail", ["SD-5"], 0), ("not-exercised", [], 0)],
)
def test_a_root_comes_with_its_law_and_nothing_else_does(
    verdict: Verdict, follows: list[str], times: int
) -> None:
    """A log of CI is read where no other file is at hand; what follows is not to be mended."""
    judged = msgspec.structs.replace(
        make_judgement("SD-3", verdict, findings=[make_finding()]), follows=follows
    )
    text = render(make_report(judged, verdict="fail"), width=140)
    assert times == text.count("The law: ")


def test_many_reasons_are_counted_and_what_nobody_allowed_comes_first() -> None:
    """The log stays short whatever there is to say."""
    judged = [
        make_judgement("SD-1", "unsupported", findings=[
            Finding(scenario="", explanation=f"'x'. {LACKS} {'a' * n}.", tells="unsupported")
            for n in range(1, REASONS_MAX + 3)
        ]),
        make_judgement("SD-2", "inconclusive", findings=[
            Finding(scenario="s", explanation="Noise of 9 ms.", tells="inconclusive")] * 2),
    ]  # fmt: skip
    report = msgspec.structs.replace(make_report(*judged), allowed=["unsupported"])
    text = render(report, width=140)
    lines = text[text.index("Not judged:") :].splitlines()
    assert lines[1].strip() == "- inconclusive: Noise of 9 ms (2 findings of SD-2)"
    assert lines[REASONS_MAX + 1].startswith("  - and 3 more reasons")


def test_long_evidence_is_cut_and_says_so() -> None:
    """More events than fit are counted, and the JSON report is named."""
    events = [PeerUnread(at_us=n, conn="a", unread_bytes=n) for n in range(EVENTS_MAX + 7)]
    finding = Finding(scenario="s/1", explanation="Too much.", events=list(events))
    text = render(make_report(make_judgement(verdict="fail", findings=[finding])), width=120)
    assert text.count("peer_unread") == EVENTS_MAX
    assert "7 more events" in text


def test_what_comes_from_outside_is_neither_markup_nor_obeyed() -> None:
    """Escape codes, line ends and brackets in foreign text are shown, not carried out."""
    report = make_report(
        make_judgement(verdict="fail", findings=[make_finding("a\x1b[31mb\nc [bold]d[/bold]")])
    )
    for color in (False, True):
        assert "a\\x1b[31mb\\nc [bold]d[/bold]" in render(report, width=120, color=color)


def test_every_character_of_a_report_can_be_printed() -> None:
    """No control character but the line end reaches the terminal, whatever a harness says."""
    foreign = "".join(chr(code) for code in range(256))
    report = make_report(
        make_judgement(verdict="fail", findings=[make_finding(foreign)], title=foreign),
        harness=[HarnessTrouble(scenario=foreign, what=foreign, detail=foreign)],
        notes=[foreign],
    )
    for one in (report, hostile()):
        kinds = {unicodedata.category(mark) for mark in render(one, width=80) if mark != "\n"}
        assert set() == kinds & {"Cc", "Cf", "Cs"}


def test_ten_thousand_findings_that_are_alike_are_one_paragraph() -> None:
    """However many numbers they differ in, what follows stays short."""
    findings = [make_finding(f"The send ended {n}.3 ms too late.") for n in range(10_000)]
    report = make_report(make_judgement(verdict="fail", findings=findings), verdict="fail")
    text = render(report, width=100)
    assert "(10000 times)" in text
    assert len(text.splitlines()) < 30


def test_a_broken_harness_is_told_apart_from_the_requirements() -> None:
    """Harness troubles have a paragraph of their own that says they are no verdict."""
    trouble = HarnessTrouble(scenario="s/1", what="garbage", detail="It printed <html>.")
    text = render(make_report(verdict="incomplete", harness=[trouble]), width=100)
    assert "no verdict on the implementation" in text
    assert "s/1: garbage: It printed <html>." in text


def test_what_was_not_asked_for_is_one_line() -> None:
    """Requirements out of scope have no row, and are named in short."""
    finding = make_finding("Not selected for this run.")
    others = [
        make_judgement(f"AP-{n}", "not-exercised", selected=False, findings=[finding])
        for n in range(1, 15)
    ]
    text = render(make_report(make_judgement(), *others), width=100)
    assert "Out of scope in this run: AP-1 to AP-14." in text
    assert "not-exercised" not in text
    assert "Not selected" not in text


@pytest.mark.parametrize(
    ("verdict", "word", "code"), [("pass", "PASS", 0), ("fail", "FAIL", 1), ("incomplete", "IN", 3)]
)
def test_the_last_line_says_the_verdict_and_the_exit_code(
    verdict: str, word: str, code: int
) -> None:
    """The whole verdict and what the exit code will be end the report."""
    report = make_report(make_judgement(), verdict=verdict)  # type: ignore[arg-type]
    last = render(report, width=120).splitlines()[-1]
    assert last.startswith(word)
    assert last.endswith(f"(exit code {code})")


def test_the_summary_counts_verdicts_and_states_the_conditions() -> None:
    """Counts, grace, noise and duration are stated."""
    text = render(make_report(make_judgement(), make_judgement("SD-4", "fail")), width=100)
    assert "1 pass, 1 fail; 30 scenarios" in text
    assert "grace 50.000 ms, noise 1.234 ms" in text
    assert "duration 41.2 s, jobs 4" in text


def test_a_report_about_nothing_is_readable() -> None:
    """A run in which nothing was judged says so."""
    assert "nothing was judged" in render(make_report(verdict="incomplete"), width=100)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([], ""),
        (["SD-1"], "SD-1"),
        (["SD-1", "SD-2"], "SD-1, SD-2"),
        (["SD-1", "SD-2", "SD-3", "SD-5"], "SD-1 to SD-3, SD-5"),
        (["SD-9", "SD-10", "SD-11", "AP-12"], "SD-9 to SD-11, AP-12"),
    ],
)
def test_ids_in_a_row_are_named_by_their_ends(ids: list[str], expected: str) -> None:
    """Three or more neighbours of one group become a range."""
    assert expected == ranges(ids)


def gap(text: str) -> Finding:
    """Return a situation that was not witnessed, for the reason `text`."""
    return Finding(scenario="", explanation=f"'x' was not witnessed: y. {text}", tells="gap")


def test_what_was_not_witnessed_is_one_line_a_reason() -> None:
    """Who allows it wants the number; who does not is told what happened instead."""
    judged = [
        make_judgement("SD-1", "not-exercised", findings=[gap(NOT_PLAYED)] * 2),
        make_judgement("SD-2", "not-exercised", findings=[gap(f"{INSTEAD} an error.")]),
    ]
    report = make_report(*judged, verdict="incomplete")
    text = render(report, width=140)
    assert "not exercised: nothing was played that brings it about (2 situations of SD-1)" in text
    assert "not exercised: instead an error (1 situation of SD-2)" in text
    told = render(msgspec.structs.replace(report, allowed=["not-exercised"]), width=140)
    says = "not exercised (allowed): "
    assert f"{says}nothing was played that brings it about (2 situations of SD-1)" in told
    assert f"{says}something else happened instead (the JSON report says what) (1 sit" in told


def test_one_byte_and_many_are_the_same_mistake() -> None:
    """The plural of a word makes no paragraph of its own."""
    findings = [make_finding(f"It had {left} left.") for left in ("1 byte", "7 bytes")]
    text = render(make_report(make_judgement("SD-2", "fail", findings=findings)), width=140)
    assert 1 == text.count("left.")
    assert "(2 times): It had 1 byte left." in text


def test_what_happened_instead_is_one_reason_whatever_the_scenario() -> None:
    """The same in three scenarios is told once, with the place of the first."""
    instead = f"{INSTEAD} in never-reads-tcp (3 times) the send ended with ok after 7 ms"
    places = ("never-reads-tcp (3 times)", "never-reads-unix (12 times)", "trickles")
    gaps = [gap(instead.replace("never-reads-tcp (3 times)", place)) for place in places]
    report = make_report(make_judgement("SD-1", "not-exercised", findings=gaps))
    told = "instead in never-reads-tcp (3 times) the send ended with ok after 7 ms (3 situations"
    assert f"not exercised: {told} of SD-1)" in render(report, width=160)


def test_an_incomplete_report_names_what_would_leave_out_the_unsupported() -> None:
    """It is the whole option, with what was left out already; who lacks decide lacks machines."""

    def lacking(features: str) -> Finding:
        return Finding(scenario="", explanation=f"'x'. {LACKS} {features}.", tells="unsupported")

    judged = [
        make_judgement("SD-1", "unsupported", findings=[lacking("tls"), lacking("tcp, tls")]),
        make_judgement("SG-1", "unsupported", findings=[lacking("decide, start_gate")]),
        make_judgement("SC-1", "unsupported", selected=False, findings=[lacking("monitor")]),
    ]
    report = make_report(*judged, verdict="incomplete")
    report = msgspec.structs.replace(report, without=["give_up"], why=["unsupported"])
    text = render(report, width=100)
    assert "What is unsupported is left out by: --without decide,give_up,tcp,tls\n" in text
    allowed = msgspec.structs.replace(report, allowed=["unsupported"])
    assert "left out by" not in render(allowed, width=100)
    only = msgspec.structs.replace(report, requirements=report.requirements[1:2], without=[])
    assert "--without decide\n" in render(only, width=100)
