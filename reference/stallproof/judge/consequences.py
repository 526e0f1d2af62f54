"""Which violations only follow from others: the root is named, and the rest is marked.

The intuition: one mistake breaks several requirements at one moment. A deadline that moves holds
the lock for too long, and whoever waits for that lock waits for too long as well. Who reads three
failures looks for three mistakes. So a violation on a connection on which its root is broken in the
same run is told as what follows from that root.

The complication: a consequence is broken all the same, and somebody relied on it. Its verdict stays
`fail`; the finding says from what it follows. Where the root is not in scope, nothing follows.

Spec: `spec/README.md` ("Verdicts").
"""

from collections.abc import Container, Iterable, Mapping, Sequence

from msgspec.structs import replace

from stallproof.judge.report import Finding
from stallproof.wire.events import AnyEvent, Requested

FOLLOWS: Mapping[str, tuple[str, ...]] = {
    # A deadline that moves, or a hold that is too long, keeps everyone behind it.
    "SD-1": ("SD-17",),
    "SD-2": ("SD-1", "SD-7", "SD-17"),
    "SD-3": ("SD-1", "SD-5", "SD-13", "SD-17"),
    "SD-4": ("SD-17",),
    "SD-13": ("SD-5", "SD-17"),
    "CX-4": ("SD-1", "SD-3", "SD-5", "SD-17", "SD-18", "CX-7"),
    # Who was closed in place of another fails without a cause of its own, or over another's wire.
    "SD-7": ("CX-6",),
    "SD-10": ("CX-6",),
    # What was written when it was too late has come, and the caller was told that it had not.
    "SD-9": ("SD-2", "SD-5", "SD-18"),
    "CX-6": ("CX-2",),
    # What follows a torn frame is no frame.
    "SD-6": ("SD-5",),
    "CX-1": ("SD-5", "SD-6", "SD-18"),
    # What goes on after it was given up arrives, and its caller was told otherwise.
    "SD-14": ("CX-1",),
    # Who takes a failure for something else tells the caller so.
    "SD-15": ("SD-10",),
    # A stall time that is wrong is counted, warned of and closed for.
    "SC-1": ("SC-14",),
    "SC-2": ("SC-1", "SC-3", "SC-14"),
    "SC-3": ("SC-1", "SC-13", "SC-15", "SC-14"),
    "SC-4": ("SC-1", "SC-3", "SC-2", "SC-14"),
    "SC-6": ("SC-1", "SC-2", "SC-3", "SC-13", "SC-15"),
    "SC-7": ("SC-1", "SC-2", "SC-3"),
    "SC-9": ("SC-1", "SC-2", "SC-3", "SC-6", "SC-7", "SC-14"),
    "SC-8": ("SC-5", "SC-6"),
    # A lock that a waiting stream holds is busy, and no heartbeat goes.
    "SC-10": ("CX-7",),
    "SC-12": ("SC-5", "SC-6", "SC-10", "SC-11"),
    "CX-5": ("SC-2", "SC-3", "SC-5", "SC-6", "SC-9", "SD-17"),
    # A failure that is found too early or too late has one cause.
    "AP-3": ("AP-15",),
    "AP-4": ("AP-1", "AP-3", "AP-15"),
    "AP-5": ("AP-1", "AP-3", "AP-4", "AP-15"),
    "AP-6": ("AP-1", "AP-15"),
    "AP-14": ("AP-1", "AP-6", "AP-15"),
    # Whoever keeps the lock in its wait keeps the chunk of another stream, its window open or not.
    "AP-8": ("CX-7", "CX-8"),
    "AP-9": ("CX-8",),
    "AP-12": ("AP-8", "CX-8"),
    "AP-13": ("AP-6", "AP-9", "AP-11", "AP-12", "CX-9"),
}
"""What each requirement can follow from, the nearest root first where several are broken."""

CLOCKS = ("SD-17", "AP-15", "SC-14")
"""What a clock that can be set breaks."""


def root_of(requirement: str, conns: frozenset[str], broken: Mapping[str, frozenset[str]]) -> str:
    """Return from which broken requirement a violation of `requirement` follows in the end.

    `conns`: on which connections it is broken; `broken`: the same of each requirement in the run.
    Where nothing else explains it, that is `requirement` itself.
    """
    for root in FOLLOWS.get(requirement, ()):
        shared = conns & broken.get(root, frozenset())
        if shared:
            return root_of(root, shared, broken)
    return requirement


def conns_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the connections of which the evidence of `findings` speaks."""
    names = (getattr(event, "conn", None) for one in findings for event in one.events)
    return frozenset(name for name in names if name is not None)


def marked(requirement: str, finding: Finding, broken: Mapping[str, frozenset[str]]) -> Finding:
    """Return the violation `finding`, told as a consequence where another one is its root."""
    root = root_of(requirement, conns_of([finding]), broken)
    return finding if root == requirement else replace(finding, tells="consequence", of=root)


def moved_by_the_clock(
    requirement: str, findings: Sequence[Finding], broken: Container[str]
) -> list[Finding]:
    """Return `findings`, told as consequences where a clock that jumped explains all of them.

    That is so where the requirement fails in runs with a jump alone, and the implementation was
    found to go by the wall clock in any run. `broken`: the requirements that fail in any.
    """
    roots = [one for one in FOLLOWS.get(requirement, ()) if one in CLOCKS and one in broken]
    own = [finding for finding in findings if finding.of is None]
    if not roots or not all(map(_met_a_jump, own)):
        return list(findings)
    return [
        replace(finding, tells="consequence", of=roots[0]) if finding.of is None else finding
        for finding in findings
    ]


def _met_a_jump(finding: Finding) -> bool:
    return any(map(is_of_a_jump, finding.events))


def is_of_a_jump(event: AnyEvent) -> bool:
    """Tell whether `event` is the request that moved the wall clock."""
    return isinstance(event, Requested) and event.op == "wall_jump"
