"""`spec/models/closing.pml`: a latch, a shutdown, and a descriptor that is released later."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="closing",
    says="A connection is closed while its sender is blocked and its reader waits.",
    sizes=("SIZE", "SENDS"),
    claims=(
        Claim(
            "every_send_returns", ("CX-2",),
            "once closing has begun every send returns, the blocked one too", "liveness",
        ),
        Claim(
            "nothing_after_shutdown", ("SD-12",),
            "once the shutdown has returned no write takes a byte", "safety",
        ),
        Claim(
            "nothing_new", ("SD-13", "CX-6"),
            "a send that takes the lock after closing began writes nothing", "safety",
        ),
        Claim(
            "closes_once", ("SD-5", "SC-8"),
            "the transport is shut down once, whoever asks and however often", "safety",
        ),
        Claim("closed_is_final", ("CX-6",), "closing is never undone", "safety"),
        Claim(
            "closing_is_quiet", ("SD-10", "SD-15"),
            "what our own closing does to a send is never told as a failure", "safety",
        ),
        Claim(
            "released_when_unused", ("SD-12",),
            "the descriptor is released while nobody uses it", "safety",
        ),
        Claim(
            "released_in_the_end", ("CX-2",),
            "the descriptor is released in the end", "liveness",
        ),
    ),
    variants=(
        Variant(
            "no_shutdown", "closing sets the latch, and the transport is never shut down",
            breaks="every_send_returns",
        ),
        Variant(
            "shuts_reading_only", "only the reading direction is shut down",
            breaks="nothing_after_shutdown",
        ),
        Variant(
            "looks_before_lock",
            "a sender looks at the latch before it asks for the lock, not later",
            breaks="nothing_new",
        ),
        Variant(
            "tests_then_sets", "whether closing has begun is tested first and set later",
            breaks="closes_once",
        ),
        Variant(
            "opens_again", "the latch is opened again once the descriptor is released",
            breaks="closed_is_final",
        ),
        Variant(
            "shutdown_before_latch", "the transport is shut down before the latch is taken",
            breaks="closing_is_quiet",
        ),
        Variant(
            "closer_releases", "whoever closes closes the descriptor itself",
            breaks="released_when_unused",
        ),
        Variant(
            "forgets_the_reader", "the descriptor is released without waiting for the reader",
            breaks="released_when_unused",
        ),
        Variant(
            "releases_without_lock", "the descriptor is released without taking the lock",
            breaks="released_when_unused",
        ),
        Variant(
            "shuts_writing_only", "only the writing direction is shut down",
            breaks="released_in_the_end",
        ),
    ),
    replayed=False,
)  # fmt: skip
