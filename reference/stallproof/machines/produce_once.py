"""Producing an item once for many callers, without the lock of the store.

The stall it guards against: an item that takes long is produced under the lock, and everybody who
wants another one waits for it.

The intuition: look under the lock, produce without it, compare under it again. The first result
wins. An item that is dropped ends its life, and a result of an ended life is nobody's but its
caller's.

The use: keep an `Item` for each item that is stored or being produced, and none for others. Ask
`on_look` and `on_result` or `on_raised`, each under the lock. Dropping an item is forgetting it.

The complication: what is stored says nothing of an item that was dropped and stored again
meanwhile. So each life has a number, which its callers remember.

Spec: `spec/po.md`.
"""

from collections.abc import Sequence
from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state


class Next(Enum):
    """What a caller does next, once it has given the lock back."""

    PRODUCE = "produce"
    RETURN_STORED = "return what is stored"
    STORE_AND_RETURN = "return the own result, which is stored now"
    RETURN_OWN = "return the own result, which is not stored"


@state
class Item:
    """One life of an item, by its number.

    `producing`: how many callers produce it while nothing is stored. 0: a result is stored.
    """

    life: int
    producing: int


@state
class Decision:
    """What a caller is told, the value that it returns, and what is stored afterwards."""

    answer: str
    value: str | None
    stored: tuple[tuple[str, str], ...]


def is_well_formed(item: Item | None) -> bool:
    """Tell whether such an item can be; `None`: it is neither stored nor being produced."""
    return item is None or item.producing >= 0


def is_in(item: Item | None, life: int) -> bool:
    """Tell whether a result that was begun in `life` still belongs to the item."""
    return item is not None and item.life == life


@require(lambda item: is_well_formed(item))
@ensure(
    lambda item, result: (
        (result[1] is Next.PRODUCE) == (item is None or item.producing > 0)
        and (result[1] is Next.RETURN_STORED) == (item is not None and item.producing == 0)
    ),
    "PO-1: nobody waits: what is not stored is produced",
)
@ensure(
    lambda item, life, result: result[0].life == (life if item is None else item.life),
    "PO-2: a look for what is not there begins a life",
)
def on_look(item: Item | None, *, life: int) -> tuple[Item, Next]:
    """Return the item after a caller looked; `life` is a number that no item has had."""
    if item is None:
        return Item(life, 1), Next.PRODUCE
    if item.producing == 0:
        return item, Next.RETURN_STORED
    return Item(item.life, item.producing + 1), Next.PRODUCE


@require(lambda item: is_well_formed(item))
@ensure(
    lambda item, life, result: (
        (result[1] is Next.STORE_AND_RETURN)
        == (item is not None and item.life == life and item.producing > 0)
    ),
    "PO-1: the first result of a life is stored, and no other",
)
@ensure(
    lambda item, life, result: (result[1] is Next.RETURN_OWN) == (not is_in(item, life)),
    "PO-2: a result of another life is its caller's own",
)
@ensure(
    lambda item, result: result[1] is Next.STORE_AND_RETURN or result[0] is item,
    "PO-1, PO-2: whatever is not stored changes nothing",
)
def on_result(item: Item | None, *, life: int) -> tuple[Item | None, Next]:
    """Return the item, and what to do, after a caller that looked in `life` has a result."""
    if item is None or item.life != life:
        return item, Next.RETURN_OWN
    if item.producing == 0:
        return item, Next.RETURN_STORED
    return Item(life, 0), Next.STORE_AND_RETURN


@require(lambda item: is_well_formed(item))
@ensure(
    lambda item, result: result is item or result is None or result.producing > 0,
    "PO-1: a failure stores nothing",
)
def on_raised(item: Item | None, *, life: int) -> Item | None:
    """Return the item after the producing of a caller that looked in `life` has failed."""
    if item is None or item.life != life or item.producing == 0:
        return item
    return Item(life, item.producing - 1) if item.producing > 1 else None


class _History:
    """What one store holds, and who produces, after some events."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.values: dict[str, str] = {}
        self.callers: dict[str, tuple[str, int]] = {}
        self.lives = 0

    def take(self, event: Sequence[str]) -> tuple[str, str | None]:
        """Carry one event out; return the answer and the value."""
        match event:
            case ["look", caller, item] if caller not in self.callers:
                return self._look(caller, item)
            case ["produced", caller, value] if caller in self.callers:
                return "return", self._produced(*self.callers.pop(caller), value)
            case ["raised", caller] if caller in self.callers:
                name, life = self.callers.pop(caller)
                self._keep(name, on_raised(self.items.get(name), life=life))
                return "raise", None
            case ["evict", item]:
                self._keep(item, None)
            case ["clear"]:
                self.items.clear()
                self.values.clear()
            case _:
                raise ValueError(f"this cannot happen: {event}")
        return "done", None

    def _look(self, caller: str, name: str) -> tuple[str, str | None]:
        self.lives += 1
        item, next_ = on_look(self.items.get(name), life=self.lives)
        self.items[name] = item
        if next_ is Next.RETURN_STORED:
            return "return", self.values[name]
        self.callers[caller] = name, item.life
        return "produce", None

    def _produced(self, name: str, life: int, value: str) -> str:
        item, next_ = on_result(self.items.get(name), life=life)
        self._keep(name, item)
        if next_ is Next.STORE_AND_RETURN:
            self.values[name] = value
        return self.values[name] if next_ is Next.RETURN_STORED else value

    def _keep(self, name: str, item: Item | None) -> None:
        if item is not None:
            self.items[name] = item
            return
        self.items.pop(name, None)
        self.values.pop(name, None)


def decide(events: Sequence[Sequence[str]]) -> Decision:
    """Return what the last of these events brings its caller, and what is stored after it.

    Raises `ValueError` for no events, and for a history that cannot be: a caller that looks while
    it produces, or has a result of nothing.
    """
    if not events:
        raise ValueError("nothing happened yet")
    history = _History()
    for event in events:
        answer, value = history.take(event)
    return Decision(answer, value, tuple(sorted(history.values.items())))
