"""Playing one scenario: peer and harness are started, the repetitions run, the events come back.

This runs in a worker process of its own, so that nothing else of the oracle delays its clock.
"""

import multiprocessing
import os
from collections.abc import Sequence

from msgspec import UNSET

from stallproof.requirements.knobs import in_force_fault
from stallproof.runner.capacity import kernel_holds_bytes
from stallproof.runner.features import is_left_out
from stallproof.runner.kept import KEPT, is_over
from stallproof.runner.measuring import Measured
from stallproof.runner.peer.client import PeerBroken, PeerClient
from stallproof.runner.play_configurations import ConfigurationPlayer
from stallproof.runner.played import Ends, Played, PlayedRun
from stallproof.runner.scenarios.context import Context, now_us
from stallproof.runner.scenarios.every import SCENARIOS as SCENARIOS
from stallproof.runner.scenarios.record import Record
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.sut.client import Failed, HarnessBroken, HarnessClient, Refused, Unsupported
from stallproof.runner.sut.descendants import end_all_below
from stallproof.runner.sut.ending import Ended, interruption, may_end
from stallproof.wire import codec
from stallproof.wire import events as ev

SPIN_SHARE = 0.5
"""An implementation that used more of a processor than this may not excuse itself with noise."""
IN_VAIN_MAX_S = 5.0
"""Who waited in vain for longer than this and the play itself is not played again."""
CLOSE_WITHIN_S = 1.0


def scenario_named(name: str) -> Scenario:
    """Return the scenario `name`; raises `KeyError` if there is none."""
    return {s.name: s for s in SCENARIOS}[name]


def told(scenario: Scenario) -> str | Scenario:
    """Return what a worker is told to play: a name that it knows, or a scenario that it does not.

    The ones that it knows may hold what cannot cross between processes.
    """
    return scenario.name if any(scenario is known for known in SCENARIOS) else scenario


def play(
    what: str | Scenario, command: Sequence[str], grace_us: int | None, attempt: int = 1,
    numbers: range | None = None,
) -> Played:  # fmt: skip
    """Play a scenario, one of `SCENARIOS` by its name, against `command`, with its repetitions.

    `numbers`: which of the repetitions of an attempt, counted from 0; `None` for all. A later
    `attempt` numbers its repetitions on, so that none is taken for another. A repetition that hung,
    so that most of it was waiting in vain, is the last: another shows no more. A harness that
    breaks ends the scenario; the next one starts it anew. Of a run that ends early, those
    repetitions are kept that were played to their end.
    """
    scenario = scenario_named(what) if isinstance(what, str) else what
    played = Played(scenario.name)
    player: _Player | ConfigurationPlayer = _Player(scenario, command, grace_us)
    if scenario.configurations is not None:
        player = ConfigurationPlayer(scenario, command, grace_us, _is_interrupted)
    try:
        first = (attempt - 1) * scenario.repetitions + 1
        with may_end():
            for number in numbers or range(scenario.repetitions):
                played.runs.append(player.repetition(first + number))
                if player.hopeless or player.in_vain_s > IN_VAIN_MAX_S + scenario.play_s:
                    break
    except Ended:
        pass
    finally:
        player.stop()
        played.take(player.ends)
        if _is_interrupted() and multiprocessing.parent_process() is not None:
            end_all_below(os.getpid())
    return played


def _is_interrupted() -> bool:
    return interruption() is not None


