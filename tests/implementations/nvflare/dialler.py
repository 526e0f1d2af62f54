"""The driver through which NVFlare connects to the lab, and the log of what NVFlare says."""

import fcntl
import logging
import re
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from judged import (
    BaseDriver,
    CommError,
    ConnectionSecurity,
    ConnectorInfo,
    DriverCap,
    DriverParams,
    SocketConnection,
    get_ssl_context,
)
from output import OUT
from sockets import ObservedSocket, ObservedTlsSocket, Tally

PEER_END = re.compile(r"Connection (\S+) is closed (by peer|due to error)")
STALL_RECORD = re.compile(r"stalled send.*\((\d+)/(\d+)\)")


class Log(logging.Handler):
    """Turn NVFlare's warnings and errors into events, and keep what one thread is told."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: dict[int, str] = {}
        self.conns: dict[str, str] = {}
        self.kept: dict[int, list[str]] = {}

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
        if record.thread in self.kept:
            self.kept[record.thread].append(f"{record.levelname}: {text}")
        if record.levelno >= logging.ERROR and record.thread is not None:
            self.errors[record.thread] = text
        OUT.event("noted", text=f"{record.levelname}: {text}", conn=conn)

    @contextmanager
    def keeping(self) -> Iterator[list[str]]:
        """Keep what NVFlare logs on this thread, from warnings on, for as long as this lasts."""
        kept = self.kept[threading.get_ident()] = []
        try:
            yield kept
        finally:
            del self.kept[threading.get_ident()]


class PeerEnds(logging.Handler):
    """Tell how NVFlare took the end of its peer's direction: its reading loop logs that."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.tallies: dict[str, Tally] = {}

    def emit(self, record: logging.LogRecord) -> None:
        said = PEER_END.match(record.getMessage())
        tally = self.tallies.get(said[1]) if said else None
        if said and tally is not None and not tally.shut:
            how = "orderly" if said[2] == "by peer" else "error"
            OUT.event("peer_ended", conn=tally.conn, how=how)


LOG = Log()
logging.getLogger().addHandler(LOG)
PEER_ENDS = PeerEnds()
READING = logging.getLogger(SocketConnection.__module__)
READING.addHandler(PEER_ENDS)
READING.setLevel(logging.DEBUG)


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
        return ["tcp", "stcp", "uds"]

    def capabilities(self) -> dict[str, Any]:  # One connection allows heartbeats, another not.
        return {
            DriverCap.SEND_HEARTBEAT.value: bool(self.request.get("heartbeats", True)),
            DriverCap.SUPPORT_SSL.value: True,
        }

    @property
    def params(self) -> dict[str, Any]:
        """The connector's parameters: for TLS those that NVFlare's own context is made from.

        One-way TLS: the lab asks for no certificate of the client.
        """
        request = self.request
        url = f"{request['transport']}:{request.get('path') or request.get('host')}"
        if request["transport"] != "tls":
            return {DriverParams.URL.value: url}
        return {
            DriverParams.URL.value: f"stcp://{request['host']}:{request['port']}",
            DriverParams.SCHEME.value: "stcp",
            DriverParams.CONNECTION_SECURITY.value: ConnectionSecurity.TLS,
            DriverParams.CA_CERT.value: request["certificate_authority"],
        }

    def listen(self, connector: ConnectorInfo) -> None:
        raise CommError(CommError.NOT_SUPPORTED, "the oracle listens")

    def connect(self, connector: ConnectorInfo) -> None:
        connector.stopped.set()
        try:
            sock, secure = self._dial(connector)
            self.connection = connection = SocketConnection(sock, connector, secure)
            LOG.conns[connection.name] = self.request["conn"]
            PEER_ENDS.tallies[connection.name] = sock.tally
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

    def _dial(self, connector: ConnectorInfo) -> tuple[ObservedSocket | ObservedTlsSocket, bool]:
        """Connect as TcpDriver does: with a context of NVFlare's the socket is wrapped first."""
        request = self.request
        unix = request["transport"] == "unix"
        plain = self._socket(socket.AF_UNIX if unix else socket.AF_INET)
        if request.get("send_buffer_bytes") is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request["send_buffer_bytes"])
        context = get_ssl_context(connector.params, ssl_server=False)
        sock: ObservedSocket | ObservedTlsSocket = plain
        if context:
            context.sslsocket_class = ObservedTlsSocket
            sock = context.wrap_socket(plain)
            sock.tally = plain.tally
        sock.connect(request["path"] if unix else (request["host"], request["port"]))
        return sock, bool(context)

    def _socket(self, family: socket.AddressFamily) -> ObservedSocket:
        """Return an observed socket whose number is not below the lowest one asked for."""
        plain = socket.socket(family, socket.SOCK_STREAM)
        lowest = self.request.get("lowest_descriptor")
        if lowest is None:
            number = plain.detach()
        else:
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
            number = fcntl.fcntl(plain, fcntl.F_DUPFD_CLOEXEC, lowest)
            plain.close()
        sock = ObservedSocket(fileno=number)
        sock.tally = Tally(self.request["conn"])
        return sock
