"""Stories about configurations: every situation of CF, kept and broken.

What is in force is written out here by hand, in the knobs' own units.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

from stallproof.wire import events as ev
from tests.judge.case import Case
from tests.judge.story import T0_US, Story

MIB = 1024 * 1024
SEND, PROGRESS, STALL = (
    "streaming_send_timeout",
    "streaming_ack_progress_timeout",
    "sfm_send_stall_timeout",
)
INTERVAL, CHECKS = "streaming_ack_progress_check_interval", "sfm_send_stall_consecutive_checks"
SWITCH, ACK_WAIT, BEAT = "sfm_close_stalled_connection", "streaming_ack_wait", "heartbeat_interval"
WINDOW, CHUNK, ACK_INTERVAL = (
    "streaming_window_size",
    "streaming_chunk_size",
    "streaming_ack_interval",
)
DEFAULTS: dict[str, Any] = {
    SEND: 30.0,
    PROGRESS: 60.0,
    INTERVAL: 5.0,
    STALL: 45.0,
    SWITCH: False,
    CHECKS: 3,
    ACK_WAIT: 300,
    WINDOW: 16 * MIB,
    CHUNK: MIB,
    ACK_INTERVAL: 4 * MIB,
    BEAT: 60,
}
OTHERS: dict[str, Any] = {
    SEND: 29.999999,
    PROGRESS: 90.25,
    INTERVAL: 0.25,
    STALL: 75,
    SWITCH: True,
    CHECKS: 5,
    ACK_WAIT: 240,
    WINDOW: 32 * MIB,
    CHUNK: 524288,
    ACK_INTERVAL: 8 * MIB,
    BEAT: 30,
}
MORE: dict[str, Any] = {
    SEND: 20,
    PROGRESS: 50,
    INTERVAL: 2.5,
    STALL: 40,
    SWITCH: False,
    CHECKS: 7,
    ACK_WAIT: 200,
    WINDOW: 8 * MIB,
    CHUNK: 262144,
    ACK_INTERVAL: 2 * MIB,
    BEAT: 45,
}
PERIOD_US = 5_000_000


def variables(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of the environment that set these knobs."""
    return {f"NVFLARE_{name.upper()}": str(value).lower() for name, value in values.items()}


class Configured(Story):
    """A run in which configurations are asked for; times do not matter."""

    def __init__(self, requirement: str) -> None:
        super().__init__("configured", requirements=[requirement])
        self.policy = {}

    def ask_for(
        self, file: str | Mapping[str, Any], environment: Mapping[str, str], **judged: Any
    ) -> int:
        """Ask for one configuration; return the id of the request."""
        self._id += 1
        text = file if isinstance(file, str) else json.dumps(file)
        asked = ev.ConfigurationAsked(
            at_us=T0_US,
            id=self._id,
            case="told",
            file=text,
            environment=dict(environment),
            **judged,
        )
        self.add(asked)
        return self._id

    def answer(self, number: int, **fields: Any) -> Self:
        """Answer the configuration with this id."""
        return self.add(ev.ConfigurationAnswered(at_us=T0_US, id=number, **fields))

    def accepted(
        self,
        file: str | Mapping[str, Any],
        effective: Mapping[str, Any],
        *,
        environment: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
        period_us: int | None = PERIOD_US,
    ) -> Self:
        """A configuration that is in force: the defaults, except for `effective`."""
        number = self.ask_for(file, environment or {})
        return self.answer(
            number,
            effective={**DEFAULTS, **effective},
            notes=list(notes),
            monitor_period_us=period_us,
        )

    def refused(
        self,
        knob: str,
        text: str,
        *,
        environment: bool = False,
        named: str | None = None,
        says: str = "out of range",
        allowed: str | None = "something else",
    ) -> Self:
        """A configuration of one value that is refused, naming the value as it was written."""
        file = "{}" if environment else f'{{"{knob}": {text}}}'
        number = self.ask_for(file, {f"NVFLARE_{knob.upper()}": text} if environment else {})
        message = f"{text} is {says}"
        return self.answer(
            number, error="refused", knob=named or knob, message=message, allowed=allowed
        )

    def failed(self, file: str, *, answered: bool) -> Self:
        """A configuration that something went wrong with, or that was never answered."""
        number = self.ask_for(file, {})
        return self.answer(number, error="failed", message="ValueError") if answered else self


# --- CF-1 -----------------------------------------------------------------------------------------


