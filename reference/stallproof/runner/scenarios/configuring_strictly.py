"""Plays about strict reading: what must be refused, and its accepted neighbours.

A refused configuration leaves the process as it was, so each bad value stands alone.
"""

from stallproof.requirements.knobs import (
    ACK_INTERVAL,
    ACK_WAIT,
    CHECKS,
    CHUNK,
    CONFIGURABLE,
    HEARTBEAT,
    INTERVAL,
    PROGRESS,
    SEND,
    STALL,
    SWITCH,
    WINDOW,
)
from stallproof.runner.scenarios.configuration import (
    bad_in_environment,
    bad_in_file,
    file_of,
    good,
    knobs,
    scenario,
)
from stallproof.runner.scenarios.scenario import Configuration

LARGEST, TOO_LARGE = str(2**53 - 1), str(2**53)

NOT_FINITE = (
    *bad_in_file(SEND, "NaN", "Infinity", "-Infinity", "1e999", "-1e999"),
    *(one for knob in (PROGRESS, STALL, ACK_WAIT, HEARTBEAT) for one in bad_in_file(knob, "NaN")),
    *bad_in_file(PROGRESS, "Infinity"),
    *bad_in_file(STALL, "1e999"),
    *(
        one
        for knob in (INTERVAL, CHECKS)
        for one in bad_in_file(knob, "NaN", "Infinity", "-Infinity")
    ),
    *bad_in_file(WINDOW, "NaN"),
    *bad_in_file(CHUNK, "Infinity"),
    *bad_in_file(ACK_INTERVAL, "1e999"),
    *bad_in_file(SWITCH, "NaN"),
    *bad_in_environment(SEND, "nan", "inf", "-inf", "Infinity", "NaN", "1e999"),
    *bad_in_environment(PROGRESS, "inf"),
    *bad_in_environment(STALL, "nan"),
    *bad_in_environment(ACK_WAIT, "-Infinity"),
    *bad_in_environment(INTERVAL, "nan", "-inf"),
    *bad_in_environment(CHECKS, "nan", "inf"),
    *bad_in_environment(WINDOW, "nan"),
)

TOO_LONG = "1000000.000001"
OUT_OF_RANGE = (
    *bad_in_file(SEND, "-30", "-0.000001", "0", "0.0", "0.0000009", TOO_LONG),
    *bad_in_file(PROGRESS, "-1", "0", "0.0000009", TOO_LONG),
    *bad_in_file(STALL, "-1", "0", "0.0000009", TOO_LONG),
    *bad_in_file(ACK_WAIT, "-1", "0", "1000001"),
    *bad_in_file(HEARTBEAT, "-1", "0", "1000001"),
    *bad_in_file(INTERVAL, TOO_LONG),
    *bad_in_file(CHECKS, "1000001"),
    *(
        one
        for knob in (WINDOW, CHUNK, ACK_INTERVAL)
        for one in bad_in_file(knob, "-1", "0", TOO_LARGE)
    ),
    *bad_in_environment(SEND, "0", "-1", "0.0000009", "9e-7", TOO_LONG),
    *bad_in_environment(ACK_WAIT, "0"),
    *bad_in_environment(WINDOW, "0", TOO_LARGE),
)

SHORTEST = knobs("0.000001", "0.000001", "0.01", "0.000001", '"YES"', *"1111", "1", "1")
LONGEST = knobs(*("1000000",) * 4, "2", "1000000", "1000000", LARGEST, LARGEST, LARGEST, "1000000")
WHOLE = knobs(
    "3e1", "6.0E1", "5.00", "45.0", '"Y"', "3.0", "3e2", "16777216.0", "2.0", "4e0", "6e1"
)
AT_THE_ENDS = (
    good("the least of each", SHORTEST),
    good("the most of each", LONGEST),
    good("the least from the environment", {}, {**SHORTEST, SWITCH: "T"}),
    good("the most from the environment", {}, {**LONGEST, SWITCH: "-1"}),
)

NUMBERS = tuple(knob for knob in CONFIGURABLE if knob != SWITCH)
WRONG_KIND = (
    *(one for knob in NUMBERS for one in bad_in_file(knob, "true")),
    *(
        one
        for knob in (SEND, STALL, CHECKS, ACK_WAIT, WINDOW)
        for one in bad_in_file(knob, "false")
    ),
    *bad_in_file(SEND, '"30"', '"30 s"', '""', "[30]", '{"value": 30}'),
    *bad_in_file(STALL, '"75"'),
    *bad_in_file(INTERVAL, '"0.5"'),
    *bad_in_file(CHECKS, '"3"', "2.5", "0.5"),
    *bad_in_file(ACK_WAIT, '"300"', "0.5", "1.5"),
    *bad_in_file(HEARTBEAT, "1.5"),
    *bad_in_file(WINDOW, '"16777216"', '"16M"', "0.5", "1048576.5"),
    *bad_in_file(SWITCH, '"maybe"', '""', "0.5", '"on"', "[true]"),
    *bad_in_environment(SWITCH, "maybe", "", "0.5"),
    *bad_in_environment(CHECKS, "2.5"),
    *bad_in_environment(ACK_WAIT, "1.5"),
    good("integers written as fractions, a word for yes", WHOLE),
)

