"""The smoke test finds each way in which a harness can be unsound, by the check that names it."""

import shutil
import sys
from pathlib import Path

import pytest

from stallproof.judge.rules.machines import law_of
from stallproof.runner.smoke import Check, is_sound, smoked
from stallproof.runner.smoke.deciding import INPUTS
from stallproof.runner.sut import harness as harness_module
from stallproof.runner.sut.command import REFERENCE_COMMAND
from stallproof.wire.operations import MACHINES
from tests.runner.harness_bench import PATIENCE_S

ROOT = Path(__file__).resolve().parents[3]
TAMPERED = Path(__file__).resolve().parents[1] / "harnesses" / "tampered.py"
PYTHON = ROOT / "tests" / "implementations" / "python" / "harness.py"
NODE = ROOT / "tests" / "implementations" / "node" / "harness.js"


def found(way: str) -> dict[str, Check]:
    """Return what is broken about the reference's harness when it is tampered with."""
    checks = list(smoked((sys.executable, str(TAMPERED), way)))
    return {check.name: check for check in checks if check.state == "broken"}


@pytest.mark.parametrize(
    ("way", "name", "says"),
    [
        ("prints", "hello", "starting up"),
        ("takes-unknown-for-failed", "hello", "operation that nobody knows"),
        ("takes-bad-for-unknown", "nonsense", "'unsupported', not 'failed'"),
        ("dies-of-nonsense", "nonsense", "no answer"),
        ("own-timeout", "config", "30 is in force"),
        ("never-starts", "sends-unix", "never said 'send_started'"),
        ("never-ends", "sends-unix", "no 'send_ended'"),
        ("counts-no-blocks", "sends-unix", "send_ended"),
        ("short-payload", "sends-unix", "length"),
        ("dates-back", "sends-unix", "us after it was asked for"),
        ("dates-ahead", "sends-unix", "send_ended"),
        ("lies-of-frames", "sends-unix", "no frame that names it arrived. The peer read 1,"),
        ("blocks-its-reader", "listens-unix", "answered nothing"),
        ("checks-in-silence", "checks", "'checked'"),
        ("hides-its-monitor", "monitor", "answered with 'ok'"),
        ("jumps-nowhere", "wall_jump", "differ by 0 us"),
        ("streams-in-silence", "streams", "stream_ended"),
        ("takes-acks-in-silence", "streams", "ack_received"),
        ("counts-nothing", "received", "answered with 'unsupported'"),
        ("counts-no-frames", "received", "did not count it"),
        ("keeps-its-knobs", "anew", "after others"),
        ("lingers", "stop", "did not exit"),
        ("ends-badly", "stop", "status 7"),
        ("reads-a-clock", "virtual-time-repeats", "other events the second time"),
        ("keeps-its-cases", "virtual-time-repeats", "config"),
    ],
)
def test_a_broken_harness_is_found_by_the_check_that_names_it(
    way: str, name: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check says what it saw, and what to do about it."""
    if way == "ends-badly":
        # It is about how it ends, and not about how soon.
        monkeypatch.setattr(harness_module, "_STOP_S", PATIENCE_S)
    broken = found(way)
    assert name in broken, broken
    assert says in broken[name].seen
    assert broken[name].advice


@pytest.mark.timing
@pytest.mark.parametrize(
    "command",
    [REFERENCE_COMMAND, (sys.executable, str(PYTHON)), ("node", str(NODE))],
    ids=["reference", "python", "node"],
)
def test_a_sound_harness_is_found_sound(command: tuple[str, ...]) -> None:
    """Nothing is found broken in a harness that passes what it claims."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not there")
    checks = list(smoked(command))
    assert [] == [check for check in checks if check.state == "broken"]
    assert is_sound(checks)


@pytest.mark.timing
@pytest.mark.parametrize(("name", "reports"), [("asyncio_guarded", True), ("asyncio_drain", False)])
def test_who_never_reports_a_shutdown_is_told_what_that_leaves_out(
    name: str, reports: bool
) -> None:
    """It is no mistake, and its owner would look for one in the transport."""
    checks = {
        one.name: one for one in smoked((sys.executable, str(PYTHON.with_name(f"{name}.py"))))
    }
    left_out = [one for one in ("closed-unix", "closed-tcp") if one in checks]
    assert ([] if reports else ["closed-unix", "closed-tcp"]) == left_out
    assert all("SD-12 is not exercised" in checks[one].seen for one in left_out)


def test_what_cannot_be_started_is_said_at_once() -> None:
    """A command that is none is one broken check, and nothing else is looked at."""
    checks = list(smoked(("/nonexistent/harness",)))
    assert [("hello", "broken")] == [(check.name, check.state) for check in checks]
    assert "/nonexistent/harness" in checks[0].seen


def deciding(way: str = "") -> dict[str, Check]:
    """Return the checks of a harness that has machines alone."""
    checks = smoked((sys.executable, str(TAMPERED.with_name("deciding.py")), way))
    return {check.name: check for check in checks}


def test_machines_alone_are_sound_without_a_transport_or_a_knob() -> None:
    """What is not declared is not asked for, and each machine has answered."""
    checks = deciding()
    assert is_sound([*checks.values()]), checks
    assert checks["sending"].state == checks["checks"].state == "left-out"
    assert checks["decide"].state == "sound"
    assert "start_gate, dead_client" in checks["decide"].seen
    assert "machines" not in checks


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("decides-in-silence", "no 'decided'"),
        ("tells-no-input", "its input was not said"),
        ("takes-nothing", "start_gate was asked"),
    ],
)
def test_a_decision_has_a_form(way: str, says: str) -> None:
    """It is said with its input before the answer; whether it is right is for the verdict."""
    check = deciding(way)["decide"]
    assert (check.state, says in check.seen) == ("broken", True), check


@pytest.mark.parametrize(
    ("way", "says"),
    [("misspells", "Is start_gate meant?"), ("forgets-decide", "the feature decide")],
)
def test_a_machine_that_nobody_asks_is_noted(way: str, says: str) -> None:
    """A name that no machine has would leave its requirements out without a word."""
    checks = deciding(way)
    assert says in checks["machines"].seen
    assert checks["machines"].state == "left-out"


def test_each_machine_is_asked_what_the_law_decides() -> None:
    """An input of the smoke test is none that could be refused."""
    assert {*INPUTS} == {*MACHINES}
    assert all(law_of(machine, given) is not None for machine, given in INPUTS.items())


def test_nothing_looked_at_is_not_sound() -> None:
    """A test in which everything was left out found nothing sound."""
    assert not is_sound([])
    assert not is_sound([Check(name="x", state="left-out", seen="y")])
