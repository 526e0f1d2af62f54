"""Running SPIN: a model becomes a verifier, and the verifier a text.

The intuition: each run happens in a folder of its own with a copy of the model, so that runs side
by side never meet and no path enters a text.

The use: `build` once for each variant, then `Verifier.claim`, `Verifier.end_states` and, for the
pictures, `Verifier.trail`.

The complication: `-D` options must come before everything else, or SPIN checks the unbroken model
and says so nowhere. And a compiler's warning is no failure, while SPIN's own errors can end with
status 0: what counts is that a verifier was made and that nothing was called an error.

Spec: `spec/models/README.md`. Source: SPIN's manual pages; tried with SPIN 6.5.2.
"""

import contextlib
import resource
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proofs.models.model import Claim

FOLDER = Path(__file__).resolve().parents[2] / "spec" / "models"
"""Where the models are."""

LIMIT_S = 60
"""The most processor time that one process of a tool may take: more is no verdict.

A busy machine makes a run longer, and never an error: only `WAIT_S` is of the wall's clock.
"""
WAIT_S = 1800.0
"""The longest wait for a tool, which may have to share its processor with thirty others."""

_SEARCH = ("-m50000", "-w18")
"""A stack that no model here fills, and a table of few conflicts: a full stack is refused.

Greater ones are paid by each of two hundred runs, most of which end within milliseconds.
"""


class SpinFailed(Exception):
    """A tool is missing, crashed, took too long, or did not make what it should have made."""


def run_tool(
    command: Sequence[str], folder: Path, limit_s: int = LIMIT_S, wait_s: float = WAIT_S
) -> tuple[str, int]:
    """Run `command` in `folder`; return what it said on both outputs, and its exit status.

    Raise `SpinFailed` if it is missing, took more than `limit_s` of processor time or `wait_s`.
    """
    try:
        with subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            try:
                said, _ = _limited(process, limit_s).communicate(timeout=wait_s)
            except BaseException:
                process.kill()
                raise
    except FileNotFoundError as error:
        raise SpinFailed(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise SpinFailed(f"{command[0]} did not end within {wait_s:g} s") from error
    if process.returncode == -signal.SIGXCPU:
        raise SpinFailed(f"{command[0]} took more than {limit_s} s of processor time")
    return said.decode("utf-8", "replace"), process.returncode


def _limited(process: subprocess.Popen[bytes], limit_s: int) -> subprocess.Popen[bytes]:
    """Limit the processor time of `process`, and of what it starts later: each for itself."""
    # It may be over before it could be limited.
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (limit_s, limit_s + 1))
    return process


def version() -> str:
    """Return what SPIN calls itself; raise `SpinFailed` if it is not there."""
    text, _ = run_tool(["spin", "-V"], Path.cwd())
    return text.strip()


@dataclass(frozen=True)
class Verifier:
    """A model, generated in `folder` with `defines`, ready to be compiled and run."""

    name: str
    folder: Path
    defines: tuple[str, ...]

    def compiled(self, program: str, *options: str, optimised: bool = False) -> Path:
        """Compile the verifier with `options` as `program`, unless that was done; return it.

        A short search is over before an optimising compiler has ended, so that a quick compiler
        serves where there is one: it takes a tenth of the time, and the searches are the same.
        """
        path = self.folder / program
        if not path.exists():
            compiler = ["gcc", "-O1"] if optimised else [shutil.which("tcc") or "gcc"]
            command = [*compiler, *options, "-w", "-o", program, "pan.c"]
            text, status = run_tool(command, self.folder)
            if status != 0 or not path.exists():
                raise SpinFailed(f"the verifier of {self.name} does not compile: {text.strip()}")
        return path

    def claim(self, claim: Claim, *, optimised: bool) -> tuple[str, int]:
        """Search for violations of `claim`: liveness under weak fairness, safety without any."""
        program = self.compiled("pan", optimised=optimised)
        fairness = ["-f"] if claim.kind == "liveness" else []
        command = [str(program), "-a", *fairness, *_SEARCH, "-N", claim.name]
        return run_tool(command, self.folder)

    def end_states(self) -> tuple[str, int]:
        """Search for invalid end states, without any claim, and for what no run reaches."""
        program = self.compiled("pan-states", "-DSAFETY", "-DNOCLAIM")
        return run_tool([str(program), *_SEARCH], self.folder)

    def replayed(self) -> str:
        """Return the text of the run that the last violation left behind, print lines included."""
        text, status = run_tool(["spin", *self.defines, "-t", f"{self.name}.pml"], self.folder)
        if "trail ends after" not in text:
            raise SpinFailed(f"no trail of {self.name} to replay ({status}): {text.strip()[-500:]}")
        return text


def build(name: str, folder: Path, defines: Sequence[str] = (), more: str = "") -> Verifier:
    """Generate the verifier of `spec/models/<name>.pml`, followed by `more`, in `folder`."""
    text = (FOLDER / f"{name}.pml").read_text("utf-8")
    return build_text(name, text + more, folder, defines)


def build_text(name: str, text: str, folder: Path, defines: Sequence[str] = ()) -> Verifier:
    """Generate the verifier of a model given as `text`; raise `SpinFailed` if SPIN refuses it."""
    (folder / f"{name}.pml").write_text(text, "utf-8")
    options = tuple(f"-D{define}" for define in defines)
    # The options come first: after -a they would be ignored.
    said, status = run_tool(["spin", *options, "-a", f"{name}.pml"], folder)
    # SPIN echoes each formula, whose names may be anything.
    lines = [line for line in said.splitlines() if not line.startswith("ltl ")]
    wrong = [line for line in lines if "error" in line.lower()]
    if status != 0 or wrong or not (folder / "pan.c").exists():
        reason = "; ".join(wrong) or said.strip() or "no verifier was made"
        raise SpinFailed(f"SPIN refuses {name} ({' '.join(options)}): {reason}")
    return Verifier(name, folder, options)
