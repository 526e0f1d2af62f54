"""CF-3: strict reading. What is refused, what is clamped with a note, what gets a note."""

from proofs.vectors.script import case, config

SEND = "streaming_send_timeout"
INTERVAL, CHECKS = "streaming_ack_progress_check_interval", "sfm_send_stall_consecutive_checks"
CLOSE, WINDOW = "sfm_close_stalled_connection", "streaming_window_size"
VARIABLE = "NVFLARE_STREAMING_SEND_TIMEOUT"

VALUES = (
    case(
        "not-a-number-and-infinities-in-the-file",
        "CF-3",
        """NaN compares false with everything, so that nothing ever expires; an infinity is a
        timeout that was switched off by accident.""",
        [
            config(file=f'{{"{SEND}": {value}}}')
            for value in ("NaN", "Infinity", "-Infinity", "1e999")
        ],
    ),
    case(
        "not-a-number-and-infinities-in-the-environment",
        "CF-3",
        """Every language's own parser takes some of these words for a number. As a timeout each of
        them is a stall without an end.""",
        [config(environment={VARIABLE: text}) for text in ("nan", "inf", "-inf", "1e999")],
    ),
    case(
        "clamped-knobs-refuse-what-is-not-finite",
        "CF-3",
        """A maximum of NaN and the clamp is NaN in one order and the clamp in the other. It is
        refused before anything is compared.""",
        [
            config(file=f'{{"{INTERVAL}": NaN}}'),
            config(file=f'{{"{INTERVAL}": Infinity}}'),
            config(file=f'{{"{INTERVAL}": -Infinity}}'),
            config(file=f'{{"{CHECKS}": NaN}}'),
        ],
    ),
    case(
        "shortest-timeout-that-is-allowed",
        "CF-3",
        """One microsecond is allowed, nine tenths of one are not, nor are zero and less. The range
        is that of the value as it was given: rounded first, the second would pass.""",
        [
            config(file=f'{{"{SEND}": {value}}}')
            for value in ("0.000001", "0.0000009", "0", "-0.000001", "-30")
        ],
    ),
    case(
        "longest-timeout-that-is-allowed",
        "CF-3",
        """A million seconds is allowed, a microsecond more is not. In microseconds, with 32 bits,
        the sum would have overflowed long before.""",
        [
            config(file=f'{{"{SEND}": {value}}}')
            for value in ("1000000", "1e6", "1000000.000001", "999999.999999")
        ],
    ),
    case(
        "whole-seconds-are-whole",
        "CF-3",
        """One second is allowed, none and one and a half are not; 3.0 is three. Cut off silently,
        half a second is zero, and every wait has failed before it begins.""",
        [
            config(file=f'{{"streaming_ack_wait": {value}}}')
            for value in ("1", "3.0", "0", "0.5", "1.5", "1000000", "1000001")
        ],
    ),
    case(
        "sizes-at-both-ends",
        "CF-3",
        """One byte and 2^53 - 1 bytes are allowed, zero and 2^53 are not. Beyond it a reader of
        floating point has another number than the one that was written.""",
        [
            config(file=f'{{"{WINDOW}": {value}}}')
            for value in ("1", "9007199254740991", "0", "9007199254740992", "-1", "1.5")
        ],
    ),
    case(
        "checks-at-the-upper-end",
        "CF-3",
        """A million checks are allowed, one more is not, nor is a fraction above the clamp. Half a
        check has no meaning that two implementations share.""",
        [config(file=f'{{"{CHECKS}": {value}}}') for value in ("1000000", "1000001", "2.5", "0.5")],
    ),
    case(
        "text-where-a-number-belongs",
        "CF-3",
        """A number in quotes is text, in a file. Some readers take it, some fail much later, in a
        comparison on the monitor's thread.""",
        [config(file=f'{{"{SEND}": {value}}}') for value in ('"30"', '""', '"soon"')],
    ),
    case(
        "boolean-list-and-object-where-a-number-belongs",
        "CF-3",
        """True is one second in many languages. A list or an object raises something somewhere, and
        what is left of the start-up runs without its guard.""",
        [
            config(file=f'{{"{SEND}": {value}}}')
            for value in ("true", "false", "[30]", '{"seconds": 30}')
        ],
    ),
    case(
        "clamped-values-get-a-note",
        ["CF-3", "CF-2"],
        """Below the clamp there is a note, at the clamp there is none. A value that is changed in
        silence is looked for in the wrong place when the system misbehaves.""",
        [
            config(file=f'{{"{INTERVAL}": 0.0099, "{CHECKS}": 0}}'),
            config(file=f'{{"{INTERVAL}": 0.01, "{CHECKS}": 1}}'),
        ],
    ),
)

