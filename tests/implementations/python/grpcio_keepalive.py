"""`grpcio` with keepalive: a unary call for each frame, on one channel.

Keepalive asks whether the other side's transport is alive, and a peer whose program has stopped
reading answers it. So it bounds nothing here; a deadline for each call would.

A gRPC channel does not speak to the oracle's peer, which reads plain frames. So the server that it
needs, a process of its own, hands each message on to that peer before it answers the call: what
the peer takes is what the server takes, and what the channel does then is what is judged.
"""

import concurrent.futures
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import grpc
import msgspec
from framed import LAYOUT, framed

from stallproof.harness.adapter import Told
from stallproof.harness.connect import connected
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.protocol import OpenRequest

METHOD = "/frames/Hand"
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
OUTCOMES = {
    grpc.StatusCode.DEADLINE_EXCEEDED: "timeout",
    grpc.StatusCode.UNAVAILABLE: "closed",
    grpc.StatusCode.CANCELLED: "closed",
}


class Channel:
    """A channel to a server of its own, and how to call it."""

    def __init__(self, request: OpenRequest, keepalive_ms: int) -> None:
        """Start the server for the peer in `request`, with keepalive as often as gRPC allows."""
        self._folder = tempfile.TemporaryDirectory()
        address = f"unix:{self._folder.name}/server"
        arguments = msgspec.json.encode(request).decode()
        self._server = subprocess.Popen(
            [sys.executable, __file__, address, arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._server.stdout is not None
        self._server.stdout.readline()
        options = [
            *UNLIMITED,
            ("grpc.keepalive_time_ms", keepalive_ms),
            ("grpc.keepalive_timeout_ms", keepalive_ms),
            ("grpc.http2.max_pings_without_data", 0),
            ("grpc.keepalive_permit_without_calls", 1),
        ]
        self._channel = grpc.insecure_channel(address, options)
        self.call = self._channel.unary_unary(METHOD)

    def close(self) -> None:
        """Close the channel and end the server."""
        self._channel.close()
        self._server.kill()
        self._server.wait()
        self._folder.cleanup()


class GrpcioKeepalive(PlainHarness[Channel]):
    """Unary calls over a channel with keepalive."""

    name = "grpcio with keepalive"
    version = grpc.__version__
    frames = LAYOUT
    notes = ("the server hands each message on to the peer before it answers the call",)

    def connect(self, request: OpenRequest) -> Channel:
        return Channel(request, round(self.knobs[SEND_TIMEOUT] * 1000))

    def send(self, conn: Channel, payload: bytes | memoryview) -> Told:
        try:
            conn.call(framed(payload))
        except grpc.RpcError as error:
            outcome: Any = OUTCOMES.get(error.code(), "error")
            return Told(outcome, raised=True, detail=str(error.code()))
        return Told("ok")

    def close(self, conn: Channel) -> None:
        conn.close()


def serve(address: str, request: OpenRequest) -> None:
    """Hand each message on to the peer, one after the other, and answer when it was taken."""
    sock = connected(request)
    lock = threading.Lock()

    def hand(frame: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            with lock:
                sock.sendall(frame)
        except OSError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
        return b""

    handlers = {METHOD.rsplit("/", 1)[1]: grpc.unary_unary_rpc_method_handler(hand)}
    service = grpc.method_handlers_generic_handler(Path(METHOD).parent.name, handlers)
    workers = concurrent.futures.ThreadPoolExecutor(max_workers=32)
    server = grpc.server(workers, [service], options=UNLIMITED)
    server.add_insecure_port(address)
    server.start()
    print("ready", flush=True)
    # Nothing is written there: the end comes when the harness has ended, however it did. A worker
    # that is stuck with a peer must not keep this process.
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1], msgspec.json.decode(sys.argv[2], type=OpenRequest))
    else:
        GrpcioKeepalive.main()
