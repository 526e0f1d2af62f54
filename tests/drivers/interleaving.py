"""Interleavings that are forced: a second thread acts in the midst of what a first one does.

What a lock excludes hardly ever happens by itself, so a test that only starts two threads passes
without the lock as well. Here the first thread stops before each of its instructions in turn, and
the second runs until it has ended or waits for the first.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType
from typing import Any

from tests.drivers.peers import PATIENCE_S

BLOCKED_S = 0.02
"""Who has not ended by then is thought to wait for the first; right code is right either way."""


class Interrupted:
    """Calls `first`, and `second` on a thread of its own before one instruction of it.

    Counted are the instructions in the functions of `module`: what a call of them does elsewhere
    happens at once. `happened` tells whether there were so many.
    """

    def __init__(
        self, first: Callable[[], object], second: Callable[[], object], at: int, module: ModuleType
    ) -> None:
        self.happened = False
        self._left = at
        self._file = module.__file__
        self._failures: list[BaseException] = []
        self._second = threading.Thread(target=self._guarded, args=(second,), daemon=True)
        before = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            self._guarded(first)
        finally:
            sys.settrace(before)
        if self.happened:
            self._second.join(PATIENCE_S)
            assert not self._second.is_alive(), "the two wait for each other"

    @property
    def raised(self) -> list[type[BaseException]]:
        """What the two of them raised."""
        return [type(error) for error in self._failures]

    def _guarded(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as error:
            self._failures.append(error)

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_filename != self._file:
            return None
        frame.f_trace_opcodes = True
        return self._on_step

    def _on_step(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        if event == "opcode" and not self.happened:
            self._left -= 1
            if self._left <= 0:
                self.happened = True
                self._second.start()
                self._second.join(BLOCKED_S)
        return self._on_step


def interleavings(
    make: Callable[[], tuple[Callable[[], object], Callable[[], object]]], module: ModuleType
) -> Iterator[Interrupted]:
    """Yield what came of each interleaving of the two actions that `make` makes anew each time."""
    at = 1
    while (one := Interrupted(*make(), at, module)).happened:
        yield one
        at += 1
    assert at > 5, "the first action has hardly an instruction in that module"
