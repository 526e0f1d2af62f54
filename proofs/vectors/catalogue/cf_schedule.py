"""CF-5 with closing enabled: the relations that rest on the schedule of the monitor.

Where the close window ends is a matter of what an implementation declares (SC-9). These edges are
those of an absolute schedule with a check every 5 s that is never late, or 50 ms late at most;
beside any other schedule the same files stand somewhere else, and what is right to say of them is
worked out from its declaration.
"""

from collections.abc import Sequence

from proofs.vectors.script import case, config
from stallproof.requirements.vectors.format import Step

NEEDS = ("monitor", "relations")
UPPER_US = (60_000_000, 60_050_000)
"""The upper end for the default limit, 45 s, and the default threshold, 3 checks."""


def closing(
    send: str = "30", limit: str = "45", checks: int = 3, outer: Sequence[int] = (), margin: int = 0
) -> Step:
    """Return a configuration that closes; outer timeouts that are long enough unless given."""
    return config(
        file=f'{{"sfm_close_stalled_connection": true, "streaming_send_timeout": {send},'
        f' "sfm_send_stall_timeout": {limit}, "sfm_send_stall_consecutive_checks": {checks}}}',
        outer_timeouts_us={
            f"outer_{number}": one for number, one in enumerate(outer or (600_000_000,), 1)
        },
        margin_us=margin,
    )


CASES = (
    case(
        "all-relations-hold-while-closing-is-enabled",
        "CF-5",
        """Closing is enabled, and everything is in order: the deadline ends a send before the
        monitor would, and the caller waits for longer than both.""",
        [closing(), closing(limit="75"), closing(checks=1)],
        needs=NEEDS,
    ),
    case(
        "send-timeout-plus-grace-at-the-close-window",
        "CF-5",
        """Equal to the lower end holds, one microsecond more is broken. The lower end is not the
        limit: two more checks have to find the stall before anything is closed.""",
        [
            closing(send=value)
            for value in ("54.899999", "54.9", "54.900001", "54.949999", "54.95", "54.950001")
        ],
        needs=NEEDS,
    ),
    case(
        "send-timeout-plus-grace-at-the-window-of-one-check",
        "CF-5",
        """With a threshold of 1 the first check that finds the stall closes, so that the lower end
        is the limit itself. Two relations have one edge here, and both are reported.""",
        [closing(send=value, checks=1) for value in ("44.949999", "44.95", "44.950001")],
        needs=NEEDS,
    ),
    case(
        "outer-timeout-at-the-end-of-the-close-window",
        "CF-5",
        """Equal is broken here, one microsecond more holds: the caller who gives up at the very
        moment of the close retries into the same stall.""",
        [closing(outer=(end + more,)) for end in UPPER_US for more in (-1, 0, 1)],
        needs=NEEDS,
    ),
    case(
        "margin-of-the-outer-timeout-counts",
        "CF-5",
        """The margin that was asked for comes on top of the upper end. Forgotten, a caller with
        nothing to spare is told that it has enough.""",
        [
            closing(outer=(end + 5_000_000 + more,), margin=5_000_000)
            for end in UPPER_US
            for more in (-1, 0, 1)
        ],
        needs=NEEDS,
    ),
    case(
        "shortest-outer-timeout-decides",
        "CF-5",
        """Three callers, the one in the middle gives up too early. A check of the first, the last
        or the longest of them finds nothing wrong; the report has to name the right one.""",
        [
            closing(outer=(90_000_000, end + more, 600_000_000))
            for end in UPPER_US
            for more in (0, 1)
        ],
        needs=NEEDS,
    ),
    case(
        "stall-timeout-at-the-period-of-the-checks",
        "CF-5",
        """A limit shorter than the time between two checks leaves the ends of the close window
        undefined: the operator has to be told that nothing is promised.""",
        [
            closing(send="1", limit=value)
            for value in ("4.999999", "5", "5.000001", "5.049999", "5.05", "5.050001")
        ],
        needs=NEEDS,
    ),
)
