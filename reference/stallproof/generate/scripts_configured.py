"""Scripts of configurations: files and environments that nobody has written down (group CF).

The intuition: what is misread is a value at an end of its range, of another kind, under another
name, or from another source. So names, values and sources are mixed, from tables that hold both
sides of each end; a configuration of which the law does not say what becomes of it is left out.

The use: `configurations(draws, features)`.

Spec: `spec/cf.md`, `spec/virtual.md`.
"""

import json
from collections.abc import Collection
from typing import Any

import msgspec

from stallproof.generate.builder import bare
from stallproof.generate.scripts_draws import Draws
from stallproof.judge.model import lawful_of
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors.format import Step, Vector

GROUP = tuple(one.id for one in load_registry().requirements if one.group == "CF")
"""Every configuration is judged by each of these, whatever it puts to the test."""
STEPS_MAX = 3
"""Each configuration stands by itself: more of them show nothing more."""
KEYS_MAX = 4
ODD = (
    *("true", "false", '"30"', '"yes"', "null", "[]", "{}"),
    *("NaN", "Infinity", "-Infinity", "1e400"),
)
"""What belongs to no number, or to no finite one."""
SECONDS = (
    *("30", "60", "1", "0.000001", "0.0000009", "0.0000015", "1000000", "1000000.000001"),
    *("0", "-1", "29.999999", "30.000001", "3e1", "45", "44.95", "44.950001", "44.949999"),
    *("59.999999", "300", "300.000001", "5", "5.000001"),
)
CLAMPED_SECONDS = (
    *("5", "0.01", "0.009999", "0.010001", "0", "-1", "0.0099999", "1000000", "1000000.000001"),
)
WHOLE_SECONDS = ("300", "60", "59", "61", "1", "0", "-1", "0.5", "1.5", "1000000", "1000001")
BYTES = (
    *("1048576", "1048575", "1048577", "1", "4194304", "4194303", "4194305", "16777216"),
    *("0", "-1", "9007199254740991", "9007199254740992", "1.5"),
)
COUNT = ("3", "1", "2", "0", "-1", "1.5", "7")
SWITCH = ("true", "false", '"yes"', '"NO"', '"T"', "2", "0", "-1", '"maybe"', '""', "0.5")
VALUES: dict[str, tuple[str, ...]] = {
    "streaming_send_timeout": SECONDS,
    "streaming_ack_progress_timeout": SECONDS,
    "streaming_ack_progress_check_interval": CLAMPED_SECONDS,
    "sfm_send_stall_timeout": SECONDS,
    "sfm_close_stalled_connection": SWITCH,
    "sfm_send_stall_consecutive_checks": COUNT,
    "streaming_ack_wait": WHOLE_SECONDS,
    "streaming_window_size": BYTES,
    "streaming_chunk_size": BYTES,
    "streaming_ack_interval": BYTES,
    "heartbeat_interval": WHOLE_SECONDS,
}
"""What may stand in a file for each knob, as it is written there; the first is the plainest."""
ONLY_IN_THE_ENVIRONMENT = ("", "0x1e", " 30 ", "+5", ".5", "5.", "1_000", "nan", "inf", "YES", "f")
NO_KNOBS = (
    *("internal", "backbone_conn_gen", "max_message_size", "streaming_retry_wait", "colour"),
    *("streaming_read_timeout", "streaming_send", "stream_to", ""),
)
"""Keys of the origin, and keys of nobody."""
LETTERS = ("x", "S", "_", "")
OUTER_US = (100_000_000, 59_999_999, 60_000_000, 60_000_001, 1)
GRACES_US = (50_000, 0, 1, 49_999, 15_000_000)


def configurations(draws: Draws, features: Collection[str]) -> Vector:
    """Return a script of one to three configurations; at least one is always left."""
    steps = [
        step
        for _ in range(1 + draws.below(STEPS_MAX))
        if (one := lawful_of(step := _step(draws, features))) is not None and not one.is_open
    ]
    steps = steps or [Step(at_us=0, do={"op": "config", "file": "{}"})]
    judged = [law for law in GROUP if law != "CF-5" or "relations" in features]
    return msgspec.structs.replace(bare({}, steps), requirements=judged)


def _step(draws: Draws, features: Collection[str]) -> Step:
    file = dict(_entry(draws) for _ in range(draws.below(KEYS_MAX + 1)))
    variables = dict(_variable(draws) for _ in range(draws.below(KEYS_MAX)))
    do: dict[str, Any] = {"op": "config", "file": _object(file)}
    if variables:
        do["environment"] = variables
    if "relations" in features:
        if draws.chance(2):
            do["grace_us"] = draws.pick(GRACES_US)
        if "monitor" in features and draws.chance(2):
            do["outer_timeouts_us"] = {"outer_1": draws.pick(OUTER_US)}
            do["margin_us"] = draws.pick((0, 1, 1_000_000))
    return Step(at_us=0, do=do)


def _object(entries: dict[str, str]) -> str:
    """Return the text of a file; values stand there as they are written in the tables."""
    return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in entries.items()) + "}"


def _entry(draws: Draws) -> tuple[str, str]:
    name = draws.pick(tuple(VALUES))
    text = draws.pick(ODD if draws.chance(1) else VALUES[name])
    if draws.chance(1):
        return draws.pick(NO_KNOBS), text
    return (_misspelt(draws, name) if draws.chance(1) else name), text


def _variable(draws: Draws) -> tuple[str, str]:
    name = draws.pick(tuple(VALUES))
    text = draws.pick(ONLY_IN_THE_ENVIRONMENT if draws.chance(1) else VALUES[name])
    name = _misspelt(draws, name) if draws.chance(1) else name
    return f"NVFLARE_{name.upper()}", text.strip('"')


def _misspelt(draws: Draws, name: str) -> str:
    """Return `name` with one to three letters replaced or left out."""
    for _ in range(1 + draws.below(3)):
        place = draws.below(len(name))
        name = name[:place] + draws.pick(LETTERS) + name[place + 1 :]
    return name
