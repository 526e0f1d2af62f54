"""Connecting or accepting as an `open` request says: over a Unix socket, TCP or TLS.

Source: `spec/protocol.md`, `open`; SD-11.
"""

import fcntl
import resource
import socket

from stallproof.drivers.tls import Session, client_context, handshake
from stallproof.harness.adapter import Unsupported
from stallproof.wire.protocol import OpenRequest

CONNECT_S = 5.0
"""How long connecting may take, and then the handshake of TLS as a whole."""
SPARE_DESCRIPTORS = 64
"""How many descriptors above the lowest one asked for must be allowed."""


def connected(request: OpenRequest) -> socket.socket:
    """Return a socket connected as `request` says, with the descriptor that it asks for.

    In the role `accept` it is the first connection that comes to that address. Raises `Unsupported`
    for an unknown transport, `ValueError` for an address that is incomplete, and `OSError` when
    nobody answers or the system allows too few descriptors.
    """
    address: str | tuple[str, int]
    if request.transport == "unix" and request.path is not None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address = request.path
    elif request.transport in ("tcp", "tls") and None not in (request.host, request.port):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        assert request.host is not None
        assert request.port is not None
        address = (request.host, request.port)
    elif request.transport in ("unix", "tcp", "tls"):
        raise ValueError(f"the address of the {request.transport} connection is incomplete")
    else:
        raise Unsupported(f"this implementation has no transport {request.transport!r}")
    try:
        if request.send_buffer_bytes is not None:
            # What a listener has its connections have from their beginning.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request.send_buffer_bytes)
        sock.settimeout(CONNECT_S)
        if request.role == "accept":
            sock = _accepted(sock, address)
        else:
            sock.connect(address)
        sock.settimeout(None)
    except BaseException:
        sock.close()
        raise
    return raised(sock, request.lowest_descriptor)


def _accepted(listener: socket.socket, address: str | tuple[str, int]) -> socket.socket:
    """Return the first connection to `address`; nobody listens there any more."""
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1)
        sock, _ = listener.accept()
    if sock.family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def secured(sock: socket.socket, request: OpenRequest) -> Session:
    """Return the TLS session of `sock`, which is closed when the handshake fails.

    The name that the certificate must be for is the host of `request`, an address included. Raises
    `HandshakeFailed`, and `OSError` when the file of the certificate authority is of no use.
    """
    try:
        context = client_context(request.certificate_authority)
        return handshake(sock, context, request.host, CONNECT_S)
    except BaseException:
        sock.close()
        raise


def raised(sock: socket.socket, lowest: int | None) -> socket.socket:
    """Return `sock` with a descriptor of at least `lowest`."""
    if lowest is None or sock.fileno() >= lowest:
        return sock
    with sock:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = lowest + SPARE_DESCRIPTORS
        if soft != resource.RLIM_INFINITY and soft < needed:
            if hard != resource.RLIM_INFINITY:
                needed = min(needed, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
        return socket.socket(fileno=fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, lowest))
