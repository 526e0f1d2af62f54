"""Put the real NVFlare package behind the harness protocol (`spec/protocol.md`, version 1).

NVFlare's own `ConnManager`, `SocketConnection`, `SfmConnection`, `HeartbeatMonitor`, `CoreCell` and
`ByteStreamer` run as they were released: nothing is overridden or replaced. They are observed from
outside, through the socket they are given, the collection that the monitor walks, the source that
a stream reads from, and their log. What is configuration is said in the notes of `hello`. The files
of this folder need the standard library and the judged package, nothing else.

Run with the interpreter of an environment that has NVFlare: `python harness.py`.
"""

import importlib.metadata
import json
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import deciding
from dialler import LOG, Dialler
from judged import (
    PREFIX_LEN,
    HandshakeKeys,
    HeartbeatMonitor,
    Mode,
    Prefix,
    SfmConnection,
    Types,
    heartbeat_monitor,
)
from output import OUT, Failed, Unsupported, now_us
from sends import run_send
from settings import Configured, configure, refusal
from sockets import CURRENT, SEQUENCE
from watched import new_monitor, run_pass

OPEN_WAIT_S = 5.0
"""How long a connection and its handshake may take."""
SLACK_US = 20_000
"""How much longer than the period the gap between two checks may be on a machine at rest."""
NOTES = [
    "NVFlare's ConnManager, SocketConnection, SfmConnection, HeartbeatMonitor, CoreCell, TxTask "
    "and ByteStreamer run unmodified",
    "knobs are written to comm_config.json and read through ConfigService and CommConfigurator; "
    "what is in force is read back from the objects that use it, a stream's from a TxTask and an "
    "RxTask that are never started",
    "configured: heartbeat_monitor.HEARTBEAT_TICK is the period asked for, its default is 5 s",
    "configured: sfm_endpoint.MAX_CONN_PER_ENDPOINT is raised from 1, since the lab answers every "
    "connection's handshake under one name and NVFlare would evict the older connection",
    "configured: each connector is stopped when it connects, so that NVFlare never reconnects",
    "the driver is the harness's own: it connects as TcpDriver does, also to a Unix "
    "socket, for which NVFlare ships no driver, and the socket that it gives NVFlare records what "
    "is called",
    "TLS: the context is NVFlare's (get_ssl_context, one-way TLS with the lab's authority); its "
    "sslsocket_class is a subclass that records what is called",
    "the package's own initialiser (the job API) is not imported",
    "the monitor's first check is made when it starts; a pass begins a period after the last ended",
    "PONG frames are answers and count as 'other'; only PING is a heartbeat",
    "a send is a call of SfmConnection.send_data; one that returns without complaint is 'ok'",
    "'received' counts the frames after the handshake",
    "a CoreCell takes part where knobs of streams are set: it is marked as running instead of "
    "started, since starting it would dial its parent and start a second monitor; each connection "
    "has a cell of its own, since NVFlare itself chooses among the connections to one name",
    "the source of a stream is the harness's; a stream starts late by its source's first chunk "
    "coming late, since NVFlare makes and queues a stream in one call",
    "an ACK is handed to CoreCell.process_message; it counts as accepted unless NVFlare logs a "
    "warning or an error about it",
    "a stream ends when its StreamFuture calls back; cancel is StreamFuture.cancel",
    "the end of the peer's direction is told as NVFlare's reading loop logs it",
]


