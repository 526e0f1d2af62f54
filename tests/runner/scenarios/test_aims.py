"""What the scenarios are for, which features that takes, and how much grace they allow."""

from collections.abc import Sequence

import pytest

from stallproof.judge.model.situation import VIRTUAL
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import load_all
from stallproof.runner.features import Taken, features_taken, lacking, never_played
from stallproof.runner.play import SCENARIOS
from stallproof.runner.scenarios.scenario import GraceError, Scenario, require_grace
from stallproof.wire import events as ev
from stallproof.wire.protocol import FEATURES

REGISTRY = load_registry()
JUDGED = [one for one in REGISTRY.requirements if REGISTRY.group(one.group).judged]


def named(name: str) -> Scenario:
    return next(one for one in SCENARIOS if one.name == name)


def test_every_situation_of_the_law_is_what_some_scenario_is_for() -> None:
    """No situation is without a scenario, and no scenario is for one that the law does not know."""
    law = {(one.id, name) for one in JUDGED for name in one.situation_names}
    aims = {(r, name) for s in SCENARIOS for r, names in s.situations.items() for name in names}
    assert law == aims


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_scenario_takes_only_features_that_there_are(scenario: Scenario) -> None:
    """And what a requirement takes alone is for one of its own."""
    assert scenario.features <= FEATURES
    assert set(scenario.takes) <= set(scenario.requirements)
    assert frozenset().union(*scenario.takes.values()) <= FEATURES


def test_closing_needs_no_monitor() -> None:
    """Who has no check to ask for is judged by how it closes all the same."""
    for name in ("closes-while-blocked-unix", "closes-while-blocked-tcp"):
        assert "checks" not in named(name).features
    assert [] == named("closes-while-blocked-tcp").missing({"tcp"})
    assert ["tcp"] == named("closes-while-blocked-tcp").missing({"unix", "checks"})


def test_frames_without_numbers_are_played_and_only_their_numbers_left_out() -> None:
    """SD-14 needs sequence numbers; SD-9 and CX-1 see the same frames without them."""
    scenario = named("many-senders")
    assert [] == scenario.missing({"unix"})
    assert {"sequence": ["SD-14"]} == scenario.missing_for({"unix"})
    assert {} == scenario.missing_for({"unix", "sequence"})


def test_the_table_of_features_is_made_of_the_scenarios() -> None:
    """A situation that several scenarios bring about has several ways, none more than it needs."""
    taken = {(t.requirement, t.situation): t.ways for t in features_taken(REGISTRY, SCENARIOS, [])}
    assert [["unix"], ["tcp"], ["tls"]] == taken["SD-7", "timeout"]
    assert [["sequence", "unix"]] == taken["SD-14", "contended"]
    assert [["tls"]] == taken["SD-12", "closed-midway-tls"]
    virtual = features_taken(REGISTRY, [], load_all())
    ways = {t.requirement: t.ways for t in virtual if t.situation == "virtual-time"}
    assert [["virtual_time"]] == ways["SD-3"]


@pytest.mark.parametrize("profile", ["seed", "hardened"])
def test_grace_up_to_a_tenth_of_the_smallest_bound_is_allowed(profile: str) -> None:
    """A bound of 0.5 s allows 50 ms: 1 us less and that are allowed, 1 us more is not."""
    for grace_us in (49_999, 50_000):
        require_grace(SCENARIOS, grace_us, profile)
    with pytest.raises(GraceError, match=r"50\.001 ms is more than the 50 ms that are allowed"):
        require_grace(SCENARIOS, 50_001, profile)


@pytest.mark.parametrize(("profile", "most_us"), [("hardened", 50_000), ("seed", 250_000)])
def test_a_profile_has_a_most_of_its_own(profile: str, most_us: int) -> None:
    """Where every bound is half a minute the profile alone says how much is allowed."""
    long = [named("wraps")]
    for grace_us in (most_us - 1, most_us):
        require_grace(long, grace_us, profile)
    with pytest.raises(GraceError, match=f"the profile {profile} allows no more"):
        require_grace(long, most_us + 1, profile)


def test_the_bound_that_is_broken_is_named_with_its_scenario() -> None:
    """A user learns what to leave out, or how much to ask for."""
    with pytest.raises(GraceError, match=r"a tenth of the send timeout of 0\.5 s in the scenario"):
        require_grace([named("wraps"), named("trickles-tcp")], 60_000, "seed")


def test_what_nobody_wants_is_left_out_without_a_play() -> None:
    """It stands in the trace, and what is wanted does not."""
    tls, unix = named("never-reads-tls-cold"), named("never-reads-unix")
    told = never_played([tls, unix], {"tls"})
    begun = [one for one in told if isinstance(one, ev.ScenarioBegun)]
    assert ["never-reads-tls-cold"] == [one.name for one in begun]
    assert ["tls"] == [one.feature for one in told if isinstance(one, ev.Unsupported)]
    assert isinstance(told[-1], ev.ScenarioEnded)
    assert [] == never_played([tls, unix], ())


@pytest.mark.parametrize(
    ("features", "lacked"),
    [
        (("unix",), ["checks", "monitor", "tls"]),
        (("unix", "checks", "monitor"), ["tls"]),
        # One way is enough, and of virtual time nobody speaks.
        (("tcp", "tls", "checks"), ["monitor"]),
    ],
)
def test_what_without_has_to_name_is_every_way_that_is_missing(
    features: Sequence[str], lacked: Sequence[str]
) -> None:
    """A situation is left out where each play of it takes something that is named."""
    ways = {"any": [["unix"], ["tcp"]], "sealed": [["tls"]], "watched": [["checks"], ["monitor"]]}
    taken = [Taken(requirement="SD-1", situation=name, ways=one) for name, one in ways.items()]
    taken.append(Taken(requirement="SD-1", situation=VIRTUAL, ways=[["virtual_time"]]))
    taken.append(Taken(requirement="SC-1", situation="form", ways=[["monitor"]]))
    assert lacked == lacking(taken, features)
