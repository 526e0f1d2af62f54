"""Configuration: written where NVFlare reads it, and read back from the objects that use it."""

import itertools
import json
import math
import os
import re
import socket
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from dialler import LOG
from judged import (
    CommConfigurator,
    ConfigService,
    ConnectorInfo,
    ConnManager,
    Endpoint,
    Mode,
    SocketConnection,
    heartbeat_monitor,
    sfm_endpoint,
)
from output import OUT

if TYPE_CHECKING:
    from streams import Streams

NAME = "harness"
REFUSAL = re.compile(r"var (\w+)'s value .* cannot be converted to (\w+)", re.DOTALL)
"""The words in which NVFlare's ConfigService says no to a value."""
PREFIX = "NVFLARE_"
INHERITED = dict(os.environ)
CELLS = itertools.count(1)


class Configured:
    """What was built on one configuration."""

    def __init__(self, text: str, with_streams: bool) -> None:
        """Let NVFlare read `text` as its `comm_config.json`, and build what consumes it."""
        with LOG.keeping() as self.notes:
            with tempfile.TemporaryDirectory(prefix="nvflare-") as folder:
                with open(os.path.join(folder, "comm_config.json"), "w", encoding="utf-8") as file:
                    file.write(text)
                ConfigService.reset()
                ConfigService.initialize(section_files={}, config_path=[folder])
                CommConfigurator.reset()
                CommConfigurator()  # It reads the file once and keeps what it read.
            sfm_endpoint.MAX_CONN_PER_ENDPOINT = 1_000_000
            self.with_streams = with_streams
            self.lock = threading.Lock()
            self.managers: list[ConnManager] = []
            self.unused = [self._network()]
            self.held = self._held(*self.unused[0])
        # JSON has no number for what is not finite: it is told as text.
        self.effective = {k: v if math.isfinite(v) else repr(v) for k, v in self.held.items()}
        self.monitor_period_us = round(heartbeat_monitor.HEARTBEAT_TICK * 1_000_000)

    def network(self) -> tuple[ConnManager, "Streams | None"]:
        """Return what a new connection belongs to.

        With streams it is a cell of its own: the lab answers every handshake under one name, and
        among the connections to one name NVFlare itself chooses.
        """
        with self.lock:
            if not self.with_streams:
                return self.unused[0]
            return self.unused.pop() if self.unused else self._network()

    def _network(self) -> tuple[ConnManager, "Streams | None"]:
        if not self.with_streams:
            manager, streams = ConnManager(Endpoint(NAME)), None
        else:
            # Importing the cell takes a tenth of a second: only where it is used.
            from streams import Streams

            streams = Streams(f"{NAME}{next(CELLS)}")  # NVFlare never takes a name twice.
            manager = streams.cell.communicator.conn_manager
        self.managers.append(manager)
        return manager, streams

    @staticmethod
    def _held(manager: ConnManager, streams: "Streams | None") -> dict[str, Any]:
        """Return the values that the objects hold, clamps and defaults of theirs included."""
        one, other = socket.socketpair()
        with one, other:
            connector = ConnectorInfo("none", None, {}, Mode.ACTIVE, 0, 0, False, threading.Event())
            probe = SocketConnection(one, connector)
        monitor = manager.heartbeat_monitor
        held = {
            "streaming_send_timeout": probe.send_timeout,
            "sfm_send_stall_timeout": monitor.send_stall_timeout,
            "sfm_close_stalled_connection": monitor.close_stalled_connection,
            "sfm_send_stall_consecutive_checks": monitor.stall_consecutive_checks,
            "heartbeat_interval": monitor.interval,
        }
        return held if streams is None else {**held, **streams.held()}


def configure(request: dict[str, Any]) -> tuple[Configured, dict[str, Any]]:
    """Put the configuration of a request in force; return it, and what to reply."""
    # What an earlier, refused request had put into the environment is gone.
    os.environ.clear()
    os.environ.update(INHERITED | request.get("environment", {}))
    knobs, text = request.get("knobs", {}), request.get("file")
    with_streams = text is not None or any(_is_stream_knob(name) for name in knobs)
    built = Configured(json.dumps(knobs) if text is None else text, with_streams)
    for name, value in built.held.items():
        if not math.isfinite(value):
            OUT.event("noted", text=f"{name}: {value} is in force")
    reply = {"effective": built.effective, "notes": built.notes}
    return built, {**reply, "monitor_period_us": built.monitor_period_us}


def _is_stream_knob(name: str) -> bool:
    return name.startswith("streaming_") and name != "streaming_send_timeout"


def refusal(request: dict[str, Any], error: ValueError) -> dict[str, Any] | None:
    """Return which knob NVFlare refused, and what it would take; `None`: no refusal of a knob."""
    said = REFUSAL.search(str(error))
    if said is None:
        return None
    knob, allowed = said.groups()
    try:
        file = json.loads(request.get("file") or "{}")
    except ValueError:
        file = {}
    asked = {k.removeprefix(PREFIX).lower(): v for k, v in request.get("environment", {}).items()}
    asked |= request.get("knobs", {}) | (file if isinstance(file, dict) else {})
    value = asked.get(knob)
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)  # JSON has no such number.
    return {"knob": knob, "value": value, "allowed": allowed}
