"""The word of a caller that it gives up a send, and how that reaches who waits.

The stall it guards against: a caller that does not want its send any more waits all the same, for
its turn or for the peer, and keeps everyone behind it waiting.

The intuition: a send waits in one place at a time, for the lock or for room. Before it waits it
leaves word of how it can be woken there, and takes that back afterwards. Giving up sets a flag and
wakes whoever left word; what becomes of the send is then decided where everything else is.

The complication: the word can come before, during or after the wait. Flag and wakers change under
one mutex: so a waker that is taken back is never called again, and what it would have woken may go.

Spec: `spec/sd.md`, SD-18.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator


class GiveUp:
    """What a caller hands to its sends to be able to give them up, from any thread.

    It is never taken back: what is sent with one that is set ends GIVEN_UP with nothing written.
    """

    def __init__(self) -> None:
        """Give up nothing yet."""
        self._mutex = threading.Lock()
        self._wakers: list[Callable[[], None]] = []
        self._is_set = False

    @property
    def is_set(self) -> bool:
        """Tell whether `set` was called."""
        return self._is_set

    def set(self) -> None:
        """Give up every send that was asked for with this; a second time changes nothing.

        Never waits for one of them: they end on their own threads.
        """
        with self._mutex:
            self._is_set = True
            for wake in self._wakers:
                wake()
            self._wakers.clear()

    @contextlib.contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Have `wake` called once when `set` is, or at once if it was, until the block is left.

        `wake` must not wait. It is not called after the block.
        """
        with self._mutex:
            if self._is_set:
                wake()
            else:
                self._wakers.append(wake)
        try:
            yield
        finally:
            with self._mutex, contextlib.suppress(ValueError):
                self._wakers.remove(wake)
