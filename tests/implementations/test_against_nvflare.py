"""The oracle against the real NVFlare: what must come out of a run, whatever the races bring.

The interpreters of environments with NVFlare are named by STALLPROOF_NVFLARE_PYTHON; `make test`
makes them. Expected are the verdicts that were recorded of the same release, where they do not hang
on a race: whatever drifts from them is told. Why a requirement fails by the package's source stands
in `proofs/results/context.py`. In `make test` the first release is judged by what is quick to see
of each guardrail. In `make nightly` it is judged completely; of another only what its source does
differently: streams, configuration, and the end of a secure stream. Its senders and its monitor are
the same files.
"""

import os
import shlex
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from proofs.results.context import RACES
from proofs.results.record import read_all
from stallproof.judge.report import Judgement, Report, exit_code
from stallproof.judge.rules.machines import DECIDED
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import conform
from tests.masked_by_noise import masked

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = [str(ROOT / p) for p in shlex.split(os.environ.get("STALLPROOF_NVFLARE_PYTHON", ""))]
HARNESS = ROOT / "tests" / "implementations" / "nvflare" / "harness.py"

UNSETTLED = {"AP-1", "AP-2", "AP-9", "CX-1", "CX-2", "CX-5", "SC-9", "SD-13"}
"""What passed when it was recorded, and may come out otherwise on another machine."""
UNEXERCISED = {
    "SD-5": "over TLS no send ends at its deadline, so that nothing can be torn by it",
    "AP-2": "it reads one chunk ahead: while its source pauses, a chunk is ready",
    "CX-7": "a stream that is cancelled does not end, so that none follows it",
}
"""What may stay unexercised, and why."""

DRIVEN = frozenset[str]().union(
    *(DECIDED[name] for name in ("download_retry", "start_gate", "dead_client", "job_metadata"))
)
"""What the pure machines decide for which its harness drives NVFlare's own code."""
QUICK = frozenset(
    {
        "SD-6",
        "SD-8",
        "SD-9",
        "SD-11",
        "SD-16",
        "SC-3",
        "SC-6",
        "SC-7",
        "SC-14",
        "AP-8",
        "CF-3",
        "CF-4",
    }
)
"""What a minute shows of a release."""

pytestmark = pytest.mark.skipif(
    not PYTHONS, reason="STALLPROOF_NVFLARE_PYTHON names no interpreter that has NVFlare"
)


@dataclass(frozen=True)
class Run:
    """One release judged, and what is expected of it."""

    report: Report
    fails: set[str]
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


def recorded(python: str) -> dict[str, str]:
    """Return the verdicts that were recorded of the release that the interpreter `python` has."""
    ask = "from importlib.metadata import version; print(version('nvflare'))"
    told = subprocess.run((python, "-c", ask), capture_output=True, text=True, check=True)
    record = read_all()[f"nvflare-{told.stdout.strip()}"]
    return {one.id: one.verdict for one in record.requirements}


def expected_of(verdicts: Mapping[str, str], *, is_first: bool) -> tuple[set[str], set[str]]:
    """Return which requirements fail and which pass, as far as they are asked about."""
    asked = {i for i in verdicts if is_first or i[:2] in ("AP", "CF") or i == "SD-16"}
    fails = {i for i in asked - RACES if verdicts[i] == "fail"}
    return fails, {i for i in asked - UNSETTLED if verdicts[i] == "pass"}


def judged(python: str, only: Collection[str] | None = None) -> Run:
    """Judge the release that the interpreter `python` has, by `only` some of what is expected."""
    is_first = python == PYTHONS[0]
    fails, passes = expected_of(recorded(python), is_first=is_first)
    everything = {r.id for r in load_registry().requirements}
    whole = {i for i in everything if i[:2] in ("SD", "SC", "CX", "AP", "CF")} | DRIVEN
    if only is not None:
        fails, passes, whole = (one.intersection(only) for one in (fails, passes, whole))
    report = conform(
        (python, str(HARNESS)),
        profile="hardened",
        selected=frozenset(whole if is_first else fails | passes),
        grace_us=None,
        jobs=4,
        trace_path=None,
        progress=lambda told: None,
    )
    return Run(report, fails, passes)


@pytest.mark.timing
@pytest.mark.parametrize(
    ("python", "only"),
    [
        pytest.param((PYTHONS or [""])[0], QUICK, id="quick"),
        *(pytest.param(one, None, marks=pytest.mark.nightly) for one in PYTHONS),
    ],
)
def test_a_release_fails_and_passes_where_its_source_says_so(
    python: str, only: Collection[str] | None
) -> None:
    """A release is judged once; the run is sound, and the verdicts are those with a reason."""
    run = judged(python, only)
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
    for identifier in run.fails - masked(run.report):
        finding = run.by_id[identifier].findings[0]
        assert len(finding.explanation) > 40
        assert finding.events
