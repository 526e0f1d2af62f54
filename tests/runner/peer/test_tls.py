"""The peer over TLS: frames, modes and limits, ends of every kind, and bytes in clear."""

import os
import socket
import ssl
import stat
import struct
from pathlib import Path

import pytest

from stallproof.runner.peer.client import PeerRefused
from stallproof.wire.events import (
    PeerAccepted,
    PeerDid,
    PeerFrame,
    PeerMode,
    PeerSawClear,
    PeerSawEnd,
    PeerSawHangup,
    PeerSecured,
)
from tests.runner.peer.peer_bench import LAYOUT, Bench, fill, frame, open_bench, payload, settle
from tests.runner.peer.secure_client import SecureClient, shut

bench = pytest.fixture(open_bench)
HEAD = 5


def connected(bench: Bench, conn: str = "a", mode: str = "drain") -> SecureClient:
    """Return a client whose handshake is over, on the side of the peer as well."""
    client = SecureClient(bench, conn, mode).shake_hands()
    bench.wait(PeerSecured, lambda e: e.conn == conn)
    return client


def test_frames_of_many_sizes_arrive_over_tls(bench: Bench) -> None:
    """Sizes around block, record and buffer boundaries are found whole, intact and in order."""
    client = connected(bench)
    sizes = [0, 1, 7, 8, 9, 16, 1000, 16_367, 16_368, 16_369, 65_536, 300_001]
    for number, size in enumerate(sizes, 1):
        client.send(frame(number, size, sequence=number))
    client.close()
    end = bench.wait(PeerSawEnd)
    frames = bench.all(PeerFrame)
    assert sizes == [f.size_bytes for f in frames]
    assert all(f.intact for f in frames)
    content_bytes = sum(sizes) + 16 * len(sizes)
    assert ("eof", content_bytes, 0, None) == (
        end.how, end.total_bytes, end.torn_bytes, end.garbage
    )  # fmt: skip
    secured = bench.wait(PeerSecured)
    assert "TLSv1.3" == secured.version
    assert bench.wait(PeerAccepted).at_us <= secured.at_us <= frames[0].at_us
    # Reads count the transport: more than the content, by the handshake and the records' own.
    assert content_bytes < bench.total_bytes() < content_bytes + 4096
    assert not bench.all(PeerSawClear)


def test_a_blocking_client_of_the_standard_library_is_served(bench: Bench) -> None:
    """An ordinary SSLSocket sends, receives, and closes in peace."""
    raw = bench.connect("tls")
    context = ssl.create_default_context(cafile=bench.address["certificate_authority"])
    with context.wrap_socket(raw, server_hostname="127.0.0.1") as sock:
        sock.sendall(frame(1, 1_000_000))
        assert bench.wait(PeerFrame).intact
        assert bench.peer.send_frame("a", payload=b"hello")
        assert b"hello" == sock.recv(100)[-5:]
        sock.unwrap()
    assert "eof" == bench.wait(PeerSawEnd).how


def test_the_authority_s_file_holds_no_key_and_goes_with_the_peer() -> None:
    """Only certificates are on disk, readable by the owner alone, and nothing of it stays."""
    for bench in open_bench():
        connected(bench)
        file = Path(bench.address["certificate_authority"])
        assert 0o600 == stat.S_IMODE(os.stat(file).st_mode)
        keys = [f for f in file.parent.iterdir() if f.is_file() and b"PRIVATE" in f.read_bytes()]
        assert [] == keys
    assert not file.parent.exists()


def test_who_trusts_others_only_does_not_connect(bench: Bench) -> None:
    """The certificate is no public one: a client without the authority's file refuses it."""
    raw = bench.connect("tls")
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(raw, server_hostname="127.0.0.1")
    raw.close()
    end = bench.wait(PeerSawEnd)
    assert "the TLS handshake failed" in (end.garbage or "")
    assert not bench.all(PeerSecured)
    assert not bench.all(PeerSawClear)


def test_tls_before_1_3_is_refused(bench: Bench) -> None:
    """A client that knows TLS 1.2 at most gets no connection."""
    raw = bench.connect("tls")
    context = ssl.create_default_context(cafile=bench.address["certificate_authority"])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        context.wrap_socket(raw, server_hostname="127.0.0.1")
    raw.close()
    assert "the TLS handshake failed" in (bench.wait(PeerSawEnd).garbage or "")


