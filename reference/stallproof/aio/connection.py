"""A guarded connection whose calls are awaited: the one of the drivers, behind a small front.

The intuition: guards that are judged are worth more than guards that are written again. So this is
the same connection, with threads of its own, and a coroutine waits for them without blocking the
loop.

The complication: a task may be cancelled at any await. Sending then gives the send up and waits for
its end; leaving the context closes first, which waits for nobody, and only then waits.

Spec: `spec/sd.md`, SD-18. Source: `stallproof.drivers.asyncio_front`.
"""

import asyncio
import socket
from types import TracebackType

from stallproof.drivers import asyncio_front, guarded
from stallproof.drivers.frame import Payload
from stallproof.drivers.recorder import Record, ignore
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome

Address = str | tuple[str, int]
"""The path of a Unix socket, or host and port."""
FINISH_S = 5.0
"""How long leaving the context waits for the descriptor's release at most."""


class GuardedConnection:
    """One guarded connection of coroutines; `inner` is the one of threads, for a `Monitor`."""

    def __init__(self, inner: guarded.GuardedConnection) -> None:
        """Take over `inner`; `open` and `over` make one."""
        self.inner = inner

    @classmethod
    def over(
        cls, sock: socket.socket, policy: Policy | None = None, *, name: str = "connection",
        record: Record = ignore,
    ) -> "GuardedConnection":  # fmt: skip
        """Guard the connected `sock`, which is taken over; `None`: by the defaults of `Policy`."""
        return cls(guarded.GuardedConnection(sock, policy or Policy(), name, record))

    @classmethod
    async def open(
        cls, address: Address, policy: Policy | None = None, *, name: str = "connection",
        record: Record = ignore, timeout_s: float | None = 30.0,
    ) -> "GuardedConnection":  # fmt: skip
        """Connect to `address` within `timeout_s` (`None`: whatever it takes), and guard that.

        Raises `OSError` where nobody answers, `TimeoutError` included.
        """
        loop = asyncio.get_running_loop()
        if isinstance(address, str):
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        else:
            host, port = address
            (family, kind, proto, _, found), *_ = await loop.getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            )
            sock = socket.socket(family, kind, proto)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            sock.setblocking(False)
            async with asyncio.timeout(timeout_s):
                await loop.sock_connect(sock, address if isinstance(address, str) else found)
            return cls.over(sock, policy, name=name, record=record)
        except BaseException:
            sock.close()
            raise

    async def send(self, payload: Payload) -> Outcome:
        """Send one frame, after everyone whose turn came before, within one send timeout.

        Return OK, or SUPPRESSED when the connection is closing. Raise `SendFailed` for TIMEOUT,
        CLOSED and ERROR. A cancelled task raises `asyncio.CancelledError` once nothing more of the
        frame is written.
        """
        return await asyncio_front.send(self.inner, payload)

    @property
    def is_closing(self) -> bool:
        """Tell whether closing has begun; it is never undone."""
        return self.inner.is_closing

    async def close(self) -> bool:
        """Close: sends return at once. Tell whether the descriptor was given back within 5 s.

        Closing has begun before the first await; a second call only waits.
        """
        self.inner.close()
        return await asyncio.to_thread(self.inner.wait_finished, FINISH_S)

    async def __aenter__(self) -> "GuardedConnection":
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened within."""
        await self.close()
