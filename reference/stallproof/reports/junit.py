"""The JUnit XML that CI systems show: one suite, its cases, and what the run rests on.

The intuition: of the many dialects this is what all of them read: counts and a time for the suite,
properties first, cases with at most one of `failure`, `error` and `skipped`, output last.

The complication: a scenario judges many requirements at once and others play beside it. So no case
has a time of its own; each says 0, the suite has the time of the whole run, and a property says so.
"""

from xml.etree import ElementTree as ET

from stallproof.judge.report import Report
from stallproof.reports.cases import ROOT, Case, cases_of
from stallproof.reports.lines import visible

_ELEMENTS = {"failed": "failure", "error": "error", "skipped": "skipped"}
_UNDATED = "1970-01-01T00:00:00"
_TIMES = "0 for each case: scenarios judge many requirements at once; the suite has the run's time"


def encode_junit(report: Report) -> bytes:
    """Return `report` as JUnit XML in UTF-8, a newline at the end.

    What XML cannot hold is written as escape sequences (`\\x1b`). A date that is not known is 1970.
    """
    cases = cases_of(report)
    counts = {
        "tests": str(len(cases)),
        "failures": str(_count(cases, "failed")),
        "errors": str(_count(cases, "error")),
    }
    skipped = {"skipped": str(_count(cases, "skipped"))}
    time = f"{float(report.volatile.get('duration_s', 0)):.3f}"
    root = ET.Element("testsuites", {"name": ROOT, "time": time, **counts})
    date = str(report.volatile.get("date", _UNDATED)).removesuffix("Z")
    suite = ET.SubElement(
        root, "testsuite",
        {
            "id": "0", "name": ROOT, "package": ROOT, "time": time, **counts, **skipped,
            "timestamp": visible(date),
            "hostname": visible(str(report.volatile.get("host", "localhost"))),
        },
    )  # fmt: skip
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})
    for case in cases:
        _add(suite, case)
    ET.SubElement(suite, "system-out")
    ET.SubElement(suite, "system-err")
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _count(cases: list[Case], outcome: str) -> int:
    return sum(1 for case in cases if case.outcome == outcome)


def _properties(report: Report) -> dict[str, str]:
    told: dict[str, object] = {
        "stallproof": report.stallproof,
        "law": report.law,
        **{f"implementation.{visible(k)}": v for k, v in report.implementation.items()},
        "profile": report.profile,
        "clock": report.clock,
        "transports": ",".join(report.transports),
        "seed": "" if report.seed is None else report.seed,
        "grace_us": report.grace_us,
        "noise_us": report.noise_us,
        "clock_uncertainty_us": report.clock_uncertainty_us,
        "scenarios": report.scenarios,
        "verdict": report.verdict,
        "without": ",".join(report.without),
        "allowed": ",".join(report.allowed),
        "interrupted": report.interrupted or "",
        "times": _TIMES,
        **{f"volatile.{visible(k)}": v for k, v in report.volatile.items()},
    }
    return {name: str(value) for name, value in told.items()}


def _add(suite: ET.Element, case: Case) -> None:
    names = {"classname": visible(case.group), "name": visible(case.name), "time": "0"}
    element = ET.SubElement(suite, "testcase", names)
    if case.outcome == "passed":
        return
    message = {"message": visible(case.message)}
    kind = {} if case.outcome == "skipped" else {"type": visible(case.kind)}
    told = ET.SubElement(element, _ELEMENTS[case.outcome], {**message, **kind})
    if case.text:
        told.text = "\n".join(visible(line) for line in case.text.split("\n"))
