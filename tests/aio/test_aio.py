"""The guarded connection for coroutines, over real sockets."""

import asyncio
import socket
from pathlib import Path

import pytest

from stallproof import Outcome, Policy, SendFailed, aio

BIG = bytes(4 * 1024 * 1024)
"""More than the kernel holds for a peer that does not read."""
SHORT = Policy(send_timeout_us=200_000)


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected Unix sockets."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)


def test_a_frame_is_sent_and_leaving_the_context_closes() -> None:
    """The peer gets the frame and then the end; a send after that is suppressed."""
    mine, peer = pair()

    async def play() -> None:
        async with aio.GuardedConnection.over(mine) as conn:
            assert Outcome.OK is await conn.send(b"a frame")
        assert conn.is_closing
        assert conn.inner.is_finished
        assert Outcome.SUPPRESSED is await conn.send(b"late")

    with peer:
        asyncio.run(play())
        received = b""
        while piece := peer.recv(65536):
            received += piece
    assert received.endswith(b"a frame")


@pytest.mark.parametrize("family", ["unix", "tcp"])
def test_open_connects_to_an_address(family: str, tmp_path: Path) -> None:
    """A path is a Unix socket, host and port are TCP."""

    async def play() -> None:
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            assert b"hello" in await reader.read(65536)
            writer.close()
            done.set()

        if family == "unix":
            server = await asyncio.start_unix_server(serve, tmp_path / "socket")
            address: aio.Address = str(tmp_path / "socket")
        else:
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            address = ("127.0.0.1", server.sockets[0].getsockname()[1])
        async with await aio.GuardedConnection.open(address) as conn:
            assert Outcome.OK is await conn.send(b"hello")
            await done.wait()
        server.close()
        await server.wait_closed()

    asyncio.run(play())


def test_nobody_there_is_an_os_error(tmp_path: Path) -> None:
    """And no socket is left open."""
    with pytest.raises(OSError, match="No such file"):
        asyncio.run(aio.GuardedConnection.open(str(tmp_path / "nobody")))


def test_a_stalled_peer_is_a_time_out_and_the_loop_goes_on() -> None:
    """The send fails by its deadline; another task runs all the while."""
    mine, peer = pair()

    async def play() -> int:
        turns = 0
        async with aio.GuardedConnection.over(mine, SHORT) as conn:
            send = asyncio.create_task(conn.send(BIG))
            while not send.done():
                await asyncio.sleep(0.001)
                turns += 1
            with pytest.raises(SendFailed) as failed:
                await send
            assert Outcome.TIMEOUT is failed.value.outcome
            assert conn.is_closing
        return turns

    with peer:
        assert asyncio.run(play()) > 1


def test_a_cancelled_task_leaves_no_torn_frame_on_an_open_connection() -> None:
    """Part of the frame has left, so the connection closes before the task is over."""
    mine, peer = pair()

    async def play() -> None:
        async with aio.GuardedConnection.over(mine) as conn:
            send = asyncio.create_task(conn.send(BIG))
            while conn.inner.lock_holder is None:
                await asyncio.sleep(0.001)
            assert peer.recv(1)
            send.cancel()
            with pytest.raises(asyncio.CancelledError):
                await send
            assert conn.is_closing

    with peer:
        asyncio.run(play())
