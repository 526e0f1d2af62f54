"""The cluster as whoever asks it sees it: connected, looked at, given work, and left.

The use: `with connected(address) as cluster:`, then `cluster.in_order(function, arguments)`.

The complication: no wait here is without a limit, or it may be broken off. A cluster that loses all
of its workers is given up after a while; one that gets them back goes on.

Spec: `docs/cluster.md`.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from stallproof.cluster import probe, work
from stallproof.cluster.errors import ClusterError, UnfitCluster
from stallproof.runner.sut.aside import aside, came_to
from stallproof.runner.sut.ending import may_end, sheltered

if TYPE_CHECKING:
    from distributed import Client, Future

_A = TypeVar("_A")
_R = TypeVar("_R")

CONNECT_S = 10.0
"""So long is waited for a cluster, and again for its first worker."""
WITHOUT_WORKERS_S = 30.0
"""A cluster without any worker for so long is given up."""
LEAVE_S = 1.0
AHEAD = 2
"""So many tasks a thread of the workers has before it, so that it never waits for the next one."""
MORE = 2
_LOOK_S = 1.0
INSTALL = "--dask takes the extra: pip install 'stallproof[dask]'"


class Cluster:
    """A cluster that is connected."""

    def __init__(self, address: str, client: "Client") -> None:
        self.address = address
        self.caller: str = client.id
        """Who asks, as no other one does who shares the workers."""
        self._client = client

    def require_fit(self, program: str | None, cwd: str | None = None) -> None:
        """Raise `UnfitCluster` for a worker of another version, `ClusterError` without `program`.

        `program`: the name of what the harness is started by, `None` where none is needed.
        """
        import cloudpickle

        cloudpickle.register_pickle_by_value(probe)
        look = partial(self._client.run, probe.looked_at, program, cwd)
        found: dict[str, dict[str, str]] = self._asked(look)
        here = work.identity()
        for worker, one in sorted(found.items()):
            there = work.Identity(one["stallproof"], one["law"])
            if not one["law"]:
                raise UnfitCluster(f"the worker {worker} has no stallproof that works: {one}")
            if there != here:
                raise UnfitCluster(f"the worker {worker} has {there}, and here is {here}")
        if lacking := [
            f"{w} has not {one['missing']}" for w, one in found.items() if one["missing"]
        ]:
            raise ClusterError("the worker " + ", the worker ".join(sorted(lacking)))

    def in_order(self, function: Callable[[_A], _R], arguments: Iterable[_A]) -> Iterator[_R]:
        """Yield what `function` returns for each argument, in their order, some at a time.

        Raises what it raises; `ClusterError` where a worker or the cluster cannot go on.
        """
        ahead = AHEAD * self._threads() + MORE
        under_way: deque[Future] = deque()
        over: dict[str, Callable[[], Any]] = {}
        came: SimpleQueue[tuple[str, Callable[[], Any]]] = SimpleQueue()
        left = iter(arguments)
        try:
            while True:
                while len(under_way) < ahead and (one := next(left, _NOTHING)) is not _NOTHING:
                    under_way.append(self._submitted(function, one, came))
                if not under_way:
                    return
                key = under_way[0].key
                while key not in over:
                    arrived, result = self._next(came)
                    over[arrived] = result
                under_way.popleft()
                yield over.pop(key)()
        finally:
            with suppress(Exception), sheltered():
                aside(partial(self._client.cancel, list(under_way), force=True), LEAVE_S)

    def _submitted(
        self,
        function: Callable[[Any], Any],
        argument: object,
        came: "SimpleQueue[tuple[str, Callable[[], Any]]]",
    ) -> "Future":
        with sheltered():
            future = self._client.submit(function, argument, pure=False)
            future.add_done_callback(
                lambda done: came.put((done.key, came_to(partial(_result, done))))
            )
        return future

    def _next(
        self, came: "SimpleQueue[tuple[str, Callable[[], Any]]]"
    ) -> tuple[str, Callable[[], Any]]:
        """Return what comes next; raises `ClusterError` where nobody is left who could."""
        alone_since: float | None = None
        while True:
            with suppress(Empty):
                return came.get(timeout=_LOOK_S)
            if self._client.status != "running":
                raise ClusterError(f"the cluster at {self.address} is gone")
            if self._threads():
                alone_since = None
                continue
            alone_since = alone_since or time.monotonic()
            if time.monotonic() - alone_since > WITHOUT_WORKERS_S:
                why = f"has had no worker for {WITHOUT_WORKERS_S:g} s"
                raise ClusterError(f"the cluster at {self.address} {why}")

    def _threads(self) -> int:
        threads: dict[str, int] = self._asked(self._client.nthreads)
        return sum(threads.values())

    def _asked(self, ask: Callable[[], _R]) -> _R:
        try:
            return aside(ask, CONNECT_S)
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"the cluster at {self.address} does not answer: {error}") from error

    def leave(self) -> None:
        """Have the workers end what plays for nobody any more, and part."""
        with suppress(Exception), sheltered():
            aside(partial(self._client.run, work.end_all, self.caller), LEAVE_S)
        with suppress(Exception), sheltered():
            aside(partial(self._client.close, timeout=LEAVE_S), LEAVE_S)


_NOTHING: Any = object()


def _result(future: "Future") -> Any:
    """Return what `future` came to; raises `ClusterError` for whatever kept it from that."""
    try:
        return future.result()
    except ClusterError:
        raise
    except Exception as error:
        raise ClusterError(f"a worker could not go on: {type(error).__name__}: {error}") from error


def _client(address: str) -> "Client":
    """Return a client of the cluster at `address`; one that fails is closed as far as it got.

    Raises `UnfitCluster` for what is no address, and whatever Dask raises.
    """
    from distributed import Client
    from distributed.comm import get_address_host

    try:
        get_address_host(address)
    except ValueError as error:
        why = f"{address!r} is no address of a cluster, such as tcp://host:8786"
        raise UnfitCluster(f"{why}: {error}") from error
    client = Client.__new__(Client)
    try:
        Client.__init__(client, address, timeout=CONNECT_S, set_as_default=False)
    except BaseException:
        # It would wait for itself at the end of the process, when its thread is gone already.
        with suppress(Exception):
            client.close(timeout=LEAVE_S)
        raise
    return client


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Connect to the cluster at `address`, and leave it in order.

    Raises `UnfitCluster` where there is none, or where it has no worker.
    """
    if not find_spec("distributed"):
        raise UnfitCluster(INSTALL)
    # Whatever is worth telling is told by us.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        with may_end():
            client = aside(partial(_client, address), CONNECT_S + LEAVE_S)
    except UnfitCluster:
        raise
    except Exception as error:
        # Whatever speaks at that port may bring anything about, even a lack of memory.
        why = " ".join(str(error).split()) or f"no scheduler answers, {type(error).__name__}"
        raise UnfitCluster(f"there is no cluster at {address}: {why}") from error
    cluster = Cluster(address, client)
    try:
        with may_end():
            wait = partial(client.wait_for_workers, 1, timeout=CONNECT_S)
            try:
                aside(wait, CONNECT_S + LEAVE_S)
            except TimeoutError as error:
                raise UnfitCluster(f"the cluster at {address} has no worker") from error
        yield cluster
    finally:
        cluster.leave()
