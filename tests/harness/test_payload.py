"""The payload's pattern: blocks that name the send and their own index."""

import struct

import pytest

from stallproof.harness.payload import payload_of


@pytest.mark.parametrize("send", [0, 1, 65536, 0x01020304, 2**32 - 1])
@pytest.mark.parametrize(
    "size_bytes", [0, 1, 7, 8, 9, 64 * 8, 64 * 8 + 1, 65 * 8 - 1, 65536 * 8, 65536 * 8 + 9]
)
def test_every_block_names_the_send_and_its_index(send: int, size_bytes: int) -> None:
    """Whatever the size, the payload is the plain pattern, cut at the end."""
    blocks = -(-size_bytes // 8)
    expected = b"".join(struct.pack(">II", send, index) for index in range(blocks))[:size_bytes]
    assert expected == bytes(payload_of(send, size_bytes))
