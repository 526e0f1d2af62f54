"""Playing configurations: fresh processes where they have to be, and harnesses that break."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stallproof.requirements.registry import load_registry
from stallproof.runner import play_configurations
from stallproof.runner.play import SCENARIOS
from stallproof.runner.play_configurations import ACCEPTED_MAX, BREAKAGES_MAX, ConfigurationPlayer
from stallproof.runner.scenarios.configuration import scenario
from stallproof.runner.scenarios.scenario import Configuration
from stallproof.runner.sut.client import HarnessBroken
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent

HARNESS = Path(__file__).parent / "harnesses" / "configurable.py"


def played(
    files: Sequence[str], *, features: Sequence[str] = ("config",), bad: bool = False
) -> list[AnyEvent]:
    """Ask the configurable harness for these files; return the events of the run."""
    asked = [Configuration(file, f'"{file}"', is_bad=bad) for file in files]
    player = ConfigurationPlayer(
        scenario("told", "CF-1", "", asked),
        [sys.executable, str(HARNESS), *features],
        None,
        lambda: False,
    )
    try:
        run = player.repetition(1)
    finally:
        player.stop()
    assert run.timeless
    return [codec.decode(line) for line in run.lines]


def answers(events: list[AnyEvent]) -> list[ev.ConfigurationAnswered]:
    return [e for e in events if isinstance(e, ev.ConfigurationAnswered)]


def breakages(events: list[AnyEvent]) -> list[str]:
    return [e.what for e in events if isinstance(e, ev.HarnessFailed)]


def test_what_is_in_force_is_followed_by_a_fresh_process() -> None:
    """After a refusal the same process is asked again, after an acceptance another one."""
    told = answers(played(["bad", "bad", "good", "good", "bad"]))
    assert ["refused", "refused", None, None, "refused"] == [a.error for a in told]
    assert ["0", "1", None, None, "0"] == [a.allowed for a in told]
    pids, asked_before = zip(*(a.notes for a in told if a.error is None), strict=True)
    assert ("2", "0") == asked_before
    assert len(set(pids)) == 2


def test_a_failure_is_followed_by_a_fresh_process() -> None:
    """Nobody knows what is in force after something went wrong, or was not understood."""
    told = answers(played(["fail", "unknown", "bad"]))
    assert ["failed", "unsupported", "refused"] == [a.error for a in told]
    assert "0" == told[-1].allowed


def test_a_refusal_is_recorded_as_it_was_given() -> None:
    """Knob, value and what is allowed stand in the trace, and what was asked beside them."""
    events = played(["bad"])
    asked = next(e for e in events if isinstance(e, ev.ConfigurationAsked))
    told = answers(events)[0]
    assert ('"bad"', "bad") == (asked.file, asked.case)
    assert (asked.id, "k", [1], "bad") == (told.id, told.knob, told.value, told.message)
    assert asked.at_us <= told.at_us


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("die", "died"),
        ("garbage", "garbage"),
        ("shapeless", "protocol"),
        ("endless", "flood"),
    ],
)
def test_a_harness_that_breaks_is_never_taken_for_a_refusal(word: str, what: str) -> None:
    """The failure is recorded without an answer, and the case after it is played."""
    events = played([word, "bad", "good"])
    assert [what] == breakages(events)
    assert ["refused", None] == [a.error for a in answers(events)]
    assert 3 == len([e for e in events if isinstance(e, ev.ConfigurationAsked)])


def test_a_harness_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer in time is no refusal either."""
    patient_s, broke = play_configurations.ANSWERS_WITHIN_S, ConfigurationPlayer._broke
    monkeypatch.setattr(play_configurations, "ANSWERS_WITHIN_S", 0.3)

    def patient_again(player: ConfigurationPlayer, error: HarnessBroken) -> None:
        monkeypatch.setattr(play_configurations, "ANSWERS_WITHIN_S", patient_s)
        broke(player, error)

    monkeypatch.setattr(ConfigurationPlayer, "_broke", patient_again)
    events = played(["hang", "good"])
    assert ["hung"] == breakages(events)
    assert [None] == [a.error for a in answers(events)]


def test_a_harness_that_breaks_again_and_again_is_not_started_any_more() -> None:
    """The rest of the scenario is not played."""
    events = played(["die"] * (BREAKAGES_MAX + 2))
    assert BREAKAGES_MAX == len(breakages(events))


def test_bad_ones_that_are_accepted_end_the_bad_ones() -> None:
    """The law is broken by the first; each further one would cost a process."""
    events = played(["good"] * (ACCEPTED_MAX + 2), bad=True)
    assert ACCEPTED_MAX == len(answers(events))


def test_our_own_variables_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What configures is in the request, and nowhere else."""
    monkeypatch.setenv("NVFLARE_HEARTBEAT_INTERVAL", "1")
    assert 2 == len(answers(played(["good"]))[0].notes)


def test_who_cannot_be_configured_is_left_out() -> None:
    """A feature that was not declared leaves the scenario unsupported, and nothing is asked."""
    events = played(["good"], features=())
    assert ["config"] == [e.feature for e in events if isinstance(e, ev.Unsupported)]
    assert [] == answers(events)


def test_a_harness_that_does_not_start_is_one_failure() -> None:
    """Nothing is played, and the reason is told once."""
    one = scenario("told", "CF-1", "", [Configuration("good")])
    player = ConfigurationPlayer(one, ["/nonexistent/harness"], None, lambda: False)
    lines = player.repetition(1).lines
    assert ["missing"] == breakages([codec.decode(line) for line in lines])
    assert player.hopeless


def test_every_requirement_of_cf_has_its_scenarios() -> None:
    """Each is asked for by name, plays once, and is judged by no clock."""
    configuring = [s for s in SCENARIOS if s.configurations is not None]
    asked_for = {one for s in configuring for one in s.requirements}
    assert {r.id for r in load_registry().requirements if r.group == "CF"} == asked_for
    assert {1} == {s.repetitions for s in configuring}
