"""What the machine has: interpreter, sockets, limits of the kernel, processors, clocks, libraries.

Nothing is written, and the only thing that is used up is a socket or two for a moment.
"""

import os
import platform
import resource
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from stallproof.runner.capacity import kernel_holds_bytes
from stallproof.runner.delays import throttle_file, throttled_us
from stallproof.runner.doctor.look import Look, ok

OPEN_FILES_MIN = 256
"""A few harnesses and peers side by side, each with some dozens of connections."""
HELD_MAX = 64 * 1024 * 1024
"""A frame has to be larger than what the kernel holds; beyond this it takes much memory."""
RESOLUTION_MAX_S = 0.000_01
SLOW_CLOCKS = ("hpet", "acpi_pm", "jiffies", "pit")
"""Sources of the kernel's clock that take long to read, or are coarse."""
_CLOCK_SOURCE = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
_GROUP, _MOUNTED = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def machine_looks() -> Iterator[Look]:
    """Yield what was found, in the order in which it matters."""
    for look in (python, open_files, unix_sockets, loopback, buffers, tls, virtual_time, clock,
                 processors):  # fmt: skip
        yield look()


def python() -> Look:
    """Look at the interpreter and the system."""
    seen = f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    if sys.platform == "linux":
        return ok("system", f"{seen}.")
    return Look(
        name="system", state="fail", seen=f"{seen}: the oracle needs Linux.",
        advice="Run it on Linux, in a container or a virtual machine.",
    )  # fmt: skip


def open_files() -> Look:
    """Look at how many files a process may open."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= OPEN_FILES_MIN:
        told = "any number" if soft == resource.RLIM_INFINITY else f"{soft:,}"
        return ok("open-files", f"A process may open {told}.")
    return Look(
        name="open-files", state="fail", seen=f"A process may open {soft} only.",
        advice=f"Raise the limit: ulimit -n {OPEN_FILES_MIN} or more.",
    )  # fmt: skip


def unix_sockets() -> Look:
    """Look whether there are Unix sockets."""
    return _tried("unix-sockets", lambda: [*socket.socketpair()], "unix")


def loopback() -> Look:
    """Look whether TCP reaches this machine itself."""
    return _tried("tcp-loopback", _connected, "tcp")


def _connected() -> list[socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        return [listener, socket.create_connection(listener.getsockname(), timeout=5)]
    except OSError:
        listener.close()
        raise


def _tried(name: str, made: Callable[[], list[socket.socket]], feature: str) -> Look:
    """Look whether sockets can be made."""
    try:
        sockets = made()
    except OSError as error:
        return Look(
            name=name, state="fail", seen=f"There are none: {error.strerror or error}.",
            advice=f"Allow them in the sandbox, or leave out what takes them: --without {feature}.",
        )  # fmt: skip
    for one in sockets:
        one.close()
    return ok(name, "They can be made and connected.")


def buffers() -> Look:
    """Look at how much the kernel takes of a frame that nobody reads."""
    held = kernel_holds_bytes()
    seen = f"The kernel holds {held / 2**20:.1f} MiB at most of what nobody reads."
    if held <= HELD_MAX:
        return ok("buffers", seen)
    return Look(
        name="buffers", state="warn", seen=seen,
        advice="Frames that stall are larger than that. Lower the maximum of net.ipv4.tcp_wmem.",
    )  # fmt: skip


def tls() -> Look:
    """Look at what TLS takes: the certificates are made by a library."""
    if find_spec("trustme") is not None:
        return ok("tls", f"{ssl.OPENSSL_VERSION}.")
    return _missing("tls", "trustme", "leave out what takes TLS: --without tls")


def virtual_time() -> Look:
    """Look at what the reference's own virtual time takes; other harnesses need nothing."""
    if find_spec("greenlet") is not None:
        return ok("virtual-time", "The reference can be judged in virtual time.")
    return _missing("virtual-time", "greenlet", "judge other harnesses only")


def _missing(name: str, library: str, otherwise: str) -> Look:
    return Look(
        name=name, state="fail", seen=f"The Python package {library} is missing.",
        advice=f"Install it, or {otherwise}.",
    )  # fmt: skip


def clock() -> Look:
    """Look at the monotonic clock: how fine it is, and what the kernel reads for it."""
    info = time.get_clock_info("monotonic")
    source = _text(_CLOCK_SOURCE)
    seen = f"The monotonic clock has a resolution of {info.resolution * 1e9:.0f} ns"
    seen += f", read from {source}." if source else "."
    if info.resolution <= RESOLUTION_MAX_S and source not in SLOW_CLOCKS:
        return ok("clock", seen)
    return Look(
        name="clock", state="warn", seen=seen,
        advice="Let the kernel use the processor's own counter: clocksource=tsc.",
    )  # fmt: skip


def processors() -> Look:
    """Look at how much processor time there is, and who else uses it."""
    file = throttle_file(_GROUP, _MOUNTED)
    held_up_ms = 0 if file is None else throttled_us(_text(file)) // 1000
    have, wanted = available(), load()
    seen = f"{have:g} processors for this process; {wanted:.1f} wanted in the last minute."
    if held_up_ms:
        seen += f" The quota of the control group has held it up for {held_up_ms:,} ms so far."
    if have >= 1 and wanted <= have:
        return ok("processors", seen)
    return Look(
        name="processors", state="warn", seen=seen,
        advice="Give it a processor or more of its own, and play as few at once as is said below.",
    )  # fmt: skip


def load() -> float:
    """Return how many processors were wanted in the last minute, by everyone."""
    return os.getloadavg()[0]


def available() -> float:
    """Return how many processors this process may use: those it may run on, and its quota."""
    may_run_on = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    file = throttle_file(_GROUP, _MOUNTED)
    quota = None if file is None else quota_of(file.parent)
    return float(may_run_on) if quota is None else min(float(may_run_on), quota)


def quota_of(group: Path) -> float | None:
    """Return the processors that the control group `group` grants, `None` where it sets no bound.

    Groups of version 2 say so in `cpu.max`, those of version 1 in two files.
    """
    words = _text(group / "cpu.max").split() or [
        _text(group / "cpu.cfs_quota_us"), _text(group / "cpu.cfs_period_us"),
    ]  # fmt: skip
    if len(words) != 2 or not all(word.isdigit() for word in words) or int(words[1]) == 0:
        return None
    return int(words[0]) / int(words[1])


def _text(path: Path) -> str:
    """Return what is in `path`, without blanks around it; nothing if it cannot be read."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
