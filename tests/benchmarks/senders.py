"""A process that sends frames as one of those would whom a user could pick: ours is one of them.

It gets the kind, a connected socket's descriptor and a frame's size, then a line with a count for
each batch. For each it writes the wall time and the processor time of the batch, in seconds.

Each runs in an interpreter that has what it needs; only ours imports the package. All of them bound
a send, behind a lock, since anything else is not the same work. They put a frame together as their
users do: a length before the payload.
"""

import socket
import struct
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

TIMEOUT_S = 30.0
_LENGTH = struct.Struct(">I")

Send = Callable[[], object]
SendAsync = Callable[[], Awaitable[object]]


def counts() -> Iterator[int]:
    """Yield the size of each batch that is asked for."""
    for line in sys.stdin:
        yield int(line)


def tell(begun: tuple[float, float]) -> None:
    """Write how long the batch took since `begun`: on the clock, and on the processor."""
    wall, processor = time.perf_counter() - begun[0], time.process_time() - begun[1]
    print(repr(wall), repr(processor), flush=True)


def now() -> tuple[float, float]:
    """Return both clocks."""
    return time.perf_counter(), time.process_time()


def framed(payload: bytes) -> bytes:
    """Return the frame of `payload`."""
    return _LENGTH.pack(len(payload)) + payload


def serve(send: Send) -> None:
    """Send batches with a call that blocks."""
    for count in counts():
        begun = now()
        for _ in range(count):
            send()
        tell(begun)


async def serve_async(send: SendAsync) -> None:
    """Send batches with a call that is awaited; waiting for the next one blocks the loop."""
    for count in counts():
        begun = now()
        for _ in range(count):
            await send()
        tell(begun)


def ours(sock: socket.socket, payload: bytes) -> None:
    """Send as the reference does."""
    from stallproof import GuardedConnection, Policy

    conn = GuardedConnection(sock, Policy(), "ours")
    serve(lambda: conn.send(payload))
    conn.close()
    conn.wait_finished(TIMEOUT_S)


def settimeout(sock: socket.socket, payload: bytes) -> None:
    """Send with a timeout of the socket: the most that the standard library offers."""
    sock.settimeout(TIMEOUT_S)
    lock = threading.Lock()

    def send() -> None:
        frame = framed(payload)
        with lock:
            sock.sendall(frame)

    serve(send)


def asyncio(sock: socket.socket, payload: bytes) -> None:
    """Send by a stream of asyncio, and wait until the frame has left."""
    import asyncio as lib

    async def main() -> None:
        sock.setblocking(False)
        _, writer = await lib.open_connection(sock=sock)
        # With this `drain` waits until the whole frame is with the kernel.
        writer.transport.set_write_buffer_limits(0)
        lock = lib.Lock()

        async def send() -> None:
            async with lock, lib.timeout(TIMEOUT_S):
                writer.write(framed(payload))
                await writer.drain()

        await serve_async(send)
        writer.close()

    lib.run(main())


def trio(sock: socket.socket, payload: bytes) -> None:
    """Send by a stream of trio."""
    import trio as lib

    async def main() -> None:
        stream = lib.SocketStream(lib.socket.from_stdlib_socket(sock))
        lock = lib.Lock()

        async def send() -> None:
            async with lock:
                with lib.fail_after(TIMEOUT_S):
                    await stream.send_all(framed(payload))

        await serve_async(send)
        await stream.aclose()

    lib.run(main)


def nvflare(sock: socket.socket, payload: bytes) -> None:
    """Send as NVFlare's own connection does, which bounds a send since 2.8."""
    import importlib

    def part(module: str, name: str) -> Any:
        return getattr(importlib.import_module(f"nvflare.fuel.f3.{module}"), name)

    link = part("drivers.socket_conn", "SocketConnection")(sock, None)
    endpoint = part("endpoint", "Endpoint")("ours")
    conn = part("sfm.sfm_conn", "SfmConnection")(link, endpoint)
    serve(lambda: conn.send_data(1, 1, None, payload))


KINDS: dict[str, Callable[[socket.socket, bytes], None]] = {
    "ours": ours,
    "settimeout": settimeout,
    "asyncio": asyncio,
    "trio": trio,
    "nvflare": nvflare,
}


def main(kind: str, descriptor: str, size: str) -> None:
    """Send as `kind` does until standard input ends."""
    KINDS[kind](socket.socket(fileno=int(descriptor)), bytes(int(size)))


if __name__ == "__main__":
    # The names of this folder must not stand in for those of packages.
    sys.path.pop(0)
    main(*sys.argv[1:])
