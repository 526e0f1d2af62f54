"""Messages to oneself and to others over a real connection: one result, and nobody waits."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.self_message import HandlerFailed, Message, Messenger, Unhandled
from stallproof.drivers.stream_receiver import Reception, StreamReceiver
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import Policy
from stallproof.machines.stream import StreamOutcome
from tests.drivers.peers import PATIENCE_S, unix_pair
from tests.no_deadline import NO_DEADLINE

POLICY = Policy()
NAMES = ("site-1", "site-1.job")


def echo(message: Message) -> bytes:
    """Return all that a handler sees of a message."""
    return repr(message).encode()


def fail(message: Message) -> bytes:
    """Raise what the message says."""
    raise KeyError(message.payload.decode(errors="surrogateescape"))


HANDLERS = {"echo": echo, "fail": fail, "none": lambda _message: None}


class Line:
    """Two ends of a real connection: a request goes over it as a stream, and so does its answer."""

    def __init__(self, ours: GuardedConnection, theirs: GuardedConnection) -> None:
        self._ours, self._theirs = ours, theirs
        self.other = Messenger(("other",), HANDLERS, self.send)  # type: ignore[arg-type]
        self.sent = 0

    def send(self, to: str, request: bytes) -> bytes:
        """Carry a request to the other end and wait for the answer."""
        self.sent += 1
        coming = StreamReceiver(self._theirs, self.sent)
        answering = StreamReceiver(self._ours, self.sent)
        serving = threading.Thread(target=self._serve, args=(coming, self.sent), daemon=True)
        serving.start()
        carry(self._ours, self.sent, request)
        answer = taken(answering)
        serving.join(PATIENCE_S)
        return answer

    def _serve(self, coming: StreamReceiver, number: int) -> None:
        carry(self._theirs, number, self.other.answer(taken(coming)))


def carry(conn: GuardedConnection, number: int, data: bytes) -> None:
    """Send `data` as one stream."""
    assert StreamOutcome.DONE is StreamSender(conn, number, len(data)).run([data])


def taken(receiver: StreamReceiver) -> bytes:
    """Return all bytes of a stream."""
    pieces: list[bytes] = []
    assert Reception.WHOLE is receiver.run(pieces.append)
    return b"".join(pieces)


@contextlib.contextmanager
def line() -> Iterator[Line]:
    """Yield a line, and close both of its ends."""
    ends = [GuardedConnection(sock, POLICY, "c") for sock in unix_pair()]
    try:
        yield Line(*ends)
    finally:
        for end in ends:
            end.close()
        assert all(end.wait_finished(PATIENCE_S) for end in ends)


def told(messenger: Messenger, to: str, topic: str, payload: bytes, sender: str | None) -> str:
    """Return what the submitter gets, a failure with its type and text."""
    try:
        return repr(messenger.submit(to, topic, payload, sender=sender))
    except (HandlerFailed, Unhandled) as error:
        return repr(error)


@pytest.mark.requirement("SM-1", kind="socket")
def test_the_result_is_the_same_here_and_over_a_connection() -> None:
    """Any topic and bytes: one's own name and the other end's bring the same, to the letter."""
    with line() as there:
        here = Messenger(NAMES, HANDLERS, there.send)  # type: ignore[arg-type]

        @settings(NO_DEADLINE, max_examples=40)
        @given(
            st.sampled_from(["echo", "fail", "none", "nobody"]),
            st.binary(max_size=40),
            st.sampled_from([None, "server", "site-1"]),
            st.sampled_from(NAMES),
        )
        def alike(topic: str, payload: bytes, sender: str | None, own: str) -> None:
            before = there.sent
            mine = told(here, own, topic, payload, sender)
            assert before == there.sent
            other = told(here, "other", topic, payload, sender)
            assert before + 1 == there.sent
            assert mine.replace(own, "other") == other.replace(own, "other")

        alike()


@pytest.mark.parametrize("own", NAMES)
def test_the_only_worker_of_a_process_may_write_to_itself(own: str) -> None:
    """The handler runs on the thread that submits, and submits to itself once more."""
    seen: list[int] = []

    def never(_to: str, _request: bytes) -> bytes:
        raise AssertionError("a message to oneself was sent")

    def relays(message: Message) -> bytes:
        seen.append(threading.get_ident())
        return me.submit(own, "echo", message.payload, sender=message.sender)

    me = Messenger(NAMES, {"relay": relays, "echo": echo}, never)
    assert b"payload=b'x'" in me.submit(own, "relay", b"x")
    assert [threading.get_ident()] == seen
