"""One round of a job: each site downloads the model, trains and sends its result.

What is decided here: only that the round needs the results of `min_sites`. When a download is asked
for again, and who is dead, the machines say.

The complication: a site that never heard of the job does not name it in its heartbeats. Before the
guardrails it was taken for dead.

Spec: `docs/simulate.md`.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Protocol

from stallproof.simulate.network import Network
from stallproof.simulate.plan import Plan
from stallproof.simulate.told import PHASES, Outcome, counted, seconds

JOB = "job"


class End(Protocol):
    """What hears that the job is over."""

    def __call__(self, *, completed: bool, why: str) -> None: ...


class Round:
    """The first round, with `sites`, of which those in `running` have the job."""

    def __init__(
        self, plan: Plan, network: Network, outcome: Outcome, sites: Sequence[str],
        running: Collection[str], end: End,
    ) -> None:  # fmt: skip
        """Begin it now; `end` is called when it is over, and may be called again."""
        self._plan, self._network, self._outcome = plan, network, outcome
        self._agenda = agenda = network.agenda
        self._running, self._end = running, end
        self._sites, self._left = sites, {*sites}
        self._began_us = agenda.now_us
        self._outcomes: dict[str, list[str]] = {}
        self._heartbeats: dict[str, list[dict[str, list[str]]]] = {}
        self._streams = 0
        network.tell("job", f"round 0 begins with {len(sites)} sites")
        agenda.at(agenda.now_us + plan.round_timeout_us, self._finish)
        agenda.at(agenda.now_us + plan.report_us, self._on_heartbeats)
        for site in sites:
            if site in running:
                self._outcomes[site] = []
                self._download(site)
        self._look()

    # --- downloads --------------------------------------------------------------------------------

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
        if len(outcomes) != request or site not in self._left:
            return
        outcomes.append(outcome)
        given = {"max_retries": self._plan.max_retries, "outcomes": outcomes.copy()}
        said = self._network.ask("download_retry", given)
        now_us = self._agenda.now_us
        if said["action"] == "go_on":
            if request:
                self._network.tell("client", f"{site} has the model after {request} retries")
            self._agenda.at(now_us + self._plan.train_us, partial(self._on_trained, site))
        elif said["action"] == "retry":
            wait = seconds(said["wait_us"])
            self._network.tell("client", f"{site} has no model: {outcome}; asks again in {wait}")
            self._agenda.at(now_us + said["wait_us"], partial(self._download, site))
        else:
            self._network.tell("client", f"{site} has no model: {outcome}; gives up")
            self._leave_out(site, "no model")
            self._look()

    def _on_trained(self, site: str) -> None:
        self._network.reply(site, partial(self._on_result, site))

    def _on_result(self, site: str) -> None:
        if site in self._left:
            self._left.remove(site)
            self._outcome.results += 1
            self._look()

    # --- heartbeats -------------------------------------------------------------------------------

    def _on_heartbeats(self) -> None:
        """Each site names its jobs; of who does not, the machine says whether it is dead.

        Of who names the job nothing is to be decided.
        """
        dead = []
        for site in self._sites:
            if site in self._left:
                past = self._heartbeats.setdefault(site, [])
                is_there = site in self._running
                past.append({"running": [JOB], "reported": [JOB] if is_there else []})
                if not is_there and self._is_dead(past):
                    dead.append(site)
        if dead:
            told = counted(self._plan, dead)
            self._network.tell("server", f"takes for dead, for want of the job: {told}")
        for site in dead:
            self._leave_out(site, "declared dead")
        self._agenda.at(self._agenda.now_us + self._plan.report_us, self._on_heartbeats)
        self._look()

    def _is_dead(self, past: list[dict[str, list[str]]]) -> bool:
        given = {
            "needed_absences": self._plan.absences,
            "needs_report": self._plan.is_report_needed,
        }
        said = self._network.ask("dead_client", {**given, "heartbeats": past.copy()})
        return JOB in said["notices"]

    # --- the end ----------------------------------------------------------------------------------

    def _leave_out(self, site: str, reason: str) -> None:
        self._left.discard(site)
        self._outcome.excluded.setdefault(site, reason)

    def _look(self) -> None:
        """End the round when nobody is left, or too few are."""
        if not self._left or self._outcome.results + len(self._left) < self._plan.min_sites:
            # Whoever gives up in this same instant does so first, and for a reason of its own.
            self._agenda.at(self._agenda.now_us, self._finish)

    def _finish(self) -> None:
        """End the job: it needs the results of the minimum of sites."""
        for site in self._left:
            self._outcome.excluded.setdefault(site, "no result when the round ended")
        self._network.span(PHASES, self._began_us, "round 0")
        results, least = self._outcome.results, self._plan.min_sites
        why = f"round 0: {results} of {self._plan.clients} results, {least} needed"
        self._end(completed=results >= least, why=why)
