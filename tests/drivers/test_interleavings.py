"""Every lock of monitor, streams and TLS: what it excludes is forced to happen, step by step."""

import contextlib
import ssl
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest

from stallproof.drivers import monitor, roll, stream_progress, stream_receiver, stream_routes, tls
from stallproof.drivers import stream_sender as sending
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.monitor import Monitor
from stallproof.drivers.stream_frames import Ack, Chunk, Notice
from stallproof.drivers.stream_receiver import Reception, StreamReceiver
from stallproof.drivers.stream_routes import ENDED_KEPT, Ends, Receiving
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import Policy
from stallproof.machines.stream import StreamOutcome
from stallproof.wire.implementation import (
    AckReceived,
    Checked,
    PassBegun,
    PassEnded,
    StreamMade,
)
from tests.drivers.interleaving import BLOCKED_S, interleavings
from tests.drivers.peers import PATIENCE_S, Ear, eventually, guarded, unix_pair
from tests.drivers.secure_peers import HOST, client, usual_server
from tests.drivers.streams import CHUNK, PATIENT, Listening, bytes_of
from tests.drivers.test_monitor import Scripted

Actions = tuple[Callable[[], object], Callable[[], object]]
NUMBER = 3


# --- the monitor ---------------------------------------------------------------------------------


def watched_by(watching: Monitor, ear: Ear) -> list[str]:
    """Return the connections that a pass checks."""
    watching.run_pass()
    return [event.conn for event in ear.all(Checked)]


@pytest.mark.parametrize("first", ["add", "discard"])
@pytest.mark.parametrize("second", ["add", "discard"])
def test_connections_that_come_and_go_at_once_are_all_counted(first: str, second: str) -> None:
    """Two that change the list at the same time both have their way."""
    made: list[tuple[Monitor, Ear]] = []
    conns = {name: Scripted(name=name) for name in "abcd"}

    def make() -> Actions:
        ear = Ear()
        watching = Monitor(ear, clock=lambda: 0)
        watching.add(conns["a"])
        watching.add(conns["b"])
        made.append((watching, ear))
        change = {"add": ("c", "d"), "discard": ("a", "b")}
        one, other = change[first][0], change[second][1]
        return (
            partial(getattr(watching, first), conns[one]),
            partial(getattr(watching, second), conns[other]),
        )

    expected = {"a", "b"} | ({"c"} if first == "add" else set())
    expected |= {"d"} if second == "add" else set()
    expected -= ({"a"} if first == "discard" else set()) | ({"b"} if second == "discard" else set())
    for _ in interleavings(make, roll):
        assert expected == {*watched_by(*made[-1])}


def test_a_pass_on_demand_beside_one_of_the_schedule_comes_before_or_after_it() -> None:
    """Their ticks differ, one ends before the other begins, and each check counts once."""
    made: list[Ear] = []

    def make() -> Actions:
        made.append(Ear())
        watching = Monitor(made[-1], clock=lambda: 2000)
        conn = Scripted()
        conn.number = 1
        watching.add(conn)
        return watching.run_pass, watching.run_pass

    for _ in interleavings(make, monitor):
        passes = [(type(one), one.tick) for one in made[-1].events
                  if isinstance(one, PassBegun | PassEnded)]  # fmt: skip
        assert [(PassBegun, 1), (PassEnded, 1), (PassBegun, 2), (PassEnded, 2)] == passes
        assert [1, 2] == [event.count for event in made[-1].all(Checked)]


# --- which streams there are ---------------------------------------------------------------------


