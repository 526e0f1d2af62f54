"""Runs of the models and the reference machines agree, and would not if either were wrong."""

import os
import subprocess
from pathlib import Path

import pytest

from proofs.models import replay, replay_directed
from proofs.models.catalogue import MODELS
from proofs.models.model import Model
from proofs.models.replay import first_difference
from proofs.models.replay_directed import forbidding
from proofs.models.replay_lines import MalformedLine, parse, vocabulary_of
from proofs.models.trails import trail_of
from tests.proofs.mutant_sample import under
from tests.proofs.spin_tools import need_spin

ROOT = Path(__file__).resolve().parents[2]
REPLAYED = [model for model in MODELS if model.replayed]
SEND = next(model for model in MODELS if model.name == "send")
POLICY = "# policy send_timeout=4 stall_timeout=1 checks_max=2 close=1"
RUN = f"""
{POLICY}
# lock_taken c1 2 0 -> held 4
# step c1 1 3 -> wait 1
# check c1 2 -> 1 warns
# check c1 3 -> 2 closes
# close c1 -> already
# failed c1 closed 3 -> suppressed open
# lock_taken c1 2 4 -> suppressed
"""

STREAM = """
# policy window=2 chunk=2 progress_timeout=5 ack_wait=9 interval=1
# made s 0
# look s 0 -> begin
# chunk s 2
# look s 1 -> begin
# chunk s 2
# look s 1 -> wait
# ack s 2 other 2 -> other_origin
# ack s 2 mine 2 -> progress
# ack s 2 mine 3 -> no_news
# look s 3 -> begin
# chunk s 2
# look s 3 -> wait
# look s 8 -> no_progress
# stop s cancelled -> no_progress
"""


@pytest.mark.parametrize("run", [RUN, STREAM], ids=["connection", "stream"])
def test_a_run_that_is_right_agrees_wherever_it_is_cut(run: str) -> None:
    """A run that keeps the law agrees as a whole, and so does each beginning of it."""
    lines = run.strip().splitlines()
    for end in range(len(lines) + 1):
        agreed, difference = first_difference("\n".join(lines[:end]))
        assert None is difference
        assert end == len(agreed)


@pytest.mark.parametrize(
    ("right", "wrong", "did"),
    [
        ("held 4", "held 5", "held 4"),
        ("3 -> wait 1", "3 -> timeout", "wait 1"),
        ("3 -> wait 1", "4 -> wait 0", "timeout closes"),
        ("2 -> 1 warns", "2 -> 0 healthy", "1 warns"),
        ("2 closes", "2 warns", "2 closes"),
        ("already", "closes", "already"),
        ("suppressed open", "closed closes", "suppressed open"),
        ("4 -> suppressed", "4 -> held 8", "suppressed open"),
        ("# step c1 1 3", "# step c1 3 3", "it cannot take this step: 0 of 2 bytes are written"),
        ("# close c1", "# close c2", "closes"),
    ],
)
def test_a_run_with_one_wrong_decision_differs_there(right: str, wrong: str, did: str) -> None:
    """The step that is wrong is the one that is named, with what the machine did."""
    assert 1 == RUN.count(right)
    _, difference = first_difference(RUN.replace(right, wrong))
    assert difference is not None
    assert (True, did) == (wrong.split()[-1] in difference.step.text, difference.did)


def test_a_difference_tells_what_came_before() -> None:
    """The report holds the history, the line, the model's word and the machine's."""
    _, difference = first_difference(RUN.replace("2 closes", "2 warns"))
    told = str(difference)
    assert told.index("# lock_taken") < told.index("# check c1 3 -> 2 warns")
    assert told.endswith("the model says: 2 warns\n    the machine: 2 closes")


@pytest.mark.parametrize(
    "line",
    [
        "# ", "# jump c1 3", "# step c1 1 -> wait", "# step c1 1 3", "# step c1 one 3 -> wait",
        "# step c1 1 3 -> perhaps", "# step c1 1 3 -> wait 1 2", "# step c1 1 3 -> wait x",
        "# step c1 1 3 ->", "# check c1 3 -> warns", "# check c1 3 -> 1 warns loudly",
        "# failed c1 late_enough 3 -> timeout", "# close c1 -> closes 1", "# made s 0 -> begin",
        "# ack s 2 mine 2 -> maybe", "# policy send_timeout=4", "# policy speed=3",
        "# policy checks_max=0", "# policy close=1 close=0", "# close c1 -> closes",
    ],
)  # fmt: skip
def test_a_line_that_is_not_understood_is_an_error(line: str) -> None:
    """Nothing is skipped: a malformed line, two policies or none end the comparison."""
    with pytest.raises(MalformedLine):
        first_difference(f"{POLICY if 'policy send' in line else ''}\n{line}")


def test_names_that_promela_forbids_are_read_as_what_they_mean() -> None:
    """A model cannot say timeout, so it says timed_out or late."""
    assert ("timeout",) == parse("# step c1 0 4 -> timed_out").said
    assert ("c1", "timeout", "3") == parse("# failed c1 late 3 -> late").arguments


