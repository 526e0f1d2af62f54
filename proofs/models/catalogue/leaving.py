"""`spec/models/leaving.pml`: who is given up while it waits for the fair lock."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="leaving",
    says="Three senders wait for the fair lock, and two of them may be given up meanwhile.",
    sizes=("SENDERS", "TICKETS"),
    claims=(
        Claim("one_holder", ("SD-18", "CX-1"), "the lock is never two senders' at once", "safety"),
        Claim(
            "everyone_is_served", ("SD-18", "CX-4"),
            "unless somebody keeps the lock for ever, everyone returns", "liveness",
        ),
        Claim(
            "giving_up_ends_it", ("SD-18",),
            "who is given up leaves the queue, though the lock be held for ever", "liveness",
        ),
    ),
    variants=(
        Variant(
            "leaves_the_mark",
            "who leaves as its turn comes takes the lock, and its mark passes the turn on",
            breaks="one_holder",
        ),
        Variant(
            "leaves_unmarked", "who leaves lays no mark in its place",
            breaks="everyone_is_served",
        ),
        Variant(
            "leaves_without_a_look", "who leaves does not look whether its turn has come",
            breaks="everyone_is_served",
        ),
        Variant(
            "hears_nothing_old", "who parks after it was given up is not woken by that",
            breaks="giving_up_ends_it",
        ),
    ),
    replayed=False,
)  # fmt: skip