class End:
    """An end of a stream that notes what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_chunk(self, chunk: Chunk) -> None:
        raise AssertionError("nobody sends anything here")

    def on_notice(self, notice: Notice) -> None:
        raise AssertionError("nobody sends anything here")

    def on_closed(self, why: str) -> None:
        self.heard.append(why)


def joined(ends: Ends[Receiving], end: End) -> None:
    """Add `end`, which hears of a connection that was closed before, as every end does."""
    if (why := ends.add(NUMBER, end)) is not None:
        end.on_closed(why)


def test_of_two_streams_with_one_number_one_is_refused() -> None:
    """Whoever comes first has it."""

    def make() -> Actions:
        ends: Ends[Receiving] = Ends()
        return partial(ends.add, NUMBER, End()), partial(ends.add, NUMBER, End())

    for one in interleavings(make, stream_routes):
        assert [ValueError] == one.raised


@pytest.mark.parametrize("closes_first", [True, False])
def test_who_joins_while_the_connection_closes_hears_of_it_once(closes_first: bool) -> None:
    """Neither not at all nor twice, whoever is interrupted."""
    made: list[End] = []

    def make() -> Actions:
        ends: Ends[Receiving] = Ends()
        made.append(End())
        actions = partial(ends.close, "closed"), partial(joined, ends, made[-1])
        return actions if closes_first else actions[::-1]

    for _ in interleavings(make, stream_routes):
        assert ["closed"] == made[-1].heard


def test_streams_that_end_at_once_forget_as_many_as_two_in_turn() -> None:
    """After the number that is kept, each that ends takes the oldest away."""
    made: list[Ends[Receiving]] = []

    def make() -> Actions:
        ends: Ends[Receiving] = Ends()
        for number in range(ENDED_KEPT + 2):
            ends.add(number, End())
        for number in range(ENDED_KEPT):
            ends.retire(number)
        made.append(ends)
        return partial(ends.retire, ENDED_KEPT), partial(ends.retire, ENDED_KEPT + 1)

    for _ in interleavings(make, stream_routes):
        assert [None, None] == [made[-1].find(number) for number in (0, 1)]
        assert made[-1].find(2) is not None


# --- streams -------------------------------------------------------------------------------------


def test_nothing_is_said_of_a_stream_before_it_is_made() -> None:
    """An ACK that comes while the stream is made is heard of after it, or unknown."""
    with guarded(unix_pair(), PATIENT) as (conn, _, _):
        made: list[tuple[int, Ear]] = []

        def acknowledge(number: int) -> None:
            if (end := conn.streams.senders.find(number)) is not None:
                end.on_ack(0)

        def make() -> Actions:
            number, ear = len(made), Ear()
            made.append((number, ear))
            return (
                partial(StreamSender, conn, number, CHUNK, ear),
                partial(acknowledge, number),
            )

        heard = set()
        for _ in interleavings(make, stream_progress):
            names = made[-1][1].names()
            assert names[0] == StreamMade.__name__
            heard |= {*names}
        assert {StreamMade.__name__, AckReceived.__name__} == heard


def test_of_two_that_run_a_stream_at_once_one_is_refused() -> None:
    """The stream is sent once, whoever comes first."""
    with guarded(unix_pair(1 << 16), PATIENT) as (conn, peer, _):
        listening = Listening(peer)
        data = bytes_of(NUMBER, CHUNK)
        senders: list[StreamSender] = []

        def make() -> Actions:
            senders.append(StreamSender(conn, len(senders), CHUNK))
            return partial(senders[-1].run, [data]), partial(senders[-1].run, [data])

        for one in interleavings(make, sending):
            assert [RuntimeError] == one.raised
            assert StreamOutcome.DONE is senders[-1].stream.outcome
        conn.close()
        listening.join(PATIENCE_S)
        assert all([0] == listening.offsets(number) for number in range(len(senders)))


class Deferred(GuardedConnection):
    """A connection whose tasks a test runs itself."""

    def __init__(self, *given: object, **options: object) -> None:
        self.tasks: list[Callable[[], object]] = []
        super().__init__(*given, **options)  # type: ignore[arg-type]

    def do_later(self, task: Callable[[], object]) -> None:
        """Keep the task."""
        self.tasks.append(task)


def test_an_error_that_comes_while_an_ack_leaves_is_told_once() -> None:
    """What the ACK took along queues nothing, and what it did not queues one."""
    with guarded(unix_pair(1 << 16), PATIENT, Deferred) as (conn, peer, _):
        assert isinstance(conn, Deferred)
        listening = Listening(peer)
        receivers: list[StreamReceiver] = []

        def make() -> Actions:
            number = len(receivers)
            receiver = StreamReceiver(conn, number)
            receivers.append(receiver)
            conn.tasks.clear()
            threading.Thread(target=receiver.run, args=(id,), daemon=True).start()
            receiver.on_chunk(Chunk(number, 0, False, bytes(CHUNK)))
            assert eventually(lambda: conn.tasks)
            return conn.tasks[0], partial(receiver.refuse, "it is full")

        for _ in interleavings(make, stream_receiver):
            for task in conn.tasks[1:]:
                task()
        conn.close()
        listening.join(PATIENCE_S)
        for receiver in receivers[:-1]:
            acks = [told for told in listening.told(receiver.number) if isinstance(told, Ack)]
            assert ["it is full"] == [ack.error for ack in acks if ack.error is not None]


def test_each_ack_counts_from_the_last_one() -> None:
    """With an interval of 100, pieces of 64 are acknowledged at 128 and not before 256 again."""
    policy = Policy(ack_interval_bytes=100, chunk_bytes=CHUNK)
    with guarded(unix_pair(1 << 16), policy, Deferred) as (conn, _, _):
        assert isinstance(conn, Deferred)
        receiver = StreamReceiver(conn, NUMBER)
        ran: list[object] = []
        asked: list[int] = []

        def take(_piece: bytes) -> None:
            nonlocal ran
            # What was taken before is counted by now.
            asked.append(len(conn.tasks))
            ran += [task() for task in conn.tasks[len(ran) :]]
            if len(asked) == 6:
                receiver.refuse("it is enough")

        for number in range(6):
            receiver.on_chunk(Chunk(NUMBER, number * CHUNK, False, bytes(CHUNK)))
        assert Reception.REFUSED is receiver.run(take)
        assert [0, 0, 1, 1, 2, 2] == asked


def test_what_was_taken_after_the_end_is_not_acknowledged() -> None:
    """The consumer refuses the rest while it holds a piece: the error is told, and nothing else."""
    with guarded(unix_pair(1 << 16), PATIENT, Deferred) as (conn, _, _):
        assert isinstance(conn, Deferred)
        receiver = StreamReceiver(conn, NUMBER)

        def refuse(_piece: bytes) -> None:
            receiver.refuse("it is full")
            conn.tasks[0]()

        receiver.on_chunk(Chunk(NUMBER, 0, False, bytes(CHUNK)))
        assert Reception.REFUSED is receiver.run(refuse)
        assert 1 == len(conn.tasks)


# --- TLS -----------------------------------------------------------------------------------------


class Sealing:
    """A session that has shaken hands, and the end of its peer: nothing but memory between them."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.session = tls.Session(context or client(), HOST)
        self._to_peer, from_peer = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._peer = usual_server().wrap_bio(self._to_peer, from_peer, server_side=True)
        while not self.session.shake_hands(from_peer.read()):
            self._to_peer.write(self.session.waiting())
            with contextlib.suppress(ssl.SSLWantReadError):
                self._peer.do_handshake()
        self._to_peer.write(self.session.waiting())
        self._peer.do_handshake()
        self.session.unseal(from_peer.read())

    def opened(self, records: bytes) -> tuple[bytes, bool]:
        """Return what `records` say to the peer, and whether they say goodbye."""
        self._to_peer.write(records)
        plain = b""
        try:
            while piece := self._peer.read(1 << 14):
                plain += piece
        except ssl.SSLWantReadError:
            return plain, False
        except ssl.SSLZeroReturnError:
            pass
        return plain, True


