"""The plays with streams: which requirements each is for, and the knobs that it needs.

Bounds are half a second or a second, so that grace, at most a tenth of the smallest bound, is its
50 ms, and a check interval differs from zero and from the bounds by much more than that.
"""

from collections.abc import Callable
from typing import Any

from stallproof.runner.scenarios import clocks, stream_stalls, stream_waits
from stallproof.runner.scenarios.context import Context
from stallproof.runner.scenarios.scenario import LONG_S, Aims, Scenario
from stallproof.runner.scenarios.stream_company import COMPANY

CHUNK_BYTES = 64 * 1024
SMALL_CHUNK_BYTES = 8 * 1024
WINDOW_CHUNKS = 4
STREAMS = frozenset({"streams", "unix"})


def _play(
    name: str,
    aims: Aims,
    script: Callable[[Context], None],
    *,
    chunk_bytes: int = CHUNK_BYTES,
    features: frozenset[str] = STREAMS,
    **knobs: Any,
) -> Scenario:
    """Return the play `stream-` and `name`, with a window of a few chunks."""
    return Scenario(
        f"stream-{name}",
        aims,
        script,
        chunk_bytes=chunk_bytes,
        window_bytes=WINDOW_CHUNKS * chunk_bytes,
        features=features,
        **knobs,
    )


SHORT: dict[str, Any] = {"progress_timeout_s": 0.5, "check_interval_s": 0.1, "ack_wait_s": 1}
ENDLESS: dict[str, Any] = {"progress_timeout_s": LONG_S, "ack_wait_s": 60}
FAILING = {
    "AP-2": "at-window above-window",
    "AP-3": "no-progress",
    "AP-6": "no-progress-found",
    "AP-9": "watchdog-stop",
    "AP-11": "window-filled",
    "AP-13": "completed failed",
    "AP-14": "",
}

STREAMING = (
    _play(
        "stalls",
        {**FAILING, "AP-11": "window-filled last-chunk", "AP-13": "completed failed late-ack"},
        stream_stalls.stalls,
        **SHORT,
        play_s=5,
    ),
    _play(
        "stalls-tcp",
        FAILING,
        stream_stalls.over_tcp,
        features=frozenset({"streams", "tcp"}),
        **SHORT,
        play_s=4,
    ),
    _play(
        "stalls-tls",
        FAILING,
        stream_stalls.over_tls,
        features=frozenset({"streams", "tls"}),
        **SHORT,
        play_s=4,
    ),
    _play(
        "progress",
        {
            "AP-1": "advance duplicate older",
            "AP-3": "late-progress",
            "AP-5": "ack-wait",
            "AP-6": "ack-wait-found",
            "AP-14": "",
        },
        stream_stalls.progress,
        **SHORT,
        play_s=6,
    ),
    _play(
        "pauses",
        {"AP-2": "at-window above-window source-paused", "AP-4": "paused-source queued-start"},
        stream_stalls.pauses,
        **SHORT,
        play_s=7,
    ),
    _play(
        "both-due",
        {"AP-5": "both-due", "AP-6": "no-progress-found", "AP-14": ""},
        stream_stalls.both_due,
        progress_timeout_s=1.0,
        check_interval_s=0.1,
        ack_wait_s=1,
        play_s=5,
    ),
    _play(
        "long-interval",
        {"AP-8": "opens-exactly", "AP-14": "long-interval long-interval-ack-wait"},
        stream_stalls.long_interval,
        progress_timeout_s=0.5,
        check_interval_s=30.0,
        ack_wait_s=1,
        play_s=5,
    ),
    *(
        _play(
            f"clock-jumps-{way}",
            {"AP-15": f"jump-{way}-no-progress jump-{way}-ack-wait", "AP-14": ""},
            script,
            features=STREAMS | {"wall_jump"},
            **SHORT,
            play_s=6,
        )
        for way, script in (("ahead", clocks.waits_ahead), ("back", clocks.waits_back))
    ),
    _play(
        "nonsense",
        {"AP-10": "not-an-integer boolean negative beyond-sent other-origin"},
        stream_waits.nonsense,
        chunk_bytes=SMALL_CHUNK_BYTES,
        progress_timeout_s=1.0,
        check_interval_s=0.1,
        ack_wait_s=2,
        play_s=5,
    ),
    _play(
        "opens",
        {"AP-8": "opens-exactly one-byte-short", "AP-10": "exactly-sent", "AP-13": "completed"},
        stream_waits.opens,
        progress_timeout_s=1.0,
        check_interval_s=0.1,
        ack_wait_s=2,
        play_s=4,
    ),
    _play(
        "opens-often",
        {"AP-8": "opens-exactly repeated", "AP-13": ""},
        stream_waits.opens_often,
        chunk_bytes=SMALL_CHUNK_BYTES,
        check_interval_s=1.0,
        **ENDLESS,
        play_s=5,
    ),
    _play(
        "stops",
        {
            "AP-9": "error-ack",
            "AP-12": "cancel-while-waiting stop-while-waiting",
            "AP-13": "completed cancelled",
        },
        stream_waits.stops,
        check_interval_s=0.4,
        **ENDLESS,
        play_s=7,
    ),
    _play(
        "zero-interval",
        {"AP-7": "zero-interval"},
        stream_waits.never_spins,
        check_interval_s=0.0,
        **ENDLESS,
        timing=False,
        play_s=2,
    ),
    _play(
        "negative-interval",
        {"AP-7": "negative-interval"},
        stream_waits.never_spins,
        check_interval_s=-1.0,
        **ENDLESS,
        timing=False,
        play_s=2,
    ),
    *COMPANY,
)
