"""The payload's pattern: blocks that name the send or the stream, and their own index."""

import struct

import pytest

from stallproof.harness.payload import chunk_of, payload_of


@pytest.mark.parametrize("send", [0, 1, 65536, 0x01020304, 2**32 - 1])
@pytest.mark.parametrize(
    "size_bytes", [0, 1, 7, 8, 9, 64 * 8, 64 * 8 + 1, 65 * 8 - 1, 65536 * 8, 65536 * 8 + 9]
)
def test_every_block_names_the_send_and_its_index(send: int, size_bytes: int) -> None:
    """Whatever the size, the payload is the plain pattern, cut at the end."""
    blocks = -(-size_bytes // 8)
    expected = b"".join(struct.pack(">II", send, index) for index in range(blocks))[:size_bytes]
    assert expected == bytes(payload_of(send, size_bytes))


@pytest.mark.parametrize("stream", [0, 1, 65536, 2**31 - 1])
@pytest.mark.parametrize("offset", [0, 8, 13, 64 * 8, 65535 * 8, 65536 * 8, 65536 * 8 + 3])
@pytest.mark.parametrize("size_bytes", [1, 8, 15, 64 * 8, 65 * 8 + 1, 65536 * 8 + 9])
def test_a_chunk_is_a_piece_of_its_streams_payload(
    stream: int, offset: int, size_bytes: int
) -> None:
    """Wherever it begins, it is the plain pattern of the marked number from there on."""
    first, end = offset // 8, -(-(offset + size_bytes) // 8)
    blocks = b"".join(struct.pack(">II", 2**31 + stream, index) for index in range(first, end))
    expected = blocks[offset % 8 :][:size_bytes]
    assert expected == bytes(chunk_of(stream, offset, size_bytes))
