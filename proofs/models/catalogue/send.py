"""The model of one send and its monitor in time: `spec/models/send.pml`.

Its decisions are those of the reference machines, written a second time, so its runs are replayed
through them. Spec: `spec/sd.md`, `spec/sc.md`.
"""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="send",
    says=(
        "One connection in time: each decision about a send and about a check, with its boundary. "
        "A sender sends two frames in a row, the peer takes some bytes or fails a write, the "
        "monitor counts stalled checks, and the owner may close at any moment. It runs with "
        "closing enabled and in warn-only mode."
    ),
    claims=(
        Claim("one_deadline", ("SD-1",), "the deadline stays where taking the lock put it",
              "safety"),
        Claim("expired_ends", ("SD-2",),
              "bytes left at or after the deadline are a TIMEOUT, unless closing began before",
              "safety"),
        Claim("no_late_write", ("SD-2",), "no write begins at or after the deadline", "safety"),
        Claim("free_in_time", ("SD-3",),
              "the lock is free again no later than grace after the deadline", "safety"),
        Claim("never_early", ("SD-4",),
              "no TIMEOUT before the deadline, unless the transport reported one", "safety"),
        Claim("timeout_closes", ("SD-5",), "a TIMEOUT closes the connection", "safety"),
        Claim("torn_closes", ("SD-6",), "a failure that tears a frame closes the connection",
              "safety"),
        Claim("by_the_table", ("SD-7",),
              "a failure learnt before the deadline ends the send as the error table says",
              "safety"),
        Claim("unwritten_stays_open", ("SD-8",),
              "a failure other than TIMEOUT with nothing written closes nothing", "safety"),
        Claim("whole_is_ok", ("SD-9",),
              "the last byte makes it OK, whenever that is learnt, and OK closes nothing",
              "safety"),
        Claim("ok_is_honest", ("SD-10",), "OK says that every byte was written", "safety"),
        Claim("closing_suppresses", ("SD-10",),
              "what does not complete while closing is SUPPRESSED, and nothing else is",
              "safety"),
        Claim("closes_once", ("SD-5", "SC-8"), "closing begins only once", "safety"),
        Claim("counts_right", ("SC-2", "SC-3", "SC-15"),
              "the count is that of the stalled checks in a row of the send in flight", "safety"),
        Claim("warn_only", ("SC-5",), "with closing disabled the monitor never closes", "safety"),
        Claim("never_hasty", ("SC-6",), "the monitor never closes before the threshold",
              "safety"),
        Claim("never_missed", ("SC-7",), "with closing enabled it closes at the threshold",
              "safety"),
    ),
    variants=(
        Variant("deadline_for_each_write",
                "each write that takes bytes starts the send timeout anew", "one_deadline"),
        Variant("expires_late", "a send expires after its deadline instead of at it",
                "expired_ends"),
        Variant("writes_after_waking", "after a poll it writes without a look at the clock",
                "no_late_write"),
        Variant("waits_the_whole_timeout",
                "a poll waits for the send timeout instead of the time that is left",
                "free_in_time"),
        Variant("expires_early", "the time that is left is rounded down", "never_early"),
        Variant("timeout_left_open", "a TIMEOUT leaves the connection open", "timeout_closes",
                pictured=False),
        Variant("torn_left_open", "only a TIMEOUT closes, whatever a failure has torn",
                "torn_closes"),
        Variant("closed_is_error", "a peer that closed is taken for an error", "by_the_table",
                pictured=False),
        Variant("unwritten_closes", "each failure closes, although nothing was written",
                "unwritten_stays_open", pictured=False),
        Variant("expiry_first", "the clock is looked at before the bytes that were written",
                "whole_is_ok"),
        Variant("silent_ok", "a send that fails while closing says OK", "ok_is_honest"),
        Variant("timeout_over_closing", "the deadline wins over a closing that began before",
                "closing_suppresses"),
        Variant("closes_again", "the monitor closes although closing has begun", "closes_once"),
        Variant("stalled_at_limit", "a check at the stall timeout is stalled already",
                "counts_right", pictured=False),
        Variant("carries_count", "the count belongs to the connection and not to one send",
                "counts_right"),
        Variant("closes_unasked", "the monitor closes in warn-only mode as well", "warn_only",
                pictured=False),
        Variant("closes_at_once", "the first stalled check closes", "never_hasty"),
        Variant("closes_late", "it takes one stalled check more than the threshold",
                "never_missed", pictured=False),
    ),
    replayed=True,
    unreached=("peer: -end-", "monitor: -end-"),
)  # fmt: skip
