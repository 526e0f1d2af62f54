"""Decisions as plain keys: what counts of an event, in an order that sorts canonically.

A decision of the law and a word of the implementation are the same exactly when their keys are: the
moment, the rank of the event, and the fields that count. Within one instant order does not count,
so that keys are compared sorted: by time, by the event's place in `DECISIVE`, by the fields.

Spec: `spec/virtual.md`, "What has to be said".
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from stallproof.judge.rules.machines import law_of
from stallproof.judge.rules.machines.verdict import Verdict
from stallproof.wire.events import DECISIVE, IMPLEMENTATION

Key = tuple[Any, ...]
"""`(at_us, rank, *fields)` of one decision."""

EVENTS = tuple(DECISIVE)
RANK = {event: rank for rank, event in enumerate(EVENTS)}
LOCK_TAKEN, WRITTEN, SEND_ENDED = RANK["lock_taken"], RANK["written"], RANK["send_ended"]
CLOSING, RECEIVED = RANK["closing"], RANK["received"]
CHECKED, WARNED = RANK["checked"], RANK["warned"]
HEARTBEAT, CHUNK_BEGUN = RANK["heartbeat_queued"], RANK["chunk_begun"]
ACK_RECEIVED, STREAM_ENDED = RANK["ack_received"], RANK["stream_ended"]
NOTICE_SENT, DECIDED = RANK["notice_sent"], RANK["decided"]

_SORTED = json.JSONEncoder(sort_keys=True)

GIVEN_UP = "given_up"
"""The outcome of a send that its caller did not want any more."""
_OBJECTS = ("input", "decision")
"""The fields of `decided`, which are JSON objects: a key holds them as their text."""


def _getter(event: str) -> Callable[[Any], Any]:
    names = DECISIVE[event]
    if len(names) == 1:
        one = attrgetter(*names)
        return lambda said: (one(said),)
    get = attrgetter(*names)
    if event == EVENTS[SEND_ENDED]:
        # Whether a send that was given up raised is its own business (SD-18).
        return lambda said: (*get(said)[:3], said.raised and said.outcome != GIVEN_UP)
    if event != EVENTS[DECIDED]:
        return get
    return lambda said: _decided(*get(said))


def _decided(machine: str, given: dict[str, Any], decision: dict[str, Any]) -> tuple[str, str, str]:
    text = frozen(given)
    verdict = verdict_of(machine, text)
    return machine, text, frozen(decision if verdict is None else verdict.read(decision))


@lru_cache(maxsize=32)
def verdict_of(machine: str, given: str) -> Verdict | None:
    """Return what the law says of an input as `frozen` has it: asked of a request and its reply."""
    return law_of(machine, json.loads(given))


def frozen(value: Mapping[str, Any]) -> str:
    """Return a JSON object as a text that is the same for equal objects."""
    return _SORTED.encode(value)


SAID: dict[type[Any], tuple[int, Callable[[Any], Any]]] = {
    IMPLEMENTATION[tag]: (rank, _getter(tag)) for tag, rank in RANK.items()
}
"""The rank of each event that is a decision, and what returns the fields of its key."""


def decision_of(key: Key) -> dict[str, Any]:
    """Return the decision of a key as a vector has it."""
    event = EVENTS[key[1]]
    fields = dict(zip(DECISIVE[event], key[2:], strict=True))
    fields |= {name: json.loads(fields[name]) for name in _OBJECTS if name in fields}
    return {"event": event, "at_us": key[0], **fields}


def together(keys: Iterable[Key]) -> list[Key]:
    """Return the keys sorted, the writes of one send that began and ended alike as one.

    How an implementation cuts its writes within an instant is its own business.
    """
    others: list[Key] = []
    writes: dict[Key, int] = {}
    for key in keys:
        if key[1] == WRITTEN:
            writes[key[:5]] = writes.get(key[:5], 0) + key[5]
        else:
            others.append(key)
    others += [(*begun, wrote) for begun, wrote in writes.items()]
    return sorted(others)
