"""Put the real NVFlare package behind the harness protocol (`spec/protocol.md`, version 1).

NVFlare's own `ConnManager`, `SocketConnection`, `SfmConnection` and `HeartbeatMonitor` run as they
were released: nothing is overridden or replaced. They are observed from outside, through the socket
they are given, the collection that the monitor walks, and their log. What is configuration is said
in the notes of `hello`. This file needs the standard library and the judged package, nothing else.

Run with the interpreter of an environment that has NVFlare: `python harness.py`.
"""

# ruff: noqa: E402  # The judged package is imported only after standard output was taken from it.

import collections
import fcntl
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import logging
import math
import os
import queue
import re
import resource
import socket
import struct
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Standard output belongs to the protocol, so that whatever a library prints goes to standard error.
PROTOCOL_FD = os.dup(1)
os.dup2(2, 1)
sys.stdout = sys.stderr


def import_without_initialiser() -> None:
    """Register the package `nvflare` without running its `__init__`, which imports the job API.

    That import takes most of a second, for each fresh process, and nothing of it is used here.
    """
    spec = importlib.machinery.PathFinder.find_spec("nvflare")
    if spec is None:
        raise ImportError("this interpreter has no package nvflare")
    sys.modules["nvflare"] = importlib.util.module_from_spec(spec)


import_without_initialiser()
try:
    import nvflare.fuel.f3.sfm.conn_manager  # noqa: F401
except Exception:  # A release whose parts need the initialiser gets it.
    for loaded in [m for m in sys.modules if m.partition(".")[0] == "nvflare"]:
        del sys.modules[loaded]
from nvflare.fuel.f3.comm_config import CommConfigurator
from nvflare.fuel.f3.comm_error import CommError
from nvflare.fuel.f3.drivers.base_driver import BaseDriver
from nvflare.fuel.f3.drivers.connector_info import ConnectorInfo, Mode
from nvflare.fuel.f3.drivers.driver_params import DriverCap
from nvflare.fuel.f3.drivers.socket_conn import SocketConnection
from nvflare.fuel.f3.endpoint import Endpoint
from nvflare.fuel.f3.sfm import heartbeat_monitor, sfm_endpoint
from nvflare.fuel.f3.sfm.conn_manager import ConnManager
from nvflare.fuel.f3.sfm.constants import HandshakeKeys, Types
from nvflare.fuel.f3.sfm.heartbeat_monitor import HeartbeatMonitor
from nvflare.fuel.f3.sfm.prefix import PREFIX_LEN, Prefix
from nvflare.fuel.f3.sfm.sfm_conn import SfmConnection
from nvflare.fuel.utils.config_service import ConfigService

APP_ID = 1
OPEN_WAIT_S = 5.0
"""How long a connection and its handshake may take."""
SLACK_US = 20_000
"""How much longer than the period the gap between two checks may be on a machine at rest."""
SEQUENCE = struct.Struct(">H")
STALL_RECORD = re.compile(r"stalled send.*\((\d+)/(\d+)\)")
KINDS = {Types.DATA: "data", Types.PING: "heartbeat"}
OUTCOMES = {CommError.TIMEOUT: "timeout", CommError.CLOSED: "closed"}
NOTES = [
    "NVFlare's ConnManager, SocketConnection, SfmConnection and HeartbeatMonitor run unmodified",
    "knobs are written to comm_config.json and read through ConfigService and CommConfigurator",
    "configured: heartbeat_monitor.HEARTBEAT_TICK is the period asked for, its default is 5 s",
    "configured: sfm_endpoint.MAX_CONN_PER_ENDPOINT is raised from 1, since the lab answers every "
    "connection's handshake under one name and NVFlare would evict the older connection",
    "configured: each connector is stopped when it connects, so that NVFlare never reconnects",
    "the driver is the harness's own: it connects as TcpDriver does, also to a Unix "
    "socket, for which NVFlare ships no driver, and the socket that it gives NVFlare records what "
    "is called",
    "the package's own initialiser (the job API) is not imported",
    "the monitor's first check is made when it starts; a pass begins a period after the last ended",
    "PONG frames are answers and count as 'other'; only PING is a heartbeat",
    "a send is a call of SfmConnection.send_data; one that returns without complaint is 'ok'",
    "'received' counts the frames after the handshake",
]


