"""Judge a right implementation again and again on the real clock: `python tests/runner/soak.py`.

Usage: soak.py [RUNS [COMMAND ...]]. 50 runs of the reference unless told otherwise. Each false
alarm, and each run that is not complete, is printed with its reason; the exit status is 1 if there
was an alarm, 3 if only something was left open, 0 if every run passed what it could.
"""

import sys
from collections import Counter

from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import REFERENCE_COMMAND, conform

EVERYTHING = frozenset(requirement.id for requirement in load_registry().requirements)
FINE = ("pass", "unsupported")


def main(runs: int, command: tuple[str, ...]) -> int:
    """Judge `command` so many times; return the exit status."""
    seen: Counter[str] = Counter()
    for run in range(1, runs + 1):
        report = conform(
            command, profile="hardened", selected=EVERYTHING, grace_us=None, jobs=4,
            trace_path=None, progress=lambda _told: None, clock="real",
        )  # fmt: skip
        alarms = [j for j in report.requirements if j.verdict == "fail"]
        opened = [j for j in report.requirements if j.selected and j.verdict not in FINE]
        seen["alarm" if alarms else "open" if opened or report.harness else "fine"] += 1
        print(f"{run} of {runs}: {len(alarms)} alarms, noise {report.noise_us} us", flush=True)
        for judgement in opened:
            why = judgement.findings[0].explanation if judgement.findings else ""
            print(f"  {judgement.id} {judgement.verdict}: {why}", flush=True)
        for trouble in report.harness:
            print(f"  harness: {trouble.scenario}: {trouble.detail}", flush=True)
    print(", ".join(f"{count} {what}" for what, count in seen.items()))
    return 1 if seen["alarm"] else 3 if seen["open"] else 0


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    sys.exit(main(count, tuple(sys.argv[2:]) or REFERENCE_COMMAND))