def defaults(wrong: Mapping[str, Any] | None = None, *, period_us: int | None = PERIOD_US) -> Story:
    """Nothing is set; `wrong` is in force instead of the defaults."""
    return Configured("CF-1").accepted("{}", wrong or {}, period_us=period_us)


def each_set(**wrong: Any) -> Story:
    """Every knob is set in the file; `wrong` is in force instead."""
    return Configured("CF-1").accepted(OTHERS, {**OTHERS, **wrong})


# --- CF-2 -----------------------------------------------------------------------------------------


def clamped(knob: str, values: Sequence[tuple[Any, Any]]) -> Story:
    """`knob` is set to each value, and something is in force for it."""
    story = Configured("CF-2")
    for value, came in values:
        story.accepted({knob: value}, {knob: came})
    return story


def interval_below(came: float = 0.01) -> Story:
    return clamped(INTERVAL, [(0.009999, came), (0, 0.01), (-1, 0.01)])


def interval_at(came: float = 0.010001) -> Story:
    return clamped(INTERVAL, [(0.01, 0.01), (0.010001, came)])


def checks_below(came: int = 1) -> Story:
    return clamped(CHECKS, [(0, 1), (-1, came)])


def checks_at(came: int = 2) -> Story:
    return clamped(CHECKS, [(1, 1), (2, came)])


# --- CF-3 -----------------------------------------------------------------------------------------


def not_finite(*, slips: bool = False) -> Story:
    """NaN and the infinities; with `slips` one is put in force."""
    story = Configured("CF-3").refused(SEND, "Infinity").refused(STALL, "-1e999")
    for text in ("nan", "inf", "-Infinity"):
        story.refused(SEND, text, environment=True)
    if slips:
        return story.accepted(f'{{"{SEND}": NaN}}', {})
    return story.refused(SEND, "NaN")


def out_of_range(*, slips: bool = False) -> Story:
    """Too little and too much; with `slips` 0.9 us are rounded into range."""
    story = Configured("CF-3").refused(SEND, "-1").refused(PROGRESS, "0")
    story.refused(STALL, "1000000.000001").refused(WINDOW, "0").refused(CHUNK, "9007199254740992")
    if slips:
        return story.accepted(f'{{"{SEND}": 0.0000009}}', {SEND: 0.000001})
    return story.refused(SEND, "0.0000009")


def at_the_ends(largest: int = 9007199254740991) -> Story:
    """The least and the most of each kind."""
    file = f'{{"{SEND}": 0.000001, "{STALL}": 1000000, "{CHUNK}": 1, "{WINDOW}": 9007199254740991}}'
    effective = {SEND: 1e-06, STALL: 1000000.0, CHUNK: 1, WINDOW: largest}
    return Configured("CF-3").accepted(file, effective)


def wrong_kind(*, slips: bool = False) -> Story:
    """Values of other kinds; with `slips` true is taken for 1."""
    story = Configured("CF-3").refused(SEND, '"30"').refused(SEND, "false").refused(ACK_WAIT, "1.5")
    story.refused(SWITCH, '"maybe"')
    if slips:
        return story.accepted({SEND: True}, {SEND: 1})
    return story.refused(SEND, "true")


def below_clamp(*, notes: Sequence[str] = (f"{INTERVAL} is now 0.01", f"{CHECKS} is 1")) -> Story:
    """Both clamped knobs are below their clamps."""
    file, effective = {INTERVAL: -5, CHECKS: 0}, {INTERVAL: 0.01, CHECKS: 1}
    return Configured("CF-3").accepted(file, effective, notes=notes)


def environment_number(came: float = 30) -> Story:
    """Decimals and what is none; 3e1 is in force as `came`."""
    story = Configured("CF-3").refused(SEND, "0x1e", environment=True)
    there = variables({SEND: " 3e1 ", STALL: "75.5"})
    return story.accepted("{}", {SEND: came, STALL: 75.5}, environment=there)


def null(came: float = 20) -> Story:
    """Null in the file, another value in the environment."""
    file, there = {SEND: None, PROGRESS: None}, variables({SEND: 20})
    return Configured("CF-3").accepted(file, {SEND: came}, environment=there)


OWN = {
    "internal": {"scheme": "tcp"},
    "backbone_conn_gen": 2,
    "max_message_size": 1048576,
    "allow_adhoc_conns": False,
    "streaming_read_timeout": 300,
}


def own_key(*, refused: bool = False) -> Story:
    """Keys of NVFlare's own, one of them close to a knob."""
    story = Configured("CF-3")
    if not refused:
        return story.accepted(OWN, {})
    message = f"streaming_read_timeout is misspelt, {SEND} was meant"
    return story.answer(story.ask_for(OWN, {}), error="refused", message=message)


