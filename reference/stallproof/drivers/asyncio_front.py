"""Sending from coroutines: a cancelled task gives its send up, and waits until that is over.

The stall it guards against: a coroutine that is cancelled while its frame waits leaves a thread
behind that sends what nobody wants, or a lock that nobody gives back.

The intuition: each send has a thread of its own, for a pool of a few would be one more queue in
which a stalled connection keeps the others waiting. Cancelling gives the send up, and the task ends
when the send has: so whoever goes on knows that nothing more of it is written.

The complication: a task may be cancelled again while it waits for that end. It waits on all the
same, which takes no longer than grace, and the first cancellation is raised then.

Frames leave in the order in which their threads come to the lock: who wants an order awaits each.

Spec: `spec/sd.md`, SD-18. Source: the documentation of `asyncio`, "Task Cancellation".
"""

import asyncio
import threading
from typing import Any

from stallproof.drivers.frame import Payload
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.guarded import GuardedConnection
from stallproof.machines.send_deadline import Outcome


async def send(connection: GuardedConnection, payload: Payload, **options: Any) -> Outcome:
    """Send one frame over `connection` as its own `send` does, with the same `options`.

    Return and raise what that does. When the task is cancelled, the send is given up, and
    `asyncio.CancelledError` is raised once it has ended, however that was.
    """
    give_up = GiveUp()
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Outcome] = loop.create_future()

    def run() -> None:
        try:
            outcome = connection.send(payload, give_up=give_up, **options)
        except BaseException as error:
            _tell(loop, ended.set_exception, error)
        else:
            _tell(loop, ended.set_result, outcome)

    threading.Thread(target=run, name=f"{connection.name}-send", daemon=True).start()
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        give_up.set()
        await _over(ended)
        raise


async def _over(ended: asyncio.Future[Outcome]) -> None:
    """Wait for the end of a send that was given up, whatever it comes to."""
    while not ended.done():
        try:
            await asyncio.wait([ended])
        except asyncio.CancelledError:
            continue
    # Nobody else looks at what it raised.
    ended.exception()


def _tell(loop: asyncio.AbstractEventLoop, tell: Any, what: Any) -> None:
    """Tell a coroutine, unless its loop has gone meanwhile."""
    try:
        loop.call_soon_threadsafe(tell, what)
    except RuntimeError:
        if not loop.is_closed():
            raise
