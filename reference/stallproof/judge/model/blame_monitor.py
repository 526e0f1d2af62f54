"""Whose law the monitor broke: stall times, counts, warnings, heartbeats, passes (group SC)."""

from collections.abc import Iterator

from stallproof.judge.evidence.observation import ms
from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.keys import CHECKED, HEARTBEAT, SEND_ENDED, WARNED, Key
from stallproof.judge.model.scene import Blame, Scene


def passes(scene: Scene) -> Iterator[Blame]:
    """Yield the blame for a pass that did not come, left somebody out, or came unasked."""
    wanted = [k for k in scene.missing_of(CHECKED) if not any(scene.extra_of(CHECKED, k[2]))]
    if wanted and not scene.checked_here():
        yield _no_pass(scene, wanted)
    elif wanted:
        yield _left_out(scene, wanted)
    for key in scene.extra_of(CHECKED):
        if not scene.is_pass:
            jumped = bool(scene.after.monitor.jumps)
            why = f"{key[2]} was checked {scene.when}, where no pass was due"
            wall = ": the wall clock had been moved" if jumped else ""
            yield Blame("SC-14" if jumped else "SC-9", f"{why}{wall}.")
            return


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
    if monitor.jumped_us(scene.at_us - monitor.period_us):
        return Blame("SC-14", f"{what}: the wall clock had been moved.")
    if later is not None and any(
        one.key[1] == SEND_ENDED and one.at_us == later.at_us for one in scene.later
    ):
        return Blame("SC-11", f"{what}: a send was blocked, and a pass never waits.")
    return Blame("SC-9", f"{what}: the declared schedule is a promise.")


def _left_out(scene: Scene, wanted: list[Key]) -> Blame:
    name = wanted[0][2]
    others = ", ".join(sorted(scene.checked_here()))
    later = scene.later_of(CHECKED, name)
    what = f"A pass {scene.when} checked {others}, and not {name}"
    if later is not None and scene.has_blocked_neighbour(name):
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
        ):
            ended = f"it had been closing since {ms(connection.closing_us)}"
            yield Blame("SC-1" if key[3] else "SC-13", f"{what}; {ended}.")
        elif wanted is None:
            yield Blame("SC-3", f"{what}, once more at one pass.")
        elif key[3] != wanted[3]:
            yield _wrong_stall(scene, connection, key, wanted, what)
        else:
            yield _wrong_count(scene, connection, key, wanted, what)


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


def heartbeats(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for a heartbeat that was due and did not come, or came and was not due."""
    policy, monitor = scene.after.policy, scene.before.monitor
    interval_us = policy["heartbeat_interval_us"]
    heard_us = connection.received_us
    silent = "nothing was ever received"
    if heard_us is not None:
        silent = f"the last frame came {scene.at_us - heard_us} us before"
    jumped_us = 0 if heard_us is None else monitor.jumped_us(heard_us)
    age_us = 0 if heard_us is None else scene.at_us - heard_us
    for _key in scene.missing_of(HEARTBEAT, connection.name):
        why = f"A heartbeat of {connection.name} was due at the check {scene.when}: {silent}"
        if heard_us is not None and age_us + jumped_us <= interval_us:
            yield Blame("SC-14", f"{why}, and the wall clock had been moved.")
        else:
            yield Blame("SC-10", f"{why}, more than the interval of {interval_us} us.")
    for _key in scene.extra_of(HEARTBEAT, connection.name):
        why = f"A heartbeat of {connection.name} was due to nobody {scene.when}"
        idle = heard_us is None or age_us > interval_us
        was = scene.before.connections.get(connection.name)
        frame = None if was is None else was.flight
        if frame is not None and scene.is_pass and idle and connection.heartbeats:
            stall_us = scene.at_us - frame.lock_us
            if stall_us > policy["stall_timeout_us"]:
                yield Blame("SC-10", f"{why}: the check found it stalled ({stall_us} us).")
            else:
                # Seed does send it; nothing comes of it, so that its case goes on.
                yield Blame("SC-11", f"{why}: send {frame.number} is in flight.", ends=False)
        elif jumped_us and (age_us + jumped_us > interval_us) != idle:
            yield Blame("SC-14", f"{why}: {silent}, and the wall clock had been moved.")
        else:
            allowed = silent if connection.heartbeats else "heartbeats are not allowed on it"
            yield Blame("SC-10", f"{why}: {allowed}, and the interval is {interval_us} us.")
