"""The oracle against the real NVFlare: what must come out of a run, whatever the races bring.

The interpreters of environments with NVFlare are named by STALLPROOF_NVFLARE_PYTHON; `make test`
makes them. Only verdicts that do not hang on a race are expected here, each with its reason in the
package's source. The first release is judged completely; of another only what its source does
differently: streams, configuration, and the end of a secure stream. Its senders and its monitor are
the same files.
"""

import os
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest

from stallproof.judge.report import Judgement, Report, exit_code
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import conform
from tests.masked_by_noise import masked

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = [str(ROOT / p) for p in shlex.split(os.environ.get("STALLPROOF_NVFLARE_PYTHON", ""))]
HARNESS = ROOT / "tests" / "implementations" / "nvflare" / "harness.py"

STREAMS_FAIL = {
    "AP-4": "the progress clock starts with the stream and runs on while nobody waits",
    "AP-10": "an offset is compared, never checked, and nobody asks where it comes from",
    "AP-11": "the last chunk leaves at the end of the source, without a look at the window",
    "AP-12": "StreamFuture.cancel returns False (2.7) or never (2.9)",
    "AP-13": "a stream that was cancelled so has no outcome",
    "AP-14": "the wait is cut short for the ACK wait, not for the progress timeout",
    "CF-3": "what int() and float() take is in force: NaN, negatives, fractions, booleans",
    "SD-16": "an end without close_notify is read as the end in peace",
}
STREAMS_PASS = {"AP-3", "AP-5", "AP-6", "AP-7", "AP-8", "CF-1", "CF-2", "CF-4"}
FAILS = {
    "SD-1": "select, then a blocking send: the deadline is not looked at in between",
    "SD-2": "the same send takes as long as its peer likes",
    "SD-3": "the same send",
    "SD-6": "a frame that failed for another reason than time leaves the connection open",
    "SD-10": "a send that fails while the connection closes returns as if it had succeeded",
    "SD-11": "select knows no descriptor from 1024 on",
    "SC-11": "a heartbeat waits for the lock that a stalled send holds",
    "SC-12": "an exception at one connection ends the pass for those behind it",
    "SC-14": "how long a connection has been idle is told by the wall clock",
    "SC-15": "counts belong to connections and do not tell one send from another",
}
PASSES = {
    "SD-4", "SD-7", "SD-8", "SD-9", "SD-15", "SC-1", "SC-2", "SC-3", "SC-4", "SC-5", "SC-6", "SC-7",
    "SC-8", "SC-10", "SC-13", "CX-3", "CX-6",
}  # fmt: skip
UNEXERCISED = {
    "SD-5": "over TLS no send ends at its deadline, so that nothing can be torn by it",
    "AP-2": "it reads one chunk ahead: while its source pauses, a chunk is ready",
}
"""What may stay unexercised, and why."""

pytestmark = pytest.mark.skipif(
    not PYTHONS, reason="STALLPROOF_NVFLARE_PYTHON names no interpreter that has NVFlare"
)


@dataclass(frozen=True)
class Run:
    """One release judged, and what is expected of it."""

    report: Report
    fails: dict[str, str]
    passes: set[str]

    @property
    def by_id(self) -> dict[str, Judgement]:
        return {j.id: j for j in self.report.requirements}

    def other_than(self, expected: Collection[str], verdict: str) -> dict[str, list[str]]:
        """Return which of `expected` came out otherwise, with what was found.

        What a burst of noise hid in every repetition is inconclusive by the law of time, whoever is
        judged, and counts neither way. Only lateness can be hidden: bytes, order and outcomes, and
        so most of what is expected here, are told whatever the noise.
        """
        hidden = masked(self.report)
        return {
            i: [f.explanation for f in self.by_id[i].findings[:1]]
            for i in expected
            if self.by_id[i].verdict != verdict and i not in hidden
        }


def judged(python: str) -> Run:
    """Judge the release that the interpreter `python` has."""
    is_first = python == PYTHONS[0]
    fails = STREAMS_FAIL | (FAILS if is_first else {})
    passes = STREAMS_PASS | (PASSES if is_first else set())
    everything = {r.id for r in load_registry().requirements}
    whole = {i for i in everything if i[:2] in ("SD", "SC", "CX", "AP", "CF")}
    report = conform(
        (python, str(HARNESS)),
        profile="hardened",
        selected=frozenset(whole if is_first else fails.keys() | passes),
        grace_us=None,
        jobs=4,
        trace_path=None,
        progress=lambda told: None,
    )
    return Run(report, fails, passes)


@pytest.mark.timing
@pytest.mark.parametrize("python", PYTHONS or [""])
def test_a_release_fails_and_passes_where_its_source_says_so(python: str) -> None:
    """A release is judged once; the run is sound, and the verdicts are those with a reason."""
    run = judged(python)
    require_soundness(run)
    require_failures(run)
    assert {} == run.other_than(run.passes, "pass")


def require_soundness(run: Run) -> None:
    """The harness never breaks, and what can be exercised was, whichever way it came out."""
    assert [] == run.report.harness
    assert "nvflare" == run.report.implementation["name"]
    idle = {j.id for j in run.report.requirements if j.selected and j.verdict == "not-exercised"}
    assert set() == idle - UNEXERCISED.keys()
    lacking = {j.id for j in run.report.requirements if j.verdict == "unsupported"}
    assert set() == lacking - {"CF-5"}
    assert exit_code(run.report) == 1


def require_failures(run: Run) -> None:
    """Each known departure fails, in plain English and with the events that show it."""
    assert {} == run.other_than(run.fails, "fail")
    for identifier in run.fails.keys() - masked(run.report):
        finding = run.by_id[identifier].findings[0]
        assert len(finding.explanation) > 40
        assert finding.events
