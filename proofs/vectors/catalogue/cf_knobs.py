"""CF-3 and CF-4 for each knob by itself: a reader may be right for one, and not for all."""

from proofs.vectors.script import case, config

OTHER = {
    "streaming_send_timeout": ("20", "21.5"),
    "streaming_ack_progress_timeout": ("50", "51.5"),
    "streaming_ack_progress_check_interval": ("2", "2.5"),
    "sfm_send_stall_timeout": ("60", "61.5"),
    "sfm_close_stalled_connection": ("false", "true"),
    "sfm_send_stall_consecutive_checks": ("4", "5"),
    "streaming_ack_wait": ("200", "201"),
    "streaming_window_size": ("33554432", "33554433"),
    "streaming_chunk_size": ("524288", "524289"),
    "streaming_ack_interval": ("262144", "262145"),
    "heartbeat_interval": ("40", "41"),
}
"""Two values of each knob that differ from each other; the second one is not its default."""
NUMBERS = [name for name in OTHER if name != "sfm_close_stalled_connection"]
SEND = "NVFLARE_STREAMING_SEND_TIMEOUT"
WAIT = "NVFLARE_STREAMING_ACK_WAIT"
WINDOW = "NVFLARE_STREAMING_WINDOW_SIZE"

SOURCES = (
    case(
        "every-knob-from-the-environment",
        ["CF-4", "CF-3"],
        """Each knob has a variable of its own. One that is asked for under another name stays at
        its default, whatever the operator exports.""",
        [
            config(environment={f"NVFLARE_{name.upper()}": there})
            for name, (_, there) in OTHER.items()
        ],
    ),
    case(
        "file-wins-for-every-knob",
        "CF-4",
        """The order of the sources is one and the same for all knobs. Written out once for each of
        them, it is the other way round for one.""",
        [
            config(file=f'{{"{name}": {here}}}', environment={f"NVFLARE_{name.upper()}": there})
            for name, (here, there) in OTHER.items()
        ],
    ),
    case(
        "each-knob-asks-its-own-sources",
        "CF-4",
        """One knob stands in the file, another in the environment, the rest nowhere. Who takes all
        from the first source that has anything loses the second knob.""",
        [
            config(
                file='{"streaming_send_timeout": 20, "streaming_chunk_size": 524288}',
                environment={
                    "NVFLARE_STREAMING_ACK_WAIT": "200",
                    "NVFLARE_HEARTBEAT_INTERVAL": "9",
                },
            ),
            config(
                file='{"streaming_ack_wait": 201}',
                environment={WAIT: "200", "NVFLARE_STREAMING_ACK_PROGRESS_TIMEOUT": "50"},
            ),
        ],
    ),
)

STRICT = (
    case(
        "no-number-takes-nan",
        "CF-3",
        """Every number refuses it, the sizes and the counts as well. A check that was written for
        timeouts alone lets it through elsewhere, and NaN bytes are outstanding.""",
        [config(file=f'{{"{name}": NaN}}') for name in NUMBERS],
    ),
    case(
        "no-number-takes-a-boolean",
        "CF-3",
        """True is 1 in many languages: one second, one byte, one check. The count is the knob where
        nobody would notice it.""",
        [config(file=f'{{"{name}": true}}') for name in NUMBERS],
    ),
    case(
        "no-number-takes-text",
        "CF-3",
        """A file has numbers of its own, so that text is refused for each of them, although the
        same text is right in the environment.""",
        [config(file=f'{{"{name}": "{OTHER[name][1]}"}}') for name in NUMBERS],
    ),
    case(
        "ranges-hold-in-the-environment",
        "CF-3",
        """The ends of the range are the same in both sources. Tested by the reader of the file, a
        variable sets a timeout of zero.""",
        [
            config(environment={SEND: text})
            for text in (
                "0.000001",
                "0.0000009",
                "0",
                "-1",
                "999999.999999",
                "1000000",
                "1000000.000001",
            )
        ],
    ),
    case(
        "whole-numbers-in-the-environment",
        "CF-3",
        """A whole number may be written with a point or an exponent as long as its value is whole.
        Cut off behind the point, one and a half seconds are one.""",
        [config(environment={WAIT: text}) for text in ("3.0", "3e2", "1.5", "1", "0", "true")],
    ),
    case(
        "sizes-in-the-environment",
        "CF-3",
        """2^53 - 1 is allowed and 2^53 is not, to the byte. Parsed as floating point the two are
        neighbours, and with one digit more they are the same number.""",
        [
            config(environment={WINDOW: text})
            for text in ("9007199254740991", "9007199254740992", "9007199254740993", "1", "0")
        ],
    ),
)

CASES = SOURCES + STRICT
