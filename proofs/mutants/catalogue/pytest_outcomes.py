"""Mutants of what other projects test with: outcomes in pytest, and the peer that stalls."""

from functools import partial

from proofs.mutants.mutant import Mutant

OUTCOME = "test:tests/pytest_plugin/test_outcome.py::"

in_outcome = partial(Mutant, file="reference/stallproof/pytest_plugin/outcome.py", breaks=("SD-3",))
in_stalling_peer = partial(
    Mutant, file="reference/stallproof/testkit/stalling_peer.py", breaks=("SD-1",)
)

MUTANTS = (
    in_outcome(
        id="a_failure_on_no_transport_is_told_nowhere",
        says="a failure that shows on no transport fails no test where others were judged",
        caught_by=(f"{OUTCOME}test_what_shows_on_no_transport_fails_the_whole",),
        old='    if judgement.verdict == "fail" and "fail" not in shown:\n',
        new='    if judgement.verdict == "fail" and not shown:\n',
    ),
    in_outcome(
        id="what_is_left_open_is_green",
        says="a requirement that was left open is skipped although nobody allowed it",
        caught_by=(f"{OUTCOME}test_what_is_left_open_fails_unless_it_is_allowed",),
        old="    if left_open - shown:\n",
        new="    if left_open < shown:\n",
    ),
    in_stalling_peer(
        id="a_trickle_comes_in_a_flood",
        says="a trickle reads a whole piece in the time of one byte",
        caught_by=(
            "test:tests/testkit/test_stalling_peer.py::"
            "test_a_trickle_is_no_faster_than_it_was_told",
        ),
        old="every_us = max(1, piece_bytes * MICROSECONDS // bytes_per_s)",
        new="every_us = max(1, MICROSECONDS // bytes_per_s)",
    ),
)
