"""Mutants of what judges asyncio code, and of a run of the oracle for a program."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_asynchronous = partial(Mutant, file="reference/stallproof/harness/asynchronous.py")
in_loop = partial(Mutant, file="reference/stallproof/harness/simulated/loop.py")
in_extras = partial(Mutant, file="reference/stallproof/runner/sut/extras.py")

MUTANTS = (
    in_asynchronous(
        id="any_cancelled_send_was_given_up",
        says="a send that cancels itself is told as given up, though its caller never did",
        breaks=("SD-18",),
        caught_by=(
            "test:tests/harness/test_asynchronous.py"
            "::test_a_task_that_nobody_gave_up_was_not_given_up",
        ),
        old="            if give_up is not None and give_up.is_set:\n",
        new="            if give_up is not None:\n",
    ),
    in_loop(
        id="a_loop_hides_that_it_waits",
        says="while a loop of virtual time waits, whoever else runs is told that it is running",
        breaks=("CX-3",),
        caught_by=("test:tests/harness/test_virtual_loop.py::test_loops_live_side_by_side",),
        old="        asyncio._set_running_loop(None)\n",
        new="        pass\n",
    ),
    in_extras(
        id="what_the_oracle_lacks_is_judged",
        says="TLS is played without the package that its peer needs, and the peer breaks",
        breaks=("SD-16",),
        caught_by=(
            "test:tests/runner/sut/test_extras.py::test_what_needs_a_missing_package_is_not_judged",
        ),
        old="if one in _EXTRAS and not _is_there(_EXTRAS[one][0]))",
        new="if one in _EXTRAS and False)",
    ),
)
