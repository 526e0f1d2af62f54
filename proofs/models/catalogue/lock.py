"""`spec/models/lock.pml`: one lock, one deadline a frame, one closing."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="lock",
    says="Two senders share the lock of a connection whose peer may stop reading for ever.",
    sizes=("SIZE", "ROOM", "FRAMES", "TIMEOUT"),
    claims=(
        Claim("one_holder", ("CX-1",), "never two sends in flight", "safety"),
        Claim(
            "whole_frames", ("CX-1", "SD-6", "SD-9", "SD-10"),
            "the bytes of a frame follow one another, and none follows a torn frame", "safety",
        ),
        Claim("one_deadline", ("SD-1",), "progress does not move the deadline", "safety"),
        Claim("no_late_write", ("SD-2",), "no write begins at or after the deadline", "safety"),
        Claim(
            "true_timeout", ("SD-4", "SD-9"),
            "a TIMEOUT comes at or after the deadline, and only with bytes left", "safety",
        ),
        Claim("timeout_closes", ("SD-5",), "a TIMEOUT has closed its connection", "safety"),
        Claim("closes_once", ("SD-5",), "the closing begins once", "safety"),
        Claim(
            "open_if_unwritten", ("SD-8",),
            "a failure with nothing written leaves the connection open", "safety",
        ),
        Claim(
            "nothing_after_closing", ("SD-12", "SD-13", "CX-6"),
            "a send that takes the lock after closing began writes nothing", "safety",
        ),
        Claim("lock_is_freed", ("SD-3",), "the lock is always free again", "liveness"),
        Claim(
            "all_return", ("SD-13", "CX-2"),
            "every send returns, the blocked one and the queued ones", "liveness",
        ),
    ),
    variants=(
        Variant(
            "gives_the_lock_away", "whoever closes frees the lock, so that the queue can go on",
            breaks="one_holder",
        ),
        Variant(
            "torn_stays_open", "a failure other than TIMEOUT never closes the connection",
            breaks="whole_frames",
        ),
        Variant(
            "partial_is_whole", "a write that took some bytes counts as the whole frame",
            breaks="whole_frames",
        ),
        Variant(
            "restarted_deadline", "each write that takes bytes starts the timeout again",
            breaks="one_deadline",
        ),
        Variant(
            "strict_expiry", "at exactly the deadline a send has not expired",
            breaks="no_late_write",
        ),
        Variant(
            "rounds_down", "the time that is left is rounded down for poll, and believed",
            breaks="true_timeout",
        ),
        Variant(
            "expiry_before_bytes", "the deadline is looked at before the written bytes",
            breaks="true_timeout",
        ),
        Variant(
            "timeout_stays_open", "a TIMEOUT leaves the connection open", breaks="timeout_closes",
        ),
        Variant(
            "two_closers", "whether closing has begun is tested first and set later",
            breaks="closes_once",
        ),
        Variant(
            "every_failure_closes", "a failure closes even if nothing was written",
            breaks="open_if_unwritten",
        ),
        Variant(
            "looks_before_queueing", "closing is looked at before asking for the lock, not after",
            breaks="nothing_after_closing",
        ),
        Variant(
            "blocking_write", "after poll said writable, the write blocks",
            breaks="lock_is_freed",
        ),
        Variant(
            "failure_keeps_lock", "a failed write leaves without giving the lock back",
            breaks="all_return",
        ),
    ),
    replayed=True,
    unreached=("world: -end-",),
)  # fmt: skip
