"""What a line of a harness means: an event on the oracle's clock, a reply, or a reason to stop.

The oracle believes nothing that cannot be: an event from the future, or from before the harness was
started, shows that the clock is not the one that was declared. Spec: `spec/protocol.md`, rules 1
and 5.
"""

from typing import Any

import msgspec

from stallproof.runner.sut.breakage import HarnessBroken, show
from stallproof.runner.sut.clock import Clock
from stallproof.wire.codec import decode_implementation
from stallproof.wire.events import AnyImplementationEvent, Written
from stallproof.wire.protocol import Reply

EVENTS_MAX = 200_000
_EVENT = b'{"event":'
ERRORS = ("unsupported", "refused", "failed")
_SLACK_US = 1_000
"""A clock that is not the oracle's own may drift: as much again as this is no lie yet."""


class _Head(msgspec.Struct):
    """What tells an event from a reply."""

    event: Any = None
    id: Any = None
    seen_by: Any = "implementation"


_heads = msgspec.json.Decoder(_Head)
_objects = msgspec.json.Decoder(dict[str, Any])


class Lines:
    """Reads the lines of one harness that was started at `started_us`."""

    def __init__(self, started_us: int) -> None:
        self._started_us = started_us
        self._events = 0
        self.clock = Clock()

    def begin_anew(self) -> None:
        """Count from here how many events it may tell."""
        self._events = 0

    def read(self, line: bytes) -> AnyImplementationEvent | dict[str, Any]:
        """Return the event or the reply that `line` is; raises `HarnessBroken`."""
        if not line.startswith(_EVENT):
            return self._read_any(line)
        # Most lines are just that; what is wrong with one that cannot be read is said there.
        try:
            event = decode_implementation(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self._read_any(line)
        self._count()
        return event

    def _read_any(self, line: bytes) -> AnyImplementationEvent | dict[str, Any]:
        try:
            head = _heads.decode(line)
            if head.event is None:
                return self._reply(head, line)
            self._count()
            if head.seen_by != "implementation":
                detail = f"The harness told an event as seen by {head.seen_by!r}: {show(line, 200)}"
                raise HarnessBroken("protocol", detail)
            return decode_implementation(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise HarnessBroken("garbage", _not_understood(line, error)) from error

    def _count(self) -> None:
        self._events += 1
        if self._events > EVENTS_MAX:
            raise HarnessBroken("flood", f"The harness told more than {EVENTS_MAX} events.")

    def _reply(self, head: _Head, line: bytes) -> dict[str, Any]:
        reply = _objects.decode(line)
        if head.id is None:
            detail = f"The harness wrote a line that is neither a reply nor an event: {show(line)}"
            raise HarnessBroken("protocol", detail)
        try:
            common = msgspec.convert(reply, Reply)
        except msgspec.ValidationError as error:
            detail = f"The harness wrote a reply that is not valid ({error}): {show(line)}"
            raise HarnessBroken("protocol", detail) from error
        if not common.ok and common.error not in ERRORS:
            detail = f"The harness wrote a reply with an error that nobody knows: {show(line)}"
            raise HarnessBroken("protocol", detail)
        return reply

    def to_oracle(self, event: AnyImplementationEvent, heard_us: int) -> AnyImplementationEvent:
        """Return `event` on the oracle's clock with its time of hearing; raises `HarnessBroken`."""
        at_us = self.clock.to_oracle_us(event.at_us)
        allowed_us = self.clock.uncertainty_us(heard_us) + _SLACK_US
        earliest_us, latest_us = self._started_us - allowed_us, heard_us + allowed_us
        early = at_us < earliest_us
        if early or (at_us > latest_us and not self.clock.is_ahead(at_us - heard_us)):
            when = "before the harness was started" if early else "after the oracle heard of it"
            what = f"an event {type(event).__struct_config__.tag!r} from a time {when}"
            detail = f"The harness told {what}: its clock is not what it declared."
            raise HarnessBroken("protocol", detail)
        if isinstance(event, Written) and self.clock.offset_us:
            began_us = self.clock.to_oracle_us(event.began_us)
            return msgspec.structs.replace(event, at_us=at_us, began_us=began_us, heard_us=heard_us)
        return msgspec.structs.replace(event, at_us=at_us, heard_us=heard_us)


def _not_understood(line: bytes, error: Exception) -> str:
    """Say why `line` is neither event nor reply."""
    if line.lstrip()[:1] != b"{":
        return f"The harness wrote something that is not a JSON object: {show(line)}"
    if isinstance(error, msgspec.ValidationError):
        return f"The harness told an event that is not valid ({error}): {show(line, 200)}"
    return f"The harness wrote a line that is not JSON in UTF-8 ({error}): {show(line)}"
