"""The models' gate: what a verifier's text counts for, and that SPIN is really asked."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.models import checks, source, spin
from proofs.models.catalogue import MODELS
from proofs.models.model import Kind, Model, Variant
from proofs.models.spin import SpinFailed, build_text, run_tool
from proofs.models.verdict import judge, read_search

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / "proofs" / "models" / "install_spin.sh"


def lacks_spin() -> bool:
    """Tell whether these tests cannot ask SPIN; under CI that is a failure and not a reason."""
    is_missing = shutil.which("spin") is None or shutil.which("gcc") is None
    assert not (is_missing and os.environ.get("CI")), "under CI the models must be checked"
    return is_missing


needs_spin = pytest.mark.skipif(lacks_spin(), reason="SPIN or gcc is missing: make models")

# --- what a text counts for -----------------------------------------------------------------------

HOLDS = """\
pan: ltl formula one_holder

(Spin Version 6.5.2 -- 6 December 2019)
\t+ Partial Order Reduction

Full statespace search for:
\tnever claim         \t+ (one_holder)
\tassertion violations\t+ (if within scope of claim)
\tacceptance   cycles \t+ (fairness disabled)
\tinvalid end states\t- (disabled by never claim)

State-vector 68 byte, depth reached 116, errors: 0
   207423 states, stored
   180000 states, matched
   387423 transitions (= stored+matched)
        0 atomic steps

unreached in proctype sender
\tlock.pml:12, state 3, "left = 0"
\t(1 of 4 states)
unreached in claim one_holder
\t_spin_nvr.tmp:8, state 10, "-end-"
\t(1 of 10 states)

pan: elapsed time 0.13 seconds
"""
"""The text of a search in which a safety claim holds."""

BROKEN = HOLDS.replace("errors: 0", "errors: 1").replace(
    "(Spin Version",
    "pan:1: assertion violated  !( !((holders<=1))) (at depth 117)\n(Spin Version",
)


def verdict(text: str, status: int = 0) -> str:
    """Judge `text` as the answer about the safety claim `one_holder`."""
    return judge(text, status, claim="one_holder")[0]


def test_a_whole_search_without_an_error_holds() -> None:
    """Nothing is wrong with the sample that the other tests damage."""
    assert "holds" == verdict(HOLDS)
    search = read_search(HOLDS)
    assert (207423, 387423, 116) == (search.states, search.transitions, search.depth)
    assert ("sender: left = 0",) == search.unreached


def test_a_violation_of_the_claim_is_one() -> None:
    """The claim's own assertion failed."""
    assert "broken" == verdict(BROKEN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Segmentation fault\n",
        HOLDS.replace("pan: elapsed time 0.13 seconds", ""),
        HOLDS.replace("Full statespace search for:", "Bit statespace search for:"),
        HOLDS.replace("\t+ Partial", "error: max search depth too small\n\t+ Partial"),
        HOLDS.replace("\t+ Partial", "pan: out of memory\n\t+ Partial"),
        HOLDS.replace("\t+ Partial", "Warning: Search not completed\n\t+ Partial"),
        HOLDS.replace("errors: 0", "errors: 1"),
        HOLDS.replace("formula one_holder", "formula another"),
        HOLDS.replace("pan: ltl formula one_holder\n", ""),
        HOLDS.replace("+ (one_holder)", "+ (another)"),
        HOLDS.replace("+ (one_holder)", "- (not selected)"),
        HOLDS.replace("fairness disabled", "fairness enabled"),
        HOLDS.replace("   207423 states, stored", "        0 states, stored"),
        HOLDS.replace("387423 transitions (= stored+matched)", "transitions"),
        BROKEN.replace("assertion violated  !( !((holders<=1)))", "invalid end state"),
        BROKEN.replace("assertion violated  !( !((holders<=1)))", "invalid array index"),
        HOLDS + HOLDS,
    ],
)
def test_a_text_that_is_not_wholly_as_asked_is_no_verdict(text: str) -> None:
    """Cut short, crashed, another claim, another question: neither holds nor fails."""
    assert "unusable" == verdict(text)