def test_a_stopped_peer_reads_the_handshake_and_not_a_byte_more(bench: Bench) -> None:
    """What lies unread are exactly the records behind the handshake."""
    client = connected(bench, mode="stop")
    records = client.sealed(frame(1, 1000))
    client.sock.sendall(records)
    assert len(records) == bench.unread(len(records))
    handshake_bytes = bench.total_bytes()
    settle(bench)
    assert handshake_bytes == bench.total_bytes()
    bench.peer.mode("a", "drain")
    assert bench.wait(PeerFrame).intact


def test_a_frame_behind_the_handshake_in_one_write_is_not_lost(bench: Bench) -> None:
    """The client's last handshake record and its first frame come at once."""
    SecureClient(bench).shake_hands(and_send=frame(1, 100))
    assert bench.wait(PeerFrame).intact


def test_a_full_connection_blocks_the_sender_on_tls(bench: Bench) -> None:
    """A peer that does not read takes no more than the buffers hold."""
    client = connected(bench, mode="stop")
    records = client.sealed(frame(1, 12_000_000))
    sent = fill(client.sock, records)
    assert sent < 8_000_000
    settle(bench)
    before = bench.total_bytes()
    settle(bench)
    assert before == bench.total_bytes()
    bench.peer.mode("a", "drain")
    client.sock.sendall(records[sent:])
    assert bench.wait(PeerFrame).intact


def test_a_limit_in_bytes_stops_inside_a_record(bench: Bench) -> None:
    """The limit counts the transport's bytes, exactly; the peer says how far into a record."""
    client = connected(bench, mode="stop")
    records = client.sealed(frame(1, 100_000))
    client.sock.sendall(records)
    settle(bench)
    handshake_bytes = bench.total_bytes()
    bench.peer.mode("a", "drain", limit_bytes=20_000)
    stopped = bench.wait(PeerMode, lambda m: m.mode == "stop" and m.in_record_bytes > 0)
    settle(bench)
    assert handshake_bytes + 20_000 == bench.total_bytes()
    first = HEAD + int.from_bytes(records[3:5], "big")
    assert 20_000 - first == stopped.in_record_bytes
    bench.peer.mode("a", "drain")
    assert bench.wait(PeerFrame).intact


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_limit_in_frames_keeps_back_what_was_read_beyond(bench: Bench, frames: int) -> None:
    """Several frames lie in one record; exactly so many are given, and the rest later."""
    client = connected(bench, mode="stop")
    client.send(b"".join(frame(n, 1000, sequence=n) for n in range(1, 5)))
    bench.peer.stop_after_frames("a", frames)
    bench.wait(PeerMode, lambda m: m.mode == "stop" and m is not bench.all(PeerMode)[0])
    settle(bench)
    assert list(range(1, frames + 1)) == [f.send for f in bench.all(PeerFrame)]
    # Nothing more comes over the transport: no poll would wake the peer for the rest.
    bench.peer.mode("a", "drain")
    bench.wait(PeerFrame, lambda f: f.send == 4)
    assert all(f.intact for f in bench.all(PeerFrame))


def test_what_was_kept_back_is_not_given_while_the_peer_is_stopped(bench: Bench) -> None:
    """After a limit in frames nothing happens until the mode changes, not even at the end."""
    client = connected(bench, mode="stop")
    client.send(frame(1, 100) + frame(2, 100))
    bench.peer.stop_after_frames("a", 1)
    bench.wait(PeerFrame)
    client.close()
    bench.wait(PeerSawHangup)
    settle(bench)
    assert [1] == [f.send for f in bench.all(PeerFrame)]
    assert not bench.all(PeerSawEnd)
    bench.peer.mode("a", "drain")
    assert "eof" == bench.wait(PeerSawEnd).how
    assert [1, 2] == [f.send for f in bench.all(PeerFrame)]


def test_a_trickle_reads_pieces_of_the_transport(bench: Bench) -> None:
    """Each turn takes at most one piece, whether it ends a record or not: 14 turns for this one."""
    client = connected(bench, mode="stop")
    client.send(frame(1, 40_000))
    bench.peer.mode("a", "trickle", piece_bytes=3000, every_us=10_000)
    arrived = bench.wait(PeerFrame)
    set_us = bench.wait(PeerMode, lambda m: m.mode == "trickle").at_us
    assert arrived.intact
    # Turns are never made up for, so the last cannot come before its moment.
    assert arrived.at_us - set_us >= 14 * 10_000


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("torn", [True, False])
def test_an_end_is_in_peace_only_when_it_was_announced(
    bench: Bench, announced: bool, torn: bool
) -> None:
    """A close_notify makes it `eof`, its lack `truncated`, between frames and inside one."""
    client = connected(bench)
    whole = frame(1, 1000)
    client.send(whole[:500] if torn else whole)
    if announced:
        client.sock.sendall(client.farewell())
    shut(client.sock)
    end = bench.wait(PeerSawEnd)
    assert ("eof" if announced else "truncated") == end.how
    assert (500, 1016, 1) == (end.torn_bytes, end.torn_size_bytes, end.torn_send) or not torn
    assert not bench.all(PeerSawClear)