def now_us() -> int:
    return time.monotonic_ns() // 1000


class Line:
    """The way to standard output: whoever has something to say leaves it here and goes on.

    The writer looks at the queue every millisecond. Were it woken by each event, it would compete
    for the interpreter with the very threads that are observed, and decide their races.
    """

    def __init__(self) -> None:
        self.queue: collections.deque[dict[str, Any]] = collections.deque()
        self.ending = False

    def event(self, name: str, at_us: int | None = None, **fields: Any) -> None:
        self.queue.append({"event": name, "at_us": now_us() if at_us is None else at_us, **fields})

    def reply(self, request: int, **fields: Any) -> None:
        self.queue.append({"id": request, "ok": True, **fields})

    def error(self, request: int, error: str, message: str, **fields: Any) -> None:
        said = {"id": request, "ok": False, "error": error, "message": message, **fields}
        self.queue.append(said)

    def write_forever(self) -> None:
        """Write all that waits, a line for each, until told that the end has come; then exit."""
        while True:
            ending = self.ending
            said = [self.queue.popleft() for _ in range(len(self.queue))]
            lines = b"".join(json.dumps(one).encode() + b"\n" for one in said)
            while lines:
                lines = lines[os.write(PROTOCOL_FD, lines) :]
            if ending:
                os._exit(0)
            time.sleep(0.001)


OUT = Line()


class Current(threading.local):
    """What the present thread is doing: the frame it sends, and why it would close."""

    conn: str | None = None
    send: int = 0
    single: bool = False
    wrote: int = 0
    sequence: int | None = None
    cause: str = "other"


CURRENT = Current()


class Tally:
    """What went through the socket of one connection."""

    def __init__(self, conn: str) -> None:
        self.conn = conn
        self.shut = False
        self.frames = 0
        self.whole: list[tuple[int, int]] = []
        self.prefix = bytearray()
        self.left = 0

    def feed(self, data: memoryview) -> None:
        """Follow the frames in what was read; a whole one waits in `whole` with time and type."""
        while data:
            if len(self.prefix) < PREFIX_LEN:
                take = PREFIX_LEN - len(self.prefix)
                self.prefix += data[:take]
                if len(self.prefix) < PREFIX_LEN:
                    return
                self.left = max(0, Prefix.from_bytes(bytes(self.prefix)).length - PREFIX_LEN)
            else:
                take = self.left
                self.left -= min(take, len(data))
            data = data[take:]
            if self.left == 0:
                self.whole.append((now_us(), Prefix.from_bytes(bytes(self.prefix)).type))
                self.prefix.clear()

    def count(self) -> None:
        """Count the whole frames, but not the handshake."""
        for at_us, kind in self.whole:
            if kind not in (Types.HELLO, Types.READY):
                self.frames += 1
                OUT.event("received", at_us, conn=self.conn, kind=KINDS.get(kind, "other"))
        self.whole.clear()


class ObservedSocket(socket.socket):
    """A socket that records what NVFlare calls and hands every call on unchanged."""

    tally: Tally

    def send(self, data: Any, flags: int = 0) -> int:
        began_us = now_us()
        wrote = super().send(data, flags)
        if CURRENT.conn == self.tally.conn:
            if CURRENT.wrote == 0 and wrote >= PREFIX_LEN:
                CURRENT.sequence = SEQUENCE.unpack_from(data, PREFIX_LEN - SEQUENCE.size)[0]
            CURRENT.wrote += wrote
            if CURRENT.single:
                OUT.event(
                    "written", conn=CURRENT.conn, send=CURRENT.send, began_us=began_us,
                    wrote_bytes=wrote,
                )  # fmt: skip
        return wrote

    def shutdown(self, how: int) -> None:
        conn = self.tally.conn
        OUT.event("closing", conn=conn, cause=CURRENT.cause)
        self.tally.shut = True
        closed = {"event": "closed", "at_us": 0, "conn": conn}
        try:
            super().shutdown(how)
        finally:
            # As little as can be lies between this call and what NVFlare does next: the threads
            # that it wakes race with NVFlare, and a slow observer would change who wins.
            closed["at_us"] = now_us()
            OUT.queue.append(closed)

    def close(self) -> None:
        if self.tally.shut:
            super().close()
            return
        OUT.event("closing", conn=self.tally.conn, cause=CURRENT.cause)
        self.tally.shut = True
        super().close()
        OUT.event("closed", conn=self.tally.conn)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        # A whole frame counts when NVFlare asks for more: by then it has noted the activity.
        self.tally.count()
        got = super().recv_into(buffer, nbytes, flags)
        self.tally.feed(memoryview(buffer)[:got])
        return got