class _Player:
    """Keeps the peer and the harness over the repetitions of one scenario."""

    def __init__(self, scenario: Scenario, command: Sequence[str], grace_us: int | None) -> None:
        self._scenario = scenario
        self._command = command
        self._grace_us = scenario.grace_us(grace_us)
        self._record = Record(KEPT.names)
        self._peer: PeerClient | None = None
        self._harness: HarnessClient | None = None
        self._leaves_nothing = False
        self.hopeless = False
        self.ends = Ends()

    @property
    def in_vain_s(self) -> float:
        """For how long the last repetition waited for what did not come."""
        return self._record.in_vain_s

    def repetition(self, repetition: int) -> PlayedRun:
        """Play once and return the run."""
        scenario, record = self._scenario, self._record
        record.begin()
        begun = self._begun(repetition)
        context: Context | None = None
        measured = Measured()
        try:
            harness, peer = self._ready()
            measured.begin(harness, peer, self._grace_us)
            self.hopeless = is_left_out(scenario, harness.hello, record)
            if not self.hopeless:
                context = self._context(harness, peer, repetition, begun)
                scenario.script(context)
            harness.settle()
        except HarnessBroken as error:
            record.add(self._broke(error))
        except (Unsupported, Refused, Failed) as error:
            detail = f"it declared all that this scenario needs, and then: {error}"
            record.add(ev.HarnessFailed(at_us=now_us(), what="protocol", detail=detail))
        except PeerBroken as error:
            record.add(ev.HarnessFailed(at_us=now_us(), what="lab", detail=str(error)))
        ended_us, events = now_us(), record.end()
        delayed_us, uncertainty_us, used_us = measured.end()
        events += self._clean_up(context)
        self._leaves_nothing = is_over(events)
        return PlayedRun(
            begun.at_us,
            ended_us,
            [codec.encode(e) for e in (begun, *events)],
            spun=used_us > SPIN_SHARE * (ended_us - begun.at_us),
            repetition=repetition,
            delayed_us=delayed_us,
            uncertainty_us=uncertainty_us,
        )

    def _begun(self, repetition: int) -> ev.ScenarioBegun:
        return ev.ScenarioBegun(
            at_us=now_us(), name=self._scenario.name, repetition=repetition,
            requirements=list(self._scenario.requirements),
            situations=self._scenario.situations or UNSET, policy=self._scenario.policy,
            grace_us=self._grace_us, kernel_holds_bytes=kernel_holds_bytes(),
        )  # fmt: skip

    def _ready(self) -> tuple[HarnessClient, PeerClient]:
        """Return a running harness with the policy set, and a running peer."""
        if self._peer is None:
            # Both take their time to start, so they do it side by side.
            self._peer = KEPT.peer(self._record.add)
        if self._harness is None:
            self._harness = KEPT.harness(self._command, self._record.add)
            self._peer.start()
            self._peer.layout(self._harness.hello.frames)
            self._configure(self._harness)
        return self._harness, self._peer

    def _configure(self, harness: HarnessClient) -> None:
        """Set the knobs, and see that they are really in force."""
        knobs = dict(self._scenario.knobs(harness.hello.features))
        reply = harness.request("config", knobs=knobs, environment={})
        fault = in_force_fault(knobs, reply.get("effective"))
        if fault is not None:
            raise HarnessBroken("protocol", fault)

    def _context(
        self, harness: HarnessClient, peer: PeerClient, repetition: int, begun: ev.ScenarioBegun
    ) -> Context:
        return Context(
            harness, peer, self._record, repetition=repetition, policy=begun.policy,
            grace_us=begun.grace_us, kernel_holds_bytes=begun.kernel_holds_bytes,
            may_jump=self._scenario.repetitions > 1,
        )  # fmt: skip

    def _broke(self, error: HarnessBroken) -> ev.HarnessFailed:
        """Return the event that tells of it; nothing more is played with this harness."""
        self.hopeless = True
        return error.told()

    def _clean_up(self, context: Context | None) -> list[ev.HarnessFailed]:
        """Leave nothing behind for the next repetition; what is stuck is started anew.

        What the harness breaks meanwhile it has broken: that is returned, and told of the run.
        """
        broke: list[ev.HarnessFailed] = []
        if context is None or self._harness is None or self._peer is None:
            self._drop_harness()
            return broke
        stuck = self.hopeless
        try:
            for conn in context.opened:
                closing = self._harness.post("close", conn=conn)
                stuck = self._harness.wait(closing, CLOSE_WITHIN_S) is None or stuck
                self._peer.close_conn(conn)
            self._harness.settle()
        except PeerBroken:
            self._peer.stop()
            self._peer = None
            stuck = True
        except HarnessBroken as error:
            broke += [] if self.hopeless else [self._broke(error)]
            stuck = True
        except (Unsupported, Refused, Failed):
            stuck = True
        if stuck:
            self._drop_harness()
        return broke

    def _drop_harness(self) -> None:
        if self._harness is not None:
            self._harness.close()
            self.ends.note(self._harness)
            self._harness = None

    def stop(self) -> None:
        """Stop the harness and the peer, unless they are kept for the next play."""
        if self._harness is not None and self._leaves_nothing and KEPT.keep_harness(self._harness):
            self._harness = None
        self._drop_harness()
        if self._peer is not None and not KEPT.keep_peer(self._peer):
            self._peer.stop()
        self._peer = None
