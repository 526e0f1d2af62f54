"""Whose law the monitor broke: stall times, counts, warnings, passes (group SC)."""

from collections.abc import Iterator

from stallproof.judge.evidence.observation import ms
from stallproof.judge.model.connections import FOREVER, ModelConnection
from stallproof.judge.model.keys import CHECKED, CLOSING, HEARTBEAT, SEND_ENDED, WARNED, Key
from stallproof.judge.model.scene import Blame, Later, Scene


def passes(scene: Scene) -> Iterator[Blame]:
    """Yield the blame for a pass that did not come, left somebody out, or came unasked."""
    wanted = [k for k in scene.missing_of(CHECKED) if not _was_looked_at(scene, k[2])]
    if wanted and not scene.checked_here():
        yield _no_pass(scene, wanted)
    elif wanted:
        yield _left_out(scene, wanted)
    for key in scene.extra_of(CHECKED):
        if not scene.is_pass:
            jumped = _comes_by_the_wall(scene)
            why = f"{key[2]} was checked {scene.when}, where no pass was due"
            wall = ": the wall clock had been moved" if jumped else ""
            yield Blame("SC-14" if jumped else "SC-9", f"{why}{wall}.")
            return


def _was_looked_at(scene: Scene, name: str) -> bool:
    """Tell whether a pass did something to a connection at this instant, if not what was due."""
    came = any(key[2] == name for key in scene.said if key[1] in (CHECKED, WARNED, HEARTBEAT))
    return came or any(scene.extra_of(CLOSING, name))


def _no_pass(scene: Scene, wanted: list[Key]) -> Blame:
    monitor = scene.before.monitor
    later = scene.later_of(CHECKED)
    came = "none came" if later is None else f"the next one came at {ms(later.at_us)}"
    what = f"A pass was due {scene.when}, and {came}"
    gone = [
        connection.name for connection in scene.after.order if connection.closing_us is not None
    ]
    skipped = later is None or not scene.is_tick
    if later is not None and monitor.period_us is not None:
        skipped = skipped or (later.at_us - scene.at_us) % monitor.period_us == 0
    if gone and skipped:
        return Blame("SC-12", f"{what}: {', '.join(gone)} had gone, and the others are checked.")
    if not scene.is_tick:
        names = ", ".join(key[2] for key in wanted)
        return Blame("SC-1", f"{what}: no stall time was found for {names}.")
    assert monitor.period_us is not None
    if _goes_by_the_wall(scene, later):
        return Blame("SC-14", f"{what}: the wall clock had been moved.")
    if later is not None and _waited(scene):
        return Blame("SC-11", f"{what}: a send was blocked, and a pass never waits.")
    return Blame("SC-9", f"{what}: the declared schedule is a promise.")


def _goes_by_the_wall(scene: Scene, later: Later | None) -> bool:
    """Tell whether a jump since the pass before explains that the one due now did not come.

    It comes as much later as the wall clock went back, or at another tick, or never: one that only
    slips is not the wall clock's.
    """
    monitor = scene.before.monitor
    assert monitor.period_us is not None
    jumped_us = monitor.jumped_us(scene.at_us - monitor.period_us)
    if not jumped_us or later is None:
        return bool(jumped_us)
    late_us = later.at_us - scene.at_us
    return late_us == -jumped_us or late_us % monitor.period_us == 0


def _comes_by_the_wall(scene: Scene) -> bool:
    """Tell whether the wall clock explains a pass that comes where none is due.

    By the wall it is a tick now, or the clock was just moved beyond one.
    """
    monitor = scene.after.monitor
    if monitor.period_us is None or not monitor.jumps:
        return bool(monitor.jumps)
    ran_us = scene.at_us - monitor.since_us + monitor.jumped_us(monitor.since_us)
    return ran_us % monitor.period_us == 0 or any(at == scene.at_us for at, _by in monitor.jumps)


def _waited(scene: Scene) -> bool:
    """Tell whether each late pass from here on came just when a send ended that it found blocked.

    One that merely slips, or that leaves out a tick, meets the end of a send by chance: then the
    next one is off as well with nothing to wait for, or it came at a tick.
    """
    monitor = scene.before.monitor
    assert monitor.period_us is not None
    ends: dict[int, set[Key]] = {}
    for one in scene.later:
        if one.key[1] == SEND_ENDED:
            ends.setdefault(one.at_us, set()).add(one.key[2:4])
    blocked = {
        (connection.name, connection.flight.number)
        for connection in scene.before.connections.values()
        if connection.flight is not None
    }
    late = [
        one.at_us
        for one in scene.later
        if one.key[1] == CHECKED and (one.at_us - scene.at_us) % monitor.period_us
    ]
    first = next((one.at_us for one in scene.later if one.key[1] == CHECKED), None)
    return (
        first is not None
        and first in late
        and bool(ends.get(first, set()) & blocked)
        and all(at_us in ends for at_us in late)
    )


