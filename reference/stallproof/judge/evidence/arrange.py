"""From a flat trace to runs: who said what about which connection and send."""

from collections.abc import Iterable
from typing import Any

import msgspec

from stallproof.judge.evidence.channel import Channel
from stallproof.judge.evidence.facts import ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.run import Pass, Run
from stallproof.judge.evidence.suspensions import Suspensions
from stallproof.wire import events as ev
from stallproof.wire.codec import TRACE_SCHEMA, TraceError
from stallproof.wire.events import AnyEvent, ScenarioBegun, ScenarioEnded, TraceBegun


def runs_of(events: Iterable[AnyEvent]) -> tuple[TraceBegun, list[Run]]:
    """Split a trace into its runs.

    Raises `TraceError` when it does not begin with the line `trace`, or when anything but the
    oracle's own remarks stands outside a scenario.
    """
    header: TraceBegun | None = None
    runs: list[Run] = []
    for event in events:
        if isinstance(event, TraceBegun):
            if header is not None:
                raise TraceError("a second line 'trace': one file holds one trace")
            header = _understood(event)
        elif header is None:
            raise TraceError("the first line is not 'trace': this file says nothing of its origin")
        elif isinstance(event, ev.Interrupted):
            header = msgspec.structs.replace(header, interrupted=event.why)
        elif isinstance(event, ScenarioBegun):
            runs.append(_new_run(header, event))
        elif not runs or runs[-1].ended is not None:
            raise TraceError(f"an event before any line 'scenario', or after its end: {event!r}")
        elif isinstance(event, ScenarioEnded):
            runs[-1].ended = event
        else:
            runs[-1].events.append(event)
    if header is None:
        raise TraceError("the trace is empty")
    for run in runs:
        if run.begun.clock == "virtual":
            # Such a run is judged in the order of its events alone, and there may be thousands.
            run.broken += run.of(ev.HarnessFailed)
            run.unsupported += run.of(ev.Unsupported)
        else:
            arrange(run)
    return header, runs


def _understood(header: TraceBegun) -> TraceBegun:
    """Return `header`; raises `TraceError` for a vocabulary that this program does not know."""
    if header.schema != TRACE_SCHEMA:
        raise TraceError(f"the trace is in {header.schema!r}; this program reads {TRACE_SCHEMA!r}")
    return header


def _new_run(header: TraceBegun, begun: ScenarioBegun) -> Run:
    return Run(
        begun=begun,
        events=[],
        clock_uncertainty_us=header.clock_uncertainty_us,
        monitor_form=header.monitor_form,
        monitor_slack_us=header.monitor_slack_us,
        monitor_period_us=header.monitor_period_us,
    )


def _conn(run: Run, name: str) -> ConnFacts:
    return run.conns.setdefault(name, ConnFacts(name))


def arrange(run: Run) -> None:
    """Sort the events of `run` onto its connections, sends and passes."""
    # Observers write side by side: what was asked may stand below what came of it.
    answers = run.answers
    for answered in run.of(ev.Answered):
        answers.setdefault(answered.id, answered)
    requests = run.of(ev.Requested)
    run.channel = Channel(requests, answers)
    run.suspensions = Suspensions(run.of(ev.Suspended))
    for request in requests:
        _asked(run, request)
    for request in sorted(requests, key=lambda r: r.op != "stream"):
        run.streams.take_request(request, answers.get(request.id))
    for event in run.events:
        if isinstance(event, ev.HarnessFailed):
            run.broken.append(event)
        elif isinstance(event, ev.Unsupported):
            run.unsupported.append(event)
        elif isinstance(event, ev.Requested):
            continue
        elif getattr(event, "conn", None) is not None:
            _onto_connection(run, _conn(run, str(event.conn)), event)  # type: ignore[union-attr]
            run.streams.take(event)
    for frame in run.of(ev.PeerFrame):
        run.streams.take_notice(frame)
    for asked in run.asked("check"):
        run.passes.append(Pass(asked, answers.get(asked.id)))
    _onto_passes(run)