@pytest.mark.parametrize("text", [HOLDS, BROKEN])
def test_a_verifier_that_ends_badly_says_nothing(text: str) -> None:
    """Whatever it printed, an exit status other than 0 is no verdict."""
    assert "unusable" == verdict(text, 139)


def test_a_liveness_claim_needs_its_fairness() -> None:
    """A search without weak fairness is another question."""
    assert "unusable" == judge(HOLDS, 0, claim="one_holder", kind="liveness")[0]
    fair = HOLDS.replace("fairness disabled", "fairness enabled")
    assert "holds" == judge(fair, 0, claim="one_holder", kind="liveness")[0]


@pytest.mark.parametrize("is_variant", [False, True])
def test_no_verdict_is_never_a_pass(is_variant: bool) -> None:
    """An error is one for a model and for a variant alike."""
    assert "error" == checks.outcome_of("unusable", broken_on_purpose=is_variant)


def test_a_variant_must_fail_and_a_model_must_hold() -> None:
    """The same verdict means the opposite for the two."""
    assert "holds" == checks.outcome_of("holds", broken_on_purpose=False)
    assert "broken" == checks.outcome_of("broken", broken_on_purpose=False)
    assert "fails as it must" == checks.outcome_of("broken", broken_on_purpose=True)
    assert "holds and must not" == checks.outcome_of("holds", broken_on_purpose=True)


def test_a_tool_that_only_waits_is_not_over_its_limit(tmp_path: Path) -> None:
    """What counts is the processor time: a machine that is slow or busy makes no error."""
    assert ("so\n", 0) == run_tool(["sh", "-c", "sleep 1.2; echo so"], tmp_path, limit_s=1)


def test_a_tool_that_takes_too_long_is_no_verdict(tmp_path: Path) -> None:
    """A tool that works for ever is ended, and so is one that never ends; each says which."""
    with pytest.raises(SpinFailed, match="more than 1 s of processor time"):
        run_tool(["sh", "-c", "while :; do :; done"], tmp_path, limit_s=1)
    with pytest.raises(SpinFailed, match=r"did not end within 0\.1 s"):
        run_tool(["sleep", "60"], tmp_path, wait_s=0.1)


# --- models and catalogue -------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_model_and_catalogue_agree(model: Model) -> None:
    """Each claim and each variant is in both, each claim is broken by some variant."""
    assert [] == source.complaints(model)


def test_every_model_is_in_the_catalogue() -> None:
    """No file of the folder is left out."""
    files = {path.stem for path in (ROOT / "spec" / "models").glob("*.pml")}
    assert files == {model.name for model in MODELS}


def test_a_difference_is_reported() -> None:
    """A claim without a variant, a variant that is misspelt, a claim that is missing."""
    model = MODELS[0]
    fewer = replace(model, variants=model.variants[1:])
    assert source.complaints(fewer)
    other = Variant("no_such_mistake", "nothing", breaks=model.claims[0].name)
    assert source.complaints(replace(model, variants=(*model.variants, other)))
    assert source.complaints(replace(model, claims=model.claims[1:]))
    text = source.text_of(model)
    assert source.complaints(model, text.replace("ltl ", "ltl x", 1))
    assert source.complaints(model, text + "\nactive proctype one() { skip }\n" * 4)


# --- SPIN itself ----------------------------------------------------------------------------------

TINY = """
byte holders = 0;
bool waiting = true;
active [2] proctype one() {
  d_step { holders == 0 -> holders++ };
#ifdef BREAK_GIVES_TOO_EARLY
  holders--;
  holders++;
  holders++;
#endif
  holders--
}
active proctype other() { waiting = false }
ltl one_holder { [] (holders <= 1) }
ltl ends { <> !waiting }
"""


