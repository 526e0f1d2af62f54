"""Declaring a client dead for a job: after how many heartbeats that do not name the job.

The stall it guards against: a client that is slow to begin is declared dead before it began, and
the job loses it; or one that is gone is never declared dead, and the job waits for it.

The intuition: a client that has once named a job in a heartbeat has it, and ought to name it as
long as the job runs. Who never did may still be beginning. One heartbeat that lacks it may have
crossed the beginning or the end of the job; so several in a row have to.

The use: `on_heartbeat` for each job that runs, at each heartbeat of one client; or `decide` on all
heartbeats since the client registered.

The complication: what is known of a job ends with it. A job that runs again under the same name
begins anew.

Spec: `spec/dn.md`.
"""

from collections.abc import Sequence

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state


@state
class Tracked:
    """What is known of one client in one job that runs."""

    was_reported: bool = False
    absences: int = 0
    """How many heartbeats in a row lack the job, as far as they count."""
    was_notified: bool = False


NEW = Tracked()
"""A job that has just begun to run."""


@state
class Heartbeat:
    """One heartbeat of the client: the jobs that it names, and those that run on the server."""

    running: tuple[str, ...]
    reported: tuple[str, ...]


@state
class DeadDecision:
    """The jobs for which the client is declared dead at the last heartbeat, sorted."""

    notices: tuple[str, ...]


def is_well_formed(tracked: Tracked) -> bool:
    """Tell whether a history can lead to this."""
    return tracked.absences >= 0


@require(lambda needed_absences: needed_absences >= 1)
@require(lambda tracked: is_well_formed(tracked))
@ensure(
    lambda tracked, reports_it, needs_report, result: (
        not (needs_report and not tracked.was_reported) or not result[1]
    ),
    "DN-1: nobody is declared dead who was never reported alive",
)
@ensure(
    lambda tracked, reports_it, result: (
        result[0].was_reported == (tracked.was_reported or reports_it)
    ),
    "DN-1: one report is enough",
)
@ensure(
    lambda tracked, needed_absences, reports_it, result: (
        not result[1] or (not reports_it and tracked.absences + 1 >= needed_absences)
    ),
    "DN-2: a notice needs so many absences in a row",
)
@ensure(
    lambda tracked, result: (
        result[0].was_notified == (tracked.was_notified or result[1])
        and not (result[1] and tracked.was_notified)
    ),
    "DN-2: a notice is sent once",
)
def on_heartbeat(
    tracked: Tracked, *, reports_it: bool, needed_absences: int, needs_report: bool
) -> tuple[Tracked, bool]:
    """Return what is known after a heartbeat, and whether the client is declared dead at it."""
    if reports_it:
        return Tracked(True, 0, tracked.was_notified), False
    if needs_report and not tracked.was_reported:
        return tracked, False
    absences = tracked.absences + 1
    is_due = absences >= needed_absences and not tracked.was_notified
    return Tracked(tracked.was_reported, absences, tracked.was_notified or is_due), is_due


def decide(
    needed_absences: int, needs_report: bool, heartbeats: Sequence[Heartbeat]
) -> DeadDecision:
    """Return for which jobs the client is declared dead at the last of its heartbeats.

    `needs_report` false is the older behaviour. Raises `ValueError` for less than one absence.
    """
    if needed_absences < 1:
        raise ValueError("a notice needs at least one absence")
    known: dict[str, Tracked] = {}
    due: list[str] = []
    for heartbeat in heartbeats:
        reported, due = {*heartbeat.reported}, []
        past, known = known, {}
        for job in {*heartbeat.running}:
            known[job], is_due = on_heartbeat(
                past.get(job, NEW),
                reports_it=job in reported,
                needed_absences=needed_absences,
                needs_report=needs_report,
            )
            due += [job] if is_due else []
    return DeadDecision(tuple(sorted(due)))
