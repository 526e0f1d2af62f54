"""Mutants of DN-1 and DN-2: the dead-client notice."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_dead_client = partial(Mutant, file="reference/stallproof/machines/dead_client.py")

MUTANTS = (
    in_dead_client(
        id="who_never_began_is_dead",
        says="a client is declared dead for a job that it never reported",
        breaks=("DN-1.1",),
        caught_by=("proof:dn1_nobody_is_dead_who_was_never_alive",),
        old="    if needs_report and not tracked.was_reported:\n        return tracked, False\n",
        new="",
    ),
    in_dead_client(
        id="what_is_known_outlives_the_job",
        says="the report of a job counts for the next one of that name",
        breaks=("DN-1.3",),
        caught_by=("oracle:DN-1", "proof:dn1_the_end_of_a_job_is_forgotten"),
        old="past, known = known, {}",
        new="past, known = known, dict(known)",
    ),
    in_dead_client(
        id="a_report_is_always_needed",
        says="the switch for the older behaviour is not looked at",
        breaks=("DN-1.2",),
        caught_by=("oracle:DN-1", "vectors:DN-1"),
        old="needs_report=needs_report,",
        new="needs_report=True,",
    ),
    in_dead_client(
        id="the_first_absence_sends_the_notice",
        says="one absence is enough, whatever was asked for",
        breaks=("DN-2.1",),
        caught_by=("oracle:DN-2", "vectors:DN-2"),
        old="needed_absences=needed_absences,",
        new="needed_absences=1,",
    ),
    in_dead_client(
        id="one_absence_more_than_needed",
        says="the notice comes at the absence after the last",
        breaks=("DN-2.1",),
        caught_by=("proof:dn2_the_last_of_so_many_absences_sends_the_notice",),
        old="is_due = absences >= needed_absences",
        new="is_due = absences > needed_absences",
    ),
    in_dead_client(
        id="a_notice_at_each_heartbeat",
        says="the notice is sent again at each further absence",
        breaks=("DN-2.3",),
        caught_by=("proof:dn2_the_last_of_so_many_absences_sends_the_notice",),
        old="needed_absences and not tracked.was_notified",
        new="needed_absences",
    ),
    in_dead_client(
        id="absences_are_counted_through_reports",
        says="a report does not begin the count anew",
        breaks=("DN-2.2",),
        caught_by=("oracle:DN-2", "proof:dn2_a_notice_is_sent_once_and_a_report_begins_anew"),
        old="return Tracked(True, 0, ",
        new="return Tracked(True, tracked.absences, ",
    ),
    in_dead_client(
        id="notices_are_not_sorted",
        says="the jobs stand in another order",
        caught_by=("oracle:DN-1 beside DN-2", "vectors:DN-1"),
        old="tuple(sorted(due))",
        new="tuple(sorted(due, reverse=True))",
    ),
    in_dead_client(
        id="no_notice_is_ever_sent",
        says="nobody is ever declared dead",
        breaks=("DN-1.2", "DN-2.1"),
        caught_by=("oracle:DN-1,DN-2", "vectors:DN-1,DN-2"),
        old="            due += [job] if is_due else []\n",
        new="            del is_due\n",
    ),
    in_dead_client(
        id="that_a_notice_was_sent_outlives_the_job",
        says="a job that had a notice has none when it runs again",
        breaks=("DN-1.3",),
        caught_by=("oracle:DN-1", "vectors:DN-1"),
        old="past, known = known, {}",
        new=(
            "past = known\n"
            "        told = [one for one in past if past[one].was_notified]\n"
            "        known = dict.fromkeys(told, Tracked(False, 0, True))"
        ),
    ),
    in_dead_client(
        id="absences_of_all_jobs_are_counted_together",
        says="each job has as many absences as the one that has most",
        breaks=("DN-2.1",),
        caught_by=("oracle:DN-2", "vectors:DN-2"),
        old="                past.get(job, NEW),\n",
        new=(
            "                Tracked(\n"
            "                    past.get(job, NEW).was_reported,\n"
            "                    max((one.absences for one in past.values()), default=0),\n"
            "                    past.get(job, NEW).was_notified,\n"
            "                ),\n"
        ),
    ),
)
