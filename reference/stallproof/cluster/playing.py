"""What the process beside a worker does: it plays parts, and keeps the harness between them.

Starting a harness takes as long as playing a hundred scripts. In one process all scripts are played
against one harness, and so they may be here.
"""

from dataclasses import dataclass

from stallproof.generate.parts import series_of
from stallproof.generate.series import Part
from stallproof.runner.sut.command import HarnessCommand
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.wire.events import AnyEvent, TraceBegun
from stallproof.wire.protocol import Hello

_Key = tuple[object, ...]
_kept: dict[_Key, VirtualHarness] = {}
"""The harness that is running, by how it is started; there is one at most."""


class UnlikeHarness(Exception):
    """The harness that plays a part says that it is another one than that of whoever asks."""


@dataclass(frozen=True, slots=True)
class Task:
    """The cases of a part, `count` of them from `first` on, and by what they are judged.

    `hello`: what the harness of whoever asks said. `is_traced`: the events are sent back as well.
    """

    command: HarnessCommand
    header: TraceBegun
    hello: Hello
    first: int
    count: int
    is_traced: bool

    def played_by(self, harness: VirtualHarness) -> Part:
        """Play the part against `harness`, which was started.

        Raises `HarnessBroken` where it is broken already, `UnlikeHarness` for another one.
        """
        self._require_alike(harness.hello)
        events: list[AnyEvent] = []
        series = series_of(self.command, self.header, harness, events if self.is_traced else None)
        series.play(self.first, self.count, lambda case: None)
        return series.part(events)

    def _require_alike(self, hello: Hello) -> None:
        if hello == self.hello:
            return
        here = f"{self.hello.name} {self.hello.version}"
        theirs = f"{hello.name} {hello.version}"
        raise UnlikeHarness(
            f"the harness there says hello as {theirs}, and not just as {here} does here"
        )


def played(task: Task) -> Part:
    """Play `task`; raises what `Task.played_by` does, after which the harness has ended."""
    key = _key(task.command)
    harness = _kept.pop(key, None)
    is_new = harness is None
    if harness is None:
        _end_kept()
        harness = VirtualHarness(task.command)
    try:
        if is_new:
            harness.start()
        part = task.played_by(harness)
    except BaseException:
        harness.close()
        raise
    if part.broke is None:
        _kept[key] = harness
    else:
        harness.close()
    return part


def _key(command: HarnessCommand) -> _Key:
    return (tuple(command), command.without, command.cwd, command.role)


def _end_kept() -> None:
    while _kept:
        _kept.popitem()[1].close()
