"""Whose law a heartbeat broke that came, or did not: SC-10, SC-11 and SC-14."""

from collections.abc import Iterator

from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.keys import HEARTBEAT
from stallproof.judge.model.scene import Blame, Scene


def _by_the_wall(scene: Scene, connection: ModelConnection) -> bool:
    """Tell whether the wall clock explains a heartbeat that was due to nobody.

    Who goes by it would have sent one at an earlier pass already at which it was due by the wall.
    And exactly at the interval a heartbeat is one for whom the interval is inclusive, unless the
    wall clock was moved by as little as that.
    """
    heard_us, monitor = connection.received_us, scene.before.monitor
    interval_us = scene.after.policy["heartbeat_interval_us"]
    if heard_us is None or (
        scene.at_us - heard_us == interval_us and monitor.jumped_us(heard_us) > 1
    ):
        return False
    earlier = [
        passed_us - heard_us + monitor.jumped_us(heard_us, passed_us)
        for passed_us in monitor.passed_us
        if heard_us <= passed_us < scene.at_us and not _was_busy(connection, passed_us)
    ]
    return bool(monitor.jumped_us(heard_us)) and not any(age > interval_us for age in earlier)


def _was_busy(connection: ModelConnection, at_us: int) -> bool:
    """Tell whether a send was in flight at `at_us`."""
    held = [frame for frame in connection.frames.values() if 0 <= frame.lock_us <= at_us]
    return any(frame.ended_us is None or frame.ended_us > at_us for frame in held)


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
        elif _by_the_wall(scene, connection) and (age_us + jumped_us > interval_us) != idle:
            yield Blame("SC-14", f"{why}: {silent}, and the wall clock had been moved.")
        else:
            allowed = silent if connection.heartbeats else "heartbeats are not allowed on it"
            yield Blame("SC-10", f"{why}: {allowed}, and the interval is {interval_us} us.")
