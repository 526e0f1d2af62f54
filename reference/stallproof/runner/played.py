"""What came of playing one scenario."""

from dataclasses import dataclass, field

from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.harness import Harness
from stallproof.wire import codec


@dataclass
class PlayedRun:
    """One repetition: its time span, its lines, and whether the implementation burnt the CPU.

    `repetition`: its number, later attempts counted on. `timeless`: nothing in it is judged by
    time, so that a noisy machine does not matter. `delayed_us`: how long the processes waited for a
    processor, as the kernel counts it. `uncertainty_us`: of the harness's clock in this run, `None`
    where nothing was measured.
    """

    begun_us: int
    ended_us: int
    lines: list[bytes]
    spun: bool
    timeless: bool = False
    delayed_us: int = 0
    uncertainty_us: int | None = None
    repetition: int = 1


@dataclass
class Ends:
    """How the harnesses of one scenario ended: who failed, and what is only worth a note."""

    failed: list[HarnessBroken] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def note(self, harness: Harness) -> None:
        """Take down how a harness ended that was closed."""
        if harness.failed_end is not None:
            self.failed.append(harness.failed_end)
        elif harness.complaint is not None and harness.complaint not in self.complaints:
            self.complaints.append(harness.complaint)


@dataclass
class Played:
    """What came of one scenario: its runs as encoded lines, ready to cross between processes.

    `complaints`: what the harness did wrong when it was to end, which spoils no verdict.
    """

    name: str
    runs: list[PlayedRun] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def take(self, ends: Ends) -> None:
        """Take how the harnesses ended; failures belong to the last run, after all that it saw."""
        self.complaints = ends.complaints
        for error in ends.failed if self.runs else []:
            self.runs[-1].lines.append(codec.encode(error.told()))