class Harness:
    """What one process drives: one configuration and its connections."""

    def __init__(self) -> None:
        self.built: Configured | None = None
        self.conns: dict[str, SfmConnection] = {}
        self.streams: dict[str, Any] = {}
        self.passes: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.monitor: HeartbeatMonitor | None = None
        self.real_time, self.real_time_ns = time.time, time.time_ns
        self.jumped_us = 0

    def hello(self, request: dict[str, Any]) -> dict[str, Any]:
        lab = Prefix(type=Types.READY, stream_id=1, sequence=1)
        packed = pack({HandshakeKeys.ENDPOINT_NAME: "lab", HandshakeKeys.TIMESTAMP: 0.0})
        ready = bytearray(PREFIX_LEN)
        lab.length = PREFIX_LEN + len(packed)
        lab.to_buffer(ready, 0)
        features = [
            "unix", "tcp", "tls", "descriptor", "monitor", "heartbeats", "wall_jump", "sequence",
            "streams", "config", "decide",
        ]  # fmt: skip
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
            "monitor": {"form": "a", "slack_us": SLACK_US,
                        "period_us": round(heartbeat_monitor.HEARTBEAT_TICK * 1_000_000)},
            "machines": list(deciding.MACHINES),
            "notes": NOTES + deciding.NOTES,
        }  # fmt: skip

    def config(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.built is not None:
            raise Failed("NVFlare caches its configuration: configure once, before anything")
        self.built, reply = configure(request)
        return reply

    def configured(self) -> Configured:
        """Return what is in force: where nobody asked for anything, NVFlare's defaults."""
        if self.built is None:
            self.built = Configured("{}", with_streams=True)
        return self.built

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Connect through NVFlare's own connector and wait for the end of the handshake."""
        if request["transport"] not in ("unix", "tcp", "tls"):
            raise Unsupported(f"transport {request['transport']}")
        if request["conn"] in LOG.conns.values():
            raise Failed(f"connection {request['conn']} was opened before")
        manager, streams = self.configured().network()
        driver = Dialler(request)
        handle = manager.add_connector(driver, driver.params, Mode.ACTIVE)
        manager.start_connector(manager.connectors[handle])
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
            conn = manager.sfm_conns.get(driver.connection.name)
            if conn is None:
                raise Failed("the connection ended before its handshake was over")
            if conn.sfm_endpoint is not None:
                self.conns[request["conn"]], self.streams[request["conn"]] = conn, streams
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

    def stream(self, request: dict[str, Any]) -> dict[str, Any]:
        streams = self.streams[request["conn"]]
        if streams is None:
            raise Failed("the configuration set no knob of streams, so that no cell was made")
        streams.begin(request, self.conns[request["conn"]])
        return {}

    def ack(self, request: dict[str, Any]) -> None:
        """Have the ACK taken in by the one thread that does so; it answers when it is done."""
        streams = self.streams.get(request["conn"])
        if streams is None:
            answer(request, self._no_stream)
        else:
            streams.due.put(lambda: answer(request, self._take))

    def _take(self, request: dict[str, Any]) -> dict[str, Any]:
        self.streams[request["conn"]].take(request, self.conns[request["conn"]])
        return {}

    def cancel(self, request: dict[str, Any]) -> dict[str, Any]:
        streams = self.streams.get(request["conn"])
        if streams is None:
            return self._no_stream(request)
        streams.cancel(request)
        return {}

    @staticmethod
    def _no_stream(request: dict[str, Any]) -> dict[str, Any]:
        raise Failed(f"there is no stream {request['stream']} on {request['conn']}")

    def check_forever(self) -> None:
        """Make the passes asked for, one after the other, as the one monitor thread would."""
        checker: HeartbeatMonitor | None = None
        while True:
            request = self.passes.get()
            checker = checker or new_monitor(self.configured().managers)
            began_us = now_us()
            run_pass(checker)
            OUT.reply(request, began_us=began_us, ended_us=now_us())

    def watch(self, request: dict[str, Any]) -> dict[str, Any]:
        """Start NVFlare's own monitor thread with the period asked for, or stop it."""
        if self.monitor is not None:
            self.monitor.stop()
            self.monitor = None
        if request["period_us"] is not None:
            managers = self.configured().managers
            heartbeat_monitor.HEARTBEAT_TICK = request["period_us"] / 1e6
            self.monitor = new_monitor(managers)
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


def answer(request: dict[str, Any], carry_out: Callable[..., dict[str, Any]]) -> None:
    """Carry one request out and reply; whatever goes wrong is told in the protocol's words."""
    number = request["id"]
    try:
        OUT.reply(number, **carry_out(request))
    except Unsupported as missing:
        OUT.error(number, "unsupported", str(missing))
    except Failed as error:
        OUT.error(number, "failed", str(error))
    except ValueError as error:
        refused = refusal(request, error)
        if refused is None:
            OUT.error(number, "failed", f"{type(error).__name__}: {error}")
        else:
            OUT.error(number, "refused", str(error), **refused)
    except KeyError as error:
        OUT.error(number, "failed", f"no {error} here")
    except Exception as error:
        traceback.print_exc()
        OUT.error(number, "failed", f"{type(error).__name__}: {error}")


def main() -> None:
    """Serve requests until `stop` or the end of standard input."""
    harness = Harness()
    threading.Thread(target=OUT.write_forever, daemon=True).start()
    threading.Thread(target=harness.check_forever, daemon=True).start()
    at_once = {
        "hello": harness.hello, "config": harness.config, "received": harness.received,
        "send": harness.send, "stream": harness.stream, "cancel": harness.cancel,
        "monitor": harness.watch, "wall_jump": harness.wall_jump,
        "decide": deciding.decide,
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
        elif op == "ack":
            harness.ack(request)
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