def _onto_passes(run: Run) -> None:
    """Put each check onto its pass: a pass is answered when it is over, behind all its words.

    Both may be dated late and heard late, but the channel keeps their order.
    """
    by_request = {one.asked.id: one for one in run.passes}
    told: list[ev.Checked] = []
    events: list[ev.Checked | ev.Answered] = [*run.of(ev.Checked), *run.of(ev.Answered)]
    for event in sorted(events, key=heard_us):
        if isinstance(event, ev.Checked):
            told.append(event)
        elif event.id in by_request:
            since_us = by_request[event.id].asked.at_us - run.uncertainty_us
            # What was said before it is of no pass that was asked for later either.
            told = [checked for checked in told if checked.at_us >= since_us]
            told = _left_by(by_request[event.id], told, run.uncertainty_us)
    # What comes behind every answer is of a pass that was answered too soon, or not at all.
    for one in reversed(run.passes if told else []):
        told = _left_by(one, told, run.uncertainty_us)


def _left_by(one: Pass, told: list[ev.Checked], uncertainty_us: int) -> list[ev.Checked]:
    """Put the checks onto a pass that it can have made, one a connection; return the others."""
    for checked in told:
        # It did not look before it was asked to.
        if one.asked.at_us <= checked.at_us + uncertainty_us:
            one.checks.setdefault(checked.conn, checked)
    return [checked for checked in told if one.checks.get(checked.conn) is not checked]


def _asked(run: Run, event: ev.Requested) -> None:
    if event.conn is None:
        return
    conn = _conn(run, event.conn)
    if event.op == "send" and event.send is not None:
        conn.sends[event.send] = SendFacts(event.conn, event.send, event)
    elif event.op == "open" and event.heartbeats is not None:
        conn.heartbeats = event.heartbeats


_LISTS: dict[type[Any], str] = {
    ev.PeerAccepted: "accepted",
    ev.PeerMode: "modes",
    ev.PeerRead: "reads",
    ev.PeerUnread: "unread",
    ev.PeerFrames: "frames",
    ev.PeerDid: "actions",
    ev.PeerProbed: "probes",
    ev.Closing: "closings",
    ev.Closed: "closeds",
    ev.Checked: "checks",
    ev.Warned: "warnings",
}
_SINGLES: dict[type[Any], str] = {
    ev.PeerListening: "listening",
    ev.PeerSawHangup: "hangup",
    ev.DescriptorSeen: "descriptor",
}


def _onto_connection(run: Run, conn: ConnFacts, event: AnyEvent) -> None:
    if isinstance(event, ev.SendStarted | ev.LockTaken | ev.Written | ev.SendEnded):
        _onto_send(run, conn, event)
    elif isinstance(event, ev.PeerFrame):
        conn.frames.append(event)
        send = conn.sends.get(event.send) if event.send is not None else None
        if send is not None:
            send.frame = event
    elif isinstance(event, ev.PeerSawEnd):
        conn.end = event
        torn = conn.sends.get(event.torn_send) if event.torn_send is not None else None
        if torn is not None:
            torn.torn = event
    elif (name := _LISTS.get(type(event))) is not None:
        getattr(conn, name).append(event)
    elif (single := _SINGLES.get(type(event))) is not None and getattr(conn, single) is None:
        setattr(conn, single, event)


def _onto_send(
    run: Run, conn: ConnFacts, event: ev.SendStarted | ev.LockTaken | ev.Written | ev.SendEnded
) -> None:
    send = conn.sends.get(event.send)
    if send is None:
        # A log of a running system has no requests: the start itself stands for one.
        asked = ev.Requested(at_us=event.at_us, id=-1, op="send", conn=conn.conn, send=event.send)
        send = conn.sends[event.send] = SendFacts(conn.conn, event.send, asked)
    if isinstance(event, ev.SendStarted):
        send.started = send.started or event
    elif isinstance(event, ev.LockTaken):
        send.lock = send.lock or event
    elif isinstance(event, ev.Written):
        send.writes.append(event)
    elif send.ended is None:
        send.ended = event
    else:
        send.ended_again = send.ended_again or event
