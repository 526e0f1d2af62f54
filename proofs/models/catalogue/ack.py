"""`spec/models/ack.pml`: a full window, the wake-ups that open it, and the watchdog."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="ack",
    says="The sender of a stream waits for its window, beside ACKs, a cancel and the clock.",
    sizes=("CHUNKS", "CHUNK", "WINDOW", "ACKS", "PROGRESS", "ACK_WAIT", "HORIZON"),
    claims=(
        Claim(
            "an_opening_ack_wakes", ("AP-8",),
            "a sender that sleeps while the window is open wakes", "liveness",
        ),
        Claim(
            "a_stop_wakes", ("AP-12",), "a sender that sleeps while its stream is over wakes",
            "liveness",
        ),
        Claim("one_outcome", ("AP-13",), "a stream has one outcome", "safety"),
        Claim(
            "nothing_after_the_end", ("AP-13",), "after the outcome no chunk begins", "safety",
        ),
        Claim(
            "bounded", ("AP-11",),
            "no more than the window and one chunk is ever outstanding", "safety",
        ),
        Claim(
            "never_early", ("AP-3", "AP-4", "AP-5"),
            "no failure comes before its bound, and a pause of the source is no stall", "safety",
        ),
        Claim(
            "only_while_waiting", ("AP-2",), "no failure comes while the window has room", "safety",
        ),
        Claim(
            "a_wait_ends", ("AP-3", "AP-5"),
            "while time passes every wait ends, though the receiver be silent", "liveness",
        ),
        Claim(
            "found_when_due", ("AP-1", "AP-6", "AP-14"),
            "nobody sleeps beyond the moment at which a failure is due", "safety",
        ),
        Claim(
            "only_true_offsets", ("AP-10",),
            "what is acknowledged was sent, and the receiver of the stream said so", "safety",
        ),
        Claim(
            "only_its_receiver", ("AP-10",),
            "an error ends the stream only if its own receiver reported it", "safety",
        ),
        Claim(
            "one_notice", ("AP-9", "AP-13"),
            "at most one notice, and none of an error that the receiver reported", "safety",
        ),
        Claim(
            "the_receiver_is_told", ("AP-9",),
            "a receiver that may wait for the rest is told of the end", "liveness",
        ),
    ),
    variants=(
        Variant(
            "clears_after_looking", "an event is cleared between the look and the sleep",
            breaks="an_opening_ack_wakes",
        ),
        Variant(
            "wakes_before_changing", "the wake-up is sent before the ACK is applied",
            breaks="an_opening_ack_wakes",
        ),
        Variant(
            "applies_without_mutex", "an ACK is applied, and wakes, without the mutex",
            breaks="an_opening_ack_wakes",
        ),
        Variant(
            "cancel_wakes_nobody", "a cancel ends the stream and wakes nobody",
            breaks="a_stop_wakes",
        ),
        Variant(
            "last_outcome_wins", "a second outcome takes the place of the first",
            breaks="one_outcome",
        ),
        Variant(
            "forgets_the_end", "the sender looks at the window and not at the outcome",
            breaks="nothing_after_the_end",
        ),
        Variant(
            "window_and_one", "a chunk begins with one byte more than the window outstanding",
            breaks="bounded",
        ),
        Variant(
            "clock_runs_in_pauses", "the progress clock runs on from the last progress",
            breaks="never_early",
        ),
        Variant(
            "clock_before_window", "the clock is looked at although the window has room",
            breaks="only_while_waiting",
        ),
        Variant(
            "sleeps_until_woken", "a sleep has no end of its own", breaks="a_wait_ends",
        ),
        Variant(
            "a_repeat_is_progress", "a repeated or older ACK moves the progress clock",
            breaks="found_when_due",
        ),
        Variant(
            "sleeps_a_whole_interval", "the sender sleeps a fixed time, whatever is due",
            breaks="found_when_due",
        ),
        Variant(
            "believes_any_offset", "an offset beyond what was sent is believed",
            breaks="only_true_offsets",
        ),
        Variant(
            "believes_any_error", "an error that another one reports ends the stream",
            breaks="only_its_receiver",
        ),
        Variant(
            "tells_of_errors", "the receiver is told of the error that it reported itself",
            breaks="one_notice",
        ),
        Variant(
            "tells_twice", "the receiver is told at the stop, and again when the chunk has left",
            breaks="one_notice",
        ),
        Variant(
            "tells_at_once_or_never",
            "a stop while a chunk is under way is never told to the receiver",
            breaks="the_receiver_is_told",
        ),
    ),
    replayed=True,
)  # fmt: skip
