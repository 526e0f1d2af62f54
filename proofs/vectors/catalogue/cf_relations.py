"""CF-5: relations between knobs, each at its edge and one step beyond it."""

from proofs.vectors.script import case, config

CASES = (
    case(
        "all-relations-hold-by-default",
        ["CF-5", "CF-1"],
        """The defaults contradict each other nowhere. A warning about them teaches operators to
        read over warnings.""",
        [config(file="{}"), config(file="{}", grace_us=0)],
    ),
    case(
        "send-timeout-plus-grace-at-the-stall-timeout",
        "CF-5",
        """Equal to the stall timeout holds, one microsecond more is broken: slow sends that end by
        their own deadline are warned about. Summed up in floats the edge is somewhere else.""",
        [
            config(file=f'{{"streaming_send_timeout": {value}, "sfm_send_stall_timeout": 40}}')
            for value in ("39.949999", "39.95", "39.950001")
        ],
    ),
    case(
        "grace-of-the-request-counts",
        "CF-5",
        """The grace belongs to the one who asks. With none the sum may come up to the limit itself,
        with twice as much it may not.""",
        [
            config(
                file='{"streaming_send_timeout": 40, "sfm_send_stall_timeout": 40}', grace_us=grace
            )
            for grace in (0, 1, 100_000)
        ],
    ),
    case(
        "progress-timeout-at-the-ack-wait",
        "CF-5",
        """Equal holds, one microsecond more is broken: ACK_WAIT always comes first then, and the
        more telling reason is never seen.""",
        [
            config(file=f'{{"streaming_ack_progress_timeout": {value}, "streaming_ack_wait": 100}}')
            for value in ("99.999999", "100", "100.000001")
        ],
    ),
    case(
        "ack-interval-at-the-window",
        "CF-5",
        """One byte more than the window, and the sender stops before the receiver owes an ACK: the
        stream stalls for good. A later release of the origin had to clamp it.""",
        [
            config(file=f'{{"streaming_ack_interval": {value}, "streaming_window_size": 2097152}}')
            for value in (2097151, 2097152, 2097153)
        ],
    ),
    case(
        "chunk-at-the-window",
        "CF-5",
        """A chunk as large as the window holds, one byte more is broken: each chunk waits for the
        ACK of the one before it, and the throughput is a chunk for each round trip.""",
        [
            config(
                file=f'{{"streaming_chunk_size": {value}, "streaming_window_size": 2097152,'
                ' "streaming_ack_interval": 1}'
            )
            for value in (2097151, 2097152, 2097153)
        ],
    ),
    case(
        "relations-of-closing-hold-while-it-is-disabled",
        "CF-5",
        """Nothing is ever closed, so that no close can come too early, and no outer timeout is too
        short. A warning about it sends the operator after a ghost.""",
        [
            config(
                file='{"sfm_close_stalled_connection": false, "streaming_send_timeout": 40}',
                outer_timeouts_us={"job_timeout": 1_000_000},
                margin_us=5_000_000,
            )
        ],
    ),
    case(
        "relations-rest-on-the-values-in-force",
        ["CF-5", "CF-4"],
        """The values come from the environment and from the file, and the relation is between what
        is in force. A tool that checks the file alone finds nothing wrong.""",
        [
            config(
                file='{"sfm_send_stall_timeout": 30}',
                environment={"NVFLARE_STREAMING_SEND_TIMEOUT": send},
            )
            for send in ("29.95", "29.950001")
        ],
    ),
    case(
        "two-relations-broken-at-once",
        "CF-5",
        """Two mistakes in one file are two warnings. A check that stops at the first leaves the
        second one for the next outage.""",
        [
            config(
                file='{"streaming_send_timeout": 44.950001, "streaming_chunk_size": 16777217,'
                ' "streaming_window_size": 16777216, "streaming_ack_interval": 4194304}'
            )
        ],
    ),
)
