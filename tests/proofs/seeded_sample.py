"""One seeded mistake that its evidence catches, for the tests of the runner."""

from proofs.seeded.seeded import Evidence, Seeded

SEND = "stallproof.machines.send_deadline"
BOUNDARY = (
    "tests/machines/test_send_deadline.py::test_the_deadline_is_the_lock_plus_the_send_timeout"
)
LATE = Seeded(
    "late",
    ("SD-1",),
    "the deadline comes from another knob",
    SEND,
    "return Send(now_us, now_us + policy.send_timeout_us",
    "return Send(now_us, now_us + policy.stall_timeout_us",
    Evidence("property", BOUNDARY),
)
