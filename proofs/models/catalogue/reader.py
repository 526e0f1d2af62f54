"""`spec/models/reader.pml`: what comes in while a send is blocked, at both ends."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="reader",
    says="Both ends of a connection send, answer PINGs, and read what the other one sends.",
    sizes=("BYTES",),
    claims=(
        Claim(
            "all_received", ("CX-8",), "whatever one end sends the other takes in, in the end",
            "liveness",
        ),
        Claim("waits_for_no_lock", ("CX-8",), "a reader waits for no lock", "safety"),
        Claim("whole_frames", ("CX-1",), "no answer comes into the middle of a frame", "safety"),
    ),
    variants=(
        Variant(
            "reader_answers", "the reader answers a PING itself, with the send lock",
            breaks="all_received",
        ),
        Variant(
            "reader_looks_under_the_lock", "the reader takes in what came with the send lock",
            breaks="waits_for_no_lock",
        ),
        Variant(
            "answers_past_the_lock", "the reader answers a PING at once, past the lock",
            breaks="whole_frames",
        ),
    ),
    replayed=False,
    unreached=("reader: -end-", "sender: -end-"),
)  # fmt: skip
