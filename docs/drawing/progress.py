"""What a vector tells of the times of a stream: when chunks were ready, and when it failed to move.

The complication: the hardened clock may begin later, with the wait (`P` in `spec/ap.md`), and no
decision tells when a wait began. So this is the moment that the seed clock has, and its name says
what it is: the progress timeout after the last progress.

Spec: `spec/ap.md`, "Terms and symbols".
"""

from typing import Any

from stallproof.requirements.knobs import MICROSECONDS, PROGRESS
from stallproof.requirements.vectors import Vector
from stallproof.requirements.vectors.format import KNOBS


def due_of_streams(vector: Vector) -> dict[tuple[str, int], int]:
    """Return by connection and stream when the timeout has passed since the last progress.

    Progress is an ACK with a greater offset that counts, before that moment; what comes at it or
    later comes too late. A stream that was over before that moment is left out.
    """
    timeout_us = round({**KNOBS, **vector.knobs}[PROGRESS] * MICROSECONDS)
    due: dict[tuple[str, int], int] = {}
    offsets: dict[tuple[str, int], int] = {}
    for step in vector.steps:
        do = step.do or {}
        key = (do.get("conn", ""), do.get("stream", 0))
        if do.get("op") == "stream":
            due[key], offsets[key] = step.at_us + timeout_us, 0
        elif do.get("op") == "ack" and key in due and step.at_us < due[key]:
            offset = do["offset"]
            # A boolean is no offset, and an ACK may bring none.
            if type(offset) is int and offset > offsets[key] and _counts(step.expect):
                due[key], offsets[key] = step.at_us + timeout_us, offset
        for ended in (each for each in step.expect if each["event"] == "stream_ended"):
            key = (ended["conn"], ended["stream"])
            if key in due and ended["at_us"] < due[key]:
                del due[key]
    return due


def chunks_ready(vector: Vector) -> list[tuple[str, int, int]]:
    """Return connection, stream and moment for each chunk that had a pause before it.

    A pause begins when the chunk before it has left. Where room is short that may be later than
    its beginning, and no decision tells it: such a connection is left out.
    """
    requests = [(step.at_us, step.do) for step in vector.steps if step.do is not None]
    short = {do["conn"] for _at, do in requests if do["op"] == "open" and "room_bytes" in do}
    found = []
    for at_us, do in requests:
        if do["op"] != "stream" or do["conn"] in short:
            continue
        left_us = [at_us + do.get("start_after_us", 0), *_begun(vector, do)]
        for left, pause_us in zip(left_us, do.get("chunk_ready_us", []), strict=False):
            if pause_us:
                found.append((do["conn"], do["stream"], left + pause_us))
    return found


def _begun(vector: Vector, stream: dict[str, Any]) -> list[int]:
    return [
        each["at_us"]
        for step in vector.steps
        for each in step.expect
        if each["event"] == "chunk_begun"
        and (each["conn"], each["stream"]) == (stream["conn"], stream["stream"])
    ]


def _counts(expect: list[dict[str, Any]]) -> bool:
    return any(each["event"] == "ack_received" and each["accepted"] for each in expect)
