"""Whether what a harness declares is there, and what it does not declare is `unsupported`."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from stallproof.runner.scenarios.context import Context
from stallproof.runner.smoke.check import Check, broken, left_out, sound
from stallproof.runner.smoke.deciding import decides
from stallproof.runner.sut.client import Failed, Refused, Unsupported
from stallproof.wire.events import AckReceived, Checked, ChunkReady, StreamEnded, StreamMade
from stallproof.wire.operations import DECIDE, OPERATIONS
from stallproof.wire.protocol import RECEIVING

PERIOD_US = 200_000
JUMP_US = 3_600_000_000
CHUNKS = 2
WITHIN_S = 3.0
PROTOCOL = "See `stallproof spec protocol`."


def declared(context: Context, transport: str | None) -> Iterator[Check]:
    """Ask for each operation that a feature stands for; of `None`, for what takes no connection."""
    conn = "none" if transport is None else context.open("ops", transport)
    # Every harness has `config`; what that feature stands for is more than the operation.
    by_feature = {one.feature: op for op, one in OPERATIONS.items() if one.feature and one.in_case}
    for feature, op in by_feature.items():
        if feature not in context.harness.hello.features:
            yield _undeclared(context, str(feature), op, conn)
        elif feature in _ON_A_CONNECTION and transport is None:
            yield left_out(str(feature), "It declares no transport that this could be seen on.")
        elif (part := _PARTS.get(str(feature))) is not None:
            yield part(context, conn)
    if RECEIVING in context.harness.hello.features and transport is not None:
        yield _receives(context, conn)


def _receives(context: Context, conn: str) -> Check:
    """Have the peer send one frame, which who declares what counts receipts has to count."""
    try:
        counted = context.received(conn, WITHIN_S)
    except (Unsupported, Failed, Refused) as error:
        seen = f"'received' was answered with {type(error).__name__.lower()!r}: {error}."
    else:
        if counted:
            return sound("received", "It counted a frame that the peer sent.")
        seen = f"The peer sent a frame, and 'received' did not count it within {WITHIN_S:g} s."
    return broken(
        "received", seen, "Who declares tls, checks or heartbeats counts the frames that come in."
    )


def _undeclared(context: Context, feature: str, op: str, conn: str) -> Check:
    needed = (one for one in msgspec.structs.fields(OPERATIONS[op]) if one.required)
    some: dict[Any, Any] = {str: conn, dict[str, Any]: {}}
    fields = {one.name: some.get(one.type, 1) for one in needed if one.name != "id"}
    try:
        context.harness.request(op, **fields)
    except Unsupported:
        return left_out(feature, "It does not declare this, and answers 'unsupported'.")
    except (Failed, Refused) as error:
        answer = type(error).__name__.lower()
    else:
        answer = "ok"
    return broken(
        feature,
        f"It does not declare {feature}, and {op!r} is answered with {answer!r}.",
        "Answer 'unsupported', or declare it: what is not declared is never judged.",
    )


def _checks(context: Context, conn: str) -> Check:
    context.harness.request("check")
    seen = context.record.wait_for(lambda e: isinstance(e, Checked) and e.conn == conn, WITHIN_S)
    if seen is None:
        return broken(
            "checks",
            f"'check' was answered, and no 'checked' was said of connection {conn}.",
            "A pass says 'checked' of each connection that is open.",
        )
    return sound("checks", "A pass of the monitor looked at the connection and said so.")


def _monitor(context: Context, conn: str) -> Check:
    reply = context.harness.request("monitor", period_us=PERIOD_US)
    context.harness.request("monitor", period_us=None)
    if reply.get("form") not in ("a", "b") or not isinstance(reply.get("slack_us"), int):
        return broken("monitor", "The answer to 'monitor' has no form and slack_us.", PROTOCOL)
    return sound("monitor", "The monitor was started and stopped.")


def _wall_jump(context: Context, conn: str) -> Check:
    reply = context.harness.request("wall_jump", by_us=JUMP_US)
    moved = reply.get("after_us", 0) - reply.get("before_us", 0)
    if abs(moved - JUMP_US) > 1_000_000:
        return broken(
            "wall_jump",
            f"The wall clock was to move by {JUMP_US} us, and its readings differ by {moved} us.",
            "'before_us' and 'after_us' are what the implementation itself reads.",
        )
    return sound("wall_jump", "The wall clock moved as far as it was asked to.")


def _streams(context: Context, conn: str) -> Check:
    chunk = 1024 * 1024
    number = next(context.stream_numbers)
    context.harness.request("stream", conn=conn, stream=number, total_bytes=CHUNKS * chunk)
    for kind in (StreamMade, ChunkReady, StreamEnded):
        seen = context.record.wait_for(
            lambda e, kind=kind: isinstance(e, kind) and e.stream == number,  # type: ignore[misc]
            WITHIN_S,
        )
        if seen is None:
            tag = kind.__struct_config__.tag
            return broken("streams", f"A stream never said {tag!r}.", PROTOCOL)
    context.harness.request(
        "ack", conn=conn, stream=number, offset=CHUNKS * chunk, origin=None, error=None
    )
    said = context.record.wait_for(
        lambda e: isinstance(e, AckReceived) and e.stream == number, WITHIN_S
    )
    if said is None:
        return broken(
            "streams", "An ACK was handed over, and no 'ack_received' was said.", "Say it of each."
        )
    return sound("streams", "A stream was made, sent and ended, and took an ACK.")


_PARTS: dict[str, Callable[[Context, str], Check]] = {
    "checks": _checks,
    "monitor": _monitor,
    "wall_jump": _wall_jump,
    "streams": _streams,
    DECIDE: decides,
}
_ON_A_CONNECTION = frozenset({"checks", "streams"})

DECLARED: tuple[tuple[str, Callable[[Context, str | None], Iterator[Check]]], ...] = (
    ("operations", declared),
)
