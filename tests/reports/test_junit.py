"""The JUnit XML: the widespread schema, what is red, what is skipped, and hostile names."""

import re
from xml.etree import ElementTree as ET

import msgspec
import pytest

from stallproof.judge.report import Expectation, Expectations, Finding, HarnessTrouble, Report
from stallproof.judge.whole import weighed
from stallproof.reports.junit import encode_junit
from tests.reports.built import hostile, huge
from tests.reports.samples import make_finding, make_judgement, make_report

SUITE_COUNTS = ("tests", "failures", "errors")
SHAPES: dict[str, tuple[set[str], set[str], str]] = {
    "testsuites": ({"name", *SUITE_COUNTS}, {"time"}, "(testsuite )+"),
    "testsuite": (
        {"id", "name", "package", "timestamp", "hostname", "time", *SUITE_COUNTS},
        {"skipped"},
        "properties (testcase )*system-out system-err ",
    ),
    "properties": (set(), set(), "(property )*"),
    "property": ({"name", "value"}, set(), ""),
    "testcase": ({"name", "classname", "time"}, set(), "((skipped|failure|error) )?"),
    "failure": ({"type"}, {"message"}, ""),
    "error": ({"type"}, {"message"}, ""),
    "skipped": (set(), {"message"}, ""),
    "system-out": (set(), set(), ""),
    "system-err": (set(), set(), ""),
}
"""Each element's attributes, those that it must and those that it may have, and its children.

This is the schema that most readers of JUnit XML share, as a table."""


def problems(root: ET.Element) -> list[str]:
    """Return where `root` or anything in it is not of its shape, and where a count is wrong."""
    found = []
    for one in root.iter():
        must, may, children = SHAPES[one.tag]
        if not must <= set(one.attrib) <= must | may:
            found.append(f"{one.tag} has {sorted(one.attrib)}")
        inside = "".join(f"{child.tag} " for child in one)
        if re.fullmatch(children, inside) is None:
            found.append(f"{one.tag} holds {inside}")
    for one in (root, *root.iter("testsuite")):
        kinds = {"tests": "testcase", "failures": "failure", "errors": "error"}
        kinds |= {"skipped": "skipped"} if "skipped" in one.attrib else {}
        for count, tag in kinds.items():
            if int(one.attrib[count]) != len(list(one.iter(tag))):
                found.append(f"{one.tag}: {count} is {one.attrib[count]}")
    return found


def read(report: Report) -> ET.Element:
    """Return the XML of `report`, read again by a parser; it has to be of the shape."""
    root = ET.fromstring(encode_junit(report))
    assert [] == problems(root)
    return root


def outcomes(report: Report) -> dict[str, str]:
    """Return how each case came out, by its name: a tag, or passed."""
    cases = list(read(report).iter("testcase"))
    told = {case.attrib["name"]: case[0].tag if len(case) else "passed" for case in cases}
    assert len(told) == len(cases), "two cases have one name"
    return told


def broken_on_tls() -> Report:
    """Return a report of one requirement that fails on tls alone."""
    finding = msgspec.structs.replace(make_finding(), transports=["tls"])
    judged = make_judgement("SD-3", "fail", title="In time", findings=[finding])
    judged = msgspec.structs.replace(judged, transports={"unix": "pass", "tls": "fail"})
    return make_report(judged, verdict="fail")


def test_there_is_a_case_for_each_transport_and_one_for_the_whole() -> None:
    """What passes on one transport is green beside what fails on another."""
    assert {
        "SD-3 [unix] In time": "passed",
        "SD-3 [tls] In time": "failure",
        "the whole": "failure",
    } == outcomes(broken_on_tls())


def test_a_failure_tells_why_and_shows_the_events() -> None:
    """Message, type and text are what a viewer shows; the group is the class."""
    (failure,) = read(broken_on_tls()).findall(".//testcase[@classname='stallproof.SD']/failure")
    assert "violation" == failure.attrib["type"]
    assert "The send ended 654.3 ms too late." == failure.attrib["message"]
    assert failure.text is not None
    assert "never-reads-unix/1:" in failure.text
    assert "+1,205.300 ms  impl    send_ended:" in failure.text


