"""CF-1, CF-2 and CF-4: which value is in force, in which unit, from which source."""

from proofs.vectors.script import case, config

SEND, STALL = "streaming_send_timeout", "sfm_send_stall_timeout"
INTERVAL, CHECKS = "streaming_ack_progress_check_interval", "sfm_send_stall_consecutive_checks"
CLOSE, WINDOW = "sfm_close_stalled_connection", "streaming_window_size"

UNITS = (
    case(
        "nothing-set-is-the-defaults",
        ["CF-1", "CF-4"],
        """Neither a file nor a variable sets anything: each knob has its default. One that is
        another number is a stall that nobody configured.""",
        [config(file="{}"), config(file="{ }", environment={"PATH": "/bin"})],
    ),
    case(
        "send-timeout-around-its-default",
        "CF-1",
        """One microsecond below the default, the default, one above: three different timeouts.
        Kept in milliseconds, or in a short float, they are one.""",
        [config(file=f'{{"{SEND}": {value}}}') for value in ("29.999999", "30", "30.000001")],
    ),
    case(
        "every-timeout-is-in-seconds",
        "CF-1",
        """Seven seconds, for each knob that is a time. Read as milliseconds the same file means a
        stall after seven thousandths of a second.""",
        [
            config(file=f'{{"{name}": 7}}')
            for name in (
                SEND,
                "streaming_ack_progress_timeout",
                INTERVAL,
                STALL,
                "streaming_ack_wait",
                "heartbeat_interval",
            )
        ],
    ),
    case(
        "every-size-is-in-bytes",
        "CF-1",
        """One byte more than a mebibyte, for each size. Read as kibibytes, or rounded to whole
        ones, the window is another one than the operator wrote.""",
        [
            config(file=f'{{"{name}": 1048577}}')
            for name in (WINDOW, "streaming_chunk_size", "streaming_ack_interval")
        ],
    ),
    case(
        "count-and-switch-under-their-names",
        "CF-1",
        """The threshold and the switch decide together whether a connection is closed. Read under
        another name they stay at 3 and false, and nothing is ever closed.""",
        [
            config(file=f'{{"{CHECKS}": 5}}'),
            config(file=f'{{"{CLOSE}": true}}'),
            config(file=f'{{"{CLOSE}": true, "{CHECKS}": 1000000}}'),
        ],
    ),
    case(
        "all-knobs-at-once",
        "CF-1",
        """Every knob is set to a value of its own. A reader that keeps them in a list by position
        puts one of them in another's place.""",
        [
            config(
                file='{"streaming_send_timeout": 11.5, "streaming_ack_progress_timeout": 12.25,'
                ' "streaming_ack_progress_check_interval": 0.125, "sfm_send_stall_timeout": 14.75,'
                ' "sfm_close_stalled_connection": true, "sfm_send_stall_consecutive_checks": 4,'
                ' "streaming_ack_wait": 17, "streaming_window_size": 8388608,'
                ' "streaming_chunk_size": 524288, "streaming_ack_interval": 2097152,'
                ' "heartbeat_interval": 21}'
            )
        ],
    ),
)

