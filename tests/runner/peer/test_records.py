"""Records are found byte by byte, and what is none is found at its first byte."""

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.runner.peer.records import Record, Records, find_clear
from tests.runner.peer.peer_bench import payload

LARGEST_BYTES = 16_640


def record(size: int, *, kind: int = 23, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, size) + bytes(min(size, LARGEST_BYTES))


@given(
    sizes=st.lists(st.integers(1, 300), max_size=6), cuts=st.lists(st.integers(0, 2000), max_size=8)
)
def test_records_are_found_whatever_the_pieces(sizes: list[int], cuts: list[int]) -> None:
    """Every record comes out whole, in order, with its place; nothing is taken for clear."""
    stream = b"".join(map(record, sizes))
    records = Records()
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    for begin, end in itertools.pairwise(edges):
        assert records.feed(stream[begin:end]) is None
    expected, at = [], 0
    for size in sizes:
        expected.append(Record(at, record(size)))
        at += 5 + size
    assert expected == list(records.whole)
    assert 0 == records.in_record_bytes
    assert Record(at, b"") == records.rest()


@pytest.mark.parametrize("at", range(1, 22))
def test_inside_a_record_it_is_known_how_much_is_missing(at: int) -> None:
    """The head comes first, then what it announces, and not a byte of the next record."""
    records = Records()
    records.feed(record(16)[:at])
    assert at % 21 == records.in_record_bytes
    assert (5 - at if at < 5 else 21 - at or 5) == records.needed_bytes


@pytest.mark.parametrize(
    ("head", "is_record"),
    [
        (record(1), True),
        (record(0), False),
        (record(LARGEST_BYTES), True),
        (record(LARGEST_BYTES + 1), False),
        *((record(1, kind=kind), 20 <= kind <= 23) for kind in (0, 19, 20, 21, 22, 23, 24, 255)),
        (record(1, version=0x0301), True),
        (record(1, version=0x0300), False),
        (record(1, version=0x0302), False),
        (record(1, version=0x0304), False),
        (record(1, version=0x0203), False),
    ],
)
def test_a_record_has_a_known_type_version_and_length(head: bytes, is_record: bool) -> None:
    """At each bound one more or one less is no record."""
    assert is_record == (Records().feed(head) is None)


@pytest.mark.parametrize("kind", [20, 21, 22, 23])
def test_after_the_handshake_everything_is_of_the_encrypted_type(kind: int) -> None:
    """TLS 1.3 shows one type from then on."""
    records = Records()
    assert records.feed(record(4, kind=kind)) is None
    records.expect_encrypted()
    assert (kind == 23) == (records.feed(record(4, kind=kind)) is None)


def test_what_is_no_record_is_told_once_with_its_place() -> None:
    """Up to 32 bytes of it are shown, whole records before it stay, the rest is only counted."""
    records = Records()
    assert records.feed(record(10) + record(20)[:7]) is None
    clear = records.feed(record(20)[7:] + b"clear" + bytes(100))
    assert clear is not None
    assert 15 + 25 == clear.at_byte
    assert clear.what.endswith((b"clear" + bytes(27)).hex())
    assert 2 == len(records.whole)
    assert records.feed(b"more" + record(1)) is None
    assert 2 == len(records.whole)
    assert (0, b"") == (records.in_record_bytes, records.rest().raw)


@pytest.mark.parametrize("at", [5, 6, 11, 200, 983, 984])
def test_payload_in_a_record_is_found_wherever_it_begins(at: int) -> None:
    """Two blocks in a row are enough, aligned or not, up to the last bytes of the record."""
    noise = bytes((n * 37 + n // 256 * 11) % 251 for n in range(1000))
    raw = noise[:at] + payload(7, 16) + noise[at + 16 :]
    clear = find_clear(Record(5000, raw))
    assert clear is not None
    assert 5000 + at == clear.at_byte
    assert payload(7, 16).hex() in clear.what


@pytest.mark.parametrize("kept", [8, 15])
def test_less_than_two_blocks_are_no_proof(kept: int) -> None:
    """One block, or one and a part of the next, may be anything."""
    noise = bytes((n * 37 + n // 256 * 11) % 251 for n in range(1000))
    raw = noise[: 1000 - kept] + payload(7, 16)[:kept]
    assert find_clear(Record(0, raw)) is None
