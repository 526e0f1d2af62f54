"""Which event belongs to which connection and send: who said or saw what of it.

The intuition: very many events are sorted, and the type of an event says where it belongs. So each
type has its place in a table that is made once. Nothing here judges.
"""

from collections.abc import Callable, Iterator
from typing import Any

from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import OF_STREAMS
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent

Take = Callable[[ConnFacts, Any], None]


def take_request(run: Run, asked: ev.Requested) -> None:
    """Put a request onto the connection that it names."""
    if asked.conn is None:
        return
    conn = _conn(run, asked.conn)
    if asked.op == "send" and asked.send is not None:
        conn.sends[asked.send] = SendFacts(asked.conn, asked.send, asked)
    elif asked.op == "open" and asked.heartbeats is not None:
        conn.heartbeats = asked.heartbeats


def onto_connections(run: Run) -> None:
    """Put every other event of `run` onto its connection, send and stream."""
    conns, take_stream = run.conns, run.streams.take
    for event in run.events if not run.broken else _of_the_living(run):
        kind = type(event)
        if kind not in _PLACES:
            continue
        name = event.conn  # type: ignore[union-attr]
        if name is None:
            continue
        conn = conns.get(name)
        if conn is None:
            conn = _conn(run, name)
        take = _PLACES[kind]
        if take is not None:
            take(conn, event)
        if kind in OF_STREAMS:
            take_stream(event)


def _of_the_living(run: Run) -> Iterator[AnyEvent]:
    """Yield all but what the peer saw end once the harness may have been ended: not by its will."""
    for event in run.events:
        match event:
            case ev.PeerSawEnd() | ev.PeerSawHangup() | ev.PeerProbed(open=False):
                if event.at_us < run.alive_until_us:
                    yield event
            case _:
                yield event


def _conn(run: Run, name: str) -> ConnFacts:
    found = run.conns.get(name)
    if found is None:
        found = run.conns[name] = ConnFacts(name)
    return found


def _into_list(name: str) -> Take:
    def take(conn: ConnFacts, event: Any) -> None:
        getattr(conn, name).append(event)

    return take


def _as_first(name: str) -> Take:
    def take(conn: ConnFacts, event: Any) -> None:
        if getattr(conn, name) is None:
            setattr(conn, name, event)

    return take


def _frame(conn: ConnFacts, event: ev.PeerFrame) -> None:
    conn.frames.append(event)
    send = None if event.send is None else conn.sends.get(event.send)
    if send is not None:
        send.frame = event


def _end(conn: ConnFacts, event: ev.PeerSawEnd) -> None:
    conn.end = event
    torn = None if event.torn_send is None else conn.sends.get(event.torn_send)
    if torn is not None:
        torn.torn = event


def _send_of(
    conn: ConnFacts, event: ev.SendStarted | ev.LockTaken | ev.Written | ev.SendEnded
) -> SendFacts:
    send = conn.sends.get(event.send)
    if send is None:
        # A log of a running system has no requests: the start itself stands for one.
        asked = ev.Requested(at_us=event.at_us, id=-1, op="send", conn=conn.conn, send=event.send)
        send = conn.sends[event.send] = SendFacts(conn.conn, event.send, asked)
    return send


def _started(conn: ConnFacts, event: ev.SendStarted) -> None:
    send = _send_of(conn, event)
    send.started = send.started or event


def _lock_taken(conn: ConnFacts, event: ev.LockTaken) -> None:
    send = _send_of(conn, event)
    send.lock = send.lock or event


def _written(conn: ConnFacts, event: ev.Written) -> None:
    _send_of(conn, event).writes.append(event)


def _ended(conn: ConnFacts, event: ev.SendEnded) -> None:
    send = _send_of(conn, event)
    if send.ended is None:
        send.ended = event
    else:
        send.ended_again = send.ended_again or event


_TAKEN: dict[type[Any], Take] = {
    ev.SendStarted: _started,
    ev.LockTaken: _lock_taken,
    ev.Written: _written,
    ev.SendEnded: _ended,
    ev.PeerFrame: _frame,
    ev.PeerSawEnd: _end,
    ev.PeerAccepted: _into_list("accepted"),
    ev.PeerMode: _into_list("modes"),
    ev.PeerRead: _into_list("reads"),
    ev.PeerUnread: _into_list("unread"),
    ev.PeerFrames: _into_list("frames"),
    ev.PeerDid: _into_list("actions"),
    ev.PeerProbed: _into_list("probes"),
    ev.Closing: _into_list("closings"),
    ev.Closed: _into_list("closeds"),
    ev.Checked: _into_list("checks"),
    ev.Warned: _into_list("warnings"),
    ev.PeerListening: _as_first("listening"),
    ev.PeerSawHangup: _as_first("hangup"),
    ev.DescriptorSeen: _as_first("descriptor"),
}
_APART = (ev.Requested, ev.HarnessFailed, ev.Unsupported)
"""What is taken elsewhere."""
_PLACES: dict[type[Any], Take | None] = {
    kind: _TAKEN.get(kind)
    for kind in ev.EVENTS.values()
    if "conn" in kind.__struct_fields__ and kind not in _APART
}
"""Every event that names a connection, and how it is taken; `None`: the connection alone counts."""
