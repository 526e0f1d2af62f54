"""Plays about what is in force: defaults and units, clamps, and which source wins.

Where one value does not hide another, many are set in one configuration: each one that is put in
force costs a process.
"""

from stallproof.requirements.knobs import CHECKS, CONFIGURABLE, INTERVAL
from stallproof.runner.scenarios.configuration import good, knobs, scenario
from stallproof.runner.scenarios.configuring_relations import RELATIONS
from stallproof.runner.scenarios.configuring_strictly import STRICTLY

OTHER = knobs(
    *("12.5", "90.25", "0.25", "75", "true", "5", "240", "33554432", "524288", "8388608", "30")
)
BELOW = knobs(
    *("29.999999", "59.999999", "4.999999", "44.999999", "true", "2", "299", "16777215"),
    *("1048575", "4194303", "59"),
)
ABOVE = knobs(
    *("30.000001", "60.000001", "5.000001", "45.000001", "true", "4", "301", "16777217"),
    *("1048577", "4194305", "61"),
)
DEFAULTS = knobs(
    *("30.0", "60.0", "5.0", "45.0", "false", "3", "300", "16777216", "1048576", "4194304", "60")
)
ELSE = knobs(*("20", "50", "2.5", "40", "false", "7", "200", "8388608", "262144", "2097152", "45"))
"""Other values than `OTHER` for each knob; the switch apart, other than the defaults too."""
ELSE_ON = {**ELSE, "sfm_close_stalled_connection": "true"}

IN_UNITS = (
    good("nothing is set"),
    good("1 below each default", BELOW),
    good("1 above each default", ABOVE),
)
CLAMPED = (
    good("just below, zero", {INTERVAL: "0.009999", CHECKS: "0"}),
    good("at the clamps", {INTERVAL: "0.01", CHECKS: "1"}),
    good("just above", {INTERVAL: "0.010001", CHECKS: "2"}),
    good("zero, below zero", {INTERVAL: "0", CHECKS: "-1"}),
    good("far below zero", {INTERVAL: "-1", CHECKS: "-1000000"}),
)
FROM_SOURCES = (
    good("the file and the environment", OTHER, ELSE),
    good("the file has the defaults", DEFAULTS, ELSE_ON),
    good("the environment only", {}, ELSE_ON),
    good("neither"),
    good(
        "every other knob in the file",
        {name: OTHER[name] for name in CONFIGURABLE[::2]},
        {name: ELSE_ON[name] for name in CONFIGURABLE[::3]},
    ),
)

CONFIGURING = (
    scenario("configures-in-units", "CF-1", "defaults each-set", IN_UNITS, play_s=2),
    scenario(
        "configures-clamped",
        "CF-2",
        "interval-below interval-at checks-below checks-at",
        CLAMPED,
        play_s=2,
    ),
    scenario(
        "configures-from-sources",
        "CF-4",
        "file-over-environment environment-over-default none",
        FROM_SOURCES,
        play_s=2,
    ),
    *STRICTLY,
    *RELATIONS,
)
