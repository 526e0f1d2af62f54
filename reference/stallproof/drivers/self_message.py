"""Messages by name: to oneself they are handled here, to others they are sent and waited for.

The stall it guards against: the only worker of a process sends a message to that very process, and
waits for the answer that nobody but itself could give.

Which way a message goes is the machine's decision (`stallproof.machines.self_message`). Both ways
begin and end with the same bytes, so that the same handler sees the same message, nothing that one
side changes is the other's, and a failure looks the same.

Spec: `spec/sm.md`. Source: origin, companion change #4186.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from stallproof.machines.self_message import Way, way_of


class Message(msgspec.Struct, frozen=True):
    """What a handler gets."""

    sender: str
    to: str
    topic: str
    payload: bytes


class _Answer(msgspec.Struct, frozen=True):
    how: Literal["returned", "raised", "unhandled"]
    value: bytes


Handler = Callable[[Message], bytes]
Send = Callable[[str, bytes], bytes]
"""Carries a request to a name and returns the answer; blocks until it has come."""


class HandlerFailed(Exception):
    """The handler of a message raised; the text says what, and where it ran does not matter."""


class Unhandled(Exception):
    """Nobody handles the topic of a message."""


class Messenger:
    """Submits messages, and answers those that come in; safe for any thread."""

    def __init__(self, names: Sequence[str], handlers: Mapping[str, Handler], send: Send) -> None:
        """Take one's own `names`, the first and its aliases, and what reaches everybody else."""
        self._names, self._handlers, self._send = tuple(names), dict(handlers), send

    def submit(self, to: str, topic: str, payload: bytes, *, sender: str | None = None) -> bytes:
        """Return what the handler of `topic` at `to` returns for this message.

        To an own name it runs here, on this thread, and nothing is sent. `sender` is given for who
        passes on the message of somebody else. Raises `HandlerFailed` or `Unhandled`, on either
        way, and whatever `send` raises.
        """
        message = Message(self._names[0] if sender is None else sender, to, topic, payload)
        request = msgspec.msgpack.encode(message)
        is_own = way_of(self._names, to) is Way.LOCAL
        reply = self.answer(request) if is_own else self._send(to, request)
        answer = msgspec.msgpack.decode(reply, type=_Answer)
        if answer.how == "returned":
            return answer.value
        text = answer.value.decode()
        raise HandlerFailed(text) if answer.how == "raised" else Unhandled(text)

    def answer(self, request: bytes) -> bytes:
        """Return the answer to a request: the handler's value, or in words why there is none."""
        return msgspec.msgpack.encode(self._handled(request))

    def _handled(self, request: bytes) -> _Answer:
        message = msgspec.msgpack.decode(request, type=Message)
        handler = self._handlers.get(message.topic)
        if handler is None:
            return _Answer("unhandled", f"nobody handles {message.topic!r}".encode())
        try:
            value = handler(message)
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            return _Answer("raised", text.encode(errors="backslashreplace"))
        if not isinstance(value, bytes):
            return _Answer("raised", f"TypeError: no bytes but {type(value).__name__}".encode())
        return _Answer("returned", value)