class Layer:
    """A TLS layer that lets `meanwhile` run while somebody is inside, and notes who came in."""

    def __init__(self, layer: ssl.SSLObject) -> None:
        self._layer = layer
        self._inside = 0
        self.most_inside = 0
        self.meanwhile: Callable[[], object] | None = None

    def __getattr__(self, name: str) -> Any:
        """Return a call of the layer that is watched."""
        return partial(self._watched, getattr(self._layer, name))

    def _watched(self, call: Callable[..., object], *given: object) -> object:
        self._inside += 1
        self.most_inside = max(self.most_inside, self._inside)
        try:
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile is not None:
                other = threading.Thread(target=meanwhile, daemon=True)
                other.start()
                other.join(BLOCKED_S)
            return call(*given)
        finally:
            self._inside -= 1


class Watching:
    """A context whose layer is watched."""

    def __init__(self) -> None:
        self.layer: Layer | None = None

    def wrap_bio(self, *given: Any, **more: Any) -> Layer:
        """Make a layer as a client does."""
        self.layer = Layer(client().wrap_bio(*given, **more))
        return self.layer


PLAIN = bytes_of(NUMBER, 3 * tls.RECORD_MAX_BYTES)


@pytest.mark.parametrize("first", ["seal", "unseal", "say_goodbye"])
@pytest.mark.parametrize("second", ["seal", "unseal", "say_goodbye"])
def test_nobody_enters_the_layer_while_somebody_is_inside(first: str, second: str) -> None:
    """It lets the interpreter go while it works, and two at once corrupt its memory."""
    watching = Watching()
    made = Sealing(cast("ssl.SSLContext", watching))
    layer = watching.layer
    assert layer is not None
    done = threading.Event()

    def call(name: str, plain: bytes) -> None:
        given = {"seal": [plain], "unseal": [b""], "say_goodbye": []}[name]
        with contextlib.suppress(ssl.SSLError):
            getattr(made.session, name)(*given)

    def meanwhile() -> None:
        call(second, b"second")
        done.set()

    layer.meanwhile = meanwhile
    call(first, b"first")
    assert done.wait(PATIENCE_S)
    assert 1 == layer.most_inside


@pytest.mark.parametrize("asks", ["waiting", "waiting_bytes"])
def test_what_is_being_sealed_does_not_wait_for_anybody_else(asks: str) -> None:
    """Nobody takes away records that are not returned yet, or counts them as replies."""
    made: list[Sealing] = []
    told: list[bytes | int] = []
    sealed: list[bytes] = []

    def ask() -> None:
        session = made[-1].session
        told.append(session.waiting() if asks == "waiting" else session.waiting_bytes)

    def make() -> Actions:
        made.append(Sealing())
        session = made[-1].session
        return lambda: sealed.append(session.seal(PLAIN)), ask

    for _ in interleavings(make, tls):
        assert not told[-1]
        assert (PLAIN, False) == made[-1].opened(sealed[-1])


def test_a_goodbye_comes_before_or_behind_what_is_being_sealed() -> None:
    """What was sealed leaves as a whole or not at all, and the goodbye waits behind it."""
    made: list[Sealing] = []
    sealed: list[bytes] = []

    def make() -> Actions:
        made.append(Sealing())
        session = made[-1].session
        sealed.append(b"")

        def seal() -> None:
            sealed[-1] = session.seal(PLAIN)

        return seal, session.say_goodbye

    for one in interleavings(make, tls):
        behind = made[-1].session.waiting()
        if one.raised:
            assert [b""] == sealed[-1:]
            assert (b"", True) == made[-1].opened(behind)
        else:
            assert (PLAIN, False) == made[-1].opened(sealed[-1])
            assert (b"", True) == made[-1].opened(behind)