def _left_out(scene: Scene, wanted: list[Key]) -> Blame:
    name = wanted[0][2]
    others = ", ".join(sorted(scene.checked_here()))
    later = scene.later_of(CHECKED, name)
    what = f"A pass {scene.when} checked {others}, and not {name}"
    period_us = scene.before.monitor.period_us
    at_a_pass = later is not None and period_us and (later.at_us - scene.at_us) % period_us == 0
    if later is not None and scene.has_blocked_neighbour(name) and not at_a_pass:
        came = f"which had its check only at {ms(later.at_us)}"
        return Blame("CX-3", f"{what}, {came}, while another connection was stalled.")
    return Blame("SC-12", f"{what}: no connection keeps another one from its check.")


def checks(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for a check that found something else than there was."""
    for key in scene.extra_of(CHECKED, connection.name):
        wanted = next(scene.missing_of(CHECKED, connection.name), None)
        what = f"The check of {connection.name} {scene.when} found {key[3]} us and counted {key[4]}"
        if (
            wanted is None
            and connection.closing_us is not None
            and connection.closing_us < scene.at_us
            and connection.let_go_us == FOREVER
        ):
            ended = f"it had been closing since {ms(connection.closing_us)}"
            yield Blame("SC-1" if key[3] else "SC-13", f"{what}; {ended}.")
        elif wanted is None and connection.let_go_us < FOREVER:
            yield from _of_a_lingering_one(scene, connection, key, what)
        elif wanted is None:
            yield Blame("SC-3", f"{what}, once more at one pass.")
        elif key[3] != wanted[3]:
            yield _wrong_stall(scene, connection, key, wanted, what)
        else:
            yield _wrong_count(scene, connection, key, wanted, what)


def _of_a_lingering_one(
    scene: Scene, connection: ModelConnection, key: Key, what: str
) -> Iterator[Blame]:
    """A send outlasts the closing of its connection: who finds it finds it as it is."""
    assert connection.flight is not None
    stall_us = scene.at_us - connection.flight.lock_us
    if key[3] != stall_us:
        yield Blame("SC-1", f"{what}; the stall time was {stall_us} us.")
    else:
        yield Blame("SC-3", f"{what}; the count is {connection.count}.")


def _wrong_stall(
    scene: Scene, connection: ModelConnection, key: Key, wanted: Key, what: str
) -> Blame:
    was = scene.before.connections[connection.name].flight
    law = f"the stall time was {wanted[3]} us"
    if was is not None:
        jumped_us = scene.before.monitor.jumped_us(was.lock_us)
        law = f"the lock was taken at {ms(was.lock_us)}, so that {law}"
        if jumped_us and key[3] == max(0, wanted[3] + jumped_us):
            return Blame("SC-14", f"{what}; {law}, and the wall clock had been moved.")
    return Blame("SC-1", f"{what}; {law}.")


def _wrong_count(
    scene: Scene, connection: ModelConnection, key: Key, wanted: Key, what: str
) -> Blame:
    """The stall time is right and the count is not: which of five laws says so?"""
    limit_us = scene.after.policy["stall_timeout_us"]
    was = scene.before.connections[connection.name]
    law = f"the limit is {limit_us} us and the count was {was.count} before"
    law += f", so that it is {wanted[4]}"
    if wanted[4] == 0:
        strict = "stalled is strictly more than the limit"
        if key[4] == was.count + 1:
            return Blame("SC-2", f"{what}; {law}: {strict}.")
        return Blame("SC-3", f"{what}; {law}: a check that is not stalled starts anew.")
    if key[4] == 0:
        return Blame("SC-2", f"{what}; {law}: more than the limit is stalled.")
    if wanted[4] == 1 and was.count and was.flight is not was.seen and key[4] == was.count + 1:
        return Blame("SC-15", f"{what}; {law}: another send was stalled at the check before.")
    more = key[4] - wanted[4]
    gone = set(scene.before.monitor.gone_counts)
    counted = {other.count for other in scene.after.connections.values() if other is not connection}
    if more > 0 and (more in gone | counted or more == sum(counted)):
        return Blame("SC-13", f"{what}; {law}: the rest was counted on another connection.")
    return Blame("SC-3", f"{what}; {law}.")


def warnings(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for warnings: a stalled check has one, with count and threshold."""
    for key in scene.missing_of(WARNED, connection.name):
        said = next(scene.extra_of(WARNED, connection.name), None)
        told = "did not warn" if said is None else f"warned with {said[3]}/{said[4]}"
        why = f"{told}, not with {key[3]}/{key[4]}"
        yield Blame("SC-4", f"The stalled check of {connection.name} {scene.when} {why}.")
        return
    for key in scene.extra_of(WARNED, connection.name):
        why = f"A warning of {connection.name} came {scene.when} with {key[3]}/{key[4]}"
        if connection.count and scene.is_pass:
            yield Blame("SC-4", f"{why}, a second one for one check.")
            return
        yield Blame("SC-4", f"{why}, and no check had found it stalled.")
        was = scene.before.connections.get(connection.name)
        policy, frame = scene.after.policy, None if was is None else was.flight
        bounded = policy["send_timeout_us"] <= policy["stall_timeout_us"]
        on_time = frame is not None and scene.before.monitor.keeps_schedule(frame)
        if bounded and on_time and scene.is_tick:
            yield Blame("CX-5", f"{why}, where no send can outlast the stall timeout.")
        return
