"""`spec/models/deferred_stop.pml`: a task that two threads find failing in a map."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="deferred_stop",
    says="Two threads find one task failing, and to a third an error comes for no task.",
    claims=(
        Claim(
            "one_stop", ("DS-1",), "a task is stopped once, whoever finds it failing", "safety",
        ),
        Claim("never_under_the_lock", ("DS-1",), "no stop runs under the lock", "safety"),
        Claim(
            "everyone_returns", ("DS-1", "DS-2"), "everyone returns: nobody waits for himself",
            "liveness",
        ),
        Claim(
            "makes_nothing", ("DS-2",), "an error for an unknown stream makes no task", "safety",
        ),
        Claim("is_reported", ("DS-2",), "an error for an unknown stream is reported", "liveness"),
    ),
    variants=(
        Variant(
            "stops_under_the_lock", "the task is stopped under the lock that its stop takes",
            breaks="everyone_returns",
        ),
        Variant(
            "holder_comes_in_again",
            "the task is stopped under a lock that lets its holder in again",
            breaks="never_under_the_lock",
        ),
        Variant(
            "records_nothing", "that a task was found failing is not recorded",
            breaks="one_stop",
        ),
        Variant(
            "looks_before_the_lock", "whether it was recorded is looked at before the lock",
            breaks="one_stop",
        ),
        Variant(
            "error_makes_a_task", "an error for an unknown stream makes a task",
            breaks="makes_nothing",
        ),
        Variant(
            "reports_under_the_lock", "the report is made under the lock, and looks at the map",
            breaks="everyone_returns",
        ),
        Variant(
            "says_nothing", "an error for an unknown stream is passed over in silence",
            breaks="is_reported",
        ),
    ),
    replayed=False,
)  # fmt: skip