CLAMPS = (
    case(
        "check-interval-around-its-clamp",
        "CF-2",
        """One microsecond below the clamp becomes the clamp; at the clamp and one above nothing
        happens. Clamped to a millisecond, or with the wrong comparison, a loop runs hot.""",
        [config(file=f'{{"{INTERVAL}": {value}}}') for value in ("0.009999", "0.01", "0.010001")],
    ),
    case(
        "check-interval-of-zero-and-below",
        ["CF-2", "CF-3"],
        """Zero and minus one second become ten milliseconds. Whoever takes zero for `off`, or -1
        for `for ever`, has no watchdog.""",
        [config(file=f'{{"{INTERVAL}": {value}}}') for value in ("0", "-1", "-0.0", "-1e300")],
    ),
    case(
        "checks-around-their-clamp",
        "CF-2",
        """Zero becomes one, one stays, two stays. A threshold of zero closes at a check that found
        nothing.""",
        [config(file=f'{{"{CHECKS}": {value}}}') for value in ("0", "1", "2")],
    ),
    case(
        "checks-below-zero",
        ["CF-2", "CF-3"],
        """A negative threshold is reached before anything was counted. It becomes one, with a note,
        wherever it was written.""",
        [
            config(file=f'{{"{CHECKS}": -1}}'),
            config(file=f'{{"{CHECKS}": -1000000}}'),
            config(environment={"NVFLARE_SFM_SEND_STALL_CONSECUTIVE_CHECKS": "-3"}),
        ],
    ),
    case(
        "clamp-from-the-environment",
        ["CF-2", "CF-4"],
        """The value comes from a variable, and is clamped all the same. A clamp that sits in the
        reader of the file alone is not there when it is needed.""",
        [
            config(environment={"NVFLARE_STREAMING_ACK_PROGRESS_CHECK_INTERVAL": value})
            for value in ("0", "0.009999", "0.01", "0.010001")
        ],
    ),
    case(
        "no-other-knob-is-clamped",
        ["CF-1", "CF-3"],
        """The smallest values of the other times are in force as they are. A clamp that was applied
        to all of them makes ten milliseconds of a microsecond.""",
        [config(file=f'{{"{name}": 0.000001}}') for name in (SEND, STALL)]
        + [config(file='{"heartbeat_interval": 1}'), config(file='{"streaming_ack_wait": 1}')],
    ),
)

SOURCES = (
    case(
        "file-wins-over-the-environment",
        "CF-4",
        """The file is what the operator wrote for this system, the environment is inherited. The
        wrong order makes the same file mean different things on two machines.""",
        [
            config(file=f'{{"{SEND}": 20}}', environment={"NVFLARE_STREAMING_SEND_TIMEOUT": "40"}),
            config(file=f'{{"{CLOSE}": false}}', environment={f"NVFLARE_{CLOSE.upper()}": "true"}),
            config(file=f'{{"{CHECKS}": 5}}', environment={f"NVFLARE_{CHECKS.upper()}": "7"}),
        ],
    ),
    case(
        "environment-wins-over-the-default",
        ["CF-4", "CF-3"],
        """Only the variable is set: its value is in force. An implementation that reads a file that
        is there, and nothing else then, has the default.""",
        [
            config(file="{}", environment={"NVFLARE_STREAMING_SEND_TIMEOUT": "40"}),
            config(file=f'{{"{STALL}": 60}}', environment={f"NVFLARE_{WINDOW.upper()}": "1048576"}),
            config(environment={f"NVFLARE_{CLOSE.upper()}": "yes"}),
        ],
    ),
    case(
        "default-in-the-file-wins-like-any-other-value",
        "CF-4",
        """The file says what the default says. Who compares with the default to find out whether
        something was set takes the value of the environment.""",
        [
            config(file=f'{{"{SEND}": 30.0}}', environment={"NVFLARE_STREAMING_SEND_TIMEOUT": "5"}),
            config(file=f'{{"{CHECKS}": 3}}', environment={f"NVFLARE_{CHECKS.upper()}": "9"}),
        ],
    ),
    case(
        "zero-and-false-in-the-file-are-values",
        ["CF-4", "CF-2"],
        """A value that is empty to the language is a value all the same. `or` instead of a test for
        absence takes the environment's instead.""",
        [
            config(file=f'{{"{CLOSE}": false}}', environment={f"NVFLARE_{CLOSE.upper()}": "1"}),
            config(file=f'{{"{CLOSE}": 0}}', environment={f"NVFLARE_{CLOSE.upper()}": "1"}),
            config(file=f'{{"{CHECKS}": 0}}', environment={f"NVFLARE_{CHECKS.upper()}": "9"}),
        ],
    ),
)

CASES = UNITS + CLAMPS + SOURCES
