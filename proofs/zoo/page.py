"""The page of the zoo, made of its catalogues."""

from collections.abc import Iterable

from tests.implementations.negative import c, node, python
from tests.implementations.negative.wrong import Wrong

ZOO = (*python.WRONG, *node.WRONG, *c.WRONG)
LANGUAGES = {"python": "Python", "node": "Node.js", "c": "C"}
HEAD = """# The zoo: implementations that are wrong on purpose

An oracle that accuses nobody is of no use, and one that accuses for the wrong reason is worse. So
each implementation below is a right one with one piece of its text exchanged: one named mistake. It
has to fail by exactly the requirements that this mistake breaks, and by no other; with the text put
back, and nothing else changed, it passes (`tests/implementations/test_negative.py`). Wrong programs
that are written out as a whole, because their mistake is one of threads, sockets or TLS, lie in
`tests/implementations/negative/` beside the catalogues and are judged by
`tests/implementations/test_against_negative.py`.
"""


def page_of(zoo: Iterable[Wrong]) -> str:
    """Return the page."""
    every = list(zoo)
    parts = [HEAD, _numbers(every)]
    for language, name in LANGUAGES.items():
        rows = [_row(wrong) for wrong in every if wrong.language == language]
        parts.append(
            f"\n## {name}\n\n| name | what is wrong | fails by | clock |\n|---|---|---|---|\n"
            + "\n".join(rows)
            + "\n"
        )
    return "".join(parts)


def _numbers(every: list[Wrong]) -> str:
    broken = {requirement for wrong in every for requirement in wrong.breaks}
    counts = ", ".join(
        f"{sum(wrong.language == language for wrong in every)} in {name}"
        for language, name in LANGUAGES.items()
    )
    return f"\nThere are {len(every)}: {counts}. {len(broken)} requirements are broken by one.\n"


def _row(wrong: Wrong) -> str:
    fails = ", ".join(sorted(wrong.breaks, key=_order))
    says = " ".join(wrong.says.split()).replace("|", "\\|")
    return f"| `{wrong.name}` | {says} | {fails} | {wrong.clock} |"


def _order(requirement: str) -> tuple[str, int]:
    group, _, number = requirement.partition("-")
    return group, int(number)
