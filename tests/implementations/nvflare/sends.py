"""Sends of single frames: their payload, and the thread that calls NVFlare."""

import struct

from judged import CommError, SfmConnection
from output import OUT
from sockets import CURRENT

APP_ID = 1
HIGHER = b"".join(bytes([high]) * 256 for high in range(256))
LOWER = bytes(range(256)) * 256
"""The two lower bytes of the block indexes from 0 to 65535."""
OUTCOMES = {CommError.TIMEOUT: "timeout", CommError.CLOSED: "closed"}


def payload_of(number: int, size_bytes: int, first_block: int = 0) -> bytes:
    """Return a payload: blocks of `number` and their index, from `first_block` on."""
    end = first_block + (size_bytes + 7) // 8
    whole = bytearray()
    index = first_block
    # Up to the next multiple of 65536 the indexes of blocks differ in their lower half only, so
    # that 16 MiB are made in milliseconds.
    while index < end:
        lower = index & 0xFFFF
        count = min(end - index, 0x10000 - lower)
        part = bytearray(struct.pack(">II", number & 0xFFFFFFFF, index - lower) * count)
        part[6::8] = HIGHER[lower : lower + count]
        part[7::8] = LOWER[lower : lower + count]
        whole += part
        index += count
    return bytes(memoryview(whole)[:size_bytes])


def run_send(conn: SfmConnection, name: str, send: int, size_bytes: int, repeat: int) -> None:
    """Send the frames one after the other, up to the first that fails, and tell how it went."""
    CURRENT.conn, CURRENT.send, CURRENT.single = name, send, repeat == 1
    CURRENT.cause = "send_timeout"
    outcome, detail, completed = "ok", None, 0
    payload = payload_of(send, size_bytes)
    OUT.event("send_started", conn=name, send=send)
    while outcome == "ok" and completed < repeat:
        if completed:
            payload = payload_of(send + completed, size_bytes)
        CURRENT.wrote, CURRENT.sequence = 0, None
        try:
            conn.send_data(APP_ID, conn.sfm_endpoint.next_stream_id(), None, payload)
            completed += 1
        except CommError as error:
            outcome, detail = OUTCOMES.get(error.code, "error"), str(error)
        except Exception as error:
            outcome, detail = "error", f"{type(error).__name__}: {error}"
    OUT.event(
        "send_ended", conn=name, send=send, outcome=outcome, raised=outcome != "ok",
        completed=completed, written_bytes=CURRENT.wrote, sequence=CURRENT.sequence, detail=detail,
    )  # fmt: skip
