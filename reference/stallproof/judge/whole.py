"""The verdict on the whole: what fails it, what leaves it incomplete, and what a user may accept.

Spec: `spec/README.md` (verdicts, expected failures).
"""

from collections.abc import Sequence

import msgspec

from stallproof.judge.report import HarnessTrouble, Judgement, Report, Why


def weighed(
    report: Report, *, excused: frozenset[str] = frozenset(), stale: bool = False
) -> Report:
    """Return `report` with the verdict of the whole, and why it is not complete.

    A broken MUST fails it unless it is `excused`; so does what was expected to fail and passed
    (`stale`). What is left open makes it incomplete, unless the report allows all of that and
    something passed. What takes a feature that nobody wanted counts for nothing.
    """
    musts = [
        j for j in report.requirements if j.selected and j.level == "MUST" and not j.is_left_out
    ]
    why = _why(musts, report.harness, report.interrupted)
    open_parts = set(why) - set(report.allowed)
    if not open_parts and not any(j.verdict in ("pass", "fail") for j in musts):
        why.append("nothing-judged")
        open_parts.add("nothing-judged")
    verdict = report.verdict
    if stale or any(j.verdict == "fail" and j.id not in excused for j in musts):
        verdict = "fail"
    elif open_parts:
        verdict = "incomplete"
    else:
        verdict = "pass"
    return msgspec.structs.replace(report, verdict=verdict, why=why)


def _why(
    musts: Sequence[Judgement], harness: Sequence[HarnessTrouble], interrupted: str | None
) -> list[Why]:
    """Return what keeps the whole from being complete, whether it failed or not."""
    open_parts = {one for judgement in musts for one in judgement.lacks}
    why: list[Why] = [
        one for one in ("not-exercised", "inconclusive", "unsupported") if one in open_parts
    ]
    if harness:
        why.append("harness")
    if interrupted is not None:
        why.append("interrupted")
    return why