BELOW_CLAMP = (
    good("below the clamps", {INTERVAL: "0.009999", CHECKS: "0", SWITCH: '"t"'}),
    good("far below them", {INTERVAL: "-1000000", CHECKS: "-5", SWITCH: "1"}),
    good("at them", {INTERVAL: "0.01", CHECKS: "1", SWITCH: '"1"'}),
    good("below them in the environment", {}, {INTERVAL: "1e-3", CHECKS: "-3", SWITCH: "y"}),
)

DECIMALS = knobs(
    *("30.5", "3e1", ".5", "+75", "Yes", "5", " 240 ", "3.3554432e7", "524288.", "8388608", "3E+1")
)
MORE_DECIMALS = knobs(
    *("0012.50", "2500E-2", "5e-1", "1e2", "2", "2.0", "2.4e2", "8388608", "1e3", "\t4096 ", "9")
)
FROM_ENVIRONMENT = (
    good("decimals", {}, DECIMALS),
    good("more decimals", {}, MORE_DECIMALS),
    *bad_in_environment(SEND, "0x1e", "", " ", "thirty", "3,5", "1_000", "30s", "--1", "1e", "."),
    # Digits of other scripts are digits to some readers, and decimals to none of the law.
    *bad_in_environment(STALL, "true", "\uff13\uff10", "1e1.5", "7 5"),
    *bad_in_environment(PROGRESS, "0x1p4"),
    *bad_in_environment(INTERVAL, "fast", ""),
    *bad_in_environment(CHECKS, "three", "0x3"),
    *bad_in_environment(ACK_WAIT, "300s"),
    *bad_in_environment(WINDOW, "16M", "0x1000000", "16_777_216"),
    *bad_in_environment(HEARTBEAT, "yes"),
    good(
        "what loses is not read",
        {SEND: "20", STALL: "75", SWITCH: "false", WINDOW: "8388608", CHECKS: "2"},
        {SEND: "nan", STALL: "0x1e", SWITCH: "maybe", WINDOW: "0", CHECKS: "1.5"},
    ),
)

OWN = {
    "internal": '{"scheme": "tcp", "resources": {"host": "localhost"}}',
    "backbone_conn_gen": "2",
    "max_message_size": "1048576",
    "allow_adhoc_conns": "false",
    "adhoc_conn_scheme": '"tcp"',
    "internal_conn_scheme": '"uds"',
    "subnet_heartbeat_interval": "5",
    "subnet_trouble_threshold": "10",
    "comm_driver_path": '""',
    "use_aio_grpc": "true",
    # Near to a knob, and somebody's all the same: read for send.
    "streaming_read_timeout": "300",
    "streaming_max_out_seq_chunks": "16",
}
MISSPELT = (
    *("streaming_send_timout", "streaming_send_timeouts", "Streaming_send_timeout"),
    *("streamingsend_timeout", "heartbeat-interval", "sfm_close_staled_connection"),
    *("sfm_send_stall_timeuot", "streaming_ack_wiat", "heartbeat_interv", "streamin_window_sizes"),
)
NAMES = (
    good(
        "null in the file, set in the environment",
        dict.fromkeys(CONFIGURABLE, "null"),
        {SEND: "20", CHECKS: "2", SWITCH: "true", WINDOW: "8388608", HEARTBEAT: "45"},
    ),
    good("keys of NVFlare's own", OWN, {"streaming_read_timeout": "300"}),
    good("keys of nobody's", {"streaming_send_time": "20", "site_remarks": '"none"'}),
    *(Configuration(f"{key} in the file", file_of({key: "1"}), is_bad=True) for key in MISSPELT),
    *bad_in_environment("streaming_send_timout", "20"),
    *bad_in_environment("sfm_send_stall_timeoout", "20"),
)

STRICTLY = (
    scenario("refuses-not-finite", "CF-3", "not-finite", NOT_FINITE),
    scenario("refuses-out-of-range", "CF-3", "out-of-range", OUT_OF_RANGE),
    scenario("refuses-wrong-kinds", "CF-3", "wrong-kind", WRONG_KIND),
    scenario("reads-up-to-the-ends", "CF-3", "at-the-ends", AT_THE_ENDS, play_s=2),
    scenario("reads-below-the-clamps", "CF-3", "below-clamp", BELOW_CLAMP, play_s=2),
    scenario("reads-the-environment", "CF-3", "environment-number", FROM_ENVIRONMENT, play_s=2),
    scenario("reads-names", "CF-3", "null own-key misspelt other-key", NAMES, play_s=2),
)
