"""What rows have in common: pairs in turn, pinned ends, a process that drains a socket.

Rows are free to use it.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from tests.benchmarks.record import ROOT

Sample = Callable[[], float]

_DRAIN = """
import socket, sys
sock = socket.socket(fileno=int(sys.argv[1]))
room = bytearray(1 << 20)
while sock.recv_into(room):
    pass
"""
_END_S = 10.0


def in_turn(ours: Sample, beside: Sample, pairs: int) -> tuple[list[float], list[float]]:
    """Take `pairs` samples of both ends, the first by turns, after one of each to warm up."""
    ours(), beside()
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs):
        for end in (0, 1) if number % 2 else (1, 0):
            found[end].append((ours, beside)[end]())
    return found


def scaled(count: int, scale: float, least: int = 1) -> int:
    """Return `count` for less work, `least` at least."""
    return max(least, round(count * scale))


def counted(count: int, what: str) -> str:
    """Return a count with its noun: `1 sender`, `8 senders`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def pin(pid: int, place: int) -> None:
    """Keep a process to one of the processors that we may use, where the system can do that.

    `place` counts them from 0; where there are fewer, it begins again.
    """
    if hasattr(os, "sched_setaffinity"):
        usable = sorted(os.sched_getaffinity(0))
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, {usable[place % len(usable)]})


@contextlib.contextmanager
def child(words: Sequence[str], descriptor: int, place: int) -> Iterator["subprocess.Popen[str]"]:
    """Run a process that has `descriptor`, on a processor of its own; it ends with its input."""
    process = subprocess.Popen(
        words, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        pass_fds=[descriptor],
    )  # fmt: skip
    pin(process.pid, place)
    try:
        yield process
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def connected(transport: str) -> tuple[socket.socket, socket.socket]:
    """Return two ends that are connected, by `unix` or `tcp`; both have room for 1 MiB."""
    if transport == "unix":
        ends = socket.socketpair()
    else:
        with socket.create_server(("127.0.0.1", 0)) as server:
            one = socket.create_connection(server.getsockname())
            ends = one, server.accept()[0]
        for end in ends:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    return ends


@contextlib.contextmanager
def drained(transport: str = "unix", place: int = 1) -> Iterator[socket.socket]:
    """Yield an end whose other is read by a process, as fast as it comes, until it is closed."""
    near, far = connected(transport)
    number = far.fileno()
    with child([sys.executable, "-S", "-c", _DRAIN, str(number)], number, place):
        far.close()
        try:
            yield near
        finally:
            # Whoever sends has a descriptor of its own, and has ended by now.
            with contextlib.suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)
            near.close()


@contextlib.contextmanager
def pinned(place: int) -> Iterator[None]:
    """Keep this thread, and those that it starts, to one processor; afterwards to those of before.

    Start the processes of the other ends first: they take over what this process may use.
    """
    if not hasattr(os, "sched_getaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    pin(0, place)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