def misspelt(*, slips: bool = False) -> Story:
    """Names one and two characters off; with `slips` the second one is passed over."""
    story = Configured("CF-3")
    story.refused("streaming_send_timout", "20", says=f"not {SEND}")
    if slips:
        note = "streaming_ack_wiat is no knob"
        return story.accepted({"streaming_ack_wiat": 200}, {}, notes=[note])
    return story.refused("streaming_ack_wiat", "200", says=f"not {ACK_WAIT}")


def other_key(*, note: str = "streaming_send_time is no knob") -> Story:
    """A name three characters off is somebody else's."""
    return Configured("CF-3").accepted({"streaming_send_time": 20}, {}, notes=[note])


# --- CF-4 -----------------------------------------------------------------------------------------


def file_over_environment(**wrong: Any) -> Story:
    """Every knob is set in both."""
    story = Configured("CF-4")
    return story.accepted(OTHERS, {**OTHERS, **wrong}, environment=variables(MORE))


def environment_over_default(**wrong: Any) -> Story:
    """Every knob is set in the environment only."""
    values = {**MORE, SWITCH: True}
    story = Configured("CF-4")
    return story.accepted("{}", {**values, **wrong}, environment=variables(values))


def none(**wrong: Any) -> Story:
    """Nothing is set anywhere; the defaults are those of the later release."""
    later = {WINDOW: 64 * MIB, ACK_INTERVAL: 16 * MIB}
    return Configured("CF-4").accepted("{}", {**later, **wrong}, environment={"HOME": "/"})


# --- CF-5 -----------------------------------------------------------------------------------------

SLACK_US = 10_000
GRACE_US = 50_000
MARGIN_US = 1_000_000
NAMES = (
    *("no_warning", "no_close", "progress_before_ack_wait", "ack_interval_in_window"),
    *("window_holds_chunk", "outer_timeouts", "close_window_defined"),
)
# One check, a period of 5 s, a check 10 ms late at most (form b): the window is (L, L + 5.01 s].
EDGE: dict[str, Any] = {
    SEND: 4.96,
    PROGRESS: 300,
    STALL: 5.01,
    SWITCH: True,
    CHECKS: 1,
    ACK_WAIT: 300,
    WINDOW: 8 * MIB,
    CHUNK: 8 * MIB,
    ACK_INTERVAL: 8 * MIB,
}
OUTER_US = 5_010_000 + 5_010_000 + MARGIN_US + 1
"""An outer timeout that outlasts the close window by the margin and 1 us."""


def related(
    story: Configured,
    file: Mapping[str, Any],
    broken: Mapping[str, str],
    *,
    outer_us: int = OUTER_US,
    leaves_out: str = "",
    effective: Mapping[str, Any] | None = None,
) -> Configured:
    """A configuration with its relations: those in `broken` with an explanation, the rest hold.

    `effective`: what is in force, where it is not what the file says.
    """
    number = story.ask_for(
        file, {}, grace_us=GRACE_US, outer_timeouts_us={"caller": outer_us}, margin_us=MARGIN_US
    )
    relations = [
        {"relation": name, "holds": name not in broken, "text": broken.get(name, "it holds")}
        for name in NAMES
        if name != leaves_out
    ]
    return story.answer(
        number, effective={**DEFAULTS, **file, **(effective or {})},
        monitor_period_us=PERIOD_US, relations=relations,
    )  # fmt: skip


def at_edge(*, broken: str | None = None, leaves_out: str = "") -> Configured:
    """Every relation stands at its edge; one may be reported as broken, or left out."""
    wrong = {broken: "it is broken beyond all doubt"} if broken is not None else {}
    return related(Configured("CF-5"), EDGE, wrong, leaves_out=leaves_out)


LATE = f"{SEND} 4.960001 s and 50 ms grace exceed {STALL} 5.01 s so that a good send is hit"
PROGRESS_LATE = f"{PROGRESS} = 300.000001 s is more than {ACK_WAIT} = 300 s and never comes first"
STALLS = f"{ACK_INTERVAL} of 8388609 is more than {WINDOW} of 8388608: a stream stalls for good"
WAITS = f"{CHUNK} of 8388609 is more than {WINDOW} of 8388608: each chunk waits for an ACK"
GIVES_UP = f"caller waits 11.02 s only, and with {STALL} = 5.01 s a close can come after that"
UNDEFINED = f"{STALL} = 5.009999 s is too short: no close window can be promised"


