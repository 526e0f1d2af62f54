"""Mutants of SG-1 to SG-3: the start gate."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_start_gate = partial(Mutant, file="reference/stallproof/machines/start_gate.py")

MUTANTS = (
    in_start_gate(
        id="no_reply_is_a_success",
        says="a client that did not reply counts as one that replied well",
        breaks=("SG-1.1",),
        caught_by=("oracle:SG-1",),
        old="    counted = count(clients, replies)\n",
        new="    silent = asked.difference(name for name, _ in replies)\n"
        "    counted = count(clients, [*replies, *((name, Reply.OK) for name in silent)])\n",
    ),
    in_start_gate(
        id="as_many_as_needed_are_too_few",
        says="a job needs more than its minimum",
        breaks=("SG-1", "SG-2.3"),
        caught_by=(
            "proof:sg1_a_deployment_is_aborted_by_its_limits",
            "proof:sg2_an_error_or_a_limit_aborts_a_strict_start",
        ),
        old="if active < min_sites or required_out else",
        new="if active <= min_sites or required_out else",
    ),
    in_start_gate(
        id="required_sites_are_not_looked_at",
        says="nobody asks who of the missing ones is required",
        breaks=("SG-1.2", "SG-2.2"),
        caught_by=("oracle:SG-1,SG-2",),
        old="required_out=len(required)",
        new="required_out=0",
    ),
    in_start_gate(
        id="a_failed_deployment_is_asked_to_start",
        says="the job goes on with everybody who was asked",
        breaks=("SG-1.4", "SG-2.3"),
        caught_by=(
            "proof:sg1_no_reply_is_a_failure",
            "proof:sg2_stragglers_are_out_and_returned_where_replies_are_strict",
        ),
        old='return GateDecision(counted.active, missing, action, f"going on{reason}" if missing',
        new='return GateDecision(tuple(clients), missing, action, f"going on{reason}" if missing',
    ),
    in_start_gate(
        id="stragglers_are_left_out_in_silence",
        says="no words tell who is left out",
        caught_by=("vectors:SG-1,SG-2",),
        old='f"going on{reason}"',
        new='"going on"',
    ),
    in_start_gate(
        id="an_abort_does_not_say_who_is_missing",
        says="the reason of an abort has the counts alone",
        breaks=("SG-1.3",),
        caught_by=("vectors:SG-1,SG-2",),
        old=' needed" + _named(names)',
        new=' needed" + _named({} if action is Action.ABORT else names)',
    ),
    in_start_gate(
        id="an_error_is_a_straggler",
        says="a start goes on without a client that reported an error",
        breaks=("SG-2.1",),
        caught_by=("oracle:SG-2",),
        old="failed=len(counted.failed),",
        new="failed=0,",
    ),
    in_start_gate(
        id="replies_are_always_strict",
        says="the switch for the start is not looked at",
        breaks=("SG-2.4",),
        caught_by=("proof:sg2_an_error_or_a_limit_aborts_a_strict_start",),
        old="    if phase is Phase.START and not strict:\n",
        new="    if phase is Phase.START and not strict and False:\n",
    ),
    in_start_gate(
        id="replies_are_matched_by_position",
        says="the first reply counts for the first client",
        breaks=("SG-3.1",),
        caught_by=("proof:sg3_a_reply_counts_for_whom_it_names",),
        old="    for name, reply in replies:\n",
        new="    for name, (_, reply) in zip(clients, replies, strict=False):\n",
    ),
    in_start_gate(
        id="a_stranger_is_passed_over",
        says="the reply of a client that was not asked is left out in silence",
        breaks=("SG-3.2",),
        caught_by=("proof:sg3_a_reply_too_many_is_refused",),
        old="            strangers.add(name)\n",
        new="            continue\n",
    ),
    in_start_gate(
        id="the_second_reply_wins",
        says="a second reply takes the place of the first",
        breaks=("SG-3.2",),
        caught_by=("proof:sg3_a_reply_too_many_is_refused",),
        old="            twice.add(name)\n",
        new="            said[name] = reply\n",
    ),
    in_start_gate(
        id="a_reply_too_many_is_an_abort_without_names",
        says="a refusal does not say whose reply was one too many",
        breaks=("SG-3.2",),
        caught_by=("vectors:SG-3", "oracle:SG-3"),
        old='"refused" + _named(wrong)',
        new='"refused"',
    ),
    Mutant(
        file="reference/stallproof/judge/rules/machines/verdict.py",
        id="one_word_of_a_reason_is_enough",
        says="the judge takes a reason for complete that has one of its words",
        breaks=("SG-1", "SG-2"),
        caught_by=(
            "test:tests/machines/test_start_gate.py::test_an_abort_has_to_name_all_of_one_ground",
        ),
        old="            all(one in found",
        new="            any(one in found",
    ),
    in_start_gate(
        id="who_is_missing_is_not_sorted",
        says="those that are missing stand in the order asked",
        caught_by=("oracle:SG-1,SG-2 beside SG-3", "vectors:SG-1,SG-2,SG-3"),
        old='tuple(sorted(names["failed"] + names["timed out"]))',
        new='names["failed"] + names["timed out"]',
    ),
    in_start_gate(
        id="clients_are_sorted",
        says="those that take part are sorted, and lose the order asked",
        caught_by=("oracle:SG-1,SG-2", "vectors:SG-1,SG-2"),
        old="return GateDecision(counted.active, missing",
        new="return GateDecision(tuple(sorted(counted.active)), missing",
    ),
    in_start_gate(
        id="names_lose_their_capitals",
        says="those that take part are told in small letters",
        caught_by=("oracle:SG-1,SG-2", "vectors:SG-1,SG-2"),
        old="return GateDecision(counted.active, missing",
        new="return GateDecision(tuple(one.lower() for one in counted.active), missing",
    ),
    in_start_gate(
        id="an_abort_with_nobody_missing_has_no_reason",
        says="an abort for too few says nothing where all are active",
        breaks=("SG-1.3",),
        caught_by=("oracle:SG-1,SG-2", "vectors:SG-1,SG-2"),
        old='GateDecision((), missing, action, f"aborted{reason}")',
        new='GateDecision((), missing, action, f"aborted{reason}" if missing else "")',
    ),
    in_start_gate(
        id="a_stranger_of_a_like_name_is_taken_for_a_client",
        says="a reply counts for a client whose name differs in its capital",
        breaks=("SG-3.2",),
        caught_by=("oracle:SG-3",),
        old="    counted = count(clients, replies)\n",
        new=(
            "    alike = [(n if n in asked else n.capitalize(), how) for n, how in replies]\n"
            "    counted = count(clients, alike)\n"
        ),
    ),
)
