"""A control group that gives what runs in it so much processor time, where root allows it."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PERIOD_US = 100_000
_EMPTY_S = 10.0
"""How long the last processes of a group may take to end by themselves."""


class Missing(Exception):
    """An environment cannot be had on this machine; the message says why."""


class Group(NamedTuple):
    """A control group of our own."""

    folder: Path

    def enter(self) -> None:
        """Move the calling process into the group."""
        (self.folder / "cgroup.procs").write_text("0")

    def held_up(self) -> int:
        """Return in how many periods the group had used up its time."""
        words = (self.folder / "cpu.stat").read_text().split()
        return int(words[words.index("nr_throttled") + 1])


class Parent(NamedTuple):
    """A group in which ours may be made."""

    version: int
    folder: Path


def quota_of_one_processor() -> contextlib.AbstractContextManager[Group]:
    """Make a group with the time of one processor, as `quota_of` does."""
    return quota_of(1.0)


@contextlib.contextmanager
def quota_of(processors: float) -> Iterator[Group]:
    """Make a group, and remove it afterwards; raises `Missing` where none can be made."""
    parents = find_parents(
        Path("/proc/self/mountinfo").read_text() if os.path.exists("/proc/self/mountinfo") else "",
        Path("/proc/self/cgroup").read_text() if os.path.exists("/proc/self/cgroup") else "",
    )
    reasons = []
    with contextlib.ExitStack() as stack:
        for parent in parents:
            try:
                group = stack.enter_context(_made_in(parent, round(processors * PERIOD_US)))
            except OSError as error:
                reasons.append(f"{parent.folder}: {error.strerror or error}")
            else:
                break
        else:
            raise Missing("; ".join(reasons) or "no control group for processor time is mounted")
        yield group


def find_parents(mounts: str, membership: str) -> list[Parent]:
    """Return where to try: our own group and those above it, of either version.

    `mounts` is the text of /proc/self/mountinfo, `membership` that of /proc/self/cgroup.
    """
    ours = {}
    for line in membership.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            ours[controller] = path
    parents = []
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, where = before.split()[3:5]
        kind, _, options = after.split(" ", 2)
        version = {"cgroup": 1, "cgroup2": 2}.get(kind)
        controller = "cpu" if version == 1 else ""
        if version is None or (version == 1 and "cpu" not in options.split(",")):
            continue
        inside = os.path.relpath(ours.get(controller, "/"), root)
        own = Path(where) if inside.startswith("..") else Path(where, inside)
        above = [each for each in own.parents if each.is_relative_to(where)]
        parents += [Parent(version, each) for each in (own, *above)]
    return parents


@contextlib.contextmanager
def _made_in(parent: Parent, quota_us: int) -> Iterator[Group]:
    """Make a group in `parent` and set its quota; raises `OSError` where that is not allowed."""
    folder = parent.folder / f"stallproof-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        if parent.version == 2:
            _hand_down(parent.folder / "cgroup.subtree_control", stack)
        folder.mkdir()
        stack.callback(_remove, folder)
        if parent.version == 2:
            (folder / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")
        else:
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (folder / "cpu.cfs_quota_us").write_text(str(quota_us))
        yield Group(folder)


def _hand_down(control: Path, stack: contextlib.ExitStack) -> None:
    """Let the groups below have their own processor time, until `stack` is closed."""
    if "cpu" not in control.read_text().split():
        control.write_text("+cpu")
        stack.callback(control.write_text, "-cpu")


def _remove(folder: Path) -> None:
    """Remove the group; whoever is still in it after a while is ended."""
    until = time.monotonic() + _EMPTY_S
    while members := (folder / "cgroup.procs").read_text().split():
        if time.monotonic() > until:
            for member in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(member), signal.SIGKILL)
        time.sleep(0.05)
    folder.rmdir()
