"""The connections as NVFlare's monitor walks them, and its passes."""

import time
from collections.abc import Iterator, Mapping

from dialler import LOG
from judged import ConnManager, HeartbeatMonitor, SfmConnection
from output import OUT, now_us
from sockets import CURRENT


class Watched(Mapping[str, SfmConnection]):
    """The managers' connections, as the monitor walks them: tells what each check finds.

    The stall time is read by its public method right before the monitor reads it, and the count
    when the monitor asks for the next connection.
    """

    def __init__(self, managers: list[ConnManager]) -> None:
        self.managers = managers
        self.monitor: HeartbeatMonitor | None = None
        self.tick = 0

    def __getitem__(self, key: str) -> SfmConnection:
        return next(m.sfm_conns[key] for m in self.managers if key in m.sfm_conns)

    def __iter__(self) -> Iterator[str]:
        return (key for manager in self.managers for key in manager.sfm_conns)

    def __len__(self) -> int:
        return sum(len(manager.sfm_conns) for manager in self.managers)

    def values(self) -> Iterator[SfmConnection]:  # type: ignore[override]
        CURRENT.cause = "monitor"
        self.tick += 1
        OUT.event("pass_begun", tick=self.tick)
        try:
            for manager in self.managers:
                for conn in manager.sfm_conns.values():
                    yield from self._check(conn)
        finally:
            OUT.event("pass_ended", tick=self.tick)

    def items(self) -> Iterator[tuple[str, SfmConnection]]:  # type: ignore[override]
        return ((conn.get_name(), conn) for conn in self.values())

    def _check(self, conn: SfmConnection) -> Iterator[SfmConnection]:
        name = conn.get_name()
        stall_us = int(conn.get_send_stall_seconds() * 1e6)
        at_us = now_us()
        try:
            yield conn
        finally:
            counts = {} if self.monitor is None else self.monitor.stall_counts
            if name in LOG.conns:
                OUT.event(
                    "checked", at_us, conn=LOG.conns[name], stall_us=stall_us,
                    count=counts.get(name, 0),
                )  # fmt: skip


def new_monitor(managers: list[ConnManager]) -> HeartbeatMonitor:
    watched = Watched(managers)
    monitor = watched.monitor = HeartbeatMonitor(watched)
    return monitor


def run_pass(monitor: HeartbeatMonitor) -> None:
    """Make one pass exactly as `HeartbeatMonitor.run` does."""
    try:
        monitor.curr_time = time.time()
        monitor._check_heartbeat()
    except Exception as error:
        OUT.event("noted", text=f"Heartbeat check failed: {error}")