class Log(logging.Handler):
    """Turn NVFlare's warnings and errors into events."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: dict[int, str] = {}
        self.conns: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] != "nvflare":
            return
        text = record.getMessage()
        conn = next((name for key, name in self.conns.items() if key in text), None)
        stalled = STALL_RECORD.search(text)
        if stalled and conn is not None:
            count, threshold = map(int, stalled.groups())
            OUT.event("warned", conn=conn, count=count, threshold=threshold)
            return
        if record.levelno >= logging.ERROR and record.thread is not None:
            self.errors[record.thread] = text
        OUT.event("noted", text=f"{record.levelname}: {text}", conn=conn)


LOG = Log()
logging.getLogger().addHandler(LOG)


class Dialler(BaseDriver):
    """A driver like TcpDriver, but for Unix sockets too, and with a socket that is observed."""

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__()
        self.request = request
        self.connection: SocketConnection | None = None
        self.failure: str | None = None
        self.settled = threading.Event()

    @staticmethod
    def supported_transports() -> list[str]:
        return ["tcp", "uds"]

    def capabilities(self) -> dict[str, Any]:  # One connection allows heartbeats, another not.
        return {
            DriverCap.SEND_HEARTBEAT.value: bool(self.request.get("heartbeats", True)),
            DriverCap.SUPPORT_SSL.value: False,
        }

    def listen(self, connector: ConnectorInfo) -> None:
        raise CommError(CommError.NOT_SUPPORTED, "the oracle listens")

    def connect(self, connector: ConnectorInfo) -> None:
        connector.stopped.set()
        try:
            self.connection = connection = SocketConnection(self._dial(), connector)
            LOG.conns[connection.name] = self.request["conn"]
            LOG.errors.pop(threading.get_ident(), None)
            self.add_connection(connection)
            self.failure = LOG.errors.get(threading.get_ident())
        except Exception as error:
            self.failure = str(error)
            raise
        finally:
            self.settled.set()
        connection.read_loop()
        self.close_connection(connection)

    def shutdown(self) -> None:
        self.close_all()

    @staticmethod
    def get_urls(scheme: str, resources: dict[str, Any]) -> tuple[str, str]:
        raise CommError(CommError.NOT_SUPPORTED, "no addresses are made up here")

    def _dial(self) -> ObservedSocket:
        request = self.request
        unix = request["transport"] == "unix"
        plain = socket.socket(socket.AF_UNIX if unix else socket.AF_INET, socket.SOCK_STREAM)
        lowest = request.get("lowest_descriptor")
        if lowest is None:
            number = plain.detach()
        else:
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
            number = fcntl.fcntl(plain, fcntl.F_DUPFD_CLOEXEC, lowest)
            plain.close()
        sock = ObservedSocket(fileno=number)
        sock.tally = Tally(request["conn"])
        if request.get("send_buffer_bytes") is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request["send_buffer_bytes"])
        sock.connect(request["path"] if unix else (request["host"], request["port"]))
        return sock


class Watched(Mapping[str, SfmConnection]):
    """ConnManager's connections, as the monitor walks them: tells what each check finds.

    The stall time is read by its public method right before the monitor reads it, and the count
    when the monitor asks for the next connection.
    """

    def __init__(self, conns: dict[str, SfmConnection]) -> None:
        self.conns = conns
        self.monitor: HeartbeatMonitor | None = None
        self.tick = 0

    def __getitem__(self, key: str) -> SfmConnection:
        return self.conns[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.conns)

    def __len__(self) -> int:
        return len(self.conns)

    def values(self) -> Iterator[SfmConnection]:  # type: ignore[override]
        CURRENT.cause = "monitor"
        self.tick += 1
        OUT.event("pass_begun", tick=self.tick)
        try:
            for conn in self.conns.values():
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


def new_monitor(manager: ConnManager) -> HeartbeatMonitor:
    watched = Watched(manager.sfm_conns)
    monitor = watched.monitor = HeartbeatMonitor(watched)
    return monitor


def run_pass(monitor: HeartbeatMonitor) -> None:
    """Make one pass exactly as `HeartbeatMonitor.run` does."""
    try:
        monitor.curr_time = time.time()
        monitor._check_heartbeat()
    except Exception as error:
        OUT.event("noted", text=f"Heartbeat check failed: {error}")


def payload_of(send: int, size_bytes: int) -> bytes:
    """Return the payload of frame number `send`: blocks of its number and their index."""
    blocks = (size_bytes + 7) // 8
    count = min(blocks, 65536)
    part = bytearray(struct.pack(">II", send & 0xFFFFFFFF, 0) * count)
    part[6::8] = b"".join(bytes([high]) * 256 for high in range(256))[:count]
    part[7::8] = (bytes(range(256)) * 256)[:count]
    whole = bytearray()
    # 65536 blocks at a time, whose indexes differ in the upper half only: 16 MiB in milliseconds.
    for upper in range(0, blocks, 65536):
        part[4::8] = bytes([upper >> 24]) * count
        part[5::8] = bytes([upper >> 16 & 0xFF]) * count
        whole += part
    return bytes(memoryview(whole)[:size_bytes])


def run_send(conn: SfmConnection, name: str, send: int, size_bytes: int, repeat: int) -> None:
    """Send the frames one after the other, up to the first that fails, and tell how it went."""
    CURRENT.conn, CURRENT.send, CURRENT.single = name, send, repeat == 1
    CURRENT.cause = "send_timeout"
    outcome, detail, completed = "ok", None, 0
    payload = payload_of(send, size_bytes)
    OUT.event("send_started", conn=name, send=send)
    while outcome == "ok" and completed < repeat:
        if completed:
            payload = payload_of(send + completed, size_bytes)
        CURRENT.wrote, CURRENT.sequence = 0, None
        try:
            conn.send_data(APP_ID, conn.sfm_endpoint.next_stream_id(), None, payload)
            completed += 1
        except CommError as error:
            outcome, detail = OUTCOMES.get(error.code, "error"), str(error)
        except Exception as error:
            outcome, detail = "error", f"{type(error).__name__}: {error}"
    OUT.event(
        "send_ended", conn=name, send=send, outcome=outcome, raised=outcome != "ok",
        completed=completed, written_bytes=CURRENT.wrote, sequence=CURRENT.sequence, detail=detail,
    )  # fmt: skip


class Unsupported(Exception):
    """The harness does not have what was asked for."""


class Failed(Exception):
    """What was asked for went wrong, in a way that the message explains."""


class Harness:
    """What one process drives: one ConnManager and its connections."""

    def __init__(self) -> None:
        self.manager: ConnManager | None = None
        self.conns: dict[str, SfmConnection] = {}
        self.passes: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.checker: HeartbeatMonitor | None = None
        self.monitor: HeartbeatMonitor | None = None
        self.real_time, self.real_time_ns = time.time, time.time_ns
        self.jumped_us = 0

    def hello(self, request: dict[str, Any]) -> dict[str, Any]:
        lab = Prefix(type=Types.READY, stream_id=1, sequence=1)
        packed = pack({HandshakeKeys.ENDPOINT_NAME: "lab", HandshakeKeys.TIMESTAMP: 0.0})
        ready = bytearray(PREFIX_LEN)
        lab.length = PREFIX_LEN + len(packed)
        lab.to_buffer(ready, 0)
        features = ["unix", "tcp", "descriptor", "monitor", "heartbeats", "wall_jump", "sequence"]
        if hasattr(HeartbeatMonitor, "_check_heartbeat"):
            features.append("checks")
        return {
            "name": "nvflare",
            "version": importlib.metadata.version("nvflare"),
            "language": "python",
            "features": features,
            "clock": {"name": "monotonic", "resolution_us": 1, "shared": True},
            "frames": {
                "prefix_bytes": PREFIX_LEN,
                "length": {"at": 0, "bytes": 4, "counts_prefix": True},
                "extra": {"at": 4, "bytes": 2},
                "kind": {"at": 6, "bytes": 1, "data": [Types.DATA], "heartbeat": [Types.PING],
                         "ack": []},
                "sequence": {"at": PREFIX_LEN - SEQUENCE.size, "bytes": SEQUENCE.size},
                "handshake": {"frames": 1, "reply_hex": (bytes(ready) + packed).hex()},
            },
            "monitor": {"form": "a", "slack_us": SLACK_US},
            "notes": NOTES,
        }  # fmt: skip

    def config(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.manager is not None:
            raise Failed("NVFlare caches its configuration: configure once, before anything")
        os.environ.update(request.get("environment", {}))
        return self._build(request["knobs"])

    def _build(self, knobs: dict[str, Any]) -> dict[str, Any]:
        """Write the knobs where NVFlare reads them, build, and return what the objects hold."""
        with tempfile.TemporaryDirectory(prefix="nvflare-") as folder:
            with open(os.path.join(folder, "comm_config.json"), "w", encoding="utf-8") as file:
                json.dump(knobs, file)
            ConfigService.reset()
            ConfigService.initialize(section_files={}, config_path=[folder])
            CommConfigurator.reset()
            CommConfigurator()  # It reads the file once and keeps what it read.
        sfm_endpoint.MAX_CONN_PER_ENDPOINT = 1_000_000
        manager = ConnManager(Endpoint("harness"))
        one, other = socket.socketpair()
        connector = ConnectorInfo("none", None, {}, Mode.ACTIVE, 0, 0, False, threading.Event())
        monitor, probe = manager.heartbeat_monitor, SocketConnection(one, connector)
        held = {
            "streaming_send_timeout": probe.send_timeout,
            "sfm_send_stall_timeout": monitor.send_stall_timeout,
            "sfm_close_stalled_connection": monitor.close_stalled_connection,
            "sfm_send_stall_consecutive_checks": monitor.stall_consecutive_checks,
            "heartbeat_interval": monitor.interval,
        }
        one.close()
        other.close()
        notes = [f"{k}: {held[k]!r} in force, not {v!r}" for k, v in knobs.items()
                 if k in held and held[k] != v]  # fmt: skip
        notes += [f"{k}: nothing that runs here reads it" for k in knobs if k not in held]
        notes += [f"{k}: not a finite number" for k, v in held.items() if not math.isfinite(v)]
        self.manager, self.checker = manager, new_monitor(manager)
        effective = {k: v for k, v in held.items() if math.isfinite(v)}
        return {"effective": effective, "notes": notes}

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Connect through NVFlare's own connector and wait for the end of the handshake."""
        if request["transport"] not in ("unix", "tcp"):
            raise Unsupported(f"transport {request['transport']}")
        if request["conn"] in LOG.conns.values():
            raise Failed(f"connection {request['conn']} was opened before")
        if self.manager is None:
            self._build({})
        assert self.manager is not None
        driver = Dialler(request)
        url = f"{request['transport']}:{request.get('path') or request.get('host')}"
        handle = self.manager.add_connector(driver, {"url": url}, Mode.ACTIVE)
        self.manager.start_connector(self.manager.connectors[handle])
        until = time.monotonic() + OPEN_WAIT_S
        if not driver.settled.wait(OPEN_WAIT_S):
            raise Failed("NVFlare did not begin to connect: its pool runs 16 connectors at most")
        if driver.failure is not None:
            if driver.connection is None:
                raise Failed(f"no connection: {driver.failure}")
            number = driver.connection.sock.fileno()
            raise Failed(
                f"NVFlare could not send its handshake on descriptor {number}: {driver.failure}"
            )
        while driver.connection is not None and time.monotonic() < until:
            conn = self.manager.sfm_conns.get(driver.connection.name)
            if conn is None:
                raise Failed("the connection ended before its handshake was over")
            if conn.sfm_endpoint is not None:
                self.conns[request["conn"]] = conn
                return {"descriptor": conn.conn.sock.fileno()}
            time.sleep(0.001)
        raise Failed(f"the handshake was not over within {OPEN_WAIT_S:.0f} s")

    def received(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"frames": self.conns[request["conn"]].conn.sock.tally.frames}

    def send(self, request: dict[str, Any]) -> dict[str, Any]:
        if request.get("kind", "data") != "data":
            raise Unsupported(f"kind {request['kind']}")
        arguments = (
            self.conns[request["conn"]], request["conn"], request["send"], request["size_bytes"],
            request.get("repeat", 1),
        )  # fmt: skip
        threading.Thread(target=run_send, args=arguments, daemon=True).start()
        return {}

    def check_forever(self) -> None:
        """Make the passes asked for, one after the other, as the one monitor thread would."""
        while True:
            request = self.passes.get()
            if self.checker is None:
                self._build({})
            began_us = now_us()
            run_pass(self.checker)
            OUT.reply(request, began_us=began_us, ended_us=now_us())

    def watch(self, request: dict[str, Any]) -> dict[str, Any]:
        """Start NVFlare's own monitor thread with the period asked for, or stop it."""
        if self.monitor is not None:
            self.monitor.stop()
            self.monitor = None
        if request["period_us"] is not None:
            if self.manager is None:
                self._build({})
            heartbeat_monitor.HEARTBEAT_TICK = request["period_us"] / 1e6
            self.monitor = new_monitor(self.manager)
            self.monitor.start()
        return {"form": "a", "slack_us": SLACK_US}

    def wall_jump(self, request: dict[str, Any]) -> dict[str, Any]:
        """Move the wall clock of this process: the clock NVFlare reads, not NVFlare."""
        before_us = time.time_ns() // 1000
        self.jumped_us += request["by_us"]
        jumped_s, jumped_ns = self.jumped_us / 1e6, self.jumped_us * 1000
        time.time = lambda: self.real_time() + jumped_s
        time.time_ns = lambda: self.real_time_ns() + jumped_ns
        after_us = time.time_ns() // 1000
        OUT.event("wall_jumped", before_us=before_us, after_us=after_us)
        return {"before_us": before_us, "after_us": after_us}

    def close(self, request: dict[str, Any]) -> dict[str, Any]:
        CURRENT.cause = "local"
        self.conns[request["conn"]].conn.close()
        return {}


