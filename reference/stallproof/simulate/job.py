"""The job: deployed, started, and one round of it, over connections of which some stall.

The intuition: the server deploys to every site, waits for replies, lets the gate decide, starts the
sites that are in, lets it decide again, and then has each of them download the model, train and
send its result. It has a number of workers for its sends; one that is blocked keeps its worker.

What is decided here: nothing but the end of the round, by the minimum of sites. When a send ends,
a connection closes, a stream is given up, a download is tried again, who is in and whether the job
goes on is said by the drivers and machines, which are asked as any harness is.

The complication: a site hears of the job through its relay alone, and whoever hears nothing does
not know that there is a job. So it reports none, and is taken for dead.

Spec: `docs/simulate.md`.
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from stallproof.simulate.network import Network
from stallproof.simulate.plan import JOB_BEGINS_US, Plan
from stallproof.simulate.told import Moment, Outcome, behind, seconds, shortened
from stallproof.wire.implementation import Decided, SendEnded

DEPLOY, START = "deploy", "start"
JOB = "job"


class Job:
    """One job on a network."""

    def __init__(self, plan: Plan, network: Network, outcome: Outcome) -> None:
        """Deploy it as soon as the agenda runs."""
        self._plan, self._network, self._outcome = plan, network, outcome
        self._agenda = network.agenda
        self.is_over = False
        self._waiting: deque[Callable[[], None]] = deque()
        self._busy = 0
        self._sends: dict[int, tuple[str, str]] = {}
        self._phase = ""
        self._phase_us = 0
        self._asked: frozenset[str] = frozenset()
        self._order: Sequence[str] = ()
        self._replies: dict[str, str] = {}
        self._deployed: set[str] = set()
        self._running: set[str] = set()
        self._in_round: set[str] = set()
        self._outcomes: dict[str, list[str]] = {}
        self._heartbeats: dict[str, list[dict[str, list[str]]]] = {}
        self._streams = 0
        network.server.hears[SendEnded] = self._on_send_ended
        for relay in network.relays.values():
            relay.hears[SendEnded] = self._on_forwarded
        self._agenda.at(JOB_BEGINS_US, partial(self._begin_phase, DEPLOY, plan.sites))

    def _tell(self, who: str, what: str) -> None:
        self._outcome.moments.append(Moment(self._agenda.now_us, who, what))

    # --- deployment and start ---------------------------------------------------------------------

    def _begin_phase(self, phase: str, sites: Sequence[str]) -> None:
        """Send to each of `sites`, and decide when all have replied or it is time."""
        plan = self._plan
        self._phase, self._phase_us = phase, self._agenda.now_us
        self._order, self._asked, self._replies = sites, frozenset(sites), {}
        self._tell("server", f"asks {len(sites)} sites to {phase} the job")
        wait_us = plan.deploy_timeout_us if phase == DEPLOY else plan.start_timeout_us
        self._agenda.at(self._agenda.now_us + wait_us, partial(self._decide, phase))
        for site in sites:
            self._waiting.append(partial(self._send, phase, site))
        self._go_on()

    def _go_on(self) -> None:
        """Give each free worker a send."""
        while self._busy < self._plan.workers and self._waiting:
            self._busy += 1
            self._waiting.popleft()()

    def _send(self, phase: str, site: str) -> None:
        number = len(self._sends)
        self._sends[number] = (phase, site)
        conn = self._network.to_relay[self._plan.relay_of(site)]
        conn.send(number, self._size_of(phase))

    def _size_of(self, phase: str) -> int:
        return self._plan.deployment_bytes if phase == DEPLOY else self._plan.start_bytes

    def _on_send_ended(self, event: SendEnded) -> None:
        """A worker is free; what was sent whole is at the relay, which forwards it."""
        self._busy -= 1
        self._network.on_send_ended(event)
        if event.outcome == "ok":
            phase, site = self._sends[event.send]
            self._network.to_site[site].send(event.send, self._size_of(phase))
        self._go_on()

    def _on_forwarded(self, event: SendEnded) -> None:
        """A site has what was forwarded, and replies."""
        if event.outcome != "ok":
            return
        phase, site = self._sends[event.send]
        if phase == DEPLOY:
            self._deployed.add(site)
        elif site in self._deployed:
            self._running.add(site)
        word = "ok" if site in self._deployed else "error"
        self._network.reply(site, partial(self._on_reply, phase, site, word))

    def _on_reply(self, phase: str, site: str, word: str) -> None:
        """Take a reply; what comes too late is not heard."""
        if phase == self._phase and site in self._asked:
            self._replies[site] = word
            if len(self._replies) == len(self._asked):
                self._decide(phase)

    def _decide(self, phase: str) -> None:
        """Let the gate decide on the replies so far, once."""
        if phase != self._phase or self.is_over:
            return
        self._phase = ""
        plan, asked = self._plan, list(self._order)
        silent = [site for site in asked if site not in self._replies]
        for relay, held_us in self._network.blocked():
            what = f"a send to {relay} has been under way for {seconds(held_us)}"
            self._tell("server", f"{what}; {len(self._waiting)} sends wait for a worker")
        if silent:
            waited = seconds(self._agenda.now_us - self._phase_us)
            self._tell("server", f"no reply for {waited} from {self._of(silent)}")
        said = self._ask("start_gate", {
            "phase": phase, "clients": asked, "replies": [*map(list, self._replies.items())],
            "min_sites": plan.min_sites, "required_sites": list(plan.required_sites),
            "strict": plan.guardrails,
        })  # fmt: skip
        going_on, reason = said["clients"], shortened(said["reason"])
        self._tell("gate", f"{phase}: {reason or f'all {len(asked)} go on'}")
        if silent and not said["missing"]:
            self._tell("gate", f"{phase}: the {len(silent)} who are silent count as there")
        for site in said["missing"]:
            self._outcome.excluded.setdefault(site, f"no reply to {phase}")
        if said["action"] != "go_on":
            self._end(completed=False, why=f"{phase}: {reason}")
        elif phase == DEPLOY:
            self._begin_phase(START, going_on)
        else:
            self._begin_round(going_on)

    def _of(self, sites: Sequence[str]) -> str:
        return f"{len(sites)} sites ({behind(self._plan, sites)})"

    def _ask(self, machine: str, given: dict[str, Any]) -> dict[str, Any]:
        """Ask a machine, which decides at once."""
        (said,) = self._network.decider.ask("decide", machine=machine, input=given)
        assert isinstance(said, Decided)
        return said.decision

    # --- the round --------------------------------------------------------------------------------

    def _begin_round(self, sites: Sequence[str]) -> None:
        plan, agenda = self._plan, self._agenda
        self._tell("job", f"round 0 begins with {len(sites)} sites")
        self._in_round = {*sites}
        agenda.at(agenda.now_us + plan.round_timeout_us, self._end_round)
        agenda.at(agenda.now_us + plan.report_us, self._on_reports)
        for site in sites:
            if site in self._running:
                self._outcomes[site] = []
                self._download(site)
        self._look_at_round()

    def _on_reports(self) -> None:
        """Each site names its jobs in a heartbeat; of who does not, the machine says if it is dead.

        Of who names the job nothing is to be decided.
        """
        if self.is_over:
            return
        plan, dead = self._plan, []
        for site in self._order:
            if site in self._in_round:
                past = self._heartbeats.setdefault(site, [])
                is_there = site in self._running
                past.append({"running": [JOB], "reported": [JOB] if is_there else []})
                if not is_there and self._is_dead(past):
                    dead.append(site)
        if dead:
            self._tell("server", f"takes for dead, since they do not have the job: {self._of(dead)}")
        for site in dead:
            self._leave_out(site, "declared dead")
        self._agenda.at(self._agenda.now_us + plan.report_us, self._on_reports)
        self._look_at_round()

    def _is_dead(self, past: list[dict[str, list[str]]]) -> bool:
        said = self._ask("dead_client", {
            "needed_absences": self._plan.absences, "needs_report": self._plan.guardrails,
            "heartbeats": past.copy(),
        })  # fmt: skip
        return JOB in said["notices"]

    def _download(self, site: str) -> None:
        """Have `site` ask for the model."""
        plan, number = self._plan, self._streams
        self._streams += 1
        done = partial(self._on_download, site, len(self._outcomes[site]))
        conn = self._network.data[plan.relay_of(site)]
        conn.stream(number, plan.model_bytes, partial(done, "ok"))
        self._agenda.at(self._agenda.now_us + plan.download_timeout_us, partial(done, "timeout"))

    def _on_download(self, site: str, request: int, outcome: str) -> None:
        """A request of `site` ended, for its first reason; the machine says what follows."""
        outcomes = self._outcomes[site]
        if len(outcomes) != request or site not in self._in_round:
            return
        outcomes.append(outcome)
        given = {"max_retries": self._plan.max_retries, "outcomes": outcomes.copy()}
        said = self._ask("download_retry", given)
        agenda = self._agenda
        if said["action"] == "go_on":
            if request:
                self._tell(site, f"has the model after {request} retries")
            agenda.at(agenda.now_us + self._plan.train_us, partial(self._on_trained, site))
        elif said["action"] == "retry":
            agenda.at(agenda.now_us + said["wait_us"], partial(self._download, site))
        else:
            self._leave_out(site, "no model")
            self._look_at_round()

    def _on_trained(self, site: str) -> None:
        self._network.reply(site, partial(self._on_result, site))

    def _on_result(self, site: str) -> None:
        if site in self._in_round and not self.is_over:
            self._in_round.remove(site)
            self._outcome.results += 1
            self._look_at_round()

    def _leave_out(self, site: str, reason: str) -> None:
        self._in_round.discard(site)
        self._outcome.excluded.setdefault(site, reason)

    def _look_at_round(self) -> None:
        """End the round when nobody is left, or too few are."""
        left = len(self._in_round)
        if not left or self._outcome.results + left < self._plan.min_sites:
            self._end_round()

    def _end_round(self) -> None:
        """End the job: it needs the results of the minimum of sites."""
        if self.is_over:
            return
        for site in self._in_round:
            self._outcome.excluded.setdefault(site, "no result")
        results, least = self._outcome.results, self._plan.min_sites
        why = f"{results} of {self._plan.clients} results, {least} needed"
        self._end(completed=results >= least, why=f"round 0: {why}")

    def _end(self, *, completed: bool, why: str) -> None:
        self.is_over = True
        outcome = self._outcome
        outcome.completed, outcome.why, outcome.ended_us = completed, why, self._agenda.now_us
        self._tell("job", f"{'completed' if completed else 'aborted'}: {why}")