def test_a_failure_that_no_transport_shows_is_still_red() -> None:
    """A requirement whose verdict none of its transports has gets a case of its own."""
    judged = make_judgement("SD-3", "fail", title="In time", findings=[make_finding()])
    judged = msgspec.structs.replace(judged, transports={"unix": "pass"})
    told = outcomes(make_report(judged, verdict="fail"))
    assert ("failure", "passed") == (told["SD-3 In time"], told["SD-3 [unix] In time"])


@pytest.mark.parametrize("standing", ["inconclusive", "not-exercised", "unsupported", "left-out"])
def test_what_was_not_judged_is_skipped_with_its_reason(standing: str) -> None:
    """The reason is the first finding of its kind, or what nobody wanted."""
    tells = {"not-exercised": "gap", "left-out": "note"}.get(standing, standing)
    finding = Finding(scenario="", explanation="Because.", tells=tells)  # type: ignore[arg-type]
    verdict = "unsupported" if standing == "left-out" else standing
    judged = make_judgement("SD-3", verdict, title="T", findings=[finding])  # type: ignore[arg-type]
    judged = msgspec.structs.replace(judged, standings={"x": standing})
    report = msgspec.structs.replace(make_report(judged), without=["tls"], verdict="incomplete")
    case = read(report).find(".//testcase[@name='SD-3 T']/skipped")
    assert case is not None
    says = "left out, without tls" if standing == "left-out" else f"{standing}: Because."
    assert says == case.attrib["message"]


def test_what_is_incomplete_is_red_although_every_case_is_skipped() -> None:
    """The file is never green where the exit code is not 0."""
    report = make_report(make_judgement("SD-3", "unsupported"), verdict="incomplete")
    assert "error" == outcomes(report)["the whole"]
    assert "passed" == outcomes(make_report(make_judgement()))["the whole"]


def test_trouble_with_the_harness_is_an_error_and_no_failure() -> None:
    """It has a class of its own, and is no verdict."""
    trouble = HarnessTrouble(scenario="s/1", what="garbage", detail="It printed.", times=3)
    report = make_report(make_judgement(), verdict="incomplete", harness=[trouble])
    assert "error" == outcomes(report)["s/1: garbage (3 times)"]


def test_expected_failures_are_skipped_and_stale_entries_are_red() -> None:
    """A known failure says its reason; one that passed says that its entry has to go."""

    def entry(name: str) -> Expectation:
        return Expectation(requirement=name, reason="slow disk", link="L-7")

    judged = [make_judgement("SD-3", "fail", title="T"), make_judgement("SD-4", title="U")]
    judged[1] = msgspec.structs.replace(judged[1], transports={"unix": "pass"})
    met = Expectations(
        file="known.toml", expected=[entry("SD-3")], stale=[entry("SD-4")], flaky_failed=[],
        flaky_passed=[], unresolved=[], left_out=[],
    )  # fmt: skip
    report = msgspec.structs.replace(make_report(*judged), expectations=met)
    report = weighed(report, excused=frozenset({"SD-3"}), stale=True)
    told = outcomes(report)
    assert ("skipped", "failure") == (told["SD-3 T"], told["SD-4 U"])
    assert "passed" == told["SD-4 [unix] U"]
    skipped = read(report).find(".//skipped")
    assert skipped is not None
    assert "expected to fail: slow disk [L-7]" == skipped.attrib["message"]


def test_the_properties_say_what_the_run_rests_on() -> None:
    """Versions, implementation, clock, noise and seed; and that no case has a time of its own."""
    report = msgspec.structs.replace(make_report(make_judgement()), seed=7, law="1+ab", grace_us=9)
    root = read(report)
    told = {one.attrib["name"]: one.attrib["value"] for one in root.iter("property")}
    assert ("demo", "7", "1+ab", "9", "1234") == tuple(
        told[name] for name in ("implementation.name", "seed", "law", "grace_us", "noise_us")
    )
    assert told["times"].startswith("0 for each case")
    assert {"0"} == {case.attrib["time"] for case in root.iter("testcase")}
    assert ["41.200"] == [one.attrib["time"] for one in root.iter("testsuite")]


@pytest.mark.parametrize("report", [hostile(), huge()], ids=["hostile", "huge"])
def test_no_name_and_no_number_of_findings_breaks_the_xml(report: Report) -> None:
    """A parser reads all of it, and no control character but the line's end is in it."""
    root = read(report)
    texts = [text for one in root.iter() for text in (*one.attrib.values(), one.text or "")]
    assert all(mark.isprintable() or mark == "\n" for text in texts for mark in text)
    assert "failure" in outcomes(report).values()
