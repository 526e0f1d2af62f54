"""The dead-client notice. Spec: `spec/dn.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import dead_client
from stallproof.machines.dead_client import Heartbeat, Tracked

ABSENT, REPORTED, ENDED = Heartbeat(("j",), ()), Heartbeat(("j",), ("j",)), Heartbeat((), ())


@obligation("DN-1", given=lambda absences, needed: absences >= 0 and needed >= 1)
def dn1_nobody_is_dead_who_was_never_alive(absences: int, needed: int, notified: bool) -> Claim:
    """Before the first report an absence changes nothing, whatever stands in the count."""
    past = Tracked(False, absences, notified)
    now, is_due = dead_client.on_heartbeat(
        past, reports_it=False, needed_absences=needed, needs_report=True
    )
    return now == past and not is_due


@obligation("DN-1")
def dn1_the_end_of_a_job_is_forgotten(ends: bool, needs_report: bool) -> Claim:
    """A report before the end makes nobody dead after it, but for the older behaviour."""
    past = [REPORTED, *([ENDED] if ends else []), ABSENT]
    told = dead_client.decide(1, needs_report, past)
    return told.notices == (() if ends and needs_report else ("j",))


@obligation("DN-2", given=lambda absences, needed: absences >= 0 and needed >= 1)
def dn2_the_last_of_so_many_absences_sends_the_notice(
    absences: int, needed: int, reported: bool, notified: bool, needs_report: bool
) -> Claim:
    """An absence that counts is counted; the notice is due at the last, unless it was sent."""
    if needs_report and not reported:
        return None
    now, is_due = dead_client.on_heartbeat(
        Tracked(reported, absences, notified),
        reports_it=False,
        needed_absences=needed,
        needs_report=needs_report,
    )
    return now.absences == absences + 1 and is_due == (absences + 1 >= needed and not notified)


@obligation("DN-2", given=lambda absences, needed: absences >= 0 and needed >= 1)
def dn2_a_notice_is_sent_once_and_a_report_begins_anew(
    absences: int, needed: int, reports_it: bool, notified: bool
) -> Claim:
    """After a notice there is none, whatever comes; after a report the count is none."""
    now, is_due = dead_client.on_heartbeat(
        Tracked(True, absences, notified),
        reports_it=reports_it,
        needed_absences=needed,
        needs_report=True,
    )
    return now.was_notified == (notified or is_due) and not (reports_it and now.absences > 0)
