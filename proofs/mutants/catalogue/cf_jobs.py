"""Mutants of the knobs and relations of a job.

No requirement judges these: each mutant names the one of group CF that it is nearest to.
"""

from functools import partial

from proofs.mutants.mutant import Mutant

RELATIONS = "tests/configuration/test_job_relations.py"
EDGES = f"test:{RELATIONS}::test_a_relation_breaks_one_beyond_its_edge"
ANY = f"test:{RELATIONS}::test_any_job_is_judged_as_the_specification_says"
JOB = "test:tests/configuration/test_job.py"
CLI = "test:tests/cli/test_config_of_jobs.py"

in_relations = partial(
    Mutant,
    file="reference/stallproof/configuration/job_relations.py",
    breaks=("CF-5",),
    caught_by=(EDGES,),
)
in_timeouts = partial(
    Mutant,
    file="reference/stallproof/configuration/job_timeouts.py",
    breaks=("CF-5",),
    caught_by=(EDGES,),
)
in_job = partial(Mutant, file="reference/stallproof/configuration/job.py", breaks=("CF-3",))
in_slips = partial(Mutant, file="reference/stallproof/configuration/job_slips.py", breaks=("CF-3",))
in_values = partial(
    Mutant, file="reference/stallproof/configuration/job_values.py", breaks=("CF-4",)
)
in_tree = partial(Mutant, file="reference/stallproof/configuration/job_tree.py", breaks=("CF-1",))
in_releases = partial(
    Mutant, file="reference/stallproof/configuration/releases.py", breaks=("CF-1",)
)
in_report = partial(Mutant, file="reference/stallproof/reports/configuration.py", breaks=("CF-5",))

