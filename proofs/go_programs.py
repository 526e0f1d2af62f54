"""Building the programs in Go, with what the machine has and nothing from elsewhere.

Go keeps what it has compiled in `build/go`, so that a program with one edit takes a second.
"""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULE = ROOT / "tests" / "implementations" / "go"
KIT = MODULE.parent / "kits" / "go"
"""What its programs share: a module of its own, which theirs finds beside it."""
CACHE = ROOT / "build" / "go"
_LIMIT_S = 300.0


class DoesNotBuild(RuntimeError):
    """Say why there is no program: no Go, or what the compiler said."""


def go(*arguments: str, folder: Path = MODULE) -> str:
    """Run the command `go` in `folder` and return what it printed; raises `DoesNotBuild`."""
    if shutil.which("go") is None:
        raise DoesNotBuild("there is no Go")
    # Nothing is downloaded, and no settings of whoever runs this come in.
    env = {**os.environ, "GOCACHE": str(CACHE), "GOENV": "off", "GOFLAGS": "-mod=mod"}
    env |= {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    told = subprocess.run(
        ["go", *arguments],
        cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=_LIMIT_S,
    )  # fmt: skip
    if told.returncode != 0:
        raise DoesNotBuild(f"go {arguments[0]} in {folder.name}: {told.stdout}{told.stderr}")
    return told.stdout + told.stderr


def built(program: Path, package: str = ".", *, folder: Path = MODULE) -> Path:
    """Build one package of the module in `folder` as `program`; raises `DoesNotBuild`."""
    program.parent.mkdir(parents=True, exist_ok=True)
    go("build", "-ldflags=-s -w", "-o", str(program.resolve()), package, folder=folder)
    return program