def pack(data: dict[str, Any]) -> bytes:
    """Pack the payload of a handshake as NVFlare does."""
    import msgpack

    packed: bytes = msgpack.packb(data)
    return packed


def refuse(request: dict[str, Any], error: ValueError) -> None:
    """Say which knob NVFlare refused: it says no to one by a ValueError that names it."""
    asked = {
        **{
            k.lower().removeprefix("nvflare_"): v for k, v in request.get("environment", {}).items()
        },
        **request.get("knobs", {}),
    }
    knob = next((k for k in asked if k in str(error)), None)
    if knob is None:
        OUT.error(request["id"], "failed", f"ValueError: {error}")
    else:
        said = {"knob": knob, "value": asked[knob], "allowed": "what the message says"}
        OUT.error(request["id"], "refused", str(error), **said)


def answer(request: dict[str, Any], carry_out: Callable[..., dict[str, Any]]) -> None:
    """Carry one request out and reply; whatever goes wrong is told in the protocol's words."""
    try:
        OUT.reply(request["id"], **carry_out(request))
    except Unsupported as missing:
        OUT.error(request["id"], "unsupported", str(missing))
    except Failed as error:
        OUT.error(request["id"], "failed", str(error))
    except ValueError as error:
        refuse(request, error)
    except KeyError as error:
        OUT.error(request["id"], "failed", f"no {error} here")
    except Exception as error:
        traceback.print_exc()
        OUT.error(request["id"], "failed", f"{type(error).__name__}: {error}")


def main() -> None:
    """Serve requests until `stop` or the end of standard input."""
    harness = Harness()
    threading.Thread(target=OUT.write_forever, daemon=True).start()
    threading.Thread(target=harness.check_forever, daemon=True).start()
    at_once = {
        "hello": harness.hello, "config": harness.config, "received": harness.received,
        "send": harness.send, "monitor": harness.watch, "wall_jump": harness.wall_jump,
    }  # fmt: skip
    on_a_thread = {"open": harness.open, "close": harness.close}
    for line in sys.stdin.buffer:
        request = json.loads(line)
        op = request["op"]
        if op == "stop":
            OUT.reply(request["id"])
            break
        if op == "check":
            harness.passes.put(request["id"])
        elif op in at_once:
            answer(request, at_once[op])
        elif op in on_a_thread:
            arguments = (request, on_a_thread[op])
            threading.Thread(target=answer, args=arguments, daemon=True).start()
        else:
            OUT.error(request["id"], "unsupported", f"no operation {op}")
    OUT.ending = True
    # Were the reader of the output gone or stuck, the writer could not end the process.
    threading.Event().wait(0.5)
    os._exit(0)


if __name__ == "__main__":
    main()