MUTANTS = (
    in_relations(
        id="as_many_sites_as_clients_are_too_many",
        says="a job that needs each of its clients is said never to start",
        old="        least <= clients,",
        new="        least < clients,",
    ),
    in_relations(
        id="required_sites_may_be_left_out",
        says="a site that is required and not deployed to is passed over when there are others",
        old="absent = sorted(set(required) - job.sites)",
        new="absent = sorted(set(required) - job.sites) if len(required) > 9 else []",
    ),
    in_relations(
        id="a_round_may_wait_for_one_client_too_many",
        says="a minimum of one more than there are clients is called good",
        old="if limit is not None and least > limit:",
        new="if limit is not None and least > limit + 1:",
    ),
    in_relations(
        id="every_workflow_takes_a_minimum",
        says="the argument with which the origin's own workflow ends in an error is passed over",
        old='*("fedavg.FedAvg", "base_fedavg.BaseFedAvg",',
        new='*("base_fedavg.BaseFedAvg",',
    ),
    in_relations(
        id="a_job_may_start_with_too_few",
        says="a round may wait for one client more than a job needs to start",
        old="if each > least]",
        new="if each > least + 1]",
    ),
    in_relations(
        id="one_late_client_is_no_matter",
        says="a large job that needs all of its clients is said to tolerate a late one",
        old="        needed < clients,",
        new="        needed <= clients,",
    ),
    in_relations(
        id="every_job_has_to_tolerate_stragglers",
        says="a job of 24 clients is asked for a tolerance, too",
        old="LARGE = 25",
        new="LARGE = 24",
    ),
    in_relations(
        id="a_stalled_relay_may_take_one_client_too_many",
        says="the job may need one client more than are left when a relay stalls",
        caught_by=(EDGES, ANY),
        old="        needed <= left,",
        new="        needed <= left + 1,",
    ),
    in_relations(
        id="the_largest_relay_is_counted_small",
        says="clients that do not share out evenly are rounded down",
        caught_by=(EDGES, ANY),
        old="behind = -(-clients // terms.relays)",
        new="behind = clients // terms.relays",
    ),
    in_relations(
        id="required_sites_need_no_strict_replies",
        says="the check of answers may be off although a site is required",
        old="or not (required or (clients or 0) >= LARGE)",
        new="or not (clients or 0) >= LARGE",
    ),
    in_relations(
        id="the_first_heartbeat_may_declare_dead",
        says="a client may be declared dead before it was ever seen alive",
        caught_by=(EDGES, ANY),
        old="        bool(previous.value),",
        new="        True,",
    ),
    in_timeouts(
        id="the_pause_is_forgotten",
        says="the pause of a client before each request is left out",
        old="    once_us = sync_us + _PAUSE_US",
        new="    once_us = sync_us",
    ),
    in_timeouts(
        id="equal_to_the_start_is_long_enough",
        says="a client that gives up exactly when the job is ready is said to wait for it",
        old="    if most_us > terms.start_us:",
        new="    if most_us >= terms.start_us:",
    ),
    in_timeouts(
        id="a_side_is_compared_with_itself",
        says="a side's requests are compared with the lifetime of its own sources",
        caught_by=(EDGES, ANY),
        old="return list(zip(sides, reversed(sides), strict=True))",
        new="return list(zip(sides, sides, strict=True))",
    ),
    in_timeouts(
        id="the_lifetime_has_to_be_longer",
        says="a source that lives exactly as long as a request is said to be gone before",
        old="request_us > lifetime_us else told",
        new="request_us >= lifetime_us else told",
    ),
    in_timeouts(
        id="the_client_fetches_its_own_result",
        says="the longest download is that of the client, which waits, and not of the server",
        caught_by=(EDGES, ANY),
        old="asker = directions[0][0]",
        new="asker = directions[0][1]",
    ),
    in_timeouts(
        id="a_caller_may_give_up_with_the_last_retry",
        says="a caller that waits exactly as long as the longest download is said to wait longer",
        old="for name, us in outer.items() if us <= longest_us]",
        new="for name, us in outer.items() if us < longest_us]",
    ),
    in_timeouts(
        id="idle_counts_in_every_release",
        says="the idle timeout is taken for a lifetime in the older release, too",
        caught_by=(f"test:{RELATIONS}::test_the_release_decides_how_long_a_source_lasts",),
        old=" and job.release != OLDER",
        new="",
    ),
    in_job(
        id="retries_of_a_file_count",
        says="a number of retries that NVFlare reads from no file is judged with",
        caught_by=(f"{JOB}::test_retries_are_told_by_hand_alone",),
        old="    if knob.is_by_hand and found.source in",
        new="    if not knob.is_by_hand and found.source in",
    ),
    in_job(
        id="a_foreign_component_is_held_to_our_kinds",
        says="the arguments of a component that is not NVFlare's are refused",
        caught_by=(f"{JOB}::test_what_belongs_to_somebody_else_passes",),
        old='if by_hand is not None or (part.path or "").startswith(_OURS):',
        new="if by_hand is not None or part.path:",
    ),
    in_job(
        id="a_reference_is_a_value",
        says="a number that stands at the top of the file and is referred to is refused",
        breaks=("CF-1",),
        caught_by=(f"{JOB}::test_a_reference_is_what_stands_at_the_top",),
        old="value = resolved(written, top) if by_hand",
        new="value = written if by_hand",
    ),
    in_slips(
        id="knobs_of_a_job_may_be_misspelt",
        says="a slip at the top of a server's file is passed over",
        caught_by=(f"{JOB}::test_what_is_not_allowed_is_refused_by_file_key_and_value",),
        old="if knob is not None and name not in known | TOP.keys():",
        new="if knob is not None and name not in known | TOP.keys() and file is FileKind.META:",
    ),
    in_slips(
        id="a_knob_may_stand_anywhere",
        says="a knob in a section that nobody reads is passed over",
        caught_by=(f"{JOB}::test_what_is_not_allowed_is_refused_by_file_key_and_value",),
        old="if name in TOP and len(name) >= LONG:",
        new="if name in TOP and len(name) < LONG:",
    ),
    in_slips(
        id="the_name_of_the_sources_is_passed_over",
        says="min_sites in meta.json is passed over, and one client is enough",
        caught_by=(f"{JOB}::test_what_is_not_allowed_is_refused_by_file_key_and_value",),
        old="meant[0] is file is FileKind.META:",
        new="meant[0] is file is FileKind.SERVER:",
    ),
    in_values(
        id="the_environment_beats_a_file_of_a_job",
        says="a variable of the environment wins over a job's file",
        caught_by=(f"{JOB}::test_by_hand_file_environment_and_default_win_in_this_order",),
        old="values.get(name), environment.get(variable_of(name)), _DEFAULT",
        new="environment.get(variable_of(name)), values.get(name), _DEFAULT",
    ),
    in_tree(
        id="the_server_is_a_client",
        says="the server counts as one of the clients that are deployed to",
        caught_by=(f"{JOB}::test_the_clients_are_those_of_the_deployment", EDGES),
        old='frozenset(names - {"server"})',
        new="frozenset(names)",
    ),
    in_releases(
        id="a_release_has_the_window_of_another",
        says="the newer release has the ACK interval of the older",
        caught_by=(f"{CLI}::test_a_release_has_its_defaults",),
        old=", ack_interval_bytes=16 * _MIB)",
        new=")",
    ),
    in_report(
        id="one_acceptance_excuses_all",
        says="whoever accepts one relation has accepted every other",
        caught_by=(f"{CLI}::test_one_that_is_accepted_excuses_no_other",),
        old="one.holds or one.name in accepted for one",
        new="one.holds or accepted for one",
    ),
    in_report(
        id="an_acceptance_outlives_its_reason",
        says="an acceptance that was not needed is not told",
        caught_by=(f"{CLI}::test_an_acceptance_that_was_not_needed_is_told",),
        old="*_job_notes(job), *_needless(relations, accepted)],",
        new="*_job_notes(job)],",
    ),
)
