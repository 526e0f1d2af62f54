"""`spec/models/monitor.pml`: the monitor, a stalled connection, and another one."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="monitor",
    says="The monitor watches a connection that may stall for ever, and another one beside it.",
    sizes=("LIMIT", "CHECKS", "QUIET"),
    claims=(
        Claim(
            "never_too_soon", ("SC-6", "SC-1"),
            "no close before the threshold of stalled checks in a row of one send", "safety",
        ),
        Claim("warn_only", ("SC-5",), "in warn-only mode the monitor never closes", "safety"),
        Claim(
            "true_count", ("SC-3", "SC-15"),
            "the count is that of the send in flight, and 0 when nothing is stalled", "safety",
        ),
        Claim("closes_once", ("SC-8",), "the monitor never closes a connection twice", "safety"),
        Claim("pass_completes", ("SC-11",), "passes begin again and again, and end", "liveness"),
        Claim(
            "stall_is_closed", ("SC-7", "SC-13"),
            "with closing enabled a stall that lasts is closed", "liveness",
        ),
        Claim("closing_frees", ("CX-2",), "closing ends the send that is blocked", "liveness"),
        Claim(
            "other_is_checked", ("SC-12", "CX-3"),
            "no connection keeps another one from its check", "liveness",
        ),
        Claim("other_proceeds", ("CX-3",), "the other connection goes on sending", "liveness"),
    ),
    variants=(
        Variant(
            "one_early", "it closes one stalled check before the threshold",
            breaks="never_too_soon",
        ),
        Variant(
            "count_carried_over", "a new send goes on with the count of the one before",
            breaks="never_too_soon",
        ),
        Variant(
            "stamp_stays", "a send that fails stays the lock holder", breaks="never_too_soon",
        ),
        Variant(
            "closes_in_warn_only", "whether closing is enabled is not looked at",
            breaks="warn_only",
        ),
        Variant(
            "never_resets", "a check that is not stalled leaves the count", breaks="true_count",
        ),
        Variant(
            "closes_again", "at each further check the connection is closed again",
            breaks="closes_once",
        ),
        Variant(
            "heartbeats_through_lock", "the monitor sends its heartbeats itself, under the lock",
            breaks="pass_completes",
        ),
        Variant(
            "reads_under_lock", "the monitor takes the lock to read who holds it",
            breaks="pass_completes",
        ),
        Variant(
            "says_goodbye", "the monitor sends a last frame, under the lock, before it shuts down",
            breaks="closing_frees",
        ),
        Variant(
            "one_counter", "both connections share one count", breaks="stall_is_closed",
        ),
        Variant(
            "closes_without_shutdown", "closing marks the connection and shuts nothing down",
            breaks="closing_frees",
        ),
        Variant(
            "failure_ends_pass", "a connection that cannot be looked at ends the pass",
            breaks="other_is_checked",
        ),
        Variant(
            "one_lock", "both connections share one send lock", breaks="other_proceeds",
        ),
    ),
    replayed=True,
    unreached=("monitor: -end-", "user2: -end-", "init: -end-"),
)  # fmt: skip