@needs_spin
def test_spin_is_asked_the_claim_that_was_meant(tmp_path: Path) -> None:
    """A tiny model holds, its variant fails, each by the text of a real run."""
    claim = replace(MODELS[0].claims[0], name="one_holder", kind="safety")
    sound = build_text("tiny", TINY, tmp_path)
    assert "holds" == judge(*sound.claim(claim, optimised=False), claim="one_holder")[0]
    fair = replace(claim, name="ends", kind="liveness")
    text, status = sound.claim(fair, optimised=False)
    assert "holds" == judge(text, status, claim="ends", kind="liveness")[0]
    assert "unusable" == judge(text, status, claim="one_holder")[0]
    folder = tmp_path / "variant"
    folder.mkdir()
    wrong = build_text("tiny", TINY, folder, ("BREAK_GIVES_TOO_EARLY",))
    assert "broken" == judge(*wrong.claim(claim, optimised=False), claim="one_holder")[0]


def _tiny_model(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Model:
    """Return a model of `text` in `folder`: two invariants, one claim more, and no variant."""
    monkeypatch.setattr(source, "FOLDER", folder)
    monkeypatch.setattr(spin, "FOLDER", folder)
    (folder / "tiny.pml").write_text(text + "ltl few { [] (holders < 9) }\n", "utf-8")
    claims: dict[str, Kind] = {"one_holder": "safety", "ends": "liveness", "few": "safety"}
    return replace(
        MODELS[0], name="tiny", variants=(), unreached=(),
        claims=tuple(
            replace(MODELS[0].claims[0], name=name, kind=kind) for name, kind in claims.items()
        ),
    )  # fmt: skip


def test_what_speaks_of_two_moments_is_no_invariant() -> None:
    """Only what is `[] p` of a `p` without time can be searched together with others."""
    text = (
        "ltl a { [] (x == 1) }\nltl b { [] (x == 1 -> <> (x == 0)) }\nltl c { <> (x == 1) }\n"
        "ltl d { [] (x == 1 -> [] (x == 1)) }\nltl e { ([] (x == 1)) && ([] (y == 1)) }\n"
        "ltl f {\n  [] ((x == 1) U (y == 1))\n}\nltl g {\n  [] !U_\n}\n"
    )
    assert {"a": "(x == 1)", "g": "!U_"} == source.invariants_in(text)


@needs_spin
def test_invariants_that_hold_are_searched_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has the verdict and the numbers that it has when it is searched alone."""
    model = _tiny_model(tmp_path, TINY, monkeypatch)
    done = checks.carry_out(checks.Job(model))
    assert ["holds"] * 4 == [each.outcome for each in done], done
    folder = tmp_path / "alone"
    folder.mkdir()
    alone = read_search(spin.build("tiny", folder).claim(model.claims[0], optimised=False)[0])
    assert [(alone.states, alone.transitions)] * 2 == [
        (each.states, each.transitions) for each in done if each.claim in ("one_holder", "few")
    ]


@needs_spin
def test_an_invariant_that_does_not_hold_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the invariants do not hold together, each is asked alone."""
    wrong = TINY.replace("#ifdef BREAK_GIVES_TOO_EARLY", "#if 1")
    model = _tiny_model(tmp_path, wrong, monkeypatch)
    done = checks.carry_out(checks.Job(model))
    assert [("one_holder", "broken"), ("ends", "holds"), ("few", "holds")] == [
        (each.claim, each.outcome) for each in done if each.claim != checks.END_STATES
    ]


@needs_spin
def test_a_model_that_spin_refuses_is_no_verdict(tmp_path: Path) -> None:
    """A text that is no Promela fails the build."""
    with pytest.raises(SpinFailed):
        build_text("none", "active proctype one( { }", tmp_path)


@needs_spin
def test_an_unknown_claim_is_no_verdict(tmp_path: Path) -> None:
    """The verifier goes on with another claim where it does not find the one asked for."""
    claim = replace(MODELS[0].claims[0], name="no_such_claim", kind="safety")
    text, status = build_text("tiny", TINY, tmp_path).claim(claim, optimised=False)
    assert "unusable" == judge(text, status, claim="no_such_claim")[0]


@needs_spin
def test_a_statement_that_is_never_reached_is_reported(tmp_path: Path) -> None:
    """A model in which nothing happens keeps every law."""
    idle = "byte x;\nactive proctype one() { if :: x == 0 -> skip :: x == 1 -> x = 2 fi }\n"
    search = read_search(build_text("idle", idle, tmp_path).end_states()[0])
    assert "one: x = 2" in search.unreached
    assert checks.unreached_complaint(MODELS[0], search)
    declared = replace(MODELS[0], unreached=search.unreached)
    assert "" == checks.unreached_complaint(declared, search)
    assert checks.unreached_complaint(replace(MODELS[0], unreached=("one: x = 9",)), search)


@needs_spin
def test_one_model_as_its_users_check_it() -> None:
    """The command ends with 0 on a sound model, and tells each claim and variant."""
    done = subprocess.run(
        [sys.executable, "-m", "proofs.models", "--only", "closing", "--json", "-"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "reference")},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout + done.stderr
    model = next(model for model in MODELS if model.name == "closing")
    for name in (*(c.name for c in model.claims), *(v.name for v in model.variants)):
        assert f'"{name}"' in done.stdout


def test_unusable_arguments_are_told_apart() -> None:
    """An unknown model is no failure of a model."""
    done = subprocess.run(
        [sys.executable, "-m", "proofs.models", "--only", "no_such_model"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "reference")},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert 2 == done.returncode
    assert "no_such_model" in done.stderr


# --- where SPIN is missing ------------------------------------------------------------------------

TOOLS = ("sh", "id", "cat", "echo", "make", "mkdir", "rm", "touch", "sed", "printf", "env")


def bare_path(folder: Path) -> str:
    """Make a folder of commands with neither SPIN nor a compiler nor a package manager."""
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, tool
        (folder / tool).symlink_to(found)
    return str(folder)


def checkout(folder: Path) -> Path:
    """Make what `make models-in-test` needs, with an environment that counts as made."""
    (folder / "proofs" / "models").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(INSTALL, folder / "proofs" / "models")
    (folder / ".venv").mkdir()
    (folder / ".venv" / ".made").touch()
    return folder


def test_where_nothing_can_be_installed_it_says_how(tmp_path: Path) -> None:
    """The script fails, names what is missing and where to get it."""
    path = bare_path(tmp_path / "bin")
    done = subprocess.run(
        ["sh", str(INSTALL)], env={"PATH": path}, capture_output=True, text=True, timeout=60
    )
    assert 1 == done.returncode
    for words in ("spin", "gcc", "apt-get install", "dnf", "pacman", "brew", "source"):
        assert words in done.stderr


@pytest.mark.parametrize("ci", ["", "1"])
def test_a_missing_spin_is_said_and_under_ci_it_fails(tmp_path: Path, ci: str) -> None:
    """Without CI the other checks go on and the mark is left for the last line; never silently."""
    path = bare_path(tmp_path / "bin")
    folder = checkout(tmp_path / "checkout")
    done = subprocess.run(
        ["make", "-o", ".venv/.made", "models-in-test"], cwd=folder, env={"PATH": path, "CI": ci},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    mark = folder / "build" / "models-not-checked"
    if ci:
        assert 0 != done.returncode
        assert "under CI the models must be checked" in done.stderr
        assert not mark.exists()
    else:
        assert 0 == done.returncode, done.stderr
        assert "NOT checked" in done.stderr
        assert mark.exists()


def test_what_is_there_is_not_installed_again(tmp_path: Path) -> None:
    """With both tools the script says nothing and is content."""
    folder = tmp_path / "bin"
    path = bare_path(folder)
    for tool in ("spin", "gcc"):
        (folder / tool).write_text("#!/bin/sh\nexit 0\n")
        (folder / tool).chmod(0o755)
    done = subprocess.run(
        ["sh", str(INSTALL)], env={"PATH": path}, capture_output=True, text=True, timeout=60
    )
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
