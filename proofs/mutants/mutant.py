"""What a mutant is: one small wrong edit of a file, and the evidence that must catch it.

The intuition: evidence that cannot fail is no evidence. So each requirement has mutants that a
programmer could really make. Each must be caught by the evidence that is named for it, not by some
other test that happens to run as well.

The use: the catalogue (`proofs/mutants/catalogue/`) lists them; `python -m proofs.mutants` plants
them one by one and reads what their evidence says.

The complication: an edit is a piece of text, and the code moves on. The old text must stand in the
file exactly once; a mutant that no longer fits is reported as such and is never a catch.

Nothing of the package is imported here, since a mutant is planted before anything is imported.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

ROOT = Path(__file__).resolve().parents[2]
"""The top of the project, from which files are named and where every command runs."""

Kind = Literal["proof", "search", "model", "spin", "test", "oracle", "vectors"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The kinds of evidence, in the order in which pages list them."""


class DoesNotFit(LookupError):
    """The mutant cannot be planted: its text has moved on, or what it makes is no program."""


@dataclass(frozen=True)
class Evidence:
    """What must catch a mutant; `target` names it within its kind.

    `proof`: an obligation. `search`: a machine. `model`: a model whose runs are replayed. `spin`: a
    model and its claim, parted by a slash. `test`: a pytest node. `vectors`: the requirements that
    must fail in virtual time, and no others. `oracle`: those that must fail on real sockets, and
    after ` beside ` those that are judged too and must not.
    """

    kind: Kind
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"

    @property
    def is_judged(self) -> bool:
        """Tell whether the oracle judges a harness."""
        return self.kind in ("oracle", "vectors")

    @property
    def must_fail(self) -> list[str]:
        """Return the requirements that the oracle must report as failed; others name none."""
        return self.target.partition(" beside ")[0].split(",") if self.is_judged else []

    @property
    def judged(self) -> list[str]:
        """Return the requirements that the oracle is asked about on sockets; others name none."""
        return self.target.replace(" beside ", ",").split(",") if self.is_judged else []


def evidence_of(text: str) -> Evidence:
    """Return the evidence that `text` names, a kind and a target; raises `ValueError`."""
    kind, _, target = text.partition(":")
    for known in KINDS:
        if known == kind and target:
            return Evidence(known, target)
    raise ValueError(f"no evidence: {text!r}")


@dataclass(frozen=True)
class Mutant:
    """One wrong edit: in `file`, from the top of the project, the text `old` becomes `new`.

    `old` stands there exactly once; an empty one is the beginning of the file. `says` completes the
    sentence "the mistake is that ..."; `breaks` are the requirements that break, but for those that
    must fail before the oracle. A sentence of the law that breaks itself is named there by its
    place, such as SD-2.1: who obeys all others would still do this.
    """

    id: str
    file: str
    says: str
    caught_by: tuple[str, ...]
    old: str
    new: str
    breaks: tuple[str, ...] = ()

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return what must catch it, each by itself."""
        return tuple(evidence_of(text) for text in self.caught_by)

    def targets(self, kind: Kind) -> list[str]:
        """Return what must catch it of this kind."""
        return [each.target for each in self.evidence if each.kind == kind]

    @cached_property
    def requirements(self) -> tuple[str, ...]:
        """Return all requirements that it breaks."""
        named = (each.partition(".")[0] for each in self.breaks)
        failing = (each for one in self.evidence for each in one.must_fail)
        return tuple(dict.fromkeys((*named, *failing)))

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the sentences of the law that it is said to break, by their names."""
        return tuple(each for each in self.breaks if "." in each)

    def sentences_of(self, requirement: str) -> tuple[str, ...]:
        """Return those that are sentences of `requirement`."""
        return tuple(each for each in self.sentences if each.partition(".")[0] == requirement)

    def says_of(self, requirement: str) -> str:
        """Return what the mistake is, and before it which sentences of `requirement` it breaks."""
        return ": ".join(filter(None, (", ".join(self.sentences_of(requirement)), self.says)))

    @property
    def module(self) -> str:
        """Return the dotted name of the Python module that it changes."""
        return self.file.removeprefix("reference/").removesuffix(".py").replace("/", ".")


def text_of(mutant: Mutant) -> str:
    """Return the text of the file as it is; empty where there is no such file."""
    file = ROOT / mutant.file
    return file.read_text("utf-8") if file.is_file() else ""


def mutated(mutant: Mutant) -> str:
    """Return the text of the file with the edit made; raises `DoesNotFit`."""
    text = text_of(mutant)
    if mutant.old == mutant.new:
        raise DoesNotFit(f"{mutant.id}: the new text is the old one")
    if text and not mutant.old:
        return mutant.new + text
    if not text or text.count(mutant.old) != 1:
        times = text.count(mutant.old) if text else 0
        raise DoesNotFit(f"{mutant.id}: the old text stands {times} times in {mutant.file}")
    return text.replace(mutant.old, mutant.new)


def why_unfit(mutant: Mutant) -> str | None:
    """Return why the mutant cannot be planted, or `None` when it can."""
    try:
        mutated(mutant)
    except DoesNotFit as error:
        return str(error)
    return None
