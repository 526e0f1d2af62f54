"""The scheduler: plays scenarios side by side and measures how noisy the machine was meanwhile.

Each scenario plays in a worker process (it mostly waits); a noise monitor beside them measures the
noise. When all have played, those whose runs were all too noisy play again, three times at most, if
something that they are for is undecided still. The noisy runs stay in the trace: what was broken in
them is broken, whatever the noise.

How many play at once is asked for, or chosen by the noise that they make (`jobs.py`).

Noise comes in bursts of up to half a minute. So who plays again first waits until the noise monitor
has seen a quiet machine for a while, and at most for a minute, whatever comes.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from msgspec import UNSET

from stallproof.runner.jobs import Jobs
from stallproof.runner.noise import TOLD_US, NoiseMonitor
from stallproof.runner.pieces import longest_first, put_together
from stallproof.runner.play import play, told
from stallproof.runner.played import Played
from stallproof.runner.progress import Progress as Progress
from stallproof.runner.scenarios.context import now_us, sleep_s
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.sut.ending import (
    Ended,
    at_once,
    interruption,
    may_end,
    sheltered,
)
from stallproof.runner.watching import Watch
from stallproof.runner.workers import Workers
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent

ATTEMPTS_MAX = 3
"""How often a scenario plays at most, because of measured noise only."""
Undecided = Callable[[Sequence[AnyEvent]], frozenset[str]]
"""Which requirements nothing of what was played decides."""
CALM_US = 2_000_000
"""For how long the machine has to have been quiet before a noisy scenario plays again."""
CALM_WITHIN_US = 60_000_000
"""How long such a scenario waits for that at most; then it plays whatever the noise."""
LOOK_US = 250_000
"""How long a look at the noise is at least that changes how many play at once."""
_LOOK_S = 0.2


class Scheduler:
    """Plays scenarios against one implementation, as many at once as `jobs` says.

    `watch` looks at each scenario when it has played. `complaints` holds, after `play_all`, what
    the harness did wrong when it was to end, once each.
    """

    def __init__(
        self,
        command: Sequence[str],
        grace_us: int | None,
        jobs: int | Jobs,
        progress: Callable[[Progress], None],
        *,
        attempts_max: int = ATTEMPTS_MAX,
        watch: Watch | None = None,
    ) -> None:
        self._command = command
        self._grace_us = grace_us
        self._jobs = Jobs.fixed(jobs) if isinstance(jobs, int) else jobs
        self._looked_us = 0
        self._attempts_max = attempts_max
        self._progress = progress
        self._watch = watch
        self._noise_monitor = NoiseMonitor()
        self._attempts: dict[str, int] = {}
        self._played: dict[str, list[AnyEvent]] = {}
        self._pieces: dict[str, list[Played]] = {}
        self._of: Counter[str] = Counter()
        self._done = self._total = 0
        self._waiting: set[Future[Played]] = set()
        self.complaints: list[str] = []

    def play_all(
        self, scenarios: Sequence[Scenario], undecided: Undecided | None = None
    ) -> list[AnyEvent]:
        """Play all scenarios, the long ones first, and return their events in the given order.

        `undecided` says what a noisy scenario is to play again for, all that it is for if `None`.
        Of a run that ends before its time what was played to its end is kept.
        """
        workers: Workers[Played] = Workers(self._jobs.most)
        batch = list(scenarios)
        self._total, self._waiting = len(batch), set()
        self._noise_monitor.start()
        self._looked_us = now_us()
        try:
            with at_once(workers.stop), may_end():
                while batch:
                    noisy = self._play(batch, workers)
                    needed = undecided and noisy and undecided(self._events(scenarios))
                    batch = [
                        s
                        for s in batch
                        if s.name in noisy and (needed is None or needed & {*s.requirements})
                    ]
                    self._total += len(batch)
        except Ended:
            pass
        finally:
            ended = workers.close(self._waiting)
            self._noise_monitor.stop()
        for future in ended:
            self._take(future)
        for pieces in self._pieces.values():
            self._finish(pieces)
        return self._events(scenarios)

    def _events(self, scenarios: Sequence[Scenario]) -> list[AnyEvent]:
        """Return what was played so far, in the order of `scenarios`."""
        return [event for s in scenarios for event in self._played.get(s.name, [])]

    def _play(self, batch: Sequence[Scenario], workers: Workers[Played]) -> set[str]:
        """Play each of `batch` once; return who was too noisy and may play again."""
        due = longest_first(batch)
        attempts = {s.name: self._attempts.get(s.name, 0) + 1 for s in batch}
        self._of = Counter(piece.scenario.name for piece in due)
        noisy: set[str] = set()
        until_us = now_us() + CALM_WITHIN_US
        finest_us = min((s.grace_us(self._grace_us) for s in batch if s.timing), default=None)
        while due or self._waiting:
            if finest_us is not None:
                self._listen(finest_us)
            # The workers are started with the first scenario.
            for piece in list(due):
                if len(self._waiting) >= self._jobs.now:
                    break
                s, numbers = piece
                quiet_us = s.grace_us(self._grace_us) // 2
                if attempts[s.name] == 1 or self._may_play(quiet_us, until_us):
                    with sheltered():
                        self._attempts[s.name] = attempts[s.name]
                        self._waiting.add(
                            workers.submit(
                                play, told(s), self._command, self._grace_us, attempts[s.name],
                                numbers,
                            )
                        )  # fmt: skip
                        due.remove(piece)
            if not self._waiting:
                sleep_s(_LOOK_S)
                continue
            done = workers.next(_LOOK_S if due else None)
            if done is not None:
                with sheltered():
                    self._waiting.remove(done)
                    if (name := self._take(done)) is not None:
                        noisy.add(name)
        return noisy

    def _listen(self, grace_us: int) -> None:
        """Let the noise since the last look say how many may play, `LOOK_US` after it at least.

        The look ends a little ago, where the noise monitor has told already.
        """
        until_us = now_us() - TOLD_US * 2
        if self._jobs.is_fixed or until_us - self._looked_us < LOOK_US:
            return
        # Whoever breaks off a wait for the noise monitor's word could leave its lock held.
        with sheltered():
            noise_us = self._noise_monitor.worst_overrun_us(self._looked_us, until_us)
        self._looked_us = until_us
        self._jobs.on_noise(noise_us, grace_us, len(self._waiting))

    def _may_play(self, quiet_us: int, until_us: int) -> bool:
        """Tell whether the machine was quiet, or the time to wait for that is up."""
        at_us = now_us()
        # As in `_listen`.
        with sheltered():
            noise_us = self._noise_monitor.worst_overrun_us(at_us - CALM_US, at_us)
        return at_us >= until_us or noise_us <= quiet_us

    def _take(self, future: "Future[Played]") -> str | None:
        """Take what was played; return the scenario's name if all of it was, and may play again."""
        piece = future.result()
        pieces = self._pieces.setdefault(piece.name, [])
        pieces.append(piece)
        if len(pieces) < self._of[piece.name]:
            return None
        return self._finish(self._pieces.pop(piece.name))

    def _finish(self, pieces: Sequence[Played]) -> str | None:
        """Take one scenario's result; return its name if it was too noisy and may play again."""
        result = put_together(pieces)
        self.complaints += [c for c in result.complaints if c not in self.complaints]
        events, noisy = self._finished(result)
        is_tried = self._attempts[result.name] >= self._attempts_max
        again = noisy and not is_tried and interruption() is None
        self._played.setdefault(result.name, []).extend(events)
        self._done += 1
        notes = [] if self._watch is None else [self._watch.look(events)]
        notes += ["too noisy, may play again when the machine is quiet"] if again else []
        note = "; ".join(filter(None, notes))
        self._progress(
            Progress(done=self._done, total=self._total, scenario=result.name, note=note)
        )
        return result.name if again else None

    def _finished(self, result: Played) -> tuple[list[AnyEvent], bool]:
        """Close each run with its noise; tell whether all of them were too noisy."""
        events: list[AnyEvent] = []
        noisy: list[bool] = []
        for run in result.runs:
            lines = [codec.decode(line) for line in run.lines]
            begun = lines[0]
            assert isinstance(begun, ev.ScenarioBegun)
            noise_us = self._noise_monitor.worst_overrun_us(run.begun_us, run.ended_us)
            excused = run.spun or run.timeless
            held_up = noise_us * 2 > begun.grace_us or run.delayed_us > begun.grace_us
            noisy.append(held_up and not excused)
            events += lines
            events.append(
                ev.ScenarioEnded(
                    at_us=run.ended_us,
                    noise_us=noise_us,
                    spun=run.spun,
                    attempts=self._attempts[result.name],
                    delayed_us=run.delayed_us,
                    clock_uncertainty_us=UNSET
                    if run.uncertainty_us is None
                    else run.uncertainty_us,
                )
            )
        return events, bool(noisy) and all(noisy)
