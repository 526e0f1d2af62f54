"""What came of playing one scenario."""

from dataclasses import dataclass, field


@dataclass
class PlayedRun:
    """One repetition: its time span, its lines, and whether the implementation burnt the CPU.

    `timeless`: nothing in it is judged by time, so that a noisy machine does not matter.
    `delayed_us`: how long the processes waited for a processor, as the kernel counts it.
    `uncertainty_us`: of the harness's clock in this run, `None` where nothing was measured.
    """

    begun_us: int
    ended_us: int
    lines: list[bytes]
    spun: bool
    timeless: bool = False
    delayed_us: int = 0
    uncertainty_us: int | None = None


@dataclass
class Played:
    """What came of one scenario: its runs as encoded lines, ready to cross between processes.

    `complaints`: what the harness did wrong when it was to end, which spoils no verdict.
    """

    name: str
    runs: list[PlayedRun] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
