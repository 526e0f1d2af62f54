"""All that a harness has started, wherever it went: found, and ended.

A process that makes a session of its own leaves its group, and one whose parent is gone leaves its
family. So each harness gets a variable in its environment, which whatever it starts inherits, and
the process that starts harnesses adopts what their families leave behind (on Linux). Where there is
no /proc, only the group of a harness can be ended (`docs/implementers.md`).

Spec: `spec/protocol.md`, rule 8.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

VARIABLE = "STALLPROOF_HARNESS"
"""The variable in the environment of a harness and of all that it starts."""
ROUNDS_MAX = 50
"""So often is looked for what is left, while new ones are started."""
_ROUND_S = 0.01
_PROC = Path("/proc")
_SET_CHILD_SUBREAPER = 36
_TRACKER = b"multiprocessing.resource_tracker"
"""A helper of the language's own, which ends with the process and is missed before."""


@cache
def adopt() -> bool:
    """Become the parent of what the descendants of this process leave behind, where that can be."""
    if sys.platform != "linux":
        return False
    # Nobody else needs it.
    import ctypes

    try:
        return bool(ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def new_mark() -> str:
    """Return a value of the variable that no other harness has."""
    return os.urandom(16).hex()


def end_marked(mark: str, *, but: int) -> None:
    """Kill all that inherited `mark`, except for the process `but`, which its parent waits for."""
    _end(lambda: (pid for pid in marked(mark) if pid != but))


def marked(mark: str) -> Iterator[int]:
    """Yield the processes that inherited `mark`."""
    entry = f"{VARIABLE}={mark}".encode()
    return (pid for pid in _pids() if entry in _read(pid, "environ"))


def is_running(pid: int) -> bool:
    """Tell whether any thread of a process is there and is not stopped."""
    threads = (f"{pid}/task/{thread}" for thread in _names(_PROC / str(pid) / "task"))
    return any(fields[0] not in b"TtZX" for one in threads if (fields := _status(one)))


def end_all_below(ancestor: int) -> None:
    """Kill every descendant of the process `ancestor`."""
    _end(lambda: (p for p in _below(ancestor) if _TRACKER not in _read(p, "cmdline")))


def _end(found: Callable[[], Iterator[int]]) -> None:
    """Kill what is found until nothing is: what is killed may have started another one."""
    for _ in range(ROUNDS_MAX):
        left = [pid for pid in found() if _is_alive(pid)]
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            return
        time.sleep(_ROUND_S)
        for pid in left:
            # Of those that were adopted nobody else takes the end.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _pids() -> Iterator[int]:
    return (int(name) for name in _names(_PROC) if name.isdigit())


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _below(ancestor: int) -> Iterator[int]:
    """Yield the descendants of `ancestor`, from the top down."""
    children: dict[int, list[int]] = {}
    for pid in _pids():
        fields = _status(pid)
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    waiting = list(children.get(ancestor, []))
    for pid in waiting:
        yield pid
        waiting += children.get(pid, [])


def _is_alive(pid: int) -> bool:
    fields = _status(pid)
    return bool(fields) and fields[0] not in (b"Z", b"X")


def _status(pid: int | str) -> list[bytes]:
    """Return state, parent, and more of a process, or a thread; nothing if it is gone."""
    # The command's name may hold anything, so the fields begin after its bracket.
    return _read(pid, "stat").rpartition(b")")[2].split()


def _read(pid: int | str, name: str) -> bytes:
    try:
        return (_PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""
