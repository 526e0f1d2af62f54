"""A store that produces what it lacks, with a real lock, and never under it.

The stall it guards against: one item takes long to produce, and everybody who wants another one
waits for the lock of the store.

Every decision is the machine's (`stallproof.machines.produce_once`). The lock is held for a look or
a comparison, and no code of others runs under it but the hash and the equality of keys.

Spec: `spec/po.md`. Source: origin, companion change #4174.
"""

import threading
from collections.abc import Callable, Hashable
from itertools import count
from typing import Generic, TypeVar

from stallproof.machines.produce_once import Item, Next, on_look, on_raised, on_result

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ProduceOnce(Generic[K, V]):
    """Values by key, each produced by whoever misses it; safe for any thread."""

    def __init__(self) -> None:
        """Store nothing."""
        self._lock = threading.Lock()
        self._lives = count()
        self._items: dict[K, Item] = {}
        self._values: dict[K, V] = {}

    def get(self, key: K, produce: Callable[[], V]) -> V:
        """Return what is stored under `key`, or what `produce` makes.

        Waits for nobody else's producing: then two make the same, and the first result is that of
        both. What `produce` raises comes through. A result whose key was dropped meanwhile is
        returned and not stored.
        """
        with self._lock:
            item, next_ = on_look(self._items.get(key), life=next(self._lives))
            self._items[key] = item
            if next_ is Next.RETURN_STORED:
                return self._values[key]
        try:
            value = produce()
        except BaseException:
            with self._lock:
                self._keep(key, on_raised(self._items.get(key), life=item.life))
            raise
        with self._lock:
            after, next_ = on_result(self._items.get(key), life=item.life)
            self._keep(key, after)
            if next_ is Next.STORE_AND_RETURN:
                self._values[key] = value
            return self._values[key] if next_ is Next.RETURN_STORED else value

    def evict(self, key: K) -> None:
        """Drop what is stored under `key`, and keep out what is being produced for it."""
        with self._lock:
            dropped = self._values.get(key)
            self._keep(key, None)
        # The last reference may run code of others as it goes: not under the lock.
        del dropped

    def clear(self) -> None:
        """Drop everything, and keep out whatever is being produced."""
        with self._lock:
            dropped, self._values, self._items = self._values, {}, {}
        del dropped

    def stored(self) -> dict[K, V]:
        """Return what is stored now."""
        with self._lock:
            return dict(self._values)

    def _keep(self, key: K, item: Item | None) -> None:
        if item is not None:
            self._items[key] = item
            return
        self._items.pop(key, None)
        self._values.pop(key, None)
