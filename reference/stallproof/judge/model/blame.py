"""Blame: the one requirement that the first divergence of a case breaks.

The root comes first: a send that had to end explains the closing; what a check found explains its
warning and its close; the closing explains the queue. The first kind of rule that speaks is taken,
and of it every requirement that the law truly names; the rest of the instant is consequence.
"""

from collections.abc import Callable, Iterator

from stallproof.judge.model import (
    blame_connections,
    blame_given_up,
    blame_heartbeats,
    blame_monitor,
    blame_sends,
    blame_streams,
)
from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.flows import Flow
from stallproof.judge.model.keys import (
    CHECKED,
    CHUNK_BEGUN,
    CLOSING,
    DECIDED,
    HEARTBEAT,
    SEND_ENDED,
    Key,
    decision_of,
)
from stallproof.judge.model.scene import Blame, Scene
from stallproof.judge.rules.machines import law_of

CONNECTION_RULES: tuple[Callable[[Scene, ModelConnection], Iterator[Blame]], ...] = (
    blame_monitor.checks,
    blame_monitor.warnings,
    blame_heartbeats.heartbeats,
    blame_connections.closings,
    blame_sends.other_ends,
    blame_connections.locks_too_many,
    blame_connections.locks_missing,
    blame_connections.writes_too_many,
    blame_connections.writes_missing,
    blame_connections.receipts,
)

FLOW_RULES: tuple[Callable[[Scene, Flow], Iterator[Blame]], ...] = (
    blame_streams.acks,
    blame_streams.ends,
    blame_streams.chunks,
    blame_streams.notices,
)


def blame_for(scene: Scene) -> list[Blame]:
    """Return what `scene` breaks; nothing where no requirement says anything of it."""
    for rule in _rules(scene):
        found = _once_each(rule)
        if found:
            return found
    return []


def _rules(scene: Scene) -> Iterator[Iterator[Blame]]:
    yield _decisions(scene)
    for connection in scene.connections():
        yield blame_given_up.given_up(scene, connection)
    for connection in scene.connections():
        # A send that ended wrongly may have kept its connection from a check.
        yield blame_sends.ends(scene, connection)
    for connection in scene.connections():
        yield _in_place_of_a_check(scene, connection)
    yield blame_monitor.passes(scene)
    for rule in CONNECTION_RULES:
        for connection in scene.connections():
            yield rule(scene, connection)
    for told in FLOW_RULES:
        for flow in scene.after.flows.values():
            yield told(scene, flow)


def _in_place_of_a_check(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """The pass did come to a connection: what it did there is wrong, and not that it was silent."""
    name = connection.name
    if not any(scene.missing_of(CHECKED, name)) or any(scene.extra_of(CHECKED, name)):
        return
    if any(scene.extra_of(CLOSING, name)):
        yield from blame_connections.closings(scene, connection)
    elif any(scene.extra_of(HEARTBEAT, name)):
        yield from blame_heartbeats.heartbeats(scene, connection)


def _decisions(scene: Scene) -> Iterator[Blame]:
    """A machine decided something else than the law, or nothing at all."""
    for key in scene.missing_of(DECIDED):
        wanted = decision_of(key)
        verdict = law_of(wanted["machine"], wanted["input"])
        said = next((decision_of(one) for one in scene.extra_of(DECIDED, *key[2:4])), None)
        if verdict is None or said is None:
            continue
        requirement = verdict.broken_by(said["decision"])
        if requirement is not None:
            why = verdict.why(wanted["machine"], wanted["input"], said["decision"])
            yield Blame(requirement, why)


def _once_each(blames: Iterator[Blame]) -> list[Blame]:
    """Return the first blame of each requirement."""
    found: dict[str, Blame] = {}
    for blame in blames:
        found.setdefault(blame.requirement, blame)
    return list(found.values())


def strangers(scene: Scene) -> list[Key]:
    """Return what was said of connections, sends or streams that nobody asked for."""
    found = []
    for key in scene.extra:
        if key[1] == DECIDED:
            if scene.asked is None or scene.asked.op != "decide":
                found.append(key)
            continue
        connection = scene.after.connections.get(key[2])
        is_stream = key[1] >= CHUNK_BEGUN
        known = connection is not None and (
            (is_stream and (key[2], key[3]) in scene.after.flows)
            or (not is_stream and (key[1] > SEND_ENDED or key[3] in connection.frames))
        )
        if not known:
            found.append(key)
    return found
