"""What lazy references do with wrong messages, wrong digests and requests at the same time."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest

from stallproof.drivers import lazy_messages
from stallproof.drivers.frame import Payload
from stallproof.drivers.lazy_consumer import Got, download
from stallproof.drivers.lazy_intermediary import LazyIntermediary
from stallproof.drivers.lazy_messages import (
    Answer,
    Ask,
    Digest,
    LazyReference,
    MessageConnection,
    Receipt,
)
from stallproof.drivers.lazy_owner import Item, LazyOwner
from stallproof.drivers.stream_receiver import StreamReceiver
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.lazy_reference import Held, Outcome
from stallproof.machines.policy import Policy
from tests.drivers.peers import PATIENCE_S, eventually

BYTES = bytes(range(256)) * 16


@contextmanager
def pair() -> Iterator[tuple[MessageConnection, MessageConnection]]:
    """Yield both ends of a connection, and end them."""
    ends = [
        MessageConnection(link, Policy(), name)
        for link, name in zip(socket.socketpair(), ("near", "far"), strict=True)
    ]
    try:
        yield ends[0], ends[1]
    finally:
        for end in ends:
            end.close()
            assert end.wait_finished(PATIENCE_S)


@contextmanager
def served(owner: LazyOwner, consumer: str = "c") -> Iterator[MessageConnection]:
    """Yield a connection to an owner that serves it."""
    with pair() as (near, far):
        serving = threading.Thread(target=owner.serve, args=(far, consumer))
        serving.start()
        try:
            yield near
        finally:
            near.close()
            serving.join(PATIENCE_S)


def item(pieces: Callable[[], Iterable[Payload]] = lambda: [BYTES]) -> Item:
    """Return an item whose size is that of `BYTES`."""
    return Item("model", len(BYTES), pieces)


def ignore(piece: bytes) -> None:
    """Keep nothing."""


@pytest.mark.requirement("LR-1", kind="socket")
def test_what_comes_with_another_digest_is_not_exact() -> None:
    """The consumer says so to the owner as well."""
    with pair() as (near, far):
        receipts: list[object] = []

        def owner() -> None:
            ask = far.hear(PATIENCE_S)
            assert isinstance(ask, Ask)
            sender = StreamSender(far, ask.stream, len(BYTES))
            far.tell(Answer(ask.stream, Outcome.DELIVER))
            sender.run([BYTES])
            far.tell(Digest(ask.stream, "0" * 64))
            receipts.append(far.hear(PATIENCE_S))

        thread = threading.Thread(target=owner)
        thread.start()
        reference = LazyReference("far", "r", "model", len(BYTES))
        got = download(near, reference, ignore, PATIENCE_S)
        thread.join(PATIENCE_S)
    assert (Outcome.NOT_EXACT, len(BYTES)) == (got.outcome, got.size_bytes)
    assert [Receipt(1, len(BYTES), False)] == receipts


@pytest.mark.requirement("LR-1", kind="socket")
def test_an_owner_that_hangs_in_the_middle_is_not_waited_for() -> None:
    """Its connection stays open, and goes on to be used."""
    owner, go_on = LazyOwner("here"), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield BYTES[:100]
        go_on.wait(PATIENCE_S)

    hanging, good = owner.issue(item(pieces), "c"), owner.issue(item(), "c")
    with served(owner) as conn:
        got = download(conn, hanging, ignore, PATIENCE_S, stall_s=0.05)
        assert Outcome.NOT_EXACT is got.outcome
        go_on.set()
        assert Outcome.DELIVERED is download(conn, good, ignore, PATIENCE_S).outcome


@pytest.mark.requirement("LR-1", kind="socket")
def test_a_caller_that_fails_keeps_its_reference() -> None:
    """What it raised comes through, and it may come again."""
    owner = LazyOwner("here")
    reference = owner.issue(item(), "c")

    def fail(piece: bytes) -> None:
        raise OSError("the disk is full")

    with served(owner) as conn:
        with pytest.raises(OSError, match="the disk is full"):
            download(conn, reference, fail, PATIENCE_S)
        assert Outcome.DELIVERED is download(conn, reference, ignore, PATIENCE_S).outcome


class Looks(threading.Event):
    """So many looks, one right after the other; then it is over."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def wait(self, timeout: float | None = None) -> bool:
        self.looks -= 1
        return self.looks < 0


def test_a_caller_that_takes_its_time_is_not_hurried() -> None:
    """Nothing comes meanwhile, and that is no fault of the owner; afterwards it is."""
    with pair() as (near, _):
        receiver = StreamReceiver(near, 1)
        got = Got(lambda _: got.watch(receiver, Looks(3), 1.0))
        got.on_piece(b"x")
        assert receiver.why is None
        got.watch(receiver, Looks(3), 1.0)
        assert "nothing came for 1.0 s" == receiver.why