def test_an_end_inside_a_record_is_truncated(bench: Bench) -> None:
    """Half a record brings no content, and its bytes are still no clear ones."""
    client = connected(bench)
    client.send(frame(1, 1000)[:100])
    record = client.sealed(payload(1, 8000))
    client.sock.sendall(record[: len(record) // 2])
    shut(client.sock)
    end = bench.wait(PeerSawEnd)
    assert ("truncated", 100, None) == (end.how, end.torn_bytes, end.garbage)
    assert not bench.all(PeerSawClear)


@pytest.mark.parametrize("transport", ["tls", "tcp"])
def test_what_follows_a_torn_frame_is_told(bench: Bench, transport: str) -> None:
    """Bytes of another send in the place of the missing ones are named at the end."""
    stream = frame(1, 8000)[:4008] + frame(2, 1000)
    if transport == "tls":
        client = connected(bench)
        client.send(stream)
        client.close()
    else:
        sock = bench.connect(transport)
        sock.sendall(stream)
        sock.close()
    end = bench.wait(PeerSawEnd)
    assert (len(stream), 1) == (end.torn_bytes, end.torn_send)
    assert "of the unfinished frame block 499" in (end.garbage or "")
    assert "send 2's block 0 begins there" in (end.garbage or "")


def test_a_reset_is_told_apart_on_tls(bench: Bench) -> None:
    """Neither announced nor the transport's end: the connection was reset."""
    client = connected(bench)
    client.send(frame(1, 100)[:50])
    settle(bench)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.sock.close()
    assert "reset" == bench.wait(PeerSawEnd).how


def test_bytes_after_an_announced_end_are_watched(bench: Bench) -> None:
    """After the close_notify the TLS layer reads no more; what comes in clear is found."""
    client = connected(bench)
    client.send(frame(1, 100))
    client.sock.sendall(client.farewell())
    client.sock.sendall(frame(2, 100))
    shut(client.sock)
    assert bench.wait(PeerSawClear).what.startswith("no TLS record begins with")
    end = bench.wait(PeerSawEnd)
    assert ("eof", 116) == (end.how, end.total_bytes)
    assert [1] == [f.send for f in bench.all(PeerFrame)]


@pytest.mark.parametrize("size", [1, 4, 5, 32, 100, 100_000])
def test_clear_bytes_between_records_are_found(bench: Bench, size: int) -> None:
    """However few they are, they are told with their place, and the rest is read to the end."""
    client = connected(bench)
    records = client.sealed(frame(1, 30_000))
    client.sock.sendall(records)
    bench.wait(PeerFrame)
    settle(bench)
    before = bench.total_bytes()
    stray = frame(7, 200_000)[:size]
    client.sock.sendall(stray)
    shut(client.sock)
    clear = bench.wait(PeerSawClear)
    bench.wait(PeerSawEnd)
    assert before == clear.at_byte
    assert stray[:1].hex() == clear.what.removeprefix("no TLS record begins with ")[:2]
    assert len(clear.what.removeprefix("no TLS record begins with ")) <= 64
    assert before + size == bench.total_bytes()
    assert 1 == len(bench.all(PeerSawClear))


def test_clear_bytes_inside_a_record_that_ends_there_are_found(bench: Bench) -> None:
    """A record whose rest leaves in clear does not decrypt, and its bytes give it away."""
    client = connected(bench)
    record = client.sealed(frame(1, 8000))
    client.sock.sendall(record[:3000] + frame(1, 8000)[3000 : 3000 + len(record) - 3000])
    client.sock.sendall(bytes(3))
    shut(client.sock)
    clear = bench.wait(PeerSawClear)
    assert "payload in clear" in clear.what
    assert "garbage" not in clear.what
    assert bench.wait(PeerSawEnd).garbage is None


def test_clear_bytes_inside_a_record_that_never_ends_are_found(bench: Bench) -> None:
    """The stream ends before the record does: only the peer's own eyes see what came of it."""
    client = connected(bench)
    record = client.sealed(frame(1, 8000))
    client.sock.sendall(record[:3000] + frame(1, 8000)[3000:4000])
    shut(client.sock)
    clear = bench.wait(PeerSawClear)
    assert "payload in clear" in clear.what
    assert "truncated" == bench.wait(PeerSawEnd).how


def test_a_record_that_was_damaged_is_no_clear_one(bench: Bench) -> None:
    """Encrypted bytes that do not decrypt are garbage, and nothing in clear."""
    client = connected(bench)
    record = bytearray(client.sealed(frame(1, 8000)))
    record[4000] ^= 1
    client.sock.sendall(record)
    shut(client.sock)
    end = bench.wait(PeerSawEnd)
    assert "the TLS record at byte" in (end.garbage or "")
    assert not bench.all(PeerSawClear)


def test_a_client_in_clear_from_the_beginning_is_found(bench: Bench) -> None:
    """Frames without any handshake are clear from byte 0 on."""
    sock = bench.connect("tls")
    sock.sendall(frame(1, 5000))
    shut(sock)
    assert 0 == bench.wait(PeerSawClear).at_byte
    bench.wait(PeerSawEnd)
    assert not bench.all(PeerFrame)
    assert 5016 == bench.total_bytes()


def test_an_alert_in_clear_after_the_handshake_is_found(bench: Bench) -> None:
    """TLS 1.3 encrypts everything after its handshake, alerts included."""
    client = connected(bench)
    client.sock.sendall(bytes.fromhex("15030300020100"))
    shut(client.sock)
    assert "15030300020100" in bench.wait(PeerSawClear).what


def test_a_half_closed_peer_announces_its_end_and_reads_on(bench: Bench) -> None:
    """The client reads an orderly end, and what it sends then still arrives."""
    client = connected(bench)
    bench.peer.half_close("a")
    assert b"" == client.read()
    client.send(frame(1, 50_000))
    assert bench.wait(PeerFrame).intact
    assert bench.peer.probe("a")
    client.close()
    assert "eof" == bench.wait(PeerSawEnd).how


@pytest.mark.parametrize(("whole_bytes", "tears_record"), [(0, False), (40, False), (40, True)])
def test_a_cut_is_not_announced(bench: Bench, whole_bytes: int, tears_record: bool) -> None:
    """The client gets the whole bytes of the frame, then the transport's end without a word."""
    client = connected(bench)
    bench.peer.cut("a", payload(9, 1000), whole_bytes=whole_bytes, tears_record=tears_record)
    got = client.read_to_the_cut()
    assert whole_bytes == len(got)
    assert payload(9, 1000)[: len(got[16:])] == got[16:]
    assert ("cut", whole_bytes) == (bench.wait(PeerDid).action, bench.wait(PeerDid).sent_bytes)
    client.send(frame(1, 100))
    assert bench.wait(PeerFrame).intact


def test_what_is_sent_before_the_handshake_is_over_waits_for_it(bench: Bench) -> None:
    """A frame asked for at once leaves encrypted, after the handshake."""
    client = SecureClient(bench)
    assert not bench.all(PeerSecured)
    bench.peer.mode("a", "stop")
    client.shake_hands()
    assert bench.peer.send_frame("a", payload=b"hello")
    assert b"hello" == client.read()[-5:]


def test_a_probe_sees_through_tls(bench: Bench) -> None:
    """It is open until the transport ends, whatever lies unread."""
    client = connected(bench, mode="stop")
    client.send(frame(1, 100))
    assert bench.peer.probe("a")
    client.sock.close()
    bench.wait(PeerSawHangup)
    assert not bench.peer.probe("a")


def test_a_closed_peer_announces_its_end(bench: Bench) -> None:
    """The peer's own closing is an orderly one on TLS."""
    client = connected(bench)
    bench.peer.close_conn("a")
    assert b"" == client.read()
    assert "lab_closed" == bench.wait(PeerSawEnd).how


def test_only_a_secured_connection_can_be_cut(bench: Bench) -> None:
    """On other transports the end of the stream is its own announcement."""
    bench.connect("tcp")
    with pytest.raises(PeerRefused, match="over TLS"):
        bench.peer.cut("a")


def test_many_secure_connections_at_once(bench: Bench) -> None:
    """They share the certificate and nothing else."""
    bench.peer.layout(LAYOUT)
    clients = [connected(bench, f"c{n}") for n in range(8)]
    for number, client in enumerate(clients):
        client.send(frame(number, 40_000))
    bench.wait(PeerFrame, lambda f: len(bench.all(PeerFrame)) == 8)
    assert {(f"c{n}", n) for n in range(8)} == {(f.conn, f.send) for f in bench.all(PeerFrame)}
