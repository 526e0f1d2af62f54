"""The scheduler: plays scenarios side by side and measures how noisy the machine was meanwhile.

Each scenario plays in a worker process (it mostly waits); a noise monitor beside them measures the
noise. A scenario whose runs were all too noisy plays again, three times at most, and for no other
reason. The noisy runs stay in the trace: what was broken in them is broken, whatever the noise.

Noise comes in bursts of up to half a minute. So who plays again first waits until the noise monitor
has seen a quiet machine for a while, and at most for a minute, whatever comes; others play on
meanwhile.
"""

import concurrent.futures
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from msgspec import UNSET

from stallproof.runner.noise import NoiseMonitor
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
    signals_held,
)
from stallproof.runner.workers import Workers
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent

ATTEMPTS_MAX = 3
"""How often a scenario plays at most, because of measured noise only."""
CALM_US = 2_000_000
"""For how long the machine has to have been quiet before a noisy scenario plays again."""
CALM_WITHIN_US = 60_000_000
"""How long such a scenario waits for that at most; then it plays whatever the noise."""
_LOOK_S = 0.2


class Scheduler:
    """Plays scenarios against one implementation.

    `complaints` holds, after `play_all`, what the harness did wrong when it was to end, once each.
    """

    def __init__(
        self,
        command: Sequence[str],
        grace_us: int | None,
        jobs: int,
        progress: Callable[[Progress], None],
        *,
        attempts_max: int = ATTEMPTS_MAX,
    ) -> None:
        self._command = command
        self._grace_us = grace_us
        self._jobs = jobs
        self._attempts_max = attempts_max
        self._progress = progress
        self._noise_monitor = NoiseMonitor()
        self._attempts: dict[str, int] = {}
        self._played: dict[str, list[AnyEvent]] = {}
        self._done = 0
        self.complaints: list[str] = []

    def play_all(self, scenarios: Sequence[Scenario]) -> list[AnyEvent]:
        """Play all scenarios, the long ones first, and return their events in the given order.

        Of a run that ends before its time what was played to its end is kept.
        """
        by_name = {s.name: s for s in scenarios}
        workers = Workers(self._jobs)

        def submit(name: str) -> "Future[Played]":
            self._attempts[name] = self._attempts.get(name, 0) + 1
            what, attempt = told(by_name[name]), self._attempts[name]
            return workers.submit(play, what, self._command, self._grace_us, attempt)

        # Who was too noisy and waits for a quiet machine, and until when at most.
        noisy: dict[str, int] = {}
        quiet_us = {s.name: s.grace_us(self._grace_us) // 2 for s in scenarios}
        waiting: set[Future[Played]] = set()
        self._noise_monitor.start()
        try:
            with at_once(workers.stop), may_end():
                # The workers are started with the first scenario.
                with signals_held():
                    waiting = {submit(s.name) for s in sorted(scenarios, key=lambda s: -s.play_s)}
                while waiting or noisy:
                    done = _first_of(waiting, look=bool(noisy))
                    with sheltered():
                        waiting -= done
                        taken = [self._take(future, len(scenarios)) for future in done]
                        noisy |= {name: now_us() + CALM_WITHIN_US for name in taken if name}
                    again = {name for name in noisy if self._may_play(quiet_us[name], noisy[name])}
                    noisy = {name: until for name, until in noisy.items() if name not in again}
                    waiting |= {submit(name) for name in again}
        except Ended:
            pass
        finally:
            ended = workers.close(waiting)
            self._noise_monitor.stop()
        for future in ended:
            self._take(future, len(scenarios))
        return [event for s in scenarios for event in self._played.get(s.name, [])]

    def _may_play(self, quiet_us: int, until_us: int) -> bool:
        """Tell whether the machine was quiet, or the time to wait for that is up."""
        at_us = now_us()
        return at_us >= until_us or (
            self._noise_monitor.worst_overrun_us(at_us - CALM_US, at_us) <= quiet_us
        )

    def _take(self, future: "Future[Played]", total: int) -> str | None:
        """Take one scenario's result; return its name if it was too noisy and plays again."""
        result = future.result()
        self.complaints += [c for c in result.complaints if c not in self.complaints]
        events, noisy = self._finished(result)
        is_tried = self._attempts[result.name] >= self._attempts_max
        again = noisy and not is_tried and interruption() is None
        self._played.setdefault(result.name, []).extend(events)
        self._done += not again
        note = "too noisy, plays again when the machine is quiet" if again else ""
        self._progress(Progress(done=self._done, total=total, scenario=result.name, note=note))
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


def _first_of(waiting: "set[Future[Played]]", *, look: bool) -> "set[Future[Played]]":
    """Wait for one of `waiting` to be done and return who is; with `look`, only for a moment."""
    if not waiting:
        sleep_s(_LOOK_S)
        return set()
    return concurrent.futures.wait(
        waiting,
        timeout=_LOOK_S if look else None,
        return_when=concurrent.futures.FIRST_COMPLETED,
    ).done
