"""The matrix by sentence, the checklist by sentence, and the page of all titles.

The intuition: a reviewer signs sentences, not requirements. Each sentence of the law has a name,
such as SD-2.1, which is its place in the section.

The complication: rules, tests and proofs are marked by requirement. So for a requirement with one
sentence the evidence is the sentence's own; elsewhere it is that of the requirement, and the matrix
says so rather than guess. What each sentence has of its own are the mutants that break it, and what
catches them.
"""

from collections import Counter
from collections.abc import Iterator

from docs.reviewing import facts
from docs.reviewing.words import FULL_WIDTH, cell, linked, page_of, sentence_link, wide
from proofs.mutants.mutant import KINDS
from proofs.traceability.evidence import COLUMNS, Row
from proofs.traceability.page import HEADS
from stallproof.requirements.registry import Requirement

_MATRIX = """# The matrix by sentence

{all} sentences. *Broken by*: the mutants that break just this sentence, and what has to catch them;
evidence that stays green while the sentence is broken is none for it. {broken} sentences have some.
The other columns count what is marked with the requirement: for {own} sentences that is the
sentence itself (*its own*), and each of the others shares it with the sentences beside it. The name
of a sentence leads to all that speaks for it.
"""
_CHECKLIST = """# A checklist by sentence

For a review on paper: print this page. Each sentence has a link to its boundary, and room for what
you found. `stallproof law ID --evidence` shows what speaks for it.
"""
_VERDICTS = """# All requirements on one page

A requirement leads to its page: sentences, boundary, pictures, and all that speaks for it.
*Reference*: judged in virtual time when this page was built; *real clock* where only that decides.
*Evidence*: how many pieces speak for it, from contracts to mutants. The other columns are recorded
runs ([results](results.md)); `-` was not judged. A requirement is in the profile *seed* if the
origin, NVFlare, intends it as well, and *hardened* if a careful design needs it besides. The
table scrolls to the right.
"""
_COUNTED = tuple(column for column in COLUMNS if column != "prose")


def _active() -> Iterator[tuple[Requirement, Row]]:
    for row in facts.rows().values():
        yield facts.registry().by_id(row.requirement), row


def by_sentence(page: str) -> str:
    """Return the matrix with a row for each sentence."""
    rows = []
    for one, row in _active():
        share = "its own" if len(one.law) == 1 else f"shared by {len(one.law)}"
        counts = [str(len(one.situations)), *(_count(row, column) for column in _COUNTED)]
        for number, sentence in enumerate(one.law, 1):
            name = sentence_link(one.id, number, page)
            rows.append((name, cell(sentence), broken_by(one, number), share, *counts))
    own = sum(row[3] == "its own" for row in rows)
    broken = sum(row[2] != "none" for row in rows)
    heads = ("sentence", "the law says", "broken by", "evidence", "situations")
    return "\n".join(
        [
            FULL_WIDTH + _MATRIX.format(all=len(rows), own=own, broken=broken),
            *wide((*heads, *(HEADS[column] for column in _COUNTED)), rows),
        ]
    )


def broken_by(one: Requirement, sentence: int) -> str:
    """Return how many mutants break just this sentence, and how many of them each kind catches."""
    trials = facts.own_trials(one, sentence)
    kinds = Counter(trial.evidence.kind for trial in trials)
    caught = ", ".join(f"{kind} {kinds[kind]}" for kind in KINDS if kind in kinds)
    return f"{len({trial.mutant.id for trial in trials})} ({caught})" if trials else "none"


def _count(row: Row, column: str) -> str:
    found = next(cells for name, cells in row.cells.items() if name == column)
    return str(len(found)) if found else "none"


def checklist(page: str) -> str:
    """Return a list to print and tick, a table for each group."""
    lines = [FULL_WIDTH + _CHECKLIST]
    for group in facts.registry().groups:
        rows = [
            (
                f"☐ {sentence_link(one.id, number, page)}",
                cell(sentence),
                f"[boundary]({linked(page_of(one.id), page)}#the-boundary)",
                "&nbsp;" * 40,
            )
            for one, _row in _active()
            if one.group == group.id
            for number, sentence in enumerate(one.law, 1)
        ]
        lines += [f"## {group.id}: {group.title}", ""]
        lines += wide(("sentence", "the law says", "where", "found"), rows)
    return "\n".join(lines)


def verdicts(page: str) -> str:
    """Return the page of all titles, with verdicts and how much evidence there is."""
    rows = []
    for one, row in _active():
        reference = facts.reference().get(one.id, "real clock")
        judged = [record.judged(one.id) for record in facts.records().values()]
        told = [_told(each.verdict) if each else "-" for each in judged]
        pieces = sum(len(row.cells[column]) for column in _COUNTED)
        link = f"[{one.id}]({linked(page_of(one.id), page)})"
        rows.append((link, cell(one.title), one.profile, reference, str(pieces), *told))
    heads = ("requirement", "title", "profile", "reference", "evidence", *facts.records())
    return "\n".join(
        [
            FULL_WIDTH + _VERDICTS,
            *wide(heads, rows),
        ]
    )


def _told(verdict: str) -> str:
    return f"**{verdict}**" if verdict == "fail" else verdict
