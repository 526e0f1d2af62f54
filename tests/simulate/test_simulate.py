"""A simulated job: what decides how it ends, each limit on both sides, and what it costs."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from stallproof.configuration.knobs import configure
from stallproof.judge.offline import check_traces
from stallproof.judge.report import Report
from stallproof.simulate.link import Agenda, Link
from stallproof.simulate.plan import MIB, SECOND_US, Plan, Stall
from stallproof.simulate.run import simulate
from stallproof.simulate.told import Outcome, Span
from stallproof.wire.codec import write_trace
from stallproof.wire.implementation import AckReceived, WaitBegun, WaitEnded

DEFAULTS = configure({}).effective
FROM_US = 300_000
STALLED = Plan(knobs=DEFAULTS, stalls=(Stall("relay-3", FROM_US, 600 * SECOND_US),))
UNGUARDED = replace(STALLED, guardrails=False, max_retries=0)
BEHIND = {site for site in STALLED.sites if STALLED.relay_of(site) == "relay-3"}


def knobs(**changed: float) -> Mapping[str, float | int | bool]:
    """Return the knobs with some `changed`."""
    return {**DEFAULTS, **changed}


def judged(outcome: Outcome, folder: Path) -> Report:
    """Return the report of the offline check on the trace of `outcome`."""
    path = folder / "job.jsonl"
    write_trace(path, outcome.trace)
    return check_traces([path], profile=None, selected=None, without=frozenset())


def verdicts(report: Report, verdict: str) -> set[str]:
    """Return the requirements with `verdict`."""
    return {one.id for one in report.requirements if one.verdict == verdict}


def span_of(outcome: Outcome, kind: str) -> Span:
    """Return the one span of `kind` on the connection to relay-3."""
    (span,) = [one for one in outcome.spans["relay-3"] if one.kind == kind]
    return span


# --- the whole chain ------------------------------------------------------------------------------


def test_with_the_guardrails_the_job_completes_without_the_stragglers(tmp_path: Path) -> None:
    """Only the sites behind the stalled relay are out, and nothing in the trace breaks the law."""
    outcome = simulate(STALLED, is_traced=True)
    assert outcome.completed
    assert set(outcome.excluded) == BEHIND
    assert outcome.results == len(STALLED.sites) - len(BEHIND)
    report = judged(outcome, tmp_path)
    assert verdicts(report, "fail") == verdicts(report, "inconclusive") == set()
    assert {"SD-1", "SD-3", "SD-5", "SD-13", "SC-12", "CX-3", "SG-1", "SG-2"} <= verdicts(
        report, "pass"
    )


def test_without_the_guardrails_it_aborts_in_round_0(tmp_path: Path) -> None:
    """The blocked send keeps the workers, silence counts as success; the check says what broke."""
    outcome = simulate(UNGUARDED, is_traced=True)
    assert not outcome.completed
    assert outcome.why == "round 0: 0 of 144 results, 115 needed"
    assert set(outcome.excluded.values()) == {"declared dead"}
    held = span_of(outcome, "blocked")
    assert held.until_us == outcome.ended_us
    told = [one.what for one in outcome.moments]
    assert any("165 sends wait for a worker" in what for what in told)
    assert any("silent count as there" in what for what in told)
    assert verdicts(judged(outcome, tmp_path), "fail") == {"SD-1", "SG-1"}


@pytest.mark.parametrize("guardrails", [True, False])
def test_where_nothing_stalls_the_guardrails_change_nothing(guardrails: bool) -> None:
    """Everybody takes part, at the same times."""
    outcome = simulate(replace(STALLED, stalls=(), guardrails=guardrails))
    assert outcome.completed
    assert outcome.excluded == {}
    assert outcome.moments == simulate(replace(STALLED, stalls=())).moments


def test_the_same_plan_gives_the_same_trace() -> None:
    """Nothing is drawn, and no clock is read."""
    small = replace(STALLED, clients=12, min_sites=10)
    assert simulate(small, is_traced=True).trace == simulate(small, is_traced=True).trace


def test_whoever_gives_up_in_the_last_instant_has_that_reason() -> None:
    """The round ends after all of them, and not in their midst."""
    outcome = simulate(replace(STALLED, stalls=(), knobs=knobs(streaming_ack_interval=32 * MIB)))
    assert not outcome.completed
    assert set(outcome.by_reason()) == {"no model"}


# --- what decides, on both sides of its limit -----------------------------------------------------


@pytest.mark.parametrize(("early_us", "out"), [(1, set()), (0, BEHIND), (-1, BEHIND)])
def test_a_stall_that_ends_before_the_deadline_excludes_nobody(
    early_us: int, out: set[str]
) -> None:
    """The last byte 1 us before the deadline is in time; at it and after it the time is out."""
    held = span_of(simulate(replace(STALLED, stalls=(Stall("relay-3", FROM_US, SECOND_US * 9),))),
                   "blocked")  # fmt: skip
    timeout_us = round(float(DEFAULTS["streaming_send_timeout"]) * SECOND_US)
    more_us = held.from_us + timeout_us - held.until_us - early_us
    stall = Stall("relay-3", FROM_US, SECOND_US * 9 + more_us)
    outcome = simulate(replace(STALLED, stalls=(stall,)))
    assert span_of(outcome, "blocked").until_us == held.from_us + timeout_us - max(0, early_us)
    assert set(outcome.excluded) == out


@pytest.mark.parametrize(("min_sites", "completes"), [(119, True), (120, True), (121, False)])
def test_the_minimum_of_sites_decides(min_sites: int, completes: bool) -> None:
    """With 120 left, 120 are enough and 121 are not; the reason says so."""
    outcome = simulate(replace(STALLED, min_sites=min_sites))
    assert outcome.completed is completes
    assert f"{min_sites} needed" in outcome.why
    assert completes or outcome.why.startswith("start: 120 of 125 active, 121 needed; timed out:")


@pytest.mark.parametrize(("site", "completes"), [("site-2", True), ("site-3", False)])
def test_a_required_site_decides(site: str, completes: bool) -> None:
    """The job goes on without others, and not without one that it needs."""
    outcome = simulate(replace(STALLED, required_sites=(site,)))
    assert outcome.completed is completes
    assert completes or f"required: {site}" in outcome.why


@pytest.mark.parametrize(("checks", "completes"), [(3, True), (4, True), (5, False)])
def test_the_monitor_closes_in_time_or_not(checks: int, completes: bool) -> None:
    """Where no send times out: closed at 65 s the others are served before 66 s, at 70 s not."""
    monitored = knobs(
        streaming_send_timeout=900.0,
        sfm_close_stalled_connection=True,
        sfm_send_stall_consecutive_checks=checks,
    )
    outcome = simulate(replace(STALLED, knobs=monitored, deploy_timeout_us=66 * SECOND_US))
    assert outcome.completed is completes


def test_a_monitor_that_only_warns_closes_nothing() -> None:
    """The switch is off: it warns, the workers stay blocked, and the gate aborts."""
    outcome = simulate(
        replace(STALLED, knobs=knobs(streaming_send_timeout=900.0), deploy_timeout_us=10**8)
    )
    assert not outcome.completed
    assert not any("closes" in one.what for one in outcome.moments)
    assert any("(4/3)" in one.what for one in outcome.moments)


@pytest.mark.parametrize(("retries", "out"), [(0, BEHIND), (1, set())])
def test_a_download_that_is_retried_outlives_the_stall(
    retries: int, out: set[str], tmp_path: Path
) -> None:
    """The first request times out during the stall, and the second one ends after it."""
    stalls = (Stall("relay-3", 3 * SECOND_US, 150 * SECOND_US),)
    outcome = simulate(replace(STALLED, stalls=stalls, max_retries=retries), is_traced=True)
    assert set(outcome.excluded) == out
    report = judged(outcome, tmp_path)
    assert verdicts(report, "fail") == set()
    assert {"AP-2", "AP-3", "RT-1"} <= verdicts(report, "pass")


def test_the_watchdog_gives_up_at_its_timeout() -> None:
    """A timeout as long as the longest time without progress is too short; 1 us more is enough."""
    stalls = (Stall("relay-3", 3 * SECOND_US, 50 * SECOND_US),)
    small = replace(STALLED, clients=144, stalls=stalls, knobs=knobs())
    clocks: dict[int, int] = {}
    longest_us = 0
    for event in simulate(small, is_traced=True).trace:
        if isinstance(event, WaitBegun):
            clocks[event.stream] = max(clocks.get(event.stream, 0), event.at_us)
        elif isinstance(event, AckReceived) and event.stream in clocks:
            longest_us = max(longest_us, event.at_us - clocks[event.stream])
            clocks[event.stream] = event.at_us
        elif isinstance(event, WaitEnded):
            clocks.pop(event.stream)

    def gives_up(timeout_us: int) -> bool:
        changed = knobs(streaming_ack_progress_timeout=timeout_us / SECOND_US)
        told = simulate(replace(small, knobs=changed)).moments
        return any("no_progress" in one.what for one in told)

    assert longest_us > stalls[0].for_us
    assert [gives_up(longest_us + more_us) for more_us in (-1, 0, 1)] == [True, True, False]


def test_one_site_that_stalls_is_out_alone() -> None:
    """Its relay closes the one connection, and goes on with the others."""
    outcome = simulate(replace(STALLED, stalls=(Stall("site-17", 200_000, 300 * SECOND_US),)))
    assert outcome.completed
    assert set(outcome.excluded) == {"site-17"}


# --- its parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins_us", "parts"),
    [
        (0, [(100, 100)]),
        (99, [(100, 1), (199 + 50, 99)]),
        (100, [(250, 100)]),
        (149, [(250, 100)]),
        (150, [(250, 100)]),
    ],
)
def test_a_link_stands_still_during_a_stall(begins_us: int, parts: list[tuple[int, int]]) -> None:
    """What began before the stall arrives in part, and the rest after it."""
    agenda, took = Agenda(), list[tuple[int, int]]()
    link = Link(agenda, SECOND_US, Stall("relay-1", 100, 50))
    agenda.at(begins_us, lambda: link.carry(100, lambda n: took.append((agenda.now_us, n))))
    agenda.run(lambda: False)
    assert took == parts


def test_the_cost_grows_with_the_number_of_clients() -> None:
    """Ten times the clients and relays cost about ten times as much; 40 times would be too much."""

    def cost_s(clients: int, relays: int) -> float:
        plan = replace(
            STALLED, clients=clients, relays=relays, min_sites=clients // 3, model_bytes=MIB
        )
        began_s = time.process_time()
        outcome = simulate(plan)
        assert outcome.completed
        return time.process_time() - began_s

    assert cost_s(2000, 20) < 40 * cost_s(200, 2)
