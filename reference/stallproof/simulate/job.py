"""The job: deployed, started, and played for a round, over connections of which some stall.

The intuition: the server deploys to every site, waits for replies, lets the gate decide, starts the
sites that are in, and lets it decide again. Then comes the round. The server has a number of
workers for its sends; one that is blocked keeps its worker.

What is decided here: nothing. When a send ends, a connection closes, who is in and whether the job
goes on is said by the drivers and machines, which are asked as any harness is.

Spec: `docs/simulate.md`.
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from stallproof.simulate.network import Network
from stallproof.simulate.plan import JOB_BEGINS_US, Plan
from stallproof.simulate.round import Round
from stallproof.simulate.told import PHASES, Outcome, counted, seconds, shortened
from stallproof.wire.implementation import SendEnded

DEPLOY, START = "deploy", "start"


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
        network.server.hears[SendEnded] = self._on_send_ended
        for relay in network.relays.values():
            relay.hears[SendEnded] = self._on_forwarded
        self._agenda.at(JOB_BEGINS_US, partial(self._begin_phase, DEPLOY, plan.sites))

    # --- deployment and start ---------------------------------------------------------------------

    def _begin_phase(self, phase: str, sites: Sequence[str]) -> None:
        """Send to each of `sites`, and decide when all have replied or it is time."""
        plan = self._plan
        self._phase, self._phase_us = phase, self._agenda.now_us
        self._order, self._asked, self._replies = sites, frozenset(sites), {}
        self._network.tell("server", f"asks {len(sites)} sites to {phase} the job")
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
        self._network.span(PHASES, self._phase_us, phase)
        silent = [site for site in asked if site not in self._replies]
        for relay, held_us in self._network.blocked():
            what = f"a send to {relay} has been under way for {seconds(held_us)}"
            self._network.tell("server", f"{what}; {len(self._waiting)} sends wait for a worker")
        if silent:
            waited = seconds(self._agenda.now_us - self._phase_us)
            self._network.tell("server", f"no reply for {waited} from {counted(plan, silent)}")
        said = self._network.ask("start_gate", {
            "phase": phase, "clients": asked, "replies": [*map(list, self._replies.items())],
            "min_sites": plan.min_sites, "required_sites": list(plan.required_sites),
            "strict": plan.is_strict,
        })  # fmt: skip
        going_on, reason = said["clients"], shortened(said["reason"])
        self._network.tell("gate", f"{phase}: {reason or f'all {len(asked)} go on'}")
        if silent and not said["missing"]:
            self._network.tell("gate", f"{phase}: the {len(silent)} who are silent count as there")
        for site in said["missing"]:
            self._outcome.excluded.setdefault(site, f"no reply to {phase}")
        if said["action"] != "go_on":
            self._end(completed=False, why=f"{phase}: {reason.removeprefix('aborted: ')}")
        elif phase == DEPLOY:
            self._begin_phase(START, going_on)
        else:
            Round(self._plan, self._network, self._outcome, going_on, self._running, self._end)

    def _end(self, *, completed: bool, why: str) -> None:
        """End the job, once."""
        if not self.is_over:
            self.is_over = True
            outcome = self._outcome
            outcome.completed, outcome.why, outcome.ended_us = completed, why, self._agenda.now_us
            self._network.tell("job", f"{'completed' if completed else 'aborted'}: {why}")
