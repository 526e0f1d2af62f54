"""Implementations that are wrong on purpose: the right one with one piece of its text exchanged.

The intuition: whoever wants to show that an oracle finds a mistake needs an implementation that has
this mistake and no other. So it is planted in a copy of one that passes: mend that one piece of
text, change nothing else, and the verdict turns.

The use: `planted(wrong)` makes the copy, `command_of(wrong, folder)` what starts it.

The complication: a mistake that is planted in vain, because the text has changed, would look
like one that nobody finds. So the text has to occur exactly once, or nothing is planted.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.implementations.c.building import built

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = "reference/stallproof"
_START_REFERENCE = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop()); "
    "runpy.run_module('stallproof.harness', run_name='__main__', alter_sys=True)"
)
_NO_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One named mistake: `old` in `file` (relative to the repository) becomes `new`.

    `breaks`: exactly the requirements that fail by it, of those in `only` (`None`: of all).
    """

    name: str
    language: Literal["python", "node", "c"]
    says: str
    file: str
    old: str
    new: str
    breaks: frozenset[str]
    clock: Literal["virtual", "real"] = "virtual"
    only: frozenset[str] | None = None


class NotPlanted(AssertionError):
    """The text of the mistake does not occur exactly once, or the exchange changes nothing."""


def planted(wrong: Wrong, parent: Path | None = None) -> Path:
    """Copy what `wrong` is made from into a new folder, exchange the text, and return the folder.

    The folder is made in `parent`, or where the system keeps temporary files; removing it is left
    to the caller. Raises `NotPlanted` when the text does not occur exactly once.
    """
    source = copied_from(wrong)
    folder = Path(tempfile.mkdtemp(prefix=f"{wrong.name}-", dir=parent))
    shutil.copytree(source, folder / source.name, ignore=_NO_SOURCE)
    place = folder / source.name / (ROOT / wrong.file).relative_to(source)
    text = place.read_text("utf-8")
    if text.count(wrong.old) != 1 or wrong.old == wrong.new:
        times = text.count(wrong.old)
        raise NotPlanted(f"{wrong.name}: the text to exchange is {times} times in {wrong.file}")
    place.write_text(text.replace(wrong.old, wrong.new), "utf-8")
    return folder


def copied_from(wrong: Wrong) -> Path:
    """Return the folder that is copied: the whole package of the reference, or that of `file`."""
    if wrong.file.startswith(f"{REFERENCE}/"):
        return ROOT / REFERENCE
    return (ROOT / wrong.file).parent


def command_of(wrong: Wrong, folder: Path) -> tuple[str, ...]:
    """Return what starts the implementation that was planted into `folder`; C is compiled first."""
    source = copied_from(wrong)
    here = folder / source.name
    if wrong.language == "c":
        return (str(built(here / Path(wrong.file).name, folder)),)
    if wrong.language == "node":
        return ("node", str(here / "harness.js"))
    if source == ROOT / REFERENCE:
        return (sys.executable, "-c", _START_REFERENCE, str(folder))
    return (sys.executable, str(here / "harness.py"))
