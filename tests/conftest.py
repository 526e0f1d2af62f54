"""What tests of the real clock need beside them."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.no_deadline import NO_DEADLINE
from tests.timing import NOISE_MONITOR

# Hypothesis gives each example 200 ms unless it is told otherwise.
settings.register_profile("no-deadline", NO_DEADLINE)
settings.load_profile("no-deadline")

# A project of its own, whose tests are run by a test (`tests/docs/test_pytest_page.py`).
collect_ignore = ["example_project"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test of the real clock whose file does not say so: `make timing` would miss it."""
    files = {one.path for one in items if one.get_closest_marker("timing")}
    silent = sorted(str(one) for one in files if "mark.timing" not in one.read_text("utf-8"))
    if silent:
        raise pytest.UsageError(f"write `pytest.mark.timing` out in {', '.join(silent)}")


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over what was collected here: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def noise_monitor() -> Iterator[None]:
    """Measure the machine's noise from here to the end of the session."""
    with NOISE_MONITOR:
        yield


@pytest.fixture(autouse=True)
def _measured(request: pytest.FixtureRequest) -> None:
    """Have the noise measured while a real clock is judged."""
    if request.node.get_closest_marker("timing"):
        request.getfixturevalue("noise_monitor")
