"""`spec/models/ticket.pml`: the fair lock, its tickets, its parked waiters, its attempts."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="ticket",
    says="Two senders wait for the fair lock, a worker only tries it; one may keep it for ever.",
    sizes=("THREADS", "TICKETS"),
    claims=(
        Claim("one_holder", ("CX-1",), "the lock is never two threads' at once", "safety"),
        Claim(
            "in_order", ("CX-4",), "no sender is overtaken by one that asked after it", "safety",
        ),
        Claim(
            "everyone_is_served", ("CX-4",),
            "unless somebody keeps the lock for ever, everyone who asks is served", "liveness",
        ),
        Claim(
            "trying_never_waits", ("SC-11",),
            "an attempt returns, though the lock be held for ever", "liveness",
        ),
    ),
    variants=(
        Variant(
            "draws_in_two_steps", "a ticket is read first and counted up later",
            breaks="one_holder",
        ),
        Variant(
            "leaves_the_mark",
            "an attempt whose turn comes late takes the lock, and its mark passes the turn on",
            breaks="one_holder",
        ),
        Variant("unfair", "whoever finds the lock free takes it", breaks="in_order"),
        Variant(
            "looks_first",
            "whoever releases looks for a parked waiter first, and serves afterwards",
            breaks="everyone_is_served",
        ),
        Variant(
            "looks_once", "a waiter parks without looking a second time",
            breaks="everyone_is_served",
        ),
        Variant(
            "abandons_unmarked", "an attempt that failed leaves its ticket behind without a mark",
            breaks="everyone_is_served",
        ),
        Variant(
            "passes_one_on", "whoever releases passes one abandoned turn on, and no second one",
            breaks="everyone_is_served",
        ),
        Variant(
            "trying_waits", "an attempt that finds the lock busy waits for its turn",
            breaks="trying_never_waits",
        ),
    ),
    replayed=False,
)  # fmt: skip
