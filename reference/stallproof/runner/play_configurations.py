"""Playing a scenario of configurations: each is asked for, and what comes of it is recorded.

Real systems read their configuration once, so one that is in force needs a process of its own to
follow it, unless the harness declares `anew`; after a refusal nothing is in force, and the same
process is asked again. No peer is needed, and nothing is judged by time.

The complication: a harness may die of a configuration. That is its failure, never a refusal; the
cases after it go on with a new process.

Spec: `spec/protocol.md`, `config`; `spec/cf.md`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from stallproof.runner.features import is_left_out
from stallproof.runner.kept import KEPT
from stallproof.runner.played import Ends, PlayedRun
from stallproof.runner.scenarios.context import now_us
from stallproof.runner.scenarios.record import Record
from stallproof.runner.scenarios.scenario import Configuration, Scenario
from stallproof.runner.sut.client import (
    Failed,
    HarnessBroken,
    HarnessClient,
    Pending,
    Refused,
    Unsupported,
)
from stallproof.runner.sut.process import environment_without_knobs
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.operations import ConfigRequest
from stallproof.wire.request import ANEW

ANSWERS_WITHIN_S = 5.0
"""How long a configuration may take; a harness that needs longer hangs."""
BREAKAGES_MAX = 3
"""A harness that broke so often in one scenario is not started for it again."""
ACCEPTED_MAX = 4
"""After so many bad configurations that were not refused the scenario asks for no more of them.

The law is broken by the first; each further one costs another process.
"""
ANSWER_MAX_BYTES = 256 * 1024


class ConfigurationPlayer:
    """Asks one implementation after another for the configurations of one scenario."""

    def __init__(
        self,
        scenario: Scenario,
        command: Sequence[str],
        grace_us: int | None,
        is_stopped: Callable[[], bool],
    ) -> None:
        """Ask `command`; between two configurations `is_stopped` says whether to go on."""
        self._scenario = scenario
        self._command = command
        self._grace_us = scenario.grace_us(grace_us)
        self._is_stopped = is_stopped
        self._record = Record(KEPT.names)
        self._harness: HarnessClient | None = None
        self._breakages = 0
        self._accepted = 0
        self.hopeless = False
        self.in_vain_s = 0.0
        self.ends = Ends()

    def repetition(self, repetition: int) -> PlayedRun:
        """Ask for all configurations once and return the run."""
        record = self._record
        record.begin()
        begun = ev.ScenarioBegun(
            at_us=now_us(),
            name=self._scenario.name,
            repetition=repetition,
            requirements=list(self._scenario.requirements),
            situations=self._scenario.situations or UNSET,
            policy={},
            grace_us=self._grace_us,
        )
        self._breakages = self._accepted = 0
        try:
            self._ask_all()
        except HarnessBroken as error:
            self._broke(error)
            self.hopeless = True
        if not self._begins_anew:
            self._drop()
        ended_us = now_us()
        lines = [codec.encode(e) for e in (begun, *record.end())]
        return PlayedRun(
            begun.at_us, ended_us, lines, spun=False, timeless=True, repetition=repetition
        )

    def stop(self) -> None:
        """Stop the harness, unless it is kept for the next play."""
        if self._harness is not None and not self.hopeless and KEPT.keep_harness(self._harness):
            self._harness = None
        self._drop()

    def _ask_all(self) -> None:
        hello = self._running().hello
        self.hopeless = is_left_out(self._scenario, hello, self._record)
        if self.hopeless or self._scenario.configurations is None:
            return
        for one in self._scenario.configurations(hello):
            if self._is_stopped() or self._breakages >= BREAKAGES_MAX:
                return
            if not (one.is_bad and self._accepted >= ACCEPTED_MAX):
                self._ask(one)

    def _ask(self, one: Configuration) -> None:
        """Ask for one configuration and record what came of it."""
        try:
            answered = self._answer(self._running(), one)
        except HarnessBroken as error:
            self._broke(error)
            answered = None
        if answered is not None:
            self._record.add(answered)
        if answered is None or answered.error != "refused":
            self._accepted += one.is_bad
            if answered is None or answered.error or not self._begins_anew:
                self._drop()

    def _answer(self, harness: HarnessClient, one: Configuration) -> ev.ConfigurationAnswered:
        """Return the answer to one configuration; raises `HarnessBroken`."""
        pending = harness.post(
            "config",
            file=one.file,
            environment=dict(one.environment),
            grace_us=one.grace_us,
            outer_timeouts_us=dict(one.outer_timeouts_us),
            margin_us=one.margin_us,
        )
        self._record.add(
            ev.ConfigurationAsked(
                at_us=pending.asked_us,
                id=pending.id,
                case=one.case,
                file=one.file,
                environment=dict(one.environment),
                grace_us=one.grace_us,
                outer_timeouts_us=dict(one.outer_timeouts_us),
                margin_us=one.margin_us,
            )
        )
        answered = _answered(harness, pending)
        if len(codec.encode(answered)) > ANSWER_MAX_BYTES:
            detail = f"The answer to 'config' is longer than {ANSWER_MAX_BYTES} bytes."
            raise HarnessBroken("flood", detail)
        return answered

    def _running(self) -> HarnessClient:
        """Return a harness in which nothing is in force, and no variable of ours is seen."""
        if self._harness is None:
            clean = environment_without_knobs()
            self._harness = KEPT.harness(self._command, self._record.add, clean)
        return self._harness

    @property
    def _begins_anew(self) -> bool:
        return self._harness is not None and ANEW in self._harness.hello.features

    def _broke(self, error: HarnessBroken) -> None:
        self._record.add(error.told())
        self._breakages += 1

    def _drop(self) -> None:
        harness, self._harness = self._harness, None
        if harness is not None:
            harness.close()
            self.ends.note(harness)


def _answered(harness: HarnessClient, pending: Pending) -> ev.ConfigurationAnswered:
    """Wait for the reply and return it as an event; raises `HarnessBroken` for what is none."""
    told: dict[str, Any] = {}
    try:
        reply = harness.wait(pending, ANSWERS_WITHIN_S)
    except Refused as no:
        told = {"error": "refused", "message": no.message, "value": no.value}
        told |= {"knob": no.knob, "allowed": no.allowed}
    except Unsupported as no:
        told = {"error": "unsupported", "message": no.message}
    except Failed as no:
        told = {"error": "failed", "message": no.message}
    else:
        if reply is None:
            detail = f"The harness did not answer 'config' within {ANSWERS_WITHIN_S:g} s."
            raise HarnessBroken("hung", detail)
        told = {name: reply[name] for name in ConfigRequest.answers if name in reply}
        told.setdefault("effective", None)
    try:
        event = {"at_us": pending.answered_us, "id": pending.id, **told}
        return msgspec.convert(event, ev.ConfigurationAnswered)
    except msgspec.ValidationError as error:
        detail = f"The harness's answer to 'config' is not valid: {error}."
        raise HarnessBroken("protocol", detail) from error