def test_the_vocabulary_is_what_a_model_can_print() -> None:
    """Words stand in the lines themselves, or are names of the model that the kind knows."""
    text = r"""
    mtype = { closed, error, timed_out, apple };
    printf("# failed c1 %e %d -> %e\n", why, now, end);
    printf("# close c1 -> closes\n"); printf("# received c1 %d\n", now);
    """
    expected = {
        "failed": frozenset({"closed", "error", "timeout"}),
        "close": frozenset({"closes"}),
        "received": frozenset[str](),
    }
    assert expected == vocabulary_of(text)


def test_a_decision_is_forbidden_where_it_is_printed() -> None:
    """An assertion stands behind each line that can print it, and nowhere else."""
    text = 'mtype = { closed, late }; printf("# step c %d %d -> wait\\n", f(a, b), now); x = 1'
    assert "now); assert(false); x" in forbidding(text, "step", "wait")
    named = 'mtype = { closed, late }; printf("# failed c %e %d -> %e\\n", why, now, end)'
    assert named + "; assert((end) != late)" == forbidding(named, "failed", "timeout")


@pytest.mark.parametrize("model", REPLAYED, ids=lambda model: model.name)
def test_random_runs_of_each_model_agree(
    model: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The machines follow each model, and each decision that it can print is met."""
    need_spin()
    monkeypatch.setattr(replay, "RUNS", 24)
    assert 0 == replay.main(model.name)
    assert "steps of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variant", "did"),
    [
        ("expires_late", "timeout closes"),
        ("expires_early", "wait 1"),
        ("expiry_first", "ok open"),
        ("silent_ok", "suppressed open"),
        ("closes_again", "2 warns"),
        ("carries_count", "1 warns"),
        ("closes_at_once", "1 warns"),
        ("writes_after_waking", None),
    ],
)
def test_a_variant_differs_if_its_mistake_is_a_decision(variant: str, did: str | None) -> None:
    """The machines notice a wrong decision; a mistake of the driver's is none of theirs."""
    need_spin()
    agreed, difference = first_difference(trail_of(SEND, SEND.variant(variant)))
    assert len(agreed) > 1
    assert did == (None if difference is None else difference.did)


def run_wrong(mistake: tuple[str, str, str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Replay the send model in a process in which `mistake` is planted."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'reference'}{os.pathsep}{ROOT}"}
    command = [*under(mistake, folder), "proofs.models", "--replay", "send"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    "mistake",
    [
        (
            "stallproof.machines.send_deadline",
            "now_us >= after.deadline_us:",
            "now_us > after.deadline_us:",
        ),
        ("stallproof.machines.connection", "closed_by = closes\n", "closed_by = None\n"),
    ],
    ids=["expires late", "never latched"],
)  # fmt: skip
def test_a_mutant_of_a_machine_differs(mistake: tuple[str, str, str], tmp_path: Path) -> None:
    """A wrong machine is found by the models, as a difference and not as an accident."""
    need_spin()
    done = run_wrong(mistake, tmp_path)
    assert (1, True) == (done.returncode, "DIFFERENT" in done.stdout), done.stdout + done.stderr


def test_a_mutant_that_does_not_fit_is_no_difference(tmp_path: Path) -> None:
    """Text that is not in the module breaks the replay, and counts as nothing found."""
    need_spin()
    done = run_wrong(("stallproof.machines.connection", "text that nobody wrote", ""), tmp_path)
    assert (3, True) == (done.returncode, "fits 0 times" in done.stderr), done.stdout


TINY = r"""
active proctype owner()
{
	bool again;
	printf("# policy send_timeout=4\n");
	printf("# close c1 -> closes\n");
	do
	:: again -> printf("# close c1 -> already\n"); break
	:: break
	:: !again -> again = true
	od
}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TINY, 0),
        (TINY.replace("!again ->", "false ->"), 3),
        (TINY.replace("-> closes", "-> already"), 1),
        (TINY.replace("-> closes", "-> hums"), 3),
        ("active proctype idle() { skip }", 3),
    ],
    ids=["agrees", "never met", "differs", "not understood", "silent"],
)  # fmt: skip
def test_the_status_tells_agreement_from_everything_else(
    text: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 for agreement, 1 for a difference, 3 for a replay that shows nothing."""
    need_spin()
    tiny = Model("tiny", "says little", (), (), replayed=True)
    monkeypatch.setattr(replay, "MODELS", (tiny,))
    monkeypatch.setattr(replay, "RUNS", 12)
    for module in (replay, replay_directed):
        monkeypatch.setattr(module, "text_of", lambda model: text)
    assert expected == replay.main(None)


def test_a_model_that_is_not_replayed_is_refused() -> None:
    """An unknown name is an unusable argument, not a replay of nothing."""
    assert 2 == replay.main("nothing")
