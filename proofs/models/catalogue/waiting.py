"""`spec/models/waiting.pml`: a stream that waits, a send beside it, and a closing beneath both."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="waiting",
    says="A stream waits for its window while a send goes beside it, and is closed upon.",
    sizes=("CHUNKS",),
    claims=(
        Claim(
            "a_wait_holds_nothing", ("CX-7",),
            "a stream that waits for its window does not hold the send lock", "safety",
        ),
        Claim(
            "a_send_has_its_turn", ("CX-7",),
            "a send beside a stream has its turn, though the receiver be silent for ever",
            "liveness",
        ),
        Claim(
            "closing_ends_the_stream", ("CX-9",), "a connection that closes ends its stream",
            "liveness",
        ),
        Claim(
            "closing_wakes", ("CX-9",), "a stream that sleeps while its connection closes wakes",
            "liveness",
        ),
        Claim(
            "one_outcome", ("CX-9", "AP-13"), "a stream has one outcome, whoever ends it", "safety",
        ),
    ),
    variants=(
        Variant(
            "waits_with_the_lock", "the lock is taken before the window is looked at",
            breaks="a_wait_holds_nothing",
        ),
        Variant(
            "a_stopped_stream_keeps_the_lock",
            "a stream that was stopped on its way leaves without giving the lock back",
            breaks="a_send_has_its_turn",
        ),
        Variant(
            "closing_forgets_the_streams", "closing shuts down, and no stream is told",
            breaks="closing_ends_the_stream",
        ),
        Variant(
            "closing_wakes_nobody", "closing ends the stream, and leaves it asleep",
            breaks="closing_wakes",
        ),
        Variant(
            "closing_ends_what_is_over", "closing does not ask whether a stream is over already",
            breaks="one_outcome",
        ),
    ),
    replayed=False,
)  # fmt: skip
