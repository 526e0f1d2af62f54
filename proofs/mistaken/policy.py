"""Mistakes in the range of a timeout."""

from proofs.mistaken import Edit

OF = "stallproof.machines.policy"

EDITS: list[Edit] = [
    (
        "a_timeout_of_zero_is_allowed",
        "is_timeout",
        "1 <= value_us",
        "0 <= value_us",
        "cf3_a_timeout_is_a_microsecond_to_a_million_seconds",
    ),
    (
        "the_longest_timeout_is_refused",
        "is_timeout",
        "<= TIMEOUT_MAX_US",
        "< TIMEOUT_MAX_US",
        "cf3_a_timeout_is_a_microsecond_to_a_million_seconds",
    ),
]
