"""The law of the dead-client notice (group DN), each job read back from its last heartbeat.

Spec: `spec/dn.md`.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIELDS = {"alive once": "DN-1", "in a row": "DN-2"}
"""What the decision hangs on, and the requirement that judges it."""


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on the jobs for which a client is declared dead at its last heartbeat."""
    least, needs_report, beats = (
        given.get(name) for name in ("needed_absences", "needs_report", "heartbeats")
    )
    if len(given) != 3 or type(least) is not int or type(needs_report) is not bool or least < 1:
        return None
    if not isinstance(beats, list) or not all(_is_heartbeat(one) for one in beats):
        return None
    notices, tested = [], {}
    for job in sorted({*beats[-1]["running"]}) if beats else []:
        since = max((n + 1 for n, one in enumerate(beats) if job not in one["running"]), default=0)
        named = [job in one["reported"] for one in beats[since:]]
        was_known = any(job in one["reported"] for one in beats[:since])
        is_due, shown = _of_one(named, least, needs_report, was_known)
        notices += [job] if is_due else []
        tested.update(shown)
    of = "DN-2" if "DN-2" in tested else "DN-1"
    return Verdict({"notices": notices}, tested, {"notices": of})


def _of_one(
    named: list[bool], least: int, needs_report: bool, was_known: bool
) -> tuple[bool, dict[str, str]]:
    """Return whether it is declared dead for one job, and what that puts to the test.

    `named`: whether each heartbeat since the job began to run names it.
    """
    first = named.index(True) if True in named else None
    if first is None and needs_report:
        return False, {"DN-1": "ended" if was_known else "never-reported"}
    # Absences before the first report count for nothing, unless the older behaviour is asked for.
    counts = named[first:] if needs_report else named
    if counts[-1]:
        return False, {}
    *earlier, row = (len([*some]) for is_named, some in groupby(counts) if not is_named)
    if row > least or max(earlier, default=0) >= least:
        return False, {"DN-2": "once"}
    if row < least:
        return False, {"DN-2": "interrupted" if sum(earlier) + row >= least else "too-few"}
    if least > 1:
        return True, {"DN-2": "enough"}
    return True, {"DN-1": "reported" if first is not None else "older"}


def _is_heartbeat(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.keys() == {"running", "reported"}
        and all(
            isinstance(jobs, list) and all(isinstance(job, str) for job in jobs)
            for jobs in one.values()
        )
    )
