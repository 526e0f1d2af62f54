"""The scenarios of pure machines: what decides without a socket is simply asked.

A decision takes no time of its own, so that nothing is measured, and no peer is needed.

Spec: `spec/protocol.md`, `decide`.
"""

from typing import Any

from stallproof.runner.scenarios.context import Context, now_us
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.sut.client import Unsupported
from stallproof.wire import events as ev

DOWNLOAD_RETRY: tuple[dict[str, Any], ...] = tuple(
    {"max_retries": most, "outcomes": outcomes}
    for most, outcomes in (
        (-1, []),
        *((3, ["timeout"] * row) for row in (1, 2, 3, 4)),
        *((9, ["timeout"] * row) for row in (4, 5, 6, 9, 10)),
        (3, ["error"]),
        (3, ["timeout", "error"]),
        (3, ["timeout", "timeout", "ok", "timeout"]),
        (0, ["ok", "timeout"]),
    )
)


def decides(context: Context) -> None:
    """Ask the machine for each decision."""
    for given in DOWNLOAD_RETRY:
        try:
            context.harness.request("decide", machine="download_retry", input=given)
        except Unsupported as no:
            context.record.add(ev.Unsupported(at_us=now_us(), feature=str(no)))
            return


DECIDING = (
    Scenario(
        "retries-a-download",
        {"RT-1": "timed-out used-up failed negative", "RT-2": "first doubled capped begun-anew"},
        decides,
        features=frozenset({"decide"}),
        timing=False,
        play_s=0.1,
    ),
)
