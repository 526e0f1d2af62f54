"""What pytest is told: whom to judge."""

from harness import OutboundHarness


def pytest_stallproof_harness() -> type[OutboundHarness]:
    """Have the library judged, through its harness."""
    return OutboundHarness