@pytest.mark.requirement("LR-1", kind="socket")
def test_an_answer_that_comes_too_late_is_not_taken_for_another() -> None:
    """The next download over the connection passes it over."""
    with pair() as (near, far):
        reference = LazyReference("far", "r", "model", 1)
        with pytest.raises(TimeoutError):
            download(near, reference, ignore, 0.001)
        far.tell(Answer(1, Outcome.DELIVER))
        far.tell(Answer(2, Outcome.USED))
        assert Outcome.USED is download(near, reference, ignore, PATIENCE_S).outcome


@pytest.mark.requirement("LR-1", kind="socket")
def test_of_many_requests_at_once_one_is_delivered() -> None:
    """Eight connections of one consumer ask with one reference."""
    owner = LazyOwner("here")
    reference = owner.issue(item(), "c")
    start, outcomes = threading.Barrier(8), list[Outcome]()

    def ask() -> None:
        with served(owner) as conn:
            start.wait(PATIENCE_S)
            outcomes.append(download(conn, reference, ignore, PATIENCE_S).outcome)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert [Outcome.DELIVERED] + [Outcome.USED] * 7 == sorted(outcomes, key=lambda one: one.value)


@pytest.mark.requirement("LR-1", kind="socket")
def test_an_item_that_cannot_be_made_ends_its_own_delivery_alone() -> None:
    """The connection goes on, and the reference stays good."""
    fails = iter([True, False])

    def pieces() -> Iterator[bytes]:
        yield BYTES[:100]
        if next(fails):
            raise OSError("the disk is gone")
        yield BYTES[100:]

    owner = LazyOwner("here")
    reference = owner.issue(item(pieces), "c")
    with served(owner) as conn:
        got: list[bytes] = []
        assert Outcome.NOT_EXACT is download(conn, reference, ignore, PATIENCE_S).outcome
        assert Outcome.DELIVERED is download(conn, reference, got.append, PATIENCE_S).outcome
    assert BYTES == b"".join(got)


@pytest.mark.requirement("LR-1", kind="socket")
def test_an_item_that_is_longer_than_it_says_is_not_exact() -> None:
    """What was left out shows in the digest."""
    owner = LazyOwner("here")
    reference = owner.issue(item(lambda: [BYTES, b"x"]), "c")
    with served(owner) as conn:
        assert Outcome.NOT_EXACT is download(conn, reference, ignore, PATIENCE_S).outcome
    with pytest.raises(ValueError, match="0 bytes"):
        owner.issue(Item("nothing", 0, lambda: []), "c")


def test_ids_are_long_and_never_alike() -> None:
    """Each has 256 random bits."""
    owner = LazyOwner("here")
    ids = {owner.issue(item(), "c").reference for _ in range(100)}
    assert (100, {64}) == (len(ids), {len(one) for one in ids})


def test_an_owner_that_left_says_so() -> None:
    """While its process is still there."""
    owner = LazyOwner("here")
    reference = owner.issue(item(), "c")
    owner.leave()
    with served(owner) as conn:
        assert Outcome.OWNER_GONE is download(conn, reference, ignore, PATIENCE_S).outcome


def test_what_is_no_reference_is_not_passed_on() -> None:
    """An intermediary ends there, and holds nothing."""
    with pair() as (near, source), pair() as (target, far):
        hop = LazyIntermediary(source, target)
        near.tell(LazyReference("o", "r", "model", 1 << 30))
        near.tell(Ask(1, "r", "model"))
        near.close()
        assert (1, Held(0, 0)) == (hop.run(), hop.held)
        assert isinstance(far.hear(PATIENCE_S), LazyReference)
        assert far.hear(PATIENCE_S) is None


def test_nonsense_ends_a_connection_and_silence_a_wait() -> None:
    """After the end there is nothing more, however often it is asked for."""
    with pair() as (near, far):
        with pytest.raises(TimeoutError, match="far said nothing"):
            far.hear(0.001)
        near.send(b"{")
        assert [None, None] == [far.hear(PATIENCE_S), far.hear(PATIENCE_S)]
        assert far.is_closing


def test_a_peer_whose_messages_nobody_takes_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is bounded."""
    monkeypatch.setattr(lazy_messages, "WAITING_MAX", 3)
    with pair() as (near, far):
        for stream in range(4):
            near.tell(Ask(stream, "r", "model"))
        assert eventually(lambda: far.is_closing)


def test_a_stream_that_is_in_use_is_no_answer() -> None:
    """Who asks so is hung up on, and its reference stays good."""
    owner, go_on = LazyOwner("here"), threading.Event()

    def pieces() -> Iterator[bytes]:
        go_on.wait(PATIENCE_S)
        yield BYTES

    slow, other = owner.issue(item(pieces), "c"), owner.issue(item(), "c")
    with served(owner) as conn:
        conn.tell(Ask(1, slow.reference, "model"))
        assert Answer(1, Outcome.DELIVER) == conn.hear(PATIENCE_S)
        conn.tell(Ask(1, other.reference, "model"))
        assert conn.hear(PATIENCE_S) is None
        go_on.set()
    with served(owner) as conn:
        assert Outcome.DELIVERED is download(conn, other, ignore, PATIENCE_S).outcome