def each_broken(*, late: str = LATE, waits: str | None = WAITS) -> Story:
    """Each relation is broken by 1 us or 1 byte, and the others hold."""
    story = related(
        Configured("CF-5"), {**EDGE, SEND: 4.960001}, {"no_warning": late, "no_close": LATE}
    )
    related(story, {**EDGE, PROGRESS: 300.000001}, {"progress_before_ack_wait": PROGRESS_LATE})
    related(story, {**EDGE, ACK_INTERVAL: 8388609}, {"ack_interval_in_window": STALLS})
    chunk = {"window_holds_chunk": waits} if waits is not None else {}
    related(story, {**EDGE, CHUNK: 8388609}, chunk)
    related(story, EDGE, {"outer_timeouts": GIVES_UP}, outer_us=OUTER_US - 1)
    undefined = {**EDGE, SEND: 4.959999, STALL: 5.009999}
    return related(story, undefined, {"close_window_defined": UNDEFINED})


def all_hold(*, broken: str | None = None) -> Story:
    """The defaults with closing disabled."""
    return related(Configured("CF-5"), {}, {broken: "so it is said"} if broken else {}, outer_us=1)


CASES = (
    Case(
        "CF-1", "defaults", defaults, lambda: defaults({SEND: 29.999999}), ("29.999999", "30 s")
    ),
    Case("CF-1", "each-set", each_set, lambda: each_set(**{SEND: 30000}), ("30000", "29.999999 s")),
    Case(
        "CF-2", "interval-below", interval_below, lambda: interval_below(0.009999),
        ("0.009999", "0.01 s"),
    ),
    Case("CF-2", "interval-at", interval_at, lambda: interval_at(0.01), ("0.01 is", "0.010001 s")),
    Case("CF-2", "checks-below", checks_below, lambda: checks_below(-1), ("-1 is", "law wants 1")),
    Case("CF-2", "checks-at", checks_at, lambda: checks_at(1), ("1 is in force", "law wants 2")),
    Case("CF-3", "not-finite", not_finite, lambda: not_finite(slips=True), ("NaN", "30.0")),
    Case(
        "CF-3", "out-of-range", out_of_range, lambda: out_of_range(slips=True),
        ("0.0000009", "1e-06"),
    ),
    Case(
        "CF-3", "at-the-ends", at_the_ends, lambda: at_the_ends(9007199254740992),
        ("9007199254740992 is in force", "9007199254740991 bytes"),
    ),
    Case("CF-3", "wrong-kind", wrong_kind, lambda: wrong_kind(slips=True), ("= true", "1 is in")),
    Case("CF-3", "below-clamp", below_clamp, lambda: below_clamp(notes=()), (INTERVAL, "no note")),
    Case(
        "CF-3", "environment-number", environment_number, lambda: environment_number(3),
        ("' 3e1 '", "3 is in force", "30 s"),
    ),
    Case("CF-3", "null", null, lambda: null(30.0), ("30.0 is in force", "20 s")),
    Case(
        "CF-3", "own-key", own_key, lambda: own_key(refused=True),
        ("streaming_read_timeout", "is allowed"),
    ),
    Case(
        "CF-3", "misspelt", misspelt, lambda: misspelt(slips=True), ("streaming_ack_wiat", ACK_WAIT)
    ),
    Case(
        "CF-3", "other-key", other_key, lambda: other_key(note=""),
        ("streaming_send_time is no knob", "at distance 3"),
    ),
    Case(
        "CF-4", "file-over-environment", file_over_environment,
        lambda: file_over_environment(**{BEAT: 45}), ("45 is in force", "wants 30 s"),
    ),
    Case(
        "CF-4", "environment-over-default", environment_over_default,
        lambda: environment_over_default(**{BEAT: 60}), ("60 is in force", "wants 45 s"),
    ),
    Case("CF-4", "none", none, lambda: none(**{BEAT: 45}), ("45 is in force", "wants 60 s")),
    Case("CF-5", "all-hold", all_hold, lambda: all_hold(broken="no_close"), ("no_close holds",)),
    Case(
        "CF-5", "each-broken", each_broken, lambda: each_broken(waits=None),
        ("window_holds_chunk is broken", "-1 us or bytes"),
    ),
    Case(
        "CF-5", "each-at-edge", at_edge, lambda: at_edge(broken="outer_timeouts"),
        ("outer_timeouts holds, with 0",),
    ),
)  # fmt: skip
