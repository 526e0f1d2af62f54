"""Lines of requests, and the answers to them, whatever comes of carrying one out.

Spec: `spec/protocol.md`, rules 1 to 3.
"""

from collections.abc import Callable

import msgspec

from stallproof.harness.adapter import Fields, Refused, Unsupported
from stallproof.wire.operations import OPERATIONS, AnyRequest
from stallproof.wire.protocol import LINE_MAX_BYTES

NO_ID = 0
"""The id of the answer to a line from which no id could be read."""

_request = msgspec.json.Decoder(AnyRequest)


def understood(line: bytes) -> AnyRequest | Fields:
    """Return the request in `line`, or the answer that says why it is none."""
    try:
        request: AnyRequest = _request.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        ident, op = _salvaged(line)
        if op is not None and op not in OPERATIONS:
            return failed(ident, "unsupported", f"no operation is called {op!r}")
        return failed(ident, "failed", f"not a request: {error}")
    return request


def answered(request: AnyRequest, carry_out: Callable[[AnyRequest], Fields]) -> Fields:
    """Carry out `request` and return the answer; never raises."""
    try:
        return {"id": request.id, "ok": True, **carry_out(request)}
    except Unsupported as error:
        return failed(request.id, "unsupported", str(error))
    except Refused as error:
        return failed(request.id, "refused", str(error), error.fields)
    except Exception as error:
        return failed(request.id, "failed", f"{type(error).__name__}: {error}")


def too_long() -> Fields:
    """Return the answer to a line that is longer than a line may be."""
    return failed(NO_ID, "failed", f"a line is longer than {LINE_MAX_BYTES} bytes")


def failed(ident: int, error: str, message: str, fields: Fields | None = None) -> Fields:
    """Return the answer that says what went wrong."""
    return {"id": ident, "ok": False, "error": error, "message": message, **(fields or {})}


def _salvaged(line: bytes) -> tuple[int, str | None]:
    """Return the id and the operation of a line that is no request, as far as they can be read."""
    try:
        raw = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NO_ID, None
    if not isinstance(raw, dict):
        return NO_ID, None
    ident, op = raw.get("id"), raw.get("op")
    known = ident if isinstance(ident, int) and not isinstance(ident, bool) else NO_ID
    return known, op if isinstance(op, str) else None