WORDS = (
    case(
        "words-of-the-switch",
        "CF-3",
        """All words of the table, in any case, and integers. A language that takes every text that
        is not empty for true closes connections for `no`.""",
        [
            config(file=f'{{"{CLOSE}": {value}}}')
            for value in ("true", '"YES"', '"t"', "2", "-1", '"No"', '"F"', "0", "false")
        ],
    ),
    case(
        "what-is-no-word-of-the-switch",
        "CF-3",
        """`maybe`, a half and an empty text are neither. Taken for false they leave the monitor
        without its close, taken for true they close what nobody allowed.""",
        [config(file=f'{{"{CLOSE}": {value}}}') for value in ('"maybe"', "0.5", '""', "[]")],
    ),
    case(
        "switch-in-the-environment",
        "CF-3",
        """In a variable the text of an integer counts as that integer. `0` is the text that is most
        often taken for true.""",
        [
            config(environment={f"NVFLARE_{CLOSE.upper()}": text})
            for text in ("0", "1", "2", "False", "y", "on", "")
        ],
    ),
    case(
        "numbers-that-are-no-switch",
        "CF-3",
        """A number beyond all floats counts as infinite, and is no integer. Who asks only whether
        it is zero takes 1e400 for true, and closes what nobody allowed.""",
        [
            *(config(environment={f"NVFLARE_{CLOSE.upper()}": t}) for t in ("1e400", "0.5", "-1")),
            *(config(file=f'{{"{CLOSE}": {value}}}') for value in ("1e400", "1.5", "-1")),
        ],
    ),
    case(
        "decimals-in-the-environment",
        "CF-3",
        """What is a decimal is read, with blanks around it, a point anywhere, and an exponent. A
        parser of the language's own goes further than that, or not as far.""",
        [
            config(environment={VARIABLE: text})
            for text in ("31", " 31.5 ", "3e1", "+.5", "5.", "3.05E+1")
        ],
    ),
    case(
        "what-is-no-decimal-in-the-environment",
        "CF-3",
        """Hexadecimal, digits with underscores, an empty text, a unit behind the number: each is a
        number to some parser, and to another one it is not.""",
        [
            config(environment={VARIABLE: text})
            for text in ("0x1e", "1_000", "", "30s", "1e", ".", "\u0663\u0660")
        ],
    ),
    case(
        "loser-in-the-environment-is-not-read",
        "CF-3",
        """The file sets the knob, so the variable is not asked, however bad it is. Refused all the
        same, somebody else's environment keeps this system from starting.""",
        [
            config(file=f'{{"{SEND}": 20}}', environment={VARIABLE: "soon"}),
            config(file=f'{{"{SEND}": 20}}', environment={VARIABLE: "nan"}),
        ],
    ),
    case(
        "null-in-the-file-is-absent",
        "CF-3",
        """A null leaves the knob to the environment, and to its default after that. Read as zero it
        is refused; read as a value it hides the variable.""",
        [
            config(file=f'{{"{SEND}": null}}'),
            config(file=f'{{"{SEND}": null}}', environment={VARIABLE: "40"}),
            config(file=f'{{"{SEND}": null}}', environment={VARIABLE: "soon"}),
        ],
    ),
)

NAMES = (
    case(
        "misspelt-by-one-character",
        "CF-3",
        """A letter too few, too many, or another one. The knob stays at its default, and the
        operator believes that it was set.""",
        [
            config(file=f'{{"{name}": 20}}')
            for name in (
                "streaming_send_timout",
                "streaming_send_timeoutt",
                "streaming_send-timeout",
                "Streaming_send_timeout",
            )
        ],
    ),
    case(
        "misspelt-by-two-or-three-characters",
        "CF-3",
        """Two characters away it is misspelt and refused, three away it may be anybody's key, and
        gets a note. Both have to be right, or every key is suspect.""",
        [
            config(file='{"streaming_send_timou": 20}'),
            config(file='{"streaming_send_timo": 20}'),
            config(file='{"streaming_sned_timeout": 20}'),
        ],
    ),
    case(
        "misspelt-in-the-environment",
        "CF-3",
        """A variable is compared behind its prefix, in lower case. One that is not close to a knob
        belongs to somebody else, and one without the prefix is not looked at.""",
        [
            config(environment={"NVFLARE_STREAMING_SEND_TIMOUT": "20"}),
            config(environment={"NVFLARE_STREAMING_SEND_TIM": "20"}),
            config(file='{"unknown": 1}', environment={"STREAMING_SEND_TIMOUT": "20"}),
        ],
    ),
    case(
        "keys-of-the-origin-are-no-mistakes",
        "CF-3",
        """These keys stand in the configuration of every site. One of them is two characters from a
        knob: whoever refuses it keeps a healthy site from starting.""",
        [
            config(file='{"streaming_read_timeout": 300}'),
            config(file='{"internal": {"scheme": "tcp"}, "backbone_conn_gen": 2}'),
            config(file='{"max_message_size": 1, "allow_adhoc_conns": false}'),
            config(
                file='{"tcp_no_delay": true}',
                environment={"NVFLARE_STREAMING_READ_TIMEOUT": "300"},
            ),
        ],
    ),
    case(
        "key-of-somebody-else-gets-a-note",
        "CF-3",
        """A key that is no knob, no neighbour of one, and none of the origin's. It is not refused,
        for tomorrow's release may know it, and not passed over either.""",
        [config(file='{"colour": "blue"}'), config(file='{"colour": null, "x": 1}')],
    ),
)

CASES = VALUES + WORDS + NAMES
