"""What the system itself shows of a harness from outside: processor time and socket descriptors.

A harness may be started through a wrapper (a shell, an environment's runner), so everything in its
process group counts. Where there is no /proc, nothing is known, and nothing is guessed.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def _group(leader: int) -> Iterator[tuple[Path, list[str]]]:
    """Yield the folder in /proc and the fields of `stat` of each process in the group."""
    with contextlib.suppress(OSError):
        for name in filter(str.isdigit, os.listdir(_PROC)):
            with contextlib.suppress(OSError):
                # To ask for the group takes a thirtieth of the time that reading the file does.
                if os.getpgid(int(name)) != leader:
                    continue
                folder = _PROC / name
                # The command's name may hold anything, so the fields begin after its bracket.
                fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if int(fields[2]) == leader:
                    yield folder, fields


def cpu_us(leader: int) -> int:
    """Return user and system time of the group in microseconds, reaped children included."""
    ticks = sum(int(field) for _, fields in _group(leader) for field in fields[11:15])
    return ticks * 1_000_000 // os.sysconf("SC_CLK_TCK")


def processes(leader: int) -> list[int]:
    """Return the processes of the group, `leader` among them as long as it lives."""
    return [int(folder.name) for folder, _ in _group(leader)]


def highest_socket_descriptor(leader: int) -> int | None:
    """Return the highest descriptor of any socket in the group, `None` if none can be seen."""
    highest: int | None = None
    for folder, _ in _group(leader):
        with contextlib.suppress(OSError):
            for name in os.listdir(folder / "fd"):
                with contextlib.suppress(OSError):
                    if os.readlink(folder / "fd" / name).startswith("socket:"):
                        highest = max(int(name), -1 if highest is None else highest)
    return highest
